/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include "model/core/error.h"
#include "model/dicom/dicom.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static SagDicomIndex *
read_path (const char *path)
{
  const char *paths[] = { path, NULL };
  g_autoptr (GError) error = NULL;
  SagDicomIndex *index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return index;
}

static SagDicomSeries *
get (SagDicomIndex *index, guint i)
{
  g_assert_cmpuint (i, <, index->series->len);
  return index->series->pdata[i];
}

static gboolean
has_note (const SagDicomSeries *series, const char *words)
{
  for (gsize i = 0; series->notes[i] != NULL; i++)
    if (strstr (series->notes[i], words) != NULL)
      return TRUE;
  return FALSE;
}

#define assert_mm(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-9)

static void
test_order (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { .z_mm = -30 };
  g_autoptr (SagDicomIndex) index = NULL;
  SagDicomSeries *series;
  const double    wanted[3][4] = { { -1.5, 0, 0, 10 }, { 0, -2, 0, 20 }, { 0, 0, 2.5, -30 } };

  make_series (&slice, fixture->folder, 9, 2.5);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 1);
  g_assert_cmpuint (index->n_files, ==, 9);
  series = get (index, 0);
  g_assert_null (series->problem);
  g_assert_true (series->is_best);
  for (guint k = 0; k < 9; k++)
    g_assert_cmpint (g_array_index (series->slices, SagDicomSlice, k).file->header->instance_number,
                     ==, k + 1);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      assert_mm (series->geometry.ijk_to_ras[r][c], wanted[r][c]);
  g_assert_cmpint (series->geometry.dims[0], ==, 6);
  g_assert_cmpint (series->geometry.dims[1], ==, 4);
  g_assert_cmpint (series->geometry.dims[2], ==, 9);
  g_assert_null (series->notes[0]);
}

/* The order of files and numbers says nothing: here numbers fall from feet to head. */
static void
test_falling_numbers (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { .z_mm = 100 };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&slice, fixture->folder, 5, -2);
  index = read_path (fixture->folder);
  assert_mm (get (index, 0)->geometry.ijk_to_ras[2][3], 92);
  assert_mm (get (index, 0)->geometry.ijk_to_ras[2][2], 2);
}

static void
test_missing (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice low = { 0 }, high = { .number = 10, .z_mm = 14 };
  g_autoptr (SagDicomIndex) index = NULL;
  const SagDicomTarget *targets;

  make_series (&low, fixture->folder, 5, 2);
  make_series (&high, fixture->folder, 5, 2);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 1);
  g_assert_cmpint (get (index, 0)->geometry.dims[2], ==, 12);
  g_assert_true (has_note (get (index, 0), "2 slices are missing (from slice 6 on)"));
  targets = (const SagDicomTarget *) get (index, 0)->targets->data;
  for (int k = 0; k < 12; k++)
    g_assert_cmpint (targets[k].made_up, ==, k == 5 || k == 6);
  assert_mm (targets[5].weight, 1.0 / 3);
}

/* What lies too far apart is no gap to be filled. */
static void
test_two_regions (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice low = { 0 }, high = { .number = 10, .z_mm = 200 };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&low, fixture->folder, 6, 2);
  make_series (&high, fixture->folder, 4, 2);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 2);
  g_assert_cmpstr (get (index, 0)->key, ==, "1.2.3:1");
  g_assert_cmpint (get (index, 0)->geometry.dims[2], ==, 6);
  g_assert_cmpint (get (index, 1)->geometry.dims[2], ==, 4);
  g_assert_cmpint (get (index, 1)->part, ==, 2);
  g_assert_cmpint (get (index, 1)->n_parts, ==, 2);
}

static void
test_uneven (SagTestFolder *fixture, gconstpointer data)
{
  static const double places[] = { 0, 2, 4, 6, 7.1, 10.4, 13.9 };
  g_autoptr (SagDicomIndex) index = NULL;
  SagDicomSeries *series;

  for (guint k = 0; k < G_N_ELEMENTS (places); k++)
    {
      MakeSlice        slice = { .number = (int) k, .z_mm = places[k] };
      g_autofree char *name = g_strdup_printf ("%u", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  index = read_path (fixture->folder);
  series = get (index, 0);
  g_assert_true (has_note (series, "1.1 to 3.5 mm apart"));
  g_assert_cmpint (series->geometry.dims[2], ==, 8);
  assert_mm (series->geometry.ijk_to_ras[2][2], 13.9 / 7);
  assert_mm (series->geometry.ijk_to_ras[2][3], 0);
}

/* A third decimal that differs is no uneven spacing. */
static void
test_nearly_even (SagTestFolder *fixture, gconstpointer data)
{
  static const double places[] = { 0, 3.987, 7.975, 11.962, 15.95 };
  g_autoptr (SagDicomIndex) index = NULL;

  for (guint k = 0; k < G_N_ELEMENTS (places); k++)
    {
      MakeSlice        slice = { .number = (int) k, .z_mm = places[k] };
      g_autofree char *name = g_strdup_printf ("%u", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  index = read_path (fixture->folder);
  g_assert_null (get (index, 0)->notes[0]);
  assert_mm (get (index, 0)->geometry.ijk_to_ras[2][2], 15.95 / 4);
}

static void
test_tilt (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagDicomIndex) index = NULL;
  SagDicomSeries *series;
  double          inverse[3][4];

  for (int k = 0; k < 4; k++)
    {
      MakeSlice        slice = { .number = k, .z_mm = 3 * k, .shift_mm = 1.5 * k };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  index = read_path (fixture->folder);
  series = get (index, 0);
  g_assert_true (series->is_sheared);
  g_assert_true (has_note (series, "tilted by 26.6 degrees"));
  /* 4.5 mm are 2.25 rows: three more are needed. */
  g_assert_cmpint (series->geometry.dims[1], ==, 4 + 3);
  g_assert_false (sag_geometry_is_sheared (&series->geometry));
  g_assert_true (sag_geometry_invert (&series->geometry, inverse));
  /* The last slice lies on the grid's own rows. */
  assert_mm (g_array_index (series->slices, SagDicomSlice, 3).offset_mm[1], 6);
  assert_mm (g_array_index (series->slices, SagDicomSlice, 0).offset_mm[1], 1.5);
}

static void
test_duplicates (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { 0 }, again = { .number = 2, .z_mm = 4, .first = 200 };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&slice, fixture->folder, 5, 2);
  again.number = 3;
  make_save (make_slice (&again), fixture->folder, "copy");
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 1);
  g_assert_cmpuint (get (index, 0)->n_duplicates, ==, 1);
  g_assert_cmpint (get (index, 0)->geometry.dims[2], ==, 5);
}

static void
test_acquisitions (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice native = { .acquisition = 1 }, contrast = { .acquisition = 2, .first = 1000 };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&native, fixture->folder, 5, 2);
  make_series (&contrast, fixture->folder, 4, 2);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    for (guint k = 0; k < get (index, i)->slices->len; k++)
      g_assert_cmpint (
        sag_dicom_slice_frame (&g_array_index (get (index, i)->slices, SagDicomSlice, k))
          ->acquisition,
        ==, i + 1);
}

/* The same places twice, and no word of what differs. */
static void
test_unmarked_acquisitions (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice one = { 0 }, other = { .number = 20 };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&one, fixture->folder, 5, 2);
  make_series (&other, fixture->folder, 5, 2);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (get (index, i)->geometry.dims[2], ==, 5);
}

/* A number that rises with every slice does not divide a series because of one copy. */
static void
test_rising_acquisitions (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagDicomIndex) index = NULL;

  for (int k = 0; k < 9; k++)
    {
      MakeSlice        slice = { .number = k, .acquisition = k + 1, .z_mm = 2 * MIN (k, 7) };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 2);
  g_assert_cmpint (get (index, 0)->geometry.dims[2], ==, 8);
}

/* Small deviations that add up are no even grid with gaps. */
static void
test_drift (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagDicomIndex) index = NULL;
  double z = 0;

  for (int k = 0; k < 60; k++)
    {
      MakeSlice        slice = { .number = k, .z_mm = z };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
      z += k < 30 ? 1.0 : 1.09;
    }
  index = read_path (fixture->folder);
  g_assert_true (has_note (get (index, 0), "resampled"));
}

/* Places rounded to 0.1 mm are even. */
static void
test_rounded (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagDicomIndex) index = NULL;

  for (int k = 0; k < 30; k++)
    {
      MakeSlice        slice = { .number = k, .z_mm = rint (6.25 * k) / 10 };
      g_autofree char *name = g_strdup_printf ("%d", k);

      make_save (make_slice (&slice), fixture->folder, name);
    }
  index = read_path (fixture->folder);
  g_assert_null (get (index, 0)->notes[0]);
  g_assert_cmpint (get (index, 0)->geometry.dims[2], ==, 30);
}

static void
test_localiser (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { .columns = 8, .rows = 8 };
  MakeSlice scout = { .image_type = "ORIGINAL\\PRIMARY\\LOCALIZER",
                      .orientation = "1\\0\\0\\0\\0\\-1",
                      .number = 50 };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&slice, fixture->folder, 5, 2);
  make_series (&scout, fixture->folder, 2, 2);
  index = read_path (fixture->folder);
  g_assert_cmpstr (get (index, 0)->kind, ==, "CT");
  g_assert_true (get (index, 0)->is_best);
  g_assert_cmpstr (get (index, 1)->kind, ==, "localiser");
  g_assert_false (get (index, 1)->is_best);
  g_assert_cmpfloat (get (index, 1)->score, <, 0);
}

static void
test_best (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice thick = { .series_uid = "1.2.5" }, thin = { .series_uid = "1.2.6" };
  MakeSlice knee = { .series_uid = "1.2.7", .description = "Knee" };
  MakeSlice other = { .series_uid = "1.3.1", .study_uid = "1.3", .patient = "ROE^RICHARD" };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&thick, fixture->folder, 40, 8);
  make_series (&thin, fixture->folder, 200, 1.5);
  make_series (&knee, fixture->folder, 220, 1.5);
  make_series (&other, fixture->folder, 3, 1.5);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (get (index, i)->is_best, ==,
                     strcmp (get (index, i)->key, "1.2.6") == 0 ||
                       strcmp (get (index, i)->key, "1.3.1") == 0);
  g_assert_cmpstr (sag_dicom_index_find (index, NULL, "x", &error)->key, ==, "1.2.6");
  g_assert_cmpstr (sag_dicom_index_find (index, "1.2.7", "x", &error)->key, ==, "1.2.7");
  g_assert_cmpstr (sag_dicom_index_find (index, "1", "x", &error)->key, ==, get (index, 0)->key);
  g_assert_null (sag_dicom_index_find (index, "9", "x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "x has no series 9");
}

/* What lies among the slices and is no scan makes no second volume of them. */
static void
test_other_among_slices (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { 0 }, other = { .number = 9, .spacing = "" };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&slice, fixture->folder, 5, 2);
  make_save (make_slice (&other), fixture->folder, "other");
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 2);
  g_assert_cmpstr (get (index, 0)->key, ==, "1.2.3");
  g_assert_cmpint (get (index, 0)->n_parts, ==, 1);
  g_assert_cmpstr (get (index, 1)->key, ==, "1.2.3:2");
  g_assert_nonnull (get (index, 1)->problem);
  g_assert_true (sag_dicom_index_find (index, "1.2.3", "x", &error) == get (index, 0));
  /* What it was called when the other counted as a part. */
  g_assert_true (sag_dicom_index_find (index, "1.2.3:1", "x", &error) == get (index, 0));
  g_assert_true (sag_dicom_index_find (index, "1.2.3:2", "x", &error) == NULL);
}

static void
test_not_scans (SagTestFolder *fixture, gconstpointer data)
{
  static const struct
  {
    MakeSlice   slice;
    const char *said;
  } all[] = {
    { { .spacing = "" }, "does not say how far its pixels are apart" },
    { { .orientation = "" }, "without a place in the patient" },
    { { .orientation = "0\\0\\0\\0\\0\\0" }, "without a place in the patient" },
    { { .orientation = "1\\0\\0\\1\\0\\0" }, "without a place in the patient" },
    { { .spacing = "0\\0" }, "does not say how far" },
    { { .colours = "PALETTE COLOR" }, "is a colour picture" },
    { { .kind = "SEG" }, "is a segmentation" },
  };
  g_autofree char *path = g_build_filename (fixture->folder, "one", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (SagDicomIndex) index = NULL;
      g_autoptr (GError) error = NULL;

      make_save (make_slice (&all[i].slice), fixture->folder, "one");
      index = read_path (path);
      g_assert_nonnull (get (index, 0)->problem);
      g_assert_nonnull (strstr (get (index, 0)->problem, all[i].said));
      g_assert_null (sag_dicom_index_find (index, NULL, "one", &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, all[i].said);
      g_assert_null (sag_dicom_load (get (index, 0), NULL, NULL, NULL, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, all[i].said);
    }
}

static void
test_case_name (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice slice = { .patient = "SECRET^NAME" };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autofree char *name = NULL, *again = NULL;

  make_series (&slice, fixture->folder, 3, 2);
  index = read_path (fixture->folder);
  name = sag_dicom_series_dup_case_name (get (index, 0));
  again = sag_dicom_series_dup_case_name (get (index, 0));
  g_assert_true (g_regex_match_simple ("^ct-[0-9a-f]{8}$", name, 0, 0));
  g_assert_cmpstr (name, ==, again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/dicom/series/" name, SagTestFolder, NULL, sag_test_folder_set_up, function,        \
              sag_test_folder_tear_down)
  ADD ("order", test_order);
  ADD ("falling-numbers", test_falling_numbers);
  ADD ("missing", test_missing);
  ADD ("two-regions", test_two_regions);
  ADD ("uneven", test_uneven);
  ADD ("nearly-even", test_nearly_even);
  ADD ("tilt", test_tilt);
  ADD ("duplicates", test_duplicates);
  ADD ("acquisitions", test_acquisitions);
  ADD ("unmarked-acquisitions", test_unmarked_acquisitions);
  ADD ("rising-acquisitions", test_rising_acquisitions);
  ADD ("drift", test_drift);
  ADD ("rounded", test_rounded);
  ADD ("localiser", test_localiser);
  ADD ("best", test_best);
  ADD ("other-among-slices", test_other_among_slices);
  ADD ("not-scans", test_not_scans);
  ADD ("case-name", test_case_name);
  return g_test_run ();
}
