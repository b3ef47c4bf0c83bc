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

/* Packing in parallel: (n_out, n_in) by groups of outputs, or (k, n_columns) panel by panel. */
typedef struct
{
  const float *matrix;
  int32_t      n_columns;
  int32_t      k;
  float       *panels;
} Pack;

static void
pack_piece (gsize item, guint worker, gpointer data)
{
  const Pack *pack = data;
  int32_t     first = item * SAG_CPU_PANEL;

  sag_cpu_pack (pack->matrix + (gsize) first * pack->k, first,
                MIN (SAG_CPU_PANEL, pack->n_columns - first), pack->n_columns, pack->k,
                pack->panels);
}

static void
pack_panel (gsize item, guint worker, gpointer data)
{
  const Pack *pack = data;
  int32_t     first = item * SAG_CPU_PANEL, width = panel_width (first, pack->n_columns);

  sag_cpu_pack_rows (pack->matrix + first, pack->n_columns, MIN (width, pack->n_columns - first),
                     pack->k, pack->panels + (gsize) first * pack->k);
}

static void
pack_rows (SagCpuMatrix *self, const float *matrix, int32_t n_columns, int32_t k)
{
  Pack pack = { matrix, n_columns, k, self->panels.floats };

  /* A wide panel is the last one and takes half of what would be another. */
  sag_pool_run (self->pool, MAX (1, (sag_cpu_panel_columns (n_columns)) / SAG_CPU_PANEL),
                pack_panel, &pack);
}

void
sag_cpu_matrix_forward (SagCpuMatrix *self,
                        const float  *in,
                        const float  *weight,
                        const float  *bias,
                        float        *out,
                        gboolean      add,
                        gsize         n_rows,
                        int32_t       n_in,
                        int32_t       n_out)
{
  float *panels = self->panels.floats;
  Pack   pack = { weight, n_out, n_in, panels };

  sag_pool_run (self->pool, (n_out + SAG_CPU_PANEL - 1) / SAG_CPU_PANEL, pack_piece, &pack);
  sag_cpu_gemm_parallel (self->pool, self->kernels,
                         &(SagCpuGemm){
                           .a = in,
                           .a_row = n_in,
                           .a_block = 16,
                           .panels = panels,
                           .bias = bias,
                           .residual = add ? out : NULL,
                           .residual_row = n_out,
                           .out = out,
                           .out_row = n_out,
                           .n_rows = n_rows,
                           .n_columns = n_out,
                           .k = n_in,
                         });
}

/* (n_rows, n_columns) to (n_columns, n_rows), and sums of columns. Item: 16 columns. */
typedef struct
{
  const float *in;
  gsize        n_rows;
  gsize        n_columns;
  float       *out;
  float       *sums;
} Turn;

static void
turn_columns (gsize item, guint worker, gpointer data)
{
  const Turn *turn = data;
  const gsize tile = 16;
  gsize       first = item * tile, end = MIN (first + tile, turn->n_columns);

  for (gsize r0 = 0; r0 < turn->n_rows; r0 += tile)
    for (gsize c = first; c < end; c++)
      for (gsize r = r0; r < MIN (r0 + tile, turn->n_rows); r++)
        turn->out[c * turn->n_rows + r] = turn->in[r * turn->n_columns + c];
}

static void
sum_columns (gsize item, guint worker, gpointer data)
{
  const Turn *turn = data;
  gsize       first = item * 64, end = MIN (first + 64, turn->n_columns);

  for (gsize r = 0; r < turn->n_rows; r++)
    for (gsize c = first; c < end; c++)
      turn->sums[c] += turn->in[r * turn->n_columns + c];
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
  Turn turn = { d_out, n_rows, n_out, self->turned.floats, NULL };

  pack_rows (self, in, n_in, n_rows);
  sag_pool_run (self->pool, (n_out + 15) / 16, turn_columns, &turn);
  sag_cpu_gemm_parallel (self->pool, self->kernels,
                         &(SagCpuGemm){
                           .a = turn.out,
                           .a_row = n_rows,
                           .a_block = 16,
                           .panels = self->panels.floats,
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
  Turn sums = { d_out, n_rows, n_out, NULL, d_bias };

  if (d_weight != NULL)
    weight_gradient (self, in, d_out, d_weight, n_rows, n_in, n_out);
  if (d_bias != NULL)
    sag_pool_run (self->pool, (n_out + 63) / 64, sum_columns, &sums);
  if (d_in == NULL)
    return;
  pack_rows (self, weight, n_in, n_out);
  sag_cpu_gemm_parallel (self->pool, self->kernels,
                         &(SagCpuGemm){
                           .a = d_out,
                           .a_row = n_out,
                           .a_block = 16,
                           .panels = self->panels.floats,
                           .residual = add ? d_in : NULL,
                           .residual_row = n_in,
                           .out = d_in,
                           .out_row = n_in,
                           .n_rows = n_rows,
                           .n_columns = n_in,
                           .k = n_out,
                         });
}
