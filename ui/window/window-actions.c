/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/keymap.h"
#include "ui/case/loss.h"
#include "ui/case/recent.h"
#include "ui/project/project.h"
#include "ui/window/about.h"
#include "ui/window/keys.h"
#include "ui/window/preferences.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>

static void
open_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_window_choose (self, FALSE);
}

static void
open_folder_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_window_choose (self, TRUE);
}

static void
open_file_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  sag_ui_window_open (self, &file, 1);
}

static void
clear_recent_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_recent_clear (sag_ui_recent_get_default ());
}

static void
demo_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_window_open_demo (self);
}

static SagUiCases *
get_cases (gpointer self)
{
  return sag_ui_session_get_cases (SAG_UI_WINDOW (self)->session);
}

static void
next_case_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_cases_step (get_cases (self), 1);
}

static void
previous_case_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_cases_step (get_cases (self), -1);
}

static void
close_case_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  SagUiCase *one = sag_ui_cases_get_current (get_cases (self));

  if (one != NULL)
    sag_ui_case_list_close (SAG_UI_WINDOW (self)->case_list, one);
}

static void
cancel_reading_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_cases_give_up (get_cases (self));
}

static void
cancel_search_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_searching_cancel (SAG_UI_WINDOW (self)->searching);
}

static void
side_by_side_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_window_show_prior (self);
}

static void
undo_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiWindow *self = user_data;

  if (self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
  sag_ui_journal_undo (sag_ui_session_get_journal (self->session));
}

static void
redo_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_journal_redo (sag_ui_session_get_journal (SAG_UI_WINDOW (self)->session));
}

/* Esc: out of a text, or out of a pane that lies over the views, back to looking. */
static void
focus_views_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiWindow *self = user_data;

  if (adw_flap_get_folded (self->tools_flap))
    adw_flap_set_reveal_flap (self->tools_flap, FALSE);
  if (adw_flap_get_folded (self->cases_flap))
    adw_flap_set_reveal_flap (self->cases_flap, FALSE);
  gtk_widget_child_focus (GTK_WIDGET (self->views), GTK_DIR_TAB_FORWARD);
}

/* Not a property action: it would keep the window alive. */
static void
fullscreen_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_object_set (self, "fullscreened", !gtk_window_is_fullscreen (self), NULL);
}

/* What the pane on the right shows is also the mode that letters belong to. */
static void
pane_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiWindow *self = user_data;
  GtkWidget   *focus;

  gtk_stack_set_visible_child_name (self->tools, g_variant_get_string (parameter, NULL));
  adw_flap_set_reveal_flap (self->tools_flap, TRUE);
  /* A text of the pane that went would go on to swallow the letters. */
  focus = gtk_window_get_focus (GTK_WINDOW (self));
  if (focus != NULL && !gtk_widget_get_mapped (focus))
    gtk_widget_child_focus (GTK_WIDGET (self->views), GTK_DIR_TAB_FORWARD);
}

static void
show_keys_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_keys_present (self);
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_preferences_present (self);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_about_present (self);
}

static const GActionEntry entries[] = {
  { .name = "open", .activate = open_cb },
  { .name = "open-folder", .activate = open_folder_cb },
  { .name = "open-file", .activate = open_file_cb, .parameter_type = "s" },
  { .name = "clear-recent", .activate = clear_recent_cb },
  { .name = "demo", .activate = demo_cb },
  { .name = "next-case", .activate = next_case_cb },
  { .name = "previous-case", .activate = previous_case_cb },
  { .name = "close-case", .activate = close_case_cb },
  { .name = "cancel-reading", .activate = cancel_reading_cb },
  { .name = "cancel-search", .activate = cancel_search_cb },
  { .name = "side-by-side", .activate = side_by_side_cb },
  { .name = "undo", .activate = undo_cb },
  { .name = "redo", .activate = redo_cb },
  { .name = "focus-views", .activate = focus_views_cb },
  { .name = "fullscreen", .activate = fullscreen_cb },
  { .name = "pane", .activate = pane_cb, .parameter_type = "s" },
  { .name = "show-keys", .activate = show_keys_cb },
  { .name = "preferences", .activate = preferences_cb },
  { .name = "about", .activate = about_cb },
};

static void
enable (SagUiWindow *self, const char *name, gboolean is_enabled)
{
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), is_enabled);
}

static void
cases_cb (SagUiWindow *self)
{
  SagUiCases *cases = get_cases (self);
  SagUiCase  *one = sag_ui_cases_get_current (cases);
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (cases));
  guint       index = one != NULL ? sag_ui_cases_index_of (cases, one) : 0;

  enable (self, "next-case", one != NULL && index + 1 < n);
  enable (self, "previous-case", one != NULL && index > 0);
  enable (self, "close-case", one != NULL);
}

static void
journal_cb (SagUiWindow *self)
{
  SagUiJournal *journal = sag_ui_session_get_journal (self->session);

  enable (self, "undo", sag_ui_journal_get_undo_title (journal) != NULL);
  enable (self, "redo", sag_ui_journal_get_redo_title (journal) != NULL);
}

/* Files of the same name are told apart by their folder. */
static void
append_recent (GMenu *section, GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *name = sag_ui_recent_dup_name (file);
  g_autofree char *folder = g_filename_display_basename (parent);
  /* Translators: a file and the folder it is in. */
  g_autofree char *label = g_strdup_printf (_ ("%s (%s)"), name, folder);
  g_auto (GStrv) pieces = g_strsplit (label, "_", -1);
  g_autofree char *escaped = g_strjoinv ("__", pieces);
  g_autoptr (GMenuItem) item = g_menu_item_new (escaped, NULL);

  g_menu_item_set_action_and_target (item, "win.open-file", "s", uri);
  g_menu_append_item (section, item);
}

static GMenuModel *
create_recent (void)
{
  g_autoptr (GPtrArray) files = sag_ui_recent_dup_files (sag_ui_recent_get_default ());
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) clear = g_menu_new ();
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < files->len; i++)
    append_recent (section, files->pdata[i]);
  if (files->len > 0)
    {
      g_menu_append_section (menu, _ ("Recent"), G_MENU_MODEL (section));
      g_menu_append (clear, _ ("_Clear the List"), "win.clear-recent");
      g_menu_append_section (menu, NULL, G_MENU_MODEL (clear));
    }
  return G_MENU_MODEL (menu);
}

static void
menus_cb (SagUiWindow *self)
{
  SagUiKeymap *keymap = sag_ui_keymap_get_default ();
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/io/github/sagittact/Sagitta/menus.ui");
  GMenu *open = G_MENU (gtk_builder_get_object (builder, "open_menu"));
  g_autoptr (GMenuModel) recent = create_recent ();
  g_autoptr (GMenuModel) main_menu = NULL;
  g_autoptr (GMenuModel) open_menu = NULL;

  g_menu_append_section (open, NULL, recent);
  main_menu =
    sag_ui_keymap_dup_menu (keymap, G_MENU_MODEL (gtk_builder_get_object (builder, "main_menu")));
  open_menu = sag_ui_keymap_dup_menu (keymap, G_MENU_MODEL (open));
  gtk_menu_button_set_menu_model (self->menu_button, main_menu);
  adw_split_button_set_menu_model (self->open_button, open_menu);
}

static void
close_anyway (gboolean keep, gpointer user_data)
{
  sag_ui_project_set_keep (sag_ui_project_get (SAG_UI_WINDOW (user_data)->session), keep);
  g_object_set_data (user_data, "sag-ui-window-lose", GINT_TO_POINTER (TRUE));
  gtk_window_close (user_data);
}

/* Nobody is there to be asked. */
void
sag_ui_window_close_keeping (SagUiWindow *self)
{
  g_object_set_data (G_OBJECT (self), "sag-ui-project-lose", GINT_TO_POINTER (TRUE));
  close_anyway (TRUE, self);
}

/* A window that stays asks again the next time, also what the project asks. */
static void
asked (gpointer user_data)
{
  if (g_object_get_data (user_data, "sag-ui-window-lose") == NULL)
    g_object_set_data (user_data, "sag-ui-project-lose", NULL);
  g_object_unref (user_data);
}

static char *
dup_losses (SagUiWindow *self)
{
  g_autofree char *open = sag_ui_loss_dup_all (get_cases (self));
  g_autofree char *others = sag_ui_project_dup_loss (sag_ui_project_get (self->session));

  if (open == NULL || others == NULL)
    return open != NULL ? g_steal_pointer (&open) : g_steal_pointer (&others);
  return g_strdup_printf ("%s\n%s", open, others);
}

/* Work that the person would not find again is not lost without a word. */
static gboolean
close_request_cb (SagUiWindow *self)
{
  g_autofree char *sentences = dup_losses (self);

  if (sentences == NULL || g_object_get_data (G_OBJECT (self), "sag-ui-window-lose") != NULL)
    return GDK_EVENT_PROPAGATE;
  sag_ui_loss_ask (GTK_WIDGET (self), sentences,
                   sag_ui_project_is_sheltered (sag_ui_project_get (self->session)) &&
                     sag_ui_loss_are_sheltered (get_cases (self)),
                   close_anyway, g_object_ref (self), asked);
  return GDK_EVENT_STOP;
}

static void
add_property_action (SagUiWindow *self, const char *name, gpointer object, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, object, property);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

void
sag_ui_window_add_actions (SagUiWindow *self)
{
  SagUiCases *cases = get_cases (self);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect (self, "close-request", G_CALLBACK (close_request_cb), NULL);
  add_property_action (self, "show-cases", self->cases_flap, "reveal-flap");
  add_property_action (self, "show-tools", self->tools_flap, "reveal-flap");
  g_signal_connect_object (cases, "items-changed", G_CALLBACK (cases_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cases, "notify::current", G_CALLBACK (cases_cb), self,
                           G_CONNECT_SWAPPED);
  cases_cb (self);
  enable (self, "side-by-side", FALSE); /* until there is another study */
  g_signal_connect_object (sag_ui_session_get_journal (self->session), "changed",
                           G_CALLBACK (journal_cb), self, G_CONNECT_SWAPPED);
  journal_cb (self);
  g_signal_connect_object (sag_ui_keymap_get_default (), "changed", G_CALLBACK (menus_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_recent_get_default (), "changed", G_CALLBACK (menus_cb), self,
                           G_CONNECT_SWAPPED);
  menus_cb (self);
  sag_ui_keymap_set_tooltip (self->cases_button, _ ("Cases"), "win.show-cases");
  sag_ui_keymap_set_tooltip (self->tools_button, _ ("Questions and measurements"),
                             "win.show-tools");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->open_button), _ ("Open scans"), "win.open");
}
