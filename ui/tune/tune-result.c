/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/tune-result.h"

#include "ui/tune/place.h"
#include "ui/tune/result-export.h"
#include "ui/tune/result-task.h"
#include "ui/tune/result-words.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiTuneResult
{
  AdwBin parent;

  SagUiSession  *session;
  SagTuneResult *result;      /* nullable */
  GCancellable  *cancellable; /* of the newest loading */
  gboolean       exporting;

  GtkStack      *stack;
  AdwStatusPage *failed;
  GtkBox        *sections;
};

G_DEFINE_FINAL_TYPE (SagUiTuneResult, sag_ui_tune_result, ADW_TYPE_BIN)

static guint loaded_signal;

gboolean
sag_ui_tune_result_is_loaded (SagUiTuneResult *self)
{
  return self->result != NULL;
}

static GtkWindow *
window_of (SagUiTuneResult *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* Going to a case shows the window that has it. */
static void
go_cb (const SagReportCase *one, gboolean mask, gpointer user_data)
{
  SagUiTuneResult *self = user_data;
  const char      *path = sag_tune_result_get_scan (self->result, one->id);
  const double    *place = mask ? one->mask_ras_mm : one->peaks_ras_mm[1];
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  GtkWindow *window = window_of (self);
  GtkWindow *parent = window != NULL ? gtk_window_get_transient_for (window) : NULL;

  if (file == NULL)
    return;
  sag_ui_place_open (self->session, file, isnan (place[0]) ? NULL : place);
  if (parent != NULL)
    gtk_window_present (parent);
}

static void
add_label (GtkBox *box, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (box, label);
}

static void
add_warning (GtkBox *box, const char *text)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (line), icon);
  add_label (GTK_BOX (line), text, NULL);
  gtk_widget_add_css_class (line, "scope-note");
  gtk_box_append (box, line);
}

static void
add_models (GtkBox *box, const SagReportFile *report)
{
  const char *const names[] = { _ ("Before"), _ ("After") };

  for (gsize m = 0; m < 2; m++)
    {
      const SagReportBundle *bundle = sag_report_file_get_bundle (report, m);
      g_autofree char       *line = g_strdup_printf ("%s: %s", names[m], bundle->name);
      g_autofree char       *warning = NULL;

      add_label (box, line, NULL);
      if (!bundle->trained)
        /* Translators: name of a model. */
        warning =
          g_strdup_printf (_ ("“%s” is untrained: its numbers mean nothing."), bundle->name);
      else if (bundle->synthetic)
        /* Translators: name of a model. */
        warning = g_strdup_printf (_ ("“%s” is a demonstration, trained on synthetic scans."),
                                   bundle->name);
      if (warning != NULL)
        add_label (box, warning, "model-note");
    }
}

static GtkWidget *
make_head (const SagReportFile *report)
{
  const SagReportFacts *facts = sag_report_file_get_facts (report);
  GtkBox               *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  g_autofree char      *head = sag_ui_result_dup_head (report);
  g_autofree char      *looks = sag_ui_result_dup_looks (&facts->looks);
  g_autofree char      *threshold = sag_ui_result_dup_threshold (facts);

  add_label (box, _ ("Before and after, on cases that were kept back"), "title-3");
  add_label (box, head, NULL);
  add_models (box, report);
  if (facts->looks.n == 1)
    add_label (box, looks, "dim-label");
  else
    add_warning (box, looks);
  if (facts->n_failed > 0)
    {
      g_autofree char *failed = g_strdup_printf (
        ngettext ("%u scan could not be read and is left out.",
                  "%u scans could not be read and are left out.", (gulong) facts->n_failed),
        (guint) facts->n_failed);

      add_warning (box, failed);
    }
  add_label (box, threshold, "dim-label");
  /* That it was a cross-validation stands above, and first among the notes. */
  for (gsize i = facts->n_folds > 0; i < g_strv_length (facts->notes); i++)
    add_label (box, facts->notes[i], "dim-label");
  return GTK_WIDGET (box);
}

static void
clear (SagUiTuneResult *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->sections))) != NULL)
    gtk_box_remove (self->sections, child);
  g_clear_pointer (&self->result, sag_tune_result_free);
}

static void
update_actions (SagUiTuneResult *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (
    widget, "result.page", self->result != NULL && sag_tune_result_get_page (self->result) != NULL);
  gtk_widget_action_set_enabled (widget, "result.export", self->result != NULL && !self->exporting);
}

static void
fail (SagUiTuneResult *self, const char *sentence)
{
  g_autofree char *safe = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed, safe);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
show (SagUiTuneResult *self)
{
  const SagReportFile *report = sag_tune_result_get_report (self->result);

  gtk_box_append (self->sections, make_head (report));
  for (gsize t = 0; t < sag_report_file_get_n_tasks (report); t++)
    gtk_box_append (self->sections, sag_ui_result_task_new (self->result, t, go_cb, self));
  gtk_stack_set_visible_child_name (self->stack, "figures");
}

static void
load_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  GError        *error = NULL;
  SagTuneResult *result = sag_tune_result_load (folder, &error);

  if (result == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, (GDestroyNotify) sag_tune_result_free);
}

static void
loaded_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  SagUiTuneResult *self = SAG_UI_TUNE_RESULT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTuneResult) result = g_task_propagate_pointer (G_TASK (async), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return; /* another folder, or nobody looks any more */
  if (result == NULL)
    fail (self, error->message);
  else if (sag_report_file_get_facts (sag_tune_result_get_report (result))->n_models != 2)
    fail (self, _ ("This report is about one model; there is no before and after."));
  else
    {
      self->result = g_steal_pointer (&result);
      show (self);
    }
  update_actions (self);
  g_signal_emit (self, loaded_signal, 0);
}

void
sag_ui_tune_result_load (SagUiTuneResult *self, const char *folder)
{
  g_autoptr (GTask) task = NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  clear (self);
  update_actions (self);
  gtk_stack_set_visible_child_name (self->stack, folder != NULL ? "loading" : "nothing");
  if (folder == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, loaded_cb, NULL);
  g_task_set_task_data (task, g_strdup (folder), g_free);
  g_task_run_in_thread (task, load_thread);
}

static void
page_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneResult *self = SAG_UI_TUNE_RESULT (widget);
  g_autofree char *uri = g_filename_to_uri (sag_tune_result_get_page (self->result), NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (window_of (self), uri, GDK_CURRENT_TIME);
}

/* Writing reads a result of its own: another folder may be looked at meanwhile. */
typedef struct
{
  char *from;
  char *to;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_free (export->from);
  g_free (export->to);
  g_free (export);
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *export = data;
  GError *error = NULL;
  g_autoptr (SagTuneResult) result = sag_tune_result_load (export->from, &error);

  if (result == NULL || !sag_ui_result_export (result, export->to, cancellable, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
exported_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  SagUiTuneResult *self = SAG_UI_TUNE_RESULT (source);
  const Export *export = g_task_get_task_data (G_TASK (async));
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  self->exporting = FALSE;
  if (!g_task_propagate_boolean (G_TASK (async), &error))
    sentence = g_strdup (error->message);
  else
    /* Translators: path of a folder. */
    sentence = g_strdup_printf (_ ("The report is in %s."), export->to);
  if (self->session == NULL)
    return;
  update_actions (self);
  sag_ui_session_say (self->session, sentence);
}

void
sag_ui_tune_result_export (SagUiTuneResult *self, const char *folder)
{
  Export *export = g_new0 (Export, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, exported_cb, NULL);
  g_autofree char *name = g_path_get_basename (sag_tune_result_get_folder (self->result));

  export->from = g_strdup (sag_tune_result_get_folder (self->result));
  export->to = g_build_filename (folder, name, NULL);
  if (g_str_equal (export->from, export->to))
    {
      g_free (export->to);
      export->to = g_build_filename (folder, name, "report", NULL);
    }
  g_task_set_task_data (task, export, export_free);
  self->exporting = TRUE;
  update_actions (self);
  g_task_run_in_thread (task, export_thread);
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, SagUiTuneResult *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *folder = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  folder = file != NULL ? g_file_get_path (file) : NULL;
  if (folder != NULL && self->result != NULL)
    sag_ui_tune_result_export (self, folder);
  g_object_unref (chooser);
}

static void
export_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    _ ("Folder for the report"), window_of (SAG_UI_TUNE_RESULT (widget)),
    GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Export"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

GtkWidget *
sag_ui_tune_result_new (SagUiSession *session)
{
  SagUiTuneResult *self = g_object_new (SAG_UI_TYPE_TUNE_RESULT, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

static void
sag_ui_tune_result_dispose (GObject *object)
{
  SagUiTuneResult *self = SAG_UI_TUNE_RESULT (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  adw_bin_set_child (ADW_BIN (object), NULL); /* a bound one would be unparented behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_TUNE_RESULT);
  G_OBJECT_CLASS (sag_ui_tune_result_parent_class)->dispose (object);
}

static void
sag_ui_tune_result_finalize (GObject *object)
{
  g_clear_pointer (&SAG_UI_TUNE_RESULT (object)->result, sag_tune_result_free);
  G_OBJECT_CLASS (sag_ui_tune_result_parent_class)->finalize (object);
}

static void
sag_ui_tune_result_class_init (SagUiTuneResultClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_tune_result_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_tune_result_finalize;
  loaded_signal = g_signal_new ("loaded", SAG_UI_TYPE_TUNE_RESULT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/tune-result.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiTuneResult, stack);
  gtk_widget_class_bind_template_child (widget_class, SagUiTuneResult, failed);
  gtk_widget_class_bind_template_child (widget_class, SagUiTuneResult, sections);
  gtk_widget_class_install_action (widget_class, "result.page", NULL, page_cb);
  gtk_widget_class_install_action (widget_class, "result.export", NULL, export_cb);
}

static void
sag_ui_tune_result_init (SagUiTuneResult *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self);
}
