/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/run.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "ui/base/trace.h"

#include <glib/gi18n.h>
#include <string.h>

#define UNTRAINED_SEED 1

static double
ms_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) * 1e-3;
}

static SagBundle *
open_bundle (const char *folder, GError **error)
{
  g_autofree char *shipped = NULL;

  if (folder != NULL)
    return sag_bundle_load (folder, error);
  shipped = sag_bundle_find_default ();
  if (shipped != NULL)
    return sag_bundle_load (shipped, error);
  return sag_bundle_open_untrained (UNTRAINED_SEED, error);
}

SagEngine *
sag_ui_run_open (SagUiWorker *worker, const char *folder, SagUiEngineNote *note, GError **error)
{
  SagUiTools *tools = sag_ui_worker_get_tools (worker);
  gint64      start = g_get_monotonic_time ();
  g_autoptr (SagBundle) bundle = NULL;
  SagEngine *engine;

  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_OPENING);
  bundle = open_bundle (folder, error);
  if (bundle == NULL)
    return NULL;
  engine = tools->open (bundle, tools->user_data, note, error);
  if (engine != NULL)
    sag_ui_trace ("opened", "ms", ms_since (start), NULL);
  return engine;
}

static SagPrepared *
prepare (SagUiWorker *worker, SagUiJob *job, SagEngine *engine, GError **error)
{
  SagUiTools       *tools = sag_ui_worker_get_tools (worker);
  SagPrepareOptions options = { .lungs = NULL };
  gint64            start = g_get_monotonic_time ();
  SagPrepared      *prepared = sag_ui_cache_find (tools->cache, job->volume, job->shift_mm, engine);

  if (prepared != NULL)
    {
      sag_ui_worker_post (worker, SAG_UI_EVENT_PREPARED, job, prepared, -1);
      return sag_prepared_ref (prepared);
    }
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_PREPARING);
  memcpy (options.shift_mm, job->shift_mm, sizeof options.shift_mm);
  prepared = sag_engine_prepare (engine, job->volume, &options, job->cancellable, error);
  if (prepared == NULL)
    return NULL;
  sag_ui_cache_add (tools->cache, job->volume, job->shift_mm, engine, prepared);
  sag_ui_worker_post (worker, SAG_UI_EVENT_PREPARED, job, prepared, ms_since (start));
  sag_ui_trace ("prepared", "ms", ms_since (start), NULL);
  return prepared;
}

static gboolean
check_scope (SagUiJob *job, SagPrepared *prepared, GError **error)
{
  const SagScope  *scope = sag_prepared_get_scope (prepared);
  g_autofree char *reasons = NULL;

  if (scope->verdict != SAG_SCOPE_OUT || job->forced)
    return TRUE;
  reasons = g_strjoinv (" ", scope->reasons);
  /* Translators: %s is one or more sentences that say why. */
  g_set_error (error, SAG_ERROR, SAG_ERROR_SCOPE,
               _ ("This scan is out of the model's scope, so there is no number. %s"), reasons);
  return FALSE;
}

SagTokens *
sag_ui_run_tokens (SagUiWorker *worker, SagUiJob *job, SagEngine *engine, GError **error)
{
  SagUiCache *cache = sag_ui_worker_get_tools (worker)->cache;
  g_autoptr (SagPrepared) prepared = prepare (worker, job, engine, error);
  SagTokens *tokens;
  gint64     start;

  if (prepared == NULL || !check_scope (job, prepared, error))
    return NULL;
  tokens = sag_ui_cache_find_tokens (cache, prepared, engine);
  if (tokens != NULL)
    return sag_tokens_ref (tokens);
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_ENCODING);
  start = g_get_monotonic_time ();
  tokens = sag_engine_encode (engine, prepared, job->cancellable, error);
  if (tokens == NULL)
    return NULL;
  sag_ui_cache_add_tokens (cache, prepared, engine, tokens);
  sag_ui_worker_post (worker, SAG_UI_EVENT_ENCODED, job, NULL, ms_since (start));
  sag_ui_trace ("encoded", "ms", ms_since (start), NULL);
  return tokens;
}

GPtrArray *
sag_ui_run_answers (SagUiWorker       *worker,
                    SagUiJob          *job,
                    SagEngine         *engine,
                    const char *const *texts,
                    gsize              n_texts,
                    GError           **error)
{
  g_autoptr (SagTokens) tokens = sag_ui_run_tokens (worker, job, engine, error);
  g_autoptr (SagProvenance) provenance = NULL;
  SagPrepared *prepared;
  gboolean     out;
  GPtrArray   *answers;
  gint64       start;

  if (tokens == NULL || g_cancellable_set_error_if_cancelled (job->question, error))
    return NULL;
  prepared = sag_tokens_get_prepared (tokens);
  out = sag_prepared_get_scope (prepared)->verdict == SAG_SCOPE_OUT;
  provenance =
    sag_provenance_new (engine, prepared, job->volume, job->shift_mm, job->forced && out);
  sag_ui_worker_post_state (worker, SAG_UI_ENGINE_ASKING);
  start = g_get_monotonic_time ();
  answers = sag_answer_ask (engine, tokens, texts, n_texts, provenance, job->question, error);
  job->ms = ms_since (start);
  return answers;
}
