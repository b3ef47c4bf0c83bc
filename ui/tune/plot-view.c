/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/plot-view.h"

#include "render/plot/plot-picture.h"

#include <adwaita.h>

struct _SagUiPlotView
{
  GtkWidget parent;

  SagPlot *plot;
};

G_DEFINE_FINAL_TYPE (SagUiPlotView, sag_ui_plot_view, GTK_TYPE_WIDGET)

/* Laid out for a square; smaller, it shrinks as a whole. */
static void
sag_ui_plot_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SagUiPlotView  *self = SAG_UI_PLOT_VIEW (widget);
  int             width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double          scale = MIN (1, MIN (width, height) / (double) SAG_PLOT_SIZE);
  gboolean        dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  cairo_t        *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  SagPlotColours  colours = *sag_plot_colours_get (dark);

  colours.paper[3] = 0;
  cairo_scale (cr, scale, scale);
  sag_plot_paint (self->plot, cr, width / scale, height / scale, &colours);
  cairo_destroy (cr);
}

static void
sag_ui_plot_view_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  *minimum = SAG_PLOT_SIZE * 3 / 5;
  *natural = SAG_PLOT_SIZE * 4 / 5;
}

static void
sag_ui_plot_view_finalize (GObject *object)
{
  sag_plot_free (SAG_UI_PLOT_VIEW (object)->plot);
  G_OBJECT_CLASS (sag_ui_plot_view_parent_class)->finalize (object);
}

static void
sag_ui_plot_view_class_init (SagUiPlotViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sag_ui_plot_view_finalize;
  widget_class->snapshot = sag_ui_plot_view_snapshot;
  widget_class->measure = sag_ui_plot_view_measure;
  gtk_widget_class_set_css_name (widget_class, "plot-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sag_ui_plot_view_init (SagUiPlotView *self)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sag_ui_plot_view_new (SagPlot *plot, const char *spoken)
{
  SagUiPlotView *self = g_object_new (SAG_UI_TYPE_PLOT_VIEW, NULL);

  self->plot = plot;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), spoken);
  return GTK_WIDGET (self);
}
