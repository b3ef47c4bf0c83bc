/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SagRenderColour: 0xRRGGBB. */
typedef guint32 SagRenderColour;

#define SAG_RENDER_RED(colour) (((colour) >> 16) & 0xff)
#define SAG_RENDER_GREEN(colour) (((colour) >> 8) & 0xff)
#define SAG_RENDER_BLUE(colour) ((colour) &0xff)

#define SAG_RENDER_N_ANSWER_COLOURS 7

/**
 * sag_render_answer_colours: orange, sky, green, yellow, vermilion, purple, blue: the colours of
 * answers and masks in the order in which they are given out (Okabe and Ito's set, safe for
 * colour-blind eyes).
 */
extern const SagRenderColour sag_render_answer_colours[SAG_RENDER_N_ANSWER_COLOURS];

/**
 * SagRenderMap: how scores become colours.
 * @SAG_RENDER_MAP_RAMP: one hue, whose alpha rises from the threshold to the high end
 * @SAG_RENDER_MAP_DIFFERENCE: blue, white, red around zero; alpha rises with the distance from
 *   zero
 *
 * The others are matplotlib's perceptual maps over low..high at constant alpha.
 */
typedef enum
{
  SAG_RENDER_MAP_RAMP,
  SAG_RENDER_MAP_INFERNO,
  SAG_RENDER_MAP_VIRIDIS,
  SAG_RENDER_MAP_CIVIDIS,
  SAG_RENDER_MAP_DIFFERENCE,
} SagRenderMap;

#define SAG_RENDER_N_MAPS 5

/**
 * SagRenderScale: a colour map with its range.
 * @colour: the hue of a ramp; the outline's colour for every map
 * @low: the score at the map's lower end (perceptual maps only)
 * @high: the score at its upper end; of a difference map also, negated, the lower end
 * @threshold: lower scores are transparent; of a difference map: scores closer to zero
 * @opacity: 0..1, alpha at the upper end
 */
typedef struct
{
  SagRenderMap    map;
  SagRenderColour colour;
  double          low;
  double          high;
  double          threshold;
  double          opacity;
} SagRenderScale;

/** sag_render_scale_init: a ramp from 0.5 to 1 at 65 % of the @n-th answer colour. */
SagRenderScale sag_render_scale_init (guint n);

/**
 * sag_render_scale_first, sag_render_scale_last: the scores at the ends of what can be seen:
 * threshold (or low) and high, of a difference map -high and high.
 */
double sag_render_scale_first (const SagRenderScale *scale);
double sag_render_scale_last (const SagRenderScale *scale);

/** sag_render_scale_lookup: @score as premultiplied ARGB32; 0 where it is transparent or NaN. */
guint32 sag_render_scale_lookup (const SagRenderScale *scale, double score);

G_END_DECLS
