/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Loops over one row of pixels: private to render/slice. kernels.c is compiled once portably
 * and once for AVX2; both give the same pixels. */

#include <glib.h>

G_BEGIN_DECLS

/** SagRenderTable: scores as premultiplied colours, for the loop over pixels. */
#define SAG_RENDER_TABLE 1024
typedef struct
{
  float   first;     /* score of entry 0 */
  float   per_score; /* entries for each unit of score */
  float   above;     /* visible from here up */
  float   below;     /* and from here down */
  guint32 colours[SAG_RENDER_TABLE];
} SagRenderTable;

/**
 * SagRenderOffset: a neighbour, and how much of an outline it gives to a pixel that differs from
 * it.
 */
typedef struct
{
  int     dx;
  int     dy;
  guint16 coverage; /* 1..255, highest first */
} SagRenderOffset;

typedef struct
{
  const char *name;

  /* out[i] = a[i] + (b[i] - a[i]) * t, and out[n] = out[n - 1] */
  void (*lerp_rows) (const float *a, const float *b, float t, int n, float *out);

  /* out[x] = row at index[x] + fraction[x] */
  void (*sample) (const float *row, const gint32 *index, const float *fraction, int n, float *out);

  /* out[x] = the cells at start + x * step: trilinear between the eight around it, or the
   * nearest one. Places outside are moved to the border. Fewer than 2^31 cells. */
  void (*sample_space) (const float *cells,
                        const gint32 dims[3],
                        const float  start[3],
                        const float  step[3],
                        gboolean     nearest,
                        int          n,
                        float       *out);

  /* pixels[x] = opaque grey of (values[x] - black) * 255 / width, rounded and clamped, with all
   * bits of @invert turned */
  void (*window) (
    const float *values, int n, float black, float width, guint32 invert, guint32 *pixels);

  /* Lays each value's colour over the opaque pixels. */
  void (*colour) (const float *values, int n, const SagRenderTable *table, guint32 *pixels);

  /* coverage[x] of the line where @row crosses @level, @line_px wide; the rows reach from x =
   * -1 to n */
  void (*contour) (const float *above,
                   const float *row,
                   const float *below,
                   int          n,
                   float        level,
                   float        line_px,
                   guint16     *coverage);

  /* coverage[x] of the inner edge of labels[0]; labels[dy] are the rows around it, each padded
   * on both sides */
  void (*edges) (const guint16 *const  *labels,
                 int                    n,
                 const SagRenderOffset *offsets,
                 int                    n_offsets,
                 guint16               *coverage);

  /* pixels[x] += (colour - pixels[x]) * alpha[x] / 255 */
  void (*paint) (guint32 colour, const guint16 *alpha, int n, guint32 *pixels);

  /* The same, each label with its own colour: alpha = fill + (255 - fill) * coverage / 255;
   * label 0 paints nothing, but has an entry in @colours too. */
  void (*paint_labels) (const guint16 *labels,
                        const guint16 *coverage,
                        int            n,
                        const guint32 *colours,
                        guint32        fill,
                        guint32       *pixels);
} SagRenderKernels;

/** sag_render_kernels_get: the fastest set that this processor runs. */
const SagRenderKernels *sag_render_kernels_get (void);

extern const SagRenderKernels sag_render_kernels_portable;
extern const SagRenderKernels sag_render_kernels_avx2;

G_END_DECLS
