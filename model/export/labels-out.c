/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/export.h"

#include "model/core/file.h"
#include "model/core/json-writer.h"
#include "model/dataset/rows.h"
#include "model/export/csv.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const columns[] = { "case",    "task",        "wording",        "reader",
                                       "value",   "side",        "location",       "certainty",
                                       "comment", "at",          "active_seconds", "answer_seen",
                                       "bundle",  "scan_sha256", "case_uuid",      "role",
                                       NULL };

/* One label as texts, in the order of the columns. @role: whether it is a reading, or what counts where those differ */
static char **
dup_cells (SagProject *project, const SagLabelRow *label, const char *role)
{
  g_autoptr (GStrvBuilder) cells = g_strv_builder_new ();
  const SagCaseRow *one = NULL;
  const SagTaskRow *task = NULL;
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (label->at / 1000);
  g_autofree char *when = at != NULL ? g_date_time_format (at, "%Y-%m-%dT%H:%M:%SZ") : NULL;
  g_autofree char *certainty =
    label->certainty >= 0 ? g_strdup_printf ("%d", label->certainty) : NULL;
  g_autofree char *active = g_strdup_printf ("%" G_GINT64_FORMAT ".%03d", label->active_ms / 1000,
                                             (int) (label->active_ms % 1000));

  for (guint c = 0; c < project->cases->len; c++)
    if (((SagCaseRow *) g_ptr_array_index (project->cases, c))->id == label->case_id)
      one = g_ptr_array_index (project->cases, c);
  for (guint t = 0; t < project->tasks->len; t++)
    if (((SagTaskRow *) g_ptr_array_index (project->tasks, t))->id == label->task_id)
      task = g_ptr_array_index (project->tasks, t);
  if (one == NULL || task == NULL)
    return NULL;
  {
    const char *const texts[] = { one->name,
                                  task->key,
                                  task->wording,
                                  label->reader,
                                  sag_label_value_to_string (label->value),
                                  label->side,
                                  label->location,
                                  certainty,
                                  label->comment,
                                  when,
                                  active,
                                  label->seen ? "true" : "false",
                                  label->bundle,
                                  one->sha256,
                                  one->uuid,
                                  role };

    for (gsize c = 0; c < G_N_ELEMENTS (texts); c++)
      g_strv_builder_add (cells, texts[c] != NULL ? texts[c] : "");
  }
  return g_strv_builder_end (cells);
}

static char *
dup_json (GPtrArray *rows)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_json_begin_array (writer, "labels");
  for (guint r = 0; r < rows->len; r++)
    {
      char **cells = g_ptr_array_index (rows, r);

      sag_json_begin_object (writer, NULL);
      for (gsize c = 0; columns[c] != NULL; c++)
        if (strcmp (columns[c], "answer_seen") == 0)
          sag_json_boolean (writer, columns[c], strcmp (cells[c], "true") == 0);
        else if (strcmp (columns[c], "certainty") == 0 && *cells[c] != 0)
          sag_json_integer (writer, columns[c], g_ascii_strtoll (cells[c], NULL, 10));
        else if (strcmp (columns[c], "active_seconds") == 0)
          sag_json_number (writer, columns[c], g_ascii_strtod (cells[c], NULL));
        else
          sag_json_string (writer, columns[c], *cells[c] != 0 ? cells[c] : NULL);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

/* Only the latest of a case and a task counts. */
static void
add_decisions (SagProject *project, GPtrArray *rows)
{
  for (guint r = 0; r < project->reviews->len; r++)
    {
      const SagReviewRow *review = g_ptr_array_index (project->reviews, r);
      const SagLabelRow   label = { .case_id = review->case_id,
                                    .task_id = review->task_id,
                                    .reader = review->reader,
                                    .value = review->value,
                                    .certainty = -1,
                                    .comment = review->comment,
                                    .at = review->at };
      char              **cells = NULL;

      if (review == sag_project_get_decision (project, review->case_id, review->task_id, FALSE))
        cells = dup_cells (project, &label, "decision");
      if (cells != NULL)
        g_ptr_array_add (rows, cells);
    }
}

gboolean
sag_export_labels (SagProject *project, const char *path, SagExported *exported, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *text = NULL;

  for (guint l = 0; l < project->labels->len; l++)
    {
      char **cells = dup_cells (project, g_ptr_array_index (project->labels, l), "reading");

      if (cells != NULL)
        g_ptr_array_add (rows, cells);
    }
  add_decisions (project, rows);
  text = g_str_has_suffix (path, ".json") ? dup_json (rows) : sag_csv_dup (columns, rows);
  exported->n_rows = rows->len;
  exported->n_files++;
  if (g_str_has_suffix (path, ".json"))
    return sag_file_save (path, text, strlen (text), error);
  return sag_csv_save (path, text, columns, rows, error);
}
