/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A block's way back, in two halves: private to train/. */

#include "model/cpu/train/block.h"

G_BEGIN_DECLS

/**
 * SagCpuBack: one call.
 * @d_out: (n, out voxels, out row), becomes the gradient of the raw projection
 * @skipped: block 0 with a skip only: what @d_out was; else NULL
 * @d_gate: (n, padded mid)
 */
typedef struct
{
  SagCpuTrainBlock      *self;
  const SagCpuTrainTeam *team;
  const SagCpuSource    *sources;
  float                 *d_out;
  float                 *d_in;
  float                 *skipped;
  float                 *d_gate;
  float                 *panels;
  float                 *flipped;
  double                *doubles;
} SagCpuBack;

/** sag_cpu_train_back_to_depthwise: leaves the raw depthwise output's gradient, spread out, in team->inner. */
void sag_cpu_train_back_to_depthwise (SagCpuBack *back);

/** sag_cpu_train_spread_row: floats of a spread row: (in[2] + kernel - 1, 16). */
gsize sag_cpu_train_spread_row (const SagCpuTrainBlock *self);
/** sag_cpu_train_spread_at: output row (@x, @y) of a channel block. */
float *sag_cpu_train_spread_at (const SagCpuBack *back, gsize s, gsize block, gsize x, gsize y);
/** sag_cpu_train_spread_offset: where in a spread row the first value lies; the next ones follow stride * 16 later. */
gsize sag_cpu_train_spread_offset (const SagCpuTrainBlock *self);

G_END_DECLS
