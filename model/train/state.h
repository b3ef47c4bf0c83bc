/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/train/arrays.h"

G_BEGIN_DECLS

/**
 * SagTrainState: where a run stands, beside the arrays.
 * @step: steps done; also the number of the next
 * @random: the engine's
 * @best: the best validation's score, NaN before the first; @best_loss: its loss; @best_step
 * @n_worse: validations since the best
 * @validated: the step of the newest validation, 0 before the first
 * @n_seconds: of work so far, over all sittings
 * @options: of the run, as sag_train_plan_describe() says
 * @manifest, @data, @parent: hashes of the manifest, of its scans and masks, and of the bundle that the run began with
 */
typedef struct
{
  guint64 step;
  guint64 random[4];
  double  best;
  double  best_loss;
  guint64 best_step;
  guint   n_worse;
  guint64 validated;
  double  n_seconds;
  char   *options;
  char   *manifest;
  char   *data;
  char   *parent;
} SagTrainState;

void sag_train_state_clear (SagTrainState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagTrainState, sag_train_state_clear)

/**
 * sag_train_state_save: writes @state and the optimiser's moments as safetensors; where adapters train also everything
 * else that does, since a bundle holds them merged. Errors: G_FILE_ERROR
 */
gboolean sag_train_state_save (const SagTrainState *state,
                               SagTrainArrays      *arrays,
                               const char          *path,
                               GError             **error);

/**
 * sag_train_state_load: reads what sag_train_state_save() wrote.
 * @arrays: (nullable): gets the arrays; NULL reads @state only
 *
 * Errors: SAG_ERROR_FORMAT, SAG_ERROR_MISMATCH (moments of another network or of other trained parts), G_FILE_ERROR
 */
gboolean sag_train_state_load (SagTrainState  *state,
                               SagTrainArrays *arrays,
                               const char     *path,
                               GError        **error);

G_END_DECLS
