/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/vision-weights.h"

G_BEGIN_DECLS

/** sag_cpu_tap_map: shows a channels-last map, (dims, channels), as (1, C, X, Y, Z). Nothing when @tap is not set. */
void sag_cpu_tap_map (
  const SagTap *tap, const char *name, const float *map, const int32_t dims[3], int32_t channels);

/**
 * sag_cpu_tap_block: shows what lies inside a block, where the oracle can see it and the fused kernels never
 * store it: works the block out once more, plainly, from the bundle's own weights.
 *
 * Names are "stage<s>_block<i>_" and timm's module: conv_pw, bn1, conv_dw, bn2, se, conv_pwl, bn3, or conv_dw, bn1, se,
 * conv_pw, bn2 where the block does not expand. Blocks whose inner maps hold more than 131,072 values are left out.
 * @input: (dims, in channels)
 */
void sag_cpu_tap_block (const SagTap          *tap,
                        const SagWeightSource *source,
                        const SagBlock        *block,
                        const float           *input,
                        const int32_t          dims[3]);

G_END_DECLS
