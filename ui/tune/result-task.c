/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/result-task.h"

#include "ui/tune/plot-view.h"
#include "ui/tune/result-words.h"

#include <glib/gi18n.h>
#include <math.h>

#define MOST_ROWS 200 /* of a list of cases; the report has all */
#define ROWS_AT_ONCE 20

typedef struct
{
  const SagTuneResult *result;
  const SagReportFile *report;
  const SagReportTask *task;
  gsize                index;
  SagUiResultGo        go;
  gpointer             data;
  GtkBox              *box;
} Section;

static GtkWidget *
make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_sentence (Section *self, char *text, const char *style)
{
  if (text != NULL)
    gtk_box_append (self->box, make_label (text, style));
  g_free (text);
}

/* The table */

static void
put (GtkGrid *grid, int column, int row, char *value, char *beside)
{
  GtkWidget *cell = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *number = make_label (value, "numeric");

  gtk_label_set_wrap (GTK_LABEL (number), FALSE);
  gtk_box_append (GTK_BOX (cell), number);
  if (beside != NULL)
    {
      GtkWidget *label = make_label (beside, "caption");

      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "numeric");
      gtk_label_set_max_width_chars (GTK_LABEL (label), 18);
      gtk_box_append (GTK_BOX (cell), label);
    }
  gtk_widget_set_hexpand (cell, TRUE);
  gtk_grid_attach (grid, cell, column, row, 1, 1);
  g_free (value);
  g_free (beside);
}

static void
put_row (const Section *self, GtkGrid *grid, SagUiResultFigure figure, int row)
{
  GtkWidget *title = make_label (sag_ui_result_figure_title (figure), "dim-label");

  gtk_widget_set_tooltip_text (title, sag_ui_result_figure_hint (figure));
  gtk_widget_set_valign (title, GTK_ALIGN_START);
  gtk_label_set_wrap (GTK_LABEL (title), FALSE);
  gtk_grid_attach (grid, title, 0, row, 1, 1);
  for (int m = 0; m < 2; m++)
    put (grid, 1 + m, row, sag_ui_result_dup_value (self->task, figure, (gsize) m),
         sag_ui_result_dup_beside (self->task, figure, (gsize) m));
  put (grid, 3, row, sag_ui_result_dup_change (self->task, figure),
       sag_ui_result_dup_change_beside (self->task, figure));
}

static void
put_heading (GtkGrid *grid, int column, const char *words)
{
  gtk_grid_attach (grid, make_label (words, "heading"), column, 0, 1, 1);
}

static void
add_table (Section *self)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  int      row = 1;

  gtk_grid_set_row_spacing (grid, 8);
  gtk_grid_set_column_spacing (grid, 18);
  gtk_widget_add_css_class (GTK_WIDGET (grid), "card");
  gtk_widget_add_css_class (GTK_WIDGET (grid), "result-table");
  put_heading (grid, 1, _ ("Before"));
  put_heading (grid, 2, _ ("After"));
  put_heading (grid, 3, _ ("Change"));
  for (SagUiResultFigure figure = 0; figure < SAG_UI_N_FIGURES; figure++)
    if (sag_ui_result_figure_applies (self->task, figure))
      put_row (self, grid, figure, row++);
  gtk_box_append (self->box, GTK_WIDGET (grid));
}

/* Curves */

static GtkWidget *
make_plot (const Section *self, const SagCases *cases, SagPlotKind kind)
{
  const char *const titles[] = { _ ("ROC curve"), _ ("Precision and recall"), _ ("Reliability") };
  const char *const xs[] = { _ ("1 − specificity"), _ ("Recall (sensitivity)"),
                             _ ("Probability that the model gives") };
  const char *const ys[] = { _ ("Sensitivity"), _ ("Precision (positive predictive value)"),
                             _ ("Share of positives") };
  SagPlotWords      words = {
         .title = titles[kind], .x = xs[kind], .y = ys[kind], .names = { _ ("Before"), _ ("After") }
  };
  SagPlot         *plot = sag_plot_new_of (self->task, cases, 2, kind, &words);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", titles[kind], self->task->text);

  return plot != NULL ? sag_ui_plot_view_new (plot, spoken) : NULL;
}

static GtkWidget *
make_plots (const Section *self)
{
  GtkWidget *flow = gtk_flow_box_new ();
  gboolean   any = FALSE;
  g_auto (SagCases) cases = { 0 };

  sag_report_file_collect (self->report, self->index, &cases);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), SAG_N_PLOTS);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (flow), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Curves"), -1);
  for (int kind = 0; kind < SAG_N_PLOTS; kind++)
    {
      GtkWidget *plot = make_plot (self, &cases, (SagPlotKind) kind);

      if (plot != NULL)
        gtk_flow_box_append (GTK_FLOW_BOX (flow), plot);
      any = any || plot != NULL;
    }
  if (any)
    return flow;
  g_object_ref_sink (flow);
  g_object_unref (flow);
  return NULL;
}

static void
add_expander (Section *self, const char *title, GtkWidget *child)
{
  GtkWidget *expander = gtk_expander_new (title);

  gtk_expander_set_child (GTK_EXPANDER (expander), child);
  gtk_box_append (self->box, expander);
}

/* Cases */

/* Row: a case that can be gone to. */
typedef struct
{
  const SagReportCase *one;
  SagUiResultGo        go;
  gpointer             data;
} Row;

static void
activated_cb (AdwActionRow *widget, Row *row)
{
  row->go (row->one, FALSE, row->data);
}

static void
mask_cb (GtkButton *button, Row *row)
{
  row->go (row->one, TRUE, row->data);
}

static GtkWidget *
make_mask_button (Row *row)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Mask"));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Open the scan in the middle of what is masked"));
  g_signal_connect (button, "clicked", G_CALLBACK (mask_cb), row);
  return button;
}

static char *
dup_name (const Section *self, const SagReportCase *one)
{
  const char *name = sag_tune_result_get_name (self->result, one->id);

  if (name != NULL)
    return g_markup_escape_text (name, -1);
  if (one->id > 0)
    /* Translators: number of a case in its project. */
    return g_strdup_printf (_ ("Case %u"), (guint) one->id);
  /* Translators: a line of a table of cases. */
  return g_strdup_printf (_ ("Line %u"), one->line);
}

static GtkWidget *
make_row (const Section *self, const SagReportCase *one)
{
  GtkWidget       *widget = adw_action_row_new ();
  g_autofree char *name = dup_name (self, one);
  g_autofree char *line = sag_ui_result_dup_case_line (self->report, one);
  gboolean         known = sag_tune_result_get_scan (self->result, one->id) != NULL;
  Row             *row = g_new0 (Row, 1);

  *row = (Row){ one, self->go, self->data };
  g_object_set_data_full (G_OBJECT (widget), "row", row, g_free);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), line);
  if (known && !isnan (one->mask_ras_mm[0]))
    adw_action_row_add_suffix (ADW_ACTION_ROW (widget), make_mask_button (row));
  if (known)
    {
      adw_action_row_add_suffix (ADW_ACTION_ROW (widget),
                                 gtk_image_new_from_icon_name ("go-next-symbolic"));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), TRUE);
      gtk_widget_set_tooltip_text (widget,
                                   isnan (one->peaks_ras_mm[1][0])
                                     ? _ ("Open the scan")
                                     : _ ("Open the scan at the highest cell of the new map"));
      g_signal_connect (widget, "activated", G_CALLBACK (activated_cb), row);
    }
  return widget;
}

/* List: of cases, made when it is first opened, and not all of it at once. */
typedef struct
{
  Section section;
  GArray *which; /* numbers of cases */
  guint   n;     /* rows in the end */
  guint   next;
  guint   idle;

  GtkListBox *list;
} List;

static void
list_free (gpointer data)
{
  List *self = data;

  g_clear_handle_id (&self->idle, g_source_remove);
  g_array_unref (self->which);
  g_free (self);
}

static gboolean
add_rows_cb (gpointer user_data)
{
  List       *self = user_data;
  const guint end = MIN (self->n, self->next + ROWS_AT_ONCE);

  for (; self->next < end; self->next++)
    gtk_list_box_append (
      self->list, make_row (&self->section, sag_report_file_get_case (
                                              self->section.report,
                                              g_array_index (self->which, guint, self->next))));
  if (self->next < self->n)
    return G_SOURCE_CONTINUE;
  self->idle = 0;
  return G_SOURCE_REMOVE;
}

static GtkWidget *
make_list (List *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *list = gtk_list_box_new ();

  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Cases"),
                                  -1);
  gtk_widget_set_margin_top (box, 6);
  gtk_box_append (GTK_BOX (box), list);
  if (self->which->len > self->n)
    {
      g_autofree char *more =
        /* Translators: cases that the list leaves out. */
        g_strdup_printf (ngettext ("%u more stands in the report.", "%u more stand in the report.",
                                   self->which->len - self->n),
                         self->which->len - self->n);

      gtk_box_append (GTK_BOX (box), make_label (more, "dim-label"));
    }
  if (add_rows_cb (self))
    self->idle = g_idle_add (add_rows_cb, self);
  return box;
}

static void
expanded_cb (GtkExpander *expander, GParamSpec *pspec, List *list)
{
  if (gtk_expander_get_expanded (expander) && gtk_expander_get_child (expander) == NULL)
    gtk_expander_set_child (expander, make_list (list));
}

static void
add_list (const Section *self, const char *title, GArray *which, gboolean open)
{
  GtkWidget *expander = gtk_expander_new (title);
  List      *list = g_new0 (List, 1);

  list->section = *self;
  list->which = g_array_ref (which);
  list->n = MIN (which->len, MOST_ROWS);
  g_object_set_data_full (G_OBJECT (expander), "list", list, list_free);
  g_signal_connect (expander, "notify::expanded", G_CALLBACK (expanded_cb), list);
  gtk_box_append (self->box, expander);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), open);
}

static GArray *
collect_all (const Section *self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint c = 0; c < sag_report_file_get_n_cases (self->report); c++)
    if (sag_report_file_get_case (self->report, c)->task == self->index)
      g_array_append_val (all, c);
  return all;
}

static void
add_cases (Section *self)
{
  g_autoptr (GArray) all = collect_all (self);
  g_autofree char *changed = sag_ui_result_dup_changed (self->task);
  g_autofree char *title =
    /* Translators: all cases of a task. */
    g_strdup_printf (ngettext ("%u answer in all", "%u answers in all", all->len), all->len);

  if (self->task->changed->len > 0)
    add_list (self, changed, self->task->changed, self->task->pair.too_few);
  else
    gtk_box_append (self->box, make_label (changed, NULL));
  if (all->len > 0)
    add_list (self, title, all, FALSE);
}

GtkWidget *
sag_ui_result_task_new (const SagTuneResult *result, gsize task, SagUiResultGo go, gpointer data)
{
  const SagReportFile *report = sag_tune_result_get_report (result);
  GtkWidget           *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  Section    self = { result, report,       sag_report_file_get_task (report, task), task, go,
                      data,   GTK_BOX (box) };
  GtkWidget *plots;

  add_sentence (&self, g_strdup (self.task->text), "title-4");
  add_sentence (&self, sag_ui_result_dup_counts (self.task), "dim-label");
  add_table (&self);
  add_sentence (&self, sag_ui_result_dup_test (self.task), NULL);
  add_sentence (&self, sag_ui_result_dup_limits (self.task), NULL);
  plots = make_plots (&self);
  if (plots != NULL)
    add_expander (&self, _ ("Curves"), plots);
  add_cases (&self);
  return box;
}
