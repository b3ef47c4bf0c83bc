/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/records.h"
#include "model/store/worklist.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char     *folder;
  char     *path;
  SagStore *store;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sag_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "a.sagitta", NULL);
  fixture->store = sag_store_open (fixture->path, SAG_STORE_CREATE, "Ann", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_store_free (fixture->store);
  g_free (fixture->path);
  sag_test_remove_folder (fixture->folder);
}

typedef struct
{
  SagCaseRow  *row;
  SagCaseFound found;
} Add;

static gboolean
add (SagDb *db, gpointer data, GError **error)
{
  Add *job = data;

  return sag_cases_add (db, job->row, &job->found, error);
}

/* The id that a scan gets, and how. */
static gint64
meet (Fixture      *fixture,
      const char   *path,
      const char   *sha256,
      double        shear,
      SagCaseFound *found,
      GError      **error)
{
  g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);
  Add job = { row, SAG_CASE_ADDED };

  row->name = g_path_get_basename (path);
  row->path = g_strdup (path);
  row->sha256 = g_strdup (sha256);
  row->geometry = make_grid (shear);
  if (!sag_store_run (fixture->store, add, &job, error))
    return -1;
  *found = job.found;
  return row->id;
}

static gboolean
get_case (SagDb *db, gpointer data, GError **error)
{
  SagCaseRow **row = data;
  const gint64 id = (*row)->id;

  *row = sag_cases_get (db, id, error);
  return *row != NULL;
}

static void
test_cases (Fixture *fixture, gconstpointer data)
{
  g_autofree char *here = g_build_filename (fixture->folder, "here.nii.gz", NULL);
  g_autofree char *there = g_build_filename (fixture->folder, "there.nii.gz", NULL);
  g_autofree char *copy = g_build_filename (fixture->folder, "copy.nii.gz", NULL);
  SagCaseRow       key = { 0 }, *row = &key;
  SagCaseFound     found = SAG_CASE_ADDED;
  gint64           id;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (here, "x", 1, NULL);
  id = meet (fixture, here, "aa", 0, &found, &error);
  g_assert_cmpint (found, ==, SAG_CASE_ADDED);
  g_assert_cmpint (meet (fixture, here, "aa", 0, &found, &error), ==, id);
  g_assert_cmpint (found, ==, SAG_CASE_KNOWN);
  /* A copy beside it is the same case, at its old place. */
  g_assert_cmpint (meet (fixture, copy, "aa", 0, &found, &error), ==, id);
  g_assert_cmpint (found, ==, SAG_CASE_KNOWN);
  /* Moved */
  g_rename (here, there);
  g_assert_cmpint (meet (fixture, there, "aa", 0, &found, &error), ==, id);
  g_assert_cmpint (found, ==, SAG_CASE_MOVED);
  key.id = id;
  g_assert_true (sag_store_run (fixture->store, get_case, &row, &error));
  g_assert_cmpstr (row->path, ==, there);
  g_assert_true (sag_geometry_equal (&row->geometry, &(SagGeometry){ 0 }, 1) == FALSE);
  {
    const SagGeometry grid = make_grid (0);

    for (int v = 0; v < 12; v++)
      g_assert_cmpfloat (row->geometry.ijk_to_ras[v / 4][v % 4], ==, grid.ijk_to_ras[v / 4][v % 4]);
  }
  sag_case_row_free (row);
  /* Two files that swap their names take their labels along. */
  {
    g_autofree char *other = g_build_filename (fixture->folder, "other.nii.gz", NULL);
    gint64           second;

    g_file_set_contents (other, "y", 1, NULL);
    second = meet (fixture, other, "dd", 0, &found, &error);
    g_assert_cmpint (second, !=, id);
    g_assert_cmpint (meet (fixture, there, "dd", 0, &found, &error), ==, second);
    g_assert_cmpint (found, ==, SAG_CASE_MOVED);
    g_assert_cmpint (meet (fixture, other, "aa", 0, &found, &error), ==, id);
    g_assert_cmpint (found, ==, SAG_CASE_MOVED);
    g_free (there);
    there = g_steal_pointer (&other);
  }
  /* The same grid with another content, then another grid. */
  g_assert_cmpint (meet (fixture, there, "bb", 0, &found, &error), ==, id);
  g_assert_cmpint (found, ==, SAG_CASE_CHANGED);
  g_assert_cmpint (meet (fixture, there, "cc", 0.5, &found, &error), ==, -1);
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "another grid");
  row = &key;
  key.id = 999;
  g_assert_false (sag_store_run (fixture->store, get_case, &row, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "999");
}

/* The scans of an archive lie below it: opening one leaves that so, and it can be moved again; saved elsewhere
 * the project knows where they are. */
static void
test_archive (Fixture *fixture, gconstpointer data)
{
  g_autofree char *here = g_build_filename (fixture->folder, "scans", "here.nii.gz", NULL);
  g_autofree char *below = g_build_filename (fixture->folder, "scans", NULL);
  g_autofree char *outside = g_build_filename (fixture->folder, "outside", NULL);
  g_autofree char *saved = g_build_filename (outside, "saved.sagitta", NULL);
  SagCaseRow       key = { 0 }, *row = &key;
  SagCaseFound     found = SAG_CASE_ADDED;
  gint64           id;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (outside, 0700), ==, 0);
  g_assert_true (g_file_set_contents (here, "x", 1, NULL));
  id = meet (fixture, "scans/here.nii.gz", "aa", 0, &found, &error);
  g_assert_cmpint (meet (fixture, here, "aa", 0, &found, &error), ==, id);
  g_assert_cmpint (found, ==, SAG_CASE_KNOWN);
  g_assert_cmpint (meet (fixture, here, NULL, 0, &found, &error), ==, id); /* by its place alone */
  g_assert_no_error (error);
  key.id = id;
  g_assert_true (sag_store_run (fixture->store, get_case, &row, &error));
  g_assert_cmpstr (row->path, ==, "scans/here.nii.gz");
  sag_case_row_free (row);
  g_assert_true (sag_store_save_as (fixture->store, saved, &error));
  row = &key;
  g_assert_true (sag_store_run (fixture->store, get_case, &row, &error));
  g_assert_cmpstr (row->path, ==, here);
  sag_case_row_free (row);
}

static gboolean
put_label (SagDb *db, gpointer data, GError **error)
{
  return sag_labels_put (db, data, error);
}

static gboolean
list_labels (SagDb *db, gpointer data, GError **error)
{
  *(GPtrArray **) data = sag_labels_list (db, 0, error);
  return *(GPtrArray **) data != NULL;
}

static gboolean
rest_absent (SagDb *db, gpointer data, GError **error)
{
  return sag_labels_rest_absent (db, *(gint64 *) data, NULL, FALSE, NULL, error);
}

static GPtrArray *
all_labels (Fixture *fixture)
{
  GPtrArray *labels = NULL;
  g_autoptr (GError) error = NULL;

  sag_store_run (fixture->store, list_labels, &labels, &error);
  g_assert_no_error (error);
  return labels;
}

static void
test_labels (Fixture *fixture, gconstpointer data)
{
  gint64       one = add_case (fixture->store, "a");
  const gint64 task = add_task (fixture->store, "effusion");
  SagLabelRow  label = { .case_id = one,
                         .task_id = task,
                         .value = SAG_LABEL_VALUE_PRESENT,
                         .side = (char *) "left",
                         .location = (char *) "lower lobe",
                         .certainty = 80,
                         .comment = (char *) "kl\303\244r",
                         .active_ms = 2500,
                         .seen = TRUE,
                         .bundle = (char *) "0123" };
  SagLabelRow *got;
  g_autoptr (GError) error = NULL;

  add_task (fixture->store, "nodule");
  add_task (fixture->store, "fracture");
  g_assert_true (sag_store_run (fixture->store, put_label, &label, &error));
  {
    g_autoptr (GPtrArray) labels = all_labels (fixture);

    g_assert_cmpint (labels->len, ==, 1);
    got = g_ptr_array_index (labels, 0);
    g_assert_cmpstr (got->reader, ==, "Ann");
    g_assert_cmpint (got->value, ==, SAG_LABEL_VALUE_PRESENT);
    g_assert_cmpstr (got->side, ==, "left");
    g_assert_cmpstr (got->location, ==, "lower lobe");
    g_assert_cmpint (got->certainty, ==, 80);
    g_assert_cmpstr (got->comment, ==, "kl\303\244r");
    g_assert_cmpint (got->active_ms, ==, 2500);
    g_assert_true (got->seen);
    g_assert_cmpstr (got->bundle, ==, "0123");
    g_assert_cmpint (got->at, >, 1600000000000);
  }
  /* Who has seen an answer cannot have not seen it. */
  label.seen = FALSE;
  label.bundle = NULL;
  label.value = SAG_LABEL_VALUE_ABSENT;
  g_assert_true (sag_store_run (fixture->store, put_label, &label, &error));
  g_assert_true (sag_store_run (fixture->store, rest_absent, &one, &error));
  {
    g_autoptr (GPtrArray) labels = all_labels (fixture);

    g_assert_cmpint (labels->len, ==, 3);
    got = g_ptr_array_index (labels, 0);
    g_assert_cmpint (got->value, ==, SAG_LABEL_VALUE_ABSENT);
    g_assert_true (got->seen);
    g_assert_cmpstr (got->bundle, ==, "0123");
    got = g_ptr_array_index (labels, 2);
    g_assert_cmpint (got->value, ==, SAG_LABEL_VALUE_ABSENT);
    g_assert_cmpint (got->certainty, ==, -1);
    g_assert_false (got->seen);
  }
  label.value = SAG_LABEL_VALUE_NONE;
  g_assert_true (sag_store_run (fixture->store, put_label, &label, &error));
  {
    g_autoptr (GPtrArray) labels = all_labels (fixture);

    g_assert_cmpint (labels->len, ==, 2);
  }
  label.value = SAG_LABEL_VALUE_PRESENT;
  label.side = (char *) "middle";
  g_assert_false (sag_store_run (fixture->store, put_label, &label, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "middle");
  label.side = NULL;
  label.certainty = 101;
  g_assert_false (sag_store_run (fixture->store, put_label, &label, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "101");
}

static void
test_words (void)
{
  SagLabelValue value;
  SagCaseState  state;

  for (int v = 0; v < SAG_N_LABEL_VALUES; v++)
    {
      g_assert_true (sag_label_value_parse (sag_label_value_to_string ((SagLabelValue) v), &value));
      g_assert_cmpint (value, ==, v);
    }
  g_assert_true (sag_label_value_parse ("1", &value) && value == SAG_LABEL_VALUE_PRESENT);
  g_assert_true (sag_label_value_parse ("FALSE", &value) && value == SAG_LABEL_VALUE_ABSENT);
  g_assert_false (sag_label_value_parse ("maybe", &value));
  for (int s = 0; s < SAG_N_CASE_STATES; s++)
    g_assert_true (sag_case_state_parse (sag_case_state_to_string ((SagCaseState) s), &state) &&
                   (int) state == s);
  g_assert_false (sag_case_state_parse ("late", &state));
}

typedef struct
{
  gint64     one;
  GPtrArray *answers;
  GPtrArray *measurements;
  GPtrArray *reviews;
} Records;

static gboolean
write_records (SagDb *db, gpointer data, GError **error)
{
  const Records *records = data;
  const float    cells[2] = { 0.25f, 0.5f };
  g_autoptr (GBytes) bytes = g_bytes_new (cells, sizeof cells);
  const SagAnswerRow      answer = { .case_id = records->one,
                                     .text = (char *) "Segment lungs in the image.",
                                     .bundle = (char *) "ab",
                                     .json = (char *) "{}",
                                     .cells = bytes };
  const SagMeasurementRow measurement = { .uuid = (char *) "m1",
                                          .case_id = records->one,
                                          .json = (char *) "{\"kind\": \"ruler\"}" };
  const SagReviewRow      review = { .case_id = records->one,
                                     .value = SAG_LABEL_VALUE_ABSENT,
                                     .comment = (char *) "agreed" };

  return sag_answers_put (db, &answer, error) && sag_answers_put (db, &answer, error) &&
         sag_measurements_put (db, &measurement, error) &&
         sag_measurements_put (db, &measurement, error) && sag_reviews_put (db, &review, error);
}

static gboolean
read_records (SagDb *db, gpointer data, GError **error)
{
  Records *records = data;

  records->answers = sag_answers_list (db, records->one, error);
  records->measurements = sag_measurements_list (db, records->one, error);
  records->reviews = sag_reviews_list (db, 0, error);
  return records->answers != NULL && records->measurements != NULL && records->reviews != NULL;
}

static gboolean
damage_answer (SagDb *db, gpointer data, GError **error)
{
  return sag_db_script (db, "UPDATE answers SET json = '{ }'", error);
}

static void
test_records (Fixture *fixture, gconstpointer data)
{
  Records       records = { .one = add_case (fixture->store, "a") };
  SagReviewRow *review;
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_store_run (fixture->store, write_records, &records, &error));
  g_assert_no_error (error);
  g_assert_true (sag_store_run (fixture->store, read_records, &records, &error));
  g_assert_cmpint (records.answers->len, ==, 1);
  g_assert_cmpint (
    g_bytes_get_size (((SagAnswerRow *) g_ptr_array_index (records.answers, 0))->cells), ==, 8);
  g_assert_cmpint (records.measurements->len, ==, 1);
  g_assert_cmpint (records.reviews->len, ==, 1);
  review = g_ptr_array_index (records.reviews, 0);
  g_assert_cmpint (review->task_id, ==, 0);
  g_assert_cmpint (review->value, ==, SAG_LABEL_VALUE_ABSENT);
  g_ptr_array_unref (records.answers);
  g_ptr_array_unref (records.measurements);
  g_ptr_array_unref (records.reviews);
  g_assert_true (sag_store_run (fixture->store, damage_answer, NULL, &error));
  g_assert_false (sag_store_run (fixture->store, read_records, &records, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "checksum");
}

static gboolean
make_many (SagDb *db, gpointer data, GError **error)
{
  for (int c = 0; c < 40; c++)
    {
      g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);

      row->name = g_strdup_printf ("Case %02d", c);
      row->path = g_strdup_printf ("/nowhere/%d.nii", c);
      row->patient = g_strdup_printf ("P\303\204%d", c % 7);
      if (!sag_cases_add (db, row, NULL, error) ||
          (c % 4 == 0 && !sag_cases_set_state (db, row->id, SAG_CASE_DONE, error)))
        return FALSE;
      for (int t = 1; t <= 3; t++)
        {
          const SagLabelRow label = { .case_id = row->id,
                                      .task_id = t,
                                      .value =
                                        c % 2 ? SAG_LABEL_VALUE_PRESENT : SAG_LABEL_VALUE_ABSENT,
                                      .certainty = -1,
                                      .reader = (char *) (c % 5 ? "Ann" : "Ben") };

          if ((t < 3 || c % 3 == 0) && !sag_labels_put (db, &label, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
load_list (SagDb *db, gpointer data, GError **error)
{
  *(SagWorklist **) data = sag_worklist_load (db, NULL, error);
  return *(SagWorklist **) data != NULL;
}

static guint
n_filtered (const SagWorklist *list, const SagWorkFilter *filter)
{
  g_autoptr (GArray) places = sag_worklist_filter (list, filter);

  return places->len;
}

static void
test_worklist (Fixture *fixture, gconstpointer data)
{
  SagWorklist    *list = NULL;
  SagWorkProgress progress;
  guint           wanted[5] = { 0 };
  g_autoptr (GError) error = NULL;

  for (int t = 0; t < 3; t++)
    {
      g_autofree char *key = g_strdup_printf ("t%d", t);

      add_task (fixture->store, key);
    }
  g_assert_true (sag_store_run (fixture->store, make_many, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sag_store_run (fixture->store, load_list, &list, &error));
  g_assert_cmpint (list->items->len, ==, 40);
  for (int c = 0; c < 40; c++)
    {
      const gboolean mine = c % 5 != 0;

      wanted[0] += c % 4 == 0;
      wanted[1] += mine && c % 2;
      wanted[2] += !(mine && c % 3 == 0);
      wanted[3] += c % 7 == 3;
      wanted[4] += mine && c % 3 == 0;
    }
  g_assert_cmpint (n_filtered (list, &(SagWorkFilter){ 0 }), ==, 40);
  g_assert_cmpint (n_filtered (list, &(SagWorkFilter){ .states = 1 << SAG_CASE_DONE }), ==,
                   wanted[0]);
  g_assert_cmpint (
    n_filtered (list, &(SagWorkFilter){ .task = 2, .value = SAG_LABEL_VALUE_PRESENT }), ==,
    wanted[1]);
  g_assert_cmpint (n_filtered (list, &(SagWorkFilter){ .unlabelled = TRUE }), ==, wanted[2]);
  g_assert_cmpint (n_filtered (list, &(SagWorkFilter){ .text = "p\303\2443" }), ==, wanted[3]);
  g_assert_cmpint (n_filtered (list, &(SagWorkFilter){ .text = "case 07" }), ==, 1);
  sag_worklist_get_progress (list, &progress);
  g_assert_cmpint (progress.n_complete, ==, wanted[4]);
  g_assert_cmpint (progress.n_states[SAG_CASE_DONE], ==, wanted[0]);
  g_assert_cmpint (sag_worklist_next_unlabelled (list, 2), ==, 4);
  g_assert_cmpint (sag_worklist_next_unlabelled (list, 39), ==, 0);
  sag_worklist_free (list);
}

static gboolean
list_keys (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) tasks = sag_tasks_list (db, error);
  g_autoptr (GPtrArray) aside = tasks != NULL ? sag_tasks_list_aside (db, error) : NULL;
  GString *keys = data;

  if (aside == NULL)
    return FALSE;
  g_string_truncate (keys, 0);
  for (guint t = 0; t < tasks->len; t++)
    g_string_append_printf (keys, "%s ", ((SagTaskRow *) g_ptr_array_index (tasks, t))->key);
  for (guint t = 0; t < aside->len; t++)
    g_string_append_printf (keys, "(%s)", ((SagTaskRow *) g_ptr_array_index (aside, t))->key);
  return TRUE;
}

typedef struct
{
  gint64 task;
  guint  place;
} Move;

static gboolean
move_task (SagDb *db, gpointer data, GError **error)
{
  const Move *move = data;

  return sag_tasks_move (db, move->task, move->place, error);
}

static gboolean
put_aside (SagDb *db, gpointer data, GError **error)
{
  return sag_tasks_put_aside (db, *(gint64 *) data, error);
}

static gboolean
put_again (SagDb *db, gpointer data, GError **error)
{
  SagTaskRow row = { .key = (char *) "a", .wording = (char *) "a again", .colour = 1 };

  return sag_tasks_put (db, &row, error) && row.id == *(gint64 *) data;
}

static void
assert_tasks (Fixture *fixture, const char *keys)
{
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_true (sag_store_run (fixture->store, list_keys, found, NULL));
  g_assert_cmpstr (found->str, ==, keys);
}

/* Tasks move to any place; what is put aside is in no list, and comes back at the end, the same as it was. */
static void
test_task_order (Fixture *fixture, gconstpointer data)
{
  gint64 a = add_task (fixture->store, "a");
  Move   move;

  add_task (fixture->store, "b");
  move.task = add_task (fixture->store, "c");
  move.place = 0;
  g_assert_true (sag_store_run (fixture->store, move_task, &move, NULL));
  assert_tasks (fixture, "c a b ");
  move.place = 1;
  g_assert_true (sag_store_run (fixture->store, move_task, &move, NULL));
  assert_tasks (fixture, "a c b ");
  move.place = 99;
  g_assert_true (sag_store_run (fixture->store, move_task, &move, NULL));
  assert_tasks (fixture, "a b c ");
  g_assert_true (sag_store_run (fixture->store, put_aside, &a, NULL));
  assert_tasks (fixture, "b c (a)");
  g_assert_true (sag_store_run (fixture->store, put_again, &a, NULL));
  assert_tasks (fixture, "b c a ");
  g_assert_true (sag_store_run (fixture->store, put_aside, &a, NULL));
  move = (Move){ a, 1 };
  g_assert_true (sag_store_run (fixture->store, move_task, &move, NULL));
  assert_tasks (fixture, "b a c ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/project/words", test_words);
  g_test_add ("/store/project/cases", Fixture, NULL, set_up, test_cases, tear_down);
  g_test_add ("/store/project/archive", Fixture, NULL, set_up, test_archive, tear_down);
  g_test_add ("/store/project/labels", Fixture, NULL, set_up, test_labels, tear_down);
  g_test_add ("/store/project/records", Fixture, NULL, set_up, test_records, tear_down);
  g_test_add ("/store/project/task-order", Fixture, NULL, set_up, test_task_order, tear_down);
  g_test_add ("/store/project/worklist", Fixture, NULL, set_up, test_worklist, tear_down);
  return g_test_run ();
}
