/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/page.h"

#include "render/slice/box-layer.h"

#include <math.h>

static const SagRenderInk box_ink = { 0xffffff, 0.6 };

static void
draw_outline (SagRenderPage        *page,
              const SagRenderSlice *slice,
              const SagGeometry    *box,
              double                width,
              SagRenderInk          ink)
{
  static const double dash[] = { 4, 4 };
  double              corners[SAG_RENDER_BOX_CORNERS][2];
  int                 n = sag_render_box_polygon (slice, box, 8, corners);

  cairo_new_path (page->cr);
  for (int i = 0; i < n; i++)
    cairo_line_to (page->cr, sag_render_page_crisp (page, corners[i][0]),
                   sag_render_page_crisp (page, corners[i][1]));
  cairo_close_path (page->cr);
  cairo_set_dash (page->cr, dash, G_N_ELEMENTS (dash), 0);
  cairo_set_line_width (page->cr, width);
  sag_render_set_ink (page->cr, ink);
  cairo_stroke (page->cr);
  cairo_set_dash (page->cr, NULL, 0, 0);
}

void
sag_render_page_box (SagRenderPage *page, const SagRenderSlice *slice, const SagGeometry *box)
{
  draw_outline (page, slice, box, MAX (1, floor (page->scale)) / page->scale, box_ink);
}

void
sag_render_box_draw (cairo_t              *cr,
                     const SagRenderSlice *slice,
                     const SagGeometry    *box,
                     SagRenderColour       colour)
{
  SagRenderPage page = { .cr = cr, .scale = slice->scale };

  draw_outline (&page, slice, box, 2, (SagRenderInk){ colour, 1 });
}

/* What a grid covers of the view; FALSE if nothing. */
static gboolean
cover (const SagRenderPage  *page,
       const SagRenderSlice *slice,
       const SagGeometry    *geometry,
       SagRenderRect        *rect)
{
  double corners[SAG_RENDER_BOX_CORNERS][2], low[2] = { INFINITY, INFINITY },
                                             high[2] = { -INFINITY, -INFINITY };
  int n = sag_render_box_polygon (slice, geometry, 0, corners);

  for (int i = 0; i < n; i++)
    for (int s = 0; s < 2; s++)
      {
        low[s] = MIN (low[s], corners[i][s]);
        high[s] = MAX (high[s], corners[i][s]);
      }
  *rect = (SagRenderRect){ low[0], low[1], high[0] - low[0], high[1] - low[1] };
  return n > 0;
}

/* Writes the words into a strip of the hatch, turned if it is narrow, where nothing else is. */
static gboolean
write_in_strip (SagRenderPage *page, PangoLayout *layout, const SagRenderRect *strip)
{
  static const double places[] = { 0.5, 0.3, 0.7, 0.15, 0.85 };
  double              width, height;

  sag_render_text_size (layout, &width, &height);
  for (int turned = 0; turned < 2; turned++)
    for (guint p = 0; p < 2 * G_N_ELEMENTS (places); p++)
      {
        double        w = turned ? height : width, h = turned ? width : height;
        gboolean      along_x = p < G_N_ELEMENTS (places);
        double        at = places[p % G_N_ELEMENTS (places)];
        SagRenderRect rect = { strip->x + (strip->width - w) * (along_x ? at : 0.5),
                               strip->y + (strip->height - h) * (along_x ? 0.5 : at), w, h };

        if (strip->width < w + 6 || strip->height < h + 4 || !sag_render_page_is_free (page, &rect))
          continue;
        cairo_save (page->cr);
        cairo_translate (page->cr, rect.x, rect.y + (turned ? h : 0));
        cairo_rotate (page->cr, turned ? -G_PI / 2 : 0);
        sag_render_text_show (page->cr, layout, 0, 0, sag_render_text_ink, TRUE);
        cairo_restore (page->cr);
        sag_render_page_take (page, rect.x, rect.y, w, h);
        return TRUE;
      }
  return FALSE;
}

void
sag_render_page_box_words (SagRenderPage        *page,
                           const SagRenderSlice *slice,
                           const SagGeometry    *box,
                           const char           *words)
{
  g_autoptr (PangoLayout) layout =
    sag_render_text_new (page->cr, words, SAG_RENDER_TEXT_PX, FALSE, -1, 1);
  SagRenderRect volume, inner, strips[4];
  int           largest;

  if (!cover (page, slice, &slice->canonical, &volume))
    return;
  if (!cover (page, slice, box, &inner))
    {
      write_in_strip (page, layout, &volume);
      return;
    }
  strips[0] = (SagRenderRect){ volume.x, volume.y, inner.x - volume.x, volume.height };
  strips[1] = (SagRenderRect){ inner.x + inner.width, volume.y,
                               volume.x + volume.width - inner.x - inner.width, volume.height };
  strips[2] = (SagRenderRect){ volume.x, volume.y, volume.width, inner.y - volume.y };
  strips[3] = (SagRenderRect){ volume.x, inner.y + inner.height, volume.width,
                               volume.y + volume.height - inner.y - inner.height };
  for (int tries = 0; tries < 4; tries++)
    {
      largest = 0;
      for (int i = 1; i < 4; i++)
        if (strips[i].width * strips[i].height > strips[largest].width * strips[largest].height)
          largest = i;
      if (strips[largest].width <= 0 || strips[largest].height <= 0 ||
          write_in_strip (page, layout, &strips[largest]))
        return;
      strips[largest].width = 0;
    }
}
