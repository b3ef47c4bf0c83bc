/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/calibration-window.h"

#include "model/bundle/manifest.h"
#include "ui/bundle/calibrate.h"
#include "ui/project/project.h"
#include "ui/tune/plot-view.h"

#include <glib/gi18n.h>

struct _SagUiCalibrationWindow
{
  AdwWindow parent;

  SagUiSession *session;
  SagBundle    *bundle;      /* nullable */
  GCancellable *cancellable; /* while something is under way */
  gboolean      saves;

  GtkBox    *content;
  GtkWidget *busy;
  GtkLabel  *message;
  GtkBox    *texts;
  GtkLabel  *about;
  GtkWidget *tuned;
};

G_DEFINE_FINAL_TYPE (SagUiCalibrationWindow, sag_ui_calibration_window, ADW_TYPE_WINDOW)

gboolean
sag_ui_calibration_window_is_busy (SagUiCalibrationWindow *self)
{
  return self->cancellable != NULL;
}

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
say (SagUiCalibrationWindow *self, const char *sentence)
{
  gtk_label_set_text (self->message, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), sentence != NULL);
}

static void
update_actions (SagUiCalibrationWindow *self)
{
  GtkWidget    *widget = GTK_WIDGET (self);
  SagUiProject *project = sag_ui_project_get (self->session);
  gboolean      idle = self->cancellable == NULL && self->bundle != NULL;

  gtk_widget_action_set_enabled (widget, "calibration.report", idle);
  gtk_widget_action_set_enabled (widget, "calibration.project",
                                 idle && sag_ui_project_get_store (project) != NULL);
  gtk_widget_set_visible (self->busy, self->cancellable != NULL && self->saves);
}

/* A text that has a calibration */

static char *
dup_number (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.2f", value < 0 ? -value : value);
  return g_strconcat (value < 0 ? "\xe2\x88\x92" : "", buffer, NULL);
}

static char *
dup_rests_on (const SagCalibrationTask *task)
{
  double           n = (double) (task->n_positives + task->n_negatives);
  g_autofree char *bias = dup_number (task->bias);
  g_autofree char *slope = dup_number (task->slope);

  /* Translators: what a calibration rests on: numbers of cases, a share in per cent, a date, two numbers. */
  return g_strdup_printf (_ ("%u positive and %u negative cases (%.0f %% positive), made on %s. "
                             "Calibrated logit = %s + %s × logit."),
                          (guint) task->n_positives, (guint) task->n_negatives,
                          100 * (double) task->n_positives / n, task->date, bias, slope);
}

static gboolean
is_same (SagBundle *a, SagBundle *b)
{
  return a != NULL && b != NULL &&
         g_str_equal (sag_bundle_get_sha256 (a), sag_bundle_get_sha256 (b));
}

static GtkWidget *
ask (SagUiCalibrationWindow *self, const char *heading, const char *body, const char *verb)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "do",
                                    verb, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
remove_answered_cb (GtkWidget *dialog, const char *response, SagUiCalibrationWindow *self)
{
  SagBundle *bundle = g_object_get_data (G_OBJECT (dialog), "bundle");

  if (g_str_equal (response, "do") && is_same (bundle, self->bundle))
    sag_ui_calibration_window_remove (self, g_object_get_data (G_OBJECT (dialog), "text"));
}

static void
remove_cb (GtkButton *button, SagUiCalibrationWindow *self)
{
  const char      *text = g_object_get_data (G_OBJECT (button), "text");
  g_autofree char *body =
    /* Translators: a text that the model is asked. */
    g_strdup_printf (_ ("The calibration of “%s” is gone then. Another one takes a report or a "
                        "measurement."),
                     text);
  GtkWidget *dialog = ask (self, _ ("Remove the Calibration?"), body, _ ("_Remove"));

  g_object_set_data_full (G_OBJECT (dialog), "text", g_strdup (text), g_free);
  g_object_set_data_full (G_OBJECT (dialog), "bundle", sag_bundle_ref (self->bundle),
                          (GDestroyNotify) sag_bundle_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_answered_cb), self, 0);
}

static GtkWidget *
make_remove (SagUiCalibrationWindow *self, const char *text)
{
  GtkWidget       *button = gtk_button_new_with_label (_ ("Remove"));
  g_autofree char *spoken =
    /* Translators: a text that the model is asked. */
    g_strdup_printf (_ ("Remove the calibration of “%s”"), text);

  g_object_set_data_full (G_OBJECT (button), "text", g_strdup (text), g_free);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, 0);
  return button;
}

static GtkWidget *
make_text (SagUiCalibrationWindow *self, const SagCalibrationTask *task)
{
  SagPlotWords     words = { .title = _ ("Reliability"),
                             .x = _ ("Probability"),
                             .y = _ ("Share of positives"),
                             .names = { _ ("As the model gives it"), _ ("Calibrated") } };
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *rests_on = dup_rests_on (task);
  g_autofree char *spoken =
    /* Translators: a text that the model is asked. */
    g_strdup_printf (_ ("Reliability diagram of “%s”"), task->text);
  GtkWidget *plot = sag_ui_plot_view_new (sag_plot_new_calibration (task, &words), spoken);

  gtk_widget_set_halign (plot, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), make_label (task->text, "heading"));
  gtk_box_append (GTK_BOX (box), make_label (rests_on, NULL));
  gtk_box_append (GTK_BOX (box), plot);
  gtk_box_append (GTK_BOX (box), make_remove (self, task->text));
  return box;
}

static void
show (SagUiCalibrationWindow *self, const SagUiCalibrated *calibrated)
{
  gsize n =
    calibrated->calibration != NULL ? sag_calibration_get_n_tasks (calibrated->calibration) : 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->texts))) != NULL)
    gtk_box_remove (self->texts, child);
  if (n == 0)
    gtk_box_append (self->texts, make_label (_ ("This model has no calibration here: its numbers "
                                                "are marked “uncalibrated”."),
                                             NULL));
  for (gsize t = 0; t < n; t++)
    gtk_box_append (self->texts,
                    make_text (self, sag_calibration_get_task (calibrated->calibration, t)));
}

static void
say_refusals (SagUiCalibrationWindow *self, const GPtrArray *refusals)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint r = 0; refusals != NULL && r < refusals->len; r++)
    g_string_append_printf (text, "%s%s", r > 0 ? "\n" : "", (const char *) refusals->pdata[r]);
  say (self, text->len > 0 ? text->str : NULL);
}

static void
tell (SagUiCalibrationWindow *self, const SagUiCalibrated *calibrated)
{
  SagUiEngine *engine = sag_ui_session_get_engine (self->session);
  const char  *sha256 =
    calibrated->calibration != NULL ? sag_calibration_get_sha256 (calibrated->calibration) : NULL;

  sag_ui_engine_set_calibration (engine, sha256);
  if (self->saves)
    sag_ui_session_offer (self->session,
                          _ ("The calibration has changed; older answers are marked as outdated."),
                          _ ("Ask again"), "ask.again-all");
}

static void
done_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  g_autoptr (SagUiCalibrationWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCalibrated) calibrated = sag_ui_calibrate_finish (async, &error);

  if (self->session == NULL || self->cancellable != g_task_get_cancellable (G_TASK (async)))
    return; /* closed, or about another model, meanwhile */
  g_clear_object (&self->cancellable);
  if (calibrated != NULL)
    {
      tell (self, calibrated);
      show (self, calibrated);
      say_refusals (self, calibrated->refusals);
    }
  else
    say (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? NULL : error->message);
  self->saves = FALSE;
  update_actions (self);
}

static void
start (SagUiCalibrationWindow *self, SagUiCalibrateDeed deed, const char *what)
{
  if (self->cancellable != NULL || self->bundle == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->saves = deed != SAG_UI_CALIBRATE_LOOK;
  say (self, NULL);
  update_actions (self);
  sag_ui_calibrate_async (self->bundle, deed, what, self->cancellable, done_cb,
                          g_object_ref (self));
}

void
sag_ui_calibration_window_use (SagUiCalibrationWindow *self, const char *path)
{
  start (self,
         g_str_has_suffix (path, ".json") ? SAG_UI_CALIBRATE_REPORT : SAG_UI_CALIBRATE_PROJECT,
         path);
}

void
sag_ui_calibration_window_remove (SagUiCalibrationWindow *self, const char *text)
{
  start (self, SAG_UI_CALIBRATE_REMOVE, text);
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, SagUiCalibrationWindow *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL)
    start (self, SAG_UI_CALIBRATE_REPORT, path);
  g_object_unref (chooser);
}

static void
report_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (_ ("Report of a measurement (report.json)"), GTK_WINDOW (widget),
                                 GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Calibrate"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Reports"));
  gtk_file_filter_add_pattern (filter, "*.json");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
project_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCalibrationWindow *self = SAG_UI_CALIBRATION_WINDOW (widget);
  SagStore               *store = sag_ui_project_get_store (sag_ui_project_get (self->session));
  g_autofree char        *path = store != NULL ? sag_store_dup_path (store) : NULL;

  if (path != NULL)
    start (self, SAG_UI_CALIBRATE_PROJECT, path);
}

static void
stop_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_cancellable_cancel (SAG_UI_CALIBRATION_WINDOW (widget)->cancellable);
}

/* It learned from cases of a project: on those its numbers are better than elsewhere. */
static gboolean
is_tuned (SagBundle *bundle)
{
  const SagManifest *manifest = sag_bundle_get_manifest (bundle);

  for (guint i = 0; i < manifest->notes->len; i++)
    if (g_str_equal (((const SagBundleNote *) manifest->notes->pdata[i])->key, "labels"))
      return TRUE;
  return FALSE;
}

/* The same model with another engine or precision leaves what is under way alone. */
static void
bundle_cb (SagUiEngine *engine, SagUiCalibrationWindow *self)
{
  SagBundle       *bundle = sag_ui_engine_get_bundle (engine);
  g_autofree char *about = NULL;

  if (self->cancellable != NULL && is_same (bundle, self->bundle))
    return;
  if (self->cancellable != NULL && self->saves)
    sag_ui_session_say (self->session,
                        _ ("The calibration was stopped: another model was opened."));
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->bundle, sag_bundle_unref);
  self->bundle = bundle != NULL ? sag_bundle_ref (bundle) : NULL;
  if (bundle == NULL)
    about = g_strdup (_ ("No model is open."));
  else
    /* Translators: name of a model. */
    about = g_strdup_printf (
      _ ("What the numbers of “%s” mean among cases of yours. Each text takes at least 20 positive "
         "and 20 negative cases. The calibration lies beside the model, which itself does not "
         "change, and holds where patients, scanners and prevalence are like those of its cases."),
      sag_bundle_get_name (bundle));
  gtk_widget_set_visible (self->tuned, bundle != NULL && is_tuned (bundle));
  gtk_label_set_text (self->about, about);
  start (self, SAG_UI_CALIBRATE_LOOK, NULL);
  update_actions (self);
}

static GtkWidget *
make_button (const char *label, const char *action, const char *hint)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, hint);
  return button;
}

static GtkWidget *
make_bar (void)
{
  GtkWidget *bar = adw_header_bar_new ();

  adw_header_bar_pack_start (ADW_HEADER_BAR (bar),
                             make_button (_ ("From a _report…"), "calibration.report",
                                          _ ("report.json of a training, or of sagitta-cli "
                                             "evaluate")));
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar),
                             make_button (_ ("From the open _project"), "calibration.project",
                                          _ ("Measures the model on all labelled cases; labels "
                                             "made after an answer was seen do not count")));
  return bar;
}

static GtkWidget *
make_busy (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_box_append (GTK_BOX (box), spinner);
  gtk_box_append (GTK_BOX (box), make_label (_ ("Measuring the model on these cases…"), NULL));
  gtk_box_append (GTK_BOX (box), make_button (_ ("_Stop"), "calibration.stop", _ ("Stop")));
  return box;
}

static void
build (SagUiCalibrationWindow *self)
{
  GtkWidget *whole = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->content = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 14));
  self->about = GTK_LABEL (make_label (NULL, "dim-label"));
  self->tuned =
    make_label (_ ("This model was fine-tuned on a project. Take cases that it has not learned "
                   "from, as the report of its training does: on the others its numbers look "
                   "better than they are."),
                "model-note");
  self->busy = make_busy ();
  self->message = GTK_LABEL (make_label (NULL, "scope-note"));
  self->texts = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 22));
  gtk_widget_set_visible (GTK_WIDGET (self->message), FALSE);
  gtk_widget_set_visible (self->busy, FALSE);
  g_object_set (self->content, "margin-start", 18, "margin-end", 18, "margin-top", 12,
                "margin-bottom", 18, NULL);
  gtk_box_append (self->content, GTK_WIDGET (self->about));
  gtk_box_append (self->content, self->tuned);
  gtk_box_append (self->content, self->busy);
  gtk_box_append (self->content, GTK_WIDGET (self->message));
  gtk_box_append (self->content, GTK_WIDGET (self->texts));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->content));
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (whole), make_bar ());
  gtk_box_append (GTK_BOX (whole), scroller);
  adw_window_set_content (ADW_WINDOW (self), whole);
}

static void
close_answered_cb (GtkWidget *dialog, const char *response, SagUiCalibrationWindow *self)
{
  if (g_str_equal (response, "do"))
    gtk_window_destroy (GTK_WINDOW (self));
}

/* A measurement can have taken long: it is not thrown away without a word. */
static gboolean
sag_ui_calibration_window_close_request (GtkWindow *window)
{
  SagUiCalibrationWindow *self = SAG_UI_CALIBRATION_WINDOW (window);
  GtkWidget              *dialog;

  if (self->cancellable == NULL || !self->saves)
    return GTK_WINDOW_CLASS (sag_ui_calibration_window_parent_class)->close_request (window);
  dialog = ask (self, _ ("Stop the Measurement?"),
                _ ("What was measured so far is lost when this window closes."), _ ("_Stop"));
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_answered_cb), self, 0);
  return TRUE;
}

/* Two of them could save over each other. */
static SagUiCalibrationWindow *
find_window (SagUiSession *session)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *at = all; at != NULL; at = at->next)
    if (SAG_UI_IS_CALIBRATION_WINDOW (at->data) &&
        SAG_UI_CALIBRATION_WINDOW (at->data)->session == session)
      return at->data;
  return NULL;
}

SagUiCalibrationWindow *
sag_ui_calibration_window_present (SagUiSession *session, GtkWindow *parent)
{
  SagUiCalibrationWindow *self = find_window (session);
  SagUiEngine            *engine = sag_ui_session_get_engine (session);

  if (self != NULL)
    {
      gtk_window_set_transient_for (GTK_WINDOW (self), parent);
      gtk_window_present (GTK_WINDOW (self));
      return self;
    }
  self = g_object_new (SAG_UI_TYPE_CALIBRATION_WINDOW, "title", _ ("Calibration"), "default-width",
                       660, "default-height", 640, "destroy-with-parent", TRUE, "transient-for",
                       parent, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (engine, "bundle-changed", G_CALLBACK (bundle_cb), self, 0);
  g_signal_connect_object (sag_ui_project_get (session), "opened", G_CALLBACK (update_actions),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_project_get (session), "closing", G_CALLBACK (update_actions),
                           self, G_CONNECT_SWAPPED);
  bundle_cb (engine, self);
  gtk_window_present (GTK_WINDOW (self));
  return self;
}

static void
sag_ui_calibration_window_dispose (GObject *object)
{
  SagUiCalibrationWindow *self = SAG_UI_CALIBRATION_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->bundle, sag_bundle_unref);
  G_OBJECT_CLASS (sag_ui_calibration_window_parent_class)->dispose (object);
}

static void
sag_ui_calibration_window_class_init (SagUiCalibrationWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_calibration_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = sag_ui_calibration_window_close_request;
  gtk_widget_class_install_action (widget_class, "calibration.report", NULL, report_cb);
  gtk_widget_class_install_action (widget_class, "calibration.project", NULL, project_cb);
  gtk_widget_class_install_action (widget_class, "calibration.stop", NULL, stop_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sag_ui_calibration_window_init (SagUiCalibrationWindow *self)
{
  build (self);
}
