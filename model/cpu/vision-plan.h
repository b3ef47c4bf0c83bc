/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/sweep.h"
#include "model/cpu/vision-weights.h"

G_BEGIN_DECLS

/**
 * SagCpuVisionPlan: how a volume of some size goes through the network, and the memory that it takes.
 * @stem: the stem's shape
 * @stores_stem: the stem's map is stored, because the first block expands it or adds it to its output; else the
 *   first block's depthwise convolution makes it row by row
 * @scratch_floats: per worker
 * @sums_floats, @gate_floats, @panels_floats: largest of any block
 * @size_bytes: of everything, maps included
 */
typedef struct
{
  SagConvShape stem;
  gboolean     stores_stem;
  SagCpuSweep  sweeps[SAG_MAX_BLOCKS];
  gsize        scratch_floats;
  gsize        sums_floats;
  gsize        gate_floats;
  gsize        panels_floats;
  gsize        size_bytes;
} SagCpuVisionPlan;

/** sag_cpu_vision_plan: false, with a sentence, for sizes that give no features or are too large. */
bool sag_cpu_vision_plan (SagCpuVisionPlan          *plan,
                          const SagCpuVisionWeights *weights,
                          const int32_t              dims[3],
                          guint                      n_threads,
                          SagStatus                 *status);

/** sag_cpu_n_voxels: product of @dims, which sag_cpu_vision_plan() found to fit. */
gsize sag_cpu_n_voxels (const int32_t dims[3]);

G_END_DECLS
