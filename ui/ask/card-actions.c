/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/card.h"
#include "ui/ask/compare-window.h"
#include "ui/ask/details.h"
#include "ui/ask/other-model.h"
#include "ui/ask/prevalence.h"
#include "ui/ask/save.h"
#include "ui/ask/scope-note.h"
#include "ui/ask/words.h"
#include "ui/ask/work.h"
#include "ui/bundle/calibration-window.h"

#include <glib/gi18n.h>

static SagUiEngine *
get_engine (SagUiCard *card)
{
  return sag_ui_ask_get_engine (sag_ui_card_get_ask (card));
}

static void
again_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_engine_ask_again (get_engine (card), sag_ui_card_get_case (card),
                           sag_ui_card_get_result (card));
}

static void
force_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_ask_anyway (widget, sag_ui_card_get_ask (card), sag_ui_card_get_case (card));
}

static void
keep_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sag_ui_result_set_live (sag_ui_card_get_result (SAG_UI_CARD (widget)), FALSE);
}

static void
peak_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard    *card = SAG_UI_CARD (widget);
  SagUiOverlay *overlay = sag_ui_result_get_overlay (sag_ui_card_get_result (card));
  SagUiSession *session = sag_ui_ask_get_session (sag_ui_card_get_ask (card));
  double        ras_mm[3];

  if (overlay == NULL)
    return;
  sag_ui_overlay_get_peak (overlay, ras_mm);
  sag_ui_display_set_cross (sag_ui_session_get_display (session), ras_mm);
}

static void
map_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiOverlay *overlay = sag_ui_result_get_overlay (sag_ui_card_get_result (SAG_UI_CARD (widget)));

  if (overlay != NULL)
    sag_ui_overlay_set_visible (overlay, !sag_ui_overlay_get_visible (overlay));
}

static void
star_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiResult *result = sag_ui_card_get_result (SAG_UI_CARD (widget));

  g_object_set (result, "starred", !sag_ui_result_get_starred (result), NULL);
}

static void
remove_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_ask_remove (sag_ui_card_get_ask (card), sag_ui_card_get_case (card),
                     sag_ui_card_get_result (card));
}

static void
evidence_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_ask_evidence (sag_ui_card_get_ask (card), sag_ui_card_get_case (card),
                       sag_ui_card_get_result (card));
}

static void
robust_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_ask_robust (sag_ui_card_get_ask (card), sag_ui_card_get_case (card),
                     sag_ui_card_get_result (card));
}

static void
cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiWork *work = sag_ui_work_get (sag_ui_card_get_result (SAG_UI_CARD (widget)));

  if (work != NULL)
    g_cancellable_cancel (sag_ui_work_get_cancellable (work));
}

static void
prevalence_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_prevalence_popup (widget, sag_ui_card_get_ask (card),
                           sag_ui_result_get_text (sag_ui_card_get_result (card)));
}

static void
copy (SagUiCard *card, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (card)), text);
  sag_ui_session_say (sag_ui_ask_get_session (sag_ui_card_get_ask (card)), _ ("Copied."));
}

static void
copy_text_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard       *card = SAG_UI_CARD (widget);
  SagUiResult     *result = sag_ui_card_get_result (card);
  g_autofree char *note =
    sag_ui_ask_dup_note_of (sag_ui_card_get_ask (card), sag_ui_card_get_case (card), result);
  g_autofree char *text = sag_ui_words_dup_text (result, note);

  copy (card, text);
}

static void
copy_json_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard       *card = SAG_UI_CARD (widget);
  g_autofree char *text = sag_ui_save_dup_answer (
    sag_ui_card_get_ask (card), sag_ui_card_get_case (card), sag_ui_card_get_result (card));

  copy (card, text);
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard       *card = SAG_UI_CARD (widget);
  SagUiAsk        *ask = sag_ui_card_get_ask (card);
  SagUiCase       *one = sag_ui_card_get_case (card);
  SagUiResult     *result = sag_ui_card_get_result (card);
  g_autofree char *file = sag_ui_save_dup_answer_name (one, result);

  sag_ui_save_text (widget, sag_ui_ask_get_session (ask), _ ("Save the answer"), file,
                    sag_ui_save_dup_answer (ask, one, result));
}

static void
details_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);

  sag_ui_details_present (widget, sag_ui_card_get_ask (card), sag_ui_card_get_case (card),
                          sag_ui_card_get_result (card));
}

static void
compare_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard *card = SAG_UI_CARD (widget);
  GtkRoot   *root = gtk_widget_get_root (widget);
  GtkWindow *window = sag_ui_compare_window_new (
    sag_ui_card_get_ask (card), sag_ui_card_get_case (card), sag_ui_card_get_result (card));

  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (window, GTK_WINDOW (root));
  gtk_window_present (window);
  if (g_str_equal (name, "card.compare-bundle"))
    sag_ui_compare_window_choose_bundle (SAG_UI_COMPARE_WINDOW (window));
  else if (g_str_equal (name, "card.compare-models"))
    sag_ui_compare_window_ask_models (SAG_UI_COMPARE_WINDOW (window));
}

static void
calibration_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiSession *session = sag_ui_ask_get_session (sag_ui_card_get_ask (SAG_UI_CARD (widget)));
  GtkRoot      *root = gtk_widget_get_root (widget);

  sag_ui_calibration_window_present (session, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
}

static void
label_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCard  *card = SAG_UI_CARD (widget);
  const char *wanted = g_variant_get_string (parameter, NULL);

  for (SagUiLabel label = SAG_UI_LABEL_PRESENT; label <= SAG_UI_LABEL_UNSURE; label++)
    if (g_str_equal (sag_ui_label_to_string (label), wanted))
      sag_ui_ask_set_label (sag_ui_card_get_ask (card), sag_ui_card_get_case (card),
                            sag_ui_result_get_text (sag_ui_card_get_result (card)), label);
}

void
sag_ui_card_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "card.again", NULL, again_cb);
  gtk_widget_class_install_action (widget_class, "card.force", NULL, force_cb);
  gtk_widget_class_install_action (widget_class, "card.keep", NULL, keep_cb);
  gtk_widget_class_install_action (widget_class, "card.peak", NULL, peak_cb);
  gtk_widget_class_install_action (widget_class, "card.map", NULL, map_cb);
  gtk_widget_class_install_action (widget_class, "card.star", NULL, star_cb);
  gtk_widget_class_install_action (widget_class, "card.remove", NULL, remove_cb);
  gtk_widget_class_install_action (widget_class, "card.evidence", NULL, evidence_cb);
  gtk_widget_class_install_action (widget_class, "card.robust", NULL, robust_cb);
  gtk_widget_class_install_action (widget_class, "card.cancel", NULL, cancel_cb);
  gtk_widget_class_install_action (widget_class, "card.prevalence", NULL, prevalence_cb);
  gtk_widget_class_install_action (widget_class, "card.copy-text", NULL, copy_text_cb);
  gtk_widget_class_install_action (widget_class, "card.copy-json", NULL, copy_json_cb);
  gtk_widget_class_install_action (widget_class, "card.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "card.details", NULL, details_cb);
  gtk_widget_class_install_action (widget_class, "card.compare", NULL, compare_cb);
  gtk_widget_class_install_action (widget_class, "card.compare-bundle", NULL, compare_cb);
  gtk_widget_class_install_action (widget_class, "card.compare-models", NULL, compare_cb);
  gtk_widget_class_install_action (widget_class, "card.calibration", NULL, calibration_cb);
  gtk_widget_class_install_action (widget_class, "card.label", "s", label_cb);
}

void
sag_ui_card_update_actions (SagUiCard *self, gboolean hidden)
{
  GtkWidget       *widget = GTK_WIDGET (self);
  SagUiResult     *result = sag_ui_card_get_result (self);
  const SagAnswer *answer = hidden ? NULL : sag_ui_result_get_answer (result);
  gboolean         ready = answer != NULL;
  gboolean class = ready && answer->has_class;
  gboolean         idle = sag_ui_work_get (result) == NULL;
  SagUiResultState state = sag_ui_result_get_state (result);
  const char      *other;

  gtk_widget_action_set_enabled (widget, "card.again", state != SAG_UI_RESULT_PENDING);
  gtk_widget_action_set_enabled (widget, "card.force", state == SAG_UI_RESULT_REFUSED);
  gtk_widget_action_set_enabled (widget, "card.keep", sag_ui_result_get_live (result));
  gtk_widget_action_set_enabled (widget, "card.peak", ready && answer->has_map);
  gtk_widget_action_set_enabled (widget, "card.map", ready && answer->has_map);
  gtk_widget_action_set_enabled (widget, "card.evidence", class && idle);
  gtk_widget_action_set_enabled (widget, "card.robust", ready && idle);
  gtk_widget_action_set_enabled (widget, "card.cancel", !idle);
  gtk_widget_action_set_enabled (widget, "card.prevalence", class);
  gtk_widget_action_set_enabled (widget, "card.copy-text", ready);
  gtk_widget_action_set_enabled (widget, "card.copy-json", ready);
  gtk_widget_action_set_enabled (widget, "card.save", ready);
  gtk_widget_action_set_enabled (widget, "card.details", ready);
  gtk_widget_action_set_enabled (widget, "card.compare", ready);
  gtk_widget_action_set_enabled (widget, "card.compare-bundle", ready);
  gtk_widget_action_set_enabled (widget, "card.compare-models",
                                 sag_ui_other_model_find (get_engine (self), answer, &other));
  gtk_widget_action_set_enabled (widget, "card.calibration", class);
}
