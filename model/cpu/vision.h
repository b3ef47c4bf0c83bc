/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/** SagCpuVision: the vision network up to its head, on the processor. One owner, one thread at a time. */
typedef struct _SagCpuVision SagCpuVision;

/**
 * sag_cpu_vision_new: reads the weights, folds BatchNorm in and packs them.
 * @source: kept by value; its network and data must outlive the result
 * @portable: without AVX2 even where it is there
 *
 * Returns: (nullable): NULL, with @status set, when a tensor is missing or memory is short
 */
SagCpuVision      *
sag_cpu_vision_new (const SagWeightSource *source, gboolean portable, SagStatus *status);
void sag_cpu_vision_free (SagCpuVision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCpuVision, sag_cpu_vision_free)

/**
 * sag_cpu_vision_encode: one volume to features.
 * @pool: any number of threads gives the same bits
 * @input: (x, y, z) float32, z fastest
 * @dims: x, y, z
 * @features: out: (n_tokens, head_channels), tokens with z fastest; sag_network_feature_dims() says how many
 * @tap: (nullable): receives "stem", "stage0" .. "head" as (1, C, X, Y, Z), and of blocks whose inner maps hold at
 *   most 131,072 values also "stage<s>_block<i>_<module>" for the modules of timm's block
 * @cancel: (nullable): asked on the calling thread many times a call
 *
 * Returns: false with @status set: SAG_STATUS_CANCELLED, SAG_STATUS_INVALID for sizes without features,
 *   SAG_STATUS_UNSUPPORTED for sizes beyond 2^31 voxels, SAG_STATUS_OUT_OF_MEMORY
 */
bool sag_cpu_vision_encode (SagCpuVision    *self,
                            SagPool         *pool,
                            const float     *input,
                            const int32_t    dims[3],
                            float           *features,
                            const SagTap    *tap,
                            const SagCancel *cancel,
                            SagStatus       *status);

G_END_DECLS
