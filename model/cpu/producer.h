/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/kernels.h"
#include "model/network/network.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagCpuProducer: makes the rows that a depthwise convolution reads, when it needs them, so that its whole input,
 * the largest map of the network, never exists.
 * @row: writes row (@x, @y) of channel block @block, (dims[2], 16), on any thread; channels beyond the last are 0
 * @dims: voxels of the produced map along x, y, z
 * @scratch_floats: what @row wants as @scratch
 */
typedef struct _SagCpuProducer SagCpuProducer;
struct _SagCpuProducer
{
  void (*row) (
    const SagCpuProducer *self, int32_t block, int32_t x, int32_t y, float *out, float *scratch);
  const SagCpuKernels *kernels;
  int32_t              dims[3];
  gsize                scratch_floats;

  const float *input;
  int32_t      channels; /* of the input */
  const float *weights;
  const float *bias;

  int32_t image[3]; /* the stem's input and its padding */
  int32_t before[3];
};

/**
 * sag_cpu_producer_stem: the stem, BatchNorm and SiLU.
 * @image: (image_dims), z fastest
 * @weights: (blocks, 3, 3, 3, 16)
 * @bias: (blocks, 16)
 */
SagCpuProducer sag_cpu_producer_stem (const SagCpuKernels *kernels,
                                      const float         *image,
                                      const int32_t        image_dims[3],
                                      const float         *weights,
                                      const float         *bias);

/**
 * sag_cpu_producer_expand: an inverted residual block's expansion, BatchNorm and SiLU.
 * @input: (dims, channels)
 * @weights: (blocks, channels, 16)
 * @bias: (blocks, 16)
 */
SagCpuProducer sag_cpu_producer_expand (const SagCpuKernels *kernels,
                                        const float         *input,
                                        const int32_t        dims[3],
                                        int32_t              channels,
                                        const float         *weights,
                                        const float         *bias);

/** sag_cpu_producer_copy: a depthwise-separable block's input as it is. @input: (dims, channels) */
SagCpuProducer sag_cpu_producer_copy (const float *input, const int32_t dims[3], int32_t channels);

G_END_DECLS
