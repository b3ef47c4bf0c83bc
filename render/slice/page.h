/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A view while it is written on: private to render/slice and its tests. All in logical pixels. */

#include "render/slice/marks.h"
#include "render/slice/text.h"

G_BEGIN_DECLS

#define SAG_RENDER_MARGIN 10.0
#define SAG_RENDER_LINE_GAP 2.0
#define SAG_RENDER_TEXT_PX 11.0

/* Text in less than this is not worth reading. */
#define SAG_RENDER_MIN_TEXT_WIDTH 44.0

extern const SagRenderInk sag_render_text_ink;

typedef struct
{
  double x;
  double y;
  double width;
  double height;
} SagRenderRect;

/**
 * SagRenderPage:
 * @scale: device pixels for one logical pixel; @cr is already scaled
 * @taken: of SagRenderRect: where something is written
 */
typedef struct
{
  cairo_t *cr;
  double   width;
  double   height;
  double   scale;
  GArray  *taken;
} SagRenderPage;

typedef enum
{
  SAG_RENDER_TOP_LEFT,
  SAG_RENDER_TOP_RIGHT,
  SAG_RENDER_BOTTOM_LEFT,
  SAG_RENDER_BOTTOM_RIGHT,
} SagRenderCorner;

void sag_render_page_take (SagRenderPage *page, double x, double y, double width, double height);
gboolean sag_render_page_is_free (const SagRenderPage *page, const SagRenderRect *rect);

/**
 * sag_render_page_crisp: the middle of the device pixel that holds @at, where a thin line is sharp.
 */
double sag_render_page_crisp (const SagRenderPage *page, double at);

/**
 * sag_render_corner_room: how much a block in a corner may use: a quarter of the view less the
 * letters' room.
 */
void   sag_render_corner_room (const SagRenderPage *page, double *width, double *height);
double sag_render_corner_x (const SagRenderPage *page, SagRenderCorner corner, double width);

/** sag_render_corner_y: of something @height high, at @used from the corner's edge. */
double
sag_render_corner_y (const SagRenderPage *page, SagRenderCorner corner, double used, double height);

/**
 * sag_render_corner_layout: a sentence for a corner.
 * @max_lines: it is wrapped and then ellipsised; 0: whole on one line or not at all, for numbers
 *
 * Returns: (transfer full) (nullable): NULL if it is too wide or would leave the corner
 */
PangoLayout *sag_render_corner_layout (
  const SagRenderPage *page, const char *text, gboolean warning, int max_lines, double used);

/**
 * sag_render_corner_text: writes into a corner, below (or above) what is @used already.
 *
 * Returns: FALSE if it had no room
 */
gboolean sag_render_corner_text (SagRenderPage  *page,
                                 SagRenderCorner corner,
                                 const char     *text,
                                 gboolean        warning,
                                 int             max_lines,
                                 double         *used);

/**
 * sag_render_page_across: writes on the right of the lower half, over as much of the width as it takes,
 * above what is written there.
 * @used: becomes what is below its upper edge
 *
 * Returns: FALSE if there is no room for all of it
 */
gboolean
sag_render_page_across (SagRenderPage *page, const char *text, gboolean warning, double *used);

/**
 * sag_render_note_words: @note's sentence if it can be read to its end in a few lines of a corner, else
 * its brief form, if it has one.
 */
const char *
sag_render_note_words (const SagRenderPage *page, const SagRenderNote *note, double used);

/** sag_render_page_box: the analysed box as a dashed line. */
void sag_render_page_box (SagRenderPage *page, const SagRenderSlice *slice, const SagGeometry *box);

/** sag_render_page_box_words: @words once in the hatch outside it, where nothing else is. */
void sag_render_page_box_words (SagRenderPage        *page,
                                const SagRenderSlice *slice,
                                const SagGeometry    *box,
                                const char           *words);

/**
 * sag_render_marks_lay_out: sag_render_marks_draw(); @taken gets a SagRenderRect for every text and
 * the scale bar.
 */
void sag_render_marks_lay_out (cairo_t              *cr,
                               const SagRenderFrame *frame,
                               const SagRenderSlice *slice,
                               const SagRenderMarks *marks,
                               GArray               *taken);

G_END_DECLS
