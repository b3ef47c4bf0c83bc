/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/compose-private.h"

#include "model/core/file.h"
#include "model/dataset/rows.h"

#include <string.h>

#define N_FIELDS 8

static const char *const fields[N_FIELDS] = { "question",   "img_file_path",  "label",
                                              "split",      "mask_file_path", "mask_values",
                                              "patient_id", "study_id" };

/* From the manifest's folder where it lies below that. */
static char *
dup_path (const char *path, const char *folder)
{
  g_autofree char *prefix = g_strconcat (folder, G_DIR_SEPARATOR_S, NULL);

  return g_strdup (g_str_has_prefix (path, prefix) ? path + strlen (prefix) : path);
}

static char *
dup_values (const SagTask *organ)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; organ != NULL && i < organ->n_target_ids; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? ";" : "", organ->target_ids[i]);
  return g_string_free (text, FALSE);
}

static void
fill_fields (const SagComposition *self,
             const SagComposeRow  *row,
             const char           *folder,
             char                 *values[N_FIELDS])
{
  const SagComposeScan *scan = self->scans->pdata[row->scan];
  const SagComposeTask *task = self->tasks->pdata[row->task];
  const char           *mask = row->segment != NULL ? scan->mask : scan->nodules;

  values[0] = g_strdup (task->question);
  values[1] = dup_path (scan->path, folder);
  values[2] = row->label >= 0 ? g_strdup (row->label > 0 ? "1" : "0") : g_strdup ("");
  values[3] = g_strdup (sag_split_to_string ((SagSplit) scan->split));
  values[4] = row->label < 0 ? dup_path (mask, folder) : g_strdup ("");
  values[5] = row->label < 0 ? dup_values (row->segment) : g_strdup ("");
  values[6] = g_strdup (scan->patient != NULL ? scan->patient : "");
  values[7] = g_strdup (scan->study != NULL ? scan->study : "");
}

static void
append_row (GString *text, char *values[N_FIELDS], gboolean json)
{
  gboolean first = TRUE;

  if (json)
    g_string_append_c (text, '{');
  for (gsize i = 0; i < N_FIELDS; i++)
    {
      g_autofree char *value = values[i];

      if (json && value[0] == '\0')
        continue;
      if (!first)
        g_string_append (text, json ? ", " : ",");
      first = FALSE;
      if (!json)
        sag_rows_append_cell (text, value);
      else
        {
          g_string_append_printf (text, "\"%s\": ", fields[i]);
          sag_json_append_string (text, value);
        }
    }
  g_string_append (text, json ? "}\n" : "\n");
}

gboolean
sag_composition_save (const SagComposition *composition, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  gboolean         json = g_str_has_suffix (path, ".jsonl");

  for (gsize i = 0; !json && i < N_FIELDS; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", fields[i]);
  if (!json)
    g_string_append_c (text, '\n');
  for (guint i = 0; i < composition->rows->len; i++)
    {
      char *values[N_FIELDS];

      fill_fields (composition, &g_array_index (composition->rows, SagComposeRow, i), folder,
                   values);
      append_row (text, values, json);
    }
  return sag_file_save (path, text->str, text->len, error);
}

static void
write_splits (SagJsonWriter *writer, const char *name, const gsize values[SAG_N_SPLITS])
{
  sag_json_begin_object (writer, name);
  for (int s = 0; s < SAG_N_SPLITS; s++)
    sag_json_integer (writer, sag_split_to_string ((SagSplit) s), (gint64) values[s]);
  sag_json_end_object (writer);
}

static void
write_task (SagJsonWriter *writer, const SagComposeTask *task)
{
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "task", task->question);
  sag_json_string (writer, "column", task->column);
  sag_json_boolean (writer, "of_catalogue", task->of_catalogue);
  write_splits (writer, "positives", task->n_positives);
  write_splits (writer, "negatives", task->n_negatives);
  write_splits (writer, "negatives_left_out", task->n_left_out);
  sag_json_integer (writer, "censored", (gint64) task->n_censored);
  sag_json_integer (writer, "empty", (gint64) task->n_empty);
  sag_json_end_object (writer);
}

void
sag_composition_write (const SagComposition *composition, SagJsonWriter *writer)
{
  static const char *const balances[] = { "train", "all", "none" };
  const SagComposeCounts  *counts = &composition->counts;

  sag_json_integer (writer, "seed", (gint64) composition->seed);
  sag_json_string (writer, "balanced", balances[composition->balance]);
  sag_json_number (writer, "organ_share", composition->organ_share);
  sag_json_integer (writer, "nodule_repeat", composition->nodule_repeat);
  write_splits (writer, "scans", counts->n_scans);
  write_splits (writer, "patients", counts->n_patients);
  write_splits (writer, "rows", counts->n_rows);
  sag_json_integer (writer, "missing_scans", (gint64) counts->n_missing);
  sag_json_integer (writer, "scans_with_masks", (gint64) counts->n_with_masks);
  sag_json_integer (writer, "organ_rows", (gint64) counts->n_organ_rows);
  sag_json_integer (writer, "nodule_masks", (gint64) counts->n_nodule_masks);
  sag_json_integer (writer, "nodule_rows", (gint64) counts->n_nodule_rows);
  sag_json_begin_array (writer, "tasks");
  for (guint i = 0; i < composition->tasks->len; i++)
    write_task (writer, composition->tasks->pdata[i]);
  sag_json_end_array (writer);
  sag_json_strings (writer, "warnings", (const char *const *) composition->warnings->pdata);
}
