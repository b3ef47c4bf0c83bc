/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/box-layer.h"

#include <math.h>

/* The hatch: white lines at 45 degrees, this far apart along a row, this strong. Logical pixels. */
#define HATCH_PERIOD 11
#define HATCH_LINE 1.0
#define HATCH_OPACITY 0.12

static void
make_pattern (SagRenderBoxLayer *layer, double scale)
{
  layer->period = MAX (3, (int) (HATCH_PERIOD * scale + 0.5));
  layer->pattern = g_new (guint16, layer->period + layer->width);
  for (int x = 0; x < layer->period + layer->width; x++)
    {
      int    phase = x % layer->period;
      double distance = MIN (phase, layer->period - phase) * G_SQRT2 / 2;
      double coverage = CLAMP (HATCH_LINE * scale / 2 + 0.5 - distance, 0, 1);

      layer->pattern[x] = (guint16) (coverage * HATCH_OPACITY * 255 + 0.5);
    }
}

gboolean
sag_render_box_layer_init (SagRenderBoxLayer    *layer,
                           const SagGeometry    *box,
                           const SagRenderSlice *slice)
{
  *layer = (SagRenderBoxLayer){ .kernels = sag_render_kernels_get (), .width = slice->width };
  if (!sag_render_slice_steps (slice, box, &layer->box) ||
      !sag_render_slice_steps (slice, &slice->canonical, &layer->volume))
    return FALSE;
  for (int a = 0; a < 3; a++)
    {
      layer->box_dims[a] = box->dims[a];
      layer->volume_dims[a] = slice->canonical.dims[a];
    }
  make_pattern (layer, slice->scale);
  return TRUE;
}

void
sag_render_box_layer_clear (SagRenderBoxLayer *layer)
{
  g_free (layer->pattern);
}

static void
hatch (const SagRenderBoxLayer *layer, int y, int begin, int end, guint32 *pixels)
{
  if (end > begin)
    layer->kernels->paint (0xffffff, layer->pattern + y % layer->period + begin, end - begin,
                           pixels + begin);
}

void
sag_render_box_layer_row (const SagRenderBoxLayer *layer, int y, guint32 *pixels)
{
  int begin, end, inner_begin, inner_end;

  sag_render_span (&layer->volume, layer->volume_dims, y, layer->width, &begin, &end);
  sag_render_span (&layer->box, layer->box_dims, y, layer->width, &inner_begin, &inner_end);
  if (inner_begin == inner_end)
    hatch (layer, y, begin, end, pixels);
  else
    {
      hatch (layer, y, begin, MIN (end, inner_begin), pixels);
      hatch (layer, y, MAX (begin, inner_end), end, pixels);
    }
}

/* Keeps the part of a polygon where a + b x + c y >= 0 (Sutherland and Hodgman). */
static int
clip (double corners[SAG_RENDER_BOX_CORNERS][2], int n, double a, double b, double c)
{
  double kept[SAG_RENDER_BOX_CORNERS][2];
  int    n_kept = 0;

  for (int i = 0; i < n; i++)
    {
      const double *p = corners[i], *q = corners[(i + 1) % n];
      double        at_p = a + b * p[0] + c * p[1], at_q = a + b * q[0] + c * q[1];

      if (at_p >= 0 && n_kept < SAG_RENDER_BOX_CORNERS)
        {
          kept[n_kept][0] = p[0];
          kept[n_kept++][1] = p[1];
        }
      if ((at_p >= 0) != (at_q >= 0) && n_kept < SAG_RENDER_BOX_CORNERS)
        {
          double t = at_p / (at_p - at_q);

          kept[n_kept][0] = p[0] + (q[0] - p[0]) * t;
          kept[n_kept++][1] = p[1] + (q[1] - p[1]) * t;
        }
    }
  for (int i = 0; i < n_kept; i++)
    for (int s = 0; s < 2; s++)
      corners[i][s] = kept[i][s];
  return n_kept;
}

int
sag_render_box_polygon (const SagRenderSlice *slice,
                        const SagGeometry    *box,
                        double                margin,
                        double                corners[SAG_RENDER_BOX_CORNERS][2])
{
  double right = slice->width / slice->scale + margin,
         bottom = slice->height / slice->scale + margin;
  const double frame[4][2] = {
    { -margin, -margin }, { right, -margin }, { right, bottom }, { -margin, bottom }
  };
  SagRenderSteps steps;
  int            n = 4;

  if (!sag_render_slice_steps (slice, box, &steps))
    return 0;
  for (int i = 0; i < 4; i++)
    for (int s = 0; s < 2; s++)
      corners[i][s] = frame[i][s];
  for (int a = 0; a < 3; a++)
    {
      /* index + 0.5 = at + b x + c y in logical pixels, whose origin is the corner of the
       * picture / */
      double b = steps.across[a] * slice->scale, c = steps.down[a] * slice->scale;
      double at = steps.start[a] - (steps.across[a] + steps.down[a]) / 2 + 0.5;

      n = clip (corners, n, at, b, c);
      n = clip (corners, n, box->dims[a] - at, -b, -c);
    }
  return n >= 3 ? n : 0;
}
