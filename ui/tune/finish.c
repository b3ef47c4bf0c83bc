/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/finish.h"

#include "ui/tune/tune-result.h"
#include "ui/tune/words.h"

#include <glib/gi18n.h>

struct _SagUiTuneFinish
{
  AdwBin parent;

  SagUiTuneRun    *run;
  GtkWidget       *title;
  GtkWidget       *words;
  SagUiTuneResult *result;
};

G_DEFINE_FINAL_TYPE (SagUiTuneFinish, sag_ui_tune_finish, ADW_TYPE_BIN)

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "numeric");
  return label;
}

static void
show_words (SagUiTuneFinish *self)
{
  gtk_label_set_text (
    GTK_LABEL (self->words),
    sag_ui_tune_run_get_adopted (self->run) != NULL
      ? _ ("Adopted: a copy of the new model is among the known ones. Roll Back goes on with the "
           "one that it began from.")
      : _ ("The new model is done. Adopt copies it to the known models and uses it; until then "
           "nothing has changed."));
}

void
sag_ui_tune_finish_set_run (SagUiTuneFinish *self, SagUiTuneRun *run)
{
  g_autofree char *when = NULL;
  g_autofree char *title = NULL;

  if (self->run == run)
    return;
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  sag_ui_tune_result_load (self->result, run != NULL ? sag_ui_tune_run_get_folder (run) : NULL);
  if (run == NULL)
    return;
  when = sag_ui_tune_words_when (sag_ui_tune_run_get_begun (run));
  /* Translators: the name of a project; when its training began. */
  title = g_strdup_printf (_ ("%s, begun %s"), sag_ui_tune_run_get_title (run), when);
  gtk_label_set_text (GTK_LABEL (self->title), title);
  g_signal_connect_object (run, "changed", G_CALLBACK (show_words), self, G_CONNECT_SWAPPED);
  show_words (self);
}

static GtkWidget *
make_button (const char *title, const char *hint, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (title);

  gtk_widget_set_tooltip_text (button, hint);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GtkWidget *
create_foot (void)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *room = gtk_label_new (NULL);
  GtkWidget *adopt =
    make_button (_ ("_Adopt"), _ ("Copy the new model to the known ones, and use it (Ctrl+Enter)"),
                 "tune.adopt");

  gtk_widget_set_hexpand (room, TRUE);
  gtk_widget_add_css_class (foot, "tune-foot");
  gtk_widget_add_css_class (adopt, "suggested-action");
  gtk_box_append (GTK_BOX (foot), make_button (_ ("_Discard…"),
                                               _ ("Delete this training and what it made (Delete)"),
                                               "tune.discard"));
  gtk_box_append (GTK_BOX (foot), room);
  gtk_box_append (
    GTK_BOX (foot),
    make_button (_ ("_Roll Back"), _ ("Use the model that this one began from"), "tune.roll-back"));
  gtk_box_append (GTK_BOX (foot), adopt);
  return foot;
}

static void
build (SagUiTuneFinish *self, SagUiSession *session)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->title = make_label (NULL);
  gtk_widget_add_css_class (self->title, "title-2");
  self->words = make_label (NULL);
  self->result = SAG_UI_TUNE_RESULT (sag_ui_tune_result_new (session));
  gtk_widget_set_vexpand (GTK_WIDGET (self->result), TRUE);
  gtk_box_append (GTK_BOX (head), self->title);
  gtk_box_append (GTK_BOX (head), self->words);
  g_object_set (head, "margin-top", 18, "margin-bottom", 6, "margin-start", 18, "margin-end", 18,
                NULL);
  gtk_box_append (GTK_BOX (outer), head);
  gtk_box_append (GTK_BOX (outer), GTK_WIDGET (self->result));
  gtk_box_append (GTK_BOX (outer), create_foot ());
  adw_bin_set_child (ADW_BIN (self), outer);
}

GtkWidget *
sag_ui_tune_finish_new (SagUiSession *session)
{
  SagUiTuneFinish *self = g_object_new (SAG_UI_TYPE_TUNE_FINISH, NULL);

  build (self, session);
  return GTK_WIDGET (self);
}

static void
sag_ui_tune_finish_dispose (GObject *object)
{
  SagUiTuneFinish *self = SAG_UI_TUNE_FINISH (object);

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  G_OBJECT_CLASS (sag_ui_tune_finish_parent_class)->dispose (object);
}

static void
sag_ui_tune_finish_class_init (SagUiTuneFinishClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_tune_finish_dispose;
}

static void
sag_ui_tune_finish_init (SagUiTuneFinish *self)
{
}
