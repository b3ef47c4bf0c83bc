/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/heatmap.h"
#include "model/core/error.h"
#include "ui/base/trace.h"
#include "ui/engine/run.h"

#include <glib/gi18n.h>
#include <string.h>

/* What each kind of job does, on the engine thread. */

/* Of many texts, so many at once that another question need not wait long. */
#define FEWEST_TEXTS 4
#define MOST_TEXTS 64
#define BATCH_MS 150

/* Takes @engine; @job tells the main thread. */
static void
use_engine (SagUiTools *tools, SagUiJob *job, SagEngine *engine)
{
  g_autoptr (SagCalibration) calibration = sag_calibration_find (sag_engine_get_bundle (engine));

  g_clear_pointer (&tools->engine, sag_engine_close);
  tools->engine = engine;
  tools->has_failed = FALSE;
  job->bundle = sag_bundle_ref (sag_engine_get_bundle (engine));
  job->info = *sag_engine_get_info (engine);
  if (calibration != NULL)
    job->calibration = g_strdup (sag_calibration_get_sha256 (calibration));
}

static void
run_open (SagUiWorker *worker, SagUiJob *job)
{
  SagUiTools *tools = sag_ui_worker_get_tools (worker);
  SagEngine  *engine = sag_ui_run_open (worker, job->folder, &job->note, &job->error);

  if (engine != NULL)
    use_engine (tools, job, engine);
}

/* After a failure the engine is opened anew, maybe another one; the main thread hears of it as of
 * any bundle that was opened. The old one keeps its place if that fails, too. */
static void
revive (SagUiWorker *worker)
{
  SagUiTools *tools = sag_ui_worker_get_tools (worker);
  g_autoptr (SagUiJob) news = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  SagEngine *engine;

  if (tools->engine == NULL || !tools->has_failed)
    return;
  tools->has_failed = FALSE;
  news = sag_ui_job_new (SAG_UI_JOB_OPEN);
  bundle = sag_bundle_ref (sag_engine_get_bundle (tools->engine));
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_OPENING);
  engine = tools->open (bundle, tools->user_data, &news->note, NULL);
  if (engine == NULL)
    return;
  use_engine (tools, news, engine);
  sag_ui_worker_post_done (worker, news);
}

static void
run_ask (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  job->answers =
    sag_ui_run_answers (worker, job, engine, (const char *const *) job->texts, 1, &job->error);
}

/* The other bundle stays open, as comparing goes on. */
static void
run_ask_with (SagUiWorker *worker, SagUiJob *job)
{
  SagUiTools *tools = sag_ui_worker_get_tools (worker);

  if (g_strcmp0 (tools->other_folder, job->folder) != 0)
    {
      SagUiEngineNote note = { 0 };
      SagEngine      *engine = sag_ui_run_open (worker, job->folder, &note, &job->error);

      g_free (note.sentence);
      if (engine == NULL)
        return;
      g_clear_pointer (&tools->other, sag_engine_close);
      g_free (tools->other_folder);
      tools->other = engine;
      tools->other_folder = g_strdup (job->folder);
    }
  run_ask (worker, job, tools->other);
}

/* More is only worth saying about an answer of this bundle, this scan and this box. */
static gboolean
check_answer (SagUiJob *job, SagEngine *engine)
{
  const SagProvenance *provenance = job->answer->provenance;

  if (g_str_equal (provenance->bundle_sha256,
                   sag_bundle_get_sha256 (sag_engine_get_bundle (engine))) &&
      g_str_equal (provenance->voxels, sag_volume_get_hash (job->volume)) &&
      sag_geometry_same_point (provenance->shift_mm, job->shift_mm))
    return TRUE;
  g_set_error_literal (&job->error, SAG_ERROR, SAG_ERROR_MISMATCH,
                       _ ("This answer is outdated: the bundle or the analysed box has changed "
                          "since; ask again first."));
  return FALSE;
}

typedef struct
{
  SagUiWorker *worker;
  SagUiJob    *job;
} Progress;

static void
progress_thread (gsize n_done, gsize n_tokens, gpointer user_data)
{
  Progress *progress = user_data;

  sag_ui_worker_post (progress->worker, SAG_UI_EVENT_PROGRESS, progress->job, NULL,
                      (double) n_done / (double) n_tokens);
}

static void
run_evidence (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  Progress progress = { worker, job };
  g_autoptr (SagTokens) tokens = NULL;

  if (!check_answer (job, engine))
    return;
  tokens = sag_ui_run_tokens (worker, job, engine, &job->error);
  if (tokens == NULL)
    return;
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_ASKING);
  job->evidence = sag_evidence_compute (engine, tokens, job->answer, progress_thread, &progress,
                                        job->cancellable, &job->error);
}

static void
run_robust (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  SagPrepareOptions options = { .lungs = NULL };
  g_autoptr (GPtrArray) answers = g_ptr_array_new ();
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (SagTokens) tokens = NULL;

  if (!check_answer (job, engine))
    return;
  tokens = sag_ui_run_tokens (worker, job, engine, &job->error);
  if (tokens == NULL)
    return;
  memcpy (options.shift_mm, job->shift_mm, sizeof options.shift_mm);
  g_ptr_array_add (answers, job->answer);
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_ASKING);
  all = sag_robust_compute (engine, job->volume, tokens, &options, answers, job->cancellable,
                            &job->error);
  if (all != NULL)
    job->robust = g_ptr_array_steal_index (all, 0);
}

/* The job's text is the case's name. */
static void
run_save_map (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  g_autofree char *path =
    sag_heatmap_save (engine, job->answer, sag_volume_get_geometry (job->volume), job->smooth,
                      job->folder, job->texts[0], job->cancellable, &job->error);

  (void) path;
}

static void
run_laterality (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_ASKING);
  sag_laterality_check (engine, &job->laterality, job->cancellable, &job->error);
}

/* Answers of two bundles are never mixed. */
static void
begin_many (SagUiJob *job, SagEngine *engine)
{
  const char *sha256 = sag_bundle_get_sha256 (sag_engine_get_bundle (engine));

  if (g_strcmp0 (job->bundle_sha256, sha256) == 0)
    return;
  g_free (job->bundle_sha256);
  job->bundle_sha256 = g_strdup (sha256);
  g_clear_pointer (&job->answers, g_ptr_array_unref);
  job->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_answer_unref);
  job->ms = 0;
}

/* Twice as many as last time if that was quick. */
static gsize
batch_size (SagUiJob *job, gsize n_left)
{
  gsize n = FEWEST_TEXTS;

  if (job->ms > 0)
    n = (gsize) CLAMP (job->answers->len * BATCH_MS / MAX (job->ms, 1), FEWEST_TEXTS, MOST_TEXTS);
  return MIN (n, n_left);
}

static gboolean
run_many (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  gsize  n_texts = g_strv_length (job->texts);
  gsize  n, n_done;
  double ms;
  g_autoptr (GPtrArray) some = NULL;

  begin_many (job, engine);
  n_done = job->answers->len;
  if (n_done == n_texts)
    return TRUE;
  n = batch_size (job, n_texts - n_done);
  ms = job->ms;
  some = sag_ui_run_answers (worker, job, engine, (const char *const *) job->texts + n_done, n,
                             &job->error);
  if (some == NULL)
    return TRUE;
  job->ms += ms;
  g_ptr_array_extend_and_steal (job->answers, g_steal_pointer (&some));
  sag_ui_worker_post (worker, SAG_UI_EVENT_PROGRESS, job, NULL,
                      (double) job->answers->len / (double) n_texts);
  return job->answers->len == n_texts;
}

/* Its outcome is in the cache. */
static void
run_prepare (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  g_autoptr (SagTokens) tokens = sag_ui_run_tokens (worker, job, engine, &job->error);

  (void) tokens;
}

static gboolean
run (SagUiWorker *worker, SagUiJob *job, SagEngine *engine)
{
  if (job->kind == SAG_UI_JOB_OPEN)
    run_open (worker, job);
  else if (engine == NULL)
    g_set_error_literal (&job->error, SAG_ERROR, SAG_ERROR_ENGINE,
                         _ ("No model is open; choose a bundle first."));
  else if (job->kind == SAG_UI_JOB_ASK)
    run_ask (worker, job, engine);
  else if (job->kind == SAG_UI_JOB_ASK_WITH)
    run_ask_with (worker, job);
  else if (job->kind == SAG_UI_JOB_EVIDENCE)
    run_evidence (worker, job, engine);
  else if (job->kind == SAG_UI_JOB_ROBUST)
    run_robust (worker, job, engine);
  else if (job->kind == SAG_UI_JOB_LATERALITY)
    run_laterality (worker, job, engine);
  else if (job->kind == SAG_UI_JOB_SAVE_MAP)
    run_save_map (worker, job, engine);
  else if (job->kind == SAG_UI_JOB_ASK_MANY)
    return run_many (worker, job, engine);
  else
    run_prepare (worker, job, engine);
  return TRUE;
}

gboolean
sag_ui_run (SagUiWorker *worker, SagUiJob *job)
{
  SagUiTools *tools = sag_ui_worker_get_tools (worker);
  gboolean    done;

  if (job->kind != SAG_UI_JOB_OPEN)
    revive (worker);
  done = run (worker, job, tools->engine);
  if (g_error_matches (job->error, SAG_ERROR, SAG_ERROR_ENGINE))
    tools->has_failed = TRUE;
  return done;
}
