/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/page.h"

#include <math.h>

/* Room that a letter keeps free on both sides of the middle of its edge. */
#define LETTER_ROOM 14.0

/* Free space around words that find their own place. */
#define CLEAR 6.0

/* What a warning's triangle and the gap after it take. */
#define ICON_ROOM (SAG_RENDER_TEXT_PX + 5)

/* Of what goes across a view, which is tried every few pixels. */
#define ACROSS_LINES 2
#define ACROSS_STEP 2.0

const SagRenderInk sag_render_text_ink = { 0xffffff, 0.92 };

static const SagRenderInk warning_ink = { 0xf8c64b, 1 };

void
sag_render_page_take (SagRenderPage *page, double x, double y, double width, double height)
{
  SagRenderRect rect = { x, y, width, height };

  g_array_append_val (page->taken, rect);
}

gboolean
sag_render_page_is_free (const SagRenderPage *page, const SagRenderRect *rect)
{
  if (rect->x < 2 || rect->y < 2 || rect->x + rect->width > page->width - 2 ||
      rect->y + rect->height > page->height - 2)
    return FALSE;
  for (guint i = 0; i < page->taken->len; i++)
    {
      const SagRenderRect *other = &g_array_index (page->taken, SagRenderRect, i);

      if (rect->x < other->x + other->width + CLEAR && other->x < rect->x + rect->width + CLEAR &&
          rect->y < other->y + other->height + CLEAR && other->y < rect->y + rect->height + CLEAR)
        return FALSE;
    }
  return TRUE;
}

double
sag_render_page_crisp (const SagRenderPage *page, double at)
{
  return (floor (at * page->scale) + 0.5) / page->scale;
}

void
sag_render_corner_room (const SagRenderPage *page, double *width, double *height)
{
  *width = page->width / 2 - SAG_RENDER_MARGIN - LETTER_ROOM;
  *height = page->height / 2 - SAG_RENDER_MARGIN - LETTER_ROOM;
}

double
sag_render_corner_x (const SagRenderPage *page, SagRenderCorner corner, double width)
{
  return corner == SAG_RENDER_TOP_LEFT || corner == SAG_RENDER_BOTTOM_LEFT
           ? SAG_RENDER_MARGIN
           : page->width - SAG_RENDER_MARGIN - width;
}

double
sag_render_corner_y (const SagRenderPage *page, SagRenderCorner corner, double used, double height)
{
  return corner == SAG_RENDER_TOP_LEFT || corner == SAG_RENDER_TOP_RIGHT
           ? SAG_RENDER_MARGIN + used
           : page->height - SAG_RENDER_MARGIN - used - height;
}

PangoLayout *
sag_render_corner_layout (
  const SagRenderPage *page, const char *text, gboolean warning, int max_lines, double used)
{
  double room_width, room_height, width, height;
  g_autoptr (PangoLayout) layout = NULL;

  sag_render_corner_room (page, &room_width, &room_height);
  room_width -= warning ? ICON_ROOM : 0;
  if (room_width < SAG_RENDER_MIN_TEXT_WIDTH)
    return NULL;
  layout = sag_render_text_new (page->cr, text, SAG_RENDER_TEXT_PX, FALSE,
                                max_lines > 0 ? room_width : -1, max_lines);
  sag_render_text_size (layout, &width, &height);
  return used + height <= room_height && width <= room_width + 1 ? g_steal_pointer (&layout) : NULL;
}

static void
show (SagRenderPage *page, PangoLayout *layout, double x, double y, gboolean warning)
{
  const double icon = warning ? ICON_ROOM : 0;
  double       width, height;

  sag_render_text_size (layout, &width, &height);
  if (warning)
    sag_render_warning_icon (page->cr, x, y + 0.5, SAG_RENDER_TEXT_PX + 1, warning_ink);
  sag_render_text_show (page->cr, layout, x + icon, y, warning ? warning_ink : sag_render_text_ink,
                        TRUE);
  sag_render_page_take (page, x, y, width + icon, height);
}

gboolean
sag_render_corner_text (SagRenderPage  *page,
                        SagRenderCorner corner,
                        const char     *text,
                        gboolean        warning,
                        int             max_lines,
                        double         *used)
{
  g_autoptr (PangoLayout) layout = sag_render_corner_layout (page, text, warning, max_lines, *used);
  double icon = warning ? ICON_ROOM : 0;
  double width, height, x, y;

  if (layout == NULL)
    return FALSE;
  sag_render_text_size (layout, &width, &height);
  x = sag_render_corner_x (page, corner, width + icon);
  y = sag_render_corner_y (page, corner, *used, height);
  show (page, layout, x, y, warning);
  *used += height + SAG_RENDER_LINE_GAP;
  return TRUE;
}

gboolean
sag_render_page_across (SagRenderPage *page, const char *text, gboolean warning, double *used)
{
  const double  icon = warning ? ICON_ROOM : 0;
  SagRenderRect rect;
  g_autoptr (PangoLayout) layout = NULL;

  if (page->width - 2 * SAG_RENDER_MARGIN - icon < SAG_RENDER_MIN_TEXT_WIDTH)
    return FALSE;
  layout = sag_render_text_new (page->cr, text, SAG_RENDER_TEXT_PX, FALSE,
                                page->width - 2 * SAG_RENDER_MARGIN - icon, ACROSS_LINES);
  if (!sag_render_text_is_whole (layout))
    return FALSE;
  sag_render_text_size (layout, &rect.width, &rect.height);
  rect.width += icon;
  rect.x = sag_render_corner_x (page, SAG_RENDER_BOTTOM_RIGHT, rect.width);
  rect.y = sag_render_corner_y (page, SAG_RENDER_BOTTOM_RIGHT, *used, rect.height);
  while (rect.y > page->height / 2 && !sag_render_page_is_free (page, &rect))
    rect.y -= ACROSS_STEP;
  if (rect.y <= page->height / 2)
    return FALSE;
  show (page, layout, rect.x, rect.y, warning);
  *used = page->height - SAG_RENDER_MARGIN - rect.y + SAG_RENDER_LINE_GAP;
  return TRUE;
}
