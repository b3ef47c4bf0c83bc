/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/volume/nifti-private.h"
#include "tests/model/volume/make-nifti.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static SagVolume *
load_all (const nifti_1_header *header, const void *voxels, gsize voxel_bytes)
{
  g_autoptr (GByteArray) file = make_nifti (header, voxels, voxel_bytes);
  g_autoptr (GError) error = NULL;
  SagVolume *volume =
    sag_nifti_load_memory ("scan.nii", file->data, file->len, NULL, 0, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return volume;
}

/* Slices as they arrive. */

typedef struct
{
  const float  *expected;
  SagVolume    *volume;
  SagVolume    *first; /* a reference to the one of the first call */
  int           n_slices;
  int           n_first; /* of the first volume, when it was replaced */
  int           n_calls;
  int           n_volumes;
  int           cancel_at;
  GCancellable *cancellable;
} Arrival;

static void
slices_cb (SagVolume *volume, int n_slices, gpointer user_data)
{
  Arrival      *arrival = user_data;
  const gint32 *dims = sag_volume_get_geometry (volume)->dims;
  const gsize   slice = (gsize) dims[0] * dims[1];

  if (arrival->n_calls == 0)
    g_assert_cmpint (n_slices, ==, 0);
  else
    g_assert_cmpint (n_slices, >, arrival->n_slices);
  g_assert_cmpint (n_slices, <=, dims[2]);
  if (arrival->first == NULL)
    arrival->first = sag_volume_ref (volume);
  if (volume == arrival->first)
    arrival->n_first = n_slices;
  arrival->n_volumes += volume != arrival->volume;
  arrival->volume = volume;
  for (gsize i = 0; i < slice * n_slices; i++)
    g_assert_cmpfloat (sag_volume_get_int16 (volume) ? sag_volume_get_int16 (volume)[i]
                                                     : sag_volume_get_float (volume)[i],
                       ==, arrival->expected[i]);
  arrival->n_slices = n_slices;
  arrival->n_calls++;
  if (arrival->cancellable != NULL && n_slices >= arrival->cancel_at)
    g_cancellable_cancel (arrival->cancellable);
}

#define SIDE 128
#define SLICES 30
#define N_VOXELS ((gsize) SIDE * SIDE * SLICES)

/* Whole numbers below slice 20; what follows fits only float32 where @whole is FALSE. */
static float *
make_floats (gboolean whole)
{
  g_autofree gint16 *noise = make_noise (N_VOXELS, 7);
  float             *voxels = g_new (float, N_VOXELS);

  for (gsize i = 0; i < N_VOXELS; i++)
    voxels[i] = noise[i] + (!whole && i > 20 * SIDE * SIDE + 77 ? 0.5f : 0);
  return voxels;
}

static GByteArray *
make_float_scan (const float *voxels)
{
  const nifti_1_header header = make_nifti_header (SIDE, SIDE, SLICES, NIFTI_TYPE_FLOAT32, 4);
  g_autoptr (GByteArray) plain = make_nifti (&header, voxels, N_VOXELS * sizeof *voxels);

  return make_gzip (plain->data, plain->len);
}

/* Loads @voxels with slices_cb() watching. */
static SagVolume *
load_watched (const float *voxels, Arrival *arrival, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) file = make_float_scan (voxels);

  arrival->expected = voxels;
  arrival->cancellable = cancellable;
  return sag_nifti_load_memory ("scan.nii.gz", file->data, file->len, NULL, 0, slices_cb, arrival,
                                cancellable, error);
}

static void
test_slices (void)
{
  g_autofree float *voxels = make_floats (TRUE);
  Arrival           arrival = { 0 };
  g_autoptr (SagVolume) volume = load_watched (voxels, &arrival, NULL, NULL);

  g_assert_nonnull (volume);
  g_assert_true (volume == arrival.volume);
  g_assert_cmpint (arrival.n_slices, ==, SLICES);
  g_assert_cmpint (arrival.n_calls, >, 5);
  g_assert_cmpint (arrival.n_volumes, ==, 1);
  g_assert_cmpint (sag_volume_get_scalar (volume), ==, SAG_SCALAR_INT16);
  g_assert_cmpstr (sag_volume_get_source_type (volume), ==, "float32");
  sag_volume_unref (arrival.first);
}

/* What the file wants to be black and white; no range is none. */
static void
test_shown (void)
{
  static const struct
  {
    float    low;
    float    high;
    gboolean said;
  } cases[] = { { -160, 240, TRUE }, { 0, 0, FALSE }, { 5, -5, FALSE }, { NAN, 3, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      nifti_1_header     header = make_nifti_header (4, 4, 4, DT_INT16, 2);
      g_autofree gint16 *voxels = make_noise (64, 1);
      g_autofree char   *folder = sag_test_dup_folder ();
      g_autofree char   *path = g_build_filename (folder, "shown.nii", NULL);
      g_autoptr (GByteArray) file = NULL;
      g_autoptr (SagVolume) volume = NULL;
      double low, high;

      header.cal_min = cases[i].low;
      header.cal_max = cases[i].high;
      file = make_nifti (&header, voxels, 128);
      g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
      volume = sag_nifti_load (path, NULL, NULL, NULL, NULL);
      g_assert_nonnull (volume);
      g_assert_cmpint (sag_volume_get_shown (volume, &low, &high), ==, cases[i].said);
      if (cases[i].said)
        {
          g_assert_cmpfloat (low, ==, cases[i].low);
          g_assert_cmpfloat (high, ==, cases[i].high);
        }
      sag_test_remove_folder (g_steal_pointer (&folder));
    }
}

static void
test_change_to_float (void)
{
  g_autofree float *voxels = make_floats (FALSE);
  Arrival           arrival = { 0 };
  g_autoptr (SagVolume) volume = load_watched (voxels, &arrival, NULL, NULL);

  g_assert_nonnull (volume);
  g_assert_true (volume == arrival.volume);
  g_assert_cmpint (arrival.n_slices, ==, SLICES);
  g_assert_cmpint (arrival.n_volumes, ==, 2);
  g_assert_cmpint (arrival.n_first, >, 10);
  g_assert_cmpint (arrival.n_first, <=, 20);
  g_assert_cmpmem (sag_volume_get_float (volume), N_VOXELS * 4, voxels, N_VOXELS * 4);
  for (gsize i = 0; i < (gsize) arrival.n_first * SIDE * SIDE; i++)
    g_assert_cmpfloat (sag_volume_get_int16 (arrival.first)[i], ==, voxels[i]);
  sag_volume_unref (arrival.first);
}

static void
test_cancel (void)
{
  g_autofree float *voxels = make_floats (TRUE);

  for (int at = 0; at <= 12; at += 6)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Arrival arrival = { .cancel_at = at };

      g_assert_null (load_watched (voxels, &arrival, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (arrival.n_slices, <, at + 12);
      sag_volume_unref (arrival.first);
    }
}

/* What is said about files that open. */

MAKE_SPOIL (no_forms, h->sform_code = h->qform_code = 0)
MAKE_SPOIL (forms_apart, h->srow_x[3] += 12.3f)
MAKE_SPOIL (four_dimensions, h->dim[0] = 4; h->dim[4] = 3)
MAKE_SPOIL (micrometres, h->xyzt_units = NIFTI_UNITS_MICRON)
MAKE_SPOIL (offset_in_header, h->vox_offset = 0)
MAKE_SPOIL (nan_intercept, h->scl_inter = NAN)
MAKE_SPOIL (zero_pixdim, h->pixdim[2] = 0; h->qform_code = 0)
MAKE_SPOIL (tilted, h->srow_y[2] = 0.4f; h->qform_code = 0)

static void
test_warnings (void)
{
  static const MakeSpoilt all[] = {
    { "LEFT AND RIGHT MAY BE SWAPPED", 0, no_forms },
    { "sform and qform are up to 12 mm apart", 0, forms_apart },
    { "holds 3 volumes", 0, four_dimensions },
    { "in micrometres", 0, micrometres },
    { "from byte 352 on", 0, offset_in_header },
    { "intercept in the header is no number", 0, nan_intercept },
    { "spacing along j is 0", 0, zero_pixdim },
    { "not at right angles", 0, tilted },
  };
  g_autofree gint16 *noise = make_noise (180, 14);

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      nifti_1_header header = make_nifti_header (5, 4, 3, NIFTI_TYPE_INT16, 2);
      g_autoptr (SagVolume) volume = NULL;

      all[i].spoil (&header);
      volume = load_all (&header, noise, 360);
      make_nifti_assert_said (volume, all[i].said);
      g_assert_true (memcmp (sag_volume_get_int16 (volume), noise, 120) == 0);
    }
}

static void
test_ordinary_is_silent (void)
{
  g_autofree gint16 *noise = make_noise (60, 15);
  nifti_1_header     header = make_nifti_header (5, 4, 3, NIFTI_TYPE_INT16, 2);

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (SagVolume) volume = NULL;

      header.scl_slope = ((float[]){ 1, 0, NAN })[i];
      volume = load_all (&header, noise, 120);
      g_assert_null (sag_volume_get_warnings (volume)[0]);
      g_assert_true (memcmp (sag_volume_get_int16 (volume), noise, 120) == 0);
    }
}

/* Values. */

static void
test_not_finite (void)
{
  const float          voxels[8] = { 1, NAN, 3, INFINITY, 5, -INFINITY, 7, 8 };
  const nifti_1_header header = make_nifti_header (2, 2, 2, NIFTI_TYPE_FLOAT32, 4);
  g_autoptr (SagVolume) volume = load_all (&header, voxels, sizeof voxels);

  make_nifti_assert_said (volume, "3 voxels hold no number");
  g_assert_true (isnan (sag_volume_get_float (volume)[1]));
  g_assert_cmpfloat (sag_volume_get_float (volume)[7], ==, 8);
}

static void
test_rounded (void)
{
  const gint32         words[4] = { 16777216, 16777217, -16777219, 33554432 };
  const guint64        longs[4] = { 1, ((guint64) 1 << 60) + 1, (guint64) 1 << 60,
                                    ((guint64) 1 << 30) + 1 };
  const nifti_1_header of_words = make_nifti_header (2, 2, 1, NIFTI_TYPE_INT32, 4);
  const nifti_1_header of_longs = make_nifti_header (2, 2, 1, NIFTI_TYPE_UINT64, 8);
  g_autoptr (SagVolume) a = load_all (&of_words, words, sizeof words);
  g_autoptr (SagVolume) b = load_all (&of_longs, longs, sizeof longs);

  make_nifti_assert_said (a, "2 voxels hold numbers above 16777216 that were rounded");
  make_nifti_assert_said (b, "2 voxels hold numbers above 16777216 that were rounded");
}

static void
test_int16_limits (void)
{
  const gint32 fits[4] = { 32767, -32768, 0, -1 }, too_high[4] = { 32768, 0, 0, 0 },
               too_low[4] = { 0, -32769, 0, 0 };
  const nifti_1_header header = make_nifti_header (2, 2, 1, NIFTI_TYPE_INT32, 4);
  g_autoptr (SagVolume) a = load_all (&header, fits, sizeof fits);
  g_autoptr (SagVolume) b = load_all (&header, too_high, sizeof too_high);
  g_autoptr (SagVolume) c = load_all (&header, too_low, sizeof too_low);

  g_assert_cmpint (sag_volume_get_int16 (a)[0], ==, 32767);
  g_assert_cmpint (sag_volume_get_int16 (a)[1], ==, -32768);
  g_assert_cmpfloat (sag_volume_get_float (b)[0], ==, 32768);
  g_assert_cmpfloat (sag_volume_get_float (c)[1], ==, -32769);
}

/* Files. */

static void
test_pair (void)
{
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *header_path = g_build_filename (folder, "scan.hdr", NULL);
  g_autofree char   *image_path = g_build_filename (folder, "scan.img.gz", NULL);
  g_autofree gint16 *noise = make_noise (60, 16);
  g_autoptr (GByteArray) image = make_gzip (noise, 120);
  g_autoptr (SagVolume) by_header = NULL;
  g_autoptr (SagVolume) by_image = NULL;
  g_autoptr (GError) error = NULL;
  nifti_1_header header = make_nifti_header (5, 4, 3, NIFTI_TYPE_INT16, 2);

  strcpy (header.magic, "ni1");
  header.vox_offset = 0;
  g_assert_true (g_file_set_contents (header_path, (const char *) &header, sizeof header, &error));
  g_assert_null (sag_nifti_load (header_path, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                         "scan.hdr is only the header of a pair");
  g_assert_true (g_file_set_contents (image_path, (const char *) image->data, image->len, &error));
  by_header = sag_nifti_load (header_path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  by_image = sag_nifti_load (image_path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (sag_volume_get_int16 (by_header), noise, 120) == 0);
  g_assert_cmpstr (sag_volume_get_hash (by_header), ==, sag_volume_get_hash (by_image));
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/nifti-load/slices", test_slices);
  g_test_add_func ("/volume/nifti-load/change-to-float", test_change_to_float);
  g_test_add_func ("/volume/nifti-load/shown", test_shown);
  g_test_add_func ("/volume/nifti-load/cancel", test_cancel);
  g_test_add_func ("/volume/nifti-load/warnings", test_warnings);
  g_test_add_func ("/volume/nifti-load/ordinary-is-silent", test_ordinary_is_silent);
  g_test_add_func ("/volume/nifti-load/not-finite", test_not_finite);
  g_test_add_func ("/volume/nifti-load/rounded", test_rounded);
  g_test_add_func ("/volume/nifti-load/int16-limits", test_int16_limits);
  g_test_add_func ("/volume/nifti-load/pair", test_pair);
  return g_test_run ();
}
