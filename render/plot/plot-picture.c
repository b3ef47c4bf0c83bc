/* SPDX-License-Identifier: Apache-2.0 */
#include "render/plot/plot-picture.h"

#include "model/core/file.h"

#include <math.h>
#include <pango/pangocairo.h>

#define FONT "Inter, Cantarell, DejaVu Sans, sans-serif"

typedef struct
{
  cairo_t              *cr;
  const SagPlotColours *colours;
} Painting;

const SagPlotColours *
sag_plot_colours_get (gboolean dark)
{
  /* As in plot-svg.c and report-style.h: grid, guide, frame, faint, text, first, second. */
  static const SagPlotColours light = { { { 0.894, 0.894, 0.894 },
                                          { 0.604, 0.604, 0.604 },
                                          { 0.541, 0.541, 0.541 },
                                          { 0.400, 0.400, 0.400 },
                                          { 0.133, 0.133, 0.133 },
                                          { 0.000, 0.447, 0.698 },
                                          { 0.835, 0.369, 0.000 } },
                                        { 1, 1, 1, 1 } };
  static const SagPlotColours at_night = { { { 0.220, 0.235, 0.255 },
                                             { 0.424, 0.451, 0.482 },
                                             { 0.380, 0.400, 0.430 },
                                             { 0.604, 0.639, 0.678 },
                                             { 0.902, 0.910, 0.918 },
                                             { 0.337, 0.706, 0.914 },
                                             { 0.941, 0.627, 0.314 } },
                                           { 0, 0, 0, 0 } };

  return dark ? &at_night : &light;
}

static void
set_ink (const Painting *self, SagPlotInk ink)
{
  const double *colour = self->colours->inks[ink];

  cairo_set_source_rgb (self->cr, colour[0], colour[1], colour[2]);
}

static void
paint_line (gpointer data, const SagPlotPlace *places, gsize n, SagPlotInk ink, double width)
{
  static const double dashes[] = { 4, 4 };
  const Painting     *self = data;

  cairo_new_path (self->cr);
  for (gsize i = 0; i < n; i++)
    cairo_line_to (self->cr, places[i].x, places[i].y);
  set_ink (self, ink);
  cairo_set_line_width (self->cr, width);
  cairo_set_dash (self->cr, dashes, ink == SAG_PLOT_INK_GUIDE ? 2 : 0, 0);
  cairo_stroke (self->cr);
}

static void
paint_dot (gpointer data, SagPlotPlace place, double radius, SagPlotInk ink, gboolean filled)
{
  const Painting *self = data;
  const double   *paper = self->colours->paper;

  cairo_new_path (self->cr);
  cairo_arc (self->cr, place.x, place.y, radius, 0, 2 * G_PI);
  if (filled)
    set_ink (self, ink);
  else
    cairo_set_source_rgba (self->cr, paper[0], paper[1], paper[2], paper[3]);
  cairo_fill_preserve (self->cr);
  set_ink (self, ink);
  cairo_set_line_width (self->cr, filled ? 1 : 2);
  cairo_set_dash (self->cr, NULL, 0, 0);
  cairo_stroke (self->cr);
}

static void
paint_text (gpointer data, const SagPlotText *text)
{
  const Painting       *self = data;
  PangoLayout          *layout = pango_cairo_create_layout (self->cr);
  PangoFontDescription *font = pango_font_description_from_string (FONT);
  int                   width, height;

  pango_font_description_set_absolute_size (font, text->size * PANGO_SCALE);
  if (text->bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text->words, -1);
  pango_layout_get_size (layout, &width, &height);
  cairo_save (self->cr);
  set_ink (self, text->ink);
  cairo_translate (self->cr, text->at.x, text->at.y);
  if (text->upwards)
    cairo_rotate (self->cr, -G_PI_2);
  cairo_move_to (self->cr, -0.5 * text->align * width / PANGO_SCALE,
                 -(double) pango_layout_get_baseline (layout) / PANGO_SCALE);
  pango_cairo_show_layout (self->cr, layout);
  cairo_restore (self->cr);
  pango_font_description_free (font);
  g_object_unref (layout);
}

void
sag_plot_paint (
  const SagPlot *plot, cairo_t *cr, double width, double height, const SagPlotColours *colours)
{
  static const SagPlotPen pen = { paint_line, paint_dot, paint_text };
  Painting                self = { cr, colours };

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_set_source_rgba (cr, colours->paper[0], colours->paper[1], colours->paper[2],
                         colours->paper[3]);
  cairo_fill (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  sag_plot_draw (plot, width, height, &pen, &self);
  cairo_restore (cr);
}

static cairo_status_t
collect_cb (void *data, const unsigned char *bytes, unsigned int n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

gboolean
sag_plot_save_png (const SagPlot *plot, double scale, const char *path, GError **error)
{
  int              size = (int) ceil (SAG_PLOT_SIZE * scale);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);
  cairo_t         *cr = cairo_create (surface);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_status_t status;

  cairo_scale (cr, scale, scale);
  sag_plot_paint (plot, cr, SAG_PLOT_SIZE, SAG_PLOT_SIZE, sag_plot_colours_get (FALSE));
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, collect_cb, bytes);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return sag_file_save (path, bytes->data, bytes->len, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The picture %s could not be made: %s.", path,
               cairo_status_to_string (status));
  return FALSE;
}
