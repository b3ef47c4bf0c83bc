/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/swatch.h"

#include <glib/gi18n.h>

#define SIZE 14

struct _SagUiSwatch
{
  GtkWidget parent;

  SagRenderColour colour;
};

G_DEFINE_FINAL_TYPE (SagUiSwatch, sag_ui_swatch, GTK_TYPE_WIDGET)

enum
{
  PROP_COLOUR = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

GtkWidget *
sag_ui_swatch_new (SagRenderColour colour)
{
  return g_object_new (SAG_UI_TYPE_SWATCH, "colour", colour, NULL);
}

const char *
sag_ui_colour_get_title (SagRenderColour colour)
{
  const char *const titles[SAG_RENDER_N_ANSWER_COLOURS] = {
    _ ("orange"),    _ ("sky blue"), _ ("green"), _ ("yellow"),
    _ ("vermilion"), _ ("purple"),   _ ("blue"),
  };

  for (int i = 0; i < SAG_RENDER_N_ANSWER_COLOURS; i++)
    if (sag_render_answer_colours[i] == colour)
      return titles[i];
  return _ ("own colour");
}

static void
sag_ui_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SagUiSwatch    *self = SAG_UI_SWATCH (widget);
  float           x = (float) (gtk_widget_get_width (widget) - SIZE) / 2;
  float           y = (float) (gtk_widget_get_height (widget) - SIZE) / 2;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (x, y, SIZE, SIZE);
  GskRoundedRect  round;
  GdkRGBA         colour = { SAG_RENDER_RED (self->colour) / 255.0f,
                             SAG_RENDER_GREEN (self->colour) / 255.0f,
                             SAG_RENDER_BLUE (self->colour) / 255.0f, 1 };

  gsk_rounded_rect_init_from_rect (&round, &bounds, SIZE / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, &colour, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
sag_ui_swatch_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
sag_ui_swatch_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, SAG_UI_SWATCH (object)->colour);
}

static void
sag_ui_swatch_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SAG_UI_SWATCH (object)->colour = g_value_get_uint (value);
  gtk_widget_queue_draw (GTK_WIDGET (object));
}

static void
sag_ui_swatch_class_init (SagUiSwatchClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = sag_ui_swatch_get_property;
  object_class->set_property = sag_ui_swatch_set_property;
  widget_class->snapshot = sag_ui_swatch_snapshot;
  widget_class->measure = sag_ui_swatch_measure;
  props[PROP_COLOUR] = g_param_spec_uint ("colour", NULL, NULL, 0, 0xffffff, 0,
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "swatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sag_ui_swatch_init (SagUiSwatch *self)
{
}
