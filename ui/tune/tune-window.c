/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/tune-window.h"

#include "model/bundle/create.h"
#include "ui/bundle/known.h"
#include "ui/bundle/use.h"
#include "ui/tune/adopt.h"
#include "ui/tune/finish.h"
#include "ui/tune/follow.h"
#include "ui/tune/words.h"

#include <glib/gi18n.h>

struct _SagUiTuneWindow
{
  AdwWindow parent;

  SagUiSession    *session;
  SagUiTuneRuns   *runs;
  SagUiTuneRun    *run; /* that is shown; NULL: a new one is chosen */
  GtkListBox      *list;
  GtkWidget       *stack;
  AdwToastOverlay *toasts;
  SagUiTuneChoose *choose;
  SagUiTuneFollow *follow;
  SagUiTuneFinish *finish;
  gboolean         is_adopting;
};

G_DEFINE_FINAL_TYPE (SagUiTuneWindow, sag_ui_tune_window, ADW_TYPE_WINDOW)

static void
say (SagUiTuneWindow *self, const char *sentence)
{
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (sentence));
}

/* What can be done */

static gboolean
can_resume (SagUiTuneStage stage)
{
  return stage == SAG_UI_TUNE_PAUSED || stage == SAG_UI_TUNE_PAUSING ||
         stage == SAG_UI_TUNE_STOPPED || stage == SAG_UI_TUNE_DIED || stage == SAG_UI_TUNE_FAILED;
}

static gboolean
can_pause (SagUiTuneStage stage)
{
  return stage == SAG_UI_TUNE_PREPARING || stage == SAG_UI_TUNE_TRAINING;
}

/* A process that starts overwrites what it was told before. */
static gboolean
can_stop (SagUiTuneStage stage)
{
  return stage != SAG_UI_TUNE_STARTING && stage != SAG_UI_TUNE_STOPPING;
}

static void
update_actions (SagUiTuneWindow *self)
{
  GtkWidget           *widget = GTK_WIDGET (self);
  const gboolean       any = self->run != NULL;
  const SagUiTuneStage stage = any ? sag_ui_tune_run_get_stage (self->run) : SAG_UI_TUNE_STARTING;
  const gboolean       works = any && sag_ui_tune_run_is_working (self->run);
  const gboolean       done = any && stage == SAG_UI_TUNE_DONE;
  const gboolean       is_free = works || sag_ui_tune_runs_find_working (self->runs) == NULL;

  gtk_widget_action_set_enabled (widget, "tune.start",
                                 !any && sag_ui_tune_choose_is_ready (self->choose));
  gtk_widget_action_set_enabled (widget, "tune.pause", any && can_pause (stage));
  gtk_widget_action_set_enabled (widget, "tune.resume", any && can_resume (stage) && is_free);
  gtk_widget_action_set_enabled (widget, "tune.stop", works && can_stop (stage));
  gtk_widget_action_set_enabled (widget, "tune.discard", any && !works && !self->is_adopting);
  gtk_widget_action_set_enabled (widget, "tune.adopt", done && !self->is_adopting);
  gtk_widget_action_set_enabled (widget, "tune.roll-back",
                                 done && sag_ui_tune_run_get_adopted (self->run) != NULL);
}

static void
update_obstacle (SagUiTuneWindow *self)
{
  sag_ui_tune_choose_set_obstacle (
    self->choose, sag_ui_tune_runs_find_working (self->runs) != NULL
                    ? _ ("A training is under way; wait for it, or stop it, before another begins.")
                    : NULL);
  update_actions (self);
}

/* The list */

static void
row_changed_cb (SagUiTuneRun *run, GtkLabel *label)
{
  const SagUiTuneStage stage = sag_ui_tune_run_get_stage (run);
  g_autofree char     *when = sag_ui_tune_words_when (sag_ui_tune_run_get_begun (run));
  const char      *state = stage == SAG_UI_TUNE_DONE && sag_ui_tune_run_get_adopted (run) != NULL
                             ? _ ("adopted")
                             : sag_ui_tune_words_stage (stage);
  g_autofree char *text = NULL;

  /* Translators: day and hour; what a training does, such as "paused". */
  text = g_strdup_printf (_ ("%s · %s"), when, state);
  gtk_label_set_text (label, text);
}

static GtkWidget *
make_row (const char *title, GtkWidget **detail)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), label);
  *detail = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (*detail), 0);
  gtk_label_set_ellipsize (GTK_LABEL (*detail), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (*detail, "caption");
  gtk_widget_add_css_class (*detail, "dim-label");
  gtk_widget_add_css_class (*detail, "numeric");
  gtk_box_append (GTK_BOX (box), *detail);
  g_object_set (box, "margin-top", 4, "margin-bottom", 4, NULL);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  return row;
}

static void
add_run_row (SagUiTuneWindow *self, SagUiTuneRun *run)
{
  GtkWidget *detail;
  GtkWidget *row = make_row (sag_ui_tune_run_get_title (run), &detail);

  g_object_set_data_full (G_OBJECT (row), "run", g_object_ref (run), g_object_unref);
  gtk_widget_set_tooltip_text (row, sag_ui_tune_run_get_folder (run));
  g_signal_connect_object (run, "changed", G_CALLBACK (row_changed_cb), detail, 0);
  row_changed_cb (run, GTK_LABEL (detail));
  gtk_list_box_append (self->list, row);
}

static SagUiTuneRun *
run_of (GtkListBoxRow *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "run") : NULL;
}

static void
select_row (SagUiTuneWindow *self)
{
  GtkListBoxRow *row = NULL;
  int            i = 0;

  while ((row = gtk_list_box_get_row_at_index (self->list, i)) != NULL && run_of (row) != self->run)
    i++;
  if (row != NULL && !gtk_list_box_row_is_selected (row))
    gtk_list_box_select_row (self->list, row);
}

static void
fill_list (SagUiTuneWindow *self)
{
  GListModel *model = G_LIST_MODEL (self->runs);
  GtkWidget  *child, *detail, *row;

  gtk_list_box_unselect_all (self->list);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  row = make_row (_ ("New Training"), &detail);
  gtk_label_set_text (GTK_LABEL (detail), _ ("on the open project"));
  gtk_list_box_append (self->list, row);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (SagUiTuneRun) run = g_list_model_get_item (model, i);

      add_run_row (self, run);
    }
  select_row (self);
}

/* What is shown */

static void
show_page (SagUiTuneWindow *self)
{
  const gboolean done =
    self->run != NULL && sag_ui_tune_run_get_stage (self->run) == SAG_UI_TUNE_DONE;

  sag_ui_tune_follow_set_run (self->follow, self->run);
  sag_ui_tune_finish_set_run (self->finish, done ? self->run : NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), self->run == NULL ? "choose"
                                                             : done            ? "finish"
                                                                               : "follow");
  update_obstacle (self);
}

void
sag_ui_tune_window_show (SagUiTuneWindow *self, SagUiTuneRun *run)
{
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, show_page, self);
  g_set_object (&self->run, run);
  if (run != NULL)
    {
      sag_ui_tune_run_poll (run);
      if (sag_ui_tune_run_get_stage (run) != SAG_UI_TUNE_DONE)
        sag_ui_tune_run_read_lines (run);
      g_signal_connect_object (run, "changed", G_CALLBACK (show_page), self, G_CONNECT_SWAPPED);
    }
  select_row (self);
  show_page (self);
}

static void
selected_cb (GtkListBox *list, GtkListBoxRow *row, SagUiTuneWindow *self)
{
  if (row != NULL && run_of (row) != self->run)
    sag_ui_tune_window_show (self, run_of (row));
}

/* Space is for the page then, not for the list or a button. */
static void
focus_page (SagUiTuneWindow *self)
{
  if (self->run != NULL && sag_ui_tune_run_get_stage (self->run) != SAG_UI_TUNE_DONE)
    gtk_widget_grab_focus (GTK_WIDGET (self->follow));
}

/* Deeds */

static void
start (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (widget);
  g_autoptr (SagUiTuneChoice) choice = sag_ui_tune_choose_dup_choice (self->choose);
  g_autoptr (GError) error = NULL;
  SagUiTuneRun *run = choice != NULL ? sag_ui_tune_runs_start (self->runs, choice, &error) : NULL;

  if (run != NULL)
    {
      sag_ui_tune_window_show (self, run);
      focus_page (self);
    }
  else if (error != NULL)
    say (self, error->message);
}

static void
wish (SagUiTuneWindow *self, SagTuneWish what)
{
  g_autoptr (GError) error = NULL;

  if (self->run != NULL && !sag_ui_tune_run_wish (self->run, what, &error))
    say (self, error->message);
}

static void
pause_run (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wish (SAG_UI_TUNE_WINDOW (widget), SAG_TUNE_PAUSE);
  focus_page (SAG_UI_TUNE_WINDOW (widget));
}

static void
resume_run (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (widget);
  g_autoptr (GError) error = NULL;

  if (sag_ui_tune_run_is_working (self->run))
    wish (self, SAG_TUNE_RUN);
  else if (!sag_ui_tune_runs_resume (self->runs, self->run, &error))
    say (self, error->message);
  focus_page (self);
}

static void
toggle_run (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (widget);

  if (self->run != NULL)
    gtk_widget_activate_action (
      widget, can_resume (sag_ui_tune_run_get_stage (self->run)) ? "tune.resume" : "tune.pause",
      NULL);
}

static void
stop_run (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wish (SAG_UI_TUNE_WINDOW (widget), SAG_TUNE_STOP);
}

static void
discarded_cb (AdwMessageDialog *dialog, const char *response, SagUiTuneWindow *self)
{
  g_autoptr (SagUiTuneRun) run = g_object_steal_data (G_OBJECT (dialog), "run");

  if (!g_str_equal (response, "discard") || self->is_adopting || sag_ui_tune_run_is_working (run))
    return;
  if (self->run == run)
    sag_ui_tune_window_show (self, NULL);
  sag_ui_tune_runs_discard (self->runs, run);
}

static void
discard_run (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (widget);
  GtkWidget       *dialog = adw_message_dialog_new (
          GTK_WINDOW (self), _ ("Discard This Training?"),
    sag_ui_tune_run_get_adopted (self->run) != NULL
            ? _ ("Its folder goes, with the figures before and after. The model that was adopted stays.")
            : _ ("Its folder goes, with the new model and the figures before and after."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "discard",
                                    _ ("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "run", g_object_ref (self->run), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (discarded_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Deed: one that waits for files. */
typedef struct
{
  SagUiTuneWindow *self;
  SagUiTuneRun    *run;
} Deed;

static Deed *
deed_new (SagUiTuneWindow *self)
{
  Deed *deed = g_new0 (Deed, 1);

  deed->self = g_object_ref (self);
  deed->run = g_object_ref (self->run);
  return deed;
}

static void
deed_free (Deed *deed)
{
  g_object_unref (deed->self);
  g_object_unref (deed->run);
  g_free (deed);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deed, deed_free)

/* The person made it: what it is made of need not be shown before the first use. */
static void
adopted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Deed) deed = user_data;
  SagUiTuneWindow *self = deed->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_ui_tune_adopt_finish (result, &error);

  self->is_adopting = FALSE;
  if (bundle != NULL)
    {
      sag_ui_bundle_set_shown (bundle);
      sag_ui_known_bundles_add (sag_bundle_get_folder (bundle));
      sag_ui_tune_run_set_adopted (deed->run, sag_bundle_get_folder (bundle));
    }
  if (self->session == NULL)
    return; /* closed meanwhile */
  if (bundle != NULL)
    sag_ui_bundle_use (self->session, GTK_WINDOW (self), sag_bundle_get_folder (bundle));
  else
    say (self, error->message);
  update_actions (self);
}

static void
adopt_run (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (widget);

  self->is_adopting = TRUE;
  update_actions (self);
  sag_ui_tune_adopt_async (sag_ui_tune_run_get_folder (self->run), NULL, adopted_cb,
                           deed_new (self));
}

/* Whoever trained from it knows it. */
static void
found_parent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Deed) deed = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_ui_tune_find_parent_finish (result, &error);
  g_autofree char *shipped = sag_bundle_find_default ();

  if (deed->self->session == NULL)
    return;
  if (bundle == NULL)
    {
      say (deed->self, error->message);
      return;
    }
  sag_ui_bundle_set_shown (bundle);
  sag_ui_bundle_use (deed->self->session, GTK_WINDOW (deed->self),
                     g_strcmp0 (shipped, sag_bundle_get_folder (bundle)) != 0
                       ? sag_bundle_get_folder (bundle)
                       : NULL);
}

static void
roll_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (widget);

  sag_ui_tune_find_parent_async (sag_ui_tune_run_get_folder (self->run),
                                 sag_ui_tune_run_get_parent (self->run), NULL, found_parent_cb,
                                 deed_new (self));
}

/* One thing for one key: begin what was chosen, or take what was made. */
static void
go_on (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (
    widget, SAG_UI_TUNE_WINDOW (widget)->run == NULL ? "tune.start" : "tune.adopt", NULL);
}

static void
open_project (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (widget));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "project.open", NULL);
}

/* Putting it together */

static void
toast_cb (SagUiSession *session, const char *sentence, gboolean undo, SagUiTuneWindow *self)
{
  say (self, sentence);
}

static GtkWidget *
create_side (SagUiTuneWindow *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Trainings"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scroller, 230, -1);
  return scroller;
}

static GtkWidget *
create_stack (SagUiTuneWindow *self)
{
  self->choose = SAG_UI_TUNE_CHOOSE (sag_ui_tune_choose_new (self->session));
  self->follow = SAG_UI_TUNE_FOLLOW (sag_ui_tune_follow_new ());
  self->finish = SAG_UI_TUNE_FINISH (sag_ui_tune_finish_new (self->session));
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->choose), "choose");
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->follow), "follow");
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->finish), "finish");
  gtk_widget_set_hexpand (self->stack, TRUE);
  return self->stack;
}

static void
connect (SagUiTuneWindow *self)
{
  g_signal_connect_object (self->choose, "notify::ready", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runs, "items-changed", G_CALLBACK (fill_list), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runs, "ended", G_CALLBACK (update_obstacle), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (focus_page), self,
                           G_CONNECT_SWAPPED);
}

SagUiTuneWindow *
sag_ui_tune_window_new (SagUiSession *session, GtkWindow *parent)
{
  SagUiTuneWindow *self =
    g_object_new (SAG_UI_TYPE_TUNE_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE,
                  "default-width", 1000, "default-height", 720, "title", _ ("Fine-Tune"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *panes = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->session = g_object_ref (session);
  self->runs = sag_ui_tune_runs_get_default ();
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  gtk_box_append (GTK_BOX (panes), create_side (self));
  gtk_box_append (GTK_BOX (panes), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (panes), create_stack (self));
  gtk_widget_set_vexpand (panes, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), panes);
  adw_toast_overlay_set_child (self->toasts, box);
  adw_window_set_content (ADW_WINDOW (self), GTK_WIDGET (self->toasts));
  connect (self);
  fill_list (self);
  sag_ui_tune_window_show (self, sag_ui_tune_runs_find_working (self->runs));
  focus_page (self);
  return self;
}

SagUiTuneRuns *
sag_ui_tune_window_get_runs (SagUiTuneWindow *self)
{
  return self->runs;
}

SagUiTuneChoose *
sag_ui_tune_window_get_choose (SagUiTuneWindow *self)
{
  return self->choose;
}

SagUiTuneRun *
sag_ui_tune_window_get_run (SagUiTuneWindow *self)
{
  return self->run;
}

static void
sag_ui_tune_window_dispose (GObject *object)
{
  SagUiTuneWindow *self = SAG_UI_TUNE_WINDOW (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->run);
  g_clear_object (&self->runs);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_tune_window_parent_class)->dispose (object);
}

static void
sag_ui_tune_window_class_init (SagUiTuneWindowClass *class)
{
  static const struct
  {
    const char *name;
    void (*activate) (GtkWidget *, const char *, GVariant *);
  } deeds[] = {
    { "tune.start", start },       { "tune.pause", pause_run },
    { "tune.resume", resume_run }, { "tune.toggle", toggle_run },
    { "tune.stop", stop_run },     { "tune.discard", discard_run },
    { "tune.adopt", adopt_run },   { "tune.roll-back", roll_back },
    { "tune.go-on", go_on },       { "tune.open-project", open_project },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_tune_window_dispose;
  for (gsize d = 0; d < G_N_ELEMENTS (deeds); d++)
    gtk_widget_class_install_action (widget_class, deeds[d].name, NULL, deeds[d].activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "tune.go-on",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_space, 0, "tune.toggle", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "tune.discard", NULL);
}

static void
sag_ui_tune_window_init (SagUiTuneWindow *self)
{
}
