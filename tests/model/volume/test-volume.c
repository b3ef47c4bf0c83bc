/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/volume-private.h"

#include <math.h>
#include <string.h>

/* PIL, so that every axis is flipped and all are in another order. */
static const SagGeometry pil = {
  .dims = { 4, 3, 2 },
  .ijk_to_ras = { { 0, 0, -1.5, 10 }, { -2, 0, 0, 20 }, { 0, -3, 0, 30 } },
};

static SagVolume *
make_volume (SagScalar scalar)
{
  gint16 *whole = scalar == SAG_SCALAR_INT16 ? sag_volume_alloc_voxels (&pil, scalar) : NULL;
  float  *single = scalar == SAG_SCALAR_FLOAT32 ? sag_volume_alloc_voxels (&pil, scalar) : NULL;

  for (int i = 0; i < 24; i++)
    if (whole != NULL)
      whole[i] = (gint16) (i - 7);
    else
      single[i] = (float) i - 7;
  return whole != NULL ? sag_volume_new_int16 (&pil, whole) : sag_volume_new_float (&pil, single);
}

static float
get_value (const SagVoxels *view, int i, int j, int k)
{
  const gint64 at = i * view->stride[0] + j * view->stride[1] + k * view->stride[2];

  return view->scalar == SAG_SCALAR_INT16 ? ((const gint16 *) view->origin)[at]
                                          : ((const float *) view->origin)[at];
}

static void
check_ras_view (SagScalar scalar)
{
  g_autoptr (SagVolume) volume = make_volume (scalar);
  SagVoxels view;
  double    to_stored[3][4];

  sag_volume_view_ras (volume, &view);
  g_assert_cmpmem (view.geometry.dims, sizeof view.geometry.dims, ((gint32[]){ 2, 4, 3 }),
                   sizeof (gint32[3]));
  g_assert_true (sag_geometry_invert (&pil, to_stored));
  for (int k = 0; k < 3; k++)
    for (int j = 0; j < 4; j++)
      for (int i = 0; i < 2; i++)
        {
          double ras[3], stored[3];

          sag_geometry_to_ras (&view.geometry, (double[3]){ i, j, k }, ras);
          sag_geometry_apply (to_stored, ras, stored);
          g_assert_cmpfloat (get_value (&view, i, j, k), ==,
                             sag_volume_value (volume, (int) lrint (stored[0]),
                                               (int) lrint (stored[1]), (int) lrint (stored[2])));
        }
}

static void
test_ras_view (void)
{
  check_ras_view (SAG_SCALAR_INT16);
  check_ras_view (SAG_SCALAR_FLOAT32);
}

static void
test_stored_view (void)
{
  g_autoptr (SagVolume) volume = make_volume (SAG_SCALAR_INT16);
  SagVoxels view;

  sag_volume_view_stored (volume, &view);
  g_assert_true (view.origin == sag_volume_get_int16 (volume));
  g_assert_null (sag_volume_get_float (volume));
  for (int k = 0; k < 2; k++)
    for (int j = 0; j < 3; j++)
      for (int i = 0; i < 4; i++)
        g_assert_cmpfloat (get_value (&view, i, j, k), ==, i + 4 * (j + 3 * k) - 7);
}

static void
test_hash (void)
{
  g_autoptr (SagVolume) a = make_volume (SAG_SCALAR_INT16);
  g_autoptr (SagVolume) same = make_volume (SAG_SCALAR_INT16);
  g_autoptr (SagVolume) of_floats = make_volume (SAG_SCALAR_FLOAT32);
  g_autoptr (SagVolume) moved = NULL;
  SagGeometry elsewhere = pil;

  elsewhere.ijk_to_ras[2][3] += 0.5;
  moved = sag_volume_new_int16 (&elsewhere, g_memdup2 (sag_volume_get_int16 (a), 48));
  g_assert_cmpuint (strlen (sag_volume_get_hash (a)), ==, 32);
  g_assert_true (sag_volume_get_hash (a) == sag_volume_get_hash (a));
  g_assert_cmpstr (sag_volume_get_hash (a), ==, sag_volume_get_hash (same));
  g_assert_cmpstr (sag_volume_get_hash (a), !=, sag_volume_get_hash (moved));
  g_assert_cmpstr (sag_volume_get_hash (a), !=, sag_volume_get_hash (of_floats));
}

static void
test_warnings (void)
{
  g_autoptr (SagVolume) volume = make_volume (SAG_SCALAR_INT16);
  const char *const *before, *const *after;

  g_assert_null (sag_volume_get_warnings (volume)[0]);
  sag_volume_set_warnings (volume, (const char *const[]){ "One.", NULL });
  before = sag_volume_get_warnings (volume);
  sag_volume_set_warnings (volume, (const char *const[]){ "One.", "Two.", NULL });
  after = sag_volume_get_warnings (volume);
  g_assert_cmpstr (before[0], ==, "One.");
  g_assert_null (before[1]);
  g_assert_cmpstr (after[1], ==, "Two.");
}

static void
test_absurd_sizes (void)
{
  const SagGeometry huge = { .dims = { G_MAXINT32, G_MAXINT32, G_MAXINT32 } },
                    none = { .dims = { 4, 0, 4 } };

  g_assert_null (sag_volume_alloc_voxels (&huge, SAG_SCALAR_INT16));
  g_assert_null (sag_volume_alloc_voxels (&none, SAG_SCALAR_INT16));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/volume/ras-view", test_ras_view);
  g_test_add_func ("/volume/volume/stored-view", test_stored_view);
  g_test_add_func ("/volume/volume/hash", test_hash);
  g_test_add_func ("/volume/volume/warnings", test_warnings);
  g_test_add_func ("/volume/volume/absurd-sizes", test_absurd_sizes);
  return g_test_run ();
}
