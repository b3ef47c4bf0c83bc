/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/project-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-writer.h"
#include "model/dataset/read.h"
#include "model/dataset/rows.h"
#include "model/mask/statistics.h"
#include "model/store/recover.h"
#include "model/store/share.h"

#include <stdio.h>
#include <string.h>

/* info */

static gboolean
load_list (SagDb *db, gpointer data, GError **error)
{
  *(SagWorklist **) data = sag_worklist_load (db, NULL, error);
  return *(SagWorklist **) data != NULL;
}

static void
write_masks (GPtrArray *masks, SagJsonWriter *writer)
{
  if (writer != NULL)
    sag_json_begin_array (writer, "masks");
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);
      SagMaskStatistics    statistics;

      sag_mask_get_statistics (stored->mask, NULL, &statistics);
      if (writer == NULL)
        {
          printf ("        %-30s %10.3f ml  by %s%s\n", stored->info->name, statistics.volume_ml,
                  stored->reader, statistics.model_share > 0 ? ", partly from a model" : "");
          continue;
        }
      sag_json_begin_object (writer, NULL);
      sag_json_string (writer, "name", stored->info->name);
      sag_json_string (writer, "task", stored->info->key);
      sag_json_string (writer, "reader", stored->reader);
      sag_json_integer (writer, "voxels", statistics.n_voxels);
      sag_json_number (writer, "volume_ml", statistics.volume_ml);
      sag_json_number (writer, "share_from_a_model", statistics.model_share);
      sag_json_end_object (writer);
    }
  if (writer != NULL)
    sag_json_end_array (writer);
}

static gboolean
write_case (const SagProject  *project,
            const SagWorklist *list,
            const SagWorkItem *item,
            SagJsonWriter     *writer,
            GError           **error)
{
  g_autoptr (GPtrArray) masks = sag_project_load_masks (project, item->one, error);

  if (masks == NULL)
    return FALSE;
  if (writer == NULL)
    {
      printf ("%4" G_GINT64_FORMAT "  %-11s  %u of %u  %s\n", item->one->id,
              sag_case_state_to_string (item->one->state), item->n_labelled, list->tasks->len,
              item->one->name);
      write_masks (masks, NULL);
      return TRUE;
    }
  sag_json_begin_object (writer, NULL);
  sag_json_integer (writer, "id", item->one->id);
  sag_json_string (writer, "name", item->one->name);
  sag_json_string (writer, "state", sag_case_state_to_string (item->one->state));
  sag_json_string (writer, "sha256", item->one->sha256);
  sag_json_integer (writer, "labelled", item->n_labelled);
  sag_json_integer (writer, "readers", sag_work_item_get_n_readers (item));
  write_masks (masks, writer);
  sag_json_end_object (writer);
  return TRUE;
}

static gboolean
write_project (SagStore *store, SagJsonWriter *writer, GError **error)
{
  g_autoptr (SagProject) project = sag_project_load (store, error);
  g_autoptr (SagWorklist) list = NULL;
  SagWorkProgress progress;

  if (project == NULL || !sag_store_run (store, load_list, &list, error))
    return FALSE;
  sag_worklist_get_progress (list, &progress);
  if (writer != NULL)
    {
      sag_json_begin_object (writer, NULL);
      sag_json_integer (writer, "complete", progress.n_complete);
      sag_json_begin_array (writer, "tasks");
      for (guint t = 0; t < list->tasks->len; t++)
        {
          const SagTaskRow *task = g_ptr_array_index (list->tasks, t);

          sag_json_begin_object (writer, NULL);
          sag_json_string (writer, "key", task->key);
          sag_json_string (writer, "wording", task->wording);
          sag_json_end_object (writer);
        }
      sag_json_end_array (writer);
      sag_json_begin_array (writer, "cases");
    }
  else
    printf ("%u cases, %u tasks; %u complete, %u done, %u reviewed\n\n", progress.n_cases,
            list->tasks->len, progress.n_complete, progress.n_states[SAG_CASE_DONE],
            progress.n_states[SAG_CASE_REVIEWED]);
  for (guint i = 0; i < list->items->len; i++)
    if (!write_case (project, list, g_ptr_array_index (list->items, i), writer, error))
      return FALSE;
  if (writer != NULL)
    {
      sag_json_end_array (writer);
      sag_json_end_object (writer);
    }
  return TRUE;
}

int
sag_cli_project_info (int argc, char **argv)
{
  gboolean           json = FALSE;
  g_autofree char   *reader = NULL;
  const GOptionEntry entries[] = {
    { "reader", 0, 0, G_OPTION_ARG_STRING, &reader, "Whose labels count; your user name by default",
      "NAME" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagJsonWriter) writer = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv, "project info FILE",
                      "Lists cases with their state, labels and masks.", entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  store = sag_cli_project_open (rest[0], FALSE, reader, &error);
  writer = json ? sag_json_writer_new () : NULL;
  if (store == NULL || !write_project (store, writer, &error))
    return sag_cli_fail (error);
  if (json)
    fputs (text = sag_json_writer_finish (writer), stdout);
  return SAG_CLI_DONE;
}

/* label */

static gboolean
put_label (SagDb *db, gpointer data, GError **error)
{
  return sag_labels_put (db, data, error);
}

int
sag_cli_project_label (int argc, char **argv)
{
  SagLabelRow        label = { .certainty = -1 };
  g_autofree char   *reader = NULL, *side = NULL, *location = NULL, *comment = NULL;
  const GOptionEntry entries[] = {
    { "reader", 0, 0, G_OPTION_ARG_STRING, &reader, "Who says so; your user name by default",
      "NAME" },
    { "side", 0, 0, G_OPTION_ARG_STRING, &side, "left, right or both", "SIDE" },
    { "location", 0, 0, G_OPTION_ARG_STRING, &location, "Where", "TEXT" },
    { "certainty", 0, 0, G_OPTION_ARG_INT, &label.certainty, "0 to 100", "N" },
    { "comment", 0, 0, G_OPTION_ARG_STRING, &comment, "Anything else", "TEXT" },
    { "seen", 0, 0, G_OPTION_ARG_NONE, &label.seen, "A model's answer was seen before", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagProject) project = NULL;
  const SagCaseRow *one;
  const SagTaskRow *task;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (
        argc, argv, "project label FILE CASE TASK VALUE",
        "Sets a label: present, absent, unsure, not-evaluable, censored; none takes it "
        "back.",
        entries, 4, 4, &rest))
    return SAG_CLI_USAGE;
  if (!sag_label_value_parse (rest[3], &label.value))
    return sag_cli_usage (
      "project label",
      "\"%s\" is no label: present, absent, unsure, not-evaluable, censored or none", rest[3]);
  store = sag_cli_project_open (rest[0], TRUE, reader, &error);
  project = store != NULL ? sag_project_load (store, &error) : NULL;
  one = project != NULL ? sag_cli_project_find (project, rest[1], &error) : NULL;
  if (one == NULL)
    return sag_cli_fail (error);
  task = sag_project_find_task (project, rest[2]);
  if (task == NULL)
    return sag_cli_usage ("project label", "There is no task \"%s\" in the project", rest[2]);
  label.case_id = one->id;
  label.task_id = task->id;
  label.side = side;
  label.location = location;
  label.comment = comment;
  if (!sag_store_run (store, put_label, &label, &error) ||
      !sag_store_close (g_steal_pointer (&store), &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}

/* import */

typedef struct
{
  SagStore    *store;
  SagExported *imported;
  guint        n_failed;
} AddScans;

static void
note_scan (AddScans *self, const char *path, const char *why)
{
  g_autofree char *name = sag_file_dup_display_name (path);

  if (self->n_failed++ < SAG_EXPORTED_MOST)
    sag_exported_note (self->imported, "%s was not added: %s", name, why);
}

/* One that cannot be read is told, and left out. Errors of the project, and interrupts, end it. */
static gboolean
add_scan (AddScans *self, char *path, const char *patient, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      note_scan (self, path, "it is not there.");
      return TRUE;
    }
  if (sag_cli_project_add (self->store, (char *[]){ path, NULL }, patient, &problem))
    return TRUE;
  if (problem->domain == G_IO_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  note_scan (self, path, problem->message);
  return TRUE;
}

static gboolean
has_scan (const SagProject *project, const char *path)
{
  for (guint c = 0; c < project->cases->len; c++)
    if (sag_cli_project_lies_at (g_ptr_array_index (project->cases, c), path))
      return TRUE;
  return FALSE;
}

/* The scans of a table that lie where it says, and the project again with them. */
static gboolean
add_scans (SagProject **project, AddScans *self, const char *table, GError **error)
{
  g_autoptr (SagRows) rows = sag_rows_load (table, error);
  g_autofree char *full = g_canonicalize_filename (table, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean done = rows != NULL;
  guint    n_bins = 0;

  self->n_failed = 0;
  for (gsize r = 0; done && r < sag_rows_get_n (rows); r++)
    {
      const char      *image = sag_rows_get (rows, r, "img_file_path");
      g_autofree char *path =
        image != NULL && *image != 0 ? g_canonicalize_filename (image, folder) : NULL;

      if (path == NULL || !g_hash_table_add (seen, g_strdup (path)))
        continue;
      if (sag_read_is_standardised (path))
        n_bins++;
      else if (!has_scan (*project, path))
        done = add_scan (self, path, sag_rows_get (rows, r, "patient_id"), error);
    }
  if (!done)
    return FALSE;
  if (self->n_failed > SAG_EXPORTED_MOST)
    sag_exported_note (self->imported, "%u more scans were not added.",
                       self->n_failed - SAG_EXPORTED_MOST);
  if (n_bins > 0)
    sag_exported_note (self->imported,
                       "%u scans of the table are .bin, which know no place and cannot be cases. "
                       "Add the scans that they were made of.",
                       n_bins);
  sag_project_free (*project);
  *project = sag_project_load (self->store, error);
  return *project != NULL;
}

int
sag_cli_project_import (int argc, char **argv)
{
  g_autofree char   *name = NULL, *table = NULL, *task = NULL, *reader = NULL;
  gboolean           by_model = FALSE, add = FALSE;
  const GOptionEntry entries[] = {
    { "case", 0, 0, G_OPTION_ARG_STRING, &name, "Whose mask or label map this is", "CASE" },
    { "table", 0, 0, G_OPTION_ARG_FILENAME, &table,
      "Names of labels: ITK-SNAP's descriptions, or CSV with id and name", "FILE" },
    { "task", 't', 0, G_OPTION_ARG_STRING, &task, "The task that the masks belong to", "KEY" },
    { "by-model", 0, 0, G_OPTION_ARG_NONE, &by_model, "The voxels came from a model", NULL },
    { "add-scans", 0, 0, G_OPTION_ARG_NONE, &add,
      "Add the scans that tables name (img_file_path) and the project lacks", NULL },
    { "reader", 0, 0, G_OPTION_ARG_STRING, &reader, "Whose work this is; your user name by default",
      "NAME" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagProject) project = NULL;
  g_auto (SagExported) imported = { 0 };
  g_autoptr (GError) error = NULL;
  AddScans adding = { .imported = &imported };
  gboolean done = TRUE;

  if (!sag_cli_parse (
        argc, argv, "project import FILE FROM...",
        "Takes over masks and label maps (NIfTI, with --case) and tables of labels and "
        "masks\n(CSV, JSON Lines), such as manifests to train on. What is there stays.",
        entries, 2, -1, &rest))
    return SAG_CLI_USAGE;
  sag_exported_init (&imported);
  adding.store = store = sag_cli_project_open (rest[0], TRUE, reader, &error);
  project = store != NULL ? sag_project_load (store, &error) : NULL;
  if (project == NULL)
    return sag_cli_fail (error);
  if (task != NULL && sag_project_find_task (project, task) == NULL)
    return sag_cli_usage ("project import", "There is no task \"%s\" in the project", task);
  for (gsize f = 1; done && rest[f] != NULL; f++)
    {
      const gboolean is_table =
        g_str_has_suffix (rest[f], ".csv") || g_str_has_suffix (rest[f], ".tsv") ||
        g_str_has_suffix (rest[f], ".parquet") || g_str_has_suffix (rest[f], ".jsonl");
      const SagCaseRow *one;

      if (is_table)
        {
          done = (!add || add_scans (&project, &adding, rest[f], &error)) &&
                 sag_import_table (project, rest[f], reader, by_model, &imported,
                                   sag_cli_get_cancellable (), &error);
          continue;
        }
      if (name == NULL)
        return sag_cli_usage ("project import", "Say with --case whose masks \"%s\" holds",
                              rest[f]);
      one = sag_cli_project_find (project, name, &error);
      done = one != NULL && sag_import_mask (project, one->id, rest[f], table, task, by_model,
                                             &imported, sag_cli_get_cancellable (), &error);
    }
  if (!done || !sag_store_close (g_steal_pointer (&store), &error))
    return sag_cli_fail (error);
  sag_cli_project_print_notes (&imported);
  printf ("%u masks or labels from %u files\n", imported.n_rows, imported.n_files);
  return SAG_CLI_DONE;
}

/* check and recover */

int
sag_cli_project_check (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_auto (GStrv) rest = NULL;
  g_auto (GStrv) found = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv, "project check FILE",
                      "Looks at every page, every checksum and the log of a project.", entries, 1,
                      1, &rest))
    return SAG_CLI_USAGE;
  found = sag_store_check (rest[0], &error);
  if (found == NULL)
    return sag_cli_fail (error);
  for (gsize f = 0; found[f] != NULL; f++)
    fprintf (stderr, "%s\n", found[f]);
  printf ("%s\n", found[0] == NULL ? "sound" : "damaged: see project recover");
  return found[0] == NULL ? SAG_CLI_DONE : SAG_CLI_FAILED;
}

#define MOST_LABELS_PRINTED 100

static void
print_recovered (const SagRecovered *recovered)
{
  g_auto (GStrv) lines = sag_recovered_describe (recovered);
  guint n_labels = recovered->labels != NULL ? g_strv_length (recovered->labels) : 0;

  printf ("%" G_GINT64_FORMAT " rows saved, ", recovered->n_rows);
  if (recovered->n_lost == 0 && recovered->uncertain)
    printf ("an unknown number lost\n");
  else
    printf ("%s%" G_GINT64_FORMAT " lost%s\n", recovered->uncertain ? "at least " : "",
            recovered->n_lost,
            recovered->unreadable && recovered->n_lost == 0
              ? "; some pages could not be read, but what they led to was found"
              : "");
  for (gsize l = 0; lines[l] != NULL; l++)
    printf ("%s\n", lines[l]);
  for (guint l = 0; l < MIN (n_labels, MOST_LABELS_PRINTED); l++)
    printf ("  from the log: %s\n", recovered->labels[l]);
  if (n_labels > MOST_LABELS_PRINTED)
    printf ("  and %u more\n", n_labels - MOST_LABELS_PRINTED);
  if (recovered->n_journals > 0)
    printf ("%" G_GINT64_FORMAT " cases can no longer be undone\n", recovered->n_journals);
  if (recovered->log_broken)
    printf ("the log was damaged; a new one holds what was found\n");
}

int
sag_cli_project_recover (int argc, char **argv)
{
  g_autofree char   *output = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "The new project", "FILE" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (SagRecovered) recovered = { 0 };

  if (!sag_cli_parse (argc, argv, "project recover FILE -o FILE",
                      "Saves what can be read of a damaged project into a new one; the old file "
                      "stays as it is.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  if (output == NULL)
    return sag_cli_usage ("project recover", "Say with --output where to save");
  if (!sag_store_recover (rest[0], output, &recovered, &error))
    return sag_cli_fail (error);
  print_recovered (&recovered);
  if (recovered.n_lost == 0 && !recovered.uncertain)
    return SAG_CLI_DONE;
  fprintf (stderr, "%s was saved, but not everything is in it.\n", output);
  return SAG_CLI_FAILED;
}

/* split and merge */

int
sag_cli_project_split (int argc, char **argv)
{
  g_autofree char   *reader = NULL, *output = NULL;
  gboolean           answers = FALSE;
  const GOptionEntry entries[] = {
    { "by", 0, 0, G_OPTION_ARG_STRING, &reader, "Whose copy this is", "READER" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "The copy", "FILE" },
    { "answers", 0, 0, G_OPTION_ARG_NONE, &answers, "Leave a model's answers in it", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv, "project split FILE --by READER -o FILE",
                      "Makes a copy for one reader that holds nothing of the other readers' work.",
                      entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  if (reader == NULL || *reader == 0 || output == NULL)
    return sag_cli_usage ("project split", "Say with --by who reads and with --output where");
  if (!sag_store_split (rest[0], output, reader, answers, &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}

int
sag_cli_project_merge (int argc, char **argv)
{
  gboolean           json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (SagJsonWriter) writer = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv, "project merge FILE FROM...",
                      "Brings copies of a project together. Conflicts are listed; nothing is "
                      "overwritten.",
                      entries, 2, -1, &rest))
    return SAG_CLI_USAGE;
  store = sag_cli_project_open (rest[0], TRUE, NULL, &error);
  if (store == NULL)
    return sag_cli_fail (error);
  writer = sag_json_writer_new ();
  sag_json_begin_object (writer, NULL);
  sag_json_begin_array (writer, "merged");
  for (gsize f = 1; rest[f] != NULL; f++)
    {
      g_auto (SagMerged) merged = { 0 };

      if (!sag_store_merge (store, rest[f], &merged, &error))
        return sag_cli_fail (error);
      if (!json)
        printf ("%s: %u cases, %u tasks, %u labels, %u masks, %u others; %u conflicts\n", rest[f],
                merged.n_cases, merged.n_tasks, merged.n_labels, merged.n_masks, merged.n_others,
                merged.conflicts->len);
      for (guint c = 0; !json && c < merged.conflicts->len; c++)
        printf ("  %s\n", (const char *) g_ptr_array_index (merged.conflicts, c));
      sag_json_begin_object (writer, NULL);
      sag_json_integer (writer, "cases", merged.n_cases);
      sag_json_integer (writer, "tasks", merged.n_tasks);
      sag_json_integer (writer, "labels", merged.n_labels);
      sag_json_integer (writer, "masks", merged.n_masks);
      sag_json_integer (writer, "others", merged.n_others);
      g_ptr_array_add (merged.conflicts, NULL);
      sag_json_strings (writer, "conflicts", (const char *const *) merged.conflicts->pdata);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  if (json)
    fputs (text, stdout);
  if (!sag_store_close (g_steal_pointer (&store), &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}
