/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/use.h"

#include "ui/bundle/known.h"
#include "ui/bundle/page.h"

#include <glib/gi18n.h>

#define NUMBER "sag-ui-bundle-use"

/* Use: one change of the bundle, from the look at it to the opened engine. */
typedef struct
{
  SagUiSession *session;
  GtkWindow    *parent; /* weak */
  char         *folder;
  SagBundle    *bundle;
  guint         number;
} Use;

static void
use_free (Use *use)
{
  g_clear_weak_pointer (&use->parent);
  g_clear_pointer (&use->bundle, sag_bundle_unref);
  g_object_unref (use->session);
  g_free (use->folder);
  g_free (use);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Use, use_free)

static void
say_failed (SagUiSession *session, const char *message)
{
  SagBundle       *old = sag_ui_engine_get_bundle (sag_ui_session_get_engine (session));
  g_autofree char *words = NULL;

  if (old == NULL)
    {
      sag_ui_session_say (session, message);
      return;
    }
  /* Translators: a sentence on what went wrong, then the name of the model that stays open. */
  words = g_strdup_printf (_ ("%s “%s” stays open."), message, sag_bundle_get_name (old));
  sag_ui_session_say (session, words);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiEngine *engine = SAG_UI_ENGINE (source);
  g_autoptr (Use) use = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (!sag_ui_engine_open_finish (engine, result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say_failed (use->session, error->message);
      return;
    }
  if (use->folder != NULL)
    sag_ui_known_bundles_add (use->folder);
  sag_ui_last_bundle_set (use->folder);
  if (use->bundle != NULL)
    sag_ui_bundle_set_shown (use->bundle);
  /* Translators: name of a model. */
  words = g_strdup_printf (_ ("“%s” answers from now on; older answers are marked as outdated."),
                           sag_bundle_get_name (sag_ui_engine_get_bundle (engine)));
  sag_ui_session_say (use->session, words);
}

/* What was wished for last counts, whichever is looked at first: its number is the engine's. */
static guint
next_number (SagUiSession *session)
{
  GObject    *engine = G_OBJECT (sag_ui_session_get_engine (session));
  const guint number = GPOINTER_TO_UINT (g_object_get_data (engine, NUMBER)) + 1;

  g_object_set_data (engine, NUMBER, GUINT_TO_POINTER (number));
  return number;
}

static gboolean
is_newest (const Use *use)
{
  GObject *engine = G_OBJECT (sag_ui_session_get_engine (use->session));

  return GPOINTER_TO_UINT (g_object_get_data (engine, NUMBER)) == use->number;
}

static void
open_now (Use *use)
{
  sag_ui_engine_open_async (sag_ui_session_get_engine (use->session), use->folder, opened_cb, use);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Use *use;

  if (!g_str_equal (response, "use"))
    return;
  use = g_object_steal_data (G_OBJECT (dialog), "use");
  use->number = next_number (use->session);
  open_now (use);
}

static void
show_limits (Use *use)
{
  GtkWidget       *page = sag_ui_bundle_page_new ();
  g_autofree char *heading = NULL;
  GtkWidget       *dialog;

  /* Translators: name of a model. */
  heading = g_strdup_printf (_ ("Use “%s”?"), sag_bundle_get_name (use->bundle));
  dialog = adw_message_dialog_new (
    use->parent, heading,
    _ ("This model did not come with Sagitta. Look at what it was made of and what its limits are; "
       "this is asked once."));
  sag_ui_bundle_page_set_bundle (SAG_UI_BUNDLE_PAGE (page), use->bundle);
  gtk_widget_set_size_request (page, 520, 360);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), page);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "use",
                                    _ ("_Use this model"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "use",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "use");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "use", use, (GDestroyNotify) use_free);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
look_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  GError    *error = NULL;
  SagBundle *bundle = sag_bundle_load (folder, &error);

  if (bundle == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, bundle, (GDestroyNotify) sag_bundle_unref);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Use) use = user_data;
  g_autoptr (GError) error = NULL;

  use->bundle = g_task_propagate_pointer (G_TASK (result), &error);
  if (!is_newest (use))
    return;
  if (use->bundle == NULL)
    say_failed (use->session, error->message);
  else if (sag_ui_bundle_was_shown (use->bundle))
    open_now (g_steal_pointer (&use));
  else
    show_limits (g_steal_pointer (&use));
}

void
sag_ui_bundle_use (SagUiSession *session, GtkWindow *parent, const char *folder)
{
  Use *use = g_new0 (Use, 1);
  g_autoptr (GTask) task = NULL;

  use->session = g_object_ref (session);
  use->number = next_number (session);
  g_set_weak_pointer (&use->parent, parent);
  use->folder = g_strdup (folder);
  if (folder == NULL)
    {
      open_now (use);
      return;
    }
  task = g_task_new (session, NULL, looked_cb, use);
  g_task_set_task_data (task, g_strdup (folder), g_free);
  g_task_run_in_thread (task, look_thread);
}

void
sag_ui_bundle_open_first (SagUiEngine *engine, const char *folder)
{
  g_autofree char *last = folder == NULL ? sag_ui_last_bundle () : NULL;

  sag_ui_engine_open_async (engine, last != NULL ? last : folder, NULL, NULL);
}
