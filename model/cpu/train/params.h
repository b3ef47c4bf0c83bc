/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagCpuParam: one tensor of the network while it is trained.
 * @spec: name, kind, shape
 * @value: (n_values) float32
 * @grad, @exp_avg, @exp_avg_sq: (n_values); NULL unless @trains
 * @decays: AdamW's weight decay applies: not to biases and LayerNorm, but to BatchNorm's scales and the
 *   start and end embeddings (transformers' get_parameter_names; quirk T3 of the oracle)
 * @rate: of the learning rate
 */
typedef struct
{
  SagWeightSpec spec;
  float        *value;
  float        *grad;
  float        *exp_avg;
  float        *exp_avg_sq;
  gboolean      trains;
  gboolean      decays;
  double        rate;
} SagCpuParam;

/** SagCpuParams: all of them, in the order of sag_network_foreach_weight(), then adapters. One owner. */
typedef struct
{
  SagCpuParam *items;
  gsize        n;
  GHashTable  *by_name;
} SagCpuParams;

/**
 * sag_cpu_params_read: every tensor, and room for what trains. FALSE, with a sentence, when one is
 * missing or memory is short.
 */
gboolean sag_cpu_params_read (SagCpuParams          *params,
                              const SagWeightSource *source,
                              const SagTrainOptions *options,
                              SagStatus             *status);
void     sag_cpu_params_clear (SagCpuParams *params);

/** sag_cpu_params_find: the tensor called @format...; it is there, or the network and its list disagree. */
SagCpuParam *sag_cpu_params_find (SagCpuParams *params, const char *format, ...)
  G_GNUC_PRINTF (2, 3);

/** sag_cpu_is_running: a BatchNorm's running statistics, which no gradient reaches. */
static inline gboolean
sag_cpu_is_running (const SagWeightSpec *spec)
{
  return spec->kind == SAG_WEIGHT_RUNNING_MEAN || spec->kind == SAG_WEIGHT_RUNNING_VAR;
}

/** sag_cpu_params_zero_grad: before a batch. */
void sag_cpu_params_zero_grad (SagCpuParams *params);

G_END_DECLS
