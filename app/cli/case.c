/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/answer/evidence.h"
#include "model/answer/heatmap.h"
#include "model/core/error.h"

#include <errno.h>
#include <glib/gstdio.h>

gboolean
sag_cli_check_texts (char **texts, GError **error)
{
  for (gsize i = 0; texts[i] != NULL; i++)
    if (!g_utf8_validate (texts[i], -1, NULL) || *g_strstrip (texts[i]) == '\0')
      {
        g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                             "A task is empty or not UTF-8 text; say what to look for.");
        return FALSE;
      }
  return TRUE;
}

void
sag_cli_case_free (SagCliCase *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_clear_pointer (&self->lungs, sag_volume_unref);
  g_clear_pointer (&self->prepared, sag_prepared_unref);
  g_clear_pointer (&self->tokens, sag_tokens_unref);
  g_clear_pointer (&self->provenance, sag_provenance_unref);
  g_clear_pointer (&self->answers, g_ptr_array_unref);
  g_clear_pointer (&self->heatmaps, g_ptr_array_unref);
  g_clear_pointer (&self->evidence, g_ptr_array_unref);
  g_clear_pointer (&self->robust, g_ptr_array_unref);
  g_free (self);
}

/* @self->lungs lives as long as the options are used. */
static SagPrepareOptions
prepare_options (SagCliCase *self, const SagCliAsk *ask)
{
  SagPrepareOptions options = { .lungs = self->lungs };

  for (int a = 0; a < 3; a++)
    options.shift_mm[a] = ask->shift_mm[a];
  return options;
}

static gboolean
prepare (SagCliCase *self, SagEngine *engine, const SagCliAsk *ask, GError **error)
{
  SagPrepareOptions options;

  if (ask->lungs != NULL && (self->lungs = sag_cli_load (ask->lungs, error)) == NULL)
    return FALSE;
  options = prepare_options (self, ask);
  sag_cli_progress ("Preparing", 0);
  self->prepared =
    sag_engine_prepare (engine, self->volume, &options, sag_cli_get_cancellable (), error);
  if (self->prepared == NULL)
    sag_cli_prefix_name (error, self->name);
  return self->prepared != NULL;
}

static void
evidence_cb (gsize n_done, gsize n_tokens, gpointer user_data)
{
  sag_cli_progress ("Hiding tokens one by one", (double) n_done / n_tokens);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0777) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               "Cannot make the folder %s: %s; choose one that you may write to.", folder,
               g_strerror (errno));
  return FALSE;
}

static gboolean
write_heatmap (SagCliCase      *self,
               SagEngine       *engine,
               const SagAnswer *answer,
               const SagCliAsk *ask,
               GError         **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (self->volume);
  char              *path;

  if (!make_folder (ask->heatmaps, error))
    return FALSE;
  if (!answer->has_map)
    return TRUE;
  sag_cli_progress ("Writing heatmaps", 0);
  path = sag_heatmap_save (engine, answer, grid, !ask->raw, ask->heatmaps, self->name,
                           sag_cli_get_cancellable (), error);
  if (path != NULL)
    g_ptr_array_add (self->heatmaps, path);
  return path != NULL;
}

static gboolean
write_evidence (SagCliCase      *self,
                SagEngine       *engine,
                const SagAnswer *answer,
                const SagCliAsk *ask,
                GError         **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (self->volume);
  GCancellable      *cancellable = sag_cli_get_cancellable ();
  g_autoptr (SagEvidence) evidence = NULL;
  char *path = NULL;

  if (answer->has_class)
    {
      evidence =
        sag_evidence_compute (engine, self->tokens, answer, evidence_cb, NULL, cancellable, error);
      if (evidence == NULL)
        return FALSE;
      path = sag_evidence_save (engine, evidence, answer, grid, ask->heatmaps, self->name,
                                cancellable, error);
      if (path == NULL)
        return FALSE;
    }
  g_ptr_array_add (self->evidence, path);
  return TRUE;
}

static gboolean
check_robust (SagCliCase *self, SagEngine *engine, const SagCliAsk *ask, GError **error)
{
  SagPrepareOptions options = prepare_options (self, ask);

  sag_cli_progress ("Asking in other words, boxes and controls", 0);
  self->robust = sag_robust_compute (engine, self->volume, self->tokens, &options, self->answers,
                                     sag_cli_get_cancellable (), error);
  return self->robust != NULL;
}

static gboolean
write_maps (SagCliCase      *self,
            SagEngine       *engine,
            const SagAnswer *answer,
            const SagCliAsk *ask,
            GError         **error)
{
  if (ask->heatmaps != NULL && !write_heatmap (self, engine, answer, ask, error))
    return FALSE;
  return !ask->evidence || write_evidence (self, engine, answer, ask, error);
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
  if (self->answers == NULL)
    return FALSE;
  for (guint i = 0; i < self->answers->len; i++)
    if (!write_maps (self, engine, self->answers->pdata[i], ask, error))
      return FALSE;
  return !ask->robust || check_robust (self, engine, ask, error);
}

SagCliCase *
sag_cli_case_new (SagEngine *engine, const char *path, const SagCliAsk *ask, GError **error)
{
  g_autoptr (SagCliCase) self = g_new0 (SagCliCase, 1);
  gint64 start = g_get_monotonic_time ();
  gint64 loaded;

  self->heatmaps = g_ptr_array_new_with_free_func (g_free);
  self->evidence = g_ptr_array_new_with_free_func (g_free);
  self->volume = sag_cli_load_case (path, &self->name, error);
  if (self->volume == NULL)
    return NULL;
  loaded = g_get_monotonic_time ();
  if (!prepare (self, engine, ask, error))
    return NULL;
  self->load_s = (loaded - start) * 1e-6;
  self->prepare_s = (g_get_monotonic_time () - loaded) * 1e-6;
  self->provenance =
    sag_provenance_new (engine, self->prepared, self->volume, ask->shift_mm, ask->force);
  if (sag_prepared_get_scope (self->prepared)->verdict != SAG_SCOPE_OUT || ask->force)
    if (!ask_texts (self, engine, ask, error))
      return NULL;
  sag_cli_progress (NULL, 0);
  return g_steal_pointer (&self);
}

void
sag_cli_case_refuse (const SagCliCase *self, GError **error)
{
  g_autofree char *reasons = g_strjoinv (" ", sag_prepared_get_scope (self->prepared)->reasons);

  g_set_error (error, SAG_ERROR, SAG_ERROR_SCOPE,
               "%s is out of the model's scope, so there is no number. %s --force asks anyway.",
               self->name, reasons);
}
