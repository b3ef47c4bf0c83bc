/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/snapshot.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/dataset/manifest.h"
#include "model/tune/project-looks.h"
#include "tests/support/test.h"

#include <string.h>

#define N_CASES 24

typedef struct
{
  char     *folder;
  SagStore *store;
} Fixture;

/* What a row of the project is made of. */
typedef struct
{
  const char   *patient;
  const char   *split;
  char          sha256[65];
  int           number;
  int           twin; /* number of the one before that holds the same */
  const char   *path;
  SagLabelValue value;
  gboolean      seen;
  gint64        task;
} Row;

static gboolean
put_task (SagDb *db, gpointer data, GError **error)
{
  SagTaskRow rows[] = {
    { .key = "fluid", .wording = "Diagnose the presence of pleural effusion.", .colour = 1 },
    { .key = "air", .wording = "Diagnose the presence of pneumothorax.", .colour = 2 },
    { .key = "where", .wording = "Segment pleural effusion in the image.", .colour = 3 },
  };

  for (gsize t = 0; t < G_N_ELEMENTS (rows); t++)
    if (!sag_tasks_put (db, &rows[t], error))
      return FALSE;
  return TRUE;
}

static gboolean
put_row (SagDb *db, gpointer data, GError **error)
{
  const Row  *row = data;
  SagCaseRow  one = { .name = (char *) row->path,
                      .path = (char *) row->path,
                      .sha256 = (char *) row->sha256,
                      .patient = (char *) row->patient,
                      .split = (char *) row->split,
                      .geometry = { .dims = { 4, 4, 4 } } };
  SagLabelRow label = {
    .task_id = row->task, .value = row->value, .certainty = -1, .seen = row->seen
  };
  gboolean done;

  for (int a = 0; a < 3; a++)
    one.geometry.ijk_to_ras[a][a] = 2;
  done = sag_cases_insert (db, &one, error);
  label.case_id = one.id;
  g_free (one.uuid);
  return done && sag_labels_put (db, &label, error);
}

static void
add (Fixture *fixture, Row row)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("scan-%d.nii.gz", row.number);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_autofree char *text = g_strdup_printf ("%d", row.twin > 0 ? row.twin : row.number);
  g_autofree char *sha256 = sag_hash_sha256 (text, strlen (text));

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  row.path = row.path != NULL ? row.path : path;
  g_strlcpy (row.sha256, sha256, sizeof row.sha256);
  if (row.task == 0)
    row.task = 1;
  sag_store_run (fixture->store, put_row, &row, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = sag_test_dup_folder ();
  path = g_build_filename (fixture->folder, "a.sagitta", NULL);
  fixture->store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);
  g_assert_no_error (error);
  g_assert_true (sag_store_run (fixture->store, put_task, NULL, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_store_free (fixture->store);
  sag_test_remove_folder (fixture->folder);
}

static char patients[N_CASES][8];

/* Every third case is present; patient n has the cases 2 n and 2 n + 1. */
static void
add_many (Fixture *fixture, const char *const *splits)
{
  for (int c = 0; c < N_CASES; c++)
    {
      g_snprintf (patients[c], sizeof patients[c], "P%d", c / 2);
      add (fixture,
           (Row){ .patient = patients[c],
                  .split = splits != NULL ? splits[c / 2 % 2] : NULL,
                  .number = c,
                  .value = c % 3 == 0 ? SAG_LABEL_VALUE_PRESENT : SAG_LABEL_VALUE_ABSENT });
    }
}

static SagSnapshot *
take (Fixture *fixture, const SagSnapshotOptions *options, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = name != NULL ? g_build_filename (fixture->folder, name, NULL) : NULL;
  SagSnapshot     *snapshot = sag_snapshot_new (fixture->store, options, folder, NULL, &error);

  g_assert_no_error (error);
  return snapshot;
}

static void
test_hold_out (Fixture *fixture, gconstpointer data)
{
  const char              *tasks[] = { "fluid", NULL };
  const SagSnapshotOptions options = { .tasks = tasks, .hold_out = 0.25, .seed = 5 };
  g_autoptr (SagSnapshot) snapshot = NULL;
  g_autoptr (SagSnapshot) counted = NULL;
  g_autoptr (SagSnapshot) again = NULL;
  g_autoptr (SagDataset) dataset = NULL;
  g_autofree char *path = NULL;
  g_autofree char *folder = g_build_filename (fixture->folder, "s", NULL);
  g_autoptr (GError) error = NULL;
  const SagSnapshotTask *task;
  gsize                  n_held = 0;

  add_many (fixture, NULL);
  snapshot = take (fixture, &options, "s");
  counted = take (fixture, &options, NULL);
  g_assert_cmpuint (sag_snapshot_get_n_patients (snapshot), ==, N_CASES / 2);
  g_assert_cmpuint (sag_snapshot_count (snapshot, SAG_SNAPSHOT_HELD_OUT), ==, N_CASES / 4);
  task = sag_snapshot_get_task (snapshot, 0);
  g_assert_cmpuint (task->n_present[0] + task->n_present[1], ==, N_CASES / 3);
  g_assert_cmpuint (task->n_present[1], >=, 1); /* the kinds stay even */
  g_assert_cmpuint (task->n_absent[1], >=, 1);
  path = sag_snapshot_dup_manifest (snapshot, 0);
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_dataset_get_n (dataset), ==, N_CASES);
  again = sag_snapshot_open (folder, &error);
  g_assert_no_error (error);
  for (gsize c = 0; c < N_CASES; c++)
    {
      const SagSample       *sample = sag_dataset_get (dataset, c);
      const SagSnapshotCase *one = sag_snapshot_find_case (again, sample->study);

      g_assert_nonnull (one);
      g_assert_cmpstr (sample->image, ==, one->name);
      g_assert_cmpint (sample->split == SAG_SPLIT_TEST, ==, one->part == SAG_SNAPSHOT_HELD_OUT);
      g_assert_cmpint (one->part, ==, sag_snapshot_get_case (counted, c)->part);
      g_assert_null (strstr (sample->patient, "P"));
      n_held += one->part == SAG_SNAPSHOT_HELD_OUT;
    }
  g_assert_cmpuint (n_held, ==, N_CASES / 4);
  g_assert_cmpstr (sag_snapshot_get_labels_hash (again), ==,
                   sag_snapshot_get_labels_hash (counted));
  g_assert_cmpstr (sag_snapshot_get_project_hash (again), ==,
                   sag_snapshot_get_project_hash (snapshot));
  g_assert_cmpuint (sag_snapshot_get_task (again, 0)->n_present[1], ==, task->n_present[1]);
  g_assert_null (sag_snapshot_new (fixture->store, &options, folder, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "already");
}

static void
test_folds (Fixture *fixture, gconstpointer data)
{
  const char              *tasks[] = { "Diagnose the presence of pleural effusion.", NULL };
  const SagSnapshotOptions options = { .tasks = tasks, .n_folds = 3, .seed = 5 };
  g_autoptr (SagSnapshot) snapshot = NULL;
  guint n_seen[4] = { 0 };

  add_many (fixture, NULL);
  snapshot = take (fixture, &options, "s");
  for (gsize c = 0; c < N_CASES; c++)
    {
      const SagSnapshotCase *one = sag_snapshot_get_case (snapshot, c);

      g_assert_cmpuint (one->fold, >=, 1);
      g_assert_cmpuint (one->fold, <=, 3);
      g_assert_cmpuint (one->fold, ==, sag_snapshot_get_case (snapshot, c / 2 * 2)->fold);
      n_seen[one->fold]++;
    }
  for (guint fold = 1; fold <= 3; fold++)
    {
      g_autofree char *path = sag_snapshot_dup_manifest (snapshot, fold);
      g_autoptr (GError) error = NULL;
      g_autoptr (SagDataset) dataset = sag_dataset_load (path, &error); /* which refuses leakage */
      guint n_test = 0;

      g_assert_no_error (error);
      for (gsize i = 0; i < sag_dataset_get_n (dataset); i++)
        n_test += sag_dataset_get (dataset, i)->split == SAG_SPLIT_TEST;
      g_assert_cmpuint (n_test, ==, n_seen[fold]);
      g_assert_cmpuint (n_test, ==, N_CASES / 3);
    }
}

/* The same file under two patients' names must not be trained on and measured on. */
static void
test_same_scan (Fixture *fixture, gconstpointer data)
{
  for (guint64 seed = 1; seed < 6; seed++)
    {
      const char        *tasks[] = { "fluid", NULL };
      SagSnapshotOptions options = { .tasks = tasks, .hold_out = 0.5, .seed = seed };
      g_autoptr (SagSnapshot) snapshot = NULL;

      if (seed == 1)
        for (int c = 0; c < 8; c++)
          {
            static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h" };

            add (fixture,
                 (Row){ .patient = names[c],
                        .number = c,
                        .value = c % 2 ? SAG_LABEL_VALUE_PRESENT : SAG_LABEL_VALUE_ABSENT });
          }
      if (seed == 1)
        add (fixture,
             (Row){ .patient = "twin", .number = 8, .twin = 3, .value = SAG_LABEL_VALUE_PRESENT });
      snapshot = take (fixture, &options, NULL);
      g_assert_cmpuint (sag_snapshot_get_n_patients (snapshot), ==, 8);
      g_assert_cmpint (sag_snapshot_get_case (snapshot, 3)->part, ==,
                       sag_snapshot_get_case (snapshot, 8)->part);
      g_assert_nonnull (strstr (sag_snapshot_get_notes (snapshot)[0], "same scan"));
    }
}

static void
test_splits (Fixture *fixture, gconstpointer data)
{
  static const char *const splits[] = { "train", "test" };
  const char              *tasks[] = { "fluid", NULL };
  const SagSnapshotOptions options = { .tasks = tasks, .hold_out = 0.1, .seed = 5 };
  g_autoptr (SagSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  add_many (fixture, splits);
  snapshot = take (fixture, &options, NULL);
  g_assert_true (sag_snapshot_follows_splits (snapshot));
  for (gsize c = 0; c < N_CASES; c++)
    g_assert_cmpint (sag_snapshot_get_case (snapshot, c)->part, ==,
                     c / 2 % 2 ? SAG_SNAPSHOT_HELD_OUT : SAG_SNAPSHOT_TRAIN);
  add (fixture,
       (Row){ .patient = "P0", .split = "test", .number = 77, .value = SAG_LABEL_VALUE_PRESENT });
  g_assert_null (sag_snapshot_new (fixture->store, &options, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "in two of its splits");
}

static void
refuse (Fixture *fixture, SagSnapshotOptions options, SagError code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_snapshot_new (fixture->store, &options, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, (int) code, part);
}

/* Of enough patients to learn from an eighth is watched; tables, counts and the reopened snapshot agree. */
static void
test_watched (Fixture *fixture, gconstpointer data)
{
  const char        *tasks[] = { "fluid", NULL };
  SagSnapshotOptions options = { .tasks = tasks, .hold_out = 0.25, .seed = 5 };
  g_autoptr (SagSnapshot) snapshot = NULL;
  g_autoptr (SagSnapshot) again = NULL;
  g_autoptr (SagSnapshot) folds = NULL;
  g_autoptr (SagSnapshot) fewer = NULL;
  g_autoptr (SagDataset) dataset = NULL;
  g_autofree char *folder = g_build_filename (fixture->folder, "s", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  const SagSnapshotTask *task;
  gsize                  n[3] = { 0 };

  for (int c = 0; c < 56; c++)
    {
      g_autofree char *patient = g_strdup_printf ("W%d", c);

      add (fixture, (Row){ .patient = patient,
                           .number = c,
                           .value = c % 2 ? SAG_LABEL_VALUE_PRESENT : SAG_LABEL_VALUE_ABSENT });
    }
  snapshot = take (fixture, &options, "s");
  g_assert_false (sag_snapshot_follows_splits (snapshot));
  again = sag_snapshot_open (folder, &error);
  g_assert_no_error (error);
  path = sag_snapshot_dup_manifest (snapshot, 0);
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < sag_dataset_get_n (dataset); i++)
    {
      const SagSample       *sample = sag_dataset_get (dataset, i);
      const SagSnapshotCase *one = sag_snapshot_find_case (again, sample->study);

      g_assert_cmpint (sample->split, ==,
                       one->part == SAG_SNAPSHOT_HELD_OUT  ? SAG_SPLIT_TEST
                       : one->part == SAG_SNAPSHOT_WATCHED ? SAG_SPLIT_VALIDATION
                                                           : SAG_SPLIT_TRAIN);
      n[one->part]++;
    }
  g_assert_cmpuint (n[SAG_SNAPSHOT_HELD_OUT], ==, 14);
  g_assert_cmpuint (n[SAG_SNAPSHOT_WATCHED], ==, 5);
  g_assert_cmpuint (n[SAG_SNAPSHOT_TRAIN], ==, 37);
  for (int part = 0; part < 3; part++)
    g_assert_cmpuint (sag_snapshot_count (again, (SagSnapshotPart) part), ==, n[part]);
  task = sag_snapshot_get_task (again, 0);
  g_assert_cmpuint (task->n_present[0] + task->n_absent[0], ==, 37);
  g_assert_nonnull (strstr (sag_snapshot_get_notes (again)[0], "5 patients of 42"));
  options.hold_out = 0.3; /* 39 are left */
  fewer = take (fixture, &options, NULL);
  g_assert_cmpuint (sag_snapshot_count (fewer, SAG_SNAPSHOT_TRAIN), ==, 39);
  g_assert_cmpuint (sag_snapshot_count (fewer, SAG_SNAPSHOT_WATCHED), ==, 0);
  options.n_folds = 4;
  folds = take (fixture, &options, NULL);
  g_assert_cmpuint (sag_snapshot_count (folds, SAG_SNAPSHOT_WATCHED), ==, 0);
}

/* What the project calls validation is watched, however little it is. */
static void
test_validation_split (Fixture *fixture, gconstpointer data)
{
  static const char *const splits[] = { "train", "train", "val", "test" };
  const char              *tasks[] = { "fluid", NULL };
  const SagSnapshotOptions options = { .tasks = tasks, .hold_out = 0.5, .seed = 5 };
  g_autoptr (SagSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  for (int c = 0; c < 8; c++)
    {
      g_autofree char *patient = g_strdup_printf ("V%d", c);

      add (fixture, (Row){ .patient = patient,
                           .split = splits[c % 4],
                           .number = c,
                           .value = c / 4 ? SAG_LABEL_VALUE_PRESENT : SAG_LABEL_VALUE_ABSENT });
    }
  snapshot = take (fixture, &options, NULL);
  for (gsize c = 0; c < 8; c++)
    g_assert_cmpint (sag_snapshot_get_case (snapshot, c)->part, ==,
                     c % 4 == 2   ? SAG_SNAPSHOT_WATCHED
                     : c % 4 == 3 ? SAG_SNAPSHOT_HELD_OUT
                                  : SAG_SNAPSHOT_TRAIN);
  add (fixture,
       (Row){ .patient = "V2", .split = "train", .number = 77, .value = SAG_LABEL_VALUE_PRESENT });
  g_assert_null (sag_snapshot_new (fixture->store, &options, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "in two of its splits");
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  const char        *other[] = { "bones", NULL }, *fluid[] = { "fluid", NULL };
  SagSnapshotOptions options = { .tasks = fluid, .hold_out = 0.5, .seed = 1 };

  refuse (fixture, (SagSnapshotOptions){ .tasks = other, .hold_out = 0.5 }, SAG_ERROR_ARGUMENT,
          "no task \"bones\"");
  refuse (fixture, options, SAG_ERROR_ARGUMENT, "nothing to work with");
  add (fixture, (Row){ .patient = "a", .number = 1, .value = SAG_LABEL_VALUE_PRESENT });
  refuse (fixture, options, SAG_ERROR_ARGUMENT, "one patient");
  add (fixture, (Row){ .patient = "b", .number = 2, .value = SAG_LABEL_VALUE_PRESENT });
  refuse (fixture, options, SAG_ERROR_ARGUMENT, "only present cases");
  add (fixture,
       (Row){ .patient = "c", .number = 3, .value = SAG_LABEL_VALUE_ABSENT, .seen = TRUE });
  refuse (fixture, options, SAG_ERROR_ARGUMENT, "only present cases");
  refuse (fixture, (SagSnapshotOptions){ .tasks = fluid, .n_folds = 3 }, SAG_ERROR_ARGUMENT,
          "fewer folds");
  refuse (fixture, (SagSnapshotOptions){ .tasks = fluid, .hold_out = 0 }, SAG_ERROR_ARGUMENT,
          "held out");
}

static void
test_assisted_and_missing (Fixture *fixture, gconstpointer data)
{
  const char        *tasks[] = { "fluid", NULL };
  SagSnapshotOptions options = { .tasks = tasks, .hold_out = 1, .seed = 1 };
  g_autoptr (SagSnapshot) without = NULL;
  g_autoptr (SagSnapshot) with = NULL;
  g_autofree char *notes = NULL;

  add (fixture, (Row){ .patient = "a", .number = 1, .value = SAG_LABEL_VALUE_PRESENT });
  add (fixture,
       (Row){ .patient = "b", .number = 2, .value = SAG_LABEL_VALUE_ABSENT, .seen = TRUE });
  add (fixture, (Row){ .patient = "c",
                       .number = 3,
                       .value = SAG_LABEL_VALUE_ABSENT,
                       .path = "/nowhere/scan.nii.gz" });
  without = take (fixture, &options, NULL);
  options.assisted = TRUE;
  with = take (fixture, &options, NULL);
  g_assert_cmpuint (sag_snapshot_get_n_cases (without), ==, 1);
  g_assert_cmpuint (sag_snapshot_get_n_cases (with), ==, 2);
  notes = g_strjoinv (" ", (char **) sag_snapshot_get_notes (without));
  g_assert_nonnull (strstr (notes, "answer had been seen"));
  g_assert_nonnull (strstr (notes, "not where the project looks"));
  g_assert_nonnull (strstr (notes, "nothing can be measured"));
  g_assert_cmpstr (sag_snapshot_get_labels_hash (with), !=, sag_snapshot_get_labels_hash (without));
}

/* Labels of one file are none of another that took its place; with a cache and without. */
static void
test_replaced_scan (Fixture *fixture, gconstpointer data)
{
  const char        *tasks[] = { "fluid", NULL };
  g_autofree char   *cache = g_build_filename (fixture->folder, "cache", NULL);
  g_autofree char   *path = g_build_filename (fixture->folder, "scan-1.nii.gz", NULL);
  SagSnapshotOptions options = { .tasks = tasks, .hold_out = 1, .seed = 1 };

  add (fixture, (Row){ .patient = "a", .number = 1, .value = SAG_LABEL_VALUE_PRESENT });
  add (fixture, (Row){ .patient = "b", .number = 2, .value = SAG_LABEL_VALUE_ABSENT });
  for (int round = 0; round < 4; round++)
    {
      g_autoptr (SagSnapshot) snapshot = NULL;
      g_autofree char *notes = NULL;

      options.cache = round % 2 > 0 ? cache : NULL;
      if (round == 2)
        g_assert_true (g_file_set_contents (path, "another", -1, NULL));
      snapshot = take (fixture, &options, NULL);
      notes = g_strjoinv (" ", (char **) sag_snapshot_get_notes (snapshot));
      g_assert_cmpuint (sag_snapshot_get_n_cases (snapshot), ==, round < 2 ? 2 : 1);
      g_assert_cmpint (
        strstr (notes, "1 labelled cases were left out because their scans are other") != NULL, ==,
        round >= 2);
    }
}

typedef struct
{
  gint64       id;
  SagCaseState state;
} Mark;

static gboolean
set_state (SagDb *db, gpointer data, GError **error)
{
  const Mark *mark = data;

  return sag_cases_set_state (db, mark->id, mark->state, error);
}

static void
mark (Fixture *fixture, gint64 id, SagCaseState state)
{
  g_autoptr (GError) error = NULL;

  sag_store_run (fixture->store, set_state, &(Mark){ id, state }, &error);
  g_assert_no_error (error);
}

/* Cases are taken from a state on; what is said of the others is true. */
static void
test_state (Fixture *fixture, gconstpointer data)
{
  const char        *tasks[] = { "fluid", NULL };
  SagSnapshotOptions options = { .tasks = tasks, .hold_out = 1, .seed = 1 };

  options.least_state = SAG_CASE_REVIEWED;
  for (int c = 1; c <= 3; c++)
    add (fixture,
         (Row){ .patient = c == 1 ? "a" : "b", .number = c, .value = SAG_LABEL_VALUE_PRESENT });
  mark (fixture, 1, SAG_CASE_DONE);
  refuse (fixture, options, SAG_ERROR_ARGUMENT,
          "None of the 3 labelled cases is marked as reviewed");
  add (fixture, (Row){ .patient = "d",
                       .number = 4,
                       .value = SAG_LABEL_VALUE_PRESENT,
                       .path = "/nowhere/scan.nii.gz" });
  mark (fixture, 4, SAG_CASE_REVIEWED);
  refuse (fixture, options, SAG_ERROR_ARGUMENT, "3 are not yet marked as reviewed; of 1 that are");
  mark (fixture, 2, SAG_CASE_REVIEWED);
  for (int s = SAG_CASE_NEW; s < SAG_N_CASE_STATES; s++)
    {
      static const gsize wanted[SAG_N_CASE_STATES] = { 3, 3, 2, 1 }; /* a label begins a case */
      g_autoptr (SagSnapshot) snapshot = NULL;
      g_autofree char *notes = NULL;

      options.least_state = (SagCaseState) s;
      snapshot = take (fixture, &options, NULL);
      g_assert_cmpuint (sag_snapshot_get_n_cases (snapshot), ==, wanted[s]);
      notes = g_strjoinv (" ", (char **) sag_snapshot_get_notes (snapshot));
      g_assert_cmpint (strstr (notes, "2 labelled cases were left out because they are not yet "
                                      "marked as reviewed") != NULL,
                       ==, s == SAG_CASE_REVIEWED);
    }
}

/* "Absent" of something that is outlined is an empty mask. */
static void
test_absent_structure (Fixture *fixture, gconstpointer data)
{
  const char              *tasks[] = { "where", NULL };
  const SagSnapshotOptions options = { .tasks = tasks, .hold_out = 1, .seed = 1 };
  g_autoptr (SagSnapshot) snapshot = NULL;
  g_autoptr (SagDataset) dataset = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture, (Row){ .patient = "a", .number = 1, .value = SAG_LABEL_VALUE_ABSENT, .task = 3 });
  add (fixture, (Row){ .patient = "b", .number = 2, .value = SAG_LABEL_VALUE_PRESENT, .task = 3 });
  snapshot = take (fixture, &options, "s");
  path = sag_snapshot_dup_manifest (snapshot, 0);
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_dataset_get_n (dataset), ==, 1);
  g_assert_nonnull (sag_dataset_get (dataset, 0)->mask);
  g_assert_true (g_file_test (sag_dataset_get (dataset, 0)->mask, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (sag_snapshot_get_task (snapshot, 0)->n_empty[1], ==, 1);
}

static void
test_project_looks (Fixture *fixture, gconstpointer data)
{
  const char *bundles[] = { "aa", "bb" };
  SagLooks    looks = { .n = 1, .n_bundles = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_project_looks_note (fixture->store, "h", bundles, 1, &looks, &error));
  g_assert_true (sag_project_looks_note (fixture->store, "h", bundles, 2, &looks, &error));
  g_assert_true (sag_project_looks_note (fixture->store, "other", bundles, 2, &looks, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (looks.n, ==, 2);
  g_assert_cmpuint (looks.n_bundles, ==, 2);
}

static void
add_test (const char *name, void (*run) (Fixture *, gconstpointer))
{
  g_test_add (name, Fixture, NULL, set_up, run, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/tune/snapshot/hold-out", test_hold_out);
  add_test ("/tune/snapshot/folds", test_folds);
  add_test ("/tune/snapshot/same-scan", test_same_scan);
  add_test ("/tune/snapshot/splits", test_splits);
  add_test ("/tune/snapshot/watched", test_watched);
  add_test ("/tune/snapshot/validation-split", test_validation_split);
  add_test ("/tune/snapshot/refusals", test_refusals);
  add_test ("/tune/snapshot/assisted-and-missing", test_assisted_and_missing);
  add_test ("/tune/snapshot/replaced-scan", test_replaced_scan);
  add_test ("/tune/snapshot/state", test_state);
  add_test ("/tune/snapshot/absent-structure", test_absent_structure);
  add_test ("/tune/looks", test_project_looks);
  return g_test_run ();
}
