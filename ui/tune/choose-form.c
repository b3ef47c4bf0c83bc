/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/choose-private.h"

#include "ui/tune/tasks.h"
#include "ui/tune/words.h"

#include <glib/gi18n.h>

#define DEFAULT_MEASURE 1 /* of the list */

static GtkWidget *
make_combo (SagUiTuneChoose   *self,
            const char        *title,
            const char        *hint,
            const char *const *words,
            GCallback          changed)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (words);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (hint != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), hint);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  g_signal_connect_object (row, "notify::selected", changed, self, G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
make_quiet_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
create_tasks (SagUiTuneChoose *self)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *card = adw_bin_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("What to Learn"));
  self->summary = make_quiet_label ();
  gtk_widget_set_margin_bottom (self->summary, 8);
  gtk_widget_add_css_class (self->summary, "numeric");
  self->tasks = sag_ui_tune_tasks_new (self->project);
  gtk_widget_add_css_class (card, "card");
  adw_bin_set_child (ADW_BIN (card), self->tasks);
  self->notes = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_margin_top (self->notes, 10);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->summary);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), card);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->notes);
  g_signal_connect_object (self->tasks, "changed", G_CALLBACK (sag_ui_tune_choose_count_soon), self,
                           G_CONNECT_SWAPPED);
  return group;
}

static GtkWidget *
create_cases (SagUiTuneChoose *self)
{
  const char *const words[] = { _ ("All that are labelled"), _ ("Done or reviewed"), _ ("Reviewed"),
                                NULL };
  GtkWidget        *group = adw_preferences_group_new ();
  GtkWidget        *row = adw_action_row_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Cases"));
  self->state =
    make_combo (self, _ ("Which Cases"), NULL, words, G_CALLBACK (sag_ui_tune_choose_count_soon));
  self->assisted = gtk_switch_new ();
  gtk_widget_set_valign (self->assisted, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Also Assisted Labels"));
  adw_action_row_set_subtitle (
    ADW_ACTION_ROW (row), _ ("Made after an answer had been seen: the model would in part learn, "
                             "and be measured on, what it said itself"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), self->assisted);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), self->assisted);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->state);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_object (self->assisted, "notify::active",
                           G_CALLBACK (sag_ui_tune_choose_count_soon), self, G_CONNECT_SWAPPED);
  return group;
}

static GtkWidget *
create_parts (SagUiTuneChoose *self)
{
  const char *words[SAG_UI_TUNE_N_PARTS + 1] = { NULL };

  for (gsize p = 0; p < SAG_UI_TUNE_N_PARTS; p++)
    words[p] = sag_ui_tune_words_parts (sag_ui_tune_parts[p]);
  return make_combo (self, _ ("What to Train"), NULL, words,
                     G_CALLBACK (sag_ui_tune_choose_parts_chosen));
}

static GtkWidget *
create_measure (SagUiTuneChoose *self)
{
  g_auto (GStrv) words = g_new0 (char *, SAG_UI_TUNE_N_MEASURES + 1);
  GtkWidget *row;

  for (gsize m = 0; m < SAG_UI_TUNE_N_MEASURES; m++)
    words[m] =
      sag_ui_tune_measures[m].n_folds > 0
        /* Translators: number of folds. */
        ? g_strdup_printf (_ ("%u-fold cross-validation"), sag_ui_tune_measures[m].n_folds)
        /* Translators: share of the patients, in percent. */
        : g_strdup_printf (_ ("%d %% held out"), (int) (100 * sag_ui_tune_measures[m].share + 0.5));
  self->is_filling = TRUE;
  row = make_combo (self, _ ("How to Measure"), NULL, (const char *const *) words,
                    G_CALLBACK (sag_ui_tune_choose_count_soon));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), DEFAULT_MEASURE);
  self->is_filling = FALSE;
  return row;
}

static GtkWidget *
create_engine (SagUiTuneChoose *self)
{
  GtkWidget   *row = adw_action_row_new ();
  const double most = g_get_num_processors ();

  self->threads = gtk_spin_button_new_with_range (1, most, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->threads), MAX (1, most - 1));
  gtk_widget_set_valign (self->threads, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->threads), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Threads of the processor"), -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Threads of the Processor"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               _ ("Training runs on the processor, behind what you do meanwhile"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), self->threads);
  g_signal_connect_object (self->threads, "value-changed",
                           G_CALLBACK (sag_ui_tune_choose_estimate_soon), self, G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
create_training (SagUiTuneChoose *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  self->training = GTK_WIDGET (group);
  adw_preferences_group_set_title (group, _ ("Training"));
  self->model = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->model), _ ("Begins From"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->model), FALSE);
  self->parts = create_parts (self);
  self->measure = create_measure (self);
  self->name = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->name), _ ("Name of the New Model"));
  adw_preferences_group_add (group, self->model);
  adw_preferences_group_add (group, self->parts);
  adw_preferences_group_add (group, self->measure);
  adw_preferences_group_add (group, create_engine (self));
  adw_preferences_group_add (group, self->name);
  return GTK_WIDGET (group);
}

static GtkWidget *
create_foot (SagUiTuneChoose *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  self->problem_icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  self->problem_label = gtk_label_new (NULL);
  self->time = gtk_label_new (NULL);
  self->start = gtk_button_new_with_mnemonic (_ ("_Start"));
  gtk_widget_add_css_class (self->problem_icon, "warning");
  gtk_label_set_xalign (GTK_LABEL (self->problem_label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->problem_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->problem_label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (self->problem_label, TRUE);
  gtk_widget_add_css_class (self->time, "numeric");
  gtk_widget_add_css_class (self->time, "dim-label");
  gtk_widget_add_css_class (self->start, "suggested-action");
  gtk_widget_set_valign (self->start, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->start, _ ("Train as chosen (Ctrl+Enter)"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->start), "tune.start");
  gtk_widget_add_css_class (foot, "tune-foot");
  gtk_box_append (GTK_BOX (foot), self->problem_icon);
  gtk_box_append (GTK_BOX (foot), self->problem_label);
  gtk_box_append (GTK_BOX (foot), self->time);
  gtk_box_append (GTK_BOX (foot), self->start);
  return foot;
}

static GtkWidget *
create_work (SagUiTuneChoose *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_box_append (GTK_BOX (box), create_tasks (self));
  gtk_box_append (GTK_BOX (box), create_cases (self));
  gtk_box_append (GTK_BOX (box), create_training (self));
  g_object_set (box, "margin-top", 18, "margin-bottom", 24, "margin-start", 18, "margin-end", 18,
                NULL);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 720);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (outer), scroller);
  gtk_box_append (GTK_BOX (outer), create_foot (self));
  return outer;
}

static GtkWidget *
create_none (void)
{
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Open a Project…"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "folder-open-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("No Project Is Open"));
  adw_status_page_set_description (
    ADW_STATUS_PAGE (page),
    _ ("A model learns from the labels and masks of a project. Open one, label some cases, and "
       "come back."));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "tune.open-project");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);
  return page;
}

void
sag_ui_tune_choose_build (SagUiTuneChoose *self)
{
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), create_none (), "none");
  gtk_stack_add_named (GTK_STACK (self->stack), create_work (self), "work");
  adw_bin_set_child (ADW_BIN (self), self->stack);
}
