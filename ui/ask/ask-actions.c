/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/ask-pane-private.h"
#include "ui/ask/catalogue-window.h"
#include "ui/ask/scope-note.h"
#include "ui/base/settings.h"

#include <glib/gi18n.h>

static void
focus_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiAskPane *pane = user_data;

  gtk_widget_activate_action (GTK_WIDGET (pane), "win.pane", "s", "ask");
  gtk_widget_grab_focus (GTK_WIDGET (sag_ui_ask_pane_get_entry (pane)));
}

static void
again_all_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiAsk  *ask = sag_ui_ask_pane_get_ask (user_data);
  SagUiCase *one = sag_ui_ask_get_case (ask);

  if (one != NULL)
    sag_ui_ask_again_all (ask, one);
}

static void
force_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiAsk  *ask = sag_ui_ask_pane_get_ask (user_data);
  SagUiCase *one = sag_ui_ask_get_case (ask);

  if (one != NULL)
    sag_ui_ask_anyway (user_data, ask, one);
}

/* The card is of the table's scan, which need not be shown any more. */
static void
row_cb (SagUiCatalogueWindow *window, const char *text, SagUiAskPane *pane)
{
  SagUiSession *session = sag_ui_ask_get_session (sag_ui_ask_pane_get_ask (pane));
  SagUiCases   *cases = sag_ui_session_get_cases (session);
  SagUiCase    *one = sag_ui_catalogue_window_get_case (window);

  if (sag_ui_cases_index_of (cases, one) == G_MAXUINT)
    {
      sag_ui_session_say (session, _ ("The scan was closed."));
      return;
    }
  sag_ui_cases_set_current (cases, one);
  sag_ui_ask_pane_ask (pane, text);
}

static void
catalogue_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiAsk  *ask = sag_ui_ask_pane_get_ask (user_data);
  SagUiCase *one = sag_ui_ask_get_case (ask);
  GtkRoot   *root = gtk_widget_get_root (user_data);
  GtkWindow *window;

  if (one == NULL)
    return;
  window = sag_ui_catalogue_window_new (ask, one);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (window, GTK_WINDOW (root));
  g_signal_connect_object (window, "ask", G_CALLBACK (row_cb), user_data, 0);
  gtk_window_present (window);
}

/* "ask.peak" is "card.peak" of the card that is meant. */
static void
card_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiCard       *card = sag_ui_ask_pane_get_card (user_data);
  g_autofree char *name = g_strconcat ("card.", g_action_get_name (G_ACTION (action)), NULL);

  if (card != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (card), name, parameter);
}

GActionGroup *
sag_ui_ask_pane_make_actions (SagUiAskPane *self)
{
  static const GActionEntry entries[] = {
    { .name = "focus", .activate = focus_cb },
    { .name = "catalogue", .activate = catalogue_cb },
    { .name = "again-all", .activate = again_all_cb },
    { .name = "force", .activate = force_cb },
    { .name = "peak", .activate = card_cb },
    { .name = "map", .activate = card_cb },
    { .name = "star", .activate = card_cb },
    { .name = "again", .activate = card_cb },
    { .name = "remove", .activate = card_cb },
    { .name = "evidence", .activate = card_cb },
    { .name = "robust", .activate = card_cb },
    { .name = "cancel", .activate = card_cb },
    { .name = "compare", .activate = card_cb },
    { .name = "details", .activate = card_cb },
    { .name = "copy-text", .activate = card_cb },
    { .name = "save", .activate = card_cb },
  };
  GSimpleActionGroup *group = g_simple_action_group_new ();
  g_autoptr (GPropertyAction) read_first =
    g_property_action_new ("read-first", sag_ui_ask_pane_get_ask (self), "read-first");

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (read_first));
  g_settings_bind (sag_ui_settings_get (), "read-first", sag_ui_ask_pane_get_ask (self),
                   "read-first", G_SETTINGS_BIND_DEFAULT);
  return G_ACTION_GROUP (group);
}
