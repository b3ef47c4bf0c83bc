/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/stand-in.h"

#include "ui/answer/overlay.h"

#define ORIGINAL "sag-original"
#define MOTION "sag-motion"

/* How a map is shown; one choice for the original and for what stands for it. */
static const char *const looks[] = { "visible", "colour", "map",    "threshold",
                                     "opacity", "raw",    "outline" };

static SagUiOverlay *
new_moved (SagUiOverlay *map, const double motion[3][4], guint n)
{
  SagGeometry   moved = *sag_ui_overlay_get_geometry (map);
  SagUiOverlay *copy;

  sag_geometry_compose (motion, sag_ui_overlay_get_geometry (map)->ijk_to_ras, moved.ijk_to_ras);
  copy = sag_ui_overlay_new (sag_ui_overlay_get_kind (map), sag_ui_overlay_get_label (map),
                             sag_ui_overlay_get_cells (map), &moved, n);
  sag_ui_overlay_set_note (copy, sag_ui_overlay_get_note (map),
                           sag_ui_overlay_get_brief_note (map));
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    g_object_bind_property (map, looks[i], copy, looks[i],
                            G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  return copy;
}

/* Every map of the original has its copy at the same place of the list. */
static void
maps_cb (GListModel *maps, guint position, guint removed, guint added, SagUiCase *self)
{
  const double (*motion)[4] = g_object_get_data (G_OBJECT (self), MOTION);
  g_autoptr (GPtrArray) copies = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiOverlay) map = g_list_model_get_item (maps, i);

      g_ptr_array_add (copies, new_moved (map, motion, i));
    }
  g_list_store_splice (sag_ui_case_get_overlays (self), position, removed, copies->pdata, added);
}

SagUiCase *
sag_ui_stand_in_new (SagUiCase *original, SagVolume *volume, const double motion[3][4])
{
  GListModel      *maps = G_LIST_MODEL (sag_ui_case_get_overlays (original));
  g_autofree char *path = g_strdup_printf ("/%s-aligned.nii.gz", sag_ui_case_get_name (original));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  SagUiCase *self = sag_ui_case_new (file);

  g_object_set_data_full (G_OBJECT (self), ORIGINAL, g_object_ref (original), g_object_unref);
  g_object_set_data_full (G_OBJECT (self), MOTION, g_memdup2 (motion, 12 * sizeof (double)),
                          g_free);
  maps_cb (maps, 0, 0, g_list_model_get_n_items (maps), self);
  g_signal_connect_object (maps, "items-changed", G_CALLBACK (maps_cb), self, 0);
  sag_ui_case_give (self, volume, sag_volume_get_geometry (volume)->dims[2]);
  return self;
}

SagUiCase *
sag_ui_stand_in_get_original (SagUiCase *one)
{
  return one != NULL ? g_object_get_data (G_OBJECT (one), ORIGINAL) : NULL;
}
