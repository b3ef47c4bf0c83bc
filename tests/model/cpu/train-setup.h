/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

#define TRAIN_SAMPLES 3

/**
 * TrainSetup: a batch for a small network with everything that a network can have: skips in the first block, blocks
 * without expansion, kernels of 3, 5 and 7.
 * @options: may be changed before train_setup_open()
 */
typedef struct
{
  SagNetwork      network;
  SagTrainOptions options;
  SagWeightSource source;
  int32_t         dims[3];
  float          *input;
  float          *tokens;
  int32_t         n_tokens;
  int32_t         ids[TRAIN_SAMPLES * 6];
  int32_t         lengths[TRAIN_SAMPLES];
  float           labels[TRAIN_SAMPLES];
  float           task[TRAIN_SAMPLES];
  float          *targets;
  void           *engine;
} TrainSetup;

void
train_setup_init (TrainSetup *self, SagTextKind kind, SagTrainParts parts, const int32_t dims[3]);
void train_setup_open (TrainSetup *self);
void train_setup_clear (TrainSetup *self);

/** train_setup_batch: all samples, each its own volume, or its own tokens. */
SagTrainBatch train_setup_batch (TrainSetup *self, gboolean from_tokens);

/** train_setup_run: forward and backward; the loss. The same values are dropped every time. */
double train_setup_run (TrainSetup *self, SagTrainBatch *batch);
double train_setup_loss (TrainSetup *self, gboolean from_tokens);

/** TrainArray: a gradient, copied, and the weight that it belongs to. */
typedef struct
{
  char  *name;
  float *copy;
  float *weight;
  gsize  n;
} TrainArray;

double train_array_norm (const TrainArray *array);

/** train_setup_gradients: TrainArrays; takes the gradients of the last batches back. */
GArray *train_setup_gradients (TrainSetup *self);

/** train_setup_check: finite differences of the loss along every gradient; @at_least so many must be large enough. */
void train_setup_check (TrainSetup *self, gboolean from_tokens, guint at_least);

G_END_DECLS
