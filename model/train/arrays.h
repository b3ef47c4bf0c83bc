/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTrainArrays: what a training engine's visit() shows, by name: "weight.", "running.", "exp_avg.", "exp_avg_sq.".
 * Borrowed from the engine. One owner.
 */
typedef struct _SagTrainArrays SagTrainArrays;

/** SagTrainArray: one of them. */
typedef struct
{
  char  *name;
  float *values;
  gsize  n_values;
} SagTrainArray;

SagTrainArrays *sag_train_arrays_new (const SagTrainTable *table, void *engine);
void            sag_train_arrays_free (SagTrainArrays *arrays);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTrainArrays, sag_train_arrays_free)

gsize                sag_train_arrays_get_n (SagTrainArrays *arrays);
const SagTrainArray *sag_train_arrays_get (SagTrainArrays *arrays, gsize index);
/** sag_train_arrays_find_weight: (nullable): a tensor of the network, trained, frozen or running. */
const SagTrainArray *sag_train_arrays_find_weight (SagTrainArrays *arrays, const char *name);

/** sag_train_arrays_read: a SagWeightSource's read(): the network as it is now. @arrays is a SagTrainArrays. */
bool
sag_train_arrays_read (void *arrays, const char *name, size_t offset, size_t n_values, float *out);

G_END_DECLS
