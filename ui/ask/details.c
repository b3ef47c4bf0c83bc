/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/details.h"

#include "model/core/number.h"
#include "ui/ask/save.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>

typedef struct
{
  SagUiAsk    *ask;
  SagUiCase   *one;
  SagUiResult *result;
} Details;

static void
details_free (gpointer data)
{
  Details *details = data;

  g_clear_object (&details->ask);
  g_clear_object (&details->one);
  g_clear_object (&details->result);
  g_free (details);
}

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *value)
{
  GtkWidget *row = adw_action_row_new ();

  g_object_set (row, "use-markup", FALSE, "title", title, "subtitle", value, "subtitle-lines", 0,
                NULL);
  adw_preferences_group_add (group, row);
}

/* Takes @value. */
static void
add_taken (AdwPreferencesGroup *group, const char *title, char *value)
{
  add_row (group, title, value);
  g_free (value);
}

static void
add_calibration (AdwPreferencesGroup *group, const SagAnswer *answer)
{
  const char *sha256 = answer->provenance->calibration_sha256;

  if (answer->calibration == NULL)
    add_row (group, _ ("Calibration"), _ ("None: uncalibrated"));
  else
    add_taken (group, _ ("Calibration"), sag_ui_words_dup_calibrated (answer));
  if (sha256 != NULL)
    add_row (group, _ ("Calibration, SHA-256"), sha256);
}

static void
add_answer (Details *details, AdwPreferencesPage *page)
{
  const SagAnswer     *answer = sag_ui_result_get_answer (details->result);
  g_autofree char     *weighting = sag_ui_words_dup_reweighting (details->result);
  g_autofree char     *note = sag_ui_ask_dup_note_of (details->ask, details->one, details->result);
  AdwPreferencesGroup *group = add_group (page, _ ("Answer"), NULL);
  char                 buffer[SAG_NUMBER_BUFFER];

  add_row (group, _ ("Task"), answer->text);
  add_taken (group, _ ("Number"), sag_ui_words_dup_sentence (details->result));
  if (weighting != NULL)
    add_row (group, _ ("Prevalence"), weighting);
  if (answer->has_class)
    {
      add_row (group, _ ("Logit of the class head"),
               sag_number_format_float (answer->logit, buffer));
      add_row (group, _ ("Class head"),
               sag_ui_words_get_training_hint (answer->class_head, SAG_HEAD_CLASS));
      add_calibration (group, answer);
    }
  if (note != NULL)
    add_row (group, _ ("Model"), note);
}

static void
add_map (Details *details, AdwPreferencesPage *page)
{
  const SagAnswer     *answer = sag_ui_result_get_answer (details->result);
  SagUiOverlay        *map = sag_ui_result_get_overlay (details->result);
  AdwPreferencesGroup *group =
    add_group (page, _ ("Score map"), map != NULL ? sag_ui_overlay_get_note (map) : NULL);
  g_autofree char *peak = NULL;

  if (!answer->has_map)
    {
      add_row (group, _ ("Map"), _ ("This model draws no map."));
      return;
    }
  peak = sag_ui_words_dup_position (answer->peak_ras_mm);
  add_row (group, _ ("Patch head"),
           sag_ui_words_get_training_hint (answer->patch_head, SAG_HEAD_PATCH));
  add_taken (group, _ ("Highest"), sag_ui_words_dup_score (answer->peak_score));
  /* Translators: a position in mm along right, anterior, superior. */
  add_taken (group, _ ("Peak"), g_strdup_printf (_ ("%s mm (R A S)"), peak));
  add_taken (group, _ ("Cells"),
             g_strdup_printf ("%d × %d × %d", answer->cell_dims[0], answer->cell_dims[1],
                              answer->cell_dims[2]));
}

static const char *
get_trial_title (SagTrialKind kind)
{
  switch (kind)
    {
    case SAG_TRIAL_ORIGINAL:
      return _ ("The question itself");
    case SAG_TRIAL_PARAPHRASE:
      return _ ("In other words");
    case SAG_TRIAL_SHIFTED_BOX:
      return _ ("With a moved box");
    case SAG_TRIAL_NEGATED:
      return _ ("Control: negated");
    case SAG_TRIAL_NONSENSE:
      return _ ("Control: a finding that does not exist");
    case SAG_TRIAL_AIR:
    default:
      return _ ("Control: a scan of nothing but air");
    }
}

static void
add_trial (AdwPreferencesGroup *group, const SagTrial *trial)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *number = sag_ui_words_dup_number (trial->number);
  GtkWidget       *label = gtk_label_new (number);
  g_autofree char *subtitle = NULL;

  if (trial->kind == SAG_TRIAL_SHIFTED_BOX)
    {
      g_autofree char *shift = sag_ui_words_dup_position (trial->shift_mm);

      /* Translators: by how much the analysed box was moved, mm along right, anterior, superior. */
      subtitle = g_strdup_printf (_ ("moved by %s mm"), shift);
    }
  g_object_set (row, "use-markup", FALSE, "title", get_trial_title (trial->kind), "subtitle",
                subtitle != NULL ? subtitle : trial->text, "subtitle-lines", 0, NULL);
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (group, row);
}

static void
add_robust (Details *details, AdwPreferencesPage *page)
{
  const SagRobust     *robust = sag_ui_result_get_robust (details->result);
  AdwPreferencesGroup *group;
  const char          *verdict;

  if (robust == NULL)
    return;
  verdict = robust->wording_sensitive
              ? _ ("Wording-sensitive: other words give other numbers, or a control comes close.")
              : _ ("Other words and boxes give much the same number, and the controls stay away.");
  group = add_group (page, _ ("Robustness"), verdict);
  add_row (group, _ ("Numbers"),
           robust->of_scores ? _ ("Highest scores of the map") : _ ("Model probabilities"));
  add_taken (group, _ ("Spread over wordings"), sag_ui_words_dup_number (robust->wording_spread));
  add_taken (group, _ ("Spread over boxes"), sag_ui_words_dup_number (robust->box_spread));
  add_taken (group, _ ("Closest control, distance"),
             sag_ui_words_dup_number (robust->closest_control));
  for (guint i = 0; i < robust->trials->len; i++)
    add_trial (group, robust->trials->pdata[i]);
}

static void
add_evidence (Details *details, AdwPreferencesPage *page)
{
  SagUiOverlay        *evidence = sag_ui_result_get_evidence (details->result);
  AdwPreferencesGroup *group;
  double               ras_mm[3], peak;
  char                 buffer[SAG_NUMBER_BUFFER];

  if (evidence == NULL)
    return;
  peak = sag_ui_overlay_get_peak (evidence, ras_mm);
  group = add_group (page, _ ("Evidence"), sag_ui_overlay_get_note (evidence));
  add_row (group, _ ("Largest fall of the logit"), sag_number_format_float ((float) peak, buffer));
  add_taken (group, _ ("Where"), sag_ui_words_dup_position (ras_mm));
}

static void
add_reader (Details *details, AdwPreferencesPage *page)
{
  const SagUiOpinion *opinion =
    sag_ui_opinion_get (details->one, sag_ui_result_get_text (details->result));
  AdwPreferencesGroup *group;

  if (opinion->label == SAG_UI_LABEL_NONE)
    return;
  group = add_group (page, _ ("Reader"), NULL);
  add_row (group, _ ("Label"), sag_ui_label_get_title (opinion->label));
  add_row (group, _ ("Order"),
           opinion->label_first ? _ ("Set before the answer was shown")
                                : _ ("Set after the answer was shown"));
  add_taken (group, _ ("Set at"), g_date_time_format (opinion->labelled_at, "%F %T"));
}

static void
add_provenance (Details *details, AdwPreferencesPage *page)
{
  const SagProvenance *from = sag_ui_result_get_answer (details->result)->provenance;
  AdwPreferencesGroup *group = add_group (page, _ ("Provenance"), NULL);

  add_row (group, _ ("Bundle"), from->bundle_name);
  add_row (group, _ ("Bundle, SHA-256"), from->bundle_sha256);
  add_row (group, _ ("Weights, SHA-256"), from->weights_sha256);
  add_row (group, _ ("Voxels, hash"), from->voxels);
  add_row (group, _ ("Preparation"), from->recipe);
  add_row (group, _ ("Lungs from"), from->lung_source);
  add_taken (group, _ ("Box moved by, mm (R A S)"), sag_ui_words_dup_position (from->shift_mm));
  if (from->forced)
    add_row (group, _ ("Asked anyway"), _ ("The scan does not look like an adult chest CT."));
  add_taken (group, _ ("Engine"),
             g_strdup_printf ("%s, %s, %s", from->engine, from->device, from->precision));
  add_taken (group, _ ("Program"), g_strdup_printf ("Sagitta %s, %s", from->program, from->commit));
}

static void
add_times (Details *details, AdwPreferencesPage *page)
{
  SagUiEngineTimes     times = sag_ui_engine_get_times (sag_ui_ask_get_engine (details->ask));
  const SagAnswer     *answer = sag_ui_result_get_answer (details->result);
  AdwPreferencesGroup *group = add_group (page, _ ("Times and ids"), NULL);
  g_autoptr (GString) ids = g_string_new (NULL);

  add_taken (group, _ ("Asked at"),
             g_date_time_format (sag_ui_result_get_asked_at (details->result), "%F %T"));
  /* Translators: milliseconds. */
  add_taken (group, _ ("This text"),
             g_strdup_printf (_ ("%.0f ms"), sag_ui_result_get_ask_ms (details->result)));
  /* Translators: milliseconds of the newest reading, preparing and encoding of a scan. */
  add_taken (group, _ ("Newest scan"),
             g_strdup_printf (_ ("read %.0f ms, prepared %.0f ms, encoded %.0f ms"),
                              sag_ui_case_get_load_ms (details->one), times.prepare, times.encode));
  for (gsize i = 0; i < answer->n_ids; i++)
    g_string_append_printf (ids, i > 0 ? " %d" : "%d", answer->ids[i]);
  add_row (group, _ ("Word pieces of the text"), ids->str);
  add_taken (group, _ ("Answer"), sag_answer_dup_id (answer));
}

static void
copy_cb (GtkButton *button, Details *details)
{
  g_autofree char *text = sag_ui_save_dup_answer (details->ask, details->one, details->result);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), text);
  sag_ui_session_say (sag_ui_ask_get_session (details->ask), _ ("Copied."));
}

static void
save_cb (GtkButton *button, Details *details)
{
  g_autofree char *name = sag_ui_save_dup_answer_name (details->one, details->result);

  sag_ui_save_text (GTK_WIDGET (button), sag_ui_ask_get_session (details->ask),
                    _ ("Save the answer"), name,
                    sag_ui_save_dup_answer (details->ask, details->one, details->result));
}

/* What it shows belongs to one answer; the next one has another window. */
static void
answer_cb (SagUiResult *result, GParamSpec *pspec, GtkWindow *window)
{
  gtk_window_destroy (window);
}

static GtkWidget *
make_bar (Details *details)
{
  GtkWidget *bar = adw_header_bar_new ();
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  GtkWidget *save = gtk_button_new_with_mnemonic (_ ("_Save answer…"));

  gtk_widget_set_tooltip_text (copy, _ ("Copy as JSON"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Copy as JSON"), -1);
  gtk_widget_set_tooltip_text (save, _ ("As a file that sagitta-cli replay repeats"));
  g_signal_connect (copy, "clicked", G_CALLBACK (copy_cb), details);
  g_signal_connect (save, "clicked", G_CALLBACK (save_cb), details);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), save);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), copy);
  return bar;
}

static GtkWidget *
make_page (Details *details)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());

  add_answer (details, page);
  add_robust (details, page);
  add_evidence (details, page);
  add_reader (details, page);
  add_map (details, page);
  add_provenance (details, page);
  add_times (details, page);
  gtk_widget_set_vexpand (GTK_WIDGET (page), TRUE);
  return GTK_WIDGET (page);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

void
sag_ui_close_on_escape (GtkWindow *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys),
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                      gtk_callback_action_new (escape_cb, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
}

GtkWindow *
sag_ui_details_present (GtkWidget *parent, SagUiAsk *ask, SagUiCase *one, SagUiResult *result)
{
  GtkRoot   *root = gtk_widget_get_root (parent);
  GtkWindow *window = GTK_WINDOW (adw_window_new ());
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  Details   *details;

  g_return_val_if_fail (sag_ui_result_get_answer (result) != NULL, NULL);

  details = g_new0 (Details, 1);
  *details = (Details){ g_object_ref (ask), g_object_ref (one), g_object_ref (result) };
  gtk_window_set_title (window, _ ("Details of the answer"));
  gtk_window_set_default_size (window, 560, 680);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (window, GTK_WINDOW (root));
  gtk_window_set_destroy_with_parent (window, TRUE);
  gtk_box_append (GTK_BOX (box), make_bar (details));
  gtk_box_append (GTK_BOX (box), make_page (details));
  adw_window_set_content (ADW_WINDOW (window), box);
  g_signal_connect_object (result, "notify::answer", G_CALLBACK (answer_cb), window, 0);
  g_object_set_data_full (G_OBJECT (window), "details", details, details_free);
  sag_ui_close_on_escape (window);
  gtk_window_present (window);
  return window;
}
