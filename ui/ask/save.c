/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/save.h"

#include "model/answer/heatmap.h"
#include "model/core/file.h"

#include <glib/gi18n.h>
#include <string.h>

static void
write_time (SagJsonWriter *writer, const char *name, GDateTime *time)
{
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  sag_json_string (writer, name, text);
}

static void
write_opinion (SagJsonWriter *writer, const SagUiOpinion *opinion)
{
  if (opinion->label == SAG_UI_LABEL_NONE)
    return;
  sag_json_begin_object (writer, "reader");
  sag_json_string (writer, "label", sag_ui_label_to_string (opinion->label));
  sag_json_boolean (writer, "label_before_answer", opinion->label_first);
  write_time (writer, "labelled_at", opinion->labelled_at);
  write_time (writer, "answer_shown_at", opinion->seen_at);
  sag_json_end_object (writer);
}

static void
write_prevalence (SagJsonWriter *writer, SagUiResult *result)
{
  const SagAnswer *answer = sag_ui_result_get_answer (result);
  double           prevalence = sag_ui_result_get_prevalence (result);

  if (prevalence < 0 || !answer->has_class)
    return;
  sag_json_begin_object (writer, "reweighted");
  sag_json_string (writer, "meaning",
                   "the class probability under the balanced training mix, re-weighted by Bayes' "
                   "rule to a prevalence that a person gave");
  sag_json_number (writer, "prevalence", prevalence);
  sag_json_number (writer, "probability",
                   sag_ui_result_probability_at (answer->probability, prevalence));
  sag_json_end_object (writer);
}

char *
sag_ui_save_dup_answer (SagUiAsk *ask, SagUiCase *one, SagUiResult *result)
{
  const SagAnswer *answer = sag_ui_result_get_answer (result);
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *note = sag_ui_ask_dup_note_of (ask, one, result);

  g_return_val_if_fail (answer != NULL, NULL);

  sag_json_begin_object (writer, NULL);
  sag_answer_write_file (answer, sag_ui_case_get_name (one), NULL, writer);
  write_time (writer, "asked_at", sag_ui_result_get_asked_at (result));
  sag_json_number (writer, "ask_ms", sag_ui_result_get_ask_ms (result));
  if (note != NULL)
    sag_json_string (writer, "model_note", note);
  write_prevalence (writer, result);
  write_opinion (writer, sag_ui_opinion_get (one, sag_ui_result_get_text (result)));
  if (sag_ui_result_get_robust (result) != NULL)
    {
      sag_json_begin_object (writer, "robust");
      sag_robust_write (sag_ui_result_get_robust (result), writer);
      sag_json_end_object (writer);
    }
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

char *
sag_ui_save_dup_answer_name (SagUiCase *one, SagUiResult *result)
{
  g_autofree char *id = sag_answer_dup_id (sag_ui_result_get_answer (result));

  return g_strdup_printf ("%s__%s.json", sag_ui_case_get_name (one), id);
}

/* Writing waits for the disk. */

typedef struct
{
  char *path;
  char *text;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->text);
  g_free (job);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  GError    *error = NULL;

  if (sag_file_save (job->path, job->text, strlen (job->text), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sag_ui_save_text_to (
  SagUiSession *session, const char *path, char *text, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, NULL, done, user_data);
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->text = text;
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, save_thread);
}

static void
saved_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  SagUiSession    *session = SAG_UI_SESSION (source);
  const Job       *job = g_task_get_task_data (G_TASK (async));
  g_autofree char *name = sag_file_dup_display_name (job->path);
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (async), &error))
    /* Translators: %s is a file's name. */
    sentence = g_strdup_printf (_ ("%s was saved."), name);
  sag_ui_session_say (session, error != NULL ? error->message : sentence);
}

typedef struct
{
  SagUiSession *session;
  char         *text;
} Wish;

static void
wish_free (gpointer data, GClosure *closure)
{
  Wish *wish = data;

  g_clear_object (&wish->session);
  g_free (wish->text);
  g_free (wish);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  Wish *wish = user_data;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    sag_ui_save_text_to (wish->session, path, g_steal_pointer (&wish->text), saved_cb, NULL);
  else if (file != NULL)
    sag_ui_session_say (wish->session, _ ("Only files on this computer can be written."));
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

void
sag_ui_save_text (
  GtkWidget *parent, SagUiSession *session, const char *title, const char *name, char *text)
{
  GtkRoot              *root = gtk_widget_get_root (parent);
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                 GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
  Wish *wish = g_new0 (Wish, 1);

  wish->session = g_object_ref (session);
  wish->text = text;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), wish, wish_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
