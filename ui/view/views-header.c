/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views-private.h"

#include "render/slice/presets.h"
#include "render/slice/text.h"
#include "ui/base/keymap.h"

#include <glib/gi18n.h>

static void
add_item (GMenu *menu, const char *label, const char *action)
{
  g_menu_append (menu, label, action);
}

static GMenu *
add_section (GMenu *menu, const char *label)
{
  GMenu *section = g_menu_new ();

  g_menu_append_section (menu, label, G_MENU_MODEL (section));
  g_object_unref (section);
  return section;
}

static GMenu *
add_submenu (GMenu *menu, const char *label)
{
  GMenu *submenu = g_menu_new ();

  g_menu_append_submenu (menu, label, G_MENU_MODEL (submenu));
  g_object_unref (submenu);
  return submenu;
}

static GMenuModel *
layout_menu (void)
{
  GMenu *menu = g_menu_new (), *section = add_section (menu, _ ("Layout")), *cine;

  add_item (section, _ ("Four views"), "view.layout::quad");
  add_item (section, _ ("One large, three small"), "view.layout::large");
  add_item (section, _ ("One view"), "view.layout::single");
  add_item (section, _ ("3D alone"), "view.main::scene");
  section = add_section (menu, NULL);
  add_item (section, _ ("Compare with the next case"), "view.compare-next");
  add_item (section, _ ("Move both sides together"), "view.linked");
  add_item (section, _ ("Draw both on the same slices"), "view.aligned");
  add_item (section, _ ("Checkerboard of both"), "view.checker");
  add_item (section, _ ("End the comparison"), "view.end-compare");
  section = add_section (menu, _ ("Show"));
  add_item (section, _ ("Crosshair"), "view.cross");
  add_item (section, _ ("Maps"), "view.overlays");
  add_item (section, _ ("Analysed box"), "view.box");
  add_item (section, _ ("Letters and numbers"), "view.marks");
  section = add_section (menu, NULL);
  add_item (section, _ ("Patient's left on the left"), "view.neurological");
  add_item (section, _ ("Interpolate voxels"), "view.interpolate");
  add_item (section, _ ("Fit"), "view.fit");
  cine = add_submenu (section, _ ("Playing speed"));
  /* Translators: speed of playing slices. */
  add_item (cine, _ ("5 slices a second"), "view.cine-rate(5.0)");
  add_item (cine, _ ("10 slices a second"), "view.cine-rate(10.0)");
  add_item (cine, _ ("15 slices a second"), "view.cine-rate(15.0)");
  add_item (cine, _ ("30 slices a second"), "view.cine-rate(30.0)");
  return G_MENU_MODEL (menu);
}

static void
add_slabs (GMenu *section)
{
  GMenu *slab = add_submenu (section, _ ("Slab")), *kinds = add_section (slab, NULL), *sizes;

  add_item (kinds, _ ("Single slices"), "view.slab(uint32 0)");
  add_item (kinds, _ ("Maximum (MIP)"), "view.slab(uint32 1)");
  add_item (kinds, _ ("Minimum (MinIP)"), "view.slab(uint32 2)");
  add_item (kinds, _ ("Average"), "view.slab(uint32 3)");
  sizes = add_section (slab, _ ("Thickness"));
  add_item (sizes, _ ("5 mm"), "view.slab-mm(5.0)");
  add_item (sizes, _ ("10 mm"), "view.slab-mm(10.0)");
  add_item (sizes, _ ("20 mm"), "view.slab-mm(20.0)");
  add_item (sizes, _ ("40 mm"), "view.slab-mm(40.0)");
}

static GMenuModel *
window_menu (void)
{
  GMenu                 *menu = g_menu_new (), *section = add_section (menu, NULL);
  gsize                  n_presets;
  const SagRenderPreset *presets = sag_render_presets (&n_presets);
  g_autoptr (GMenuItem) numbers = g_menu_item_new (NULL, NULL);

  for (gsize i = 0; i < n_presets; i++)
    {
      g_autofree char *action = g_strdup_printf ("view.preset(%d)", (int) i);

      add_item (section, _ (presets[i].name), action);
    }
  add_item (section, _ ("The scan's own"), "view.own-window");
  section = add_section (menu, NULL);
  g_menu_item_set_attribute (numbers, "custom", "s", "numbers");
  g_menu_append_item (section, numbers);
  section = add_section (menu, NULL);
  add_item (section, _ ("Invert"), "view.invert");
  add_slabs (section);
  return G_MENU_MODEL (menu);
}

static GtkWidget *
build_number (GtkGrid    *grid,
              int         row,
              const char *label,
              double      lowest,
              double      highest,
              const char *property,
              gpointer    display)
{
  GtkWidget *name = gtk_label_new_with_mnemonic (label);
  GtkWidget *number = gtk_spin_button_new_with_range (lowest, highest, 10);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (name), number);
  gtk_widget_set_hexpand (number, TRUE);
  gtk_widget_add_css_class (number, "numeric");
  gtk_spin_button_set_climb_rate (GTK_SPIN_BUTTON (number), 2);
  gtk_grid_attach (grid, name, 0, row, 1, 1);
  gtk_grid_attach (grid, number, 1, row, 1, 1);
  g_object_bind_property (display, property, number, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  return number;
}

/* Width and level by hand. */
static GtkWidget *
build_numbers (SagUiViews *self)
{
  GtkWidget *grid = gtk_grid_new ();
  gpointer   display = sag_ui_session_get_display (self->session);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_widget_set_margin_start (grid, 12);
  gtk_widget_set_margin_end (grid, 6);
  build_number (GTK_GRID (grid), 0, _ ("_Width"), 1, 100000, "window-width", display);
  build_number (GTK_GRID (grid), 1, _ ("_Level"), -100000, 100000, "window-level", display);
  return grid;
}

/* Names of the renderer's presets, for the translators. */
static const char *const preset_names[] G_GNUC_UNUSED = {
  N_ ("Lung"), N_ ("Mediastinum"), N_ ("Abdomen"),     N_ ("Liver"),
  N_ ("Bone"), N_ ("Brain"),       N_ ("Model input"),
};

/* Menus show the keys of now. */
static void
fill_menus (SagUiViews *self)
{
  SagUiKeymap *keymap = sag_ui_keymap_get_default ();
  g_autoptr (GMenuModel) layout = layout_menu ();
  g_autoptr (GMenuModel) window = window_menu ();
  g_autoptr (GMenuModel) layout_keys = sag_ui_keymap_dup_menu (keymap, layout);
  g_autoptr (GMenuModel) window_keys = sag_ui_keymap_dup_menu (keymap, window);
  GtkWidget *popover = gtk_popover_menu_new_from_model (window_keys);

  gtk_popover_menu_add_child (GTK_POPOVER_MENU (popover), build_numbers (self), "numbers");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->presets_button), popover);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->layout_button), layout_keys);
}

static void
keymap_cb (SagUiKeymap *keymap, SagUiViews *self)
{
  fill_menus (self);
}

GtkWidget *
sag_ui_views_build_header (SagUiViews *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->layout_button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->layout_button), "view-grid-symbolic");
  gtk_widget_set_tooltip_text (self->layout_button, _ ("Layout and what is shown"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->layout_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Layout"), -1);
  gtk_box_append (GTK_BOX (box), self->layout_button);
  self->presets_button = gtk_menu_button_new ();
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (self->presets_button), TRUE);
  gtk_widget_set_tooltip_text (self->presets_button,
                               _ ("Window: which values are black and white"));
  gtk_box_append (GTK_BOX (box), self->presets_button);
  return box;
}

void
sag_ui_views_fill_header (SagUiViews *self)
{
  fill_menus (self);
  g_signal_connect_object (sag_ui_keymap_get_default (), "changed", G_CALLBACK (keymap_cb), self,
                           0);
  sag_ui_views_update_header (self);
}

void
sag_ui_views_update_header (SagUiViews *self)
{
  SagRenderWindow window = sag_ui_display_get_window (sag_ui_session_get_display (self->session));
  const SagRenderPreset *preset = sag_render_preset_of (&window);
  g_autofree char       *width = sag_render_format (window.width, 0);
  g_autofree char       *level = sag_render_format (window.level, 0);
  g_autofree char       *text = NULL;

  text = preset != NULL ? g_strdup (_ (preset->name))
                        /* Translators: window width and level in Hounsfield units. */
                        : g_strdup_printf (_ ("W %s L %s"), width, level);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->presets_button), text);
}
