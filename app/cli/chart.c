/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/chart.h"

#include <math.h>

#define LABEL 9 /* "  0.1234 " */
#define BRAILLE 0x2800

/* Bits of a braille letter's dots: two columns of four. */
static const guint8 dots[2][4] = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

/* The mean of each column of dots; NaN where nothing is. Returns the largest, once the fall of the beginning, which
 * would flatten the rest, is over. */
static double
average (const float *values, gsize n, gsize n_total, gsize n_columns, double *means)
{
  g_autofree gsize *counts = g_new0 (gsize, n_columns);
  double            most = 0;
  gsize             n_first = n * n_columns > 16 * n_total ? 4 : 0;

  for (gsize c = 0; c < n_columns; c++)
    means[c] = 0;
  for (gsize v = 0; v < n; v++)
    if (isfinite (values[v]))
      {
        gsize c = MIN (v * n_columns / MAX (n_total, 1), n_columns - 1);

        means[c] += values[v];
        counts[c]++;
      }
  for (gsize c = 0; c < n_columns; c++)
    {
      means[c] = counts[c] > 0 ? means[c] / (double) counts[c] : NAN;
      most = MAX (most, counts[c] > 0 && c >= n_first ? means[c] : 0);
    }
  return most;
}

/* Dots from the last column's height to this one's, so that the curve holds together. */
static void
draw_column (guint8 *letters, int width, gsize column, int from, int to)
{
  for (int y = MIN (from, to); y <= MAX (from, to); y++)
    letters[(gsize) (y / 4) * (gsize) width + column / 2] |= dots[column % 2][y % 4];
}

static void
draw (guint8 *letters, int width, int lines, const double *means, double most)
{
  int height = 4 * lines, last = -1;

  for (gsize c = 0; c < 2 * (gsize) width; c++)
    {
      int y;

      if (isnan (means[c]))
        continue;
      y = most > 0 ? (int) lrint ((1 - means[c] / most) * (height - 1)) : height - 1;
      y = CLAMP (y, 0, height - 1);
      draw_column (letters, width, c, last < 0 ? y : last, y);
      last = y;
    }
}

char *
sag_cli_chart (const float *values, gsize n, gsize n_total, int columns, int lines)
{
  int                width = MAX (columns - LABEL, 1);
  g_autofree double *means = g_new (double, 2 * (gsize) width);
  g_autofree guint8 *letters = g_malloc0 ((gsize) width * (gsize) lines);
  g_autoptr (GString) text = g_string_new (NULL);
  double most = average (values, n, n_total, 2 * (gsize) width, means);

  draw (letters, width, lines, means, most);
  for (int line = 0; line < lines; line++)
    {
      if (line == 0)
        g_string_append_printf (text, "%8.4f ", most);
      else if (line == lines - 1)
        g_string_append_printf (text, "%8d ", 0);
      else
        g_string_append_printf (text, "%*s", LABEL, "");
      for (int x = 0; x < width; x++)
        g_string_append_unichar (text, BRAILLE + letters[(gsize) line * (gsize) width + x]);
      g_string_append_c (text, '\n');
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
