/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/choose-private.h"

#include "ui/tune/tasks.h"
#include "ui/tune/words.h"

#include <glib/gi18n.h>
#include <math.h>

#define COUNT_AFTER_MS 150
#define ESTIMATE_AFTER_MS 700

G_DEFINE_FINAL_TYPE (SagUiTuneChoose, sag_ui_tune_choose, ADW_TYPE_BIN)

enum
{
  PROP_READY = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

const SagTrainParts    sag_ui_tune_parts[] = { SAG_TRAIN_HEADS, SAG_TRAIN_HEADS_AND_TEXT,
                                               SAG_TRAIN_LORA, SAG_TRAIN_ALL };
const SagUiTuneMeasure sag_ui_tune_measures[] = { { 0.2, 0 }, { 0.3, 0 }, { 0.4, 0 }, { 0.5, 0 },
                                                  { 0, 3 },   { 0, 5 },   { 0, 10 } };

static const SagCaseState states_of[] = { SAG_CASE_NEW, SAG_CASE_DONE, SAG_CASE_REVIEWED };

static SagBundle *
get_bundle (SagUiTuneChoose *self)
{
  return sag_ui_engine_get_bundle (sag_ui_session_get_engine (self->session));
}

static SagTrainParts
get_parts (SagUiTuneChoose *self)
{
  return sag_ui_tune_parts[adw_combo_row_get_selected (ADW_COMBO_ROW (self->parts))];
}

SagUiTuneChoice *
sag_ui_tune_choose_dup_choice (SagUiTuneChoose *self)
{
  SagStore        *store = sag_ui_project_get_store (self->project);
  SagBundle       *bundle = get_bundle (self);
  const guint      measure = adw_combo_row_get_selected (ADW_COMBO_ROW (self->measure));
  const guint      threads = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->threads));
  SagUiTuneChoice *choice;

  if (store == NULL || bundle == NULL || sag_bundle_get_folder (bundle) == NULL)
    return NULL;
  choice = g_new0 (SagUiTuneChoice, 1);
  choice->project = sag_store_dup_path (store);
  choice->bundle = g_strdup (sag_bundle_get_folder (bundle));
  choice->tasks = sag_ui_tune_tasks_dup_chosen (SAG_UI_TUNE_TASKS (self->tasks));
  choice->least_state = states_of[adw_combo_row_get_selected (ADW_COMBO_ROW (self->state))];
  choice->assisted = gtk_switch_get_active (GTK_SWITCH (self->assisted));
  choice->parts = get_parts (self);
  choice->hold_out = sag_ui_tune_measures[measure].share;
  choice->n_folds = sag_ui_tune_measures[measure].n_folds;
  choice->n_threads = threads;
  choice->name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  return choice;
}

/* What is said */

static const char *
find_problem (SagUiTuneChoose *self)
{
  SagBundle         *bundle = get_bundle (self);
  const SagTrainPlan plan = { .parts = get_parts (self) };

  if (self->obstacle != NULL)
    return self->obstacle;
  if (bundle == NULL)
    return _ ("No model is open; choose one under Models.");
  if (sag_bundle_get_folder (bundle) == NULL)
    return _ ("The open model was never trained and lies in no folder; choose another one under "
              "Models.");
  if (sag_ui_project_get_n_tasks (self->project) == 0)
    return _ ("The project has no tasks yet; add one, and label cases.");
  if (self->counts != NULL && !sag_train_plan_fits (&plan, sag_bundle_get_network (bundle), NULL))
    return _ ("The open model reads no text and trains as a whole; choose All.");
  return self->counts != NULL ? self->counts->problem : NULL;
}

static void
show_time (SagUiTuneChoose *self)
{
  g_autofree char *duration = NULL;
  g_autofree char *text = NULL;

  if (isfinite (self->seconds))
    {
      duration = sag_ui_tune_words_duration (self->seconds);
      /* Translators: a time such as "12 min". */
      text = g_strdup_printf (_ ("About %s"), duration);
    }
  else if (self->estimating != NULL)
    text = g_strdup (_ ("Measuring the time…"));
  gtk_label_set_text (GTK_LABEL (self->time), text != NULL ? text : "");
}

static void
show_problem (SagUiTuneChoose *self)
{
  g_free (self->problem);
  self->problem = g_strdup (find_problem (self));
  gtk_label_set_text (GTK_LABEL (self->problem_label), self->problem != NULL ? self->problem
                                                       : self->is_counting   ? _ ("Counting…")
                                                                             : "");
  gtk_widget_set_visible (self->problem_icon, self->problem != NULL);
  gtk_widget_set_sensitive (self->start, sag_ui_tune_choose_is_ready (self));
  show_time (self);
  if (self->was_ready != sag_ui_tune_choose_is_ready (self))
    {
      self->was_ready = !self->was_ready;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
    }
}

static void
add_note (SagUiTuneChoose *self, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-information-symbolic");
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_margin_top (icon, 2);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (self->notes), box);
}

static gboolean
stands_in_table (const SagSnapshot *snapshot, const char *note)
{
  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    if (g_strcmp0 (sag_snapshot_get_task (snapshot, t)->left_out, note) == 0)
      return TRUE;
  return FALSE;
}

/* What was left out, which patients stay together, where kinds are uneven. */
static void
show_notes (SagUiTuneChoose *self)
{
  const SagSnapshot *chosen = self->counts != NULL ? self->counts->chosen : NULL;
  GtkWidget         *child;

  while ((child = gtk_widget_get_first_child (self->notes)) != NULL)
    gtk_box_remove (GTK_BOX (self->notes), child);
  if (chosen == NULL)
    return;
  for (const char *const *note = sag_snapshot_get_notes (chosen); *note != NULL; note++)
    if (!stands_in_table (chosen, *note))
      add_note (self, *note);
  for (gsize t = 0; t < sag_snapshot_get_n_tasks (chosen); t++)
    {
      g_autofree char *uneven = sag_ui_tune_words_imbalance (sag_snapshot_get_task (chosen, t));

      if (uneven != NULL)
        add_note (self, uneven);
    }
}

static void
show_summary (SagUiTuneChoose *self)
{
  const SagSnapshot *chosen = self->counts != NULL ? self->counts->chosen : NULL;
  g_autofree char   *text = NULL;

  if (chosen == NULL)
    text = g_strdup ("");
  else if (sag_snapshot_get_n_folds (chosen) > 0)
    text = g_strdup_printf (
      /* Translators: numbers of cases, of patients, of folds. */
      _ ("%u cases of %u patients, each measured on once by one of %u models that did not see it"),
      (guint) sag_snapshot_get_n_cases (chosen), (guint) sag_snapshot_get_n_patients (chosen),
      sag_snapshot_get_n_folds (chosen));
  else
    text = g_strdup_printf (
      /* Translators: numbers of cases, of patients, of cases to train on, of cases to measure on. */
      _ ("%u cases of %u patients: %u to train on + %u to measure on"),
      (guint) sag_snapshot_get_n_cases (chosen), (guint) sag_snapshot_get_n_patients (chosen),
      (guint) sag_snapshot_count (chosen, SAG_SNAPSHOT_TRAIN),
      (guint) sag_snapshot_count (chosen, SAG_SNAPSHOT_HELD_OUT));
  gtk_label_set_text (GTK_LABEL (self->summary), text);
}

/* The advice is chosen for the person until they choose for themselves. */
static void
show_advice (SagUiTuneChoose *self)
{
  SagBundle *bundle = get_bundle (self);
  g_auto (SagTuneAdvice) advice = { 0 };
  g_autofree char *text = NULL;

  if (self->counts == NULL || self->counts->chosen == NULL || bundle == NULL)
    return;
  sag_tune_advise_snapshot (sag_bundle_get_network (bundle), self->counts->chosen, &advice);
  text = sag_ui_tune_words_advice (&advice);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->training), text);
  adw_action_row_set_subtitle (
    ADW_ACTION_ROW (self->measure),
    sag_snapshot_follows_splits (self->counts->chosen)
      ? _ ("The project says which cases are held out; no share is drawn")
    : advice.folds > 0 ? _ ("With so few cases a cross-validation says more, and takes longer")
                       : _ ("Splits of the project count unless you cross-validate"));
  self->is_filling = TRUE;
  for (guint p = 0; p < SAG_UI_TUNE_N_PARTS && !self->parts_said; p++)
    if (sag_ui_tune_parts[p] == advice.parts)
      adw_combo_row_set_selected (ADW_COMBO_ROW (self->parts), p);
  self->is_filling = FALSE;
}

/* The time */

static void
estimated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiTuneChoose) self = user_data;
  g_autoptr (GError) error = NULL;
  const double seconds = sag_ui_tune_estimate_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->estimating);
  self->seconds = error == NULL ? seconds : NAN;
  if (error != NULL)
    add_note (self, error->message);
  show_problem (self);
}

static gboolean
estimate_cb (gpointer user_data)
{
  SagUiTuneChoose *self = user_data;
  g_autoptr (SagUiTuneChoice) choice = sag_ui_tune_choose_dup_choice (self);

  self->estimate_timer = 0;
  if (choice == NULL || !sag_ui_tune_choose_is_ready (self) ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;
  self->estimating = g_cancellable_new ();
  sag_ui_tune_estimate_async (choice, self->estimating, estimated_cb, g_object_ref (self));
  show_time (self);
  return G_SOURCE_REMOVE;
}

static void
forget_time (SagUiTuneChoose *self)
{
  g_cancellable_cancel (self->estimating);
  g_clear_object (&self->estimating);
  g_clear_handle_id (&self->estimate_timer, g_source_remove);
  self->seconds = NAN;
}

void
sag_ui_tune_choose_estimate_soon (SagUiTuneChoose *self)
{
  forget_time (self);
  if (self->session != NULL)
    self->estimate_timer = g_timeout_add (ESTIMATE_AFTER_MS, estimate_cb, self);
}

/* Counting */

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiTuneChoose) self = user_data;
  g_autoptr (GError) error = NULL;
  SagUiTuneCounts *counts = sag_ui_tune_count_finish (result, &error);

  if (counts == NULL || self->session == NULL)
    {
      sag_ui_tune_counts_free (counts);
      return; /* another one counts, or the page is gone */
    }
  g_clear_pointer (&self->counts, sag_ui_tune_counts_free);
  self->counts = counts;
  self->is_counting = FALSE;
  sag_ui_tune_tasks_show (SAG_UI_TUNE_TASKS (self->tasks), counts);
  show_summary (self);
  show_notes (self);
  show_advice (self);
  show_problem (self);
  sag_ui_tune_choose_estimate_soon (self);
}

static gboolean
count_cb (gpointer user_data)
{
  SagUiTuneChoose *self = user_data;
  g_autoptr (SagUiTuneChoice) choice = sag_ui_tune_choose_dup_choice (self);

  self->count_timer = 0;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE; /* it counts again when it is shown */
  if (choice == NULL || sag_ui_project_get_n_tasks (self->project) == 0 ||
      sag_ui_project_is_saving (self->project))
    {
      self->is_counting = sag_ui_project_is_saving (self->project);
      show_problem (self);
      return G_SOURCE_REMOVE;
    }
  self->counting = g_cancellable_new ();
  sag_ui_tune_count_async (choice, get_bundle (self), self->counting, counted_cb,
                           g_object_ref (self));
  return G_SOURCE_REMOVE;
}

void
sag_ui_tune_choose_count_soon (SagUiTuneChoose *self)
{
  if (self->is_filling || self->session == NULL)
    return;
  g_cancellable_cancel (self->counting);
  g_clear_object (&self->counting);
  forget_time (self);
  self->is_counting = TRUE;
  g_clear_handle_id (&self->count_timer, g_source_remove);
  self->count_timer = g_timeout_add (COUNT_AFTER_MS, count_cb, self);
  show_problem (self);
}

/* What changes */

void
sag_ui_tune_choose_parts_chosen (SagUiTuneChoose *self)
{
  if (self->is_filling)
    return;
  self->parts_said = TRUE;
  sag_ui_tune_choose_estimate_soon (self);
  show_problem (self);
}

static void
project_cb (SagUiTuneChoose *self)
{
  const gboolean open = sag_ui_project_get_store (self->project) != NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), open ? "work" : "none");
  self->parts_said = FALSE;
  g_clear_pointer (&self->counts, sag_ui_tune_counts_free);
  sag_ui_tune_choose_count_soon (self);
}

static void
labels_cb (SagUiProject *project, gint64 case_id, SagUiTuneChoose *self)
{
  sag_ui_tune_choose_count_soon (self);
}

static void
bundle_cb (SagUiTuneChoose *self)
{
  SagBundle *bundle = get_bundle (self);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->model),
                               bundle != NULL ? sag_bundle_get_name (bundle) : _ ("none"));
  sag_ui_tune_choose_count_soon (self);
}

void
sag_ui_tune_choose_set_obstacle (SagUiTuneChoose *self, const char *sentence)
{
  g_free (self->obstacle);
  self->obstacle = g_strdup (sentence);
  if (sentence != NULL)
    forget_time (self);
  show_problem (self);
}

gboolean
sag_ui_tune_choose_is_ready (SagUiTuneChoose *self)
{
  return self->counts != NULL && !self->is_counting && self->problem == NULL;
}

const char *
sag_ui_tune_choose_get_problem (SagUiTuneChoose *self)
{
  return self->problem;
}

const SagUiTuneCounts *
sag_ui_tune_choose_get_counts (SagUiTuneChoose *self)
{
  return self->is_counting ? NULL : self->counts;
}

double
sag_ui_tune_choose_get_seconds (SagUiTuneChoose *self)
{
  return self->seconds;
}

/* Putting it together */

static void
connect (SagUiTuneChoose *self)
{
  SagUiEngine *engine = sag_ui_session_get_engine (self->session);

  g_signal_connect_object (self->project, "notify::store", G_CALLBACK (project_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "notify::saving",
                           G_CALLBACK (sag_ui_tune_choose_count_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "list", G_CALLBACK (sag_ui_tune_choose_count_soon), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "labels", G_CALLBACK (labels_cb), self, 0);
  g_signal_connect_object (engine, "bundle-changed", G_CALLBACK (bundle_cb), self,
                           G_CONNECT_SWAPPED);
  /* What was put off while nobody looked. */
  g_signal_connect (self, "map", G_CALLBACK (sag_ui_tune_choose_count_soon), NULL);
}

GtkWidget *
sag_ui_tune_choose_new (SagUiSession *session)
{
  SagUiTuneChoose *self = g_object_new (SAG_UI_TYPE_TUNE_CHOOSE, NULL);

  self->session = g_object_ref (session);
  self->project = g_object_ref (sag_ui_project_get (session));
  self->is_filling = TRUE;
  sag_ui_tune_choose_build (self);
  connect (self);
  self->is_filling = FALSE;
  bundle_cb (self);
  project_cb (self);
  return GTK_WIDGET (self);
}

static void
sag_ui_tune_choose_dispose (GObject *object)
{
  SagUiTuneChoose *self = SAG_UI_TUNE_CHOOSE (object);

  g_cancellable_cancel (self->counting);
  g_clear_object (&self->counting);
  g_clear_handle_id (&self->count_timer, g_source_remove);
  forget_time (self);
  g_clear_object (&self->session);
  g_clear_object (&self->project);
  G_OBJECT_CLASS (sag_ui_tune_choose_parent_class)->dispose (object);
}

static void
sag_ui_tune_choose_finalize (GObject *object)
{
  SagUiTuneChoose *self = SAG_UI_TUNE_CHOOSE (object);

  g_clear_pointer (&self->counts, sag_ui_tune_counts_free);
  g_free (self->obstacle);
  g_free (self->problem);
  G_OBJECT_CLASS (sag_ui_tune_choose_parent_class)->finalize (object);
}

static void
sag_ui_tune_choose_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_READY)
    g_value_set_boolean (value, sag_ui_tune_choose_is_ready (SAG_UI_TUNE_CHOOSE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_tune_choose_class_init (SagUiTuneChooseClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sag_ui_tune_choose_dispose;
  object_class->finalize = sag_ui_tune_choose_finalize;
  object_class->get_property = sag_ui_tune_choose_get_property;
  props[PROP_READY] =
    g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sag_ui_tune_choose_init (SagUiTuneChoose *self)
{
  self->seconds = NAN;
}
