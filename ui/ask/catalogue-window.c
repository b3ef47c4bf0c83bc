/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/catalogue-window.h"

#include "ui/ask/catalogue-columns.h"
#include "ui/ask/catalogue-row.h"
#include "ui/ask/details.h"
#include "ui/ask/save.h"

#include <glib/gi18n.h>

struct _SagUiCatalogueWindow
{
  AdwWindow parent;

  SagUiAsk            *ask;
  SagUiCase           *one;
  GListStore          *rows;
  GtkFilterListModel  *filtered;
  GtkSortListModel    *sorted;
  GCancellable        *cancellable; /* while asking */
  SagUiCatalogueFilter filter;
  char                *words;
  char                *error;
  char                *answered_note; /* nullable: of the model that answered */

  AdwWindowTitle *title;
  GtkButton      *run;
  GtkSearchEntry *search;
  GtkDropDown    *dataset;
  GtkCheckButton *trained;
  GtkCheckButton *prognostic;
  GtkLabel       *note;
  GtkColumnView  *table;
  GtkLabel       *status;
  GtkProgressBar *progress;
  GtkWidget      *cancel;
};

G_DEFINE_FINAL_TYPE (SagUiCatalogueWindow, sag_ui_catalogue_window, ADW_TYPE_WINDOW)

static guint ask_signal;

GListModel *
sag_ui_catalogue_window_get_rows (SagUiCatalogueWindow *self)
{
  return G_LIST_MODEL (self->sorted);
}

SagUiCase *
sag_ui_catalogue_window_get_case (SagUiCatalogueWindow *self)
{
  return self->one;
}

gboolean
sag_ui_catalogue_window_is_asking (SagUiCatalogueWindow *self)
{
  return self->cancellable != NULL;
}

static char *
dup_note (SagUiCatalogueWindow *self)
{
  return sag_ui_engine_dup_watermark (sag_ui_ask_get_engine (self->ask), self->one);
}

static void
update_status (SagUiCatalogueWindow *self)
{
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint            shown = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));
  gboolean         asking = self->cancellable != NULL;
  g_autofree char *note = self->error != NULL ? g_strdup (self->error) : dup_note (self);
  g_autofree char *status = NULL;

  /* Translators: how many of all known tasks the table shows. */
  status = g_strdup_printf (_ ("%u of %u tasks. Enter on a row makes it a card."), shown, n);
  gtk_label_set_text (self->status, asking ? _ ("Asking…") : status);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), asking);
  gtk_widget_set_visible (self->cancel, asking);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "catalogue.run", !asking);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "catalogue.export", !asking);
  gtk_label_set_text (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
}

/* The answers are shown, so the reader has seen them; or not shown, if the reader comes first. */
static void
show_answer (SagUiCatalogueWindow *self, SagUiCatalogueRow *row, SagAnswer *answer)
{
  const char *text = sag_ui_catalogue_row_get_task (row)->text;
  gboolean    hidden = sag_ui_ask_is_hidden (self->ask, self->one, text);

  sag_ui_catalogue_row_set_answer (row, answer, hidden);
  if (!hidden)
    sag_ui_opinion_see_answer (self->one, answer);
}

/* Another model may have been opened while this one answered: then the note of now is not its own. */
static void
note_model (SagUiCatalogueWindow *self, const SagAnswer *answer)
{
  g_clear_pointer (&self->answered_note, g_free);
  if (sag_ui_engine_gave (sag_ui_ask_get_engine (self->ask), answer))
    self->answered_note = dup_note (self);
}

static void
show_answers (SagUiCatalogueWindow *self, GPtrArray *answers)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  for (guint i = 0; i < n && i < answers->len; i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      show_answer (self, row, answers->pdata[i]);
    }
  note_model (self, answers->pdata[0]);
  /* What was shown is noted. */
  g_signal_emit_by_name (self->ask, "changed", NULL);
  gtk_sorter_changed (gtk_column_view_get_sorter (self->table), GTK_SORTER_CHANGE_DIFFERENT);
}

static void
answered_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  g_autoptr (SagUiCatalogueWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) answers =
    sag_ui_engine_ask_many_finish (SAG_UI_ENGINE (source), async, &error);

  g_clear_object (&self->cancellable);
  if (self->ask == NULL) /* closed meanwhile */
    return;
  g_clear_pointer (&self->error, g_free);
  if (answers != NULL)
    show_answers (self, answers);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->error = g_strdup (error->message);
  update_status (self);
}

static void
progress_cb (double fraction, gpointer user_data)
{
  SagUiCatalogueWindow *self = user_data;

  if (self->ask != NULL)
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
run (SagUiCatalogueWindow *self)
{
  guint                   n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  g_autofree const char **texts = g_new0 (const char *, n + 1);

  if (self->cancellable != NULL || n == 0)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      texts[i] = sag_ui_catalogue_row_get_task (row)->text;
    }
  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress, 0);
  sag_ui_engine_ask_many_async (sag_ui_ask_get_engine (self->ask), self->one, texts, progress_cb,
                                self, self->cancellable, answered_cb, g_object_ref (self));
  update_status (self);
}

static void
run_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  run (SAG_UI_CATALOGUE_WINDOW (widget));
}

static void
cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GCancellable *cancellable = SAG_UI_CATALOGUE_WINDOW (widget)->cancellable;

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static void
export_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCatalogueWindow *self = SAG_UI_CATALOGUE_WINDOW (widget);
  const char           *format = g_variant_get_string (parameter, NULL);
  const char           *case_name = sag_ui_case_get_name (self->one);
  g_autofree char      *file = g_strdup_printf ("%s__catalogue.%s", case_name, format);
  const char           *note = self->answered_note;
  GListModel           *rows = G_LIST_MODEL (self->sorted);

  sag_ui_save_text (widget, sag_ui_ask_get_session (self->ask), _ ("Export the table"), file,
                    g_str_equal (format, "csv")
                      ? sag_ui_catalogue_dup_csv (rows, case_name, note)
                      : sag_ui_catalogue_dup_json (rows, case_name, note));
}

static void
activate_cb (SagUiCatalogueWindow *self, guint position, GtkColumnView *table)
{
  g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (G_LIST_MODEL (self->sorted), position);

  if (row != NULL)
    g_signal_emit (self, ask_signal, 0, sag_ui_catalogue_row_get_task (row)->text);
}

/* Filters */

static gboolean
fits_cb (gpointer item, gpointer user_data)
{
  SagUiCatalogueWindow *self = user_data;
  const SagTask        *task = sag_ui_catalogue_row_get_task (item);
  SagHead               head = task->kind == SAG_TASK_SEGMENT ? SAG_HEAD_PATCH : SAG_HEAD_CLASS;
  SagTraining           training = self->filter.trained_only
                                     ? sag_ui_ask_get_training (self->ask, task->text, head)
                                     : SAG_TRAINING_UNKNOWN;

  return sag_ui_catalogue_row_fits (item, &self->filter, training);
}

static void
filter_cb (SagUiCatalogueWindow *self)
{
  static const guint datasets[] = {
    0,
    SAG_TASK_DATASET_CT_RATE,
    SAG_TASK_DATASET_INSPECT_OWN | SAG_TASK_DATASET_INSPECT_SHARED,
    SAG_TASK_DATASET_RADCHEST_SHARED | SAG_TASK_DATASET_RADCHEST_UNIQUE,
    SAG_TASK_DATASET_SEGMENTATION_PAPER | SAG_TASK_DATASET_SEGMENTATION_CODE,
    SAG_TASK_DATASET_LUNA16,
  };
  guint selected;

  if (self->filtered == NULL)
    return;
  selected = gtk_drop_down_get_selected (self->dataset);
  g_free (self->words);
  self->words = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  self->filter = (SagUiCatalogueFilter){
    .words = self->words,
    .dataset = datasets[selected < G_N_ELEMENTS (datasets) ? selected : 0],
    .trained_only = gtk_check_button_get_active (self->trained),
    .with_prognostic = gtk_check_button_get_active (self->prognostic),
  };
  gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered),
                      GTK_FILTER_CHANGE_DIFFERENT);
  update_status (self);
}

static void
fill (SagUiCatalogueWindow *self)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);

  for (gsize i = 0; catalogue != NULL && i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      g_autoptr (SagUiCatalogueRow) row =
        sag_ui_catalogue_row_new (sag_catalogue_get_task (catalogue, i));

      g_list_store_append (self->rows, row);
    }
}

/* What a label or the end of reading first uncovers is seen, too. */
static void
show_again (SagUiCatalogueWindow *self, SagUiCatalogueRow *row)
{
  const char *text = sag_ui_catalogue_row_get_task (row)->text;
  SagAnswer  *answer;

  sag_ui_catalogue_row_set_hidden (row, sag_ui_ask_is_hidden (self->ask, self->one, text));
  answer = sag_ui_catalogue_row_get_answer (row);
  if (answer != NULL)
    sag_ui_opinion_see_answer (self->one, answer);
}

static void
ask_cb (SagUiAsk *ask, SagUiResult *result, SagUiCatalogueWindow *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  if (result != NULL)
    return;
  sag_ui_catalogue_columns_set_prevalence (self->table, sag_ui_ask_get_prevalence (ask));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      show_again (self, row);
    }
}

GtkWindow *
sag_ui_catalogue_window_new (SagUiAsk *ask, SagUiCase *one)
{
  SagUiCatalogueWindow *self = g_object_new (SAG_UI_TYPE_CATALOGUE_WINDOW, NULL);
  g_autoptr (GtkSelectionModel) selection = NULL;

  self->ask = g_object_ref (ask);
  self->one = g_object_ref (one);
  fill (self);
  sag_ui_catalogue_columns_add (self->table);
  sag_ui_catalogue_columns_set_prevalence (self->table, sag_ui_ask_get_prevalence (ask));
  self->filtered =
    gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)),
                               GTK_FILTER (gtk_custom_filter_new (fits_cb, self, NULL)));
  self->sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)),
                                          g_object_ref (gtk_column_view_get_sorter (self->table)));
  selection =
    GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->sorted))));
  gtk_column_view_set_model (self->table, selection);
  adw_window_title_set_subtitle (self->title, sag_ui_case_get_title (one));
  g_signal_connect_object (ask, "changed", G_CALLBACK (ask_cb), self, 0);
  sag_ui_close_on_escape (GTK_WINDOW (self));
  run (self);
  return GTK_WINDOW (self);
}

static void
sag_ui_catalogue_window_dispose (GObject *object)
{
  SagUiCatalogueWindow *self = SAG_UI_CATALOGUE_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->ask != NULL)
    gtk_column_view_set_model (self->table, NULL);
  g_clear_object (&self->sorted);
  if (self->filtered != NULL)
    gtk_filter_list_model_set_filter (self->filtered, NULL);
  g_clear_object (&self->filtered);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_CATALOGUE_WINDOW);
  g_clear_object (&self->ask);
  g_clear_object (&self->one);
  G_OBJECT_CLASS (sag_ui_catalogue_window_parent_class)->dispose (object);
}

static void
sag_ui_catalogue_window_finalize (GObject *object)
{
  SagUiCatalogueWindow *self = SAG_UI_CATALOGUE_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->rows);
  g_free (self->words);
  g_free (self->error);
  g_free (self->answered_note);
  G_OBJECT_CLASS (sag_ui_catalogue_window_parent_class)->finalize (object);
}

static void
sag_ui_catalogue_window_class_init (SagUiCatalogueWindowClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sag_ui_catalogue_window_dispose;
  object_class->finalize = sag_ui_catalogue_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/catalogue-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SagUiCatalogueWindow, name)
  BIND (title);
  BIND (run);
  BIND (search);
  BIND (dataset);
  BIND (trained);
  BIND (prognostic);
  BIND (note);
  BIND (table);
  BIND (status);
  BIND (progress);
  BIND (cancel);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_install_action (widget_class, "catalogue.run", NULL, run_cb);
  gtk_widget_class_install_action (widget_class, "catalogue.cancel", NULL, cancel_cb);
  gtk_widget_class_install_action (widget_class, "catalogue.export", "s", export_cb);
  ask_signal = g_signal_new ("ask", SAG_UI_TYPE_CATALOGUE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                             NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sag_ui_catalogue_window_init (SagUiCatalogueWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (SAG_UI_TYPE_CATALOGUE_ROW);
}
