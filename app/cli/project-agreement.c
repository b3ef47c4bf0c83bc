/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/project-private.h"
#include "app/cli/table.h"

#include "model/core/json-writer.h"
#include "model/mask/combine.h"
#include "model/store/agreement.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const SagProject *project;
  char            **readers;
  guint             n_readers;
  SagJsonWriter    *writer;
  SagCliTable      *table;
} Report;

/* Each case's words: (cases, readers); only present (1) and absent (0) count. */
static guint8 *
dup_words (const Report *report, gint64 task_id)
{
  const guint n = report->n_readers;
  guint8     *words = g_malloc (MAX (report->project->cases->len * n, 1));

  memset (words, SAG_ALPHA_MISSING, report->project->cases->len * n);
  for (guint l = 0; l < report->project->labels->len; l++)
    {
      const SagLabelRow *label = g_ptr_array_index (report->project->labels, l);

      if (label->task_id != task_id ||
          (label->value != SAG_LABEL_VALUE_PRESENT && label->value != SAG_LABEL_VALUE_ABSENT))
        continue;
      for (guint c = 0; c < report->project->cases->len; c++)
        for (guint r = 0; r < n; r++)
          if (((SagCaseRow *) g_ptr_array_index (report->project->cases, c))->id ==
                label->case_id &&
              strcmp (report->readers[r], label->reader) == 0)
            words[c * n + r] = label->value == SAG_LABEL_VALUE_PRESENT;
    }
  return words;
}

static void
add_pair (Report *report, const char *key, const guint8 *words, guint a, guint b)
{
  const guint      n = report->n_readers;
  SagKappa         kappa = { 0 };
  g_autofree char *title =
    g_strdup_printf ("%s: %s, %s", key, report->readers[a], report->readers[b]);

  for (guint c = 0; c < report->project->cases->len; c++)
    {
      const guint8 x = words[c * n + a], y = words[c * n + b];

      if (x == SAG_ALPHA_MISSING || y == SAG_ALPHA_MISSING)
        continue;
      kappa.both += x && y;
      kappa.first += x && !y;
      kappa.second += !x && y;
      kappa.neither += !x && !y;
    }
  sag_kappa_compute (&kappa);
  sag_cli_table_begin (report->table, title);
  sag_cli_table_add (report->table, "%u", kappa.both + kappa.first + kappa.second + kappa.neither);
  sag_cli_table_number (report->table, kappa.kappa, 2);
  sag_cli_table_number (report->table, kappa.prevalence, 2);
  sag_cli_table_number (report->table, kappa.positive, 2);
  sag_cli_table_number (report->table, kappa.negative, 2);
  sag_json_begin_object (report->writer, NULL);
  sag_json_string (report->writer, "first", report->readers[a]);
  sag_json_string (report->writer, "second", report->readers[b]);
  sag_json_integer (report->writer, "both", kappa.both);
  sag_json_integer (report->writer, "only_first", kappa.first);
  sag_json_integer (report->writer, "only_second", kappa.second);
  sag_json_integer (report->writer, "neither", kappa.neither);
  sag_json_number (report->writer, "kappa", kappa.kappa);
  sag_json_number (report->writer, "observed", kappa.observed);
  sag_json_number (report->writer, "prevalence", kappa.prevalence);
  sag_json_number (report->writer, "bias_index", kappa.bias_index);
  sag_json_number (report->writer, "positive_agreement", kappa.positive);
  sag_json_number (report->writer, "negative_agreement", kappa.negative);
  sag_json_end_object (report->writer);
}

static void
report_task (Report *report, const SagTaskRow *task)
{
  g_autofree guint8 *words = dup_words (report, task->id);

  sag_json_begin_object (report->writer, NULL);
  sag_json_string (report->writer, "task", task->key);
  sag_json_number (report->writer, "krippendorff_alpha",
                   sag_krippendorff_alpha (words, report->project->cases->len, report->n_readers));
  sag_json_begin_array (report->writer, "pairs");
  for (guint a = 0; a < report->n_readers; a++)
    for (guint b = a + 1; b < report->n_readers; b++)
      add_pair (report, task->key, words, a, b);
  sag_json_end_array (report->writer);
  sag_json_end_object (report->writer);
}

/* Dice of all pairs of masks of one task and case by different readers. */
static gboolean
report_masks (Report *report, gboolean print, GError **error)
{
  sag_json_begin_array (report->writer, "masks");
  for (guint c = 0; c < report->project->cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (report->project->cases, c);
      g_autoptr (GPtrArray) masks = sag_project_load_masks (report->project, one, error);

      if (masks == NULL)
        return FALSE;
      for (guint a = 0; a < masks->len; a++)
        for (guint b = a + 1; b < masks->len; b++)
          {
            const SagStoredMask *x = g_ptr_array_index (masks, a),
                                *y = g_ptr_array_index (masks, b);

            if (x->info->key == NULL || g_strcmp0 (x->info->key, y->info->key) != 0 ||
                strcmp (x->reader, y->reader) == 0)
              continue;
            sag_json_begin_object (report->writer, NULL);
            sag_json_string (report->writer, "case", one->name);
            sag_json_string (report->writer, "task", x->info->key);
            sag_json_string (report->writer, "first", x->reader);
            sag_json_string (report->writer, "second", y->reader);
            sag_json_number (report->writer, "dice", sag_mask_dice (x->mask, y->mask));
            sag_json_end_object (report->writer);
            if (print)
              printf ("%s, %s: %s and %s, Dice %.3f\n", one->name, x->info->key, x->reader,
                      y->reader, sag_mask_dice (x->mask, y->mask));
          }
    }
  sag_json_end_array (report->writer);
  return TRUE;
}

static gboolean
list_readers (SagDb *db, gpointer data, GError **error)
{
  *(char ***) data = sag_labels_list_readers (db, error);
  return *(char ***) data != NULL;
}

int
sag_cli_project_agreement (int argc, char **argv)
{
  static const char *const heading[] = { "task and readers", "cases",    "kappa", "prevalence",
                                         "positive",         "negative", NULL };
  gboolean                 json = FALSE;
  const GOptionEntry       entries[] = {
          { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
          { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_auto (GStrv) readers = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagProject) project = NULL;
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autoptr (SagCliTable) table = sag_cli_table_new (heading);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  Report report;

  if (!sag_cli_parse (argc, argv, "project agreement FILE",
                      "Says how well readers agree: Cohen's kappa with prevalence and specific "
                      "agreement, Krippendorff's\nalpha, and Dice of masks of the same task. Only "
                      "present and absent count.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  store = sag_cli_project_open (rest[0], FALSE, NULL, &error);
  project = store != NULL ? sag_project_load (store, &error) : NULL;
  if (project == NULL || !sag_store_run (store, list_readers, &readers, &error))
    return sag_cli_fail (error);
  report = (Report){ project, readers, g_strv_length (readers), writer, table };
  sag_json_begin_object (writer, NULL);
  sag_json_begin_array (writer, "tasks");
  for (guint t = 0; t < project->tasks->len; t++)
    report_task (&report, g_ptr_array_index (project->tasks, t));
  sag_json_end_array (writer);
  if (!json)
    sag_cli_table_print (table);
  if (!report_masks (&report, !json, &error))
    return sag_cli_fail (error);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  if (json)
    fputs (text, stdout);
  return SAG_CLI_DONE;
}
