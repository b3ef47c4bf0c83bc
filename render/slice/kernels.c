/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/kernels.h"

#include <math.h>

#ifndef SAG_RENDER_KERNELS
#define SAG_RENDER_KERNELS sag_render_kernels_portable
#define SAG_RENDER_KERNELS_NAME "portable"
#endif

/* Two channels at a time in one word, 16 bits each: x / 255 rounded, exact for 0 <= x <= 255 *
 * 255. / */
static inline guint32
divide_255 (guint32 pair)
{
  pair += 0x800080;
  return ((pair + ((pair >> 8) & 0xff00ff)) >> 8) & 0xff00ff;
}

/* Premultiplied @source over an opaque pixel. */
static inline guint32
over (guint32 source, guint32 pixel)
{
  guint32 rest = 255 - (source >> 24);
  guint32 red_blue = divide_255 ((pixel & 0xff00ff) * rest);
  guint32 alpha_green = divide_255 (((pixel >> 8) & 0xff00ff) * rest);

  return source + (red_blue | alpha_green << 8);
}

/* An opaque @colour at @alpha (0..255) over an opaque pixel. */
static inline guint32
mix (guint32 colour, guint32 alpha, guint32 pixel)
{
  guint32 rest = 255 - alpha;
  guint32 red_blue = divide_255 ((pixel & 0xff00ff) * rest + (colour & 0xff00ff) * alpha);
  guint32 green = divide_255 (((pixel >> 8) & 0xff) * rest + ((colour >> 8) & 0xff) * alpha);

  return 0xff000000 | red_blue | green << 8;
}

static void
lerp_rows (const float *restrict a, const float *restrict b, float t, int n, float *restrict out)
{
  for (int i = 0; i < n; i++)
    out[i] = a[i] + (b[i] - a[i]) * t;
  out[n] = out[n - 1];
}

static void
sample (const float *restrict row,
        const gint32 *restrict index,
        const float *restrict fraction,
        int n,
        float *restrict out)
{
  for (int x = 0; x < n; x++)
    {
      float a = row[index[x]], b = row[index[x] + 1];

      out[x] = a + (b - a) * fraction[x];
    }
}

static inline float
lerp (float a, float b, float t)
{
  return a + (b - a) * t;
}

/* A neighbour is only looked at where it has a weight: it may be NaN, or beyond the last cell. */
static void
sample_space (const float *restrict cells,
              const gint32 dims[3],
              const float  start[3],
              const float  step[3],
              gboolean     nearest,
              int          n,
              float *restrict out)
{
  const float last_i = dims[0] - 1, last_j = dims[1] - 1, last_k = dims[2] - 1,
              shift = nearest ? 0.5f : 0;
  const float  start_i = start[0] + shift, start_j = start[1] + shift, start_k = start[2] + shift;
  const float  step_i = step[0], step_j = step[1], step_k = step[2], weight = nearest ? 0 : 1;
  const gint32 row = dims[0], plane = dims[0] * dims[1];

  for (int x = 0; x < n; x++)
    {
      float  i = start_i + x * step_i, j = start_j + x * step_j, k = start_k + x * step_k;
      gint32 ii, jj, kk, at, di, dj, dk;
      float  ti, tj, tk, low, high;

      i = i > 0 ? i : 0;
      j = j > 0 ? j : 0;
      k = k > 0 ? k : 0;
      i = i < last_i ? i : last_i;
      j = j < last_j ? j : last_j;
      k = k < last_k ? k : last_k;
      ii = (gint32) i;
      jj = (gint32) j;
      kk = (gint32) k;
      ti = (i - ii) * weight;
      tj = (j - jj) * weight;
      tk = (k - kk) * weight;
      di = ti > 0 ? 1 : 0;
      dj = tj > 0 ? row : 0;
      dk = tk > 0 ? plane : 0;
      at = ii + row * jj + plane * kk;
      low = lerp (lerp (cells[at], cells[at + di], ti),
                  lerp (cells[at + dj], cells[at + dj + di], ti), tj);
      at += dk;
      high = lerp (lerp (cells[at], cells[at + di], ti),
                   lerp (cells[at + dj], cells[at + dj + di], ti), tj);
      out[x] = lerp (low, high, tk);
    }
}

static void
window (const float *restrict values,
        int     n,
        float   black,
        float   width,
        guint32 invert,
        guint32 *restrict pixels)
{
  for (int x = 0; x < n; x++)
    {
      float grey = ((values[x] - black) * 255 + width / 2) / width;

      grey = grey > 0 ? grey : 0;
      grey = grey < 255 ? grey : 255;
      pixels[x] = ((guint32) (gint32) grey * 0x010101 ^ invert) | 0xff000000;
    }
}

static void
colour (const float *restrict values,
        int n,
        const SagRenderTable *restrict table,
        guint32 *restrict pixels)
{
  float first = table->first, per_score = table->per_score, above = table->above,
        below = table->below;

  for (int x = 0; x < n; x++)
    {
      float   v = values[x], place = (v - first) * per_score + 0.5f;
      guint32 source;

      place = place > 0 ? place : 0;
      place = place < SAG_RENDER_TABLE - 1 ? place : SAG_RENDER_TABLE - 1;
      source = table->colours[(gint32) place];
      source = ((v >= above) | (v <= below)) != 0 ? source : 0;
      pixels[x] = over (source, pixels[x]);
    }
}

/* The distance to the level line is |value - level| / |gradient|, in pixels; the small number
 * keeps it from 0 / 0. */
static void
contour (const float *restrict above,
         const float *restrict row,
         const float *restrict below,
         int   n,
         float level,
         float line_px,
         guint16 *restrict coverage)
{
  const float reach = line_px / 2 + 0.5f;

  for (int x = 0; x < n; x++)
    {
      float gx = row[x + 1] - row[x - 1], gy = below[x] - above[x];
      float slope = sqrtf (gx * gx + gy * gy) * 0.5f + 1e-12f;
      float c = (reach - fabsf (row[x] - level) / slope) * 255 + 0.5f;

      c = c > 0 ? c : 0;
      c = c < 255 ? c : 255;
      coverage[x] = (guint16) (gint32) c;
    }
}

static void
edges (const guint16 *const  *labels,
       int                    n,
       const SagRenderOffset *offsets,
       int                    n_offsets,
       guint16 *restrict coverage)
{
  const guint16 *own = labels[0];

  for (int x = 0; x < n; x++)
    coverage[x] = 0;
  for (int o = 0; o < n_offsets; o++)
    {
      const guint16 *other = labels[offsets[o].dy] + offsets[o].dx;
      guint16        c = offsets[o].coverage;

      for (int x = 0; x < n; x++)
        {
          guint16 here = own[x] != other[x] ? c : 0;

          coverage[x] = coverage[x] > here ? coverage[x] : here;
        }
    }
}

static void
paint (guint32 source, const guint16 *restrict alpha, int n, guint32 *restrict pixels)
{
  for (int x = 0; x < n; x++)
    pixels[x] = mix (source, alpha[x], pixels[x]);
}

static void
paint_labels (const guint16 *restrict labels,
              const guint16 *restrict coverage,
              int n,
              const guint32 *restrict colours,
              guint32 fill,
              guint32 *restrict pixels)
{
  for (int x = 0; x < n; x++)
    {
      guint32 label = labels[x], alpha = fill + (((255 - fill) * coverage[x] * 257 + 32768) >> 16);

      alpha = label != 0 ? alpha : 0;
      pixels[x] = mix (colours[label], alpha, pixels[x]);
    }
}

const SagRenderKernels SAG_RENDER_KERNELS = {
  .name = SAG_RENDER_KERNELS_NAME,
  .lerp_rows = lerp_rows,
  .sample = sample,
  .sample_space = sample_space,
  .window = window,
  .colour = colour,
  .contour = contour,
  .edges = edges,
  .paint = paint,
  .paint_labels = paint_labels,
};
