/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/page.h"

#include "model/bundle/manifest.h"
#include "ui/bundle/facts.h"
#include "ui/bundle/tasks.h"
#include "ui/engine/words.h"

#include <glib/gi18n.h>

struct _SagUiBundlePage
{
  AdwBin parent;
};

G_DEFINE_FINAL_TYPE (SagUiBundlePage, sag_ui_bundle_page, ADW_TYPE_BIN)

GtkWidget *
sag_ui_bundle_page_new (void)
{
  return g_object_new (SAG_UI_TYPE_BUNDLE_PAGE, NULL);
}

static GtkWidget *
make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
make_sentence (const char *text, const char *icon)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *label = make_label (text, NULL);

  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_widget_set_margin_top (image, 2);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (row), image);
  gtk_box_append (GTK_BOX (row), label);
  return row;
}

static void
add_limits (GtkBox *box, SagBundle *bundle)
{
  g_auto (GStrv) limits = sag_ui_bundle_limits (bundle);

  gtk_box_append (box, make_label (_ ("Before you believe a number"), "heading"));
  for (gsize i = 0; limits[i] != NULL; i++)
    gtk_box_append (box, make_sentence (limits[i], "dialog-information-symbolic"));
}

/* Names on the left, values on the right, groups apart by a heading. */
static GtkWidget *
make_facts (SagBundle *bundle)
{
  g_autoptr (GPtrArray) facts = sag_ui_bundle_facts (bundle);
  GtkGrid    *grid = GTK_GRID (gtk_grid_new ());
  const char *group = NULL;
  int         row = 0;

  gtk_grid_set_column_spacing (grid, 18);
  gtk_grid_set_row_spacing (grid, 5);
  for (guint i = 0; i < facts->len; i++)
    {
      const SagUiFact *fact = facts->pdata[i];
      GtkWidget       *name = make_label (fact->name, "dim-label");
      GtkWidget       *value = make_label (fact->value, NULL);

      if (g_strcmp0 (group, fact->group) != 0)
        {
          GtkWidget *heading = make_label (fact->group, "heading");

          gtk_widget_set_margin_top (heading, row > 0 ? 12 : 0);
          gtk_grid_attach (grid, heading, 0, row++, 2, 1);
          group = fact->group;
        }
      gtk_widget_set_valign (name, GTK_ALIGN_START);
      gtk_widget_set_hexpand (value, TRUE);
      gtk_grid_attach (grid, name, 0, row, 1, 1);
      gtk_grid_attach (grid, value, 1, row++, 1, 1);
    }
  return GTK_WIDGET (grid);
}

static GtkWidget *
make_about (SagBundle *bundle)
{
  GtkWidget  *scrolled = gtk_scrolled_window_new ();
  GtkBox     *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 8));
  const char *kind = sag_ui_words_bundle_kind (bundle);
  GtkWidget  *facts = make_facts (bundle);

  gtk_box_append (box, make_label (sag_bundle_get_name (bundle), "title-2"));
  if (kind != NULL)
    gtk_box_append (box, make_sentence (kind, "dialog-warning-symbolic"));
  add_limits (box, bundle);
  gtk_widget_set_margin_top (facts, 12);
  gtk_box_append (box, facts);
  g_object_set (box, "margin-top", 18, "margin-bottom", 24, "margin-start", 24, "margin-end", 24,
                NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (box));
  return scrolled;
}

static GtkWidget *
make_tasks (SagBundle *bundle)
{
  const SagManifest *manifest = sag_bundle_get_manifest (bundle);
  GtkWidget         *page;

  if (manifest->tasks->len > 0)
    return sag_ui_bundle_tasks_new (bundle);
  page = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "view-list-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("No tasks"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page),
                                   manifest->knows_tasks
                                     ? _ ("No head of it was ever trained on a task.")
                                     : _ ("Nobody wrote down which tasks it was trained on."));
  gtk_widget_add_css_class (page, "compact");
  return page;
}

void
sag_ui_bundle_page_set_bundle (SagUiBundlePage *self, SagBundle *bundle)
{
  GtkWidget       *box, *switcher;
  GtkStack        *stack;
  g_autofree char *tasks = NULL;

  adw_bin_set_child (ADW_BIN (self), NULL);
  if (bundle == NULL)
    return;
  /* Translators: heading of a page; the number of tasks of a model. */
  tasks = g_strdup_printf (_ ("Tasks (%u)"), sag_bundle_get_manifest (bundle)->tasks->len);
  stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_titled (stack, make_about (bundle), "about", _ ("About"));
  gtk_stack_add_titled (stack, make_tasks (bundle), "tasks", tasks);
  switcher = gtk_stack_switcher_new ();
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), stack);
  g_object_set (switcher, "halign", GTK_ALIGN_CENTER, "margin-top", 9, "margin-bottom", 3, NULL);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), switcher);
  gtk_widget_set_vexpand (GTK_WIDGET (stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (stack));
  adw_bin_set_child (ADW_BIN (self), box);
}

static void
sag_ui_bundle_page_class_init (SagUiBundlePageClass *class)
{
}

static void
sag_ui_bundle_page_init (SagUiBundlePage *self)
{
}
