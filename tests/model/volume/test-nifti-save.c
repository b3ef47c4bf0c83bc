/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/volume/nifti.h"
#include "tests/model/volume/make-nifti.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* An oblique, left-handed and sheared grid. */
static const SagGeometry odd_grid = {
  .dims = { 7, 5, 3 },
  .ijk_to_ras = { { -0.7, 0.1, 0.25, 12.5 }, { 0.05, 0.75, 0.5, -80 }, { 0.02, -0.1, 2.5, 1000 } },
};

static void
check_type (
  const char *path, SagNiftiType type, const void *voxels, const float *expected, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = NULL;

  g_assert_true (sag_nifti_save (path, &odd_grid, type, voxels, "made by a test", NULL, &error));
  g_assert_no_error (error);
  volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sag_volume_get_source_type (volume), ==, name);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (volume), &odd_grid, 1e-3));
  for (int i = 0; i < 105; i++)
    g_assert_cmpfloat (sag_volume_value (volume, i % 7, i / 7 % 5, i / 35), ==, expected[i]);
  make_nifti_assert_said (volume, "right angles");
}

static void
test_types (void)
{
  static const char *const endings[] = { "a.nii", "a.nii.gz" };
  char                    *folder = sag_test_dup_folder ();
  guint8                   bytes[105];
  gint16                   shorts[105];
  guint16                  words[105];
  float                    floats[105], of_bytes[105], of_shorts[105], of_words[105];

  for (int i = 0; i < 105; i++)
    {
      of_bytes[i] = bytes[i] = (guint8) (i * 2);
      of_shorts[i] = shorts[i] = (gint16) (i * 600 - 32768);
      of_words[i] = words[i] = (guint16) (65535 - i);
      floats[i] = (float) i / 7 - 3;
    }
  for (int e = 0; e < 2; e++)
    {
      g_autofree char *path = g_build_filename (folder, endings[e], NULL);

      check_type (path, SAG_NIFTI_UINT8, bytes, of_bytes, "uint8");
      check_type (path, SAG_NIFTI_INT16, shorts, of_shorts, "int16");
      check_type (path, SAG_NIFTI_UINT16, words, of_words, "uint16");
      check_type (path, SAG_NIFTI_FLOAT32, floats, floats, "float32");
    }
  g_assert_cmpuint (sag_test_count_files (folder), ==, 2);
  sag_test_remove_folder (folder);
}

static void
test_header (void)
{
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = g_build_filename (folder, "a.nii", NULL);
  g_autofree char   *text = NULL;
  g_autofree char   *long_text = g_strnfill (200, 'x');
  g_autofree gint16 *noise = make_noise (105, 1);
  g_autoptr (GError) error = NULL;
  nifti_1_header header;
  gsize          size;

  g_assert_true (sag_nifti_save (path, &odd_grid, SAG_NIFTI_INT16, noise, long_text, NULL, &error));
  g_assert_true (g_file_get_contents (path, &text, &size, &error));
  g_assert_cmpuint (size, ==, 352 + 210);
  memcpy (&header, text, sizeof header);
  g_assert_cmpint (header.qform_code, ==, 1);
  g_assert_cmpint (header.sform_code, ==, 1);
  g_assert_cmpint (header.xyzt_units, ==, NIFTI_UNITS_MM);
  g_assert_cmpfloat (header.scl_slope, ==, 1);
  g_assert_cmpfloat (header.scl_inter, ==, 0);
  g_assert_cmpfloat (header.srow_z[2], ==, 2.5f);
  g_assert_cmpuint (strnlen (header.descrip, 80), ==, 79);
  sag_test_remove_folder (folder);
}

static void
test_same_bytes (void)
{
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *one = g_build_filename (folder, "one.nii.gz", NULL);
  g_autofree char   *two = g_build_filename (folder, "two.nii.gz", NULL);
  g_autofree char   *a = NULL, *b = NULL;
  g_autofree gint16 *noise = make_noise (105, 2);
  gsize              size_a, size_b;

  g_assert_true (sag_nifti_save (one, &odd_grid, SAG_NIFTI_INT16, noise, NULL, NULL, NULL));
  g_assert_true (sag_nifti_save (two, &odd_grid, SAG_NIFTI_INT16, noise, NULL, NULL, NULL));
  g_assert_true (g_file_get_contents (one, &a, &size_a, NULL));
  g_assert_true (g_file_get_contents (two, &b, &size_b, NULL));
  g_assert_cmpmem (a, size_a, b, size_b);
  sag_test_remove_folder (folder);
}

static const SagGeometry large_grid = {
  .dims = { 256, 256, 40 },
  .ijk_to_ras = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } },
};

static void
test_large (void)
{
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = g_build_filename (folder, "a.nii.gz", NULL);
  const gsize        n = (gsize) sag_geometry_n_voxels (&large_grid);
  g_autofree gint16 *noise = make_noise (n, 3);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;

  memset (noise, 0, n); /* half of it compresses to nearly nothing */
  g_assert_true (sag_nifti_save (path, &large_grid, SAG_NIFTI_INT16, noise, NULL, NULL, &error));
  g_assert_no_error (error);
  volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (sag_volume_get_int16 (volume), noise, n * 2) == 0);
  g_assert_null (sag_volume_get_warnings (volume)[0]);
  sag_test_remove_folder (folder);
}

static void
test_cancel (void)
{
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = g_build_filename (folder, "a.nii.gz", NULL);
  g_autofree gint16 *noise = make_noise (105, 4);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (
    sag_nifti_save (path, &odd_grid, SAG_NIFTI_INT16, noise, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (sag_test_count_files (folder), ==, 0);
  sag_test_remove_folder (folder);
}

/* A disk that fills up: the file of before stays, and nothing else does. */
static void
test_full_disk (void)
{
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = g_build_filename (folder, "a.nii", NULL);
  const gsize        n = (gsize) sag_geometry_n_voxels (&large_grid);
  g_autofree gint16 *noise = make_noise (n, 5);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  g_assert_true (sag_nifti_save (path, &odd_grid, SAG_NIFTI_INT16, noise, NULL, NULL, &error));
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  small = before;
  small.rlim_cur = 3000000;
  setrlimit (RLIMIT_FSIZE, &small);
  g_assert_false (sag_nifti_save (path, &large_grid, SAG_NIFTI_INT16, noise, NULL, NULL, &error));
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_cmpint (error->domain, ==, G_FILE_ERROR);
  g_assert_nonnull (strstr (error->message, "a.nii"));
  g_clear_error (&error);
  g_assert_cmpuint (sag_test_count_files (folder), ==, 1);
  volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sag_volume_get_geometry (volume)->dims[0], ==, 7);
  sag_test_remove_folder (folder);
}

static void
test_refused (void)
{
  const gint16 voxel = 0;
  SagGeometry  flat = odd_grid, wide = odd_grid;
  g_autoptr (GError) error = NULL;

  g_assert_false (
    sag_nifti_save ("/nonexistent/a.nii", &odd_grid, SAG_NIFTI_INT16, &voxel, NULL, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "create the folder first");
  g_assert_false (sag_nifti_save ("a.mha", &odd_grid, SAG_NIFTI_INT16, &voxel, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "a.mha must end in .nii or .nii.gz");
  memset (flat.ijk_to_ras[2], 0, sizeof flat.ijk_to_ras[2]);
  g_assert_false (sag_nifti_save ("a.nii", &flat, SAG_NIFTI_INT16, &voxel, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "no volume");
  wide.dims[1] = 40000;
  g_assert_false (sag_nifti_save ("a.nii", &wide, SAG_NIFTI_INT16, &voxel, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "40000 voxels along one axis");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/nifti-save/types", test_types);
  g_test_add_func ("/volume/nifti-save/header", test_header);
  g_test_add_func ("/volume/nifti-save/same-bytes", test_same_bytes);
  g_test_add_func ("/volume/nifti-save/large", test_large);
  g_test_add_func ("/volume/nifti-save/cancel", test_cancel);
  g_test_add_func ("/volume/nifti-save/full-disk", test_full_disk);
  g_test_add_func ("/volume/nifti-save/refused", test_refused);
  return g_test_run ();
}
