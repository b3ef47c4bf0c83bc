/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/tune-actions.h"

#include "ui/tune/tune-window.h"

#include <glib/gi18n.h>

#define WINDOW "sag-ui-tune-window"
#define SESSION "sag-ui-tune-session"
#define RUNS "sag-ui-tune-runs"

static void
gone_cb (GtkWidget *tune, gpointer window)
{
  g_object_set_data (window, WINDOW, NULL);
}

static void
show_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWindow *tune = g_object_get_data (window, WINDOW);

  if (tune == NULL)
    {
      tune = GTK_WINDOW (sag_ui_tune_window_new (g_object_get_data (window, SESSION), window));
      g_object_set_data (window, WINDOW, tune);
      g_signal_connect_object (tune, "destroy", G_CALLBACK (gone_cb), window, 0);
    }
  gtk_window_present (tune);
}

static const char *
get_sentence (SagUiTuneStage stage)
{
  switch (stage)
    {
    case SAG_UI_TUNE_DONE:
      return _ ("The training is done.");
    case SAG_UI_TUNE_STOPPED:
      return NULL; /* as the person wished */
    default:
      return _ ("The training ended before it was done.");
    }
}

/* Where its window is open one sees it there. */
static void
ended_cb (SagUiTuneRuns *runs, SagUiTuneRun *run, gpointer window)
{
  const char *sentence = get_sentence (sag_ui_tune_run_get_stage (run));

  if (sentence != NULL && g_object_get_data (window, WINDOW) == NULL)
    sag_ui_session_offer (g_object_get_data (window, SESSION), sentence, _ ("Look"), "tune.show");
}

static void
shown_cb (GtkWidget *window, SagUiSession *session)
{
  SagUiTuneRuns *runs = g_object_get_data (G_OBJECT (window), RUNS);

  g_signal_handlers_disconnect_by_func (window, shown_cb, session);
  if (sag_ui_tune_runs_find_working (runs) != NULL)
    sag_ui_session_offer (session, _ ("A training goes on."), _ ("Look"), "tune.show");
}

void
sag_ui_tune_install_actions (GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entries[] = { { .name = "show", .activate = show_action } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  SagUiTuneRuns *runs = sag_ui_tune_runs_get_default ();

  g_object_set_data_full (G_OBJECT (window), SESSION, g_object_ref (session), g_object_unref);
  g_object_set_data_full (G_OBJECT (window), RUNS, runs, g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), window);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "tune", G_ACTION_GROUP (group));
  g_signal_connect_object (runs, "ended", G_CALLBACK (ended_cb), window, 0);
  g_signal_connect_object (window, "map", G_CALLBACK (shown_cb), session, 0);
}
