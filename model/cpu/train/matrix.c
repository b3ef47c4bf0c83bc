/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/matrix.h"

#include "model/cpu/gemm.h"

#include <stdlib.h>
#include <string.h>

gboolean
sag_cpu_scratch_reserve (SagCpuScratch *scratch, gsize n)
{
  if (scratch->n >= n)
    return TRUE;
  free (scratch->floats);
  scratch->floats = sag_cpu_alloc (n);
  scratch->n = scratch->floats != NULL ? n : 0;
  return scratch->floats != NULL;
}

void
sag_cpu_scratch_clear (SagCpuScratch *scratch)
{
  g_clear_pointer (&scratch->floats, free);
  scratch->n = 0;
}

void
sag_cpu_matrix_clear (SagCpuMatrix *matrix)
{
  sag_cpu_scratch_clear (&matrix->panels);
  sag_cpu_scratch_clear (&matrix->turned);
}

gboolean
sag_cpu_matrix_reserve (SagCpuMatrix *matrix, gsize n_rows, int32_t n_in, int32_t n_out)
{
  gsize panels = MAX (MAX (sag_cpu_panel_floats (n_out, n_in), sag_cpu_panel_floats (n_in, n_out)),
                      sag_cpu_panel_floats (n_in, n_rows));

  return sag_cpu_scratch_reserve (&matrix->panels, panels) &&
         sag_cpu_scratch_reserve (&matrix->turned, (gsize) n_out * n_rows);
}

/* Width of the panel that begins with column @c. */
static int32_t
panel_width (int32_t c, int32_t n_columns)
{
  return sag_cpu_panel_columns (n_columns) - c == SAG_CPU_WIDE_PANEL ? SAG_CPU_WIDE_PANEL
                                                                     : SAG_CPU_PANEL;
}

void
sag_cpu_pack_rows (const float *matrix, gsize row, int32_t n_columns, int32_t k, float *panels)
{
  for (int32_t c = 0, width; c < n_columns; c += width)
    {
      int32_t real;

      width = panel_width (c, n_columns);
      real = MIN (width, n_columns - c);
      for (int32_t i = 0; i < k; i++, panels += width)
        {
          memcpy (panels, matrix + i * row + c, real * sizeof (float));
          memset (panels + real, 0, (width - real) * sizeof (float));
        }
    }
}

/* Packing (n_out, n_in) by groups of outputs, in parallel. */
typedef struct
{
  const float *weight;
  int32_t      n_in;
  int32_t      n_out;
  float       *panels;
} Pack;

static void
pack_piece (gsize item, guint worker, gpointer data)
{
  const Pack *pack = data;
  int32_t     first = item * SAG_CPU_PANEL;

  sag_cpu_pack (pack->weight + (gsize) first * pack->n_in, first,
                MIN (SAG_CPU_PANEL, pack->n_out - first), pack->n_out, pack->n_in, pack->panels);
}

void
sag_cpu_matrix_forward (SagCpuMatrix *self,
                        const float  *in,
                        const float  *weight,
                        const float  *bias,
                        float        *out,
                        gsize         n_rows,
                        int32_t       n_in,
                        int32_t       n_out)
{
  float *panels = self->panels.floats;
  Pack   pack = { weight, n_in, n_out, panels };

  sag_pool_run (self->pool, (n_out + SAG_CPU_PANEL - 1) / SAG_CPU_PANEL, pack_piece, &pack);
  sag_cpu_gemm_parallel (self->pool, self->kernels,
                         &(SagCpuGemm){
                           .a = in,
                           .a_row = n_in,
                           .a_block = 16,
                           .panels = panels,
                           .bias = bias,
                           .out = out,
                           .out_row = n_out,
                           .n_rows = n_rows,
                           .n_columns = n_out,
                           .k = n_in,
                         });
}

static void
turn (const float *in, gsize n_rows, gsize n_columns, float *out)
{
  const gsize tile = 16;

  for (gsize r0 = 0; r0 < n_rows; r0 += tile)
    for (gsize c = 0; c < n_columns; c++)
      for (gsize r = r0; r < MIN (r0 + tile, n_rows); r++)
        out[c * n_rows + r] = in[r * n_columns + c];
}

static void
weight_gradient (SagCpuMatrix *self,
                 const float  *in,
                 const float  *d_out,
                 float        *d_weight,
                 gsize         n_rows,
                 int32_t       n_in,
                 int32_t       n_out)
{
  float *panels = self->panels.floats;
  float *turned = self->turned.floats;

  sag_cpu_pack_rows (in, n_in, n_in, n_rows, panels);
  turn (d_out, n_rows, n_out, turned);
  sag_cpu_gemm_parallel (self->pool, self->kernels,
                         &(SagCpuGemm){
                           .a = turned,
                           .a_row = n_rows,
                           .a_block = 16,
                           .panels = panels,
                           .residual = d_weight,
                           .residual_row = n_in,
                           .out = d_weight,
                           .out_row = n_in,
                           .n_rows = n_out,
                           .n_columns = n_in,
                           .k = n_rows,
                         });
}

void
sag_cpu_matrix_backward (SagCpuMatrix *self,
                         const float  *in,
                         const float  *weight,
                         const float  *d_out,
                         float        *d_in,
                         gboolean      add,
                         float        *d_weight,
                         float        *d_bias,
                         gsize         n_rows,
                         int32_t       n_in,
                         int32_t       n_out)
{
  if (d_weight != NULL)
    weight_gradient (self, in, d_out, d_weight, n_rows, n_in, n_out);
  for (gsize r = 0; d_bias != NULL && r < n_rows; r++)
    for (gsize c = 0; c < (gsize) n_out; c++)
      d_bias[c] += d_out[r * n_out + c];
  if (d_in != NULL)
    {
      float *panels = self->panels.floats;

      sag_cpu_pack_rows (weight, n_in, n_in, n_out, panels);
      sag_cpu_gemm_parallel (self->pool, self->kernels,
                             &(SagCpuGemm){
                               .a = d_out,
                               .a_row = n_out,
                               .a_block = 16,
                               .panels = panels,
                               .residual = add ? d_in : NULL,
                               .residual_row = n_in,
                               .out = d_in,
                               .out_row = n_in,
                               .n_rows = n_rows,
                               .n_columns = n_in,
                               .k = n_out,
                             });
    }
}
