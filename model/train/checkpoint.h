/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/manifest.h"
#include "model/train/state.h"

G_BEGIN_DECLS

/*
 * A run's folder: step-N/ are bundles, step-N.state what their training goes on from; best and last are links to two
 * of them. A bundle folder has its name once everything in it and its state are on disk, and is never changed.
 */

/**
 * sag_checkpoint_save: writes the state, then the bundle, then moves the link "last".
 * @weights: the network as it is now
 * @parent: lends vocabulary and licence
 * @manifest: hashes are filled in
 *
 * Errors: G_FILE_ERROR, a full disk among them; what was there before is as it was
 */
gboolean sag_checkpoint_save (const char            *folder,
                              SagBundle             *parent,
                              SagManifest           *manifest,
                              const SagWeightSource *weights,
                              SagTrainArrays        *arrays,
                              const SagTrainState   *state,
                              GError               **error);

/** sag_checkpoint_mark_best: moves the link "best" to the checkpoint of @step. */
gboolean sag_checkpoint_mark_best (const char *folder, guint64 step, GError **error);

/**
 * sag_checkpoint_clean: removes the checkpoints of other steps than these, and the states of others than @last and
 * @older: where a disk damages the last one, the one before it is there, with what was the best then, @older_best.
 */
void sag_checkpoint_clean (
  const char *folder, guint64 best, guint64 last, guint64 older, guint64 older_best);

/** sag_checkpoint_find_last: the newest step with a bundle and a state; FALSE if there is none. */
gboolean sag_checkpoint_find_last (const char *folder, guint64 *step);

char *sag_checkpoint_dup_bundle (const char *folder, guint64 step);
char *sag_checkpoint_dup_state (const char *folder, guint64 step);

G_END_DECLS
