/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/actions.h"

#include "ui/bundle/bundles-window.h"
#include "ui/engine/words.h"

static SagUiSession *
session_of (gpointer window)
{
  return g_object_get_data (window, "bundle-session");
}

static void
closed_cb (GtkWidget *open, gpointer window)
{
  g_object_set_data (window, "bundles-window", NULL);
}

static void
bundles_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWindow *open = g_object_get_data (window, "bundles-window");

  if (open == NULL)
    {
      open = GTK_WINDOW (sag_ui_bundles_window_new (session_of (window), window));
      g_object_set_data (window, "bundles-window", open);
      g_signal_connect_object (open, "destroy", G_CALLBACK (closed_cb), window, 0);
    }
  gtk_window_present (open);
}

static void
stop_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sag_ui_engine_cancel (sag_ui_session_get_engine (session_of (window)));
}

/* Of the window, not of the action, which may live longer. */
static void
state_cb (SagUiEngine *engine, GParamSpec *pspec, GActionMap *window)
{
  SagUiEngineState state = sag_ui_engine_get_state (engine);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (window, "stop")),
                               state != SAG_UI_ENGINE_OPENING &&
                                 sag_ui_words_state (state) != NULL);
}

void
sag_ui_bundle_install_actions (GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "bundles", .activate = bundles_cb },
    { .name = "stop", .activate = stop_cb },
  };
  SagUiEngine *engine = sag_ui_session_get_engine (session);

  g_object_set_data_full (G_OBJECT (window), "bundle-session", g_object_ref (session),
                          g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (state_cb), window, 0);
  state_cb (engine, NULL, G_ACTION_MAP (window));
}
