/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/evaluate.h"

#include "model/answer/answer.h"
#include "model/core/number.h"
#include "model/core/version.h"
#include "model/dataset/rows.h"

#include <math.h>

static void
write_bundles (const SagCliEvaluation *self, SagJsonWriter *writer)
{
  sag_json_begin_array (writer, "bundles");
  for (gsize m = 0; m < self->n_models; m++)
    {
      sag_json_begin_object (writer, NULL);
      sag_json_string (writer, "name", sag_bundle_get_name (self->bundles[m]));
      sag_json_string (writer, "sha256", sag_bundle_get_sha256 (self->bundles[m]));
      sag_json_boolean (writer, "trained", sag_bundle_is_trained (self->bundles[m]));
      sag_json_boolean (writer, "synthetic", sag_bundle_is_synthetic (self->bundles[m]));
      sag_json_string (writer, "engine", self->infos[m].engine);
      sag_json_string (writer, "device", self->infos[m].device);
      sag_json_string (writer, "precision", self->infos[m].precision);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
}

char *
sag_cli_evaluation_dup_json (const SagCliEvaluation *self)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (self->evaluation);
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_auto (GStrv) notes = sag_cli_evaluation_dup_notes (self);

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "format", SAG_REPORT_FORMAT);
  sag_json_integer (writer, "version", SAG_REPORT_VERSION);
  sag_json_string (writer, "manifest", self->manifest);
  sag_json_string (writer, "split", self->split);
  write_bundles (self, writer);
  sag_json_strings (writer, "warnings", sag_dataset_get_warnings (self->dataset));
  sag_json_begin_object (writer, "holdout");
  sag_json_integer (writer, "looks", self->looks.n);
  sag_json_integer (writer, "bundles", self->looks.n_bundles);
  sag_json_end_object (writer);
  if (self->source->snapshot != NULL || notes[0] != NULL)
    sag_json_strings (writer, "notes", (const char *const *) notes);
  sag_report_write (self->report, writer);
  sag_report_write_cases (self->report, writer, self->source->snapshot != NULL);
  sag_json_number (writer, "seconds", round (counts->seconds * 1e3) / 1e3);
  sag_json_string (writer, "program", sag_version_get ());
  sag_json_string (writer, "commit", sag_version_get_commit ());
  sag_json_string (writer, "notice", "Research use, not a medical device");
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

static void
append_number (GString *text, double value)
{
  char buffer[SAG_NUMBER_BUFFER];

  g_string_append_c (text, ',');
  if (!isnan (value))
    g_string_append (text, sag_number_format (value, buffer));
}

static void
append_outcome (const SagEvaluation    *evaluation,
                GString                *text,
                const SagEvaluationRow *row,
                gsize                   model)
{
  const SagOutcome *outcome = &row->outcomes[model];
  gboolean          detects = sag_evaluation_detects (evaluation, row, model);
  gboolean          present = row->sample->mask != NULL && outcome->map.present &&
                     sag_evaluation_get_counts (evaluation)->has_map[model];

  append_number (text, detects ? NAN : outcome->score);
  append_number (text, detects ? outcome->score : NAN);
  append_number (text, present ? outcome->map.hit : NAN);
  append_number (text, present ? outcome->map.strict_hit : NAN);
  append_number (text, present ? outcome->map.distance_mm : NAN);
  append_number (text, present ? outcome->map.dice : NAN);
  append_number (text, present ? outcome->map.best_dice : NAN);
}

char *
sag_cli_evaluation_dup_csv (const SagCliEvaluation *self)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (self->evaluation);
  static const char *const   columns[] = { "logit",  "peak_score", "hit",      "strict_hit",
                                           "off_mm", "dice",       "best_dice" };
  g_autoptr (GString) text = g_string_new ("line,scan,patient,question,truth");

  for (gsize m = 0; m < counts->n_models; m++)
    for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
      g_string_append_printf (text, ",%s%s", columns[c], m == 0 ? "" : "_b");
  g_string_append_c (text, '\n');
  for (gsize i = 0; i < counts->n_rows; i++)
    {
      const SagEvaluationRow *row = sag_evaluation_get_row (self->evaluation, i);

      if (!row->answered)
        continue;
      g_string_append_printf (text, "%u,%u,%u,", row->sample->line, row->scan, row->patient);
      sag_rows_append_cell (text, row->sample->question);
      append_number (text, row->truth >= 0 ? row->truth : NAN);
      for (gsize m = 0; m < counts->n_models; m++)
        append_outcome (self->evaluation, text, row, m);
      g_string_append_c (text, '\n');
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
