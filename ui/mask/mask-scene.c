/* SPDX-License-Identifier: Apache-2.0 */

/* The layer of masks in 3D: a surface for each one that is shown, of what it holds since the last
 * step: the hand that draws on a slice is not followed. */

#include "ui/mask/masks-private.h"

#define DATA "sag-ui-masks"

typedef struct
{
  SagMask *mask;
  guint32  colour;
  gint64   n_voxels;
} Shown;

/* What may lie in another one comes first. */
static int
compare_size (gconstpointer a, gconstpointer b)
{
  const gint64 left = ((const Shown *) a)->n_voxels, right = ((const Shown *) b)->n_voxels;

  return (left > right) - (left < right);
}

static GArray *
get_shown (SagUiCaseMasks *masks)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (masks);
  GArray     *shown = g_array_new (FALSE, FALSE, sizeof (Shown));

  for (guint m = 0; m < sag_mask_set_get_n (set); m++)
    {
      const SagMaskInfo *info = sag_mask_set_get_info (set, m);
      SagMask           *mask = sag_mask_set_get_mask (set, m);
      const Shown        entry = { mask, info->colour, sag_mask_count (mask) };

      if (info->visible && entry.n_voxels > 0)
        g_array_append_val (shown, entry);
    }
  g_array_sort (shown, compare_size);
  return shown;
}

static void
add_cb (SagUiSceneView *view, SagRenderContent *content, gpointer data)
{
  SagUiDisplay   *display = sag_ui_scene_view_get_display (view);
  SagUiCase      *one = sag_ui_display_get_case (display);
  SagUiCaseMasks *masks = one != NULL ? sag_ui_case_masks_peek (one) : NULL;
  double          opacity;
  g_autoptr (GArray) shown = NULL;

  g_object_get (view, "masks", &opacity, NULL);
  if (masks == NULL || opacity <= 0 || !sag_ui_display_get_show_overlays (display))
    return;
  shown = get_shown (masks);
  for (guint s = 0; s < shown->len; s++)
    {
      const Shown          *entry = &g_array_index (shown, Shown, s);
      const SagRenderColour colour = entry->colour;
      SagRenderMask         mask = sag_render_mask_init_voxels (entry->mask);

      mask.colours = &colour;
      mask.n_colours = 1;
      sag_render_content_add_mask (content, &mask, NULL, opacity);
    }
}

static void
gone_cb (gpointer data, GObject *view)
{
  g_ptr_array_remove (((SagUiMasks *) data)->scenes, view);
}

void
sag_ui_masks_attach_scene (SagUiMasks *self, SagUiSceneView *view)
{
  if (g_ptr_array_find (self->scenes, view, NULL))
    return;
  g_ptr_array_add (self->scenes, view);
  g_object_weak_ref (G_OBJECT (view), gone_cb, self);
  g_object_set_data_full (G_OBJECT (view), DATA, g_object_ref (self), g_object_unref);
  sag_ui_scene_view_add_layer (view, add_cb, self);
}

void
sag_ui_masks_refresh_scenes (SagUiMasks *self)
{
  for (guint i = 0; i < self->scenes->len; i++)
    sag_ui_scene_view_refresh (self->scenes->pdata[i]);
}

void
sag_ui_masks_leave_scenes (SagUiMasks *self)
{
  for (guint i = 0; i < self->scenes->len; i++)
    g_object_weak_unref (self->scenes->pdata[i], gone_cb, self);
  g_ptr_array_set_size (self->scenes, 0);
}
