/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views-private.h"

#include "ui/answer/overlay.h"

#include <glib/gi18n.h>

/* What two displays that are compared have in common. */
static const char *const shared[] = {
  "window-width", "window-level",  "invert",     "interpolate", "neurological", "show-cross",
  "show-box",     "show-overlays", "show-marks", "slab",        "slab-mm",      "tool",
};

/* A place that two scans have in common: the middle of what was analysed, so of the lungs, or of
 * the scan. */
static void
find_middle (SagUiCase *one, gboolean of_box, double ras_mm[3])
{
  SagVolume         *volume = sag_ui_case_get_volume (one);
  const SagGeometry *geometry = of_box
                                  ? sag_prepared_get_input_geometry (sag_ui_case_get_prepared (one))
                                  : sag_volume_get_geometry (volume);
  double             ijk[3];

  for (int a = 0; a < 3; a++)
    ijk[a] = (geometry->dims[a] - 1) / 2.0;
  sag_geometry_to_ras (geometry, ijk, ras_mm);
}

/* Brings the right cross to where the left one is in the body. */
static void
meet (SagUiViews *self)
{
  SagUiCase *left = sag_ui_display_get_case (self->sides[0].display);
  SagUiCase *right = sag_ui_display_get_case (self->sides[1].display);
  gboolean   of_box =
    sag_ui_case_get_prepared (left) != NULL && sag_ui_case_get_prepared (right) != NULL;
  double from[3], to[3], cross[3];

  if (left == right || sag_ui_case_get_volume (left) == NULL ||
      sag_ui_case_get_volume (right) == NULL)
    return;
  find_middle (left, of_box, from);
  find_middle (right, of_box, to);
  sag_ui_display_get_cross (self->sides[0].display, cross);
  for (int a = 0; a < 3; a++)
    cross[a] += to[a] - from[a];
  self->is_following = TRUE;
  sag_ui_display_set_cross (self->sides[1].display, cross);
  self->is_following = FALSE;
}

/* The point of the other side that belongs to this one: the same anatomy of aligned scans, the same
 * place of the same scan, or as far away from the place where the two were linked. */
static void
follow_cross (SagUiViews *self, int from)
{
  double cross[3];

  if (self->is_following || !self->linked)
    return;
  sag_ui_display_get_cross (self->sides[from].display, cross);
  if (!sag_ui_views_link_point (self, from, cross))
    for (int a = 0; a < 3; a++)
      cross[a] += from == 0 ? self->offset_mm[a] : -self->offset_mm[a];
  self->is_following = TRUE;
  sag_ui_display_set_cross (self->sides[1 - from].display, cross);
  self->is_following = FALSE;
}

static void
left_changed_cb (SagUiDisplay *display, guint change, SagUiViews *self)
{
  if (change & SAG_UI_CHANGE_CROSS)
    follow_cross (self, 0);
  /* Another case came to the left: the comparison was with the one before. */
  if ((change & SAG_UI_CHANGE_CASE) &&
      g_object_get_data (G_OBJECT (self->sides[1].display), "sag-left-case") !=
        sag_ui_display_get_case (display))
    sag_ui_views_end_compare (self);
}

static void
right_changed_cb (SagUiDisplay *display, guint change, SagUiViews *self)
{
  if (change & SAG_UI_CHANGE_CROSS)
    follow_cross (self, 1);
  /* It was still being read when it was linked. */
  if ((change & SAG_UI_CHANGE_CASE) &&
      sag_ui_display_get_case (display) != sag_ui_display_get_case (self->sides[0].display) &&
      g_object_get_data (G_OBJECT (display), "sag-linked") == NULL &&
      sag_ui_display_get_volume (display) != NULL)
    {
      meet (self);
      sag_ui_views_relink (self);
    }
}

void
sag_ui_views_relink (SagUiViews *self)
{
  double left[3], right[3];

  if (!self->comparing)
    return;
  sag_ui_display_get_cross (self->sides[0].display, left);
  sag_ui_display_get_cross (self->sides[1].display, right);
  for (int a = 0; a < 3; a++)
    self->offset_mm[a] = right[a] - left[a];
  if (sag_ui_display_get_volume (self->sides[1].display) != NULL)
    g_object_set_data (G_OBJECT (self->sides[1].display), "sag-linked", GINT_TO_POINTER (1));
  for (int p = 0; self->linked && p < SAG_RENDER_N_PLANES; p++)
    sag_ui_slice_view_follow (sag_ui_side_get_view (&self->sides[1], p),
                              sag_ui_side_get_view (&self->sides[0], p));
}

static void
begin (SagUiViews *self, SagUiCase *other)
{
  SagUiDisplay *left = self->sides[0].display;
  g_autoptr (SagUiDisplay) right = NULL;
  double cross[3];

  sag_ui_views_end_compare (self);
  right = sag_ui_display_new ();
  if (self->sides[1].box == NULL)
    {
      sag_ui_side_init (self, &self->sides[1], FALSE);
      gtk_box_append (GTK_BOX (self->sides_box), self->sides[1].box);
      gtk_box_append (GTK_BOX (self->sides[1].title), sag_ui_views_build_align (self));
      sag_ui_side_match_titles (&self->sides[0], &self->sides[1]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    g_ptr_array_add (self->bindings,
                     g_object_bind_property (left, shared[i], right, shared[i],
                                             G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL));
  sag_ui_cases_set_compared (sag_ui_session_get_cases (self->session), other);
  sag_ui_case_load (other);
  sag_ui_display_set_case (right, other);
  g_object_set_data (G_OBJECT (right), "sag-left-case", sag_ui_display_get_case (left));
  if (other == sag_ui_display_get_case (left))
    {
      sag_ui_display_get_cross (left, cross);
      sag_ui_display_set_cross (right, cross);
    }
  sag_ui_side_set_display (&self->sides[1], right);
  self->comparing = TRUE;
  self->linked = TRUE;
  meet (self);
  sag_ui_views_relink (self);
  g_signal_connect (left, "changed", G_CALLBACK (left_changed_cb), self);
  g_signal_connect (right, "changed", G_CALLBACK (right_changed_cb), self);
  sag_ui_views_begin_align (self, other);
}

static void
end_begin (SagUiViews *self)
{
  sag_ui_views_update (self);
  g_object_notify (G_OBJECT (self), "comparing");
  g_signal_emit_by_name (self, "slices-changed");
}

void
sag_ui_views_compare_cases (SagUiViews *self, SagUiCase *other)
{
  SagUiCase *one = sag_ui_display_get_case (self->sides[0].display);
  g_autoptr (SagUiCase) right = NULL;

  g_return_if_fail (SAG_UI_IS_CASE (other));
  if (one == NULL)
    return;
  right = g_object_ref (other); /* one that cannot be read leaves its list at once */
  begin (self, right);
  if (!self->comparing)
    return;
  sag_ui_side_set_title (&self->sides[0], sag_ui_case_get_title (one));
  sag_ui_side_set_title (&self->sides[1], sag_ui_case_get_title (right));
  end_begin (self);
}

void
sag_ui_views_compare_overlays (SagUiViews *self, SagUiOverlay *a, SagUiOverlay *b)
{
  SagUiCase *one = sag_ui_display_get_case (self->sides[0].display);

  g_return_if_fail (SAG_UI_IS_OVERLAY (a) && SAG_UI_IS_OVERLAY (b));
  if (one == NULL)
    return;
  begin (self, one);
  sag_ui_display_set_only (self->sides[0].display, a);
  sag_ui_display_set_only (self->sides[1].display, b);
  sag_ui_side_set_title (&self->sides[0], sag_ui_overlay_get_label (a));
  sag_ui_side_set_title (&self->sides[1], sag_ui_overlay_get_label (b));
  end_begin (self);
}

void
sag_ui_views_finish_compare (SagUiViews *self)
{
  if (!self->comparing)
    return;
  self->comparing = FALSE;
  sag_ui_views_end_align (self);
  for (guint i = 0; i < self->bindings->len; i++)
    g_binding_unbind (self->bindings->pdata[i]);
  g_ptr_array_set_size (self->bindings, 0);
  g_signal_handlers_disconnect_by_func (self->sides[0].display, left_changed_cb, self);
  g_signal_handlers_disconnect_by_func (self->sides[1].display, right_changed_cb, self);
  sag_ui_display_set_only (self->sides[0].display, NULL);
  sag_ui_side_set_display (&self->sides[1], NULL);
  sag_ui_side_set_title (&self->sides[0], NULL);
  sag_ui_cases_set_compared (sag_ui_session_get_cases (self->session), NULL);
}

void
sag_ui_views_end_compare (SagUiViews *self)
{
  if (!self->comparing)
    return;
  sag_ui_views_finish_compare (self);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      SagUiSliceView *left = sag_ui_side_get_view (&self->sides[0], p);

      if (self->active == sag_ui_side_get_view (&self->sides[1], p))
        self->active = left;
      sag_ui_slice_view_fit (left);
    }
  sag_ui_views_update (self);
  g_object_notify (G_OBJECT (self), "comparing");
  g_signal_emit_by_name (self, "slices-changed");
}
