/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/text.h"

#include "render/slice/text-cache.h"

#include <math.h>
#include <string.h>

#define HALO_PX 1.0

/* No picture has room for more. */
#define MAX_TEXT_BYTES 4096

/* Steps of a colour strip. */
#define STRIP_STEPS 64

void
sag_render_set_ink (cairo_t *cr, SagRenderInk ink)
{
  cairo_set_source_rgba (cr, SAG_RENDER_RED (ink.colour) / 255.0,
                         SAG_RENDER_GREEN (ink.colour) / 255.0,
                         SAG_RENDER_BLUE (ink.colour) / 255.0, ink.alpha);
}

PangoLayout *
sag_render_text_new (
  cairo_t *cr, const char *text, double size, gboolean bold, double max_width, int max_lines)
{
  PangoLayout          *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_new ();
  PangoAttrList        *attributes = pango_attr_list_new ();
  cairo_font_options_t *options = cairo_font_options_create ();
  g_autofree char      *valid = g_utf8_make_valid (text, (gssize) strnlen (text, MAX_TEXT_BYTES));

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (pango_layout_get_context (layout), options);
  cairo_font_options_destroy (options);

  pango_font_description_set_family (font, "Sans");
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, valid, -1);
  if (max_width >= 0)
    {
      pango_layout_set_width (layout, (int) (max_width * PANGO_SCALE));
      pango_layout_set_height (layout, -MAX (1, max_lines));
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }
  return layout;
}

gboolean
sag_render_text_is_whole (PangoLayout *layout)
{
  const char *text = pango_layout_get_text (layout);

  if (pango_layout_is_ellipsized (layout))
    return FALSE;
  for (int l = 1; l < pango_layout_get_line_count (layout); l++)
    {
      const char *start = text + pango_layout_get_line_readonly (layout, l)->start_index;

      if (g_unichar_isalnum (g_utf8_get_char (start)) &&
          g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (start))))
        return FALSE;
    }
  return TRUE;
}

void
sag_render_text_size (PangoLayout *layout, double *width, double *height)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  *width = logical.width / (double) PANGO_SCALE;
  *height = logical.height / (double) PANGO_SCALE;
}

static void
show_with_halo (cairo_t *cr, PangoLayout *layout, double x, double y, SagRenderInk ink)
{
  cairo_move_to (cr, x, y);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  pango_cairo_layout_path (cr, layout);
  /* A soft rim around the halo keeps text legible over bone and over fat in the lung window. */
  sag_render_set_ink (cr, (SagRenderInk){ 0x000000, 0.3 });
  cairo_set_line_width (cr, 4 * HALO_PX);
  cairo_stroke_preserve (cr);
  sag_render_set_ink (cr, (SagRenderInk){ 0x000000, 0.85 });
  cairo_set_line_width (cr, 2 * HALO_PX);
  cairo_stroke (cr);
  cairo_move_to (cr, x, y);
  sag_render_set_ink (cr, ink);
  pango_cairo_show_layout (cr, layout);
}

void
sag_render_text_show (
  cairo_t *cr, PangoLayout *layout, double x, double y, SagRenderInk ink, gboolean halo)
{
  if (halo && sag_render_text_cached (cr, layout, x, y, ink, show_with_halo))
    return;
  cairo_save (cr);
  if (halo)
    show_with_halo (cr, layout, x, y, ink);
  else
    {
      sag_render_set_ink (cr, ink);
      cairo_move_to (cr, x, y);
      pango_cairo_show_layout (cr, layout);
    }
  cairo_new_path (cr);
  cairo_restore (cr);
}

void
sag_render_rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI / 2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI / 2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI / 2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

void
sag_render_warning_icon (cairo_t *cr, double x, double y, double size, SagRenderInk ink)
{
  double line = size / 9, middle = x + size / 2;

  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, line);
  cairo_move_to (cr, middle, y + line);
  cairo_line_to (cr, x + size - line / 2, y + size - line);
  cairo_line_to (cr, x + line / 2, y + size - line);
  cairo_close_path (cr);
  sag_render_set_ink (cr, (SagRenderInk){ 0x000000, 0.6 });
  cairo_fill_preserve (cr);
  sag_render_set_ink (cr, ink);
  cairo_stroke (cr);
  cairo_move_to (cr, middle, y + size * 0.42);
  cairo_line_to (cr, middle, y + size * 0.62);
  cairo_move_to (cr, middle, y + size * 0.76);
  cairo_line_to (cr, middle, y + size * 0.765);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
sag_render_strip (
  cairo_t *cr, const SagRenderScale *scale, double x, double y, double width, double height)
{
  /* At full opacity: the strip is small, and lies on something dark. */
  SagRenderScale   opaque = *scale;
  double           first = sag_render_scale_first (scale), last = sag_render_scale_last (scale);
  cairo_pattern_t *pattern = cairo_pattern_create_linear (x, 0, x + width, 0);

  opaque.opacity = 1;
  for (int i = 0; i <= STRIP_STEPS; i++)
    {
      guint32 pixel = sag_render_scale_lookup (&opaque, first + (last - first) * i / STRIP_STEPS);

      cairo_pattern_add_color_stop_rgb (
        pattern, i / (double) STRIP_STEPS, SAG_RENDER_RED (pixel) / 255.0,
        SAG_RENDER_GREEN (pixel) / 255.0, SAG_RENDER_BLUE (pixel) / 255.0);
    }
  cairo_save (cr);
  sag_render_rounded (cr, x, y, width, height, 2);
  cairo_set_source (cr, pattern);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_pattern_destroy (pattern);
}

char *
sag_render_format (double value, int decimals)
{
  char   buffer[64], format[8];
  double half = 0.5 * pow (10, -decimals);

  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 9));
  g_ascii_formatd (buffer, sizeof buffer, format, fabs (value) < half ? 0 : fabs (value));
  return g_strconcat (value <= -half ? "\342\210\222" : "", buffer, NULL);
}

char *
sag_render_format_point (const double ras_mm[3])
{
  g_autofree char *x = sag_render_format (ras_mm[0], 1);
  g_autofree char *y = sag_render_format (ras_mm[1], 1);
  g_autofree char *z = sag_render_format (ras_mm[2], 1);

  return g_strdup_printf ("%s  %s  %s", x, y, z);
}
