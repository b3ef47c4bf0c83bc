/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/producer.h"

G_BEGIN_DECLS

/**
 * sag_cpu_stem_map: stores a producer's whole map, where something else than one depthwise convolution needs it.
 * @channels: of the map
 * @out: channel c of voxel v goes to out[v * voxel_stride + c * channel_stride]
 * @scratch: per worker @scratch_floats, at least a row of 16 channels and what the producer wants
 */
void sag_cpu_stem_map (const SagCpuProducer *producer,
                       SagPool              *pool,
                       int32_t               channels,
                       float                *out,
                       gsize                 voxel_stride,
                       gsize                 channel_stride,
                       float                *scratch,
                       gsize                 scratch_floats);

G_END_DECLS
