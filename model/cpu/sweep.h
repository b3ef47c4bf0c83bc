/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A depthwise convolution whose input is made on the way.
 *
 * Along x a ring of `kernel` planes holds, for a strip of rows and one channel block, what the next output plane
 * reads. The ring fits the second cache; the input map never exists as a whole.
 */

#include "model/core/pool.h"
#include "model/cpu/producer.h"
#include "model/cpu/stop.h"

G_BEGIN_DECLS

/**
 * SagCpuSweep: how a depthwise convolution is cut into work items: strips of rows along y, groups of channel blocks,
 * parts along x.
 * @n_blocks: channel blocks of 16
 * @strip_rows: output rows of a strip
 * @group: channel blocks that one item does plane by plane, so that they share input planes in the second cache
 * @row_floats, @plane_floats: of the ring, per channel block
 * @plain: leave SiLU out; FALSE as planned
 * Strips depend on sizes only, not on the number of threads, and so do the sums and every bit of the answer.
 */
typedef struct
{
  int32_t      kernel;
  int32_t      stride;
  int32_t      in[3];
  SagConvShape shape;
  int32_t      n_blocks;
  int32_t      strip_rows;
  int32_t      n_strips;
  int32_t      group;
  int32_t      n_parts;
  gsize        row_floats;
  gsize        plane_floats;
  gboolean     plain;
} SagCpuSweep;

/**
 * sag_cpu_sweep_plan:
 * @in: voxels of the producer's map
 * @channels: of the depthwise convolution
 * @input_floats: what the producer reads from memory to make the whole map for one channel block
 */
SagCpuSweep sag_cpu_sweep_plan (const int32_t in[3],
                                int32_t       channels,
                                int32_t       kernel,
                                int32_t       stride,
                                gsize         input_floats,
                                guint         n_threads);

/** sag_cpu_sweep_ring_floats: memory that each worker needs, without the producer's scratch. */
gsize sag_cpu_sweep_ring_floats (const SagCpuSweep *sweep);

/** sag_cpu_sweep_n_sums: floats of the sums: one per strip, output plane and channel. */
gsize sag_cpu_sweep_n_sums (const SagCpuSweep *sweep);

/**
 * sag_cpu_sweep_run: out = SiLU (depthwise (produced) + bias), without SiLU if the sweep is plain.
 * @weights: (n_blocks, kernel, kernel, kernel, 16)
 * @bias: (n_blocks, 16)
 * @out: (n_blocks, voxels, 16)
 * @sums: (n_strips * planes, n_blocks * 16): sums of the outputs over a strip of a plane
 * @scratch: per worker @scratch_floats: the ring, then the producer's scratch
 */
void sag_cpu_sweep_run (const SagCpuSweep    *sweep,
                        const SagCpuProducer *producer,
                        SagPool              *pool,
                        const SagCpuKernels  *kernels,
                        const float          *weights,
                        const float          *bias,
                        float                *out,
                        float                *sums,
                        float                *scratch,
                        gsize                 scratch_floats,
                        SagCpuStop           *stop);

G_END_DECLS
