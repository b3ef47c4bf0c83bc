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

/**
 * SagTrainArray: one of them.
 * @trains: a weight with moments, or a running statistic
 */
typedef struct
{
  char    *name;
  float   *values;
  gsize    n_values;
  gboolean trains;
} SagTrainArray;

SagTrainArrays *sag_train_arrays_new (const SagTrainTable *table, void *engine);
void            sag_train_arrays_free (SagTrainArrays *arrays);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTrainArrays, sag_train_arrays_free)

gsize                sag_train_arrays_get_n (SagTrainArrays *arrays);
const SagTrainArray *sag_train_arrays_get (SagTrainArrays *arrays, gsize index);
G_END_DECLS
