/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/project-private.h"
#include "app/cli/table.h"

#include "model/core/json-writer.h"
#include "model/export/readings.h"

#include <stdio.h>

typedef struct
{
  const SagReadings *readings;
  SagJsonWriter     *writer;
  SagCliTable       *table;
} Report;

static void
report_pair (Report *report, const char *key, const SagReadingPair *pair)
{
  const SagKappa  *kappa = &pair->kappa;
  const char      *first = report->readings->readers[pair->first];
  const char      *second = report->readings->readers[pair->second];
  g_autofree char *title = g_strdup_printf ("%s: %s, %s", key, first, second);

  sag_cli_table_begin (report->table, title);
  sag_cli_table_add (report->table, "%u",
                     kappa->both + kappa->first + kappa->second + kappa->neither);
  sag_cli_table_number (report->table, kappa->kappa, 2);
  sag_cli_table_number (report->table, kappa->prevalence, 2);
  sag_cli_table_number (report->table, kappa->positive, 2);
  sag_cli_table_number (report->table, kappa->negative, 2);
  sag_json_begin_object (report->writer, NULL);
  sag_json_string (report->writer, "first", first);
  sag_json_string (report->writer, "second", second);
  sag_json_integer (report->writer, "both", kappa->both);
  sag_json_integer (report->writer, "only_first", kappa->first);
  sag_json_integer (report->writer, "only_second", kappa->second);
  sag_json_integer (report->writer, "neither", kappa->neither);
  sag_json_number (report->writer, "kappa", kappa->kappa);
  sag_json_number (report->writer, "observed", kappa->observed);
  sag_json_number (report->writer, "prevalence", kappa->prevalence);
  sag_json_number (report->writer, "bias_index", kappa->bias_index);
  sag_json_number (report->writer, "positive_agreement", kappa->positive);
  sag_json_number (report->writer, "negative_agreement", kappa->negative);
  sag_json_end_object (report->writer);
}

static void
report_task (Report *report, const SagTaskReadings *task)
{
  sag_json_begin_object (report->writer, NULL);
  sag_json_string (report->writer, "task", task->task->key);
  sag_json_integer (report->writer, "cases", task->n_cases);
  sag_json_integer (report->writer, "differ", task->n_differ);
  sag_json_number (report->writer, "krippendorff_alpha", task->alpha);
  sag_json_begin_array (report->writer, "pairs");
  for (guint p = 0; p < task->pairs->len; p++)
    report_pair (report, task->task->key, &g_array_index (task->pairs, SagReadingPair, p));
  sag_json_end_array (report->writer);
  sag_json_end_object (report->writer);
}

/* Dice of what every two readers painted for one task of a case. */
static void
report_masks (Report *report, const SagDifference *difference, gboolean print)
{
  for (guint p = 0; difference->pairs != NULL && p < difference->pairs->len; p++)
    {
      const SagMaskPair *pair = &g_array_index (difference->pairs, SagMaskPair, p);
      const char        *first = report->readings->readers[pair->first];
      const char        *second = report->readings->readers[pair->second];

      sag_json_begin_object (report->writer, NULL);
      sag_json_string (report->writer, "case", difference->one->name);
      sag_json_string (report->writer, "task", difference->task->key);
      sag_json_string (report->writer, "first", first);
      sag_json_string (report->writer, "second", second);
      sag_json_number (report->writer, "dice", pair->dice);
      sag_json_end_object (report->writer);
      if (print)
        printf ("%s, %s: %s and %s, Dice %.3f\n", difference->one->name, difference->task->key,
                first, second, pair->dice);
    }
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
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagReadings) readings = NULL;
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
  readings = store != NULL ? sag_readings_load (store, NULL, &error) : NULL;
  if (readings == NULL)
    return sag_cli_fail (error);
  report = (Report){ readings, writer, table };
  sag_json_begin_object (writer, NULL);
  sag_json_begin_array (writer, "tasks");
  for (guint t = 0; t < readings->tasks->len; t++)
    report_task (&report, g_ptr_array_index (readings->tasks, t));
  sag_json_end_array (writer);
  if (!json)
    sag_cli_table_print (table);
  sag_json_begin_array (writer, "masks");
  for (guint d = 0; d < readings->differences->len; d++)
    report_masks (&report, g_ptr_array_index (readings->differences, d), !json);
  sag_json_end_array (writer);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  if (json)
    fputs (text, stdout);
  return SAG_CLI_DONE;
}
