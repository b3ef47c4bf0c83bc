/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/ask-pane-private.h"

#include "ui/ask/prevalence.h"
#include "ui/ask/scope-note.h"
#include "ui/ask/templates.h"
#include "ui/ask/words.h"
#include "ui/base/keymap.h"

#include <glib/gi18n.h>

struct _SagUiAskPane
{
  AdwBin parent;

  SagUiSession *session;
  SagUiAsk     *ask;
  SagUiCase    *one;
  GtkSorter    *sorter;
  GActionGroup *actions;

  SagUiAskEntry   *entry;
  GtkWidget       *catalogue;
  GtkMenuButton   *prevalence;
  SagUiPrevalence *prevalence_content;
  GtkWidget       *read_first;
  SagUiScopeNote  *scope;
  GtkLabel        *note;
  GtkButton       *again_all;
  GtkListBox      *list;
};

G_DEFINE_FINAL_TYPE (SagUiAskPane, sag_ui_ask_pane, ADW_TYPE_BIN)

static guint compare_signal;

SagUiAsk *
sag_ui_ask_pane_get_ask (SagUiAskPane *self)
{
  return self->ask;
}

SagUiAskEntry *
sag_ui_ask_pane_get_entry (SagUiAskPane *self)
{
  return self->entry;
}

SagUiCard *
sag_ui_ask_pane_get_card (SagUiAskPane *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row == NULL)
    row = gtk_list_box_get_row_at_index (self->list, 0);
  return row != NULL ? SAG_UI_CARD (gtk_list_box_row_get_child (row)) : NULL;
}

/* The list */

static GtkListBoxRow *
find_row (SagUiAskPane *self, SagUiResult *result)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (sag_ui_card_get_result (SAG_UI_CARD (gtk_list_box_row_get_child (row))) == result)
      return row;
  return NULL;
}

/* The row is made anew at its new place, so it must be found again. */
static void
starred_cb (SagUiResult *result, GParamSpec *pspec, SagUiAskPane *self)
{
  gboolean       focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list)) != NULL;
  GtkListBoxRow *row;

  gtk_sorter_changed (self->sorter, GTK_SORTER_CHANGE_DIFFERENT);
  row = find_row (self, result);
  if (row == NULL)
    return;
  gtk_list_box_select_row (self->list, row);
  if (focus)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  SagUiAskPane *self = user_data;
  SagUiResult  *result = item;
  GtkWidget    *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row),
                              sag_ui_card_new (self->ask, self->one, result));
  g_signal_handlers_disconnect_by_func (result, starred_cb, self);
  g_signal_connect_object (result, "notify::starred", G_CALLBACK (starred_cb), self, 0);
  sag_ui_card_update (SAG_UI_CARD (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row))));
  return row;
}

static int
compare_stars (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gboolean one = sag_ui_result_get_starred ((SagUiResult *) a);
  gboolean other = sag_ui_result_get_starred ((SagUiResult *) b);

  return one == other ? GTK_ORDERING_EQUAL : one ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;
}

static guint
count_stale (SagUiCase *one)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));
  guint       n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      n += sag_ui_result_get_stale (result) != FALSE;
    }
  return n;
}

/* What stands above the cards */

static void
update_head (SagUiAskPane *self)
{
  SagPrepared     *prepared = self->one != NULL ? sag_ui_case_get_prepared (self->one) : NULL;
  g_autofree char *note = sag_ui_ask_dup_note (self->ask);
  guint            n_stale = self->one != NULL ? count_stale (self->one) : 0;

  sag_ui_scope_note_set (self->scope, prepared != NULL ? sag_prepared_get_scope (prepared) : NULL,
                         self->one != NULL && sag_ui_case_get_forced (self->one));
  gtk_label_set_text (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->again_all), n_stale > 1);
  if (n_stale > 1)
    {
      /* Translators: how many answers are of another bundle or box than the one of now. */
      g_autofree char *label =
        g_strdup_printf (ngettext ("%u answer is outdated - ask again",
                                   "%u answers are outdated - ask again", n_stale),
                         n_stale);

      gtk_button_set_label (self->again_all, label);
    }
}

static void
update_prevalence (SagUiAskPane *self)
{
  double           share = sag_ui_ask_get_prevalence (self->ask);
  g_autofree char *percent = share >= 0 ? sag_ui_words_dup_percent (share) : NULL;
  /* Translators: on a button: numbers are given for this prevalence, such as "at 5 %". */
  g_autofree char *label = percent != NULL ? g_strdup_printf (_ ("at %s"), percent) : NULL;

  gtk_menu_button_set_label (self->prevalence, label != NULL ? label : _ ("Prevalence"));
}

static void
ask_cb (SagUiAsk *ask, SagUiResult *result, SagUiAskPane *self)
{
  update_head (self);
  if (result == NULL)
    update_prevalence (self);
}

static void
prepared_cb (SagUiCase *one, GParamSpec *pspec, SagUiAskPane *self)
{
  update_head (self);
}

static void
engine_cb (SagUiEngine *engine, SagUiAskPane *self)
{
  update_head (self);
}

static void
set_case (SagUiAskPane *self, SagUiCase *one)
{
  g_autoptr (GtkSortListModel) sorted = NULL;

  if (self->one == one)
    return;
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  if (self->one != NULL)
    g_signal_handlers_disconnect_by_func (self->one, prepared_cb, self);
  g_set_object (&self->one, one);
  if (one != NULL)
    {
      g_signal_connect_object (one, "notify::prepared", G_CALLBACK (prepared_cb), self, 0);
      sag_ui_ask_watch (self->ask, one);
      sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (sag_ui_case_get_results (one))),
                                        g_object_ref (self->sorter));
      gtk_list_box_bind_model (self->list, G_LIST_MODEL (sorted), make_row, self, NULL);
    }
  update_head (self);
}

static void
current_cb (SagUiCases *cases, GParamSpec *pspec, SagUiAskPane *self)
{
  set_case (self, sag_ui_cases_get_current (cases));
}

/* Asking */

static void
forget_live (SagUiAskPane *self)
{
  GListModel *results;

  if (self->one == NULL)
    return;
  results = G_LIST_MODEL (sag_ui_case_get_results (self->one));
  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      if (!sag_ui_result_get_live (result))
        continue;
      sag_ui_engine_forget (sag_ui_session_get_engine (self->session), self->one, result);
      return;
    }
}

SagUiResult *
sag_ui_ask_pane_ask (SagUiAskPane *self, const char *text)
{
  SagUiResult   *result;
  GtkListBoxRow *row;

  g_return_val_if_fail (SAG_UI_IS_ASK_PANE (self) && text != NULL, NULL);

  if (self->one == NULL)
    {
      sag_ui_session_say (self->session, _ ("Open a scan first."));
      return NULL;
    }
  result = sag_ui_engine_ask (sag_ui_session_get_engine (self->session), self->one, text);
  row = find_row (self, result);
  if (row != NULL)
    gtk_list_box_select_row (self->list, row);
  return result;
}

static void
entry_ask_cb (SagUiAskEntry *entry, const char *text, SagUiAskPane *self)
{
  sag_ui_ask_pane_ask (self, text);
}

static void
entry_live_cb (SagUiAskEntry *entry, const char *text, SagUiAskPane *self)
{
  if (self->one != NULL)
    sag_ui_engine_ask_live (sag_ui_session_get_engine (self->session), self->one, text);
}

static void
entry_emptied_cb (SagUiAskEntry *entry, SagUiAskPane *self)
{
  forget_live (self);
}

static void
entry_leave_cb (SagUiAskEntry *entry, SagUiAskPane *self)
{
  if (!gtk_widget_activate_action (GTK_WIDGET (self), "win.focus-views", NULL))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, SagUiAskPane *self)
{
  gtk_widget_activate_action (gtk_list_box_row_get_child (row), "card.map", NULL);
}

static gboolean
list_key_cb (GtkEventControllerKey *controller,
             guint                  keyval,
             guint                  keycode,
             GdkModifierType        state,
             SagUiAskPane          *self)
{
  SagUiCard  *card = sag_ui_ask_pane_get_card (self);
  const char *label = keyval == GDK_KEY_y   ? "present"
                      : keyval == GDK_KEY_n ? "absent"
                      : keyval == GDK_KEY_u ? "unsure"
                                            : NULL;

  if (card == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Delete || keyval == GDK_KEY_KP_Delete)
    return gtk_widget_activate_action (GTK_WIDGET (card), "card.remove", NULL);
  if (label != NULL && sag_ui_ask_get_read_first (self->ask))
    return gtk_widget_activate_action (GTK_WIDGET (card), "card.label", "s", label);
  return GDK_EVENT_PROPAGATE;
}

static void
compare_cb (SagUiAsk *ask, SagUiOverlay *a, SagUiOverlay *b, SagUiAskPane *self)
{
  g_signal_emit (self, compare_signal, 0, a, b);
}

static void
template_cb (SagUiTemplates *templates, const char *text, SagUiAskPane *self)
{
  sag_ui_ask_entry_set_text (self->entry, text);
}

void
sag_ui_ask_pane_set_session (SagUiAskPane *self, SagUiSession *session)
{
  SagUiEngine *engine = sag_ui_session_get_engine (session);
  SagUiCases  *cases = sag_ui_session_get_cases (session);

  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  self->ask = sag_ui_ask_new (session);
  sag_ui_ask_entry_set_ask (self->entry, self->ask);
  sag_ui_prevalence_set (self->prevalence_content, self->ask, NULL);
  g_signal_connect_object (self->ask, "changed", G_CALLBACK (ask_cb), self, 0);
  g_signal_connect_object (self->ask, "compare", G_CALLBACK (compare_cb), self, 0);
  g_signal_connect_object (engine, "changed", G_CALLBACK (engine_cb), self, 0);
  g_signal_connect_object (cases, "notify::current", G_CALLBACK (current_cb), self, 0);
  self->actions = sag_ui_ask_pane_make_actions (self);
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), "ask",
                                    self->actions);
  set_case (self, sag_ui_cases_get_current (cases));
  update_head (self);
}

static void
sag_ui_ask_pane_root (GtkWidget *widget)
{
  SagUiAskPane *self = SAG_UI_ASK_PANE (widget);

  GTK_WIDGET_CLASS (sag_ui_ask_pane_parent_class)->root (widget);
  if (self->actions != NULL)
    gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (widget)), "ask",
                                    self->actions);
}

static void
sag_ui_ask_pane_unroot (GtkWidget *widget)
{
  gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (widget)), "ask", NULL);
  GTK_WIDGET_CLASS (sag_ui_ask_pane_parent_class)->unroot (widget);
}

static void
sag_ui_ask_pane_dispose (GObject *object)
{
  SagUiAskPane *self = SAG_UI_ASK_PANE (object);

  if (self->session != NULL)
    set_case (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_ASK_PANE);
  g_clear_object (&self->actions);
  g_clear_object (&self->sorter);
  g_clear_object (&self->ask);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_ask_pane_parent_class)->dispose (object);
}

static void
sag_ui_ask_pane_class_init (SagUiAskPaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_ask_pane_dispose;
  widget_class->root = sag_ui_ask_pane_root;
  widget_class->unroot = sag_ui_ask_pane_unroot;
  g_type_ensure (SAG_UI_TYPE_ASK_ENTRY);
  g_type_ensure (SAG_UI_TYPE_PREVALENCE);
  g_type_ensure (SAG_UI_TYPE_SCOPE_NOTE);
  g_type_ensure (SAG_UI_TYPE_TEMPLATES);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/ask-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, entry);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, catalogue);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, prevalence);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, prevalence_content);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, read_first);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, scope);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, note);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, again_all);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskPane, list);
  gtk_widget_class_bind_template_callback (widget_class, entry_ask_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_live_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_emptied_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_leave_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, template_cb);
  compare_signal = g_signal_new ("compare", SAG_UI_TYPE_ASK_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, SAG_UI_TYPE_OVERLAY, SAG_UI_TYPE_OVERLAY);
}

static void
sag_ui_ask_pane_init (SagUiAskPane *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare_stars, NULL, NULL));
  g_signal_connect (key, "key-pressed", G_CALLBACK (list_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), key);
  sag_ui_keymap_set_tooltip (self->catalogue, _ ("Ask every known task"), "ask.catalogue");
  sag_ui_keymap_set_tooltip (self->read_first,
                             _ ("Read first: answers stay hidden until you have set a label"),
                             "ask.read-first");
}
