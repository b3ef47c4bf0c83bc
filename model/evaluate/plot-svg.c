/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/plot.h"

/* Names of the inks as classes; colours for light paper stand in the picture itself unless it is embedded. */
static const char *const classes[SAG_N_PLOT_INKS] = { "grid", "guide", "frame", "faint",
                                                      "text", "first", "second" };

static const char style[] =
  "<style>\n"
  "line,polyline,circle{fill:none;stroke-linejoin:round;stroke-linecap:round}\n"
  ".grid{stroke:#e4e4e4}.guide{stroke:#9a9a9a;stroke-dasharray:4 4}.frame{stroke:#8a8a8a}\n"
  ".first{stroke:#0072b2}.second{stroke:#d55e00}\n"
  "circle.first.full{fill:#0072b2}circle.second.full{fill:#d55e00}\n"
  "circle.open{fill:#ffffff;stroke-width:2}\n"
  "text{font-family:Inter,Cantarell,'DejaVu Sans',sans-serif;stroke:none}\n"
  "text.text{fill:#222222}text.faint{fill:#666666}text.bold{font-weight:bold}\n"
  "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";

/* A tenth of a unit is enough. */
static void
append_number (GString *text, const char *name, double value)
{
  char buffer[32];

  g_string_append_printf (text, " %s=\"%s\"", name,
                          g_ascii_formatd (buffer, sizeof buffer, "%.1f", value));
}

static void
svg_line (gpointer data, const SagPlotPlace *places, gsize n, SagPlotInk ink, double width)
{
  GString *text = data;
  char     x[32], y[32];

  g_string_append_printf (text, "<polyline class=\"%s\"", classes[ink]);
  append_number (text, "stroke-width", width);
  g_string_append (text, " points=\"");
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s,%s", i > 0 ? " " : "",
                            g_ascii_formatd (x, sizeof x, "%.2f", places[i].x),
                            g_ascii_formatd (y, sizeof y, "%.2f", places[i].y));
  g_string_append (text, "\"/>\n");
}

static void
svg_dot (gpointer data, SagPlotPlace place, double radius, SagPlotInk ink, gboolean filled)
{
  GString *text = data;

  g_string_append_printf (text, "<circle class=\"%s %s\"", classes[ink], filled ? "full" : "open");
  append_number (text, "cx", place.x);
  append_number (text, "cy", place.y);
  append_number (text, "r", radius);
  g_string_append (text, "/>\n");
}

static void
svg_text (gpointer data, const SagPlotText *words)
{
  static const char *const anchors[] = { "start", "middle", "end" };
  g_autofree char         *escaped = g_markup_escape_text (words->words, -1);
  GString                 *text = data;
  char                     x[32], y[32];

  g_string_append_printf (text, "<text class=\"%s%s\" text-anchor=\"%s\"", classes[words->ink],
                          words->bold ? " bold" : "", anchors[words->align]);
  append_number (text, "font-size", words->size);
  if (words->upwards)
    g_string_append_printf (text, " transform=\"translate(%s,%s) rotate(-90)\"",
                            g_ascii_formatd (x, sizeof x, "%.1f", words->at.x),
                            g_ascii_formatd (y, sizeof y, "%.1f", words->at.y));
  else
    {
      append_number (text, "x", words->at.x);
      append_number (text, "y", words->at.y);
    }
  g_string_append_printf (text, ">%s</text>\n", escaped);
}

char *
sag_plot_dup_svg (const SagPlot *plot, double width, double height, gboolean embedded)
{
  static const SagPlotPen pen = { svg_line, svg_dot, svg_text };
  GString                *text = g_string_new (NULL);

  if (!embedded)
    g_string_append (text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  g_string_append_printf (
    text,
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
    "height=\"%.0f\" role=\"img\">\n",
    width, height, width, height);
  if (!embedded)
    g_string_append (text, style);
  sag_plot_draw (plot, width, height, &pen, text);
  g_string_append (text, "</svg>\n");
  return g_string_free (text, FALSE);
}
