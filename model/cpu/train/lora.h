/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/train/params.h"

G_BEGIN_DECLS

/* What stands for ".weight" in the names of a linear map's adapter, as in peft's files. */
#define SAG_CPU_LORA_A "lora_A.weight"
#define SAG_CPU_LORA_B "lora_B.weight"

/** sag_cpu_trains_adapters: there are adapters, of every text layer's query and value. */
static inline gboolean
sag_cpu_trains_adapters (SagTrainParts parts)
{
  return parts == SAG_TRAIN_LORA || parts == SAG_TRAIN_VISION_AND_LORA;
}

/** sag_cpu_lora_scale: alpha / rank. */
float sag_cpu_lora_scale (const SagTrainOptions *options);

/** sag_cpu_lora_foreach: the adapters' tensors, A before B; stops and returns false when @func does. */
bool sag_cpu_lora_foreach (const SagNetwork      *network,
                           const SagTrainOptions *options,
                           SagWeightFunc          func,
                           gpointer               user_data);

/** sag_cpu_lora_begin: A uniform within 1 / sqrt (n_in), as Kaiming's with sqrt (5); B zero. */
void sag_cpu_lora_begin (SagCpuParam *param, guint64 seed);

/** sag_cpu_lora_merge: adds scale B A to @n values of tensor @name, from @offset on, if it has an adapter. */
void sag_cpu_lora_merge (SagCpuParams          *params,
                         const SagTrainOptions *options,
                         const char            *name,
                         gsize                  offset,
                         gsize                  n,
                         float                 *values);

G_END_DECLS
