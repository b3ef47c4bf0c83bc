/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/snapshot-private.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/dataset/cache.h"
#include "model/store/audit.h"
#include "model/text/task.h"
#include "model/volume/nifti.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SQLITE_MAGIC "SQLite format 3"

typedef struct
{
  SagSnapshot              *self;
  SagProject               *project;
  const SagSnapshotOptions *options;
  GCancellable             *cancellable;
  GHashTable               *case_of; /* id of a project's case -> number + 1 */
  GHashTable               *missing; /* ids of cases whose scan is gone */
  GHashTable               *changed; /* ids of cases whose scan is another than was labelled */
  GHashTable               *early;   /* ids of cases that are not far enough */
  SagCache                 *cache;   /* (nullable) */
  guint                    *task_of; /* number of a project's task -> ours + 1; 0: not wanted */
} Taking;

static void
free_sample (gpointer data)
{
  SagSnapshotSample *sample = data;

  g_free (sample->mask);
  g_free (sample->mask_hash);
  g_free (sample);
}

static void
free_scan (gpointer data)
{
  SagSnapshotScan *scan = data;

  g_free (scan->public.name);
  g_free (scan->path);
  g_free (scan->content);
  g_free (scan->patient);
  g_free (scan->split);
  g_free (scan);
}

static void
free_task (gpointer data)
{
  SagSnapshotTask *task = data;

  g_free (task->key);
  g_free (task->wording);
  g_free (task->left_out);
  g_free (task);
}

SagSnapshot *
sag_snapshot_alloc (const char *folder)
{
  SagSnapshot *self = g_new0 (SagSnapshot, 1);

  self->folder = g_strdup (folder);
  self->cases = g_ptr_array_new_with_free_func (free_scan);
  self->tasks = g_ptr_array_new_with_free_func (free_task);
  self->samples = g_ptr_array_new_with_free_func (free_sample);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sag_snapshot_free (SagSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_ptr_array_unref (snapshot->cases);
  g_ptr_array_unref (snapshot->tasks);
  g_ptr_array_unref (snapshot->samples);
  g_ptr_array_unref (snapshot->notes);
  g_free (snapshot->labels_hash);
  g_free (snapshot->project_hash);
  g_free (snapshot->folder);
  g_free (snapshot);
}

void
sag_snapshot_note (SagSnapshot *self, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (format, values));
  va_end (values);
}

gboolean
sag_snapshot_is_project (const char *path)
{
  char     magic[sizeof SQLITE_MAGIC] = "";
  FILE    *file = fopen (path, "rbe");
  gboolean is_project = file != NULL && fread (magic, sizeof magic, 1, file) == 1 &&
                        memcmp (magic, SQLITE_MAGIC, sizeof magic) == 0;

  if (file != NULL)
    fclose (file);
  return is_project;
}

/* Of a DICOM series the folder or file before the "#". */
static gboolean
is_there (const char *path)
{
  const char      *mark = strrchr (path, '#');
  g_autofree char *place = mark != NULL ? g_strndup (path, (gsize) (mark - path)) : NULL;

  return g_file_test (path, G_FILE_TEST_EXISTS) ||
         (place != NULL && g_file_test (place, G_FILE_TEST_EXISTS));
}

/* What cannot be read is told by who trains or measures on it. */
static gboolean
is_other (const Taking *taking, const SagCaseRow *one, const char *path)
{
  g_autofree char *hash = NULL;

  if (one->sha256 == NULL || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  hash = taking->cache != NULL ? sag_cache_dup_file_key (taking->cache, path, NULL)
                               : sag_nifti_hash_files (path, taking->cancellable, NULL);
  return hash != NULL && strcmp (hash, one->sha256) != 0;
}

/* Number of a case, which is new the first time; FALSE if its scan is not there, or another. */
static gboolean
find_case (Taking *taking, const SagExportSample *sample, guint *number)
{
  SagSnapshot      *self = taking->self;
  const SagCaseRow *one = sample->one;
  gpointer          key = GSIZE_TO_POINTER ((gsize) one->id);
  gpointer          found = g_hash_table_lookup (taking->case_of, key);
  SagSnapshotScan  *scan;

  if (g_hash_table_contains (taking->missing, key) || g_hash_table_contains (taking->changed, key))
    return FALSE;
  if (found == NULL)
    {
      g_autofree char *path = sag_project_dup_scan (taking->project, one);

      if (!is_there (path))
        return g_hash_table_add (taking->missing, key), FALSE;
      if (is_other (taking, one, path))
        return g_hash_table_add (taking->changed, key), FALSE;
      scan = g_new0 (SagSnapshotScan, 1);
      scan->public.id = one->id;
      scan->public.name = g_strdup (one->name);
      scan->path = g_steal_pointer (&path);
      scan->content = g_strdup (one->sha256 != NULL ? one->sha256 : one->uuid);
      scan->patient = g_strdup (sample->patient);
      scan->split = one->split != NULL && *one->split != 0 ? g_strdup (one->split) : NULL;
      g_ptr_array_add (self->cases, scan);
      found = GUINT_TO_POINTER (self->cases->len);
      g_hash_table_insert (taking->case_of, key, found);
    }
  *number = GPOINTER_TO_UINT (found) - 1;
  return TRUE;
}

/* The mask's voxels as a file, if there is a folder, and as a hash; an empty one where somebody says absent. */
static gboolean
take_mask (Taking *taking, const SagExportSample *sample, SagSnapshotSample *row, GError **error)
{
  const SagGeometry *grid = &sample->one->geometry;
  gsize              n = (gsize) sag_geometry_n_voxels (grid);
  g_autofree guint8 *voxels = g_malloc0 (n);
  g_autofree char   *path = NULL;

  if (sample->mask != NULL)
    sag_mask_fill_voxels (sample->mask->mask, 1, voxels);
  for (gsize i = 0; i < n; i++)
    row->n_voxels += voxels[i] != 0;
  row->mask_hash = sag_hash_voxels (voxels, n);
  row->mask =
    g_strdup_printf ("masks/%" G_GINT64_FORMAT "-%s.nii.gz", sample->one->id, sample->task->key);
  if (taking->self->folder == NULL)
    return TRUE;
  path = g_build_filename (taking->self->folder, row->mask, NULL);
  return sag_nifti_save (path, grid, SAG_NIFTI_UINT8, voxels, "Sagitta mask", taking->cancellable,
                         error);
}

static guint
find_task (const Taking *taking, const SagTaskRow *task)
{
  for (guint t = 0; t < taking->project->tasks->len; t++)
    if (taking->project->tasks->pdata[t] == task)
      return taking->task_of[t];
  return 0;
}

static gboolean
take_sample (const SagExportSample *sample, gpointer data, GError **error)
{
  Taking            *taking = data;
  guint              task = find_task (taking, sample->task), number;
  gboolean           segments = sag_task_kind (sample->task->wording) == SAG_TASK_SEGMENT;
  SagSnapshotSample *row;

  if (task == 0)
    return TRUE;
  if (sample->one->state < taking->options->least_state)
    return g_hash_table_add (taking->early, GSIZE_TO_POINTER ((gsize) sample->one->id)), TRUE;
  if (!find_case (taking, sample, &number))
    return TRUE;
  /* "Segment" without a mask teaches nobody where; that nothing is there it can. */
  if (segments && sample->mask == NULL &&
      (!(sample->label < 0.5) || sample->one->geometry.dims[0] == 0))
    return TRUE;
  row = g_new0 (SagSnapshotSample, 1);
  row->of_case = number;
  row->task = task - 1;
  row->label = sample->label;
  g_ptr_array_add (taking->self->samples, row);
  return (sample->mask == NULL && !segments) || take_mask (taking, sample, row, error);
}

static gboolean
is_wanted (const SagTaskRow *task, const char *const *wanted)
{
  return wanted == NULL || g_strv_contains (wanted, task->key) ||
         g_strv_contains (wanted, task->wording);
}

static gboolean
choose_tasks (Taking *taking, GError **error)
{
  const GPtrArray   *tasks = taking->project->tasks;
  const char *const *wanted = taking->options->tasks;

  for (guint t = 0; t < tasks->len; t++)
    {
      const SagTaskRow *row = tasks->pdata[t];
      SagSnapshotTask  *task;

      if (!is_wanted (row, wanted))
        continue;
      task = g_new0 (SagSnapshotTask, 1);
      task->key = g_strdup (row->key);
      task->wording = g_strdup (row->wording);
      g_ptr_array_add (taking->self->tasks, task);
      taking->task_of[t] = taking->self->tasks->len;
    }
  for (gsize w = 0; wanted != NULL && wanted[w] != NULL; w++)
    {
      const char *one[] = { wanted[w], NULL };
      guint       t = 0;

      while (t < tasks->len && !is_wanted (tasks->pdata[t], one))
        t++;
      if (t < tasks->len)
        continue;
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "The project has no task \"%s\"; sagitta-cli project info lists them.",
                   wanted[w]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_samples (Taking *taking, GError **error)
{
  SagTrainingOptions options = { .reader = taking->options->reader,
                                 .assisted = taking->options->assisted };
  g_auto (SagExported) exported = { 0 };
  guint n_missing, n_changed;

  sag_exported_init (&exported);
  if (!sag_export_samples (taking->project, &options, take_sample, taking, &exported,
                           taking->cancellable, error))
    return FALSE;
  for (guint n = 0; n < exported.notes->len; n++)
    g_ptr_array_add (taking->self->notes, g_strdup (exported.notes->pdata[n]));
  n_missing = g_hash_table_size (taking->missing);
  if (n_missing > 0)
    sag_snapshot_note (taking->self,
                       "%u labelled cases were left out because their scans are not where the "
                       "project looks for them; open them there, or add them again.",
                       n_missing);
  n_changed = g_hash_table_size (taking->changed);
  if (n_changed > 0)
    sag_snapshot_note (taking->self,
                       "%u labelled cases were left out because their scans are other files than "
                       "those that were labelled; put those back, or open them and look whether "
                       "their labels still hold.",
                       n_changed);
  if (g_hash_table_size (taking->early) > 0)
    sag_snapshot_note (
      taking->self, "%u labelled cases were left out because they are not yet marked as %s.",
      g_hash_table_size (taking->early), sag_case_state_to_string (taking->options->least_state));
  if (taking->self->samples->len > 0)
    return TRUE;
  if (g_hash_table_size (taking->early) > 0 && n_missing + n_changed > 0)
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      "No labelled case can be used: %u are not yet marked as %s; of %u that are the scans "
      "are not where the project looks for them, or other files.",
      g_hash_table_size (taking->early), sag_case_state_to_string (taking->options->least_state),
      n_missing + n_changed);
  else if (g_hash_table_size (taking->early) > 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "None of the %u labelled cases is marked as %s yet; mark them, or take all.",
                 g_hash_table_size (taking->early),
                 sag_case_state_to_string (taking->options->least_state));
  else
    g_set_error_literal (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      n_missing > 0   ? "None of the labelled scans is where the project looks for it."
      : n_changed > 0 ? "The labelled scans are other files than those that were labelled."
                      : "There is nothing to work with: of these tasks no label that may be used "
                        "says present or absent, and there is no mask.");
  return FALSE;
}

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Every sample as a line; in an order that does not depend on that of the project. */
static char *
hash_labels (const SagSnapshot *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;

  for (guint s = 0; s < self->samples->len; s++)
    {
      const SagSnapshotSample *sample = self->samples->pdata[s];
      const SagSnapshotScan   *scan = self->cases->pdata[sample->of_case];
      const SagSnapshotTask   *task = self->tasks->pdata[sample->task];

      g_ptr_array_add (lines, g_strdup_printf ("%s\t%s\t%s\t%s", scan->content, task->wording,
                                               isnan (sample->label) ? ""
                                               : sample->label > 0.5 ? "1"
                                                                     : "0",
                                               sample->mask_hash != NULL ? sample->mask_hash : ""));
    }
  g_ptr_array_sort (lines, compare_strings);
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("\n", (char **) lines->pdata);
  return sag_hash_sha256 (text, strlen (text));
}

static gboolean
read_project_hash (SagDb *db, gpointer data, GError **error)
{
  SagSnapshot *self = data;
  g_autoptr (GPtrArray) entries = sag_audit_list (db, error);

  if (entries == NULL)
    return FALSE;
  g_free (self->project_hash);
  self->project_hash =
    g_strdup (entries->len > 0 ? ((SagAuditEntry *) entries->pdata[entries->len - 1])->hash : "");
  return TRUE;
}

static void
count_sample (const SagSnapshot *self, const SagSnapshotSample *sample, int part)
{
  SagSnapshotTask *task = self->tasks->pdata[sample->task];

  if (sample->label > 0.5)
    task->n_present[part]++;
  else if (!isnan (sample->label))
    task->n_absent[part]++;
  if (sample->mask != NULL)
    (sample->n_voxels > 0 ? task->n_masks : task->n_empty)[part]++;
}

static void
count_all (SagSnapshot *self)
{
  for (guint s = 0; s < self->samples->len; s++)
    {
      const SagSnapshotSample *sample = self->samples->pdata[s];
      const SagSnapshotScan   *scan = self->cases->pdata[sample->of_case];

      for (int part = 0; part < SAG_N_SNAPSHOT_PARTS; part++)
        if (self->n_folds > 0 || scan->public.part == (SagSnapshotPart) part)
          count_sample (self, sample, part);
    }
}

/* What cannot be learned is said and left out; what cannot be measured is only said. */
static void
judge_task (SagSnapshot *self, SagSnapshotTask *task, gboolean trains)
{
  const gsize *present = task->n_present, *absent = task->n_absent;
  gboolean     learns = task->n_masks[0] > 0 || (present[0] > 0 && absent[0] > 0);
  gsize        n = present[0] + absent[0] + task->n_masks[0] + task->n_empty[0];

  if (trains && !learns)
    task->left_out =
      n == 0 ? g_strdup_printf ("\"%s\" has no label and no mask to learn from.", task->key)
      : task->n_empty[0] > 0 && present[0] + absent[0] == 0
        ? g_strdup_printf ("Every mask of \"%s\" is empty; paint some, or label it.", task->key)
        : g_strdup_printf ("\"%s\" has only %s cases to learn from; label some that are %s, too.",
                           task->key, present[0] > 0 ? "present" : "absent",
                           present[0] > 0 ? "absent" : "present");
  if (task->left_out != NULL)
    sag_snapshot_note (self, "%s", task->left_out);
  else if (task->n_masks[1] + present[1] == 0 || (task->n_masks[1] == 0 && absent[1] == 0))
    sag_snapshot_note (self, "No held-out case of \"%s\" is %s, so nothing can be measured.",
                       task->key, present[1] == 0 ? "present" : "absent");
}

static gboolean
judge_all (SagSnapshot *self, gboolean trains, GError **error)
{
  guint n = 0;

  for (guint t = 0; t < self->tasks->len; t++)
    {
      SagSnapshotTask *task = self->tasks->pdata[t];

      judge_task (self, task, trains);
      n += task->left_out == NULL;
    }
  if (n > 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "There is nothing to learn: %s",
               ((SagSnapshotTask *) self->tasks->pdata[0])->left_out);
  return FALSE;
}

static gboolean
make_folder (const char *folder, GError **error)
{
  g_autofree char *masks = g_build_filename (folder, "masks", NULL);
  g_autofree char *known = g_build_filename (folder, "snapshot.json", NULL);

  if (g_file_test (known, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s holds a snapshot already; choose another folder.", folder);
      return FALSE;
    }
  if (g_mkdir_with_parents (masks, 0700) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be made: %s.",
               folder, g_strerror (errno));
  return FALSE;
}

static gboolean
take (Taking *taking, GError **error)
{
  SagSnapshot *self = taking->self;
  gboolean     trains = taking->options->n_folds > 0 || taking->options->hold_out < 1;

  if (!choose_tasks (taking, error) || !take_samples (taking, error) ||
      !sag_snapshot_draw (self, taking->options, error))
    return FALSE;
  count_all (self);
  self->labels_hash = hash_labels (self);
  return judge_all (self, trains, error) &&
         sag_store_run (taking->project->store, read_project_hash, self, error);
}

SagSnapshot *
sag_snapshot_new (SagStore                 *store,
                  const SagSnapshotOptions *options,
                  const char               *folder,
                  GCancellable             *cancellable,
                  GError                  **error)
{
  g_autoptr (SagProject) project = sag_project_load (store, error);
  g_autoptr (SagSnapshot) self = sag_snapshot_alloc (folder);
  g_autoptr (GHashTable) case_of = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) missing = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) changed = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) early = g_hash_table_new (NULL, NULL);
  g_autoptr (SagCache) cache = NULL;
  g_autofree guint *task_of = NULL;
  Taking            taking = { .self = self,
                               .project = project,
                               .options = options,
                               .cancellable = cancellable,
                               .case_of = case_of,
                               .missing = missing,
                               .changed = changed,
                               .early = early };

  g_return_val_if_fail (options->n_folds <= SAG_SNAPSHOT_MOST_FOLDS && options->n_folds != 1, NULL);
  if (project == NULL || (folder != NULL && !make_folder (folder, error)))
    return NULL;
  if (options->cache != NULL)
    taking.cache = cache = sag_cache_new (options->cache, G_MAXUINT64, error);
  if (options->cache != NULL && cache == NULL)
    return NULL;
  taking.task_of = task_of = g_new0 (guint, project->tasks->len);
  self->n_folds = options->n_folds;
  self->seed = options->seed;
  if (!take (&taking, error))
    return NULL;
  g_ptr_array_add (self->notes, NULL);
  return folder == NULL || sag_snapshot_save (self, error) ? g_steal_pointer (&self) : NULL;
}

gsize
sag_snapshot_get_n_cases (const SagSnapshot *snapshot)
{
  return snapshot->cases->len;
}

gsize
sag_snapshot_get_n_patients (const SagSnapshot *snapshot)
{
  return snapshot->n_patients;
}

gsize
sag_snapshot_count (const SagSnapshot *snapshot, SagSnapshotPart part)
{
  gsize n = 0;

  for (guint c = 0; c < snapshot->cases->len; c++)
    n += (snapshot->n_folds > 0 && part != SAG_SNAPSHOT_WATCHED) ||
         sag_snapshot_get_case (snapshot, c)->part == part;
  return n;
}

const SagSnapshotCase *
sag_snapshot_get_case (const SagSnapshot *snapshot, gsize index)
{
  return &((const SagSnapshotScan *) snapshot->cases->pdata[index])->public;
}

const SagSnapshotCase *
sag_snapshot_find_case (const SagSnapshot *snapshot, const char *study)
{
  gint64 id = study != NULL ? g_ascii_strtoll (study, NULL, 10) : 0;

  for (guint c = 0; c < snapshot->cases->len; c++)
    if (sag_snapshot_get_case (snapshot, c)->id == id)
      return sag_snapshot_get_case (snapshot, c);
  return NULL;
}

gsize
sag_snapshot_get_n_tasks (const SagSnapshot *snapshot)
{
  return snapshot->tasks->len;
}

const SagSnapshotTask *
sag_snapshot_get_task (const SagSnapshot *snapshot, gsize index)
{
  return snapshot->tasks->pdata[index];
}

const char *const *
sag_snapshot_get_notes (const SagSnapshot *snapshot)
{
  return (const char *const *) snapshot->notes->pdata;
}

const char *
sag_snapshot_get_labels_hash (const SagSnapshot *snapshot)
{
  return snapshot->labels_hash;
}

const char *
sag_snapshot_get_project_hash (const SagSnapshot *snapshot)
{
  return snapshot->project_hash;
}
