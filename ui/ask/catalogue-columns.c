/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/catalogue-columns.h"

#include "ui/ask/catalogue-row.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>
#include <math.h>

typedef enum
{
  COLUMN_TASK,
  COLUMN_PROBABILITY,
  COLUMN_SCORE,
  COLUMN_CLASS_HEAD,
  COLUMN_PATCH_HEAD,
  N_COLUMNS
} Column;

/* What one column knows; the table owns them. */
typedef struct
{
  Column column;
  double prevalence;
} Kind;

static char *
dup_number (SagUiCatalogueRow *row, double value)
{
  if (sag_ui_catalogue_row_is_hidden (row))
    return g_strdup (_ ("your label first"));
  return isfinite (value) ? sag_ui_words_dup_number (value) : g_strdup ("");
}

static char *
dup_text (const Kind *kind, SagUiCatalogueRow *row)
{
  const SagAnswer *answer = sag_ui_catalogue_row_get_answer (row);

  switch (kind->column)
    {
    case COLUMN_PROBABILITY:
      return dup_number (row, sag_ui_catalogue_row_get_probability (row, kind->prevalence));
    case COLUMN_SCORE:
      return sag_ui_catalogue_row_is_hidden (row)
               ? g_strdup ("")
               : dup_number (row, sag_ui_catalogue_row_get_score (row));
    case COLUMN_CLASS_HEAD:
      return g_strdup (
        answer != NULL && answer->has_class ? sag_ui_words_get_training (answer->class_head) : "");
    case COLUMN_PATCH_HEAD:
      return g_strdup (answer != NULL ? sag_ui_words_get_training (answer->patch_head) : "");
    case COLUMN_TASK:
    default:
      return g_strdup (sag_ui_catalogue_row_get_task (row)->text);
    }
}

static void
draw (GtkListItem *item, SagUiCatalogueRow *row)
{
  const Kind      *kind = g_object_get_data (G_OBJECT (item), "kind");
  g_autofree char *text = dup_text (kind, row);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
  if (kind->column == COLUMN_TASK)
    gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), text);
}

static void
changed_cb (SagUiCatalogueRow *row, GtkListItem *item)
{
  draw (item, row);
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, Kind *kind)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean   number = kind->column == COLUMN_PROBABILITY || kind->column == COLUMN_SCORE;

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  if (number)
    gtk_widget_add_css_class (label, "numeric");
  else if (kind->column != COLUMN_TASK)
    gtk_widget_add_css_class (label, "dim-label");
  if (kind->column == COLUMN_TASK)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
  g_object_set_data (G_OBJECT (item), "kind", kind);
}

static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, Kind *kind)
{
  SagUiCatalogueRow *row = gtk_list_item_get_item (item);

  g_signal_connect (row, "changed", G_CALLBACK (changed_cb), item);
  draw (item, row);
}

static void
unbind_cb (GtkListItemFactory *factory, GtkListItem *item, Kind *kind)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), changed_cb, item);
}

/* Tasks without a number come last when the highest come first. */
static int
compare_numbers (double a, double b)
{
  double one = isfinite (a) ? a : -1;
  double other = isfinite (b) ? b : -1;

  return one < other   ? GTK_ORDERING_SMALLER
         : one > other ? GTK_ORDERING_LARGER
                       : GTK_ORDERING_EQUAL;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Kind        *kind = user_data;
  SagUiCatalogueRow *one = (SagUiCatalogueRow *) a;
  SagUiCatalogueRow *other = (SagUiCatalogueRow *) b;
  g_autofree char   *text = NULL;
  g_autofree char   *other_text = NULL;

  if (kind->column == COLUMN_PROBABILITY)
    return compare_numbers (sag_ui_catalogue_row_get_probability (one, -1),
                            sag_ui_catalogue_row_get_probability (other, -1));
  if (kind->column == COLUMN_SCORE)
    return compare_numbers (sag_ui_catalogue_row_get_score (one),
                            sag_ui_catalogue_row_get_score (other));
  text = dup_text (kind, one);
  other_text = dup_text (kind, other);
  return gtk_ordering_from_cmpfunc (g_utf8_collate (text, other_text));
}

static char *
dup_title (const Kind *kind)
{
  switch (kind->column)
    {
    case COLUMN_TASK:
      return g_strdup (_ ("Task"));
    case COLUMN_SCORE:
      return g_strdup (_ ("Score"));
    case COLUMN_CLASS_HEAD:
      return g_strdup (_ ("Class head"));
    case COLUMN_PATCH_HEAD:
      return g_strdup (_ ("Patch head"));
    case COLUMN_PROBABILITY:
    default:
      if (kind->prevalence >= 0)
        {
          g_autofree char *share = sag_ui_words_dup_percent (kind->prevalence);

          /* Translators: the title of a column; %s is a prevalence such as "5 %". */
          return g_strdup_printf (_ ("Probability at %s"), share);
        }
      return g_strdup (_ ("Probability, balanced mix"));
    }
}

static void
add_column (GtkColumnView *table, Column column)
{
  GtkListItemFactory  *factory = gtk_signal_list_item_factory_new ();
  Kind                *kind = g_new0 (Kind, 1);
  g_autofree char     *title = NULL;
  GtkColumnViewColumn *made;
  g_autoptr (GtkSorter) sorter = NULL;

  *kind = (Kind){ column, -1 };
  title = dup_title (kind);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), kind);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), kind);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), kind);
  made = gtk_column_view_column_new (title, factory);
  sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, kind, NULL));
  gtk_column_view_column_set_sorter (made, sorter);
  gtk_column_view_column_set_expand (made, column == COLUMN_TASK);
  gtk_column_view_column_set_resizable (made, TRUE);
  g_object_set_data_full (G_OBJECT (sorter), "kind", kind, g_free);
  gtk_column_view_append_column (table, made);
  g_object_unref (made);
}

void
sag_ui_catalogue_columns_add (GtkColumnView *table)
{
  for (Column column = COLUMN_TASK; column < N_COLUMNS; column++)
    add_column (table, column);
}

void
sag_ui_catalogue_columns_set_prevalence (GtkColumnView *table, double prevalence)
{
  g_autoptr (GtkColumnViewColumn) column =
    g_list_model_get_item (gtk_column_view_get_columns (table), COLUMN_PROBABILITY);
  Kind *kind = g_object_get_data (G_OBJECT (gtk_column_view_column_get_sorter (column)), "kind");
  g_autofree char *title = NULL;

  kind->prevalence = prevalence;
  title = dup_title (kind);
  gtk_column_view_column_set_title (column, title);
}
