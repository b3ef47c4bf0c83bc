/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include <glib/gi18n.h>

/* What has a slider: strengths of which 1 is the usual, and an opacity. */
static const struct
{
  const char *property;
  const char *title;
  double      most;
} sliders[] = {
  { "body", N_ ("Body"), 2 },
  { "lungs", N_ ("Lungs"), 2 },
  { "masks", N_ ("Masks"), 1 },
};

/* Percent of the usual strength. */
static char *
format_cb (GtkScale *scale, double value, gpointer user_data)
{
  /* Translators: how strongly a surface is drawn: 0 % is off, 100 % the usual. */
  return g_strdup_printf (_ ("%.0f %%"), 100 * value);
}

static GtkWidget *
build_slider (SagUiSceneView *self, const char *title, const char *property, double most)
{
  GtkWidget     *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget     *label = gtk_label_new (title);
  GtkWidget     *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, most, 0.1);
  GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (scale));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_size_request (label, 56, -1);
  gtk_widget_set_size_request (scale, 160, -1);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_scale_set_draw_value (GTK_SCALE (scale), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (scale), GTK_POS_RIGHT);
  gtk_scale_set_format_value_func (GTK_SCALE (scale), format_cb, NULL, NULL);
  gtk_widget_add_css_class (scale, "numeric");
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_bind_property (self, property, adjustment, "value",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), scale);
  return box;
}

static GMenuModel *
build_model (void)
{
  static const char *const titles[SAG_RENDER_N_STANDARD_VIEWS] = {
    [SAG_RENDER_VIEW_ANTERIOR] = N_ ("From the front"),
    [SAG_RENDER_VIEW_POSTERIOR] = N_ ("From the back"),
    [SAG_RENDER_VIEW_LEFT] = N_ ("From the patient’s left"),
    [SAG_RENDER_VIEW_RIGHT] = N_ ("From the patient’s right"),
    [SAG_RENDER_VIEW_SUPERIOR] = N_ ("From the head"),
    [SAG_RENDER_VIEW_INFERIOR] = N_ ("From the feet, as axial slices"),
  };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) sides = g_menu_new ();
  g_autoptr (GMenu) size = g_menu_new ();
  g_autoptr (GMenu) parts = g_menu_new ();

  for (int v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    {
      g_autofree char *action = g_strdup_printf (
        "scene.view::%s", sag_render_standard_view_name ((SagRenderStandardView) v));

      g_menu_append (sides, _ (titles[v]), action);
    }
  g_menu_append (size, _ ("Fit"), "scene.fit");
  for (guint s = 0; s < G_N_ELEMENTS (sliders); s++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);

      g_menu_item_set_attribute (item, "custom", "s", sliders[s].property);
      g_menu_append_item (parts, item);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (sides));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (size));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (parts));
  return G_MENU_MODEL (menu);
}

GtkWidget *
sag_ui_scene_view_build_menu (SagUiSceneView *self)
{
  g_autoptr (GMenuModel) model = build_model ();
  GtkWidget *button = gtk_menu_button_new ();
  GtkWidget *popover = gtk_popover_menu_new_from_model (model);

  for (guint s = 0; s < G_N_ELEMENTS (sliders); s++)
    gtk_popover_menu_add_child (
      GTK_POPOVER_MENU (popover),
      build_slider (self, _ (sliders[s].title), sliders[s].property, sliders[s].most),
      sliders[s].property);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, _ ("3D view: sides and surfaces"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("3D view: sides and surfaces"), -1);
  return button;
}
