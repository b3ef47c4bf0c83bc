/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include "model/core/error.h"
#include "model/dicom/dicom.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>

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

/* One UID for all, as careless anonymising leaves it. */
static void
test_constant_uids (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice one = { .instance_uid = "1.1", .series_uid = "1.1", .study_uid = "1.1" };
  MakeSlice other = {
    .instance_uid = "1.1", .series_uid = "1.1", .study_uid = "1.1", .number = 50, .patient = "ROE"
  };
  g_autoptr (SagDicomIndex) index = NULL;

  make_series (&one, fixture->folder, 5, 2);
  make_series (&other, fixture->folder, 4, 2);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 2);
  g_assert_cmpint (get (index, 0)->geometry.dims[2] + get (index, 1)->geometry.dims[2], ==, 9);
  g_assert_cmpuint (get (index, 0)->n_duplicates, ==, 0);
}

/* @series: what a name of the window or of a project says, and so the same scan again. */
static void
assert_found (SagDicomIndex *index, const SagDicomSeries *series)
{
  g_autofree char *reference = g_strdup_printf ("/none#%s", series->key), *key = NULL;
  g_autofree char *path = sag_dicom_parse_reference (reference, &key);

  g_assert_cmpstr (path, ==, "/none");
  g_assert_cmpstr (key, ==, series->key);
  g_assert_true (sag_dicom_index_find (index, key, "x", NULL) == series);
}

/* Two people whose scans have one UID are never taken for one another. */
static void
test_shared_uid (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  all[] = { { .series_uid = "1.1", .patient = "DOE" },
                             { .series_uid = "1.1", .patient = "ROE", .number = 50 },
                             { .series_uid = "1.1", .number = 80, .study_uid = "7" },
                             { .series_uid = "1.4", .number = 90 } };
  g_autofree char *alone = g_build_filename (fixture->folder, "alone", NULL);
  g_autoptr (SagDicomIndex) index = NULL, one = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SagDicomSeries *doe;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    make_series (&all[i], fixture->folder, 4, 2);
  index = read_path (fixture->folder);
  g_assert_cmpuint (index->series->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      assert_found (index, get (index, i));
      g_assert_true (g_hash_table_add (names, sag_dicom_series_dup_case_name (get (index, i))));
    }
  g_assert_null (sag_dicom_index_find (index, "1.1", "x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "by its number (2, 3, 4)");
  g_clear_error (&error);
  g_assert_null (sag_dicom_index_find (index, "1.1:1", "x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "several patients or studies");
  g_assert_cmpstr (sag_dicom_index_find (index, "1.4", "x", NULL)->key, ==, "1.4");

  /* The key from beside the others leads nowhere else once they have gone. */
  g_assert_cmpint (g_mkdir (alone, 0700), ==, 0);
  make_series (&all[0], alone, 4, 2);
  one = read_path (alone);
  doe = sag_dicom_index_find (index, "3", "x", NULL);
  g_assert_cmpstr (doe->header->patient_id, ==, "DOE");
  g_assert_cmpstr (get (one, 0)->key, ==, "1.1");
  g_assert_true (sag_dicom_index_find (one, doe->key, "x", NULL) == get (one, 0));
  g_clear_error (&error);
  g_assert_null (sag_dicom_index_find (one, get (index, 3)->key, "x", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "has no series 1.1:0.");
}

/* Without UIDs folders tell scans apart, wherever they are together. */
static void
test_empty_uid (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { .series_uid = "", .study_uid = "", .patient = "" };
  g_autofree char *set = g_build_filename (fixture->folder, "set", NULL);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);
  char            *keys[2] = { NULL };

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *folder = g_strdup_printf ("%s/%d", set, i);

      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      make_series (&slice, folder, 4 + i, 2);
    }
  for (int round = 0; round < 2; round++)
    {
      g_autoptr (SagDicomIndex) index = read_path (round == 0 ? set : moved);

      g_assert_cmpuint (index->series->len, ==, 2);
      for (guint i = 0; i < 2; i++)
        {
          SagDicomSeries *series = get (index, i);
          const int       which = series->geometry.dims[2] - 4;

          assert_found (index, series);
          g_assert_true (g_str_has_prefix (series->key, "2.25."));
          if (round == 0)
            keys[which] = g_strdup (series->key);
          g_assert_cmpstr (series->key, ==, keys[which]);
        }
      g_assert_cmpstr (keys[0], !=, keys[1]);
      if (round == 0)
        g_assert_cmpint (g_rename (set, moved), ==, 0);
    }
  for (guint i = 0; i < 2; i++)
    g_free (keys[i]);
}

/* Beside a scan lies the best of the study before it, of the same patient and the same kind. */
static void
test_priors (SagTestFolder *fixture, gconstpointer data)
{
  static const struct
  {
    MakeSlice   slice;
    const char *prior;
  } all[] = {
    { { .study_uid = "1", .series_uid = "1.1", .study_date = "20200101" }, "2.1" },
    { { .study_uid = "2", .series_uid = "2.1", .study_date = "20210101" }, "1.1" },
    { { .study_uid = "3", .series_uid = "3.1", .study_date = "20220101" }, "2.1" },
    { { .study_uid = "3", .series_uid = "3.2", .study_date = "20220101", .description = "Knee" },
      "2.1" },
    { { .study_uid = "4", .series_uid = "4.1", .study_date = "20211231", .patient = "ROE" }, NULL },
    { { .study_uid = "5", .series_uid = "5.1", .study_date = "20211230", .kind = "MR" }, NULL },
  };
  g_autoptr (SagDicomIndex) index = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    make_series (&all[i].slice, fixture->folder, 30, 2);
  index = read_path (fixture->folder);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const SagDicomSeries *one = sag_dicom_index_find (index, all[i].slice.series_uid, "x", NULL);
      const SagDicomSeries *prior = sag_dicom_index_find_prior (index, one);

      g_assert_cmpstr (prior != NULL ? prior->key : NULL, ==, all[i].prior);
    }
}

/* An anonymised set gives its strangers one number, and often one name or none. */
static void
test_same_patient (SagTestFolder *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id, *name, *birth_date, *other_birth_date;
    gboolean    are_priors;
  } all[] = {
    { "4711", "DOE", "", "", TRUE },
    { "4711", "DOE", "19610203", "", TRUE },
    { "4711", "DOE", "19610203", "19610203", TRUE },
    { "0", "", "19610203", "19610203", TRUE },
    { "0", "DOE", "19610203", "19700506", FALSE },
    { "0", "", "19610203", "19700506", FALSE },
    { "0", "", "19610203", "", FALSE },
    { "0", "", "", "", FALSE },
    { "", "DOE", "19610203", "19610203", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      MakeSlice one = { .study_uid = "1.5",
                        .series_uid = "1.1",
                        .patient = all[i].name,
                        .patient_id = all[i].id,
                        .birth_date = all[i].birth_date };
      MakeSlice other = one;
      g_autoptr (SagDicomIndex) index = NULL;

      other.study_uid = "2.5";
      other.series_uid = "2.1";
      other.birth_date = all[i].other_birth_date;
      make_series (&one, fixture->folder, 3, 2);
      make_series (&other, fixture->folder, 3, 2);
      index = read_path (fixture->folder);
      g_assert_cmpuint (index->series->len, ==, 2);
      g_assert_cmpint (sag_dicom_series_are_priors (get (index, 0), get (index, 1)), ==,
                       all[i].are_priors);
      g_assert_cmpint (sag_dicom_series_are_priors (get (index, 1), get (index, 0)), ==,
                       all[i].are_priors);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/dicom/patients/" name, SagTestFolder, NULL, sag_test_folder_set_up, function,      \
              sag_test_folder_tear_down)
  ADD ("constant-uids", test_constant_uids);
  ADD ("shared-uid", test_shared_uid);
  ADD ("empty-uid", test_empty_uid);
  ADD ("priors", test_priors);
  ADD ("same-patient", test_same_patient);
  return g_test_run ();
}
