/* SPDX-License-Identifier: Apache-2.0 */
/* The smoothed line is an exponential mean whose memory grows with the run, so that it shows the way and not the last
 * batch: weight 1 - 1 / MIN (steps so far, n / 20).
 */
#include "ui/tune/curve.h"

#include "model/tune/control.h"

#include <glib/gi18n.h>
#include <math.h>

#define LEFT 52
#define RIGHT 14
#define TOP 10
#define BOTTOM 40
#define MOST_TICKS 5
#define POINT 2.2
#define SQUARE 7.0
#define MOST_POINTS 1500 /* of a line; more are averaged in groups */

struct _SagUiTuneCurve
{
  GtkWidget parent;

  GArray *lines; /* SagTuneLine */
  guint64 n_steps;
};

G_DEFINE_FINAL_TYPE (SagUiTuneCurve, sag_ui_tune_curve, GTK_TYPE_WIDGET)

/* Where a step and a loss lie. */
typedef struct
{
  double width, height;
  double steps;
  double low, high;
} Frame;

static double
frame_x (const Frame *frame, double step)
{
  return LEFT + (frame->width - LEFT - RIGHT) * step / frame->steps;
}

static double
frame_y (const Frame *frame, double loss)
{
  return TOP + (frame->height - TOP - BOTTOM) * (frame->high - loss) / (frame->high - frame->low);
}

/* 1, 2 or 5 times a power of ten. */
static double
pick_tick (double span)
{
  const double rough = span / MOST_TICKS;
  const double power = pow (10, floor (log10 (rough)));
  const double times = rough / power;

  return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

static gboolean
make_frame (SagUiTuneCurve *self, Frame *frame)
{
  double high = 0, tick;
  gsize  n = 0;

  *frame = (Frame){ .width = gtk_widget_get_width (GTK_WIDGET (self)),
                    .height = gtk_widget_get_height (GTK_WIDGET (self)),
                    .steps = (double) MAX (self->n_steps, 1) };
  for (guint i = 0; i < self->lines->len; i++)
    {
      const SagTuneLine *line = &g_array_index (self->lines, SagTuneLine, i);

      frame->steps = MAX (frame->steps, (double) line->step);
      if (!isfinite (line->loss))
        continue;
      high = MAX (high, line->loss);
      n++;
    }
  tick = pick_tick (high > 0 ? high : 1);
  frame->high = tick * ceil (high > 0 ? high / tick : 1 / tick);
  return n > 0 && frame->width > LEFT + RIGHT && frame->height > TOP + BOTTOM;
}

static void
draw_text (GtkWidget *widget, cairo_t *cr, const char *text, double x, double y, double align)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cr, CLAMP (x - align * width, 0, gtk_widget_get_width (widget) - width), y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_axes (SagUiTuneCurve *self, cairo_t *cr, const Frame *frame, const GdkRGBA *ink)
{
  GtkWidget   *widget = GTK_WIDGET (self);
  const double tick_y = pick_tick (frame->high - frame->low);
  const double tick_x = MAX (pick_tick (frame->steps), 1);
  const guint  n_y = (guint) ((frame->high - frame->low) / tick_y + 0.5);
  const guint  n_x = (guint) ((frame->steps + 0.5) / tick_x);
  char         buffer[G_ASCII_DTOSTR_BUF_SIZE];

  cairo_set_line_width (cr, 1);
  for (guint i = 0; i <= n_y; i++)
    {
      double y = frame->low + i * tick_y;

      g_ascii_formatd (buffer, sizeof buffer,
                       tick_y < 0.1 ? "%.2f"
                       : tick_y < 1 ? "%.1f"
                                    : "%.0f",
                       y);
      cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.14);
      cairo_move_to (cr, LEFT, floor (frame_y (frame, y)) + 0.5);
      cairo_line_to (cr, frame->width - RIGHT, floor (frame_y (frame, y)) + 0.5);
      cairo_stroke (cr);
      cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.75);
      draw_text (widget, cr, buffer, LEFT - 8, frame_y (frame, y) - 8, 1);
    }
  for (guint i = 0; i <= n_x; i++)
    {
      double x = i * tick_x;

      g_ascii_formatd (buffer, sizeof buffer, "%.0f", x);
      cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.75);
      draw_text (widget, cr, buffer, frame_x (frame, x), frame->height - BOTTOM + 4, 0.5);
    }
  cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.55);
  draw_text (widget, cr, _ ("Step"), frame->width - RIGHT, frame->height - BOTTOM + 20, 1);
  draw_text (widget, cr, _ ("Loss"), 2, frame->height - BOTTOM + 20, 0);
}

/* The lines of one model, from @from to before @to. */
static void
draw_model (SagUiTuneCurve *self, cairo_t *cr, const Frame *frame, guint from, guint to, double ink)
{
  const guint  group = 1 + (to - from) / MOST_POINTS;
  const double memory = MAX (3, (to - from) / 20.0);
  double       mean = NAN;
  guint        n = 0;

  for (guint i = from; i < to; i++)
    {
      const SagTuneLine *line = &g_array_index (self->lines, SagTuneLine, i);

      if (i % group == 0 && isfinite (line->loss) && !line->watched)
        cairo_rectangle (cr, frame_x (frame, (double) line->step) - POINT / 2,
                         frame_y (frame, line->loss) - POINT / 2, POINT, POINT);
    }
  cairo_set_source_rgba (cr, 0.337, 0.706, 0.914, 0.4 * ink); /* #56B4E9 */
  cairo_fill (cr);
  for (guint i = from; i < to; i++)
    {
      const SagTuneLine *line = &g_array_index (self->lines, SagTuneLine, i);

      if (!isfinite (line->loss) || line->watched)
        continue;
      n++;
      mean = isnan (mean) ? line->loss : mean + (line->loss - mean) / MIN (n, memory);
      if (i % group == 0 || i + 1 == to)
        cairo_line_to (cr, frame_x (frame, (double) line->step), frame_y (frame, mean));
    }
  cairo_set_source_rgba (cr, 0.902, 0.624, 0, ink); /* #E69F00 */
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}

/* Of cases that are not learned from: few points, so each is a square. */
static void
draw_watched (SagUiTuneCurve *self, cairo_t *cr, const Frame *frame)
{
  for (int pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < self->lines->len; i++)
        {
          const SagTuneLine *line = &g_array_index (self->lines, SagTuneLine, i);
          const double       x = frame_x (frame, (double) line->step);
          const double       y = frame_y (frame, line->loss);

          if (!line->watched || !isfinite (line->loss))
            continue;
          if (pass == 0)
            cairo_line_to (cr, x, y);
          else
            cairo_rectangle (cr, x - SQUARE / 2, y - SQUARE / 2, SQUARE, SQUARE);
        }
      cairo_set_source_rgb (cr, 0, 0.620, 0.451); /* #009E73 */
      cairo_set_line_width (cr, 2);
      if (pass == 0)
        cairo_stroke (cr);
      else
        cairo_fill (cr);
    }
}

static void
sag_ui_tune_curve_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SagUiTuneCurve *self = SAG_UI_TUNE_CURVE (widget);
  Frame           frame;
  GdkRGBA         ink;
  cairo_t        *cr;
  guint           from = 0;
  const gboolean  any = make_frame (self, &frame);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) frame.width, (float) frame.height));
  if (any)
    {
      draw_axes (self, cr, &frame, &ink);
      for (guint i = 1; i <= self->lines->len; i++)
        if (i == self->lines->len || g_array_index (self->lines, SagTuneLine, i).fold !=
                                       g_array_index (self->lines, SagTuneLine, from).fold)
          {
            draw_model (self, cr, &frame, from, i, i == self->lines->len ? 1 : 0.3);
            from = i;
          }
      draw_watched (self, cr, &frame);
    }
  else
    {
      cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.55);
      draw_text (widget, cr, _ ("The curve begins with the first step."), frame.width / 2,
                 frame.height / 2 - 8, 0.5);
    }
  cairo_destroy (cr);
}

/* What the picture shows, for those who do not see it. */
static void
describe (SagUiTuneCurve *self)
{
  const guint      n = self->lines->len;
  guint            newest = n > 0 ? n - 1 : 0;
  g_autofree char *text = NULL;
  char             buffers[2][G_ASCII_DTOSTR_BUF_SIZE];

  while (newest > 0 && g_array_index (self->lines, SagTuneLine, newest).watched)
    newest--;
  if (n == 0)
    text = g_strdup (_ ("Loss: no step yet"));
  else
    text = g_strdup_printf (
      /* Translators: the loss, a number, of the first and of the newest step. */
      _ ("Loss: %s at first, %s now"),
      g_ascii_formatd (buffers[0], sizeof buffers[0], "%.3f",
                       g_array_index (self->lines, SagTuneLine, 0).loss),
      g_ascii_formatd (buffers[1], sizeof buffers[1], "%.3f",
                       g_array_index (self->lines, SagTuneLine, newest).loss));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}

void
sag_ui_tune_curve_set_lines (SagUiTuneCurve *self, const GArray *lines, guint64 n_steps)
{
  g_array_set_size (self->lines, 0);
  g_array_append_vals (self->lines, lines->data, lines->len);
  self->n_steps = n_steps;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
sag_ui_tune_curve_new (void)
{
  return g_object_new (SAG_UI_TYPE_TUNE_CURVE, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);
}

static void
sag_ui_tune_curve_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 160;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 560 : 260;
}

static void
sag_ui_tune_curve_finalize (GObject *object)
{
  g_array_unref (SAG_UI_TUNE_CURVE (object)->lines);
  G_OBJECT_CLASS (sag_ui_tune_curve_parent_class)->finalize (object);
}

static void
sag_ui_tune_curve_class_init (SagUiTuneCurveClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sag_ui_tune_curve_finalize;
  widget_class->snapshot = sag_ui_tune_curve_snapshot;
  widget_class->measure = sag_ui_tune_curve_measure;
  gtk_widget_class_set_css_name (widget_class, "tune-curve");
}

static void
sag_ui_tune_curve_init (SagUiTuneCurve *self)
{
  self->lines = g_array_new (FALSE, FALSE, sizeof (SagTuneLine));
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
  describe (self);
}
