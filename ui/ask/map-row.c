/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/map-row.h"

#include "ui/ask/overlay-look.h"
#include "ui/ask/swatch.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>

struct _SagUiMapRow
{
  AdwBin parent;

  SagUiOverlay     *overlay;
  GBindingGroup    *bindings;
  GtkToggleButton  *eye;
  GtkMenuButton    *dot;
  SagUiSwatch      *swatch;
  GtkPopover       *popover;
  SagUiOverlayLook *look;
  GtkLabel         *value;
  GtkLabel         *badge;
  GtkWidget        *details;
  GtkButton        *go;
  GtkLabel         *peak;
  GtkScale         *scale;
  GtkAdjustment    *threshold;
  GtkLabel         *note;
  gboolean          plain;
};

G_DEFINE_FINAL_TYPE (SagUiMapRow, sag_ui_map_row, ADW_TYPE_BIN)

static guint go_signal;

char *
sag_ui_map_dup_value (SagUiOverlay *overlay)
{
  double           ras_mm[3];
  double           peak = sag_ui_overlay_get_peak (overlay, ras_mm);
  g_autofree char *number = sag_ui_words_dup_number (peak);

  switch (sag_ui_overlay_get_kind (overlay))
    {
    case SAG_UI_OVERLAY_EVIDENCE:
      /* Translators: how far a logit falls without a part of the scan, such as "evidence 1.20". */
      return g_strdup_printf (_ ("evidence %s"), number);
    case SAG_UI_OVERLAY_DIFFERENCE:
      /* Translators: of two scores, such as "difference −0.31". */
      return g_strdup_printf (_ ("difference %s"), number);
    case SAG_UI_OVERLAY_SCORE:
    default:
      return sag_ui_words_dup_score (peak);
    }
}

/* A score map without training is nothing to show until somebody asks for it. */
static gboolean
is_offered_only (SagUiMapRow *self)
{
  return sag_ui_overlay_get_kind (self->overlay) == SAG_UI_OVERLAY_SCORE &&
         sag_ui_overlay_get_note (self->overlay) != NULL &&
         !sag_ui_overlay_get_visible (self->overlay);
}

static const char *
get_name (SagUiMapRow *self)
{
  switch (sag_ui_overlay_get_kind (self->overlay))
    {
    case SAG_UI_OVERLAY_EVIDENCE:
      return _ ("Evidence map");
    case SAG_UI_OVERLAY_DIFFERENCE:
      return _ ("Difference map");
    case SAG_UI_OVERLAY_SCORE:
    default:
      return _ ("Score map");
    }
}

static void
update_texts (SagUiMapRow *self)
{
  double           ras_mm[3];
  g_autofree char *value = sag_ui_map_dup_value (self->overlay);
  g_autofree char *position = NULL;
  g_autofree char *peak = NULL;

  sag_ui_overlay_get_peak (self->overlay, ras_mm);
  position = sag_ui_words_dup_position (ras_mm);
  /* Translators: where a map is highest, in mm along right, anterior, superior. */
  peak = g_strdup_printf (_ ("peak %s"), position);
  gtk_label_set_text (self->peak, peak);
  gtk_label_set_text (self->value, is_offered_only (self) ? _ ("Show the map")
                                   : self->plain          ? get_name (self)
                                                          : value);
}

/* Whose threshold it is, and where it stands. */
static void
describe_threshold (SagUiMapRow *self)
{
  g_autofree char *number = sag_ui_words_dup_number (gtk_adjustment_get_value (self->threshold));
  /* Translators: from which value on a map is drawn. */
  g_autofree char *text = g_strdup_printf (_ ("Threshold %s"), number);
  g_autofree char *whose = NULL;

  gtk_widget_set_tooltip_text (GTK_WIDGET (self->scale), text);
  if (self->overlay == NULL)
    return;
  whose = g_strconcat (text, ", ", sag_ui_overlay_get_label (self->overlay), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  whose, -1);
}

static void
update (SagUiMapRow *self)
{
  gboolean    visible = sag_ui_overlay_get_visible (self->overlay);
  gboolean    offered = is_offered_only (self);
  const char *note = sag_ui_overlay_get_note (self->overlay);
  const char *tip = visible ? _ ("Hide the map") : _ ("Show the map");

  update_texts (self);
  gtk_button_set_icon_name (GTK_BUTTON (self->eye),
                            visible ? "view-reveal-symbolic" : "view-conceal-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->eye), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->go), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("To the peak"), -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->go), _ ("To the peak"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->eye), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  get_name (self), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->eye), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sag_ui_overlay_get_label (self->overlay), -1);
  describe_threshold (self);
  gtk_widget_set_visible (GTK_WIDGET (self->dot), !offered);
  gtk_widget_set_visible (self->details, !offered);
  gtk_widget_set_visible (GTK_WIDGET (self->note), visible && note != NULL);
  gtk_label_set_text (self->note, note != NULL ? note : "");
  if (offered)
    gtk_widget_add_css_class (GTK_WIDGET (self->value), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->value), "dim-label");
  gtk_widget_set_sensitive (GTK_WIDGET (self->scale), visible);
}

static void
overlay_cb (SagUiOverlay *overlay, SagUiMapRow *self)
{
  update (self);
}

static void
threshold_cb (GtkAdjustment *adjustment, SagUiMapRow *self)
{
  describe_threshold (self);
}

static void
go_cb (GtkButton *button, SagUiMapRow *self)
{
  g_signal_emit (self, go_signal, 0);
}

static void
set_badge (SagUiMapRow *self, const char *badge, const char *hint)
{
  gtk_widget_set_visible (GTK_WIDGET (self->badge), badge != NULL);
  gtk_label_set_text (self->badge, badge != NULL ? badge : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->badge), hint);
}

void
sag_ui_map_row_set_overlay (SagUiMapRow  *self,
                            SagUiOverlay *overlay,
                            const char   *badge,
                            const char   *hint)
{
  g_return_if_fail (SAG_UI_IS_MAP_ROW (self));

  set_badge (self, badge, hint);
  gtk_widget_set_visible (GTK_WIDGET (self), overlay != NULL);
  if (self->overlay == overlay)
    return;
  g_binding_group_set_source (self->bindings, NULL);
  if (self->overlay != NULL)
    g_signal_handlers_disconnect_by_data (self->overlay, self);
  g_set_object (&self->overlay, overlay);
  sag_ui_overlay_look_set_overlay (self->look, overlay);
  if (overlay == NULL)
    return;
  gtk_adjustment_set_upper (self->threshold, sag_ui_overlay_threshold_end (overlay));
  g_binding_group_set_source (self->bindings, overlay);
  g_signal_connect_object (overlay, "changed", G_CALLBACK (overlay_cb), self, 0);
  threshold_cb (self->threshold, self);
  update (self);
}

void
sag_ui_map_row_set_plain (SagUiMapRow *self, gboolean plain)
{
  g_return_if_fail (SAG_UI_IS_MAP_ROW (self));
  self->plain = plain;
  if (self->overlay != NULL)
    update (self);
}

void
sag_ui_map_row_set_active (SagUiMapRow *self, gboolean active)
{
  g_return_if_fail (SAG_UI_IS_MAP_ROW (self));
  if (active)
    gtk_widget_add_css_class (GTK_WIDGET (self), "active");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "active");
}

static void
sag_ui_map_row_dispose (GObject *object)
{
  SagUiMapRow *self = SAG_UI_MAP_ROW (object);

  if (self->bindings != NULL)
    {
      g_binding_group_set_source (self->bindings, NULL);
      if (self->overlay != NULL)
        g_signal_handlers_disconnect_by_data (self->overlay, self);
    }
  g_clear_object (&self->bindings);
  g_clear_object (&self->overlay);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_MAP_ROW);
  G_OBJECT_CLASS (sag_ui_map_row_parent_class)->dispose (object);
}

static void
sag_ui_map_row_class_init (SagUiMapRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_map_row_dispose;
  g_type_ensure (SAG_UI_TYPE_OVERLAY_LOOK);
  g_type_ensure (SAG_UI_TYPE_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/map-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, eye);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, dot);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, popover);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, look);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, value);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, badge);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, details);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, go);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, peak);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, scale);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, threshold);
  gtk_widget_class_bind_template_child (widget_class, SagUiMapRow, note);
  go_signal = g_signal_new ("go", SAG_UI_TYPE_MAP_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                            G_TYPE_NONE, 0);
}

static void
sag_ui_map_row_init (SagUiMapRow *self)
{
  const GBindingFlags both = G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE;

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->threshold, "value-changed", G_CALLBACK (threshold_cb), self);
  g_signal_connect (self->go, "clicked", G_CALLBACK (go_cb), self);
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "visible", self->eye, "active", both);
  g_binding_group_bind (self->bindings, "threshold", self->threshold, "value", both);
  g_binding_group_bind (self->bindings, "colour", self->swatch, "colour", G_BINDING_SYNC_CREATE);
}
