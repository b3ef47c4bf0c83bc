/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/readings/tables.h"

#include "ui/readings/words.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiReadingRow
{
  GObject parent;

  guint place;
  guint pair;
};

G_DEFINE_FINAL_TYPE (SagUiReadingRow, sag_ui_reading_row, G_TYPE_OBJECT)

static void
sag_ui_reading_row_class_init (SagUiReadingRowClass *class)
{
}

static void
sag_ui_reading_row_init (SagUiReadingRow *self)
{
}

static void
append (GListStore *rows, guint place, guint pair)
{
  g_autoptr (SagUiReadingRow) row = g_object_new (SAG_UI_TYPE_READING_ROW, NULL);

  row->place = place;
  row->pair = pair;
  g_list_store_append (rows, row);
}

guint
sag_ui_reading_row_get_place (SagUiReadingRow *self)
{
  return self->place;
}

guint
sag_ui_reading_row_get_pair (SagUiReadingRow *self)
{
  return self->pair;
}

/* What is in them */

/* The mean over the cases that both painted; NaN where there is none. */
static double
compute_dice (const SagReadings *readings, const SagTaskReadings *task, const SagReadingPair *pair)
{
  double sum = 0;
  guint  n = 0;

  for (guint d = 0; d < readings->differences->len; d++)
    {
      const SagDifference *difference = g_ptr_array_index (readings->differences, d);

      for (guint p = 0; difference->task == task->task && difference->pairs != NULL &&
                        p < difference->pairs->len;
           p++)
        {
          const SagMaskPair *masks = &g_array_index (difference->pairs, SagMaskPair, p);

          if (!isfinite (masks->dice) || masks->first != pair->first ||
              masks->second != pair->second)
            continue;
          sum += masks->dice;
          n++;
        }
    }
  return n > 0 ? sum / n : NAN;
}

static guint
count_cases (const SagReadingPair *pair)
{
  return pair->kappa.both + pair->kappa.first + pair->kappa.second + pair->kappa.neither;
}

void
sag_ui_readings_fill_agreement (SagUiReadings *self, GListStore *rows)
{
  const SagReadings *readings = sag_ui_readings_get (self);

  g_list_store_remove_all (rows);
  for (guint t = 0; readings != NULL && t < readings->tasks->len; t++)
    {
      const SagTaskReadings *task = g_ptr_array_index (readings->tasks, t);

      for (guint p = 0; p < task->pairs->len; p++)
        {
          const SagReadingPair *pair = &g_array_index (task->pairs, SagReadingPair, p);

          if (count_cases (pair) > 0 || isfinite (compute_dice (readings, task, pair)))
            append (rows, t, p);
        }
    }
}

void
sag_ui_readings_fill_differences (SagUiReadings *self, gboolean undecided, GListStore *rows)
{
  const SagReadings *readings = sag_ui_readings_get (self);

  g_list_store_remove_all (rows);
  for (guint d = 0; readings != NULL && d < readings->differences->len; d++)
    if (!undecided || sag_ui_readings_get_decision (self, d) == NULL)
      append (rows, d, 0);
}

/* Cells */

typedef char *(*DupText) (SagUiReadings *readings, SagUiReadingRow *row);

static const SagTaskReadings *
task_of (SagUiReadings *self, SagUiReadingRow *row)
{
  return g_ptr_array_index (sag_ui_readings_get (self)->tasks, row->place);
}

static const SagReadingPair *
pair_of (SagUiReadings *self, SagUiReadingRow *row)
{
  return &g_array_index (task_of (self, row)->pairs, SagReadingPair, row->pair);
}

static char *
dup_escaped (const char *text)
{
  return g_markup_escape_text (text, -1);
}

static char *
dup_task (SagUiReadings *self, SagUiReadingRow *row)
{
  return dup_escaped (task_of (self, row)->task->wording);
}

static char *
dup_readers (SagUiReadings *self, SagUiReadingRow *row)
{
  char *const          *readers = sag_ui_readings_get (self)->readers;
  const SagReadingPair *pair = pair_of (self, row);
  g_autofree char      *text =
    /* Translators: two readers. */
    g_strdup_printf (_ ("%s and %s"), readers[pair->first], readers[pair->second]);

  return dup_escaped (text);
}

static char *
dup_cases (SagUiReadings *self, SagUiReadingRow *row)
{
  return g_strdup_printf ("%u", count_cases (pair_of (self, row)));
}

static char *
dup_kappa (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_number (pair_of (self, row)->kappa.kappa);
}

static char *
dup_prevalence (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_number (pair_of (self, row)->kappa.prevalence);
}

static char *
dup_positive (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_number (pair_of (self, row)->kappa.positive);
}

static char *
dup_negative (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_number (pair_of (self, row)->kappa.negative);
}

static char *
dup_alpha (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_number (task_of (self, row)->alpha);
}

static char *
dup_dice (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_number (
    compute_dice (sag_ui_readings_get (self), task_of (self, row), pair_of (self, row)));
}

static char *
dup_case (SagUiReadings *self, SagUiReadingRow *row)
{
  return dup_escaped (sag_ui_readings_get_difference (self, row->place)->one->name);
}

static char *
dup_question (SagUiReadings *self, SagUiReadingRow *row)
{
  return dup_escaped (sag_ui_readings_get_difference (self, row->place)->task->wording);
}

static char *
dup_words (SagUiReadings *self, SagUiReadingRow *row)
{
  return sag_ui_readings_dup_markup (sag_ui_readings_get (self),
                                     sag_ui_readings_get_difference (self, row->place));
}

static char *
dup_decision (SagUiReadings *self, SagUiReadingRow *row)
{
  g_autofree char *text =
    sag_ui_readings_dup_decision (sag_ui_readings_get_decision (self, row->place));

  return dup_escaped (text);
}

/* Columns */

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  GtkWidget     *label = gtk_label_new (NULL);
  const gboolean number = g_object_get_data (G_OBJECT (factory), "number") != NULL;

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  if (!number)
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (cell, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *cell, SagUiReadings *self)
{
  DupText          dup = (DupText) g_object_get_data (G_OBJECT (factory), "dup");
  GtkWidget       *label = gtk_list_item_get_child (cell);
  g_autofree char *markup =
    sag_ui_readings_get (self) != NULL ? dup (self, gtk_list_item_get_item (cell)) : NULL;

  gtk_label_set_markup (GTK_LABEL (label), markup != NULL ? markup : "");
  if (g_object_get_data (G_OBJECT (factory), "number") == NULL)
    gtk_widget_set_tooltip_text (label, gtk_label_get_text (GTK_LABEL (label)));
}

static void
add_column (SagUiReadings *self,
            GtkWidget     *view,
            const char    *title,
            DupText        dup,
            gboolean       number,
            gboolean       expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_object_set_data (G_OBJECT (factory), "dup", (gpointer) dup);
  g_object_set_data (G_OBJECT (factory), "number", GINT_TO_POINTER (number));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, expand);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
}

static void
set_name (GtkWidget *view, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

GtkWidget *
sag_ui_readings_create_agreement (SagUiReadings *self, GListStore *rows)
{
  GtkWidget *view = gtk_column_view_new (
    GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (rows)))));

  set_name (view, _ ("Agreement"));
  add_column (self, view, _ ("Task"), dup_task, FALSE, TRUE);
  add_column (self, view, _ ("Readers"), dup_readers, FALSE, FALSE);
  add_column (self, view, _ ("Cases"), dup_cases, TRUE, FALSE);
  /* Translators: Cohen's kappa. */
  add_column (self, view, _ ("Kappa"), dup_kappa, TRUE, FALSE);
  add_column (self, view, _ ("Prevalence"), dup_prevalence, TRUE, FALSE);
  /* Translators: how often readers agree where one of them says present. */
  add_column (self, view, _ ("Positive"), dup_positive, TRUE, FALSE);
  /* Translators: how often readers agree where one of them says absent. */
  add_column (self, view, _ ("Negative"), dup_negative, TRUE, FALSE);
  /* Translators: Krippendorff's alpha. */
  add_column (self, view, _ ("Alpha, All"), dup_alpha, TRUE, FALSE);
  /* Translators: Dice's coefficient of masks. */
  add_column (self, view, _ ("Dice"), dup_dice, TRUE, FALSE);
  return view;
}

GtkWidget *
sag_ui_readings_create_differences (SagUiReadings *self, GtkSelectionModel *selection)
{
  GtkWidget *view = gtk_column_view_new (g_object_ref (selection));

  set_name (view, _ ("Where Readers Differ"));
  add_column (self, view, _ ("Case"), dup_case, FALSE, FALSE);
  add_column (self, view, _ ("Task"), dup_question, FALSE, TRUE);
  add_column (self, view, _ ("Readings"), dup_words, FALSE, TRUE);
  add_column (self, view, _ ("Decision"), dup_decision, FALSE, FALSE);
  return view;
}
