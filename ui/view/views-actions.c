/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views-private.h"

#include "render/slice/presets.h"
#include "ui/answer/overlay.h"
#include "ui/base/keymap.h"

#include <glib/gi18n.h>
#include <math.h>

static SagUiDisplay *
get_display (SagUiViews *self)
{
  return sag_ui_session_get_display (self->session);
}

static void
step_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiViews *self = user_data;

  sag_ui_slice_view_step (self->active, CLAMP (g_variant_get_int32 (parameter), -65536, 65536));
}

static void
zoom_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sag_ui_slice_view_zoom (SAG_UI_VIEWS (user_data)->active, g_variant_get_double (parameter));
}

/* All planes: after looking closely somewhere, one key gives the whole scan again. */
static void
fit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) views = sag_ui_views_get_slices (user_data);

  for (guint i = 0; i < views->len; i++)
    sag_ui_slice_view_fit (views->pdata[i]);
}

static void
preset_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gsize                  n_presets;
  const SagRenderPreset *presets = sag_render_presets (&n_presets);
  gint32                 i = g_variant_get_int32 (parameter);

  if (i >= 0 && (gsize) i < n_presets)
    sag_ui_display_set_window (get_display (user_data), presets[i].window);
}

/* The keys stay with what is seen. */
static void
focus_main (SagUiViews *self)
{
  if (self->main == SAG_UI_CELL_SCENE)
    gtk_widget_grab_focus (self->sides[0].cells[SAG_UI_CELL_SCENE]);
  else if (self->layout == SAG_UI_GRID_SINGLE)
    gtk_widget_grab_focus (
      GTK_WIDGET (sag_ui_side_get_view (&self->sides[0], (SagRenderPlane) self->main)));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->active));
}

/* Enough voxels to know how the values of a scan are spread. */
#define N_SAMPLES 20000

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* From the 1st to the 99th percentile of voxels all over the scan. */
static gboolean
find_spread (SagVolume *volume, double *low, double *high)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  gsize              n = (gsize) sag_geometry_n_voxels (geometry);
  gsize              step = MAX (n / N_SAMPLES, 1) | 1; /* odd, so as not to walk along a column */
  const gint16      *shorts = sag_volume_get_int16 (volume);
  const float       *floats = sag_volume_get_float (volume);
  g_autoptr (GArray) values = g_array_sized_new (FALSE, FALSE, sizeof (float), N_SAMPLES);

  for (gsize i = 0; i < n; i += step)
    {
      float value = shorts != NULL ? shorts[i] : floats[i];

      if (isfinite (value))
        g_array_append_val (values, value);
    }
  if (values->len == 0)
    return FALSE;
  g_array_sort (values, compare_floats);
  *low = g_array_index (values, float, values->len / 100);
  *high = g_array_index (values, float, values->len - 1 - values->len / 100);
  return *low < *high;
}

/* The window that the file asks for, or, in most files, one that shows all its values. */
static void
own_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiDisplay *display = get_display (user_data);
  SagUiCase    *one = sag_ui_display_get_case (display);
  SagVolume    *volume = one != NULL ? sag_ui_case_get_volume (one) : NULL;
  double        low, high;

  if (volume == NULL || sag_ui_case_get_state (one) != SAG_UI_CASE_READY ||
      !(sag_volume_get_shown (volume, &low, &high) || find_spread (volume, &low, &high)))
    return;
  sag_ui_display_set_window (display, (SagRenderWindow){ MAX (high - low, 1), (low + high) / 2 });
}

static void
main_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiViews *self = user_data;

  if (self->layout != SAG_UI_GRID_SINGLE)
    self->layout_before = self->layout;
  g_object_set (self, "main", g_variant_get_string (parameter, NULL), "layout", "single", NULL);
  focus_main (self);
}

/* The touched view alone, and back. */
static void
maximise_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiViews *self = user_data;

  if (self->layout == SAG_UI_GRID_SINGLE)
    {
      self->layout = self->layout_before;
      self->main = SAG_RENDER_AXIAL;
    }
  else
    {
      self->layout_before = self->layout;
      self->layout = SAG_UI_GRID_SINGLE;
      self->main = gtk_widget_has_focus (self->sides[0].cells[SAG_UI_CELL_SCENE])
                     ? SAG_UI_CELL_SCENE
                     : (int) sag_ui_slice_view_get_plane (self->active);
    }
  g_object_notify (G_OBJECT (self), "layout");
  g_object_notify (G_OBJECT (self), "main");
  sag_ui_views_update (self);
  focus_main (self);
}

static SagUiViewCell *
active_cell (SagUiViews *self)
{
  return SAG_UI_VIEW_CELL (gtk_widget_get_parent (GTK_WIDGET (self->active)));
}

static void
cine_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiViewCell *cell = active_cell (user_data);

  sag_ui_view_cell_set_playing (cell, !sag_ui_view_cell_get_playing (cell));
}

static void
opacity_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) shown = sag_ui_display_get_shown (get_display (user_data));

  for (guint i = 0; i < shown->len; i++)
    {
      double opacity = sag_ui_overlay_get_scale (shown->pdata[i]).opacity;

      opacity = CLAMP (opacity + g_variant_get_double (parameter), 0.05, 1);
      g_object_set (shown->pdata[i], "opacity", opacity, NULL);
    }
}

/* The case after the current one in the list, or the one before the last. */
static void
compare_next_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiViews *self = user_data;
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));
  SagUiCase  *one = sag_ui_session_get_case (self->session);
  guint       n = g_list_model_get_n_items (cases);

  if (n < 2 || one == NULL)
    {
      sag_ui_session_say (self->session, _ ("Open a second scan to compare this one with it."));
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiCase) at = g_list_model_get_item (cases, i);
      g_autoptr (SagUiCase) other = NULL;

      if (at != one)
        continue;
      other = g_list_model_get_item (cases, i + 1 < n ? i + 1 : i - 1);
      sag_ui_views_compare_cases (self, other);
      return;
    }
}

static void
end_compare_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sag_ui_views_end_compare (user_data);
}

void
sag_ui_views_stop_peeking (SagUiViews *self)
{
  if (!self->peeking)
    return;
  self->peeking = FALSE;
  g_object_set (get_display (self), "show-overlays", TRUE, NULL);
}

/* Overlays are away while the key is down. */
void
sag_ui_views_key (SagUiViews *self, gboolean pressed, guint keyval, GdkModifierType state)
{
  if (self->session == NULL ||
      !sag_ui_keymap_matches (sag_ui_keymap_get_default (), "view.peek", keyval, state))
    return;
  if (pressed && !self->peeking && sag_ui_display_get_show_overlays (get_display (self)))
    {
      self->peeking = TRUE;
      g_object_set (get_display (self), "show-overlays", FALSE, NULL);
    }
  else if (!pressed)
    sag_ui_views_stop_peeking (self);
}

static const GActionEntry entries[] = {
  { .name = "step", .parameter_type = "i", .activate = step_cb },
  { .name = "zoom", .parameter_type = "d", .activate = zoom_cb },
  { .name = "fit", .activate = fit_cb },
  { .name = "preset", .parameter_type = "i", .activate = preset_cb, .state = "-1" },
  { .name = "own-window", .activate = own_window_cb },
  { .name = "main", .parameter_type = "s", .activate = main_cb },
  { .name = "maximise", .activate = maximise_cb },
  { .name = "cine", .activate = cine_cb },
  { .name = "opacity", .parameter_type = "d", .activate = opacity_cb },
  { .name = "compare-next", .activate = compare_next_cb },
  { .name = "end-compare", .activate = end_compare_cb },
};

static void
add_property (SagUiViews *self, const char *name, gpointer object, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, object, property);

  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
}

static const char *const own_properties[] = { "layout", "cine-rate", "linked", "aligned",
                                              "checker" };

void
sag_ui_views_hold_actions (SagUiViews *self, gboolean hold)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_properties); i++)
    if (hold)
      add_property (self, own_properties[i], self, own_properties[i]);
    else
      g_action_map_remove_action (G_ACTION_MAP (self->actions), own_properties[i]);
}

void
sag_ui_views_init_actions (SagUiViews *self)
{
  GAction *end;

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  end = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "end-compare");
  g_object_bind_property (self, "comparing", end, "enabled", G_BINDING_SYNC_CREATE);
}

/* Which preset the window is, for the menu's mark. */
static void
window_cb (SagUiDisplay *display, GParamSpec *pspec, SagUiViews *self)
{
  SagRenderWindow        window = sag_ui_display_get_window (display);
  const SagRenderPreset *preset = sag_render_preset_of (&window);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "preset");
  gsize    n_presets;
  gint32   i = preset != NULL ? (gint32) (preset - sag_render_presets (&n_presets)) : -1;

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_int32 (i));
}

void
sag_ui_views_connect_display (SagUiViews *self)
{
  static const struct
  {
    const char *name;
    const char *property;
  } switches[] = {
    { "invert", "invert" },
    { "interpolate", "interpolate" },
    { "neurological", "neurological" },
    { "cross", "show-cross" },
    { "overlays", "show-overlays" },
    { "box", "show-box" },
    { "marks", "show-marks" },
    { "slab", "slab" },
    { "slab-mm", "slab-mm" },
  };
  SagUiDisplay *display = get_display (self);

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    add_property (self, switches[i].name, display, switches[i].property);
  g_signal_connect_object (display, "notify::window-width", G_CALLBACK (window_cb), self, 0);
  g_signal_connect_object (display, "notify::window-level", G_CALLBACK (window_cb), self, 0);
  window_cb (display, NULL, self);
}
