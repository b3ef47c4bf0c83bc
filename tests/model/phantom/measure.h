/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

#include <math.h>
#include <string.h>

/** Measure: what labels look like: all tests look at phantoms through this. Without voxels, volume is 0. */
typedef struct
{
  double ml;
  double mean_hu;
  double grain_hu; /* how much neighbours differ, on average */
  double centroid[3];
  double low[3];
  double high[3];
} Measure;

static inline Measure
measure (SagVolume *image, SagVolume *map, gint16 first, gint16 last)
{
  const SagGeometry *geometry = sag_volume_get_geometry (image);
  const gint16      *hu = sag_volume_get_int16 (image), *labels = sag_volume_get_int16 (map);
  Measure            m = { .low = { INFINITY, INFINITY, INFINITY },
                           .high = { -INFINITY, -INFINITY, -INFINITY } };
  gint64             n = 0;
  double             spacing[3];
  gint64             n_pairs = 0;

  for (gint64 v = 0; v < sag_geometry_n_voxels (geometry); v++)
    if (labels[v] >= first && labels[v] <= last)
      {
        const gint32 *dims = geometry->dims;
        double        at[3] = { v % dims[0], v / dims[0] % dims[1], v / dims[0] / dims[1] };

        sag_geometry_to_ras (geometry, at, at);
        for (guint a = 0; a < 3; a++)
          {
            m.centroid[a] += at[a];
            m.low[a] = MIN (m.low[a], at[a]);
            m.high[a] = MAX (m.high[a], at[a]);
          }
        m.mean_hu += hu[v];
        if (v > 0 && labels[v - 1] == labels[v])
          {
            m.grain_hu += ABS (hu[v] - hu[v - 1]);
            n_pairs++;
          }
        n++;
      }
  if (n == 0)
    return m;
  sag_geometry_spacing_mm (geometry, spacing);
  m.ml = (double) n * spacing[0] * spacing[1] * spacing[2] / 1000;
  m.mean_hu /= (double) n;
  m.grain_hu /= (double) MAX (n_pairs, 1);
  for (guint a = 0; a < 3; a++)
    m.centroid[a] /= (double) n;
  return m;
}

#define assert_between(value, low, high)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_cmpfloat ((value), >=, (low));                                                        \
    g_assert_cmpfloat ((value), <=, (high));                                                       \
  }                                                                                                \
  G_STMT_END

/** assert_same_patient: two volumes hold the same voxels, whatever order their axes are stored in. */
static inline void
assert_same_patient (SagVolume *one, SagVolume *two)
{
  SagVoxels a, b;

  sag_volume_view_ras (one, &a);
  sag_volume_view_ras (two, &b);
  g_assert_true (sag_geometry_equal (&a.geometry, &b.geometry, 1e-9));
  for (gint32 k = 0; k < a.geometry.dims[2]; k++)
    for (gint32 j = 0; j < a.geometry.dims[1]; j++)
      for (gint32 i = 0; i < a.geometry.dims[0]; i++)
        g_assert_cmpint (
          ((const gint16 *) a.origin)[i * a.stride[0] + j * a.stride[1] + k * a.stride[2]], ==,
          ((const gint16 *) b.origin)[i * b.stride[0] + j * b.stride[1] + k * b.stride[2]]);
}
