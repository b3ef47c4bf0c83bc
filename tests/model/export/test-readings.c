/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/export/export-fixture.h"
#include "tests/model/mask/make-mask.h"

#include "model/core/error.h"
#include "model/export/import.h"
#include "model/core/error.h"
#include "model/export/readings.h"
#include "model/export/samples.h"
#include "model/store/decisions.h"
#include "model/store/share.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gint64        one;
  gint64        task;
  const char   *reader;
  SagLabelValue value;
  const char   *mask; /* UUID */
  int           from; /* voxels along i */
  int           to;
} Reading;

static gboolean
put_label (SagDb *db, gpointer data, GError **error)
{
  const Reading    *reading = data;
  const SagLabelRow row = { .case_id = reading->one,
                            .task_id = reading->task,
                            .reader = (char *) reading->reader,
                            .value = reading->value,
                            .certainty = -1 };

  return sag_labels_put (db, &row, error);
}

static void
say (ExportFixture *fixture, gint64 one, const char *reader, SagLabelValue value)
{
  Reading reading = { one, fixture->task, reader, value, NULL, 0, 0 };
  g_autoptr (GError) error = NULL;

  sag_store_run (fixture->store, put_label, &reading, &error);
  g_assert_no_error (error);
}

static gboolean
put_mask (SagDb *db, gpointer data, GError **error)
{
  const Reading     *reading = data;
  const SagGeometry  grid = make_grid (0);
  const gsize        n = (gsize) sag_geometry_n_voxels (&grid);
  g_autofree guint8 *voxels = g_malloc0 (n);
  g_autoptr (SagMask) mask = NULL;
  g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Nodule", "nodule", 0x56B4E9);

  for (int i = reading->from; i < reading->to; i++)
    voxels[i] = 1;
  mask = sag_mask_new_from_voxels (&grid, voxels);
  g_free (info->id);
  info->id = g_strdup (reading->mask);
  return sag_masks_put (db, reading->one, info, mask, reading->reader, error);
}

static void
paint (ExportFixture *fixture, gint64 one, const char *reader, const char *uuid, int from, int to)
{
  Reading reading = { one, fixture->task, reader, SAG_LABEL_VALUE_NONE, uuid, from, to };
  g_autoptr (GError) error = NULL;

  sag_store_run (fixture->store, put_mask, &reading, &error);
  g_assert_no_error (error);
}

static SagReadings *
load (ExportFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SagReadings *readings = sag_readings_load (fixture->store, NULL, &error);

  g_assert_no_error (error);
  return readings;
}

/* Two of four cases present, one difference, and a word that is no yes or no. */
static void
test_labels (ExportFixture *fixture, gconstpointer data)
{
  static const SagLabelValue words[][2] = {
    { SAG_LABEL_VALUE_PRESENT, SAG_LABEL_VALUE_PRESENT },
    { SAG_LABEL_VALUE_ABSENT, SAG_LABEL_VALUE_ABSENT },
    { SAG_LABEL_VALUE_PRESENT, SAG_LABEL_VALUE_ABSENT },
    { SAG_LABEL_VALUE_ABSENT, SAG_LABEL_VALUE_ABSENT },
    { SAG_LABEL_VALUE_UNSURE, SAG_LABEL_VALUE_PRESENT },
    { SAG_LABEL_VALUE_PRESENT, SAG_LABEL_VALUE_NONE },
  };
  g_autoptr (SagReadings) readings = NULL;
  const SagTaskReadings *task;
  const SagReadingPair  *pair;
  const SagDifference   *difference;

  for (gsize c = 0; c < G_N_ELEMENTS (words); c++)
    {
      g_autofree char *name = g_strdup_printf ("case-%d", (int) c);
      const gint64     one = add_case (fixture->store, name);

      say (fixture, one, "Ann", words[c][0]);
      if (words[c][1] != SAG_LABEL_VALUE_NONE)
        say (fixture, one, "Ben", words[c][1]);
    }
  readings = load (fixture);
  g_assert_cmpuint (readings->n_readers, ==, 2);
  g_assert_cmpuint (readings->tasks->len, ==, 1);
  task = g_ptr_array_index (readings->tasks, 0);
  g_assert_cmpuint (task->n_cases, ==, 5);
  g_assert_cmpuint (task->n_differ, ==, 2);
  pair = &g_array_index (task->pairs, SagReadingPair, 0);
  g_assert_cmpuint (pair->kappa.both, ==, 1);
  g_assert_cmpuint (pair->kappa.first, ==, 1);
  g_assert_cmpuint (pair->kappa.second, ==, 0);
  g_assert_cmpuint (pair->kappa.neither, ==, 2);
  g_assert_cmpfloat_with_epsilon (pair->kappa.kappa, 0.5, 1e-12); /* (3/4 - 1/2) / (1 - 1/2) */
  g_assert_cmpfloat_with_epsilon (pair->kappa.positive, 2.0 / 3, 1e-12);
  /* 3 present and 5 absent ratings of cases that both rated; one case differs: 1 - 7 * 2 / (2 * 3 * 5) */
  g_assert_cmpfloat_with_epsilon (task->alpha, 1 - 14.0 / 30, 1e-12);
  g_assert_cmpuint (readings->differences->len, ==, 2);
  difference = g_ptr_array_index (readings->differences, 1);
  g_assert_cmpstr (difference->one->name, ==, "case-4");
  g_assert_cmpint (difference->values[0], ==, SAG_LABEL_VALUE_UNSURE);
  g_assert_cmpint (difference->values[1], ==, SAG_LABEL_VALUE_PRESENT);
}

typedef struct
{
  gint64           one;
  gint64           task;
  SagLabelValue    value;
  SagMaskOperation operation;
  gboolean         masks;
} Decision;

static gboolean
decide_label (SagDb *db, gpointer data, GError **error)
{
  const Decision *decision = data;

  return sag_decide_label (db, decision->one, decision->task, decision->value, error);
}

static gboolean
decide_mask (SagDb *db, gpointer data, GError **error)
{
  static const char *const masks[] = { "anns", "bens", NULL };
  const Decision          *decision = data;

  return sag_decide_mask (db, decision->one, decision->task, masks, decision->operation, "Final",
                          NULL, error);
}

static gboolean
forget (SagDb *db, gpointer data, GError **error)
{
  const Decision *decision = data;

  return sag_reviews_forget (db, decision->one, decision->task, decision->masks, error);
}

/* Several masks of one reader for a task are one reading: all of them together. */
static void
test_several (ExportFixture *fixture, gconstpointer data)
{
  const gint64 one = add_case (fixture->store, "case");
  g_autoptr (SagReadings) readings = NULL;
  const SagDifference *difference;

  paint (fixture, one, "Ann", "anns", 0, 4);
  paint (fixture, one, "Ann", "more", 6, 10);
  paint (fixture, one, "Ben", "bens", 0, 8);
  readings = load (fixture);
  g_assert_cmpuint (readings->differences->len, ==, 1);
  difference = g_ptr_array_index (readings->differences, 0);
  g_assert_cmpuint (difference->masks->len, ==, 3);
  g_assert_cmpuint (difference->pairs->len, ==, 1);
  g_assert_cmpfloat_with_epsilon (sag_difference_get_dice (difference), 2.0 * 6 / (8 + 8), 1e-12);
}

static gboolean
decide_several (SagDb *db, gpointer data, GError **error)
{
  static const char *const masks[] = { "anns", "more", "bens", NULL };
  const Decision          *decision = data;

  return sag_decide_mask (db, decision->one, decision->task, masks, SAG_MASK_INTERSECTION, "Final",
                          NULL, error);
}

static SagConsensus
get_word (ExportFixture *fixture, const Decision *decision)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProject) project = sag_project_load (fixture->store, &error);

  g_assert_no_error (error);
  return sag_project_get_consensus (project, decision->one, decision->task, NULL);
}

/* The latest word counts, until it is taken back; readings stay as they are; tables take the word with them. */
static void
test_decide_label (ExportFixture *fixture, gconstpointer data)
{
  g_autofree char *table = g_build_filename (fixture->folder, "labels.csv", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "b.sagitta", NULL);
  g_autofree char *text = NULL;
  g_autoptr (SagProject) project = NULL;
  g_autoptr (SagProject) elsewhere = NULL;
  g_autoptr (SagProject) read = NULL;
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GError) error = NULL;
  Decision  decision = { add_case (fixture->store, "a"), fixture->task };
  SagStore *copy;

  say (fixture, decision.one, "Ann", SAG_LABEL_VALUE_PRESENT);
  say (fixture, decision.one, "Ben", SAG_LABEL_VALUE_ABSENT);
  g_assert_true (get_word (fixture, &decision).differ);
  g_assert_false (sag_store_run (fixture->store, decide_label, &decision, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "decision");
  decision.value = SAG_LABEL_VALUE_ABSENT;
  g_assert_true (sag_store_run (fixture->store, decide_label, &decision, &error));
  decision.value = SAG_LABEL_VALUE_PRESENT;
  g_assert_true (sag_store_run (fixture->store, decide_label, &decision, &error));
  g_assert_cmpint (get_word (fixture, &decision).value, ==, SAG_LABEL_VALUE_PRESENT);
  g_assert_false (get_word (fixture, &decision).differ);

  sag_exported_init (&exported);
  project = sag_project_load (fixture->store, &error);
  g_assert_true (sag_export_labels (project, table, &exported, &error));
  g_assert_cmpuint (exported.n_rows, ==, 3);
  g_assert_true (g_file_get_contents (table, &text, NULL, &error));
  g_assert_nonnull (strstr (text, "Cleo,present"));
  g_assert_true (sag_store_flush (fixture->store, &error));
  g_assert_true (sag_store_split (fixture->path, other, "Dan", FALSE, &error));
  copy = sag_store_open (other, SAG_STORE_WRITE, NULL, &error);
  elsewhere = sag_project_load (copy, &error);
  g_assert_true (sag_import_table (elsewhere, table, NULL, FALSE, &exported, NULL, &error));
  g_assert_no_error (error);
  read = sag_project_load (copy, &error);
  g_assert_cmpuint (read->labels->len, ==, 2);
  g_assert_cmpuint (read->reviews->len, ==, 1);
  g_assert_cmpstr (((SagReviewRow *) read->reviews->pdata[0])->reader, ==, "Cleo");
  sag_store_free (copy);

  g_assert_true (sag_store_run (fixture->store, forget, &decision, &error));
  g_assert_true (get_word (fixture, &decision).differ);
}

static gboolean
see_mask (const SagExportSample *sample, gpointer user_data, GError **error)
{
  *(gint64 *) user_data = sample->mask != NULL ? sag_mask_count (sample->mask->mask) : 0;
  return TRUE;
}

static gint64
count_exported (ExportFixture *fixture, const char *reader)
{
  const SagTrainingOptions options = { reader, TRUE, FALSE, { 100, 0, 0 } };
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProject) project = sag_project_load (fixture->store, &error);
  gint64 n = -1;

  sag_exported_init (&exported);
  sag_export_samples (project, &options, see_mask, &n, &exported, NULL, &error);
  g_assert_no_error (error);
  return n;
}

/* The mask that counts is one more, which exports take; it is no reading, and no reader's copy has it. */
static void
test_decide_mask (ExportFixture *fixture, gconstpointer data)
{
  g_autofree char *anns = g_build_filename (fixture->folder, "ann.sagitta", NULL);
  Decision         decision = { add_case (fixture->store, "a"), fixture->task };
  g_autoptr (SagReadings) readings = NULL;
  g_autoptr (SagReadings) again = NULL;
  g_autoptr (SagReadings) after = NULL;
  g_autoptr (SagReadings) anns_readings = NULL;
  const SagDifference *difference;
  g_autoptr (GError) error = NULL;
  SagStore *copy;

  paint (fixture, decision.one, "Ann", "anns", 0, 8);
  paint (fixture, decision.one, "Ben", "bens", 4, 10);
  readings = load (fixture);
  g_assert_cmpuint (readings->differences->len, ==, 1);
  difference = g_ptr_array_index (readings->differences, 0);
  g_assert_cmpuint (difference->masks->len, ==, 2);
  g_assert_cmpfloat_with_epsilon (sag_difference_get_dice (difference), 8.0 / 14, 1e-12);

  decision.operation = SAG_MASK_UNION;
  g_assert_true (sag_store_run (fixture->store, decide_mask, &decision, &error));
  g_assert_cmpint (count_exported (fixture, NULL), ==, 10);
  g_assert_cmpint (count_exported (fixture, "Ben"), ==, 6);
  g_assert_cmpint (count_exported (fixture, "Cleo"), ==, -1); /* no sample at all */
  decision.operation = SAG_MASK_INTERSECTION;
  g_assert_true (sag_store_run (fixture->store, decide_mask, &decision, &error));
  g_assert_cmpint (count_exported (fixture, NULL), ==, 4);
  again = load (fixture);
  g_assert_cmpuint (((SagDifference *) g_ptr_array_index (again->differences, 0))->masks->len, ==,
                    2);

  g_assert_true (sag_store_flush (fixture->store, &error));
  g_assert_true (sag_store_split (fixture->path, anns, "Cleo", FALSE, &error));
  g_assert_no_error (error);
  copy = sag_store_open (anns, SAG_STORE_READ, NULL, &error);
  anns_readings = sag_readings_load (copy, NULL, &error);
  g_assert_cmpuint (anns_readings->n_readers, ==, 0);
  g_clear_pointer (&anns_readings, sag_readings_free);
  sag_store_free (copy);

  decision.masks = TRUE;
  g_assert_true (sag_store_run (fixture->store, forget, &decision, &error));
  g_assert_cmpint (count_exported (fixture, NULL), ==, 8); /* the first, as before */
  /* What was decided on is no reading of who decided. */
  g_assert_cmpint (count_exported (fixture, "Cleo"), ==, -1);
  after = load (fixture);
  g_assert_cmpuint (((SagDifference *) g_ptr_array_index (after->differences, 0))->masks->len, ==,
                    2);
  g_assert_null (sag_project_get_decision (after->project, decision.one, decision.task, TRUE));
  decision.operation = SAG_MASK_UNION;
  g_assert_true (sag_store_run (fixture->store, decide_mask, &decision, &error));
  g_assert_cmpint (count_exported (fixture, NULL), ==, 10);
}

/* What both have is what each has in any mask; and a reader's masks are trained on together. */
static void
test_several_decided (ExportFixture *fixture, gconstpointer data)
{
  const gint64 one = add_case (fixture->store, "case");
  Decision     decision = { .one = one, .task = fixture->task };
  g_autoptr (GError) error = NULL;

  paint (fixture, one, "Ann", "anns", 0, 4);
  paint (fixture, one, "Ann", "more", 6, 10);
  paint (fixture, one, "Ben", "bens", 0, 8);
  g_assert_cmpint (count_exported (fixture, "Ann"), ==, 8);
  g_assert_cmpint (count_exported (fixture, "Ben"), ==, 8);
  sag_store_run (fixture->store, decide_several, &decision, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_exported (fixture, NULL), ==, 6);
}

/* Every pair of readers is compared on every case. */
static void
test_too_many_readers (ExportFixture *fixture, gconstpointer data)
{
  const gint64 one = add_case (fixture->store, "case");
  g_autoptr (GError) error = NULL;

  for (int r = 0; r < 257; r++)
    {
      g_autofree char *reader = g_strdup_printf ("reader-%d", r);

      say (fixture, one, reader, SAG_LABEL_VALUE_PRESENT);
    }
  g_assert_null (sag_readings_load (fixture->store, NULL, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "has 257 readers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/export/" name, ExportFixture, "Cleo", export_fixture_set_up, func,                 \
              export_fixture_tear_down)
  ADD ("readings/labels", test_labels);
  ADD ("readings/decide-label", test_decide_label);
  ADD ("readings/decide-mask", test_decide_mask);
  ADD ("readings/several", test_several);
  ADD ("readings/several-decided", test_several_decided);
  ADD ("readings/too-many-readers", test_too_many_readers);
#undef ADD
  return g_test_run ();
}
