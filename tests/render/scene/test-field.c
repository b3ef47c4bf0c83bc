/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/field.h"

#include <math.h>

static SagVolume *
ramp_new (SagScalar scalar, const SagGeometry *geometry)
{
  gsize   n = sag_geometry_n_voxels (geometry);
  gint16 *voxels = g_new (gint16, n);
  float  *values = g_new (float, n);

  for (gsize at = 0; at < n; at++)
    {
      voxels[at] = (gint16) (at % 97 * 10);
      values[at] = voxels[at];
    }
  if (scalar == SAG_SCALAR_INT16)
    {
      g_free (values);
      return sag_volume_new_int16 (geometry, voxels);
    }
  g_free (voxels);
  return sag_volume_new_float (geometry, values);
}

/* Each block is the mean of its voxels, also the smaller ones at the end, whichever way axes are stored. */
static void
test_coarse (gconstpointer data)
{
  const SagScalar scalar = (SagScalar) GPOINTER_TO_INT (data);
  SagGeometry     geometry = sag_geometry_init (
        (const int32_t[]){ 7, 5, 4 }, (const double[]){ 1, 1, 2 }, (const double[]){ 0, 0, 0 });
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagRenderField) field = NULL;
  SagVoxels view;

  geometry.ijk_to_ras[0][0] = -1; /* stored towards L */
  volume = ramp_new (scalar, &geometry);
  sag_volume_view_ras (volume, &view);
  field = sag_render_field_coarse (volume, 2, NULL);
  g_assert_cmpint (field->geometry.dims[0], ==, 4);
  g_assert_cmpint (field->geometry.dims[1], ==, 3);
  g_assert_cmpint (field->geometry.dims[2], ==, 4);
  for (int k = 0; k < 4; k++)
    for (int j = 0; j < 3; j++)
      for (int i = 0; i < 4; i++)
        {
          double sum = 0;
          int    n = 0;

          for (int y = 2 * j; y < MIN (2 * j + 2, 5); y++)
            for (int x = 2 * i; x < MIN (2 * i + 2, 7); x++, n++)
              sum += sag_volume_value (volume, 6 - x, y, k);
          g_assert_cmpfloat_with_epsilon (field->values[i + 4 * (j + 3 * k)], sum / n, 1e-3);
        }
  /* The first block's middle lies half a voxel within the corner. */
  g_assert_cmpfloat_with_epsilon (field->geometry.ijk_to_ras[0][3], -6 + 0.5, 1e-9);
}

static void
test_nan (void)
{
  SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 2, 2, 2 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  float *values = g_new0 (float, 8);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagRenderField) field = NULL;

  values[3] = NAN;
  values[4] = -1e30f;
  volume = sag_volume_new_float (&geometry, values);
  field = sag_render_field_coarse (volume, 2, NULL);
  g_assert_cmpuint (sag_render_field_n (field), ==, 1);
  g_assert_cmpfloat_with_epsilon (field->values[0], -2 * 1024 / 8.0, 1e-3);
}

static void
test_smooth (void)
{
  const SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 5, 5, 5 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  g_autoptr (SagRenderField) field = sag_render_field_new (&geometry);
  g_autoptr (SagRenderField) flat = sag_render_field_new (&geometry);

  for (int at = 0; at < 125; at++)
    {
      field->values[at] = at == 62 ? 64 : 0;
      flat->values[at] = 7;
    }
  g_assert_true (sag_render_field_smooth (field, 1, NULL));
  for (int k = 0; k < 5; k++)
    for (int j = 0; j < 5; j++)
      for (int i = 0; i < 5; i++)
        {
          static const float kernel[5] = { 0, 1, 2, 1, 0 };

          g_assert_cmpfloat (field->values[i + 5 * (j + 5 * k)], ==,
                             kernel[i] * kernel[j] * kernel[k]);
        }
  g_assert_true (sag_render_field_smooth (flat, 3, NULL));
  for (int at = 0; at < 125; at++)
    g_assert_cmpfloat (flat->values[at], ==, 7);
}

static void
test_pad (void)
{
  const SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 2, 3, 4 }, (const double[]){ 1, 2, 3 }, (const double[]){ 10, 20, 30 });
  g_autoptr (SagRenderField) field = sag_render_field_new (&geometry);

  for (int at = 0; at < 24; at++)
    field->values[at] = (float) at;
  for (int n = 2; n <= 3; n++)
    {
      g_autoptr (SagRenderField) padded = sag_render_field_pad (field, n, -1);
      const gint32 *dims = padded->geometry.dims;
      double        sum = 0;

      g_assert_cmpint (dims[0], ==, 4);
      g_assert_cmpint (dims[1], ==, 5);
      g_assert_cmpint (dims[2], ==, n == 3 ? 6 : 4);
      g_assert_cmpfloat (padded->geometry.ijk_to_ras[0][3], ==, 9);
      g_assert_cmpfloat (padded->geometry.ijk_to_ras[1][3], ==, 18);
      g_assert_cmpfloat (padded->geometry.ijk_to_ras[2][3], ==, n == 3 ? 27 : 30);
      for (gsize at = 0; at < sag_render_field_n (padded); at++)
        sum += padded->values[at];
      g_assert_cmpfloat (sum, ==, 276 - (double) (sag_render_field_n (padded) - 24));
      g_assert_cmpfloat (padded->values[1 + 4 * (2 + 5 * (n == 3 ? 2 : 1))], ==, 8);
    }
}

static void
test_cancelled (void)
{
  const SagGeometry geometry = sag_geometry_init (
    (const int32_t[]){ 4, 4, 4 }, (const double[]){ 1, 1, 1 }, (const double[]){ 0, 0, 0 });
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SagVolume) volume = ramp_new (SAG_SCALAR_INT16, &geometry);

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_render_field_coarse (volume, 2, cancellable));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/scene/field/coarse/int16", GINT_TO_POINTER (SAG_SCALAR_INT16),
                        test_coarse);
  g_test_add_data_func ("/scene/field/coarse/float", GINT_TO_POINTER (SAG_SCALAR_FLOAT32),
                        test_coarse);
  g_test_add_func ("/scene/field/nan", test_nan);
  g_test_add_func ("/scene/field/smooth", test_smooth);
  g_test_add_func ("/scene/field/pad", test_pad);
  g_test_add_func ("/scene/field/cancelled", test_cancelled);
  return g_test_run ();
}
