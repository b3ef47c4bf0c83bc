/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/vision-weights.h"

G_BEGIN_DECLS

/**
 * sag_cpu_gate: squeeze-and-excitation: how much of each channel passes on.
 * @sums: (n_sums, mid blocks * 16), each row a part of the sums over all voxels
 * @n_voxels: that the sums ran over
 * @gate: out: (mid)
 */
void sag_cpu_gate (
  const SagCpuBlock *block, const float *sums, gsize n_sums, gsize n_voxels, float *gate);

/**
 * sag_cpu_gate_project: the block's projection with the gate multiplied into its weights: cheaper than into the map.
 * @panels: out: as block->project
 */
void sag_cpu_gate_project (const SagCpuBlock *block, const float *gate, float *panels);

G_END_DECLS
