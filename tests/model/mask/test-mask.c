/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"

#include "model/core/error.h"
#include "model/mask/combine.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static void
test_voxels (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  SagGeometry         grid = make_grid (0);
  const gsize         n = (gsize) sag_geometry_n_voxels (&grid);
  g_autofree guint8  *voxels = g_malloc0 (n);
  g_autofree guint8  *back = g_malloc0 (n);
  g_autofree guint16 *wide = g_new0 (guint16, n);
  gint64              count = 0;

  for (gsize v = 0; v < n; v++)
    count += voxels[v] = g_rand_double (random) < 0.3 ? 1 : 0;
  {
    g_autoptr (SagMask) mask = sag_mask_new_from_voxels (&grid, voxels);

    g_assert_cmpint (sag_mask_count (mask), ==, count);
    for (gsize v = 0; v < n; v++)
      g_assert_cmpint (sag_mask_get (mask, v % 71, v / 71 % 45, v / 71 / 45), ==, voxels[v]);
    sag_mask_fill_voxels (mask, 1, back);
    g_assert_cmpmem (voxels, n, back, n);
    sag_mask_fill_voxels_uint16 (mask, 500, wide);
    for (gsize v = 0; v < n; v++)
      g_assert_cmpint (wide[v], ==, voxels[v] * 500);
    for (int axis = 0; axis < 3; axis++)
      {
        guint8 slice[71 * 71] = { 0 };
        gsize  p = 0;

        sag_mask_fill_slice (mask, axis, 20, 9, slice);
        for (int k = axis == 2 ? 20 : 0; k < (axis == 2 ? 21 : 37); k++)
          for (int j = axis == 1 ? 20 : 0; j < (axis == 1 ? 21 : 45); j++)
            for (int i = axis == 0 ? 20 : 0; i < (axis == 0 ? 21 : 71); i++)
              g_assert_cmpint (slice[p++], ==, voxels[i + 71 * (j + 45 * k)] * 9);
      }
    g_assert_false (sag_mask_get (mask, -1, 0, 0));
    g_assert_false (sag_mask_get (mask, 71, 0, 0));
  }
}

static void
test_label_values (void)
{
  SagGeometry  grid = make_grid (0);
  const gsize  n = (gsize) sag_geometry_n_voxels (&grid);
  gint16      *labels = g_new (gint16, n);
  const gint32 wanted[] = { 3, 5 };

  for (gsize v = 0; v < n; v++)
    labels[v] = (gint16) (v % 7);
  {
    g_autoptr (SagVolume) volume = sag_volume_new_int16 (&grid, labels);
    g_autoptr (SagMask) two = sag_mask_new_from_volume (volume, wanted, 2);
    g_autoptr (SagMask) all = sag_mask_new_from_volume (volume, NULL, 0);

    for (gsize v = 0; v < n; v++)
      {
        g_assert_cmpint (sag_mask_get (two, v % 71, v / 71 % 45, v / 71 / 45), ==,
                         v % 7 == 3 || v % 7 == 5);
        g_assert_cmpint (sag_mask_get (all, v % 71, v / 71 % 45, v / 71 / 45), ==, v % 7 != 0);
      }
  }
}

/* What a reader holds does not change while the person paints. */
static void
test_snapshots (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) first = make_mask (&grid, 0.2, random);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (first);
  const gint64 before = sag_mask_count (first);
  g_autoptr (SagMask) second = NULL;
  g_autoptr (SagMask) third = NULL;
  gint32 dims[3];

  g_assert_true (sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, -5, 1000, 3, 4));
  g_assert_false (sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 0, 70, 3, 4));
  g_assert_false (sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 0, 70, 45, 4));
  second = sag_mask_edit_snapshot (edit);
  g_assert_true (sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 10, 40, 3, 4));
  third = sag_mask_edit_snapshot (edit);
  g_assert_cmpint (sag_mask_count (first), ==, before);
  g_assert_cmpint (sag_mask_count (second) - sag_mask_count (third), ==, 31);
  for (int i = 0; i < 71; i++)
    {
      g_assert_true (sag_mask_get (second, i, 3, 4));
      g_assert_cmpint (sag_mask_get (third, i, 3, 4), ==, i < 10 || i > 40);
    }
  sag_mask_get_brick_dims (first, dims);
  g_assert_cmpint (dims[0], ==, 3);
  g_assert_cmpint (dims[1], ==, 2);
  /* Untouched bricks are the same memory. */
  g_assert_true (sag_mask_get_brick (first, 11) == sag_mask_get_brick (third, 11));
  g_assert_false (sag_mask_get_brick (first, 0) == sag_mask_get_brick (third, 0));
}

static void
test_provenance (void)
{
  SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  g_autoptr (SagMask) mask = NULL;

  sag_mask_edit_span (edit, SAG_MASK_PAINT_AS_MODEL, NULL, 10, 20, 1, 1);
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 15, 40, 1, 1);
  sag_mask_edit_span (edit, SAG_MASK_PAINT_AS_MODEL, NULL, 38, 45, 1, 1);
  sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 12, 13, 1, 1);
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 12, 13, 1, 1);
  mask = sag_mask_edit_snapshot (edit);
  for (int i = 0; i < 71; i++)
    {
      const gboolean model = (i >= 10 && i <= 20 && i != 12 && i != 13) || (i > 40 && i <= 45);

      g_assert_cmpint (sag_mask_is_model (mask, i, 1, 1), ==, model);
      g_assert_cmpint (sag_mask_get (mask, i, 1, 1), ==, i >= 10 && i <= 45);
    }
}

static void
test_extent (void)
{
  SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  g_autoptr (SagMask) mask = NULL;
  SagMaskBox box;

  g_assert_false (sag_mask_get_extent (empty, &box));
  g_assert_true (sag_mask_is_empty (empty));
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 5, 66, 33, 3);
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 40, 41, 2, 36);
  mask = sag_mask_edit_snapshot (edit);
  g_assert_true (sag_mask_get_extent (mask, &box));
  g_assert_cmpint (box.first[0], ==, 5);
  g_assert_cmpint (box.end[0], ==, 67);
  g_assert_cmpint (box.first[1], ==, 2);
  g_assert_cmpint (box.end[1], ==, 34);
  g_assert_cmpint (box.first[2], ==, 3);
  g_assert_cmpint (box.end[2], ==, 37);
  sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 0, 70, 33, 3);
  sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 0, 70, 2, 36);
  g_clear_pointer (&mask, sag_mask_unref);
  mask = sag_mask_edit_snapshot (edit);
  g_assert_true (sag_mask_is_empty (mask));
  g_assert_true (sag_mask_equal (mask, empty));
}

static void
test_brick_bytes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) mask = make_mask (&grid, 0.4, random);
  g_autoptr (GPtrArray) bricks = g_ptr_array_new ();
  g_autoptr (SagMask) back = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize b = 0; b < sag_mask_get_n_bricks (mask); b++)
    {
      g_autoptr (GBytes) bytes = sag_brick_encode (sag_mask_get_brick (mask, b));
      gsize         size;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      SagBrick     *brick = sag_brick_decode (data, size, &error);

      g_assert_no_error (error);
      g_assert_true (sag_brick_equal (brick, sag_mask_get_brick (mask, b)));
      g_ptr_array_add (bricks, brick);
      for (gsize cut = 0; cut < size; cut += 97)
        {
          g_assert_null (sag_brick_decode (data, cut, &error));
          sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "damaged");
        }
    }
  back = sag_mask_new_from_bricks (&grid, (SagBrick **) bricks->pdata, &error);
  g_assert_no_error (error);
  g_assert_true (sag_mask_equal (mask, back));
}

static void
test_brick_damage (void)
{
  SagGeometry grid = make_grid (0);
  SagBrick   *bricks[12] = { NULL };
  g_autoptr (SagBrick) stray = sag_brick_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  sag_brick_own_model (stray)[7] = 1;
  bytes = sag_brick_encode (stray);
  g_assert_null (
    sag_brick_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "lacks");
  bricks[2] = sag_brick_new ();
  bricks[2]->rows[0] = 1u << 7; /* i = 71 of 71 */
  g_assert_null (sag_mask_new_from_bricks (&grid, bricks, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "beyond");
}

static void
test_combine (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  SagGeometry grid = make_grid (0), other = make_grid (0.2);
  g_autoptr (SagMask) a = make_mask (&grid, 0.3, random);
  g_autoptr (SagMask) b = make_mask (&grid, 0.3, random);
  g_autoptr (SagMask) elsewhere = make_mask (&other, 0.3, random);
  g_autoptr (GError) error = NULL;
  gint64 both = 0;

  for (int operation = 0; operation < 4; operation++)
    {
      g_autoptr (SagMask) out = sag_mask_combine (a, b, (SagMaskOperation) operation, &error);

      g_assert_no_error (error);
      for (int k = 0; k < 37; k++)
        for (int j = 0; j < 45; j++)
          for (int i = 0; i < 71; i++)
            {
              const gboolean x = sag_mask_get (a, i, j, k), y = sag_mask_get (b, i, j, k);
              const gboolean wanted[] = { x || y, x && y, x && !y, x != y };
              const gboolean model =
                x ? sag_mask_is_model (a, i, j, k) : sag_mask_is_model (b, i, j, k);

              g_assert_cmpint (sag_mask_get (out, i, j, k), ==, wanted[operation]);
              g_assert_cmpint (sag_mask_is_model (out, i, j, k), ==, wanted[operation] && model);
              both += operation == 0 && x && y;
            }
    }
  g_assert_cmpfloat_with_epsilon (sag_mask_dice (a, b),
                                  2.0 * both / (sag_mask_count (a) + sag_mask_count (b)), 1e-12);
  g_assert_null (sag_mask_combine (a, elsewhere, SAG_MASK_UNION, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "grid");
}

static void
test_copy_slice (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) mask = make_mask (&grid, 0.3, random);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (GError) error = NULL;

  for (int axis = 0; axis < 3; axis++)
    {
      g_autoptr (SagMask) out = sag_mask_copy_slice (mask, axis, 31, 32, &error);

      g_assert_no_error (error);
      for (int k = 0; k < 37; k++)
        for (int j = 0; j < 45; j++)
          for (int i = 0; i < 71; i++)
            {
              gint32   from[3] = { i, j, k };
              gboolean there = sag_mask_get (mask, i, j, k);

              if (from[axis] == 32)
                {
                  from[axis] = 31;
                  there |= sag_mask_get (mask, from[0], from[1], from[2]);
                }
              g_assert_cmpint (sag_mask_get (out, i, j, k), ==, there);
            }
      g_assert_null (sag_mask_copy_slice (mask, axis, 0, -1, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "nothing to copy");
      g_assert_null (sag_mask_copy_slice (empty, axis, 0, 1, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "nothing to copy");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask/voxels", test_voxels);
  g_test_add_func ("/mask/label-values", test_label_values);
  g_test_add_func ("/mask/snapshots", test_snapshots);
  g_test_add_func ("/mask/provenance", test_provenance);
  g_test_add_func ("/mask/extent", test_extent);
  g_test_add_func ("/mask/brick-bytes", test_brick_bytes);
  g_test_add_func ("/mask/brick-damage", test_brick_damage);
  g_test_add_func ("/mask/combine", test_combine);
  g_test_add_func ("/mask/copy-slice", test_copy_slice);
  return g_test_run ();
}
