/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/gauge.h"

#define HEIGHT 10
#define BAR 4

struct _SagUiGauge
{
  GtkWidget parent;

  double value;
  double reference;
};

G_DEFINE_FINAL_TYPE (SagUiGauge, sag_ui_gauge, GTK_TYPE_WIDGET)

void
sag_ui_gauge_set (SagUiGauge *self, double value, double reference)
{
  g_return_if_fail (SAG_UI_IS_GAUGE (self));
  self->value = CLAMP (value, 0, 1);
  self->reference = reference;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
append_bar (GtkSnapshot *snapshot, const GdkRGBA *colour, double width, double y)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, (float) y, (float) width, BAR);
  GskRoundedRect  round;

  gsk_rounded_rect_init_from_rect (&round, &bounds, BAR / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, colour, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
sag_ui_gauge_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SagUiGauge *self = SAG_UI_GAUGE (widget);
  double      width = gtk_widget_get_width (widget);
  double      top = (gtk_widget_get_height (widget) - BAR) / 2.0;
  GdkRGBA     colour, trough;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  trough = colour;
  trough.alpha *= 0.15f;
  append_bar (snapshot, &trough, width, top);
  if (self->value > 0)
    append_bar (snapshot, &colour, MAX (width * self->value, BAR), top);
  if (self->reference >= 0 && self->reference <= 1)
    {
      double x = CLAMP (width * self->reference - 1, 0, width - 2);

      trough.alpha = colour.alpha * 0.7f;
      gtk_snapshot_append_color (snapshot, &trough,
                                 &GRAPHENE_RECT_INIT ((float) x, (float) (top - 3), 2, BAR + 6));
    }
}

static void
sag_ui_gauge_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 40;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 120;
}

static void
sag_ui_gauge_class_init (SagUiGaugeClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->snapshot = sag_ui_gauge_snapshot;
  widget_class->measure = sag_ui_gauge_measure;
  gtk_widget_class_set_css_name (widget_class, "gauge");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sag_ui_gauge_init (SagUiGauge *self)
{
  self->reference = -1;
}
