/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/run.h"

#include "model/bundle/vision-key.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/pool.h"
#include "model/evaluate/scan.h"
#include "model/text/task.h"

#include <math.h>
#include <string.h>

struct _SagEvaluation
{
  char               *cache_error; /* nullable */
  SagEvaluationCounts counts;
  GArray             *rows;
  GPtrArray          *tasks;
  GPtrArray          *failures; /* NULL at the end */
};

/* What the lanes share. */
typedef struct
{
  SagEvaluation            *self;
  const SagEvaluateOptions *options;
  GPtrArray                *scans; /* of GArray of guint: rows */
  GAsyncQueue              *engines[SAG_EVALUATE_MOST_MODELS];
  const SagRecipe          *recipes[SAG_EVALUATE_MOST_MODELS];
  char                     *visions[SAG_EVALUATE_MOST_MODELS];
  GCancellable             *cancellable;
  GMutex                    mutex; /* over what follows */
  gsize                     n_taken;
  gsize                     n_done;
  GError                   *error; /* of an engine: stops everything */
} Work;

/* Numbers in the order of coming first. */
static guint
number_of (GHashTable *numbers, const char *key, gboolean *is_new)
{
  gpointer found = g_hash_table_lookup (numbers, key);

  *is_new = found == NULL;
  if (found != NULL)
    return GPOINTER_TO_UINT (found) - 1;
  g_hash_table_insert (numbers, g_strdup (key), GUINT_TO_POINTER (g_hash_table_size (numbers) + 1));
  return g_hash_table_size (numbers) - 1;
}

static GHashTable *
numbers_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

typedef struct
{
  GHashTable *tasks;
  GHashTable *scans;
  GHashTable *patients;
  GHashTable *rows; /* question, scan, mask -> row + 1 */
} Numbers;

static void
numbers_clear (Numbers *numbers)
{
  g_clear_pointer (&numbers->tasks, g_hash_table_unref);
  g_clear_pointer (&numbers->scans, g_hash_table_unref);
  g_clear_pointer (&numbers->patients, g_hash_table_unref);
  g_clear_pointer (&numbers->rows, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Numbers, numbers_clear)

static char *
dup_row_key (const SagSample *sample)
{
  g_autoptr (GString) key = g_string_new (sample->question);

  g_string_append_printf (key, "\n%s\n%s\n", sample->image,
                          sample->mask != NULL ? sample->mask : "");
  for (gsize i = 0; i < sample->n_mask_values; i++)
    g_string_append_printf (key, "%d;", sample->mask_values[i]);
  return g_string_free (g_steal_pointer (&key), FALSE);
}

static gboolean
same_label (double a, double b)
{
  return (isnan (a) && isnan (b)) || !(a < b || a > b || isnan (a) || isnan (b));
}

/* FALSE on an error; rows that stood further up are counted only. */
static gboolean
check_repeated (
  SagEvaluation *self, Numbers *numbers, const SagSample *sample, gboolean *is_new, GError **error)
{
  g_autofree char        *key = dup_row_key (sample);
  guint                   row = number_of (numbers->rows, key, is_new);
  const SagEvaluationRow *before;

  if (*is_new)
    return TRUE;
  before = &g_array_index (self->rows, SagEvaluationRow, row);
  self->counts.n_repeated++;
  if (same_label (before->sample->label, sample->label))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "The manifest asks the same of the same scan in lines %u and %u, but the labels "
               "differ; keep the right one.",
               before->sample->line, sample->line);
  return FALSE;
}

/* Nothing but a map can answer such a row. */
static gboolean
is_for_maps (const SagSample *sample)
{
  return sample->mask != NULL && isnan (sample->label);
}

static void
add_row (Work *work, Numbers *numbers, const SagSample *sample, guint scan)
{
  SagEvaluation   *self = work->self;
  g_autofree char *patient = sample->patient != NULL ? g_strconcat ("p", sample->patient, NULL)
                                                     : g_strconcat ("s", sample->image, NULL);
  SagEvaluationRow row = { .sample = sample, .scan = scan, .truth = -1 };
  guint            index = self->rows->len;
  gboolean         is_new;

  row.detects = sag_evaluation_has_maps (self) &&
                (sag_task_kind (sample->question) == SAG_TASK_SEGMENT || is_for_maps (sample));
  row.task = number_of (numbers->tasks, sample->question, &is_new);
  if (is_new)
    g_ptr_array_add (self->tasks, g_strdup (sample->question));
  row.patient = number_of (numbers->patients, patient, &is_new);
  g_array_append_val (self->rows, row);
  g_array_append_val ((GArray *) work->scans->pdata[scan], index);
}

static void
free_array (gpointer array)
{
  g_array_unref (array);
}

/* The rows of the split, by scans. */
static gboolean
collect (Work *work, SagDataset *dataset, GError **error)
{
  const SagEvaluateOptions *options = work->options;
  SagEvaluation            *self = work->self;
  g_auto (Numbers) numbers = { numbers_new (), numbers_new (), numbers_new (), numbers_new () };

  for (gsize i = 0; i < sag_dataset_get_n (dataset); i++)
    {
      const SagSample *sample = sag_dataset_get (dataset, i);
      gboolean         is_new;
      guint            scan;

      if (!options->every_split && sample->split != options->split)
        continue;
      if (!sag_evaluation_has_maps (self) && is_for_maps (sample))
        {
          self->counts.n_for_maps++;
          continue;
        }
      scan = number_of (numbers.scans, sample->image, &is_new);
      if (options->limit > 0 && scan >= options->limit)
        continue;
      if (is_new)
        g_ptr_array_add (work->scans, g_array_new (FALSE, FALSE, sizeof (guint)));
      if (!check_repeated (self, &numbers, sample, &is_new, error))
        return FALSE;
      if (is_new)
        add_row (work, &numbers, sample, scan);
    }
  self->counts.n_rows = self->rows->len;
  self->counts.n_tasks = self->tasks->len;
  self->counts.n_scans = work->scans->len;
  self->counts.n_patients = g_hash_table_size (numbers.patients);
  if (self->rows->len > 0)
    return TRUE;
  if (self->counts.n_for_maps > 0)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "No row has a label, and the model draws no map that could be held "
                         "against the masks; take rows with labels, or a bundle that draws maps.");
  else
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "The manifest has no row in the split \"%s\"; choose another one with --split.",
                 sag_split_to_string (options->split));
  return FALSE;
}

/* An engine's failure, or the person's wish to stop, ends everything; a scan's own ends the scan. */
static void
note_failure (Work *work, GError *error, gboolean fatal, const char *path)
{
  g_autofree char *name = sag_file_dup_display_name (path);

  if (fatal || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (work->error == NULL)
        work->error = g_steal_pointer (&error);
      g_clear_error (&error);
      return;
    }
  g_ptr_array_add (work->self->failures, strstr (error->message, name) != NULL
                                           ? g_strdup (error->message)
                                           : g_strdup_printf ("%s: %s", name, error->message));
  g_error_free (error);
}

static void
finish_scan (Work *work, SagScanAsked *asked, const char *path, GError *error)
{
  g_mutex_lock (&work->mutex);
  if (error != NULL)
    note_failure (work, error, asked->engine_failed, path);
  else
    {
      work->self->counts.n_scope[asked->verdict]++;
      work->self->counts.n_synthetic += asked->synthetic;
      work->self->counts.n_unknown += asked->n_unknown;
    }
  for (gsize m = 0; m < work->self->counts.n_models; m++)
    if (asked->cell_ml[m] > 0)
      work->self->counts.cell_ml[m] = asked->cell_ml[m];
  if (asked->cache_error != NULL && work->self->cache_error == NULL)
    work->self->cache_error = g_strdup (asked->cache_error->message);
  g_clear_error (&asked->cache_error);
  work->n_done++;
  if (work->options->progress != NULL && work->error == NULL)
    work->options->progress (work->n_done, work->scans->len, work->options->data);
  g_mutex_unlock (&work->mutex);
}

/* @cache: out: (nullable): NULL, too, once it took something no more */
static gboolean
take_scan (Work *work, gsize *scan, SagCache **cache)
{
  gboolean taken;

  g_mutex_lock (&work->mutex);
  *cache = work->self->cache_error == NULL ? work->options->cache : NULL;
  taken = work->error == NULL && work->n_taken < work->scans->len;
  if (taken)
    *scan = work->n_taken++;
  g_mutex_unlock (&work->mutex);
  return taken;
}

static void
lane_cb (gsize lane, guint worker, gpointer data)
{
  Work     *work = data;
  gsize     scan;
  SagCache *cache;

  while (take_scan (work, &scan, &cache))
    {
      GArray      *rows = work->scans->pdata[scan];
      SagScanAsked asked = { .rows = (SagEvaluationRow *) (void *) work->self->rows->data,
                             .which = (const guint *) (const void *) rows->data,
                             .n = rows->len,
                             .engines = work->engines,
                             .recipes = work->recipes,
                             .visions = work->visions,
                             .n_models = work->self->counts.n_models,
                             .has_map = work->self->counts.has_map,
                             .keep_empty = work->options->keep_empty,
                             .cache = cache };
      const char  *path = asked.rows[asked.which[0]].sample->image;
      GError      *error = NULL;

      sag_scan_ask (&asked, work->cancellable, &error);
      finish_scan (work, &asked, path, error);
    }
}

static void
open_queues (Work *work, const SagEvaluateModel *models, gsize n_models)
{
  for (gsize m = 0; m < n_models; m++)
    {
      SagBundle *bundle = sag_engine_get_bundle (models[m].engines[0]);

      work->engines[m] = g_async_queue_new ();
      work->recipes[m] = sag_bundle_get_recipe (bundle);
      if (work->options->cache != NULL || n_models > 1)
        work->visions[m] = sag_bundle_dup_vision_key (bundle);
      for (gsize e = 0; e < models[m].n_engines; e++)
        g_async_queue_push (work->engines[m], models[m].engines[e]);
    }
}

static void
run_lanes (Work *work)
{
  SagPool *pool = sag_pool_get_default ();
  guint    n_lanes = work->options->n_lanes;

  if (n_lanes == 0)
    n_lanes = sag_pool_get_n_threads (pool);
  sag_pool_run (pool, n_lanes, lane_cb, work);
}

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

SagEvaluation *
sag_evaluation_run (SagDataset               *dataset,
                    const SagEvaluateModel   *models,
                    gsize                     n_models,
                    const SagEvaluateOptions *options,
                    GCancellable             *cancellable,
                    GError                  **error)
{
  g_autoptr (SagEvaluation) self = g_new0 (SagEvaluation, 1);
  g_autoptr (GPtrArray) scans = g_ptr_array_new_with_free_func (free_array);
  Work   work = { .self = self, .options = options, .scans = scans, .cancellable = cancellable };
  gint64 start = g_get_monotonic_time ();

  g_return_val_if_fail (n_models >= 1 && n_models <= SAG_EVALUATE_MOST_MODELS, NULL);
  self->rows = g_array_new (FALSE, TRUE, sizeof (SagEvaluationRow));
  self->tasks = g_ptr_array_new_with_free_func (g_free);
  self->failures = g_ptr_array_new_with_free_func (g_free);
  self->counts.n_models = n_models;
  for (gsize m = 0; m < n_models; m++)
    self->counts.has_map[m] =
      sag_network_has_map (sag_bundle_get_network (sag_engine_get_bundle (models[m].engines[0])));
  if (!collect (&work, dataset, error))
    return NULL;
  g_mutex_init (&work.mutex);
  open_queues (&work, models, n_models);
  run_lanes (&work);
  for (gsize m = 0; m < n_models; m++)
    {
      g_async_queue_unref (work.engines[m]);
      g_free (work.visions[m]);
    }
  g_mutex_clear (&work.mutex);
  if (work.error != NULL)
    {
      g_propagate_error (error, work.error);
      return NULL;
    }
  g_ptr_array_sort (self->failures, compare_strings); /* lanes finish in any order */
  g_ptr_array_add (self->failures, NULL);
  self->counts.seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
  return g_steal_pointer (&self);
}

static void
add_counts (SagEvaluationCounts *sum, const SagEvaluationCounts *part)
{
  sum->n_rows += part->n_rows;
  sum->n_scans += part->n_scans;
  sum->n_patients += part->n_patients;
  sum->n_repeated += part->n_repeated;
  sum->n_for_maps += part->n_for_maps;
  sum->n_unknown += part->n_unknown;
  sum->n_synthetic += part->n_synthetic;
  sum->seconds += part->seconds;
  sum->n_models = part->n_models;
  for (int v = 0; v < 3; v++)
    sum->n_scope[v] += part->n_scope[v];
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    {
      sum->has_map[m] = part->has_map[m];
      sum->cell_ml[m] = part->cell_ml[m];
    }
}

SagEvaluation *
sag_evaluation_join (SagEvaluation **parts, gsize n)
{
  SagEvaluation *self = g_new0 (SagEvaluation, 1);
  g_autoptr (GHashTable) tasks = numbers_new ();
  gboolean is_new;

  self->rows = g_array_new (FALSE, TRUE, sizeof (SagEvaluationRow));
  self->tasks = g_ptr_array_new_with_free_func (g_free);
  self->failures = g_ptr_array_new_with_free_func (g_free);
  for (gsize p = 0; p < n; p++)
    {
      for (guint i = 0; i < parts[p]->rows->len; i++)
        {
          SagEvaluationRow row = g_array_index (parts[p]->rows, SagEvaluationRow, i);

          row.task = number_of (tasks, row.sample->question, &is_new);
          if (is_new)
            g_ptr_array_add (self->tasks, g_strdup (row.sample->question));
          row.scan += (guint) self->counts.n_scans;
          row.patient += (guint) self->counts.n_patients;
          g_array_append_val (self->rows, row);
        }
      for (guint f = 0; f + 1 < parts[p]->failures->len; f++)
        g_ptr_array_add (self->failures, g_strdup (parts[p]->failures->pdata[f]));
      add_counts (&self->counts, &parts[p]->counts);
      if (self->cache_error == NULL)
        self->cache_error = g_steal_pointer (&parts[p]->cache_error);
      g_clear_pointer (&parts[p], sag_evaluation_free);
    }
  self->counts.n_tasks = self->tasks->len;
  g_ptr_array_add (self->failures, NULL);
  return self;
}

void
sag_evaluation_free (SagEvaluation *evaluation)
{
  if (evaluation == NULL)
    return;
  g_array_unref (evaluation->rows);
  g_ptr_array_unref (evaluation->tasks);
  g_ptr_array_unref (evaluation->failures);
  g_free (evaluation->cache_error);
  g_free (evaluation);
}

const SagEvaluationCounts *
sag_evaluation_get_counts (const SagEvaluation *evaluation)
{
  return &evaluation->counts;
}

const SagEvaluationRow *
sag_evaluation_get_row (const SagEvaluation *evaluation, gsize row)
{
  return &g_array_index (evaluation->rows, SagEvaluationRow, row);
}

const char *
sag_evaluation_get_task (const SagEvaluation *evaluation, gsize task)
{
  return evaluation->tasks->pdata[task];
}

const char *
sag_evaluation_get_cache_error (const SagEvaluation *evaluation)
{
  return evaluation->cache_error;
}

const char *const *
sag_evaluation_get_failures (const SagEvaluation *evaluation)
{
  return (const char *const *) evaluation->failures->pdata;
}

gboolean
sag_evaluation_has_maps (const SagEvaluation *evaluation)
{
  for (gsize m = 0; m < evaluation->counts.n_models; m++)
    if (evaluation->counts.has_map[m])
      return TRUE;
  return FALSE;
}

gboolean
sag_evaluation_detects (const SagEvaluation *evaluation, const SagEvaluationRow *row, gsize model)
{
  return row->detects && evaluation->counts.has_map[model];
}
