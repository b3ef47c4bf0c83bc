/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

#include "model/cpu/simd.h"

/* One head of scaled dot-product attention, Vaswani et al., arXiv:1706.03762, section 3.2.1.
 *
 *   query   (n_queries, width)
 *   keys    [n_keys / 16][width][16]    key^T * scale in panels, the last one padded with zeros
 *   values  [width / 16][n_keys][16]    in panels
 *   scores  (SAG_CPU_QUERIES, n_keys rounded up)
 *
 * Queries go through in groups that stay in the second cache. Invisible and padding keys start at LOWEST and get
 * exactly nothing, so that padding never changes a sum.
 */

#define LOWEST (-1e30f)

static size_t
round_up (size_t n)
{
  return (n + 15) / 16 * 16;
}

static void
pack_keys (const SagCpuHead *job, float *panels)
{
  for (int32_t n = 0; n < job->n_keys; n += 16)
    {
      int here = job->n_keys - n < 16 ? job->n_keys - n : 16;

      if (here < 16)
        memset (panels, 0, 16 * job->width * sizeof (float));
      for (int j = 0; j < here; j++)
        for (int32_t k = 0; k < job->width; k++)
          panels[k * 16 + j] = job->key[(size_t) (n + j) * job->key_row + k] * job->scale;
      panels += 16 * job->width;
    }
}

static void
pack_values (const SagCpuHead *job, float *panels)
{
  int32_t held = sag_cpu_panel_columns (job->width);

  for (int32_t c = 0, columns; c < held; c += columns)
    {
      int32_t real;

      columns = held - c == SAG_CPU_WIDE_PANEL ? SAG_CPU_WIDE_PANEL : SAG_CPU_PANEL;
      real = job->width - c < columns ? job->width - c : columns;
      for (int32_t n = 0; n < job->n_keys; n++, panels += columns)
        {
          memcpy (panels, job->value + n * job->key_row + c, real * sizeof (float));
          memset (panels + real, 0, (columns - real) * sizeof (float));
        }
    }
}

/* In place over @n values, a multiple of 16. */
static void
softmax (float *row, size_t n)
{
  SagV8 most = sag_v8_load (row), sum = sag_v8_set (0.0f);
  SagV8 highest, factor;

  for (size_t i = 8; i < n; i += 8)
    most = sag_v8_max (most, sag_v8_load (row + i));
  highest = sag_v8_set (sag_v8_largest (most));
  for (size_t i = 0; i < n; i += 8)
    {
      SagV8 x = sag_v8_load (row + i);
      SagV8 e = sag_v8_select (x > 0.5f * LOWEST, sag_v8_exp (x - highest), sag_v8_set (0.0f));

      sum += e;
      sag_v8_store (row + i, e);
    }
  factor = sag_v8_set (1.0f / sag_v8_sum (sum));
  for (size_t i = 0; i < n; i += 8)
    sag_v8_store (row + i, sag_v8_load (row + i) * factor);
}

void
sag_cpu_attend (const SagCpuHead *job)
{
  size_t n_columns = round_up (job->n_keys);
  float *keys = job->scratch;
  float *values = keys + n_columns * job->width;
  float *start = values + round_up (sag_cpu_panel_columns (job->width) * (size_t) job->n_keys);
  float *scores = start + n_columns;

  pack_keys (job, keys);
  pack_values (job, values);
  for (size_t i = 0; i < n_columns; i++)
    start[i] = i < (size_t) job->n_keys && (!job->visible || job->visible[i]) ? 0.0f : LOWEST;
  for (int32_t q = 0; q < job->n_queries; q += SAG_CPU_QUERIES)
    {
      int32_t here = job->n_queries - q < SAG_CPU_QUERIES ? job->n_queries - q : SAG_CPU_QUERIES;

      sag_cpu_gemm (&(SagCpuGemm){
        .a = job->query + q * job->query_row,
        .a_row = job->query_row,
        .a_block = 16,
        .panels = keys,
        .bias = start,
        .out = scores,
        .out_row = n_columns,
        .n_rows = here,
        .n_columns = n_columns,
        .k = job->width,
      });
      for (int32_t i = 0; i < here; i++)
        softmax (scores + i * n_columns, n_columns);
      sag_cpu_gemm (&(SagCpuGemm){
        .a = scores,
        .a_row = n_columns,
        .a_block = 16,
        .panels = values,
        .out = job->out + q * job->out_row,
        .out_row = job->out_row,
        .n_rows = here,
        .n_columns = job->width,
        .k = job->n_keys,
      });
    }
}
