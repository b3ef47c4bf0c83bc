/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/cohort.h"

#include "model/core/error.h"
#include "model/dataset/manifest.h"
#include "model/phantom/finding.h"
#include "model/text/catalogue.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* How often each finding is drawn, and whether two of them are drawn together more often than by chance. */
static void
test_draw (void)
{
  const guint n = 4000, left = SAG_FINDING_EFFUSION_LEFT, right = SAG_FINDING_EFFUSION_RIGHT;
  guint       counts[SAG_N_FINDINGS] = { 0 }, n_left = 0, n_both = 0, n_right = 0, n_enhanced = 0;

  for (guint64 seed = 0; seed < n; seed++)
    {
      SagPhantomOptions options;

      sag_cohort_draw (seed, &options);
      g_assert_true (options.anatomical);
      g_assert_cmpuint (options.seed, ==, seed);
      n_enhanced += options.enhanced;
      n_left += (options.findings & left) != 0;
      n_right += (options.findings & right) != 0;
      n_both += (options.findings & left) && (options.findings & right);
      for (guint f = 0; f < SAG_N_FINDINGS; f++)
        counts[f] += options.findings >> f & 1;
      if (options.findings & SAG_FINDING_NO_LEFT_LUNG)
        g_assert_false (options.findings &
                        (left | SAG_FINDING_EMPHYSEMA_LEFT | SAG_FINDING_NO_RIGHT_LUNG));
    }
  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    {
      g_test_message ("%s: %.2f", sag_finding_get_name (1u << f), counts[f] / (double) n);
      g_assert_cmpuint (counts[f], >, n / 12);
      g_assert_cmpuint (counts[f], <, n * 45 / 100);
    }
  g_assert_cmpuint (n_enhanced, >, n * 45 / 100);
  g_assert_cmpuint (n_enhanced, <, n * 55 / 100);
  /* a removed lung leaves no effusion on its side: a little less than independent */
  g_assert_cmpfloat (n_both / (double) n, <, 1.15 * n_left / n * n_right / n);
  g_assert_cmpfloat (n_both / (double) n, >, 0.75 * n_left / n * n_right / n);
}

static void
add_words (GHashTable *words, const char *sentence)
{
  g_autofree char *lower = g_ascii_strdown (sentence, -1);
  g_auto (GStrv) parts = g_strsplit_set (lower, " .,?:-", -1);

  for (guint p = 0; parts[p] != NULL; p++)
    if (*parts[p] != 0)
      g_hash_table_add (words, g_strdup (parts[p]));
}

/* Every sentence that a task can have, canonical ones being of those trained on. */
static GHashTable *
collect (SagWording kind)
{
  GHashTable          *sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint                n_tasks;
  const SagCohortTask *tasks = sag_cohort_get_tasks (&n_tasks);

  for (guint t = 0; t < n_tasks; t++)
    {
      if (kind == SAG_WORDING_TRAINED)
        g_hash_table_add (sentences, g_strdup (tasks[t].text));
      for (guint64 choice = 0; choice < 400; choice++)
        g_hash_table_add (sentences, sag_cohort_dup_wording (&tasks[t], kind, choice));
    }
  return sentences;
}

static void
test_wordings (void)
{
  g_autoptr (GHashTable) trained = collect (SAG_WORDING_TRAINED);
  g_autoptr (GHashTable) held_out = collect (SAG_WORDING_HELD_OUT);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer       key;

  g_hash_table_iter_init (&iter, trained);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    add_words (known, key);
  g_hash_table_iter_init (&iter, held_out);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (g_hash_table_contains (trained, key))
        g_error ("\"%s\" is trained on", (const char *) key);
      g_assert_null (strchr (key, '{'));
      g_assert_null (strchr (key, ','));
      add_words (used, key);
    }
  g_assert_cmpuint (g_hash_table_size (held_out), >, 200);
  g_hash_table_iter_init (&iter, used);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (known, key))
      g_error ("\"%s\" is in no sentence that is trained on", (const char *) key);
}

/* Sentences are the catalogue's where it asks for the same. */
static void
test_tasks (void)
{
  static const char *const ours[] = { "left lung",     "right lung",   "spleen",
                                      "consolidation", "pneumothorax", "emphysema",
                                      "atelectasis",   "effusion",     "calcification",
                                      "hernia",        "ground-glass", "lymph nodes",
                                      "pacemaker",     "valve",        "material" };
  g_autoptr (GError) error = NULL;
  SagCatalogue        *catalogue = sag_catalogue_get_default (&error);
  guint                n_tasks, n_known = 0, n_diagnoses = 0;
  const SagCohortTask *tasks = sag_cohort_get_tasks (&n_tasks);

  g_assert_no_error (error);
  for (guint t = 0; t < n_tasks; t++)
    {
      gboolean known = sag_catalogue_find (catalogue, tasks[t].text) != NULL;

      n_known += known;
      n_diagnoses += tasks[t].findings != 0;
      for (guint o = 0; o < G_N_ELEMENTS (ours) && !known; o++)
        known = strstr (tasks[t].text, ours[o]) != NULL;
      if (!known)
        g_error ("\"%s\" is not in the catalogue", tasks[t].text);
    }
  g_assert_cmpuint (n_tasks, >=, 40);
  g_assert_cmpuint (n_known, >=, 40);
  g_assert_cmpuint (n_diagnoses, >=, 25);
}

static SagCohort
small_cohort (const char *folder, guint n)
{
  return (SagCohort){
    .n = n, .seed = 100, .spacing_mm = { 8, 8, 8 }, .share = { 0.5, 0.2, 0.3 }, .folder = folder
  };
}

/* What the row says is what the scan's own maps say. */
static void
check_row (const SagSample *sample)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) mask = NULL;
  const gint16 *voxels;
  gsize         n;

  g_assert_true (g_file_test (sample->image, G_FILE_TEST_IS_REGULAR));
  if (sample->mask == NULL)
    {
      g_assert_true (sample->label == 0 || sample->label == 1);
      return;
    }
  g_assert_cmpuint (sample->n_mask_values, >, 0);
  mask = sag_nifti_load (sample->mask, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  voxels = sag_volume_get_int16 (mask);
  n = sag_geometry_n_voxels (sag_volume_get_geometry (mask));
  if (strstr (sample->question, "liver") != NULL)
    {
      gsize n_liver = 0;

      for (gsize v = 0; v < n; v++)
        n_liver += voxels[v] == SAG_PHANTOM_LIVER;
      g_assert_cmpuint (n_liver, >, 1000);
      g_assert_cmpint (sample->mask_values[0], ==, SAG_PHANTOM_LIVER);
    }
}

static SagDataset *
load (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  SagDataset *dataset = sag_dataset_load (path, &error);

  g_assert_no_error (error);
  g_assert_null (sag_dataset_get_warnings (dataset)[0]);
  return dataset;
}

/* The reader refuses a patient in two splits, so that loading says that there is none. */
static void
test_manifest (void)
{
  char           *folder = sag_test_dup_folder ();
  const SagCohort cohort = small_cohort (folder, 12);
  g_autoptr (GHashTable) asked = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDataset) manifest = NULL;
  g_autoptr (SagDataset) wordings = NULL;
  guint splits[SAG_N_SPLITS] = { 0 }, n_other = 0, n_masks = 0, n_positive = 0, n_tasks;
  const SagCohortTask *tasks = sag_cohort_get_tasks (&n_tasks);

  g_assert_true (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sag_test_count_files (folder), ==, 12 * 4 + 2);
  manifest = load (folder, "manifest.csv");
  wordings = load (folder, "test-wordings.csv");
  for (gsize i = 0; i < sag_dataset_get_n (manifest); i++)
    {
      const SagSample *sample = sag_dataset_get (manifest, i);
      gboolean         canonical = FALSE;

      for (guint t = 0; t < n_tasks; t++)
        canonical |= g_str_equal (sample->question, tasks[t].text);
      g_assert_true (canonical || sample->split == SAG_SPLIT_TRAIN);
      g_assert_nonnull (sample->patient);
      splits[sample->split]++;
      n_other += !canonical;
      n_masks += sample->mask != NULL;
      n_positive += sample->label == 1;
      g_hash_table_add (asked, sample->question);
      if (i % 7 == 0)
        check_row (sample);
    }
  g_assert_cmpuint (sag_dataset_get_n (manifest), >, 11 * n_tasks);
  for (guint s = 0; s < SAG_N_SPLITS; s++)
    g_assert_cmpuint (splits[s], >=, n_tasks);
  g_assert_cmpuint (n_other, >, splits[SAG_SPLIT_TRAIN] * 4 / 10);
  g_assert_cmpuint (n_other, <, splits[SAG_SPLIT_TRAIN] * 6 / 10);
  g_assert_cmpuint (n_masks, >, 0);
  g_assert_cmpuint (n_positive, >, 0);
  g_assert_cmpuint (sag_dataset_get_n (wordings), ==, splits[SAG_SPLIT_TEST]);
  for (gsize i = 0; i < sag_dataset_get_n (wordings); i++)
    {
      g_assert_cmpint (sag_dataset_get (wordings, i)->split, ==, SAG_SPLIT_TEST);
      g_assert_false (g_hash_table_contains (asked, sag_dataset_get (wordings, i)->question));
    }
  sag_test_remove_folder (folder);
}

/* The truth of a diagnosis is in the map of findings. */
static void
test_truth (void)
{
  char           *folder = sag_test_dup_folder ();
  const SagCohort cohort = small_cohort (folder, 6);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDataset) manifest = NULL;
  guint n_checked = 0;

  g_assert_true (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  manifest = load (folder, "manifest.csv");
  for (gsize i = 0; i < sag_dataset_get_n (manifest); i++)
    {
      const SagSample *sample = sag_dataset_get (manifest, i);
      g_autofree char *stem =
        g_strndup (sample->image, strlen (sample->image) - strlen (".nii.gz"));
      g_autofree char *path = g_strconcat (stem, "_findings.nii.gz", NULL);
      g_autoptr (SagVolume) findings = NULL;
      gboolean seen = FALSE;

      if (sample->mask != NULL ||
          strstr (sample->question, "effusion around the left lung") == NULL)
        continue;
      findings = sag_nifti_load (path, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      for (gint64 v = 0; v < sag_geometry_n_voxels (sag_volume_get_geometry (findings)); v++)
        seen |= sag_volume_get_int16 (findings)[v] == SAG_PHANTOM_EFFUSION_LEFT;
      g_assert_cmpint (sample->label == 1, ==, seen);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >=, 3);
  sag_test_remove_folder (folder);
}

static gboolean
holds (const SagSample *sample, GError **error)
{
  g_autoptr (SagVolume) mask = sag_nifti_load (sample->mask, NULL, NULL, NULL, error);
  gint64   n = mask != NULL ? sag_geometry_n_voxels (sag_volume_get_geometry (mask)) : 0;
  gboolean found = FALSE;

  for (gint64 voxel = 0; voxel < n && !found; voxel++)
    for (gsize v = 0; v < sample->n_mask_values; v++)
      found |= sag_volume_get_int16 (mask)[voxel] == sample->mask_values[v];
  return found;
}

/* A diagnosis that shows has its mask beside its label, in the same words, and they agree. */
static void
test_masks (void)
{
  char           *folder = sag_test_dup_folder ();
  const SagCohort cohort = small_cohort (folder, 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDataset) manifest = NULL;
  guint n_checked[2] = { 0 };

  g_assert_true (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  manifest = load (folder, "manifest.csv");
  for (gsize i = 1; i < sag_dataset_get_n (manifest); i++)
    {
      const SagSample *label = sag_dataset_get (manifest, i - 1);
      const SagSample *sample = sag_dataset_get (manifest, i);

      if (sample->mask == NULL || label->mask != NULL ||
          !g_str_equal (label->question, sample->question))
        continue;
      g_assert_cmpint (holds (sample, &error), ==, label->label == 1);
      g_assert_no_error (error);
      n_checked[label->label == 1]++;
    }
  g_assert_cmpuint (n_checked[0], >=, 40);
  g_assert_cmpuint (n_checked[1], >=, 10);
  sag_test_remove_folder (folder);
}

static void
count_cb (guint n_done, gpointer user_data)
{
  *(guint *) user_data = n_done;
}

static GDateTime *
get_time (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, "time::modified,time::modified-usec", 0, NULL, NULL);

  return g_file_info_get_modification_date_time (info);
}

/* What is there is kept, what is missing or damaged is made again, and comes out the same. */
static void
test_restart (void)
{
  char            *folder = sag_test_dup_folder ();
  SagCohort        cohort = small_cohort (folder, 3);
  g_autofree char *first_manifest = NULL;
  g_autofree char *second_manifest = NULL;
  g_autofree char *first_scan = NULL;
  g_autofree char *second_scan = NULL;
  g_autofree char *manifest_path = g_build_filename (folder, "manifest.csv", NULL);
  g_autofree char *missing_path = g_build_filename (folder, "phantom-000101.nii.gz", NULL);
  g_autofree char *json_path = g_build_filename (folder, "phantom-000102.json", NULL);
  g_autoptr (GDateTime) before = NULL;
  g_autoptr (GDateTime) after = NULL;
  g_autoptr (GError) error = NULL;
  gsize first_size, second_size;
  guint n_done = 0;

  g_assert_true (sag_cohort_write (&cohort, count_cb, &n_done, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_done, ==, 3);
  before = get_time (folder, "phantom-000100.nii.gz");
  g_assert_true (g_file_get_contents (manifest_path, &first_manifest, NULL, NULL));
  g_assert_true (g_file_get_contents (missing_path, &first_scan, &first_size, NULL));
  g_assert_cmpint (g_unlink (missing_path), ==, 0);
  g_assert_true (g_file_set_contents (json_path, "{ \"version\": true }", -1, NULL));

  g_assert_true (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  after = get_time (folder, "phantom-000100.nii.gz");
  g_assert_cmpint (g_date_time_compare (before, after), ==, 0);
  g_assert_true (g_file_get_contents (manifest_path, &second_manifest, NULL, NULL));
  g_assert_true (g_file_get_contents (missing_path, &second_scan, &second_size, NULL));
  g_assert_cmpstr (first_manifest, ==, second_manifest);
  g_assert_cmpmem (first_scan, first_size, second_scan, second_size);

  /* a larger cohort begins with the smaller one */
  cohort.n = 4;
  g_clear_pointer (&second_manifest, g_free);
  g_assert_true (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  g_assert_true (g_file_get_contents (manifest_path, &second_manifest, NULL, NULL));
  g_assert_true (g_str_has_prefix (second_manifest, first_manifest));
  sag_test_remove_folder (folder);
}

static void
test_refused (void)
{
  char     *folder = sag_test_dup_folder ();
  SagCohort cohort = small_cohort (folder, 2);
  GError   *error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  cohort.share[0] = 0.9;
  g_assert_false (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "sum to 1");
  cohort.share[0] = 1.5;
  cohort.share[1] = -0.8;
  g_assert_false (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "between 0 and 1");
  cohort = small_cohort (folder, 2);
  cohort.spacing_mm[0] = 1e-9;
  g_assert_false (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "spacing");
  cohort = small_cohort ("/proc/sagitta", 2);
  g_assert_false (sag_cohort_write (&cohort, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "/proc/sagitta");
  cohort = small_cohort (folder, 2);
  g_cancellable_cancel (cancellable);
  g_assert_false (sag_cohort_write (&cohort, NULL, NULL, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  g_assert_cmpuint (sag_test_count_files (folder), ==, 0);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cohort/draw", test_draw);
  g_test_add_func ("/cohort/wordings", test_wordings);
  g_test_add_func ("/cohort/tasks", test_tasks);
  g_test_add_func ("/cohort/manifest", test_manifest);
  g_test_add_func ("/cohort/truth", test_truth);
  g_test_add_func ("/cohort/masks", test_masks);
  g_test_add_func ("/cohort/restart", test_restart);
  g_test_add_func ("/cohort/refused", test_refused);
  return g_test_run ();
}
