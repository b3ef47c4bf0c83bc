/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/follow.h"

#include "ui/tune/curve.h"
#include "ui/tune/words.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiTuneFollow
{
  AdwBin parent;

  SagUiTuneRun *run;
  GtkWidget    *title;
  GtkWidget    *icon;
  GtkWidget    *words;
  GtkWidget    *progress;
  GtkWidget    *curve;
  GtkWidget    *legend;
  GtkWidget    *stop;
};

G_DEFINE_FINAL_TYPE (SagUiTuneFollow, sag_ui_tune_follow, ADW_TYPE_BIN)

/* Of all models together. */
static double
get_fraction (const SagTuneStatus *status)
{
  const double n_models = status->n_folds + 1;
  const double done = status->fold > 0 ? status->fold - 1 : status->n_folds;

  if (status->state == SAG_TUNE_MEASURING || status->state == SAG_TUNE_DONE)
    return 1;
  return status->n_steps > 0 ? (done + (double) status->step / (double) status->n_steps) / n_models
                             : 0;
}

static void
show_title (SagUiTuneFollow *self)
{
  g_autofree char *when = sag_ui_tune_words_when (sag_ui_tune_run_get_begun (self->run));
  g_autofree char *title = NULL;

  /* Translators: the name of a project; when its training began. */
  title = g_strdup_printf (_ ("%s, begun %s"), sag_ui_tune_run_get_title (self->run), when);
  gtk_label_set_text (GTK_LABEL (self->title), title);
}

/* Of cases that are not learned from, or where that comes from. */
static char *
dup_watched (SagUiTuneFollow *self)
{
  const GArray      *lines = sag_ui_tune_run_get_lines (self->run);
  const SagTuneLine *newest = NULL;
  char               buffers[2][G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < lines->len; i++)
    if (g_array_index (lines, SagTuneLine, i).watched)
      newest = &g_array_index (lines, SagTuneLine, i);
  if (newest == NULL)
    return g_strdup (
      _ ("Squares, the loss of cases that are not learned from, come where the project has a "
         "validation split, or 40 patients or more to learn from, and not in a cross-validation."));
  g_ascii_formatd (buffers[0], sizeof buffers[0], "%.3f", newest->loss);
  if (!isfinite (newest->auroc))
    /* Translators: the loss, a number. */
    return g_strdup_printf (_ ("Squares are the loss of cases that are not learned from: now %s."),
                            buffers[0]);
  g_ascii_formatd (buffers[1], sizeof buffers[1], "%.2f", newest->auroc);
  return g_strdup_printf (
    /* Translators: the loss, a number; the mean area under the ROC curve, a number. */
    _ ("Squares are the loss of cases that are not learned from: now %s, with a mean AUROC of %s."),
    buffers[0], buffers[1]);
}

static void
show_legend (SagUiTuneFollow *self)
{
  const SagTuneStatus *status = sag_ui_tune_run_get_status (self->run);
  char                 buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char     *text = NULL;
  g_autofree char     *watched = NULL;
  g_autofree char     *both = NULL;

  if (!isfinite (status->loss))
    {
      gtk_label_set_text (GTK_LABEL (self->legend), "");
      return;
    }
  text = g_strdup_printf (
    /* Translators: the loss, a number. */
    _ ("Loss of the newest step: %s. Points are steps, the line is their running mean. It is of "
       "the cases that are learned from: whether it helped, what is held out says at the end."),
    g_ascii_formatd (buffer, sizeof buffer, "%.3f", status->loss));
  watched = dup_watched (self);
  both = g_strjoin (" ", text, watched, NULL);
  gtk_label_set_text (GTK_LABEL (self->legend), both);
}

static gboolean
is_bad (SagUiTuneStage stage)
{
  return stage == SAG_UI_TUNE_DIED || stage == SAG_UI_TUNE_FAILED;
}

static void
changed_cb (SagUiTuneFollow *self)
{
  const SagTuneStatus *status = sag_ui_tune_run_get_status (self->run);
  SagUiTuneStage       stage = sag_ui_tune_run_get_stage (self->run);
  g_autofree char     *words = sag_ui_tune_words_run (self->run);

  show_title (self);
  gtk_label_set_text (GTK_LABEL (self->words), words);
  gtk_widget_set_visible (self->icon, is_bad (stage));
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), get_fraction (status));
  sag_ui_tune_curve_set_lines (SAG_UI_TUNE_CURVE (self->curve),
                               sag_ui_tune_run_get_lines (self->run), status->n_steps);
  show_legend (self);
}

void
sag_ui_tune_follow_set_run (SagUiTuneFollow *self, SagUiTuneRun *run)
{
  if (self->run == run)
    return;
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
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
create_foot (SagUiTuneFollow *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *room = gtk_label_new (NULL);
  GtkWidget *resume = make_button (_ ("_Resume"), _ ("Go on where it is (Space)"), "tune.resume");

  gtk_widget_set_hexpand (room, TRUE);
  gtk_widget_add_css_class (foot, "tune-foot");
  gtk_widget_add_css_class (resume, "suggested-action");
  self->stop =
    make_button (C_ ("training", "_Stop"), _ ("Write down what was done, and end"), "tune.stop");
  gtk_box_append (GTK_BOX (foot), make_button (_ ("_Discard…"), _ ("Delete this training (Delete)"),
                                               "tune.discard"));
  gtk_box_append (GTK_BOX (foot), room);
  gtk_box_append (GTK_BOX (foot), self->stop);
  gtk_box_append (GTK_BOX (foot),
                  make_button (_ ("_Pause"), _ ("Wait after this step (Space)"), "tune.pause"));
  gtk_box_append (GTK_BOX (foot), resume);
  return foot;
}

static GtkWidget *
create_head (SagUiTuneFollow *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (self->icon, "warning");
  gtk_widget_set_size_request (line, -1, 22);
  self->words = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0);
  gtk_label_set_wrap (GTK_LABEL (self->words), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->words), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (self->words, TRUE);
  gtk_widget_add_css_class (self->words, "numeric");
  gtk_box_append (GTK_BOX (line), self->icon);
  gtk_box_append (GTK_BOX (line), self->words);
  return line;
}

static GtkWidget *
create_body (SagUiTuneFollow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (self->title, "title-2");
  self->progress = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How much of the training is done"), -1);
  self->curve = sag_ui_tune_curve_new ();
  gtk_widget_set_vexpand (self->curve, TRUE);
  self->legend = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->legend), 0);
  gtk_label_set_wrap (GTK_LABEL (self->legend), TRUE);
  gtk_widget_add_css_class (self->legend, "caption");
  gtk_widget_add_css_class (self->legend, "dim-label");
  gtk_box_append (GTK_BOX (box), self->title);
  gtk_box_append (GTK_BOX (box), create_head (self));
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), self->curve);
  gtk_box_append (GTK_BOX (box), self->legend);
  g_object_set (box, "margin-top", 18, "margin-bottom", 12, "margin-start", 18, "margin-end", 18,
                NULL);
  return box;
}

GtkWidget *
sag_ui_tune_follow_new (void)
{
  return g_object_new (SAG_UI_TYPE_TUNE_FOLLOW, NULL);
}

static void
sag_ui_tune_follow_dispose (GObject *object)
{
  sag_ui_tune_follow_set_run (SAG_UI_TUNE_FOLLOW (object), NULL);
  G_OBJECT_CLASS (sag_ui_tune_follow_parent_class)->dispose (object);
}

static void
sag_ui_tune_follow_class_init (SagUiTuneFollowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_tune_follow_dispose;
}

static void
sag_ui_tune_follow_init (SagUiTuneFollow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), create_body (self));
  gtk_box_append (GTK_BOX (box), create_foot (self));
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}
