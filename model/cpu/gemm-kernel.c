/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

#include "model/cpu/simd.h"

/* Matrix product with packed weights.
 *
 *   a        (n_rows, k)         activations
 *   panels   [n / 16][k][16]     weights; the last panel may be [k][24]
 *   out      (n_rows, n_columns)
 *
 * A tile of 6 x 16 (or 4 x 24) sums stays in registers. k is cut into chunks, so that a chunk of a panel (24 KB) stays
 * in the first cache while the rows pass by; between chunks the sums rest in @out.
 */

#define CHUNK 384 /* a multiple of 16 */

/* Vectors as wide as the target's registers: wider ones would live in memory. */
#ifdef __AVX2__
#define LANES 8
#else
#define LANES 4
#endif
#if defined(__AVX2__) || defined(__aarch64__)
#define FULL_ROWS 6
#else /* sixteen registers of four floats */
#define FULL_ROWS 2
#endif
#define MOST_VECTORS (SAG_CPU_WIDE_PANEL / LANES)

typedef float Vector __attribute__ ((vector_size (LANES * 4)));

SAG_INLINE Vector
load (const float *p)
{
  Vector v;

  memcpy (&v, p, sizeof v);
  return v;
}

/* A tile's surroundings. @a: first row, first k; runs of @run values along k lie @a_block apart. */
typedef struct
{
  const float *a;
  size_t       a_row;
  size_t       a_block;
  int          run;
  int          k;
  const float *w;
  const float *bias;  /* NULL: zeros */
  const float *start; /* NULL: zeros */
  size_t       start_row;
  float       *out;
  size_t       out_row;
} Tile;

/* @rows and @width are constants wherever this is inlined. */
SAG_INLINE void
multiply (const int rows, const int width, const Tile *t)
{
  const int    n_vectors = width / LANES;
  const float *a = t->a, *w = t->w;
  size_t       a_row = t->a_row;
  Vector       sum[FULL_ROWS][MOST_VECTORS];

  SAG_UNROLL
  for (int j = 0; j < n_vectors; j++)
    {
      Vector b = t->bias ? load (t->bias + j * LANES) : (Vector){ 0 };

      SAG_UNROLL
      for (int i = 0; i < rows; i++)
        sum[i][j] = b;
    }
  if (t->start)
    {
      SAG_UNROLL
      for (int i = 0; i < rows; i++)
        {
          SAG_UNROLL
          for (int j = 0; j < n_vectors; j++)
            sum[i][j] += load (t->start + i * t->start_row + j * LANES);
        }
    }
  for (int k0 = 0; k0 < t->k; k0 += t->run, a += t->a_block)
    {
      int n = t->k - k0 < t->run ? t->k - k0 : t->run;

      /* Blocked maps are more streams than the hardware follows: ask for the tile after the next one. */
      SAG_UNROLL
      for (int i = 0; i < rows; i++)
        __builtin_prefetch (a + (2 * rows + i) * a_row);
      for (int k = 0; k < n; k++, w += width)
        {
          Vector b[MOST_VECTORS];

          SAG_UNROLL
          for (int j = 0; j < n_vectors; j++)
            b[j] = load (w + j * LANES);
          SAG_UNROLL
          for (int i = 0; i < rows; i++)
            {
              float x = a[i * a_row + k];

              SAG_UNROLL
              for (int j = 0; j < n_vectors; j++)
                sum[i][j] += x * b[j];
            }
        }
    }
  SAG_UNROLL
  for (int i = 0; i < rows; i++)
    {
      SAG_UNROLL
      for (int j = 0; j < n_vectors; j++)
        memcpy (t->out + i * t->out_row + j * LANES, &sum[i][j], sizeof (Vector));
    }
}

#define MULTIPLY(rows, width)                                                                      \
  static void multiply_##rows##_##width (const Tile *t) { multiply (rows, width, t); }
MULTIPLY (1, 16)
MULTIPLY (2, 16)
MULTIPLY (1, 24)
MULTIPLY (2, 24)
#if FULL_ROWS == 6
MULTIPLY (4, 16)
MULTIPLY (6, 16)
MULTIPLY (4, 24)
#endif

/* The tallest tile for what is left, without leaving a single row behind where that can be avoided. */
static int
tile_rows (int left, bool wide)
{
#if FULL_ROWS == 6
  if (left >= 6 && left != 8 && !wide)
    return 6;
  if (left >= 4)
    return 4;
#endif
  return left >= 2 ? 2 : 1;
}

static void
run_tile (const Tile *t, int rows, bool wide)
{
  static void (*const narrow_tiles[]) (const Tile *) = {
    [1] = multiply_1_16,
    [2] = multiply_2_16,
#if FULL_ROWS == 6
    [4] = multiply_4_16,
    [6] = multiply_6_16,
#endif
  };
  static void (*const wide_tiles[]) (const Tile *) = {
    [1] = multiply_1_24,
    [2] = multiply_2_24,
#if FULL_ROWS == 6
    [4] = multiply_4_24,
#endif
  };

  (wide ? wide_tiles : narrow_tiles)[rows](t);
}

static void
activate (float *out, size_t out_row, int rows, int columns, SagCpuAct act)
{
  for (int i = 0; i < rows; i++, out += out_row)
    for (int j = 0; j < columns; j += 8)
      {
        SagV8 x = sag_v8_load (out + j);

        sag_v8_store (out + j, act == SAG_CPU_ACT_SILU ? sag_v8_silu (x) : sag_v8_gelu (x));
      }
}

/* A tile whose last columns do not exist in @out: worked out beside it. */
static void
run_ragged (const Tile *t, int rows, bool wide, int columns, SagCpuAct act)
{
  int   width = wide ? SAG_CPU_WIDE_PANEL : SAG_CPU_PANEL;
  float beside[FULL_ROWS * SAG_CPU_WIDE_PANEL] = { 0 };
  Tile  inner = *t;

  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      beside[i * width + j] =
        (t->bias ? t->bias[j] : 0.0f) + (t->start ? t->start[i * t->start_row + j] : 0.0f);
  inner.bias = NULL;
  inner.start = beside;
  inner.start_row = width;
  inner.out = beside;
  inner.out_row = width;
  run_tile (&inner, rows, wide);
  if (act != SAG_CPU_ACT_NONE)
    activate (beside, width, rows, width, act);
  for (int i = 0; i < rows; i++)
    memcpy (t->out + i * t->out_row, beside + i * width, columns * sizeof (float));
}

/* All rows of one panel, over one chunk of k. @first is the first row's tile. */
static void
run_panel (const Tile *first, int n_rows, int columns, bool wide, SagCpuAct act)
{
  Tile t = *first;
  int  width = wide ? SAG_CPU_WIDE_PANEL : SAG_CPU_PANEL;

  for (int m = 0, rows; m < n_rows; m += rows)
    {
      rows = tile_rows (n_rows - m, wide);
      t.a = first->a + m * t.a_row;
      t.out = first->out + m * t.out_row;
      t.start = first->start ? first->start + m * t.start_row : NULL;
      if (columns < width)
        run_ragged (&t, rows, wide, columns, act);
      else
        {
          run_tile (&t, rows, wide);
          if (act != SAG_CPU_ACT_NONE)
            activate (t.out, t.out_row, rows, width, act);
        }
    }
}

void
sag_cpu_gemm (const SagCpuGemm *job)
{
  int held = sag_cpu_panel_columns (job->n_columns);

  for (int k0 = 0; k0 < job->k; k0 += CHUNK)
    {
      int  k = job->k - k0 < CHUNK ? job->k - k0 : CHUNK;
      bool last = k0 + k == job->k;

      for (int c = 0, width; c < job->n_columns; c += width)
        {
          int  columns = job->n_columns - c;
          Tile t;

          width = held - c == SAG_CPU_WIDE_PANEL ? SAG_CPU_WIDE_PANEL : SAG_CPU_PANEL;
          t = (Tile){
            .a = job->a + k0 / 16 * job->a_block,
            .a_row = job->a_row,
            .a_block = job->a_block,
            .run = job->a_block == 16 ? CHUNK : 16,
            .k = k,
            .w = job->panels + (size_t) c * job->k + (size_t) k0 * width,
            .bias = job->bias && k0 == 0 ? job->bias + c : NULL,
            .start = k0 > 0          ? job->out + c
                     : job->residual ? job->residual + c
                                     : NULL,
            .start_row = k0 > 0 ? job->out_row : job->residual_row,
            .out = job->out + c,
            .out_row = job->out_row,
          };
          run_panel (&t, job->n_rows, columns < width ? columns : width,
                     width == SAG_CPU_WIDE_PANEL, last ? job->act : SAG_CPU_ACT_NONE);
        }
    }
}
