/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/tune-private.h"

#include "model/core/pool.h"

#define MOST_ENGINES 4

static void
free_engine (gpointer engine)
{
  sag_engine_close (engine);
}

/* One core for each scan at work; in fp32. */
static GPtrArray *
open_engines (SagTuneRun *self, SagBundle *bundle, GError **error)
{
  g_autoptr (GPtrArray) engines = g_ptr_array_new_with_free_func (free_engine);
  SagEngineOptions options = self->job->plan.engine;
  guint            n_cores = sag_pool_get_n_threads (sag_pool_get_default ());
  guint            n = options.n_threads > 0 ? MIN ((guint) options.n_threads, n_cores) : n_cores;

  options.precision = SAG_PRECISION_FP32;
  options.n_threads = 1;
  for (guint i = 0; i < MIN (n, MOST_ENGINES); i++)
    {
      SagEngine *engine = sag_engine_open (self->job->judge, bundle, &options, error);

      if (engine == NULL)
        return NULL;
      g_ptr_array_add (engines, engine);
    }
  return g_steal_pointer (&engines);
}

static void
progress_cb (gsize n_done, gsize n, gpointer data)
{
  SagTuneRun *self = data;

  self->status.n_done = n_done;
  self->status.n = n;
  sag_tune_show (self, n_done == n);
  sag_tune_heed (self);
}

static SagEvaluation *
ask (SagTuneRun *self, SagBundle *tuned, guint fold, GError **error)
{
  g_autofree char *manifest = sag_snapshot_dup_manifest (self->snapshot, fold);
  SagDataset      *dataset = sag_dataset_load (manifest, error);
  g_autoptr (SagCache) cache = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  SagEvaluateModel   models[2];
  SagEvaluateOptions options = { .split = SAG_SPLIT_TEST,
                                 .keep_empty = self->job->plan.keep_empty,
                                 .progress = progress_cb,
                                 .data = self };

  if (dataset == NULL)
    return NULL;
  g_ptr_array_add (self->datasets, dataset);
  cache = sag_cache_new (self->job->cache, self->job->cache_bytes, error);
  before = cache != NULL ? open_engines (self, self->job->bundle, error) : NULL;
  after = before != NULL ? open_engines (self, tuned, error) : NULL;
  if (after == NULL)
    return NULL;
  models[0] = (SagEvaluateModel){ (SagEngine **) before->pdata, before->len };
  models[1] = (SagEvaluateModel){ (SagEngine **) after->pdata, after->len };
  options.n_lanes = before->len;
  options.cache = cache;
  return sag_evaluation_run (dataset, models, 2, &options, self->cancellable, error);
}

static SagEvaluation *
ask_fold (SagTuneRun *self, guint fold, GError **error)
{
  g_autofree char *folder = sag_tune_dup_folder (self, fold);
  g_autofree char *last = g_build_filename (folder, "last", NULL);
  g_autoptr (SagBundle) tuned = sag_bundle_load (last, error);

  self->status.fold = fold;
  return tuned != NULL ? ask (self, tuned, fold, error) : NULL;
}

SagEvaluation *
sag_tune_measure (SagTuneRun *self, SagBundle *tuned, GError **error)
{
  SagEvaluation *parts[SAG_SNAPSHOT_MOST_FOLDS] = { NULL };
  guint          n_folds = self->status.n_folds, n = 0;

  if (n_folds == 0)
    return ask (self, tuned, 0, error);
  while (n < n_folds && (parts[n] = ask_fold (self, n + 1, error)) != NULL)
    n++;
  self->status.fold = 0;
  if (n == n_folds)
    return sag_evaluation_join (parts, n);
  for (guint p = 0; p < n; p++)
    sag_evaluation_free (parts[p]);
  return NULL;
}
