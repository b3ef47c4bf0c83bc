/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/loader.h"
#include "model/train/checkpoint.h"
#include "model/train/log.h"
#include "model/train/trainer.h"

G_BEGIN_DECLS

struct _SagTrainer
{
  SagTrainJob       job;
  SagTrainPlan      plan;
  const SagNetwork *network;
  SagDataset       *dataset;
  SagCache         *cache;
  SagSampleGrid     grid;
  SagScanStore     *store;
  SagIndex         *index;       /* of the training split */
  SagIndex         *held_out;    /* of the validation split; maybe empty */
  SagTrainTexts    *texts;       /* of index */
  SagTrainTexts    *other_texts; /* of held_out */
  SagSampler       *sampler;
  SagLoader        *loader;
  char             *model; /* whose tokens are trained from; NULL: from scans */
  gsize             n_token_values;
  char             *state_model; /* whose states heads are trained from; NULL: from tokens */
  void             *engine;
  SagTrainArrays   *arrays;
  SagTrainState     state;
  SagTrainLog      *log;
  gboolean          synthetic;  /* every scan that is trained on */
  double           *task_auroc; /* (tasks of held_out) of the newest validation; NULL before one */
  guint64           saved_step; /* of the newest checkpoint */
  guint64           saved_best; /* the best that it knows; G_MAXUINT64: none */
  guint64           older_step; /* of the one before it; G_MAXUINT64: none is known */
  guint64           older_best;
  guint64           saved_validation;
  gint64            saved_at; /* monotonic */
  gint64            opened_s; /* seconds since 1970 */
  gint64            started_at;
  double            seconds_before; /* of earlier sittings */
  double            busy_s;         /* in steps of this sitting */
  double            waited_s;       /* of that, for scans */
  guint64           n_samples;      /* of this sitting */
  guint64           n_steps_here;
  GArray           *samples; /* lines and losses of the step, in all its batches */
};

/** SagTrainStepSums: of the samples of a step. */
typedef struct
{
  double loss;
  double class_loss;
  double patch_loss;
  gsize  n_class;
  gsize  n_patch;
} SagTrainStepSums;

/** sag_trainer_do_step: loads batches, accumulates gradients, makes the step. */
gboolean sag_trainer_do_step (
  SagTrainer *self, SagTrainStepSums *sums, double *lr, double *grad_norm, GError **error);

/** sag_trainer_get_best: the step of the best checkpoint; G_MAXUINT64: none. */
guint64 sag_trainer_get_best (const SagTrainer *self);

/** sag_trainer_encode: makes the tokens of every scan that has none, by the bundle that the run begins with. */
gboolean sag_trainer_encode (SagTrainer *self, GCancellable *cancellable, GError **error);

/** sag_trainer_encode_scan: makes the tokens of one scan if it has none. */
gboolean sag_trainer_encode_scan (SagTrainer *self, const char *path, GError **error);

/** sag_trainer_make_again: tokens and states of one scan that the cache lost. */
gboolean sag_trainer_make_again (SagTrainer *self, const SagIndexScan *scan, GError **error);

/** sag_trainer_make_states: makes what the heads read of every scan and question, where only they train. */
gboolean sag_trainer_make_states (SagTrainer *self, GCancellable *cancellable, GError **error);

/** sag_trainer_has_tokens, has_states: whether the cache has all that the two above made, if they had to. */
gboolean sag_trainer_has_tokens (SagTrainer *self);
gboolean sag_trainer_has_states (SagTrainer *self);

/** sag_trainer_make_manifest: what a checkpoint says about itself. */
SagManifest *sag_trainer_make_manifest (SagTrainer *self);

/** sag_trainer_say: one sentence for the person. */
void sag_trainer_say (SagTrainer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
