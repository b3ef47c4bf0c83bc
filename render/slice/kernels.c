/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/kernels.h"

#include <math.h>

#ifndef SAG_RENDER_KERNELS
#define SAG_RENDER_KERNELS sag_render_kernels_portable
#define SAG_RENDER_KERNELS_NAME "portable"
#endif

/* Two channels at a time in one word, 16 bits each: x / 255 rounded, exact for 0 <= x <= 255 *
 * 255. */
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

static void
window (const float *restrict values, int n, float black, float width, guint32 invert, guint32 *restrict pixels)
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
colour (const float *restrict values, int n, const SagRenderTable *restrict table, guint32 *restrict pixels)
{
  float first = table->first, per_score = table->per_score, above = table->above, below = table->below;

  for (int x = 0; x < n; x++)
    {
      float   v = values[x], place = (v - first) * per_score + 0.5f;
      guint32 source;

      place = place > 0 ? place : 0;
      place = place < SAG_RENDER_TABLE - 1 ? place : SAG_RENDER_TABLE - 1;
      source = table->colours[(gint32) place];
      source = (v >= above) | (v <= below) ? source : 0;
      pixels[x] = over (source, pixels[x]);
    }
}

/* The distance to the level line is |value - level| / |gradient|, in pixels. */
static void
contour (const float *restrict above,
         const float *restrict row,
         const float *restrict below,
         int   n,
         float level,
         float line_px,
         guint16 *restrict coverage)
{
  for (int x = 0; x < n; x++)
    {
      float gx = (row[x + 1] - row[x - 1]) / 2, gy = (below[x] - above[x]) / 2;
      float slope = sqrtf (gx * gx + gy * gy);
      float c = line_px / 2 + 0.5f - fabsf (row[x] - level) / (slope > 1e-12f ? slope : 1e-12f);

      c = c > 0 ? c : 0;
      c = c < 1 ? c : 1;
      coverage[x] = (guint16) (gint32) (c * 255 + 0.5f);
    }
}

static void
edges (const guint16 *const *labels, int n, const SagRenderOffset *offsets, int n_offsets, guint16 *restrict coverage)
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
              guint32 n_colours,
              guint32 fill,
              guint32 *restrict pixels)
{
  for (int x = 0; x < n; x++)
    if (labels[x] != 0)
      {
        guint32 alpha = fill + ((255 - fill) * coverage[x] + 127) / 255;

        pixels[x] = mix (colours[(labels[x] - 1u) % n_colours], alpha, pixels[x]);
      }
}

const SagRenderKernels SAG_RENDER_KERNELS = {
  SAG_RENDER_KERNELS_NAME,
  lerp_rows,
  sample,
  window,
  colour,
  contour,
  edges,
  paint,
  paint_labels,
};
