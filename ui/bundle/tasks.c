/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/tasks.h"

#include "model/bundle/manifest.h"
#include "ui/bundle/facts.h"

#include <glib/gi18n.h>
#include <math.h>

/* The rows are plain objects that carry a SagBundleTask; the table keeps the bundle. */

typedef enum
{
  COLUMN_TEXT,
  COLUMN_HEAD,
  COLUMN_PREVALENCE,
  COLUMN_AUROC,
} Column;

static const SagBundleTask *
task_of (gpointer item)
{
  return g_object_get_data (item, "task");
}

static char *
describe (const SagBundleTask *task, Column column)
{
  switch (column)
    {
    case COLUMN_TEXT:
      return g_strdup (task->text);
    case COLUMN_HEAD:
      return g_strdup (task->head == SAG_HEAD_CLASS ? _ ("probability") : _ ("map"));
    case COLUMN_PREVALENCE:
      return sag_ui_share_format (task->prevalence);
    case COLUMN_AUROC:
      return sag_ui_share_format (task->auroc);
    }
  return NULL;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean   numeric = GPOINTER_TO_INT (column) >= COLUMN_PREVALENCE;

  gtk_label_set_xalign (GTK_LABEL (label), numeric ? 1 : 0);
  if (GPOINTER_TO_INT (column) == COLUMN_TEXT)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (numeric)
    gtk_widget_add_css_class (label, "numeric");
  if (GPOINTER_TO_INT (column) == COLUMN_AUROC)
    gtk_widget_set_margin_end (label, 8);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  const SagBundleTask *task = task_of (gtk_list_item_get_item (item));
  GtkWidget           *label = gtk_list_item_get_child (item);
  g_autofree char     *words = describe (task, GPOINTER_TO_INT (column));

  gtk_label_set_label (GTK_LABEL (label), words);
  gtk_widget_set_tooltip_text (label, task->text);
}

/* Unknown numbers come last. */
static int
compare_shares (double a, double b)
{
  if (isnan (a) || isnan (b))
    return isnan (a) - isnan (b);
  return (a > b) - (a < b);
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer column)
{
  const SagBundleTask *left = task_of ((gpointer) a);
  const SagBundleTask *right = task_of ((gpointer) b);

  switch ((Column) GPOINTER_TO_INT (column))
    {
    case COLUMN_TEXT:
      return g_utf8_collate (left->text, right->text);
    case COLUMN_HEAD:
      return (int) left->head - (int) right->head;
    case COLUMN_PREVALENCE:
      return compare_shares (left->prevalence, right->prevalence);
    case COLUMN_AUROC:
      return compare_shares (left->auroc, right->auroc);
    }
  return 0;
}

static void
add_column (GtkColumnView *view, Column column, const char *title)
{
  GtkListItemFactory  *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *made = gtk_column_view_column_new (title, factory);
  GtkSorter           *sorter;

  sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, GINT_TO_POINTER (column), NULL));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (column));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GINT_TO_POINTER (column));
  gtk_column_view_column_set_expand (made, column == COLUMN_TEXT);
  gtk_column_view_column_set_sorter (made, sorter);
  gtk_column_view_append_column (view, made);
  g_object_unref (sorter);
  g_object_unref (made);
}

static GListModel *
make_model (SagBundle *bundle)
{
  const SagManifest *manifest = sag_bundle_get_manifest (bundle);
  GListStore        *store = g_list_store_new (G_TYPE_OBJECT);

  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      g_autoptr (GObject) row = g_object_new (G_TYPE_OBJECT, NULL);

      g_object_set_data (row, "task", manifest->tasks->pdata[i]);
      g_list_store_append (store, row);
    }
  return G_LIST_MODEL (store);
}

GtkWidget *
sag_ui_bundle_tasks_new (SagBundle *bundle)
{
  GtkWidget *view = gtk_column_view_new (NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkSorter *sorter;

  add_column (GTK_COLUMN_VIEW (view), COLUMN_TEXT, _ ("Task"));
  add_column (GTK_COLUMN_VIEW (view), COLUMN_HEAD, _ ("Trains the"));
  add_column (GTK_COLUMN_VIEW (view), COLUMN_PREVALENCE, _ ("Prevalence"));
  add_column (GTK_COLUMN_VIEW (view), COLUMN_AUROC, _ ("AUROC"));
  sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (view));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (
    G_LIST_MODEL (gtk_sort_list_model_new (make_model (bundle), g_object_ref (sorter)))));
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view), selection);
  gtk_widget_add_css_class (view, "data-table");
  g_object_set_data_full (G_OBJECT (view), "bundle", sag_bundle_ref (bundle),
                          (GDestroyNotify) sag_bundle_unref);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}
