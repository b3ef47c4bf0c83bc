/* SPDX-License-Identifier: Apache-2.0 */

/* Where the vision network does not train, what it makes of a scan never changes: it is computed once and kept. */

#include "model/train/trainer-private.h"

#include "model/core/error.h"
#include "model/core/hash.h"

#include <string.h>

typedef struct
{
  SagTrainer *trainer;
  void       *engine; /* opened when the first scan needs it */
  float      *input;
  float      *tokens;
} Encoding;

static void
encoding_clear (Encoding *encoding)
{
  if (encoding->engine != NULL)
    encoding->trainer->job.judge->close (encoding->engine);
  g_free (encoding->input);
  g_free (encoding->tokens);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Encoding, encoding_clear)

static gboolean
engine_failed (const SagStatus *status, GError **error)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status->message);
  return FALSE;
}

static gboolean
open_engine (Encoding *self, GError **error)
{
  SagTrainer           *trainer = self->trainer;
  SagStatus             status = { 0 };
  const SagWeightSource source = { trainer->network, sag_bundle_read, trainer->job.bundle };

  if (self->engine != NULL)
    return TRUE;
  self->engine = trainer->job.judge->open (&source, &trainer->plan.engine, &status);
  if (self->engine == NULL)
    return engine_failed (&status, error);
  self->input = g_new (float, sag_sample_grid_n_input (&trainer->grid));
  self->tokens = g_new (float, trainer->n_token_values);
  return TRUE;
}

static gboolean
encode_scan (Encoding *self, const char *path, GError **error)
{
  SagTrainer      *trainer = self->trainer;
  const gint32    *dims = trainer->grid.input;
  SagStatus        status = { 0 };
  SagEncodeRequest request = { .n_inputs = 1, .dims = { dims[0], dims[1], dims[2] } };

  if (sag_scan_store_has_tokens (trainer->store, path, trainer->model))
    return TRUE;
  if (!open_engine (self, error) ||
      !sag_scan_store_read_input (trainer->store, path, self->input, error))
    return FALSE;
  request.input = self->input;
  request.tokens = self->tokens;
  if (!trainer->job.judge->encode (self->engine, &request, &status))
    return engine_failed (&status, error);
  return sag_scan_store_save_tokens (trainer->store, path, trainer->model, self->tokens,
                                     trainer->n_token_values, error);
}

/* Tokens are those of a bundle's weights on an engine. */
static char *
dup_model (const SagTrainer *self)
{
  g_autofree char *text = g_strdup_printf (
    "%s %s", sag_bundle_get_weights_sha256 (self->job.bundle), self->job.judge->id);

  return sag_hash_voxels (text, strlen (text));
}

gboolean
sag_trainer_encode_scan (SagTrainer *self, const char *path, GError **error)
{
  g_auto (Encoding) encoding = { .trainer = self };

  return encode_scan (&encoding, path, error);
}

gboolean
sag_trainer_encode (SagTrainer *self, GCancellable *cancellable, GError **error)
{
  SagIndex *splits[] = { self->index, self->held_out };
  gsize     n = sag_index_get_n_scans (self->index) + sag_index_get_n_scans (self->held_out);
  gsize     n_done = 0;
  g_auto (Encoding) encoding = { .trainer = self };

  if (sag_train_plan_trains_vision (&self->plan) || self->plan.augment)
    return TRUE;
  self->n_token_values = (gsize) sag_network_n_tokens (self->network) * self->network->hidden;
  self->model = dup_model (self);
  for (gsize i = 0; i < G_N_ELEMENTS (splits); i++)
    for (gsize s = 0; s < sag_index_get_n_scans (splits[i]); s++)
      {
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !encode_scan (&encoding, sag_index_get_scan (splits[i], s)->path, error))
          return FALSE;
        if (self->job.events.encoding != NULL)
          self->job.events.encoding (self->job.events.data, ++n_done, n);
      }
  return TRUE;
}

gboolean
sag_trainer_has_tokens (SagTrainer *self)
{
  SagIndex *splits[] = { self->index, self->held_out };

  for (gsize i = 0; self->model != NULL && i < G_N_ELEMENTS (splits); i++)
    for (gsize s = 0; s < sag_index_get_n_scans (splits[i]); s++)
      if (!sag_scan_store_has_tokens (self->store, sag_index_get_scan (splits[i], s)->path,
                                      self->model))
        return FALSE;
  return TRUE;
}
