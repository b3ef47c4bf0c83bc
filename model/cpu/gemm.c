/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/gemm.h"

#include <stdlib.h>
#include <sys/mman.h>

#define ROWS 192            /* of a piece: their share of a chunk of k stays in the second cache */
#define PIECES_PER_THREAD 4 /* so that threads end together */
#define HUGE_PAGE ((size_t) 2 << 20)

float *
sag_cpu_alloc (size_t n)
{
  size_t align = n > 2 * HUGE_PAGE / sizeof (float) ? HUGE_PAGE : 64;
  size_t size;
  float *memory;

  if (n > (SIZE_MAX - 2 * HUGE_PAGE) / sizeof (float))
    return NULL;
  size = (n * sizeof (float) + 63) / 64 * 64 + 64;
  memory = aligned_alloc (align, (size + align - 1) / align * align);
  if (memory != NULL && align == HUGE_PAGE)
    madvise (memory, size, MADV_HUGEPAGE); /* page faults cost more than the arithmetic otherwise */
  return memory;
}

size_t
sag_cpu_panel_floats (int32_t n_columns, int32_t k)
{
  return (size_t) sag_cpu_panel_columns (n_columns) * k;
}

/* First column of the panel that holds column @c, and the panel's width. */
static int32_t
find_panel (int32_t c, int32_t n_columns, int32_t *width)
{
  int32_t held = sag_cpu_panel_columns (n_columns);

  if (held % SAG_CPU_PANEL != 0 && c >= held - SAG_CPU_WIDE_PANEL)
    {
      *width = SAG_CPU_WIDE_PANEL;
      return held - SAG_CPU_WIDE_PANEL;
    }
  *width = SAG_CPU_PANEL;
  return c / SAG_CPU_PANEL * SAG_CPU_PANEL;
}

void
sag_cpu_pack (
  const float *weights, int32_t first, int32_t n_here, int32_t n_columns, int32_t k, float *panels)
{
  int32_t width, start;

  for (int32_t c = first; c < first + n_here; c++, weights += k)
    {
      float *column;

      start = find_panel (c, n_columns, &width);
      column = panels + (size_t) start * k + (c - start);
      for (int32_t i = 0; i < k; i++)
        column[(size_t) i * width] = weights[i];
    }
  if (first + n_here < n_columns)
    return;
  start = find_panel (n_columns - 1, n_columns, &width);
  for (int32_t j = n_columns - start; j < width; j++)
    for (int32_t i = 0; i < k; i++)
      panels[(size_t) start * k + (size_t) i * width + j] = 0.0f;
}

typedef struct
{
  const SagCpuKernels *kernels;
  const SagCpuGemm    *jobs;
  gsize                n_jobs;
  gsize                n_row_pieces; /* of each job */
  gsize                n_column_pieces;
  int32_t              columns; /* of a piece, a multiple of 16; the last one takes what is left */
} Pieces;

/* Pieces that read the same weights follow each other. */
static void
run_piece (gsize item, guint worker, gpointer data)
{
  const Pieces *pieces = data;
  gsize         row_piece = item % pieces->n_row_pieces;
  gsize         column_piece = item / pieces->n_row_pieces / pieces->n_jobs;
  gsize         column = column_piece * pieces->columns;
  SagCpuGemm    job = pieces->jobs[item / pieces->n_row_pieces % pieces->n_jobs];
  gsize         rows = (job.n_rows + pieces->n_row_pieces - 1) / pieces->n_row_pieces;
  gsize         row = MIN (row_piece * rows, (gsize) job.n_rows);

  job.a += row * job.a_row;
  job.out += row * job.out_row + column;
  job.panels += column * job.k;
  if (job.bias)
    job.bias += column;
  if (job.residual)
    job.residual += row * job.residual_row + column;
  job.n_rows = MIN (rows, job.n_rows - row);
  job.n_columns =
    column_piece + 1 < pieces->n_column_pieces ? pieces->columns : job.n_columns - (int32_t) column;
  pieces->kernels->gemm (&job);
}

static void
run_pieces (SagPool *pool, Pieces *pieces)
{
  gsize n_threads = sag_pool_get_n_threads (pool);
  gsize n_panels = (sag_cpu_panel_columns (pieces->jobs->n_columns) + 7) / SAG_CPU_PANEL;
  gsize n_rows = pieces->n_row_pieces * pieces->n_jobs;
  gsize n_columns =
    n_threads == 1 ? 1 : MIN (n_panels, (PIECES_PER_THREAD * n_threads + n_rows - 1) / n_rows);
  gsize panels = (n_panels + n_columns - 1) / n_columns;

  pieces->columns = panels * SAG_CPU_PANEL;
  pieces->n_column_pieces = (n_panels + panels - 1) / panels;
  sag_pool_run (pool, n_rows * pieces->n_column_pieces, run_piece, pieces);
}

void
sag_cpu_gemm_parallel (SagPool *pool, const SagCpuKernels *kernels, const SagCpuGemm *job)
{
  Pieces pieces = { kernels, job, 1, (job->n_rows + ROWS - 1) / ROWS };

  if (job->n_rows > 0)
    run_pieces (pool, &pieces);
}

void
sag_cpu_gemm_each (SagPool             *pool,
                   const SagCpuKernels *kernels,
                   const SagCpuGemm    *jobs,
                   gsize                n_jobs)
{
  Pieces pieces = { kernels, jobs, n_jobs, 1 };

  if (n_jobs > 0)
    run_pieces (pool, &pieces);
}
