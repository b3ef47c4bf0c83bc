/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/volume/nifti-private.h"
#include "tests/model/volume/make-nifti.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static SagVolume *
load (const GByteArray *file, GError **error)
{
  return sag_nifti_load_memory ("scan.nii.gz", file->data, file->len, NULL, 0, NULL, NULL, NULL,
                                error);
}

static void
test_every_truncation (void)
{
  g_autofree gint16   *noise = make_noise (20 * 10 * 3, 8);
  const nifti_1_header header = make_nifti_header (20, 10, 3, NIFTI_TYPE_INT16, 2);
  g_autoptr (GByteArray) plain = make_nifti (&header, noise, 1200);
  g_autoptr (GByteArray) gzip = make_gzip (plain->data, plain->len);
  GByteArray *const files[] = { plain, gzip };

  for (int f = 0; f < 2; f++)
    for (guint size = 0; size < files[f]->len; size++)
      {
        g_autofree guint8 *part = g_memdup2 (files[f]->data, size);
        g_autoptr (GError) error = NULL;
        g_autoptr (SagVolume) volume =
          sag_nifti_load_memory ("scan.nii", part, size, NULL, 0, NULL, NULL, NULL, &error);

        if (f == 1 && volume != NULL)
          {
            /* All voxels are there; what is missing is the checksum, or the code before it that
             * ends the data. */
            g_assert_cmpuint (size, >=, gzip->len - 10);
            make_nifti_assert_said (volume, "ends before its checksum");
            g_assert_true (memcmp (sag_volume_get_int16 (volume), noise, 1200) == 0);
            continue;
          }
        g_assert_null (volume);
        g_assert_cmpint (error->domain, ==, SAG_ERROR);
        g_assert_true (g_str_has_prefix (error->message, "scan.nii "));
      }
}

static void
test_share_of_voxels (void)
{
  g_autofree gint16   *noise = make_noise (64 * 64 * 100, 9);
  const nifti_1_header header = make_nifti_header (64, 64, 100, NIFTI_TYPE_INT16, 2);
  g_autoptr (GByteArray) plain = make_nifti (&header, noise, 64 * 64 * 100 * 2);
  g_autoptr (GByteArray) gzip = make_gzip (plain->data, plain->len);
  g_autoptr (GError) error = NULL;

  gzip->len = (guint) (gzip->len * 0.615);
  g_assert_null (load (gzip, &error));
  sag_test_assert_error (
    error, SAG_ERROR, SAG_ERROR_FORMAT,
    "scan.nii.gz ends after 61 % of its voxels. The download may be incomplete; fetch it again.");
  plain->len = 352 + 64 * 64 * 25 * 2;
  g_assert_null (load (plain, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                         "scan.nii.gz ends after 25 % of its voxels.");
}

static void
test_checksum (void)
{
  g_autofree gint16   *noise = make_noise (60000, 10);
  const nifti_1_header header = make_nifti_header (100, 200, 3, NIFTI_TYPE_INT16, 2);
  g_autoptr (GByteArray) plain = make_nifti (&header, noise, 120000);
  g_autoptr (GByteArray) gzip = make_gzip (plain->data, plain->len);
  g_autoptr (GError) error = NULL;

  gzip->data[gzip->len - 6] ^= 1;
  g_assert_null (load (gzip, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "its checksum does not match");
}

static void
test_random_headers (void)
{
  g_autofree gint16   *noise = make_noise (4 * 3 * 2, 11);
  const nifti_1_header header = make_nifti_header (4, 3, 2, NIFTI_TYPE_INT16, 2);
  g_autoptr (GByteArray) plain = make_nifti (&header, noise, 48);
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  int n_loaded = 0;

  for (int round = 0; round < 10000; round++)
    {
      g_autofree guint8 *bytes = g_memdup2 (plain->data, plain->len);
      g_autoptr (GError) error = NULL;
      g_autoptr (SagVolume) volume = NULL;

      for (int n = g_rand_int_range (random, 1, 4); n > 0; n--)
        bytes[g_rand_int_range (random, 0, 352)] = (guint8) g_rand_int (random);
      volume = sag_nifti_load_memory ("scan.nii", bytes, plain->len, bytes, plain->len, NULL, NULL,
                                      NULL, &error);
      g_assert_true ((volume == NULL) == (error != NULL));
      if (volume == NULL)
        continue;
      n_loaded++;
      g_assert_cmpint (sag_geometry_n_voxels (sag_volume_get_geometry (volume)), <=, plain->len);
      g_assert_nonnull (sag_volume_get_hash (volume));
    }
  g_assert_cmpint (n_loaded, >, 1000);
}

/* One field of the header spoilt at a time. */

MAKE_SPOIL (nine_dimensions, h->dim[0] = 9)
MAKE_SPOIL (no_dimensions, h->dim[0] = 0)
MAKE_SPOIL (negative_size, h->dim[2] = -5)
MAKE_SPOIL (zero_size, h->dim[3] = 0)
MAKE_SPOIL (absurd_size, h->dim[1] = h->dim[2] = h->dim[3] = 32767)
MAKE_SPOIL (huge_offset, h->vox_offset = 1e30f)
MAKE_SPOIL (large_offset, h->vox_offset = 16777216)
MAKE_SPOIL (negative_offset, h->vox_offset = -352)
MAKE_SPOIL (broken_offset, h->vox_offset = 352.5f)
MAKE_SPOIL (nan_offset, h->vox_offset = NAN)
MAKE_SPOIL (nan_sform, h->srow_y[1] = NAN)
MAKE_SPOIL (infinite_sform, h->srow_x[3] = INFINITY)
MAKE_SPOIL (zero_sform, h->srow_z[2] = 0)
MAKE_SPOIL (flat_sform, memcpy (h->srow_z, h->srow_y, sizeof h->srow_z);
            h->srow_y[2] = h->srow_z[2] = 1)
MAKE_SPOIL (giant_sform, h->srow_x[0] = 1e20f)
MAKE_SPOIL (far_sform, h->srow_x[3] = 1e9f)
MAKE_SPOIL (nan_qform, h->sform_code = 0; h->quatern_b = NAN)
MAKE_SPOIL (nan_spacing, h->sform_code = 0; h->pixdim[2] = NAN)
MAKE_SPOIL (zero_spacing, h->sform_code = 0; h->pixdim[3] = 0)
MAKE_SPOIL (unknown_type, h->datatype = 77)
MAKE_SPOIL (bits, h->datatype = 1)
MAKE_SPOIL (colour, h->datatype = 128)
MAKE_SPOIL (complex_numbers, h->datatype = 32)
MAKE_SPOIL (cifti, h->intent_code = 3001)
MAKE_SPOIL (analyze, memset (h->magic, 0, 4))
MAKE_SPOIL (other_size, h->sizeof_hdr = 349)
MAKE_SPOIL (only_header, strcpy (h->magic, "ni1"))

static void
test_spoilt_headers (void)
{
  static const MakeSpoilt all[] = {
    { "9 dimensions", SAG_ERROR_FORMAT, nine_dimensions },
    { "0 dimensions", SAG_ERROR_FORMAT, no_dimensions },
    { "a size of -5 along dimension 2", SAG_ERROR_FORMAT, negative_size },
    { "a size of 0 along dimension 3", SAG_ERROR_FORMAT, zero_size },
    { "32767 x 32767 x 32767 voxels, more than", SAG_ERROR_FORMAT, absurd_size },
    { "begin at byte 1.0000000150474662e+30", SAG_ERROR_FORMAT, huge_offset },
    { "more than a file of its size can hold", SAG_ERROR_FORMAT, large_offset },
    { "begin at byte -352", SAG_ERROR_FORMAT, negative_offset },
    { "begin at byte 352.5", SAG_ERROR_FORMAT, broken_offset },
    { "begin at byte nan", SAG_ERROR_FORMAT, nan_offset },
    { "values that are no numbers", SAG_ERROR_FORMAT, nan_sform },
    { "values that are no numbers", SAG_ERROR_FORMAT, infinite_sform },
    { "a voxel spacing of 0 mm", SAG_ERROR_FORMAT, zero_sform },
    { "run the same way", SAG_ERROR_FORMAT, flat_sform },
    { "above 10 m", SAG_ERROR_FORMAT, giant_sform },
    { "kilometres away", SAG_ERROR_FORMAT, far_sform },
    { "qform holds values that are no numbers", SAG_ERROR_FORMAT, nan_qform },
    { "voxel spacing is no number", SAG_ERROR_FORMAT, nan_spacing },
    { "a voxel spacing of 0 mm", SAG_ERROR_FORMAT, zero_spacing },
    { "unknown data type 77", SAG_ERROR_FORMAT, unknown_type },
    { "Save it as uint8", SAG_ERROR_UNSUPPORTED, bits },
    { "stores colours (RGB24)", SAG_ERROR_UNSUPPORTED, colour },
    { "Save its magnitude", SAG_ERROR_UNSUPPORTED, complex_numbers },
    { "is CIFTI", SAG_ERROR_UNSUPPORTED, cifti },
    { "is ANALYZE 7.5", SAG_ERROR_UNSUPPORTED, analyze },
    { "is no NIfTI file", SAG_ERROR_FORMAT, other_size },
    { "only the header of a pair", SAG_ERROR_FORMAT, only_header },
  };
  g_autofree gint16 *noise = make_noise (60, 13);

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    for (int compress = 0; compress < 2; compress++)
      {
        nifti_1_header header = make_nifti_header (5, 4, 3, NIFTI_TYPE_INT16, 2);
        g_autoptr (GByteArray) plain = NULL;
        g_autoptr (GByteArray) gzip = NULL;
        g_autoptr (GError) error = NULL;

        all[i].spoil (&header);
        plain = make_nifti (&header, noise, 120);
        gzip = make_gzip (plain->data, plain->len);
        g_assert_null (load (compress ? gzip : plain, &error));
        sag_test_assert_error (error, SAG_ERROR, all[i].code, all[i].said);
      }
}

static void
test_foreign (void)
{
  static const struct
  {
    const char *name;
    const char *bytes;
    gsize       n_bytes;
    const char *said;
  } all[] = {
    { "scan.nii", "", 0, "scan.nii is empty" },
    { "scan.dcm", "\1\2\3\4\5", 5, "scan.dcm is named like a DICOM file" },
    { "scan.nrrd", "NRRD0005\n# Complete", 19, "scan.nrrd is NRRD" },
    { "scan.mha", "ObjectType = Image\n", 19, "scan.mha is MetaImage" },
    { "scan.mhd", "NDims = 3\n", 10, "scan.mhd is MetaImage" },
    { "scan.mgz", "\0\0\0\1\0\0\1\0", 8, "scan.mgz is FreeSurfer" },
    { "scan.nii.gz", "<!DOCTYPE html><html>", 21, "is a web page" },
    { "scan.nii.gz", "version https://git-lfs.github.com/spec/v1\n", 43, "git lfs pull" },
    { "scan.nii", "Dear all,\nthis is the scan.\n", 28, "is a text file" },
    { "scan.nii", "\0\0\0\0\0\0\0\0\0\0", 10, "nothing but zero bytes" },
    { "scan.nii", "\x5c\1\0\0\0\0\0\0", 8, "ends within its header" },
    { "scan.nii.gz", "\x1f\x8b\x08\0", 4, "ends within its header" },
    { "scan.nii.gz", "\x1f\x8b\x07garbage", 10, "cannot be decompressed" },
    { "picture.png", "\x89PNG\r\n\032\n", 8, "is a picture" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sag_nifti_load_memory (all[i].name, all[i].bytes, all[i].n_bytes, NULL, 0,
                                            NULL, NULL, NULL, &error));
      g_assert_cmpint (error->domain, ==, SAG_ERROR);
      sag_test_assert_error (error, SAG_ERROR, error->code, all[i].said);
    }
}

static void
test_no_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_nifti_load ("/nonexistent/scan.nii.gz", NULL, NULL, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "Cannot read scan.nii.gz");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/nifti-damage/every-truncation", test_every_truncation);
  g_test_add_func ("/volume/nifti-damage/share-of-voxels", test_share_of_voxels);
  g_test_add_func ("/volume/nifti-damage/checksum", test_checksum);
  g_test_add_func ("/volume/nifti-damage/random-headers", test_random_headers);
  g_test_add_func ("/volume/nifti-damage/spoilt-headers", test_spoilt_headers);
  g_test_add_func ("/volume/nifti-damage/foreign", test_foreign);
  g_test_add_func ("/volume/nifti-damage/no-file", test_no_file);
  return g_test_run ();
}
