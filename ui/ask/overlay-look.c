/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/overlay-look.h"

#include "ui/ask/swatch.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>

struct _SagUiOverlayLook
{
  AdwBin parent;

  SagUiOverlay   *overlay;
  GBindingGroup  *bindings;
  GtkLabel       *colour_label;
  GtkBox         *colours;
  GtkLabel       *map_label;
  GtkDropDown    *map;
  GtkAdjustment  *threshold;
  GtkLabel       *threshold_value;
  GtkAdjustment  *opacity;
  GtkLabel       *opacity_value;
  GtkCheckButton *raw;
  GtkCheckButton *outline;
  gboolean        updating;
};

G_DEFINE_FINAL_TYPE (SagUiOverlayLook, sag_ui_overlay_look, ADW_TYPE_BIN)

double
sag_ui_overlay_threshold_end (SagUiOverlay *overlay)
{
  return sag_ui_overlay_get_kind (overlay) == SAG_UI_OVERLAY_SCORE
           ? 1
           : sag_ui_overlay_get_scale (overlay).high;
}

static void
value_cb (GtkAdjustment *adjustment, GtkLabel *label)
{
  g_autofree char *number = sag_ui_words_dup_number (gtk_adjustment_get_value (adjustment));

  gtk_label_set_text (label, number);
}

static void
opacity_cb (GtkAdjustment *adjustment, GtkLabel *label)
{
  g_autofree char *percent = sag_ui_words_dup_percent (gtk_adjustment_get_value (adjustment));

  gtk_label_set_text (label, percent);
}

static void
update_colours (SagUiOverlayLook *self)
{
  SagRenderColour colour =
    self->overlay != NULL ? sag_ui_overlay_get_colour (self->overlay) : 0xffffffffu;
  int i = 0;

  self->updating = TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->colours)); child != NULL;
       child = gtk_widget_get_next_sibling (child), i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child),
                                  sag_render_answer_colours[i] == colour);
  self->updating = FALSE;
}

static void
colour_cb (SagUiOverlay *overlay, GParamSpec *pspec, SagUiOverlayLook *self)
{
  update_colours (self);
}

static void
toggled_cb (GtkToggleButton *button, SagUiOverlayLook *self)
{
  guint n = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "n"));

  if (self->updating || self->overlay == NULL || !gtk_toggle_button_get_active (button))
    return;
  g_object_set (self->overlay, "colour", sag_render_answer_colours[n], NULL);
}

static void
make_colours (SagUiOverlayLook *self)
{
  GtkToggleButton *first = NULL;

  for (guint i = 0; i < SAG_RENDER_N_ANSWER_COLOURS; i++)
    {
      const char *title = sag_ui_colour_get_title (sag_render_answer_colours[i]);
      GtkWidget  *button = gtk_toggle_button_new ();

      gtk_button_set_child (GTK_BUTTON (button), sag_ui_swatch_new (sag_render_answer_colours[i]));
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "circular");
      gtk_widget_add_css_class (button, "swatch-button");
      gtk_widget_set_tooltip_text (button, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                      -1);
      g_object_set_data (G_OBJECT (button), "n", GUINT_TO_POINTER (i));
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), first);
      first = first != NULL ? first : GTK_TOGGLE_BUTTON (button);
      g_signal_connect (button, "toggled", G_CALLBACK (toggled_cb), self);
      gtk_box_append (self->colours, button);
    }
}

/* The difference has its own colours. */
static void
show_rows (SagUiOverlayLook *self)
{
  gboolean choice = sag_ui_overlay_get_kind (self->overlay) != SAG_UI_OVERLAY_DIFFERENCE;

  gtk_widget_set_visible (GTK_WIDGET (self->map_label), choice);
  gtk_widget_set_visible (GTK_WIDGET (self->map), choice);
  gtk_widget_set_visible (GTK_WIDGET (self->colour_label), choice);
  gtk_widget_set_visible (GTK_WIDGET (self->colours), choice);
}

void
sag_ui_overlay_look_set_overlay (SagUiOverlayLook *self, SagUiOverlay *overlay)
{
  g_return_if_fail (SAG_UI_IS_OVERLAY_LOOK (self));

  if (self->overlay == overlay)
    return;
  g_binding_group_set_source (self->bindings, NULL);
  if (self->overlay != NULL)
    g_signal_handlers_disconnect_by_data (self->overlay, self);
  g_set_object (&self->overlay, overlay);
  if (overlay == NULL)
    return;
  gtk_adjustment_set_upper (self->threshold, sag_ui_overlay_threshold_end (overlay));
  show_rows (self);
  g_binding_group_set_source (self->bindings, overlay);
  g_signal_connect_object (overlay, "notify::colour", G_CALLBACK (colour_cb), self, 0);
  update_colours (self);
  value_cb (self->threshold, self->threshold_value);
  opacity_cb (self->opacity, self->opacity_value);
}

/* The list holds all maps but that of differences, in the order of SagRenderMap. */
static gboolean
to_position (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  guint map = g_value_get_uint (from);

  g_value_set_uint (to, map < SAG_RENDER_MAP_DIFFERENCE ? map : GTK_INVALID_LIST_POSITION);
  return TRUE;
}

static gboolean
to_map (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  if (g_value_get_uint (from) >= SAG_RENDER_MAP_DIFFERENCE)
    return FALSE;
  g_value_set_uint (to, g_value_get_uint (from));
  return TRUE;
}

static void
bind (SagUiOverlayLook *self, const char *property, gpointer target, const char *target_property)
{
  g_binding_group_bind (self->bindings, property, target, target_property,
                        G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static void
sag_ui_overlay_look_dispose (GObject *object)
{
  SagUiOverlayLook *self = SAG_UI_OVERLAY_LOOK (object);

  if (self->bindings != NULL)
    sag_ui_overlay_look_set_overlay (self, NULL);
  g_clear_object (&self->bindings);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_OVERLAY_LOOK);
  G_OBJECT_CLASS (sag_ui_overlay_look_parent_class)->dispose (object);
}

static void
sag_ui_overlay_look_class_init (SagUiOverlayLookClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_overlay_look_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/overlay-look.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, colour_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, colours);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, map_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, map);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, threshold);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, threshold_value);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, opacity);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, opacity_value);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, raw);
  gtk_widget_class_bind_template_child (widget_class, SagUiOverlayLook, outline);
}

static void
sag_ui_overlay_look_init (SagUiOverlayLook *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_colours (self);
  g_signal_connect (self->threshold, "value-changed", G_CALLBACK (value_cb), self->threshold_value);
  g_signal_connect (self->opacity, "value-changed", G_CALLBACK (opacity_cb), self->opacity_value);
  self->bindings = g_binding_group_new ();
  bind (self, "threshold", self->threshold, "value");
  bind (self, "opacity", self->opacity, "value");
  bind (self, "raw", self->raw, "active");
  bind (self, "outline", self->outline, "active");
  g_binding_group_bind_full (self->bindings, "map", self->map, "selected",
                             G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE, to_position, to_map,
                             NULL, NULL);
}
