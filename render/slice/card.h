/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One answer as a card: private to render/slice. */

#include "render/slice/panel.h"
#include "render/slice/text.h"

G_BEGIN_DECLS

/** SagRenderColumn: things put below each other; @y moves down. Nothing is drawn while @measure. */
typedef struct
{
  cairo_t *cr;
  gboolean measure;
  double   x;
  double   y;
  double   width;
} SagRenderColumn;

extern const SagRenderInk sag_render_strong_ink;
extern const SagRenderInk sag_render_faint_ink;

void sag_render_column_text (SagRenderColumn *column,
                             const char      *text,
                             double           size,
                             gboolean         bold,
                             int              max_lines,
                             SagRenderInk     ink);
void sag_render_column_note (SagRenderColumn *column, const SagRenderNote *note);

/**
 * SagRenderCardSize:
 * @SAG_RENDER_CARD_FULL: everything
 * @SAG_RENDER_CARD_COMPACT: without the bar
 * @SAG_RENDER_CARD_BRIEF: task, number, what it is, badges
 */
typedef enum
{
  SAG_RENDER_CARD_FULL,
  SAG_RENDER_CARD_COMPACT,
  SAG_RENDER_CARD_BRIEF,
} SagRenderCardSize;

/** sag_render_card_draw: @column gets the card; its y is then at the card's lower edge. */
void sag_render_card_draw (SagRenderColumn       *column,
                           const SagRenderAnswer *answer,
                           SagRenderCardSize      size);

G_END_DECLS
