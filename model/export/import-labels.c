/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/map.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/dataset/manifest.h"
#include "model/dataset/read.h"
#include "model/dataset/rows.h"
#include "model/export/import-private.h"
#include "model/text/task.h"

#include <math.h>
#include <string.h>

typedef struct
{
  SagProject  *project;
  SagRows     *rows;
  const char  *name;
  const char  *folder;
  const char  *reader;
  SagExported *imported;
  GHashTable  *tasks; /* wordings and keys to ids */
  GHashTable  *known; /* "case task reader" */
  GHashTable  *bins;  /* (nullable): see find_bin() */
  GPtrArray   *masks; /* SagMaskRow */
  guint        n_strange;
  guint        n_stay;
  guint        n_decided;
  guint        n_odd; /* splits */
} Reading;

#define SEGMENT "Segment:"

static const char *
cell (const Reading *reading, gsize row, const char *column)
{
  const char *text = sag_rows_get (reading->rows, row, column);

  return text != NULL && *text != 0 ? text : NULL;
}

/* A row that cannot be is an error that names its line. */
G_GNUC_PRINTF (4, 5)
static gboolean
fail (const Reading *reading, gsize row, GError **error, const char *format, ...)
{
  va_list          values;
  g_autofree char *what = NULL;

  va_start (values, format);
  what = g_strdup_vprintf (format, values);
  va_end (values);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s, line %u: %s", reading->name,
               sag_rows_get_line (reading->rows, row), what);
  return FALSE;
}

/* A case of DICOM is a series in the folder or file that a table names. */
static gboolean
is_series_in (const SagCaseRow *one, const char *place)
{
  return place != NULL && one->path != NULL && g_str_has_prefix (one->path, place) &&
         one->path[strlen (place)] == '#';
}

/* NULL: it is none. */
static char *
dup_bin_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (!sag_read_is_standardised (name))
    return NULL;
  name[strlen (name) - strlen (".bin")] = 0;
  return g_steal_pointer (&name);
}

/* What the cases are called in an upstream folder; all names differ. */
static const SagCaseRow *
find_bin (Reading *reading, const char *bin)
{
  if (reading->bins == NULL)
    {
      reading->bins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint c = 0; c < reading->project->cases->len; c++)
        {
          SagCaseRow *one = g_ptr_array_index (reading->project->cases, c);

          g_hash_table_insert (reading->bins, sag_project_dup_name (reading->project, one), one);
        }
    }
  return g_hash_table_lookup (reading->bins, bin);
}

/* By UUID, then content or place; by name only if the row gives neither UUID nor content, and the name is that of
 * one case alone. */
static SagCaseRow *
find_case (Reading *reading, gsize row)
{
  const char *uuid = cell (reading, row, "case_uuid"), *hash = cell (reading, row, "scan_sha256");
  const char *name = cell (reading, row, "case"), *path = cell (reading, row, "img_file_path");
  g_autofree char  *full = path != NULL ? g_canonicalize_filename (path, reading->folder) : NULL;
  g_autofree char  *base = path != NULL ? sag_case_dup_name (path) : NULL;
  g_autofree char  *bin = path != NULL ? dup_bin_name (path) : NULL;
  const SagCaseRow *made = bin != NULL ? find_bin (reading, bin) : NULL;
  const gboolean    may_name = uuid == NULL && hash == NULL;
  SagCaseRow       *named = NULL;
  guint             n_named = 0;

  for (int pass = 0; pass < 2; pass++)
    for (guint c = 0; c < reading->project->cases->len; c++)
      {
        SagCaseRow *one = g_ptr_array_index (reading->project->cases, c);

        if (pass == 0 ? uuid != NULL && g_strcmp0 (one->uuid, uuid) == 0
                      : (hash != NULL && g_strcmp0 (one->sha256, hash) == 0) ||
                          (may_name && full != NULL && g_strcmp0 (one->path, full) == 0))
          return one;
        if (pass == 0 && may_name &&
            ((name != NULL && g_strcmp0 (one->name, name) == 0) ||
             (base != NULL && g_strcmp0 (one->name, base) == 0) || is_series_in (one, full) ||
             one == made))
          {
            named = one;
            n_named++;
          }
      }
  return n_named == 1 ? named : NULL;
}

/* Upstream's "Segment:KEY" by the key of the project's task: it names that task whatever its wording. */
static const gint64 *
find_key (const Reading *reading, const char *question)
{
  g_autofree char *key = NULL;
  g_autofree char *low = NULL;
  const gint64    *known;

  if (question == NULL || !g_str_has_prefix (question, SEGMENT))
    return NULL;
  key = g_strstrip (g_strdup (question + strlen (SEGMENT)));
  known = g_hash_table_lookup (reading->tasks, key);
  low = g_ascii_strdown (key, -1);
  return known != NULL ? known : g_hash_table_lookup (reading->tasks, low);
}

/* The task of a row; a new wording becomes a task. */
static gboolean
find_task (SagDb *db, Reading *reading, gsize row, gint64 *id, GError **error)
{
  const char      *key = cell (reading, row, "task"), *wording = cell (reading, row, "wording");
  g_autofree char *asked = sag_manifest_dup_question (cell (reading, row, "question"));
  const char      *question = asked;
  const gint64    *known;
  SagTaskRow       task = { .colour = 0xE69F00 };
  g_autofree char *slug = NULL;

  if (question == NULL)
    question = wording;
  known = key != NULL ? g_hash_table_lookup (reading->tasks, key) : NULL;
  if (known == NULL)
    known = find_key (reading, cell (reading, row, "question"));
  if (known == NULL && question != NULL)
    known = g_hash_table_lookup (reading->tasks, question);
  if (known != NULL)
    {
      *id = *known;
      return TRUE;
    }
  if (question == NULL)
    return fail (reading, row, error, "there is no task \"%s\" in the project.",
                 key != NULL ? key : "");
  slug = key != NULL ? g_strdup (key) : sag_task_slug (question);
  if (g_hash_table_contains (reading->tasks, slug))
    {
      g_autofree char *other = g_strdup_printf ("%s-%u", slug, g_hash_table_size (reading->tasks));

      g_free (slug);
      slug = g_steal_pointer (&other);
    }
  task.key = slug;
  task.wording = (char *) question;
  if (!sag_tasks_put (db, &task, error))
    return FALSE;
  *id = task.id;
  g_hash_table_insert (reading->tasks, g_strdup (question), g_memdup2 (id, sizeof *id));
  g_hash_table_insert (reading->tasks, g_strdup (slug), g_memdup2 (id, sizeof *id));
  return TRUE;
}

static gint64
parse_time (const char *text)
{
  g_autoptr (GDateTime) at = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return at != NULL ? g_date_time_to_unix (at) * 1000 : 0;
}

/* One that the project has stays. */
static gboolean
import_decision (SagDb *db, Reading *reading, gsize row, const SagLabelRow *label, GError **error)
{
  const SagReviewRow review = { .case_id = label->case_id,
                                .task_id = label->task_id,
                                .reader = label->reader,
                                .value = label->value,
                                .comment = label->comment,
                                .at = label->at };

  if (label->value == SAG_LABEL_VALUE_NONE)
    return TRUE;
  if (sag_project_get_decision (reading->project, label->case_id, label->task_id, FALSE) != NULL)
    {
      if (reading->n_decided++ < SAG_EXPORTED_MOST)
        sag_exported_note (reading->imported,
                           "Line %u: the project has a decision there already; it stays.",
                           sag_rows_get_line (reading->rows, row));
      return TRUE;
    }
  reading->imported->n_rows++;
  return sag_reviews_put (db, &review, error);
}

/* A row of a manifest may have a mask instead of a label, or besides. */
static gboolean
note_mask (SagDb *db, Reading *reading, gsize row, const SagCaseRow *one, GError **error)
{
  const char *path = cell (reading, row, "mask_file_path"), *reader = cell (reading, row, "reader");
  const char *scan = cell (reading, row, "img_file_path");
  SagMaskRow *mask;
  gint64      task_id = 0;

  if (path == NULL)
    return TRUE;
  if (!find_task (db, reading, row, &task_id, error))
    return FALSE;
  mask = g_new0 (SagMaskRow, 1);
  mask->one = one;
  mask->task_id = task_id;
  mask->path = g_canonicalize_filename (path, reading->folder);
  mask->scan = scan != NULL ? g_canonicalize_filename (scan, reading->folder) : NULL;
  mask->values = g_strdup (cell (reading, row, "mask_values"));
  mask->reader = g_strdup (reader != NULL ? reader : reading->reader);
  mask->line = sag_rows_get_line (reading->rows, row);
  g_ptr_array_add (reading->masks, mask);
  return TRUE;
}

/* That of a case that has one stays. */
static gboolean
import_split (SagDb *db, Reading *reading, gsize row, SagCaseRow *one, GError **error)
{
  const char *word = cell (reading, row, "split"), *split;
  SagSplit    parsed;

  if (word == NULL)
    return TRUE;
  if (!sag_split_from_string (word, &parsed))
    {
      if (reading->n_odd++ < SAG_EXPORTED_MOST)
        sag_exported_note (reading->imported,
                           "Line %u: the split is train, val or test, not \"%s\"; it is left out.",
                           sag_rows_get_line (reading->rows, row), word);
      return TRUE;
    }
  split = sag_split_to_string (parsed);
  if (one->split != NULL && *one->split != 0 && strcmp (one->split, split) != 0)
    return TRUE;
  g_free (one->split);
  one->split = g_strdup (split);
  return sag_cases_set_split (db, one->id, split, error);
}

static gboolean
import_row (SagDb *db, Reading *reading, gsize row, GError **error)
{
  SagCaseRow *one = find_case (reading, row);
  const char *value = cell (reading, row, "value"), *certainty = cell (reading, row, "certainty");
  const char *active = cell (reading, row, "active_seconds");
  const char *reader = cell (reading, row, "reader");
  SagLabelRow label = { .certainty = -1 };
  g_autofree char *key = NULL;

  if (value == NULL)
    value = cell (reading, row, "label");
  if (value == NULL && cell (reading, row, "mask_file_path") == NULL)
    return TRUE;
  if (one == NULL)
    {
      if (reading->n_strange++ < SAG_EXPORTED_MOST)
        sag_exported_note (
          reading->imported,
          "Line %u: its scan is not in the project, was never opened there, or several "
          "are called so.",
          sag_rows_get_line (reading->rows, row));
      return TRUE;
    }
  if (!note_mask (db, reading, row, one, error) || !import_split (db, reading, row, one, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  if (!sag_label_value_parse (value, &label.value))
    return fail (reading, row, error, "\"%s\" is no label.", value);
  if (!find_task (db, reading, row, &label.task_id, error))
    return FALSE;
  label.case_id = one->id;
  label.reader = (char *) (reader != NULL ? reader : reading->reader);
  label.side = (char *) cell (reading, row, "side");
  label.location = (char *) cell (reading, row, "location");
  label.comment = (char *) cell (reading, row, "comment");
  label.bundle = (char *) cell (reading, row, "bundle");
  label.seen = g_strcmp0 (cell (reading, row, "answer_seen"), "true") == 0;
  label.at = parse_time (cell (reading, row, "at"));
  /* fmax() takes the other where one is no number. */
  label.active_ms = active != NULL
                      ? (gint64) (fmin (fmax (g_ascii_strtod (active, NULL), 0), 1e9) * 1000 + 0.5)
                      : 0;
  if (g_strcmp0 (cell (reading, row, "role"), "decision") == 0)
    return import_decision (db, reading, row, &label, error);
  if (certainty != NULL)
    label.certainty = (int) CLAMP (g_ascii_strtoll (certainty, NULL, 10), -1, 101);
  key = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", label.case_id,
                         label.task_id, label.reader);
  if (!g_hash_table_add (reading->known, g_strdup (key)))
    {
      if (reading->n_stay++ < SAG_EXPORTED_MOST)
        sag_exported_note (reading->imported, "Line %u: %s has a label there already; it stays.",
                           sag_rows_get_line (reading->rows, row), label.reader);
      return TRUE;
    }
  reading->imported->n_rows++;
  return sag_labels_put (db, &label, error);
}

static gboolean
import_all (SagDb *db, gpointer data, GError **error)
{
  Reading *reading = data;

  if (reading->reader == NULL)
    reading->reader = sag_db_get_reader (db);
  g_ptr_array_set_size (reading->masks, 0);
  for (gsize r = 0; r < sag_rows_get_n (reading->rows); r++)
    if (!import_row (db, reading, r, error))
      return FALSE;
  return TRUE;
}

/* Lines beyond those that were noted one by one. */
static void
note_rest (const Reading *reading)
{
  if (reading->n_strange > SAG_EXPORTED_MOST)
    sag_exported_note (
      reading->imported,
      "%u more lines are of scans that are not in the project, were never opened there, "
      "or several are called so.",
      reading->n_strange - SAG_EXPORTED_MOST);
  if (reading->n_stay > SAG_EXPORTED_MOST)
    sag_exported_note (reading->imported,
                       "%u more lines were left out because there is a label already; it stays.",
                       reading->n_stay - SAG_EXPORTED_MOST);
  if (reading->n_decided > SAG_EXPORTED_MOST)
    sag_exported_note (reading->imported,
                       "%u more lines were left out because there is a decision already; it stays.",
                       reading->n_decided - SAG_EXPORTED_MOST);
  if (reading->n_odd > SAG_EXPORTED_MOST)
    sag_exported_note (reading->imported,
                       "%u more lines have another split than train, val or test; it is left out.",
                       reading->n_odd - SAG_EXPORTED_MOST);
}

gboolean
sag_import_rows (SagProject   *project,
                 const char   *path,
                 const char   *reader,
                 GPtrArray    *masks,
                 SagExported  *imported,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (SagRows) rows = sag_rows_load (path, error);
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autoptr (GHashTable) tasks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reading  reading = { project, rows, name, folder, reader, imported, tasks, known, NULL, masks };
  gboolean done;

  if (rows == NULL || !sag_store_need_writable (project->store, error) ||
      !sag_import_look_at_scans (project, rows, imported, cancellable, error))
    return FALSE;
  for (guint t = 0; t < project->tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (project->tasks, t);

      g_hash_table_insert (tasks, g_strdup (task->key), g_memdup2 (&task->id, sizeof task->id));
      g_hash_table_insert (tasks, g_strdup (task->wording), g_memdup2 (&task->id, sizeof task->id));
    }
  for (guint l = 0; l < project->labels->len; l++)
    {
      const SagLabelRow *label = g_ptr_array_index (project->labels, l);

      g_hash_table_add (known, g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
                                                label->case_id, label->task_id, label->reader));
    }
  imported->n_files++;
  done = sag_store_run (project->store, import_all, &reading, error);
  g_clear_pointer (&reading.bins, g_hash_table_unref);
  if (!done)
    return FALSE;
  note_rest (&reading);
  return TRUE;
}
