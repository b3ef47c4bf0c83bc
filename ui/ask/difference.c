/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/difference.h"

#include "model/core/error.h"

#include <glib/gi18n.h>
#include <math.h>

#define SAME_MM 0.01

/* The same cells: as many of them, and their corners in the same places. */
static gboolean
same_cells (const SagGeometry *a, const SagGeometry *b)
{
  for (int axis = 0; axis < 3; axis++)
    if (a->dims[axis] != b->dims[axis])
      return FALSE;
  for (int corner = 0; corner < 8; corner++)
    {
      double ijk[3], one[3], other[3];

      for (int axis = 0; axis < 3; axis++)
        ijk[axis] = (corner >> axis & 1) ? a->dims[axis] - 1 : 0;
      sag_geometry_to_ras (a, ijk, one);
      sag_geometry_to_ras (b, ijk, other);
      for (int axis = 0; axis < 3; axis++)
        if (fabs (one[axis] - other[axis]) > SAME_MM)
          return FALSE;
    }
  return TRUE;
}

SagUiOverlay *
sag_ui_difference_new (SagUiOverlay *a, SagUiOverlay *b, const char *label, GError **error)
{
  const SagGeometry *geometry = sag_ui_overlay_get_geometry (a);
  gsize              n = (gsize) sag_geometry_n_voxels (geometry);
  g_autofree float  *cells = NULL;
  SagUiOverlay      *overlay;

  if (!same_cells (geometry, sag_ui_overlay_get_geometry (b)))
    {
      g_set_error_literal (
        error, SAG_ERROR, SAG_ERROR_MISMATCH,
        _ ("The two maps have different cells, so there is no difference map; ask "
           "both with the same box and input size."));
      return NULL;
    }
  cells = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    cells[i] = sag_ui_overlay_get_cells (a)[i] - sag_ui_overlay_get_cells (b)[i];
  overlay = sag_ui_overlay_new (SAG_UI_OVERLAY_DIFFERENCE, label, cells, geometry, 0);
  g_object_set (overlay, "colour", 0xf7f7f7, NULL); /* of its outline: red and blue are taken */
  sag_ui_overlay_set_note (overlay,
                           _ ("Difference of two score maps, A minus B: red where A is "
                              "higher, blue where B is."),
                           /* Translators: the same, briefly, for narrow views. */
                           _ ("Red: A is higher, blue: B"));
  return overlay;
}
