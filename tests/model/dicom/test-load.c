/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include "model/core/error.h"
#include "model/dicom/scan.h"
#include "model/volume/origin.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static SagVolume *
load (const char *reference)
{
  g_autoptr (GError) error = NULL;
  SagVolume *volume = sag_scan_load (reference, NULL, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return volume;
}

static gboolean
warns (const SagVolume *volume, const char *words)
{
  const char *const *all = sag_volume_get_warnings (volume);

  for (gsize i = 0; all[i] != NULL; i++)
    if (strstr (all[i], words) != NULL)
      return TRUE;
  return FALSE;
}

/* Every voxel is what make_series() wrote. */
static void
assert_plain (const SagVolume *volume, double slope, double intercept)
{
  const gint32 *dims = sag_volume_get_geometry (volume)->dims;

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        g_assert_cmpfloat_with_epsilon (sag_volume_value (volume, i, j, k),
                                        (100 * k + 10 * j + i) * slope + intercept, 1e-4);
}

static void
test_syntaxes (SagTestFolder *fixture, gconstpointer data)
{
  for (MakeSyntax syntax = MAKE_EXPLICIT; syntax <= MAKE_BIG_ENDIAN; syntax++)
    for (int no_meta = 0; no_meta < 2; no_meta++)
      {
        MakeSlice slice = { .syntax = syntax, .no_meta = no_meta, .intercept = "-1024" };
        g_autoptr (SagVolume) volume = NULL;

        if (no_meta && syntax == MAKE_BIG_ENDIAN)
          continue;
        make_series (&slice, fixture->folder, 4, 2);
        volume = load (fixture->folder);
        g_assert_cmpint (sag_volume_get_scalar (volume), ==, SAG_SCALAR_INT16);
        g_assert_cmpint (sag_volume_get_geometry (volume)->dims[2], ==, 4);
        assert_plain (volume, 1, -1024);
      }
}

static void
test_bits (SagTestFolder *fixture, gconstpointer data)
{
  static const MakeSlice all[] = {
    { .bits_stored = 12, .dirty = 0xf000 },
    { .bits_stored = 12, .high_bit = 13, .dirty = 0xc003 },
    { .bits_stored = 12, .is_signed = TRUE, .dirty = 0x7000 },
    { .bits_stored = 16, .is_signed = TRUE },
    { .bits_stored = 16 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (SagVolume) volume = NULL;

      make_series (&all[i], fixture->folder, 3, 2);
      volume = load (fixture->folder);
      assert_plain (volume, 1, 0);
    }
}

static void
test_signs (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { .bits_stored = 12, .is_signed = TRUE, .first = -2000, .dirty = 0x7000 };
  g_autoptr (SagVolume) volume = NULL;

  make_series (&slice, fixture->folder, 3, 2);
  volume = load (fixture->folder);
  g_assert_cmpfloat (sag_volume_value (volume, 0, 0, 0), ==, -2000);
  g_assert_cmpfloat (sag_volume_value (volume, 5, 3, 2), ==, -2000 + 235);
}

static void
test_eight_bits (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { .bits_allocated = 8, .slope = "4", .intercept = "-1000" };
  g_autoptr (SagVolume) volume = NULL;

  make_series (&slice, fixture->folder, 2, 2);
  volume = load (fixture->folder);
  assert_plain (volume, 4, -1000);
}

static void
test_rescale (SagTestFolder *fixture, gconstpointer data)
{
  static const char *const slopes[] = { "1.5", "0.25", "2" };
  g_autoptr (SagVolume) volume = NULL;

  for (int k = 0; k < 3; k++)
    {
      MakeSlice slice = {
        .number = k, .z_mm = k, .first = 4, .slope = slopes[k], .intercept = "-7"
      };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  volume = load (fixture->folder);
  g_assert_cmpint (sag_volume_get_scalar (volume), ==, SAG_SCALAR_FLOAT32);
  for (int k = 0; k < 3; k++)
    g_assert_cmpfloat (sag_volume_value (volume, 2, 1, k), ==,
                       16 * g_ascii_strtod (slopes[k], NULL) - 7);
}

/* Whole numbers beyond int16: nothing is lost. */
static void
test_overflow (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { 0 }, large = { .number = 9, .z_mm = 8, .first = 60000 };
  g_autoptr (SagVolume) volume = NULL;

  make_series (&slice, fixture->folder, 4, 2);
  make_save (make_slice (&large), fixture->folder, "large");
  volume = load (fixture->folder);
  g_assert_cmpint (sag_volume_get_scalar (volume), ==, SAG_SCALAR_FLOAT32);
  g_assert_cmpfloat (sag_volume_value (volume, 1, 1, 4), ==, 60011);
  g_assert_cmpfloat (sag_volume_value (volume, 1, 1, 3), ==, 311);
}

static void
test_padding (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice tissue = { .padding = "12", .intercept = "20" };
  const MakeSlice below = { .is_signed = TRUE, .padding = "12", .intercept = "-1524" };
  g_autoptr (SagVolume) volume = NULL;

  make_series (&tissue, fixture->folder, 2, 2);
  volume = load (fixture->folder);
  g_assert_true (warns (volume, "shown as air"));
  g_assert_cmpfloat (sag_volume_value (volume, 2, 1, 0), ==, -1024);
  g_assert_cmpfloat (sag_volume_value (volume, 1, 1, 0), ==, 31);
  sag_volume_unref (volume);
  /* What already reads as air stays as it is. */
  make_series (&below, fixture->folder, 2, 2);
  volume = load (fixture->folder);
  g_assert_false (warns (volume, "shown as air"));
  assert_plain (volume, 1, -1524);
}

static void
test_missing (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice low = { 0 }, high = { .number = 6, .z_mm = 12, .first = 600 };
  g_autoptr (SagVolume) volume = NULL;
  const SagOrigin *origin;

  make_series (&low, fixture->folder, 5, 2);
  make_series (&high, fixture->folder, 5, 2);
  volume = load (fixture->folder);
  assert_plain (volume, 1, 0);
  g_assert_true (warns (volume, "1 slice is missing (from slice 6 on)"));
  origin = sag_volume_get_origin (volume);
  g_assert_cmpint (origin->n_slices, ==, 11);
  g_assert_null (origin->slices[5].instance_uid);
  g_assert_cmpstr (origin->slices[6].instance_uid, ==, "1.2.3.0.7");
  g_assert_true (origin->is_resampled);
}

/* Slices at @places_mm, whose values rise with the place: linear interpolation gives them back. */
static void
make_places (const char *folder, const double *places_mm, guint n)
{
  for (guint k = 0; k < n; k++)
    {
      MakeSlice        slice = { .number = (int) k,
                                 .z_mm = places_mm[k],
                                 .first = (int) (100 * places_mm[k]) };
      g_autofree char *name = g_strdup_printf ("%u", k);

      make_save (make_slice (&slice), folder, name);
    }
}

static void
test_uneven (SagTestFolder *fixture, gconstpointer data)
{
  static const double places[] = { 0, 2, 4, 6, 7, 10.5, 14 };
  g_autoptr (SagVolume) volume = NULL;

  make_places (fixture->folder, places, G_N_ELEMENTS (places));
  volume = load (fixture->folder);
  g_assert_cmpint (sag_volume_get_geometry (volume)->dims[2], ==, 8);
  for (int k = 0; k < 8; k++)
    g_assert_cmpfloat (sag_volume_value (volume, 3, 2, k), ==, 200 * k + 23);
}

/* Each slice lands where its header says, whatever the grid. */
static void
test_tilt (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagVolume) volume = NULL;
  double inverse[3][4];

  for (int k = 0; k < 4; k++)
    {
      MakeSlice slice = {
        .number = k, .z_mm = 3 * k, .shift_mm = 1.5 * k, .first = 200 * k, .rows = 8
      };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  volume = load (fixture->folder);
  g_assert_true (warns (volume, "tilted"));
  g_assert_true (sag_geometry_invert (sag_volume_get_geometry (volume), inverse));
  for (int k = 0; k < 4; k++)
    for (int j = 2; j < 6; j++)
      {
        const double ras[3] = { 10 - 1.5 * 3, 20 - 1.5 * k - 2 * j, 3 * k };
        double       ijk[3], share, value;
        int          below;

        sag_geometry_apply (inverse, ras, ijk);
        below = (int) floor (ijk[1] + 1e-9);
        share = ijk[1] - below;
        value = (1 - share) * sag_volume_value (volume, (int) rint (ijk[0]), below, k) +
                share * sag_volume_value (volume, (int) rint (ijk[0]), below + 1, k);
        g_assert_cmpfloat_with_epsilon (value, 200 * k + 10 * j + 3, 1.01);
      }
  g_assert_cmpfloat (sag_volume_value (volume, 0, 0, 0), ==, -1024);
}

typedef struct
{
  int        n_calls;
  int        last;
  SagVolume *volume;
} Seen;

static void
slices_cb (SagVolume *volume, int n_slices_ready, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpint (n_slices_ready, >=, volume == seen->volume ? seen->last : 0);
  if (seen->n_calls++ == 0)
    g_assert_cmpint (n_slices_ready, ==, 0);
  for (int k = seen->last; k < n_slices_ready; k++)
    g_assert_cmpfloat (sag_volume_value (volume, 5, 3, k), ==, 100 * k + 35);
  seen->last = n_slices_ready;
  seen->volume = volume;
}

static void
test_stream (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  Seen            seen = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = NULL;

  make_series (&slice, fixture->folder, 40, 2);
  volume = sag_scan_load (fixture->folder, NULL, slices_cb, &seen, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (seen.volume == volume);
  g_assert_cmpint (seen.last, ==, 40);
}

static void
cancel_cb (SagVolume *volume, int n_slices_ready, gpointer user_data)
{
  if (n_slices_ready >= 3)
    g_cancellable_cancel (user_data);
}

static void
test_cancel (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  make_series (&slice, fixture->folder, 40, 2);
  g_assert_null (
    sag_scan_load (fixture->folder, NULL, cancel_cb, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A file that goes away between list and loading. */
static void
test_lost_slice (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  const char     *paths[] = { fixture->folder, NULL };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  SagDicomSeries *series;

  make_series (&slice, fixture->folder, 12, 2);
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  series = index->series->pdata[0];
  g_remove (g_array_index (series->slices, SagDicomSlice, 4).file->place->path);
  volume = sag_dicom_load (series, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (warns (volume, "1 slice could not be read"));
  assert_plain (volume, 1, 0);
  g_assert_null (sag_volume_get_origin (volume)->slices[4].instance_uid);
  g_assert_nonnull (sag_volume_get_origin (volume)->slices[5].instance_uid);
  for (guint k = 6; k < 9; k++)
    g_remove (g_array_index (series->slices, SagDicomSlice, k).file->place->path);
  g_assert_null (sag_dicom_load (series, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "cannot be read"));
}

/* A slice that the grid leaves out is not read, and nothing is said of it. */
static void
test_lost_unused (SagTestFolder *fixture, gconstpointer data)
{
  static const double places[] = { 0, 2, 4, 4.3, 4.6, 6, 8, 10, 12 };
  const char         *paths[] = { fixture->folder, NULL };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  SagDicomSeries *series;

  make_places (fixture->folder, places, G_N_ELEMENTS (places));
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  series = index->series->pdata[0];
  for (guint k = 3; k < 5; k++)
    g_remove (g_array_index (series->slices, SagDicomSlice, k).file->place->path);
  volume = sag_dicom_load (series, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (warns (volume, "could not be read"));
  g_assert_cmpint (sag_volume_get_geometry (volume)->dims[2], ==, 7);
  for (int k = 0; k < 7; k++)
    g_assert_cmpfloat (sag_volume_value (volume, 3, 2, k), ==, 200 * k + 23);
}

/* Neighbours that are lost together, on a grid that leaves out some slices: values stay between those around. */
static void
test_lost_neighbours (SagTestFolder *fixture, gconstpointer data)
{
  const char *paths[] = { fixture->folder, NULL };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  SagDicomSeries *series;

  for (int k = 0; k < 40; k++)
    {
      const double     z = 2 * k + (k % 4 == 1 ? -1.7 : 0);
      MakeSlice        slice = { .number = k, .z_mm = z, .first = 500 };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  series = index->series->pdata[0];
  for (guint k = 20; k < 23; k++)
    g_remove (g_array_index (series->slices, SagDicomSlice, k).file->place->path);
  volume = sag_dicom_load (series, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (int k = 0; k < sag_volume_get_geometry (volume)->dims[2]; k++)
    g_assert_cmpfloat (sag_volume_value (volume, 2, 1, k), ==, 512);
  g_assert_true (sag_volume_get_origin (volume)->is_resampled);
}

static void
test_origin (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { .patient = "SECRET^NAME" };
  g_autoptr (SagVolume) volume = NULL;
  const SagOrigin *origin;

  make_series (&slice, fixture->folder, 4, 2);
  volume = load (fixture->folder);
  origin = sag_volume_get_origin (volume);
  g_assert_cmpstr (origin->study_uid, ==, "1.2");
  g_assert_cmpstr (origin->series_uid, ==, "1.2.3");
  g_assert_cmpstr (origin->frame_of_reference_uid, ==, "1.2.3.99");
  g_assert_cmpstr (origin->contrast, ==, "Iomeprol");
  g_assert_cmpstr (origin->kernel, ==, "B31f");
  g_assert_cmpfloat (origin->age_years, ==, 63);
  g_assert_cmpfloat (origin->slice_thickness_mm, ==, 3);
  g_assert_false (origin->is_resampled);
  for (int k = 0; k < 4; k++)
    {
      g_autofree char *uid = g_strdup_printf ("1.2.3.0.%d", k + 1);

      g_assert_cmpstr (origin->slices[k].instance_uid, ==, uid);
    }
}

/* An enhanced file: positions of each frame in its own functional groups, the rest shared. */
static GByteArray *
make_enhanced (int n_frames)
{
  const MakeSyntax s = MAKE_EXPLICIT;
  GByteArray *out = g_byte_array_new (), *shared = g_byte_array_new (), *own = g_byte_array_new ();
  GByteArray *item = g_byte_array_new ();
  g_autofree char *count = g_strdup_printf ("%d", n_frames);

  make_text (item, s, 0x00180050, "DS", "2.5");
  make_text (item, s, 0x00280030, "DS", "2\\1.5");
  make_sequence (shared, s, 0x00289110, item);
  item = g_byte_array_new ();
  make_text (item, s, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
  make_sequence (shared, s, 0x00209116, item);
  item = g_byte_array_new ();
  make_text (item, s, 0x00281052, "DS", "-1000");
  make_text (item, s, 0x00281053, "DS", "1");
  make_sequence (shared, s, 0x00289145, item);
  for (int f = 0; f < n_frames; f++)
    {
      /* Frames run from head to feet. */
      g_autofree char *place = g_strdup_printf ("-10\\-20\\%d", 100 - 2 * f);
      GByteArray      *groups = g_byte_array_new ();

      item = g_byte_array_new ();
      make_text (item, s, 0x00200032, "DS", place);
      make_sequence (groups, s, 0x00209113, item);
      make_head (own, s, 0xfffee000, "", groups->len);
      g_byte_array_append (own, groups->data, groups->len);
      g_byte_array_unref (groups);
    }
  make_begin (out, "1.2.840.10008.1.2.1");
  make_text (out, s, 0x00080008, "CS", "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
  make_text (out, s, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2.1");
  make_text (out, s, 0x00080018, "UI", "1.9.9");
  make_text (out, s, 0x00080060, "CS", "CT");
  make_text (out, s, 0x0020000e, "UI", "1.9");
  make_number (out, s, 0x00280002, 1);
  make_text (out, s, 0x00280004, "CS", "MONOCHROME2");
  make_text (out, s, 0x00280008, "IS", count);
  make_number (out, s, 0x00280010, 4);
  make_number (out, s, 0x00280011, 6);
  make_number (out, s, 0x00280100, 16);
  make_number (out, s, 0x00280101, 12);
  make_number (out, s, 0x00280102, 11);
  make_number (out, s, 0x00280103, 0);
  make_sequence (out, s, 0x52009229, shared);
  make_head (out, s, 0x52009230, "SQ", own->len);
  g_byte_array_append (out, own->data, own->len);
  g_byte_array_unref (own);
  make_head (out, s, 0x7fe00010, "OW", (guint32) (n_frames * 48));
  for (int f = 0; f < n_frames; f++)
    for (int j = 0; j < 4; j++)
      for (int i = 0; i < 6; i++)
        {
          guint16 number = GUINT16_TO_LE ((guint16) (100 * (n_frames - 1 - f) + 10 * j + i));

          g_byte_array_append (out, (const guint8 *) &number, 2);
        }
  return out;
}

static void
test_enhanced (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagVolume) volume = NULL;
  const SagGeometry *geometry;
  const SagOrigin   *origin;

  make_save (make_enhanced (7), fixture->folder, "enhanced");
  volume = load (fixture->folder);
  assert_plain (volume, 1, -1000);
  geometry = sag_volume_get_geometry (volume);
  g_assert_cmpfloat_with_epsilon (geometry->ijk_to_ras[2][2], 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (geometry->ijk_to_ras[2][3], 88, 1e-9);
  origin = sag_volume_get_origin (volume);
  g_assert_cmpint (origin->slices[0].frame, ==, 6);
  g_assert_cmpfloat (origin->slice_thickness_mm, ==, 2.5);
}

static void
test_zip (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  g_autofree char *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (fixture->folder, "disc.zip", NULL);

  make_series (&slice, folder, 11, 2);
  for (int deflated = 0; deflated < 2; deflated++)
    {
      g_autoptr (SagVolume) volume = NULL;

      make_zip (folder, path, deflated);
      volume = load (path);
      assert_plain (volume, 1, 0);
      g_assert_cmpint (sag_volume_get_geometry (volume)->dims[2], ==, 11);
    }
  g_assert_cmpuint (sag_test_count_files (fixture->folder), ==, 1);
  sag_test_remove_folder (g_steal_pointer (&folder));
}

static void
test_reference (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice        one = { .series_uid = "1.2.3" }, other = { .series_uid = "1.2.4", .first = 7 };
  g_autofree char *first = g_strconcat (fixture->folder, "#1.2.3", NULL);
  g_autofree char *second = g_strconcat (fixture->folder, "#2", NULL);
  g_autofree char *third = g_strconcat (fixture->folder, "#3", NULL);
  g_autofree char *name = NULL, *other_name = NULL;
  g_autoptr (SagVolume) a = NULL;
  g_autoptr (SagVolume) b = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&one, fixture->folder, 4, 2);
  make_series (&other, fixture->folder, 4, 2);
  a = sag_scan_load (first, &name, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  b = sag_scan_load (second, &other_name, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (sag_volume_value (a, 0, 0, 0), ==, 0);
  g_assert_cmpfloat (sag_volume_value (b, 0, 0, 0), ==, 7);
  g_assert_false (warns (b, "holds 2 scans"));
  g_assert_cmpstr (name, !=, other_name);
  g_assert_null (sag_scan_load (third, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/dicom/load/" name, SagTestFolder, NULL, sag_test_folder_set_up, function,          \
              sag_test_folder_tear_down)
  ADD ("syntaxes", test_syntaxes);
  ADD ("bits", test_bits);
  ADD ("signs", test_signs);
  ADD ("eight-bits", test_eight_bits);
  ADD ("rescale", test_rescale);
  ADD ("overflow", test_overflow);
  ADD ("padding", test_padding);
  ADD ("missing", test_missing);
  ADD ("uneven", test_uneven);
  ADD ("lost-unused", test_lost_unused);
  ADD ("tilt", test_tilt);
  ADD ("stream", test_stream);
  ADD ("cancel", test_cancel);
  ADD ("lost-slice", test_lost_slice);
  ADD ("lost-neighbours", test_lost_neighbours);
  ADD ("origin", test_origin);
  ADD ("enhanced", test_enhanced);
  ADD ("zip", test_zip);
  ADD ("reference", test_reference);
  return g_test_run ();
}
