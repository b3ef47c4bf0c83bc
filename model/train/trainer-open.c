/* SPDX-License-Identifier: Apache-2.0 */

/* Setting a training up: everything is checked and prepared before the first step. */

#include "model/train/trainer-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define LOG_NAME "log.jsonl"
#define SPARE 4 /* scans that are loaded beyond the next batch */
#define MOST_LOADERS 4
#define MOST_STEPS 100000000
#define MOST_SAMPLES 65536

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list          args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, sentence);
  return FALSE;
}

void
sag_trainer_say (SagTrainer *self, const char *format, ...)
{
  g_autofree char *sentence = NULL;
  va_list          args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->job.events.said != NULL)
    self->job.events.said (self->job.events.data, sentence);
}

static gboolean
check_plan (const SagTrainPlan *plan, GError **error)
{
  guint64 n = (guint64) plan->scans_per_batch * MAX (plan->texts_per_scan, 1);

  if (plan->n_steps < 1 || plan->n_steps > MOST_STEPS)
    return fail (error, "--steps lies between 1 and %d.", MOST_STEPS);
  if (plan->scans_per_batch < 1 || n > MOST_SAMPLES)
    return fail (error, "A batch has 1 to %d samples.", MOST_SAMPLES);
  if (plan->accumulate < 1 || plan->accumulate > MOST_SAMPLES)
    return fail (error, "--accumulate lies between 1 and %d.", MOST_SAMPLES);
  if (!(plan->lr > 0 && plan->lr <= 1))
    return fail (error, "--lr lies above 0, and is at most 1.");
  if (!(plan->dropout >= 0 && plan->dropout < 1))
    return fail (error, "--dropout lies between 0 and 1.");
  if (!(plan->patch_weight > 0 && plan->patch_weight < 1e6))
    return fail (error, "--patch-weight is a number above 0.");
  if (!(plan->vision_lr >= 0 && plan->vision_lr < 1))
    return fail (error, "--vision-lr lies between 0 and 1.");
  if (plan->lora_rank > 4096 || !(plan->lora_alpha > 0 && plan->lora_alpha < 1e6))
    return fail (error, "--lora-rank is at most 4096, and --lora-alpha above 0.");
  return TRUE;
}

/* Rows of the manifest, and their hash for provenance. */
static gboolean
read_manifest (SagTrainer *self, GError **error)
{
  self->state.manifest = sag_hash_file_sha256 (self->job.manifest, NULL, error);
  self->dataset =
    self->state.manifest != NULL ? sag_dataset_load (self->job.manifest, error) : NULL;
  if (self->dataset == NULL)
    return FALSE;
  for (const char *const *w = sag_dataset_get_warnings (self->dataset); *w != NULL; w++)
    sag_trainer_say (self, "%s", *w);
  self->index = sag_index_new (self->dataset, SAG_SPLIT_TRAIN);
  self->held_out = sag_index_new (self->dataset, SAG_SPLIT_VALIDATION);
  if (sag_index_get_n_scans (self->index) == 0)
    return fail (error, "The manifest has no row of the split \"train\"; there is nothing to learn "
                        "from.");
  return TRUE;
}

static void
say_report (SagTrainer *self, const SagIndexReport *report)
{
  if (report->n_empty > 0)
    sag_trainer_say (self,
                     "Rows left out because their mask is empty, and nobody says that nothing is "
                     "there: %zu, the first in line %u; --keep-empty-masks takes them as "
                     "negatives.",
                     report->n_empty, report->first_empty);
  if (report->n_contradictions > 0)
    sag_trainer_say (self, "Of these, rows whose label says that something is there: %zu.",
                     report->n_contradictions);
  if (report->n_resampled > 0)
    sag_trainer_say (self, "Masks that lie on another grid than their scan were resampled: %zu.",
                     report->n_resampled);
  if (report->n_out_of_scope > 0)
    sag_trainer_say (self,
                     "Scans that asking would call out of scope are learned from all the "
                     "same: %zu.",
                     report->n_out_of_scope);
}

static gboolean
resolve (SagTrainer *self, GError **error)
{
  SagIndexReport report;
  gsize          n = sag_index_get_n_scans (self->index);

  if (!sag_index_resolve (self->index, self->store, self->plan.keep_empty, &report, error))
    return FALSE;
  say_report (self, &report);
  self->synthetic = report.n_synthetic == n;
  if (report.n_synthetic > 0 && !self->synthetic)
    sag_trainer_say (self, "Phantoms and real scans are mixed: %zu phantoms of %zu scans.",
                     report.n_synthetic, n);
  if (sag_index_get_n_scans (self->index) == 0)
    return fail (error, "Every row was left out; there is nothing to learn from.");
  return sag_index_resolve (self->held_out, self->store, self->plan.keep_empty, &report, error);
}

static void
preparing_cb (gpointer data, gsize n_done, gsize n)
{
  SagTrainer *self = data;

  if (self->job.events.preparing != NULL)
    self->job.events.preparing (self->job.events.data, n_done, n);
}

static gboolean
has_all (SagTrainer *self, SagIndex *index)
{
  for (gsize s = 0; s < sag_index_get_n_scans (index); s++)
    {
      const SagIndexScan *scan = sag_index_get_scan (index, s);

      if (!sag_scan_store_has (self->store, scan->path, scan->masks, scan->n_masks))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_everything (SagTrainer *self)
{
  return has_all (self, self->index) && has_all (self, self->held_out) &&
         sag_trainer_has_tokens (self) && sag_trainer_has_states (self);
}

/* Others' entries, which were not used since, go; if that is not enough everything would be made again each time. */
static gboolean
fit_cache (SagTrainer *self, GError **error)
{
  guint64 all = 0;

  has_everything (self); /* marks it as used */
  all = sag_cache_measure (self->cache, self->opened_s);
  sag_cache_trim (self->cache);
  if (has_everything (self))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
               "The prepared scans need more than the cache's limit; give --cache-size %.1f or so.",
               1.05 * (double) all / 1e9 + 0.05);
  return FALSE;
}

static gboolean
add_keys (SagTrainer *self, SagIndex *index, GString *text, GError **error)
{
  for (gsize s = 0; s < sag_index_get_n_scans (index); s++)
    {
      const SagIndexScan *scan = sag_index_get_scan (index, s);

      if (!sag_scan_store_add_keys (self->store, scan->path, scan->masks, scan->n_masks, text,
                                    error))
        return FALSE;
    }
  return TRUE;
}

/* Scans and masks are what they were when the run began. */
static gboolean
check_data (SagTrainer *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *before = g_steal_pointer (&self->state.data);

  if (!add_keys (self, self->index, text, error) || !add_keys (self, self->held_out, text, error))
    return FALSE;
  self->state.data = sag_hash_voxels (text->str, text->len);
  if (!self->job.resume || g_strcmp0 (before, self->state.data) == 0)
    return TRUE;
  return fail (error, "Scans or masks of the manifest were changed since this run began; start a "
                      "new run.");
}

/* Where all questions of a scan are asked, the data say how many those are. */
static gboolean
check_batch (const SagTrainer *self, GError **error)
{
  gsize most = sag_sampler_get_most (self->sampler);

  if (most <= MOST_SAMPLES / self->plan.scans_per_batch)
    return TRUE;
  return fail (error,
               "A batch has 1 to %d samples, but a scan has up to %zu questions; lower "
               "--images-per-batch, or give --texts-per-image.",
               MOST_SAMPLES, most);
}

static gboolean
prepare_data (SagTrainer *self, GCancellable *cancellable, GError **error)
{
  self->cache = sag_cache_new (self->job.cache, self->job.cache_bytes, error);
  if (self->cache == NULL)
    return FALSE;
  sag_sample_grid_init (&self->grid, self->network, sag_bundle_get_recipe (self->job.bundle));
  self->store = sag_scan_store_new (self->cache, &self->grid);
  if (!sag_index_prepare (self->index, self->store, preparing_cb, self, cancellable, error) ||
      !sag_index_prepare (self->held_out, self->store, preparing_cb, self, cancellable, error))
    return FALSE;
  if (!fit_cache (self, error) || !check_data (self, error) || !resolve (self, error))
    return FALSE;
  self->texts = sag_train_texts_new (self->job.bundle, self->index, error);
  self->other_texts =
    self->texts != NULL ? sag_train_texts_new (self->job.bundle, self->held_out, error) : NULL;
  if (self->other_texts == NULL)
    return FALSE;
  self->sampler =
    sag_sampler_new (self->index, self->plan.sampling, self->plan.texts_per_scan, self->plan.seed);
  return check_batch (self, error);
}

static gboolean
open_engine (SagTrainer *self, GError **error)
{
  g_autoptr (SagBundle) last = NULL;
  SagBundle      *bundle = self->job.bundle;
  SagStatus       status = { 0 };
  SagWeightSource source = { self->network, sag_bundle_read, NULL };
  SagTrainOptions options = { .engine = self->plan.engine,
                              .parts = self->plan.parts,
                              .seed = self->plan.seed,
                              .dropout = (float) self->plan.dropout,
                              .lora_rank = (gint32) self->plan.lora_rank,
                              .lora_alpha = (float) self->plan.lora_alpha,
                              .patch_weight = (float) self->plan.patch_weight,
                              .balance_masks = self->plan.balance_masks,
                              .vision_rate = (float) (self->plan.vision_lr / self->plan.lr),
                              .freeze_norms = self->plan.freeze_norms ||
                                              !sag_train_plan_trains_vision (&self->plan) };

  /* A bundle has adapters merged: those go on from the bundle before, and from the state. */
  if (self->job.resume && !sag_train_plan_has_lora (&self->plan))
    {
      g_autofree char *folder = sag_checkpoint_dup_bundle (self->job.folder, self->state.step);

      bundle = last = sag_bundle_load (folder, error);
      if (last == NULL)
        return FALSE;
    }
  source.data = bundle;
  self->engine = self->job.table->open (&source, &options, &status);
  if (self->engine == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status.message);
      return FALSE;
    }
  self->arrays = sag_train_arrays_new (self->job.table, self->engine);
  return TRUE;
}

/* Whose weights are gone is the best no longer: the next validation finds another. */
static void
forget_lost_best (SagTrainer *self)
{
  g_autofree char *folder = sag_checkpoint_dup_bundle (self->job.folder, self->state.best_step);
  g_autofree char *name = g_path_get_basename (folder);

  if (isnan (self->state.best) || g_file_test (folder, G_FILE_TEST_IS_DIR))
    return;
  self->state.best = self->state.best_loss = NAN;
  self->state.n_worse = 0;
  sag_trainer_say (
    self, "The best checkpoint, %s, is no longer there; the next validation is taken for the best.",
    name);
}

/* Reads where the run stands; what it was begun with must be what is given now. */
static gboolean
read_state (SagTrainer *self, GError **error)
{
  g_auto (SagTrainState) now = self->state;
  g_autofree char *path = NULL;
  guint64          step;

  self->state = (SagTrainState){ 0 };
  if (!sag_checkpoint_find_last (self->job.folder, &step))
    return fail (error, "There is no checkpoint in %s; start without --resume.", self->job.folder);
  path = sag_checkpoint_dup_state (self->job.folder, step);
  if (!sag_train_state_load (&self->state, NULL, path, error))
    return FALSE;
  if (strcmp (now.options, self->state.options) != 0)
    return fail (error, "This run began with other options; go on with those it began with: %s.",
                 self->state.options);
  if (strcmp (now.manifest, self->state.manifest) != 0)
    return fail (error, "The manifest was changed since this run began; start a new run.");
  if (strcmp (now.parent, self->state.parent) != 0)
    return fail (error, "This run began with another bundle; name that one with --bundle.");
  forget_lost_best (self);
  return TRUE;
}

static gboolean
read_moments (SagTrainer *self, GError **error)
{
  g_autofree char *path = sag_checkpoint_dup_state (self->job.folder, self->state.step);
  g_auto (SagTrainState) again = { 0 };

  if (!sag_train_state_load (&again, self->arrays, path, error))
    return FALSE;
  self->job.table->set_random (self->engine, self->state.random);
  return TRUE;
}

/* The log's lock is the folder's: who has it is the only one who looks for checkpoints and writes them. */
static gboolean
lock_folder (SagTrainer *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->job.folder, LOG_NAME, NULL);

  if (g_mkdir_with_parents (self->job.folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "The folder %s cannot be made: %s; choose another one.", self->job.folder,
                   g_strerror (errno));
      return FALSE;
    }
  self->log = sag_train_log_open (path, error);
  return self->log != NULL;
}

static gboolean
open_folder (SagTrainer *self, GError **error)
{
  guint64 step;

  if (self->job.resume && !sag_checkpoint_find_last (self->job.folder, &step))
    return fail (error, "There is no checkpoint in %s; start without --resume.", self->job.folder);
  if (!lock_folder (self, error))
    return FALSE;
  if (self->job.resume)
    return read_state (self, error);
  if (!sag_checkpoint_find_last (self->job.folder, &step))
    return TRUE;
  return fail (error, "%s holds a training already; go on with --resume, or choose another folder.",
               self->job.folder);
}

static gboolean
cut_log (SagTrainer *self, GError **error)
{
  return sag_train_log_cut (self->log, self->job.resume ? (gint64) self->state.step : -1, error);
}

SagTrainer *
sag_trainer_new (const SagTrainJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagTrainer) self = g_new0 (SagTrainer, 1);
  SagLoaderOptions loading = { 0 };

  self->job = *job;
  self->opened_s = g_get_real_time () / G_USEC_PER_SEC;
  self->plan = job->plan;
  self->network = sag_bundle_get_network (job->bundle);
  self->state.best = self->state.best_loss = NAN;
  self->state.options = sag_train_plan_describe (&self->plan);
  self->state.parent = g_strdup (sag_bundle_get_sha256 (job->bundle));
  if (!check_plan (&self->plan, error) || !sag_train_plan_fits (&self->plan, self->network, error))
    return NULL;
  if (sag_bundle_get_folder (job->bundle) == NULL)
    return fail (error, "Training begins from a bundle in a folder; name one with --bundle."), NULL;
  if (!read_manifest (self, error) || !open_folder (self, error) ||
      !prepare_data (self, cancellable, error) || !sag_trainer_encode (self, cancellable, error) ||
      !open_engine (self, error) || (job->resume && !read_moments (self, error)) ||
      !sag_trainer_make_states (self, cancellable, error) ||
      (self->model != NULL && !fit_cache (self, error)) || !cut_log (self, error))
    return NULL;
  self->older_step = self->older_best = G_MAXUINT64;
  self->saved_best = sag_trainer_get_best (self);
  self->saved_step = job->resume ? self->state.step : G_MAXUINT64;
  self->saved_validation = self->state.validated;
  self->seconds_before = self->state.n_seconds;
  loading = (SagLoaderOptions){
    .augment = self->plan.augment,
    .seed = self->plan.seed,
    .first = self->state.step * self->plan.accumulate * self->plan.scans_per_batch,
    .ahead = self->plan.scans_per_batch + MIN (self->plan.scans_per_batch, SPARE),
    .n_threads =
      self->plan.n_loaders > 0 ? self->plan.n_loaders : MIN (g_get_num_processors (), MOST_LOADERS),
    .model = self->model,
    .n_token_values = self->n_token_values,
    .state_model = self->state_model,
    .hidden = (gsize) self->network->hidden,
  };
  self->loader = sag_loader_new (self->store, self->index, self->sampler, &loading);
  return g_steal_pointer (&self);
}

void
sag_trainer_free (SagTrainer *trainer)
{
  if (trainer == NULL)
    return;
  g_clear_pointer (&trainer->loader, sag_loader_free);
  g_clear_pointer (&trainer->sampler, sag_sampler_free);
  g_clear_pointer (&trainer->texts, sag_train_texts_free);
  g_clear_pointer (&trainer->other_texts, sag_train_texts_free);
  g_clear_pointer (&trainer->arrays, sag_train_arrays_free);
  if (trainer->engine != NULL)
    trainer->job.table->close (trainer->engine);
  g_clear_pointer (&trainer->index, sag_index_free);
  g_clear_pointer (&trainer->held_out, sag_index_free);
  g_clear_pointer (&trainer->store, sag_scan_store_free);
  g_clear_pointer (&trainer->cache, sag_cache_free);
  g_clear_pointer (&trainer->dataset, sag_dataset_unref);
  g_clear_pointer (&trainer->log, sag_train_log_close);
  sag_train_state_clear (&trainer->state);
  g_free (trainer->model);
  g_free (trainer->state_model);
  g_clear_pointer (&trainer->samples, g_array_unref);
  g_free (trainer->task_auroc);
  g_free (trainer);
}

guint64
sag_trainer_get_step (SagTrainer *trainer)
{
  return trainer->state.step;
}
