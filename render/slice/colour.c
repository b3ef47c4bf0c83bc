/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/colour.h"

#include <math.h>

const SagRenderColour sag_render_answer_colours[SAG_RENDER_N_ANSWER_COLOURS] = {
  0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0xd55e00, 0xcc79a7, 0x0072b2,
};

/* Perceptual maps at 33 equidistant places, linear between them: within 2/255 of the full
 * tables of inferno and viridis (Smith and van der Walt, mpl-colormaps, CC0) and within 5/255
 * of cividis (Nunez, Anderton and Renslow, PLoS ONE 2018). */
#define N_ANCHORS 33
static const guint32 anchors[3][N_ANCHORS] = {
  { 0x000004, 0x040312, 0x0b0724, 0x150b37, 0x210c4a, 0x2e0a5a, 0x3c0965, 0x4a0c6b, 0x57106d,
    0x63146e, 0x70196e, 0x7d1e6d, 0x89226a, 0x962766, 0xa32b61, 0xaf315c, 0xbb3755, 0xc63e4d,
    0xd14644, 0xdb4f3b, 0xe35932, 0xeb6528, 0xf1711e, 0xf67f14, 0xf98d0a, 0xfb9c06, 0xfcab0f,
    0xfbba1f, 0xf9ca32, 0xf5d949, 0xf2e865, 0xf3f586, 0xfcffa4 },
  { 0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086, 0x3f4989, 0x3b528b,
    0x375a8d, 0x33638d, 0x2f6a8e, 0x2c728e, 0x297a8e, 0x26818e, 0x23898e, 0x21908c, 0x1f988b,
    0x1f9f88, 0x21a685, 0x28ae80, 0x31b57b, 0x3ebc74, 0x4cc26c, 0x5dc963, 0x6ece58, 0x82d34c,
    0x96d83f, 0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a, 0xfde725 },
  { 0x00204d, 0x00265a, 0x002c68, 0x00306f, 0x05366e, 0x1e3c6d, 0x2c426c, 0x37476b, 0x414d6b,
    0x4a536b, 0x52596c, 0x595e6d, 0x61646f, 0x686a71, 0x6f7073, 0x757676, 0x7c7b78, 0x848279,
    0x8c8879, 0x948e78, 0x9c9477, 0xa49b76, 0xaca174, 0xb4a872, 0xbdaf6f, 0xc5b66c, 0xcebd68,
    0xd7c463, 0xe0cb5e, 0xe9d358, 0xf2da50, 0xfbe248, 0xffea46 },
};

/* The faintest colour of a ramp: what just passes the threshold can still be told from nothing. */
#define FIRST_ALPHA 0.18

SagRenderScale
sag_render_scale_init (guint n)
{
  return (SagRenderScale){
    .map = SAG_RENDER_MAP_RAMP,
    .colour = sag_render_answer_colours[n % SAG_RENDER_N_ANSWER_COLOURS],
    .low = 0,
    .high = 1,
    .threshold = 0.5,
    .opacity = 0.65,
  };
}

double
sag_render_scale_first (const SagRenderScale *scale)
{
  if (scale->map == SAG_RENDER_MAP_DIFFERENCE)
    return -scale->high;
  if (scale->map == SAG_RENDER_MAP_RAMP)
    return scale->threshold;
  return MAX (scale->low, scale->threshold);
}

double
sag_render_scale_last (const SagRenderScale *scale)
{
  return scale->high;
}

static double
channel (guint32 colour, int shift)
{
  return (colour >> shift) & 0xff;
}

static guint32
mix (guint32 a, guint32 b, double t)
{
  guint32 out = 0;

  for (int shift = 0; shift <= 16; shift += 8)
    out |= (guint32) (channel (a, shift) + (channel (b, shift) - channel (a, shift)) * t + 0.5)
           << shift;
  return out;
}

static guint32
premultiply (guint32 colour, double alpha)
{
  guint32 out = (guint32) (alpha * 255 + 0.5) << 24;

  for (int shift = 0; shift <= 16; shift += 8)
    out |= (guint32) (channel (colour, shift) * alpha + 0.5) << shift;
  return out;
}

/* Where @value lies between two ends, 0..1; a range without length is all upper end. */
static double
place (double value, double first, double last)
{
  return last > first ? CLAMP ((value - first) / (last - first), 0, 1) : 1;
}

guint32
sag_render_scale_lookup (const SagRenderScale *scale, double score)
{
  double t;

  if (scale->map == SAG_RENDER_MAP_DIFFERENCE)
    {
      if (!(fabs (score) >= scale->threshold))
        return 0;
      t = place (fabs (score), 0, scale->high);
      return premultiply (mix (0xffffff, score < 0 ? 0x2166ac : 0xb2182b, t),
                          scale->opacity * sqrt (t));
    }
  if (!(score >= scale->threshold))
    return 0;
  if (scale->map == SAG_RENDER_MAP_RAMP)
    {
      t = place (score, scale->threshold, scale->high);
      return premultiply (scale->colour, scale->opacity * (FIRST_ALPHA + (1 - FIRST_ALPHA) * t));
    }

  const guint32 *table = anchors[scale->map - SAG_RENDER_MAP_INFERNO];
  int            i;

  t = place (score, scale->low, scale->high) * (N_ANCHORS - 1);
  i = MIN ((int) t, N_ANCHORS - 2);
  return premultiply (mix (table[i], table[i + 1], t - i), scale->opacity);
}
