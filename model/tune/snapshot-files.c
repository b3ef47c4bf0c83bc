/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot on disk: tables as docs/training.md has them, whose study_id is the number of the case in the project,
 * and snapshot.json.
 */
#include "model/tune/snapshot-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"
#include "model/core/json-writer.h"
#include "model/core/number.h"
#include "model/dataset/manifest.h"
#include "model/export/csv.h"

#include <math.h>
#include <string.h>

#define MOST_BYTES (64 << 20)

static const char *const columns[] = { "question",       "img_file_path", "label",    "split",
                                       "mask_file_path", "patient_id",    "study_id", NULL };

char *
sag_snapshot_dup_manifest (const SagSnapshot *snapshot, guint fold)
{
  g_autofree char *name =
    fold > 0 ? g_strdup_printf ("fold-%u.csv", fold) : g_strdup ("manifest.csv");

  return g_build_filename (snapshot->folder, name, NULL);
}

static const char *
split_of (const SagSnapshotScan *scan, guint fold)
{
  gboolean held = fold > 0 ? scan->public.fold == fold : scan->public.part == SAG_SNAPSHOT_HELD_OUT;

  if (held)
    return "test";
  return fold == 0 && scan->public.part == SAG_SNAPSHOT_WATCHED ? "val" : "train";
}

static char **
dup_row (const SagSnapshot *self, const SagSnapshotSample *sample, guint fold)
{
  const SagSnapshotScan *scan = self->cases->pdata[sample->of_case];
  const SagSnapshotTask *task = self->tasks->pdata[sample->task];
  g_autofree char       *patient = g_strdup_printf ("patient-%u", scan->group + 1);
  g_autofree char       *study = g_strdup_printf ("%" G_GINT64_FORMAT, scan->public.id);
  char                   label[SAG_NUMBER_BUFFER] = "";
  const char            *cells[] = { task->wording,
                                     scan->path,
                                     label,
                                     split_of (scan, fold),
                          sample->mask != NULL ? sample->mask : "",
                                     patient,
                                     study,
                                     NULL };

  if (!isnan (sample->label))
    sag_number_format (sample->label, label);
  return g_strdupv ((char **) cells);
}

static gboolean
save_table (const SagSnapshot *self, guint fold, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (SagDataset) again = NULL;
  g_autofree char *path = sag_snapshot_dup_manifest (self, fold);
  g_autofree char *text = NULL;

  for (guint s = 0; s < self->samples->len; s++)
    {
      const SagSnapshotSample *sample = self->samples->pdata[s];
      const SagSnapshotTask   *task = self->tasks->pdata[sample->task];

      if (task->left_out == NULL)
        g_ptr_array_add (rows, dup_row (self, sample, fold));
    }
  text = sag_csv_dup (columns, rows);
  if (!sag_csv_save (path, text, columns, rows, error))
    return FALSE;
  again = sag_dataset_load (path, error); /* which refuses what leaks */
  return again != NULL;
}

static void
write_counts (SagJsonWriter *writer, const char *name, const gsize counts[SAG_N_SNAPSHOT_PARTS])
{
  sag_json_integers (writer, name, (gint32[2]){ (gint32) counts[0], (gint32) counts[1] }, 2);
}

static void
write_tasks (const SagSnapshot *self, SagJsonWriter *writer)
{
  sag_json_begin_array (writer, "tasks");
  for (guint t = 0; t < self->tasks->len; t++)
    {
      const SagSnapshotTask *task = self->tasks->pdata[t];

      sag_json_begin_object (writer, NULL);
      sag_json_string (writer, "key", task->key);
      sag_json_string (writer, "wording", task->wording);
      write_counts (writer, "present", task->n_present);
      write_counts (writer, "absent", task->n_absent);
      write_counts (writer, "masks", task->n_masks);
      write_counts (writer, "empty_masks", task->n_empty);
      sag_json_string (writer, "left_out", task->left_out);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
}

static void
write_cases (const SagSnapshot *self, SagJsonWriter *writer)
{
  sag_json_begin_array (writer, "cases");
  for (guint c = 0; c < self->cases->len; c++)
    {
      const SagSnapshotCase *one = sag_snapshot_get_case (self, c);

      sag_json_begin_object (writer, NULL);
      sag_json_integer (writer, "id", one->id);
      sag_json_string (writer, "name", one->name);
      sag_json_boolean (writer, "held_out", one->part == SAG_SNAPSHOT_HELD_OUT);
      sag_json_boolean (writer, "watched", one->part == SAG_SNAPSHOT_WATCHED);
      sag_json_integer (writer, "fold", one->fold);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
}

gboolean
sag_snapshot_save (SagSnapshot *self, GError **error)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *path = g_build_filename (self->folder, "snapshot.json", NULL);
  g_autofree char *text = NULL;

  for (guint fold = 1; fold <= self->n_folds; fold++)
    if (!save_table (self, fold, error))
      return FALSE;
  if (!save_table (self, 0, error))
    return FALSE;
  sag_json_begin_object (writer, NULL);
  sag_json_integer (writer, "folds", self->n_folds);
  sag_json_integer (writer, "seed", (gint64) self->seed);
  sag_json_integer (writer, "patients", (gint64) self->n_patients);
  sag_json_string (writer, "labels_sha256", self->labels_hash);
  sag_json_string (writer, "project_sha256", self->project_hash);
  write_tasks (self, writer);
  write_cases (self, writer);
  sag_json_strings (writer, "notes", sag_snapshot_get_notes (self));
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  return sag_file_save (path, text, strlen (text), error);
}

static gboolean
read_counts (JsonObject *object, const char *name, gsize counts[2], GError **error)
{
  gint32 values[2];

  if (!sag_json_get_sizes (object, name, G_MAXINT32, 2, values, error))
    return FALSE;
  counts[0] = (gsize) values[0];
  counts[1] = (gsize) values[1];
  return TRUE;
}

static gboolean
read_task (SagSnapshot *self, JsonObject *object, GError **error)
{
  SagSnapshotTask *task = g_new0 (SagSnapshotTask, 1);
  const char      *key, *wording;

  g_ptr_array_add (self->tasks, task);
  if (!sag_json_get_string (object, "key", &key, error) ||
      !sag_json_get_string (object, "wording", &wording, error))
    return FALSE;
  task->key = g_strdup (key);
  task->wording = g_strdup (wording);
  if (json_object_has_member (object, "left_out") &&
      !json_object_get_null_member (object, "left_out"))
    task->left_out = g_strdup (json_object_get_string_member_with_default (object, "left_out", ""));
  return read_counts (object, "present", task->n_present, error) &&
         read_counts (object, "absent", task->n_absent, error) &&
         read_counts (object, "masks", task->n_masks, error) &&
         read_counts (object, "empty_masks", task->n_empty, error);
}

static gboolean
read_case (SagSnapshot *self, JsonObject *object, GError **error)
{
  SagSnapshotScan *scan = g_new0 (SagSnapshotScan, 1);
  const char      *name;
  gboolean         held, watched = FALSE; /* of which older ones do not speak */
  gint64           fold;

  g_ptr_array_add (self->cases, scan);
  if (!sag_json_get_integer (object, "id", 0, G_MAXINT64, &scan->public.id, error) ||
      !sag_json_get_string (object, "name", &name, error) ||
      !sag_json_get_boolean (object, "held_out", &held, error) ||
      (json_object_has_member (object, "watched") &&
       !sag_json_get_boolean (object, "watched", &watched, error)) ||
      !sag_json_get_integer (object, "fold", 0, SAG_SNAPSHOT_MOST_FOLDS, &fold, error))
    return FALSE;
  scan->public.name = g_strdup (name);
  scan->public.part = held      ? SAG_SNAPSHOT_HELD_OUT
                      : watched ? SAG_SNAPSHOT_WATCHED
                                : SAG_SNAPSHOT_TRAIN;
  scan->public.fold = (guint) fold;
  return TRUE;
}

typedef gboolean (*ReadElement) (SagSnapshot *self, JsonObject *object, GError **error);

static gboolean
read_array (
  SagSnapshot *self, JsonObject *object, const char *name, ReadElement read, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, name, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node) && read (self, json_node_get_object (node), error))
        continue;
      if (error != NULL && *error == NULL)
        g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" holds no object.", name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_notes (SagSnapshot *self, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "notes", &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING)
      g_ptr_array_add (self->notes, g_strdup (json_array_get_string_element (array, i)));
  g_ptr_array_add (self->notes, NULL);
  return TRUE;
}

static gboolean
read_all (SagSnapshot *self, JsonObject *object, GError **error)
{
  gint64      n_folds, seed, n_patients;
  const char *labels, *project;

  if (!sag_json_get_integer (object, "folds", 0, SAG_SNAPSHOT_MOST_FOLDS, &n_folds, error) ||
      !sag_json_get_integer (object, "seed", 0, G_MAXINT64, &seed, error) ||
      !sag_json_get_integer (object, "patients", 0, G_MAXINT32, &n_patients, error) ||
      !sag_json_get_string (object, "labels_sha256", &labels, error) ||
      !sag_json_get_string (object, "project_sha256", &project, error))
    return FALSE;
  self->n_folds = (guint) n_folds;
  self->seed = (guint64) seed;
  self->n_patients = (gsize) n_patients;
  self->labels_hash = g_strdup (labels);
  self->project_hash = g_strdup (project);
  return read_array (self, object, "tasks", read_task, error) &&
         read_array (self, object, "cases", read_case, error) && read_notes (self, object, error);
}

SagSnapshot *
sag_snapshot_open (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "snapshot.json", NULL);
  g_autoptr (JsonNode) node = sag_json_parse_file (path, MOST_BYTES, error);
  g_autoptr (SagSnapshot) self = sag_snapshot_alloc (folder);

  if (node == NULL)
    return NULL;
  if (read_all (self, json_node_get_object (node), error))
    return g_steal_pointer (&self);
  g_prefix_error (error, "%s: ", path);
  return NULL;
}
