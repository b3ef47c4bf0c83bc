/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/found.h"

#include "model/store/implicit.h"
#include "ui/project/choose.h"
#include "ui/project/project.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PROJECT "sag-ui-found-project"
#define MOST_NAMES 3

/* A question about the first of @found; the others come after it. */
typedef struct
{
  GWeakRef      window;
  SagUiSession *session;
  GPtrArray    *found;
  guint         serial; /* of the project that was open when it was asked */
} Question;

static void ask_next (Question *question);

static void
question_free (Question *question)
{
  g_weak_ref_clear (&question->window);
  g_object_unref (question->session);
  g_ptr_array_unref (question->found);
  g_free (question);
}

/* Words */

static char *
dup_amount (const SagImplicitCase *one)
{
  g_autofree char *masks =
    g_strdup_printf (ngettext ("%u mask", "%u masks", one->n_masks), one->n_masks);
  g_autofree char *labels =
    g_strdup_printf (ngettext ("%u label", "%u labels", one->n_labels), one->n_labels);

  if (one->n_masks > 0 && one->n_labels > 0)
    /* Translators: "2 masks", then "3 labels", then the name of a scan. */
    return g_strdup_printf (_ ("%s and %s on %s"), masks, labels, one->name);
  /* Translators: "2 masks", then the name of a scan. */
  return g_strdup_printf (_ ("%s on %s"), one->n_masks > 0 ? masks : labels, one->name);
}

static char *
dup_sentence (const SagImplicit *found)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GDateTime) changed = g_date_time_new_from_unix_local (found->changed);
  g_autofree char *when = changed != NULL ? g_date_time_format (changed, "%x %H:%M") : NULL;
  const guint      n = MIN (found->cases->len, MOST_NAMES);

  for (guint c = 0; c < n; c++)
    {
      g_autofree char *amount = dup_amount (g_ptr_array_index (found->cases, c));

      g_string_append_printf (all, "%s%s", c > 0 ? ", " : "", amount);
    }
  if (found->cases->len > n)
    /* Translators: after the names of some scans: how many others. */
    g_string_append_printf (all,
                            ngettext (", %u other scan", ", %u other scans", found->cases->len - n),
                            found->cases->len - n);
  /* Translators: "2 masks on ct.nii.gz", then day and time. */
  return g_strdup_printf (_ ("%s, last changed %s."), all->str, when != NULL ? when : "–");
}

/* Answers */

static void
remove_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (sag_implicit_remove (path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_signal_emit_by_name (source, "problem", error->message);
}

static void
discard (SagUiProject *project, const char *path)
{
  g_autoptr (GTask) task = g_task_new (project, NULL, removed_cb, NULL);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, remove_thread);
}

static gboolean
has_project (SagUiProject *project)
{
  return sag_ui_project_get_store (project) != NULL;
}

/* There may be other work by now, too. */
static void
go_on (SagUiProject *project, const char *path, GFile *save_as)
{
  if (sag_ui_project_get_home (project) == NULL)
    sag_ui_project_open_found (project, path, save_as);
  else if (has_project (project) && sag_ui_project_can_write (project))
    sag_ui_project_take_found (project, path);
  else
    g_signal_emit_by_name (
      project, "problem",
      has_project (project)
        ? _ ("The project that is open can only be looked at: what was found is offered at the "
             "next start.")
        : _ ("There is other work in no project by now. Save that in a project: what was found is "
             "offered at the next start."));
}

static void
chosen (GtkWindow *window, GFile *file, const char *path)
{
  SagUiProject *project = g_object_get_data (G_OBJECT (window), PROJECT);

  /* It was to be a new one: nobody said that it should join this. */
  if (has_project (project))
    g_signal_emit_by_name (project, "problem",
                           _ ("Another project was opened meanwhile; nothing was done."));
  else
    go_on (project, path, file);
}

static void
choose (GtkWindow *window, SagUiProject *project, const char *path)
{
  g_object_set_data_full (G_OBJECT (window), PROJECT, g_object_ref (project), g_object_unref);
  sag_ui_project_choose (window, _ ("New Project"), _ ("Project.sagitta"), NULL, path, NULL,
                         chosen);
}

/* What can be answered depends on the project that was open when it was asked. */
static gboolean
is_outdated (const Question *question, const char *response)
{
  SagUiProject  *project = sag_ui_project_get (question->session);
  const gboolean joins = g_str_equal (response, "join");
  const gboolean opens = g_str_equal (response, "open") || g_str_equal (response, "save");

  /* Work that gets a name keeps its number. */
  return opens ? has_project (project)
               : joins && question->serial != sag_ui_project_get_serial (project);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, Question *question)
{
  SagUiProject *project = sag_ui_project_get (question->session);
  g_autoptr (GtkWindow) window = g_weak_ref_get (&question->window);
  g_autoptr (SagImplicit) first = NULL;

  if (is_outdated (question, response))
    {
      ask_next (question);
      return;
    }
  first = g_ptr_array_steal_index (question->found, 0);
  if (g_str_equal (response, "open") || g_str_equal (response, "join"))
    go_on (project, first->path, NULL);
  else if (g_str_equal (response, "save") && window != NULL)
    choose (window, project, first->path);
  else if (g_str_equal (response, "discard"))
    discard (project, first->path);
  /* What was opened is in the window now; what else there is comes the next time. */
  if (g_str_equal (response, "discard") || g_str_equal (response, "join"))
    ask_next (question);
  else
    question_free (question);
}

static void
add_responses (AdwMessageDialog *dialog, SagUiProject *project)
{
  const char *suggested = NULL;

  adw_message_dialog_add_responses (dialog, "later", _ ("_Later"), "discard", _ ("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (dialog, "later");
  adw_message_dialog_set_default_response (dialog, "later");
  if (!has_project (project))
    {
      adw_message_dialog_add_responses (dialog, "save", _ ("_Save into a Project…"), "open",
                                        _ ("_Open"), NULL);
      suggested = "open";
    }
  else if (sag_ui_project_can_write (project))
    {
      adw_message_dialog_add_response (dialog, "join", _ ("_Save into This Project"));
      suggested = "join";
    }
  /* One that is only looked at takes nothing. */
  if (suggested == NULL)
    return;
  adw_message_dialog_set_response_appearance (dialog, suggested, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, suggested);
}

static void
ask_next (Question *question)
{
  SagUiProject *project = sag_ui_project_get (question->session);
  g_autoptr (GtkWindow) window = g_weak_ref_get (&question->window);
  GtkWidget       *dialog;
  g_autofree char *sentence = NULL;

  while (question->found->len > 0 &&
         ((const SagImplicit *) question->found->pdata[0])->problem != NULL)
    {
      g_autoptr (SagImplicit) first = g_ptr_array_steal_index (question->found, 0);
      g_autofree char *problem = g_strdup_printf (
        /* Translators: %s is a whole sentence that says why. */
        _ ("Work that was not in a project cannot be read: %s"), first->problem);

      g_signal_emit_by_name (project, "problem", problem);
    }
  if (window == NULL || question->found->len == 0)
    {
      question_free (question);
      return;
    }
  question->serial = sag_ui_project_get_serial (project);
  sentence = dup_sentence (question->found->pdata[0]);
  dialog =
    adw_message_dialog_new (window, _ ("Work That Was Not in a Project Was Found"), sentence);
  add_responses (ADW_MESSAGE_DIALOG (dialog), project);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), question);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
sag_ui_found_show (GtkWindow *window, SagUiSession *session, GPtrArray *found)
{
  Question *question = g_new0 (Question, 1);

  g_weak_ref_init (&question->window, window);
  question->session = g_object_ref (session);
  question->found = g_ptr_array_ref (found);
  ask_next (question);
}

/* Looking */

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, sag_implicit_list (), (GDestroyNotify) g_ptr_array_unref);
}

static void
looked_cb (GObject *window, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiSession) session = user_data;
  g_autoptr (GPtrArray) found = g_task_propagate_pointer (G_TASK (result), NULL);

  if (found != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)))
    sag_ui_found_show (GTK_WINDOW (window), session, found);
}

void
sag_ui_found_offer (GtkWindow *window, SagUiSession *session)
{
  static gboolean asked;
  g_autoptr (GTask) task = NULL;

  if (asked)
    return;
  asked = TRUE;
  task = g_task_new (window, NULL, looked_cb, g_object_ref (session));
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_task_run_in_thread (task, look_thread);
}
