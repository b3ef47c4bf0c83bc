/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/answer/evidence.h"
#include "model/answer/heatmap.h"

void
sag_cli_case_free (SagCliCase *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_clear_pointer (&self->prepared, sag_prepared_unref);
  g_clear_pointer (&self->tokens, sag_tokens_unref);
  g_clear_pointer (&self->provenance, sag_provenance_unref);
  g_clear_pointer (&self->answers, g_ptr_array_unref);
  g_clear_pointer (&self->heatmaps, g_ptr_array_unref);
  g_clear_pointer (&self->evidence, g_ptr_array_unref);
  g_clear_pointer (&self->robust, g_ptr_array_unref);
  g_free (self);
}

static gboolean
prepare (SagCliCase *self, SagEngine *engine, const SagCliAsk *ask, GError **error)
{
  g_autoptr (SagVolume) lungs = NULL;
  SagPrepareOptions options = { 0 };

  if (ask->lungs != NULL)
    {
      lungs = sag_cli_load (ask->lungs, error);
      if (lungs == NULL)
        return FALSE;
      options.lungs = lungs;
    }
  for (int a = 0; a < 3; a++)
    options.shift_mm[a] = ask->shift_mm[a];
  sag_cli_progress ("Preparing", 0);
  self->prepared = sag_prepare (self->volume, sag_bundle_get_recipe (sag_engine_get_bundle (engine)),
                                &options, sag_cli_get_cancellable (), error);
  return self->prepared != NULL;
}

static void
evidence_cb (gsize n_done, gsize n_tokens, gpointer user_data)
{
  sag_cli_progress ("Hiding tokens one by one", (double) n_done / n_tokens);
}

static gboolean
write_maps (SagCliCase *self, SagEngine *engine, const SagAnswer *answer, const SagCliAsk *ask, GError **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (self->volume);
  GCancellable      *cancellable = sag_cli_get_cancellable ();
  g_autoptr (SagEvidence) evidence = NULL;
  char *path;

  if (ask->heatmaps != NULL)
    {
      sag_cli_progress ("Writing heatmaps", 0);
      path = sag_heatmap_save (engine, answer, grid, !ask->raw, ask->heatmaps, self->name, cancellable, error);
      if (path == NULL)
        return FALSE;
      g_ptr_array_add (self->heatmaps, path);
    }
  if (!ask->evidence || !answer->has_class)
    {
      g_ptr_array_add (self->evidence, NULL);
      return TRUE;
    }
  evidence = sag_evidence_compute (engine, self->tokens, answer, evidence_cb, NULL, cancellable, error);
  if (evidence == NULL)
    return FALSE;
  path = sag_evidence_save (engine, evidence, answer, grid, ask->heatmaps, self->name, cancellable, error);
  if (path == NULL)
    return FALSE;
  g_ptr_array_add (self->evidence, path);
  return TRUE;
}

static gboolean
check_robust (SagCliCase *self, SagEngine *engine, const SagAnswer *answer, const SagCliAsk *ask, GError **error)
{
  SagPrepareOptions options = { .shift_mm = { ask->shift_mm[0], ask->shift_mm[1], ask->shift_mm[2] } };
  g_autoptr (SagVolume) lungs = ask->lungs ? sag_cli_load (ask->lungs, error) : NULL;
  SagRobust *robust;

  if (ask->lungs != NULL && lungs == NULL)
    return FALSE;
  options.lungs = lungs;
  sag_cli_progress ("Asking in other words, boxes and controls", 0);
  robust = sag_robust_compute (engine, self->volume, self->tokens, &options, answer, sag_cli_get_cancellable (), error);
  if (robust == NULL)
    return FALSE;
  g_ptr_array_add (self->robust, robust);
  return TRUE;
}

static gboolean
ask_texts (SagCliCase *self, SagEngine *engine, const SagCliAsk *ask, GError **error)
{
  GCancellable *cancellable = sag_cli_get_cancellable ();
  gint64        start = g_get_monotonic_time ();
  gint64        encoded;

  sag_cli_progress ("Encoding", 0);
  self->tokens = sag_engine_encode (engine, self->prepared, cancellable, error);
  if (self->tokens == NULL)
    return FALSE;
  encoded = g_get_monotonic_time ();
  sag_cli_progress ("Asking", 0);
  self->answers = sag_answer_ask (engine, self->tokens, (const char *const *) ask->texts,
                                  g_strv_length (ask->texts), self->provenance, cancellable, error);
  self->encode_s = (encoded - start) * 1e-6;
  self->ask_s = (g_get_monotonic_time () - encoded) * 1e-6;
  for (guint i = 0; self->answers != NULL && i < self->answers->len; i++)
    if (!write_maps (self, engine, self->answers->pdata[i], ask, error) || (ask->robust && !check_robust (self, engine, self->answers->pdata[i], ask, error)))
      return FALSE;
  return self->answers != NULL;
}

SagCliCase *
sag_cli_case_new (SagEngine *engine, const char *path, const SagCliAsk *ask, GError **error)
{
  g_autoptr (SagCliCase) self = g_new0 (SagCliCase, 1);
  gint64 start = g_get_monotonic_time ();
  gint64 loaded;

  self->name = sag_case_dup_name (path);
  self->heatmaps = g_ptr_array_new_with_free_func (g_free);
  self->evidence = g_ptr_array_new_with_free_func (g_free);
  self->robust = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_robust_free);
  self->volume = sag_cli_load (path, error);
  if (self->volume == NULL)
    return NULL;
  loaded = g_get_monotonic_time ();
  if (!prepare (self, engine, ask, error))
    return NULL;
  self->load_s = (loaded - start) * 1e-6;
  self->prepare_s = (g_get_monotonic_time () - loaded) * 1e-6;
  self->provenance = sag_provenance_new (engine, self->prepared, self->volume, ask->shift_mm, ask->force);
  if (sag_prepared_get_scope (self->prepared)->verdict != SAG_SCOPE_OUT || ask->force)
    if (!ask_texts (self, engine, ask, error))
      return NULL;
  sag_cli_progress (NULL, 0);
  return g_steal_pointer (&self);
}
