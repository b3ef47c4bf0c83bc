/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/box.h"

#include <math.h>

SagLabelBoxes *
sag_label_boxes_new (const SagPhantom *phantom)
{
  SagLabelBoxes     *boxes = g_new0 (SagLabelBoxes, 1);
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->labels);
  const gint16      *labels = sag_volume_get_int16 (phantom->labels);
  const gint32      *dims = geometry->dims;
  gsize              v = 0;

  for (guint l = 0; l < SAG_N_LABEL_BOXES; l++)
    for (guint a = 0; a < 3; a++)
      {
        boxes->low_mm[l][a] = INFINITY;
        boxes->high_mm[l][a] = -INFINITY;
      }
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; v++, i++)
        {
          guint  label = (guint) labels[v];
          double at[3] = { i, j, k };

          if (label == SAG_PHANTOM_BACKGROUND || label >= SAG_N_LABEL_BOXES)
            continue;
          boxes->n_voxels[label]++;
          /* Inside a run only its ends can widen the box. */
          if (i > 0 && i + 1 < dims[0] && (guint) labels[v - 1] == label &&
              (guint) labels[v + 1] == label)
            continue;
          sag_geometry_to_ras (geometry, at, at);
          for (guint a = 0; a < 3; a++)
            {
              boxes->low_mm[label][a] = MIN (boxes->low_mm[label][a], at[a]);
              boxes->high_mm[label][a] = MAX (boxes->high_mm[label][a], at[a]);
            }
        }
  /* From centres to outer faces. */
  for (guint a = 0; a < 3; a++)
    {
      const double *row = geometry->ijk_to_ras[a];
      double        reach = (fabs (row[0]) + fabs (row[1]) + fabs (row[2])) / 2;

      for (guint l = 0; l < SAG_N_LABEL_BOXES; l++)
        {
          boxes->low_mm[l][a] -= reach;
          boxes->high_mm[l][a] += reach;
        }
    }
  return boxes;
}

gboolean
sag_phantom_get_box (const SagPhantom *phantom,
                     SagPhantomLabel   label,
                     double            low_mm[3],
                     double            high_mm[3])
{
  g_autofree SagLabelBoxes *boxes = NULL;

  g_return_val_if_fail (phantom != NULL && label > 0 && label < SAG_N_LABEL_BOXES, FALSE);

  boxes = sag_label_boxes_new (phantom);
  if (boxes->n_voxels[label] == 0)
    return FALSE;
  for (guint a = 0; a < 3; a++)
    {
      low_mm[a] = boxes->low_mm[label][a];
      high_mm[a] = boxes->high_mm[label][a];
    }
  return TRUE;
}
