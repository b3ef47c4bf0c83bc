/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/prepare/test-lungs-scans.h"

#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <math.h>

SagPhantom *
sag_test_phantom (guint64 seed, guint findings, double spacing_mm, const char *orientation)
{
  SagPhantomOptions options = { .seed = seed, .findings = findings, .orientation = orientation };
  SagPhantom       *phantom;

  for (guint a = 0; a < 3; a++)
    options.spacing_mm[a] = spacing_mm;
  phantom = sag_phantom_new (&options);
  g_assert_nonnull (phantom);
  return phantom;
}

SagVolume *
sag_test_load_shared (const char *name)
{
  g_autofree char *path = sag_test_shared (name);
  g_autoptr (GError) error = NULL;
  SagVolume *volume;

  if (path == NULL)
    return NULL;
  volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return volume;
}

static double
ball (const double at[3], double x, double y, double z, double rx, double ry, double rz)
{
  return hypot (hypot ((at[0] - x) / rx, (at[1] - y) / ry), (at[2] - z) / rz);
}

SagVolume *
sag_test_head (void)
{
  const gint32 dims[3] = { 90, 100, 80 };
  const double spacing[3] = { 2.5, 2.5, 2.5 }, origin[3] = { -112, -125, -110 };
  SagGeometry  geometry = sag_geometry_init (dims, spacing, origin);
  gint16      *voxels = g_new (gint16, sag_geometry_n_voxels (&geometry));
  gsize        v = 0;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; v++, i++)
        {
          const double index[3] = { i, j, k };
          double       at[3], skull;

          sag_geometry_to_ras (&geometry, index, at);
          skull = ball (at, 0, 0, 0, 78, 95, 85);
          voxels[v] = skull > 1 ? -1000 : skull > 0.94 ? 40 : skull > 0.87 ? 900 : 35;
          if (skull > 1 && hypot (at[0] / 60, (at[1] + 10) / 65) < 1 && at[2] < 0)
            voxels[v] = 45; /* the neck */
          if (ball (at, 0, 60, -45, 12, 28, 22) < 1 || ball (at, 30, 60, -45, 13, 15, 16) < 1 ||
              ball (at, -30, 60, -45, 13, 15, 16) < 1 ||
              (hypot (at[0], at[1] - 25) < 9 && at[2] < -45))
            voxels[v] = -1000; /* nose, sinuses, throat */
        }
  return sag_volume_new_int16 (&geometry, voxels);
}

SagVolume *
sag_test_constant (gint32 n, gint16 value)
{
  const gint32 dims[3] = { n, n, n };
  const double spacing[3] = { 2, 2, 2 }, origin[3] = { 0, 0, 0 };
  SagGeometry  geometry = sag_geometry_init (dims, spacing, origin);
  gint16      *voxels = g_new (gint16, sag_geometry_n_voxels (&geometry));

  for (gint64 v = 0; v < sag_geometry_n_voxels (&geometry); v++)
    voxels[v] = value;
  return sag_volume_new_int16 (&geometry, voxels);
}

SagVolume *
sag_test_crop (SagVolume *volume, gint32 low, gint32 high)
{
  SagGeometry  geometry = *sag_volume_get_geometry (volume);
  gsize        slice = (gsize) geometry.dims[0] * geometry.dims[1];
  const double first[3] = { 0, 0, low };
  double       origin[3];

  sag_geometry_to_ras (&geometry, first, origin);
  for (guint a = 0; a < 3; a++)
    geometry.ijk_to_ras[a][3] = origin[a];
  geometry.dims[2] = high - low;
  return sag_volume_new_int16 (&geometry, g_memdup2 (sag_volume_get_int16 (volume) + low * slice,
                                                     (high - low) * slice * sizeof (gint16)));
}
