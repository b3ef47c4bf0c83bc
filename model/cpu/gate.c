/* SPDX-License-Identifier: Apache-2.0 */

/* Squeeze-and-excitation: gate = sigmoid (widen (SiLU (reduce (mean over voxels)))).
 *
 *   mean     (mid)
 *   reduce   (gate, mid)
 *   widen    (mid, gate)
 */

#include "model/cpu/gate.h"

#include "model/cpu/gemm.h"

#include <math.h>

static double
dot (const float *a, const double *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

void
sag_cpu_gate (
  const SagCpuBlock *block, const float *sums, gsize n_sums, gsize n_voxels, float *gate)
{
  gsize              mid = block->shape.mid_channels;
  gsize              reduced = block->shape.gate_channels;
  gsize              padded = (gsize) sag_cpu_channel_blocks (mid) * SAG_CPU_LANES;
  g_autofree double *mean = g_new0 (double, mid);
  g_autofree double *hidden = g_new (double, reduced);

  for (gsize i = 0; i < n_sums; i++)
    for (gsize c = 0; c < mid; c++)
      mean[c] += sums[i * padded + c];
  for (gsize c = 0; c < mid; c++)
    mean[c] /= n_voxels;
  for (gsize r = 0; r < reduced; r++)
    {
      double x = block->reduce_bias[r] + dot (block->reduce + r * mid, mean, mid);

      hidden[r] = x / (1 + exp (-x));
    }
  for (gsize c = 0; c < mid; c++)
    gate[c] =
      1 / (1 + exp (-(block->widen_bias[c] + dot (block->widen + c * reduced, hidden, reduced))));
}

void
sag_cpu_gate_project (const SagCpuBlock *block, const float *gate, float *panels)
{
  const float *from = block->project;
  int32_t      columns = sag_cpu_panel_columns (block->shape.out_channels);
  int32_t      mid = block->shape.mid_channels;

  while (columns > 0)
    {
      int32_t width = columns == SAG_CPU_WIDE_PANEL ? SAG_CPU_WIDE_PANEL : SAG_CPU_PANEL;

      for (int32_t k = 0; k < mid; k++, from += width, panels += width)
        for (int32_t c = 0; c < width; c++)
          panels[c] = from[c] * gate[k];
      columns -= width;
    }
}
