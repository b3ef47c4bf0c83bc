/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/dataset/bin.h"

#include "tests/support/test.h"

#include <string.h>

static SagVolume *
make_volume (void)
{
  SagGeometry geometry = { .dims = { 3, 4, 5 },
                           .ijk_to_ras = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } } };
  gint16     *voxels = g_new (gint16, 60);

  for (int i = 0; i < 60; i++)
    voxels[i] = (gint16) (i * 37 - 1000);
  return sag_volume_new_int16 (&geometry, voxels);
}

static void
check_same (SagVolume *a, SagVolume *b)
{
  g_assert_cmpmem (sag_volume_get_geometry (a)->dims, 12, sag_volume_get_geometry (b)->dims, 12);
  g_assert_cmpmem (sag_volume_get_int16 (a), 120, sag_volume_get_int16 (b), 120);
}

static void
test_round_trip (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bin", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = make_volume ();
  g_autoptr (SagVolume) back = NULL;

  g_assert_true (sag_bin_save (volume, path, &error));
  back = sag_bin_load (path, &error);
  g_assert_no_error (error);
  check_same (volume, back);
  sag_test_remove_folder (folder);
}

/* RAW0 written by hand: voxel (x, y, z) at ((x * 4) + y) * 5 + z. */
static char *
make_raw (gsize *size)
{
  char   *data = g_malloc0 (16 + 120);
  guint32 dims[3] = { GUINT32_TO_LE (3), GUINT32_TO_LE (4), GUINT32_TO_LE (5) };

  memcpy (data, "RAW0", 4);
  memcpy (data + 4, dims, 12);
  for (int i = 0; i < 60; i++)
    {
      gint16 value =
        GINT16_TO_LE ((gint16) ((i % 3 + 3 * (i / 3 % 4) + 12 * (i / 12)) * 37 - 1000));
      int x = i % 3, y = i / 3 % 4, z = i / 12;

      memcpy (data + 16 + 2 * ((x * 4 + y) * 5 + z), &value, 2);
    }
  *size = 136;
  return data;
}

static void
test_raw (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bin", NULL);
  gsize            size;
  g_autofree char *data = make_raw (&size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = make_volume ();
  g_autoptr (SagVolume) back = NULL;

  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
  back = sag_bin_load (path, &error);
  g_assert_no_error (error);
  check_same (volume, back);
  sag_test_remove_folder (folder);
}

static void
check_fails (const char *data, gsize size, const char *part)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bin", NULL);
  GError          *error = NULL;

  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
  g_assert_null (sag_bin_load (path, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, part);
  sag_test_remove_folder (folder);
}

static void
test_damaged (void)
{
  gsize            size;
  g_autofree char *data = make_raw (&size);
  guint32          huge = GUINT32_TO_LE (4096);

  check_fails (data, 15, "does not start");
  check_fails (data, size - 1, "as many voxels");
  data[0] = 'Z';
  data[1] = 'S';
  data[2] = 'T';
  check_fails (data, size, "damaged");
  for (int a = 0; a < 3; a++)
    memcpy (data + 4 + 4 * a, &huge, 4);
  check_fails (data, size, "more than 1 GB");
  memset (data + 4, 0, 4);
  check_fails (data, size, "no voxels");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/bin/round-trip", test_round_trip);
  g_test_add_func ("/dataset/bin/raw", test_raw);
  g_test_add_func ("/dataset/bin/damaged", test_damaged);
  return g_test_run ();
}
