/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/card.h"

#include "ui/ask/gauge.h"
#include "ui/ask/work.h"
#include "ui/ask/map-row.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>

struct _SagUiCard
{
  AdwBin parent;

  SagUiAsk    *ask;
  SagUiCase   *one;
  SagUiResult *result;
  char        *spoken;
  gboolean     updating;
  gboolean     has_pointer;
  gboolean     has_focus;
  guint        pulse_id;

  GtkLabel        *text;
  GtkToggleButton *star;
  GtkMenuButton   *more;
  GtkWidget       *pending;
  GtkWidget       *number_box;
  GtkLabel        *number;
  GtkLabel        *caption;
  SagUiGauge      *gauge;
  GtkLabel        *reweighting;
  GtkWidget       *badges;
  GtkWidget       *more_badges;
  GtkWidget       *live;
  GtkLabel        *training;
  GtkButton       *calibration;
  GtkLabel        *calibrated;
  GtkWidget       *forced;
  GtkLabel        *wording;
  GtkWidget       *stale;
  GtkWidget       *problem;
  GtkImage        *problem_icon;
  GtkLabel        *sentence;
  GtkButton       *retry;
  GtkWidget       *reader;
  GtkLabel        *reader_label;
  GtkToggleButton *present;
  GtkToggleButton *absent;
  GtkToggleButton *unsure;
  SagUiMapRow     *map_row;
  SagUiMapRow     *evidence_row;
  GtkWidget       *work;
  GtkProgressBar  *progress;
};

G_DEFINE_FINAL_TYPE (SagUiCard, sag_ui_card, ADW_TYPE_BIN)

SagUiResult *
sag_ui_card_get_result (SagUiCard *self)
{
  return self->result;
}

SagUiCase *
sag_ui_card_get_case (SagUiCard *self)
{
  return self->one;
}

SagUiAsk *
sag_ui_card_get_ask (SagUiCard *self)
{
  return self->ask;
}

const char *
sag_ui_card_get_spoken (SagUiCard *self)
{
  return self->spoken;
}

/* The answer to show; NULL also while the reader comes first. */
static const SagAnswer *
get_shown (SagUiCard *self, gboolean hidden)
{
  return hidden ? NULL : sag_ui_result_get_answer (self->result);
}

static void
update_number (SagUiCard *self, const SagAnswer *answer)
{
  g_autofree char *number = NULL;
  g_autofree char *caption = NULL;
  g_autofree char *weighting = NULL;

  gtk_widget_set_visible (self->number_box, answer != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->gauge), answer != NULL);
  if (answer != NULL)
    {
      number = sag_ui_words_dup_number (sag_ui_words_get_number (self->result));
      caption = sag_ui_words_dup_caption (self->result);
      weighting = sag_ui_words_dup_reweighting (self->result);
      sag_ui_gauge_set (self->gauge, sag_ui_words_get_number (self->result),
                        sag_ui_words_get_reference (self->result));
      gtk_widget_set_tooltip_text (
        GTK_WIDGET (self->gauge),
        answer->has_class ? _ ("The tick is what one would say without having seen the scan.")
                          : _ ("The tick is the threshold of the map."));
    }
  gtk_label_set_text (self->number, number != NULL ? number : "");
  gtk_label_set_text (self->caption, caption != NULL ? caption : "");
  gtk_label_set_text (self->reweighting, weighting != NULL ? weighting : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reweighting), weighting != NULL);
}

static void
update_wording (SagUiCard *self, const SagRobust *robust)
{
  g_autofree char *spread = NULL;
  g_autofree char *hint = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->wording), robust != NULL);
  if (robust == NULL)
    return;
  spread = sag_ui_words_dup_number (robust->wording_spread);
  /* Translators: how far the numbers of several wordings lie apart, such as "spread 0.07". */
  hint = g_strdup_printf (_ ("spread %s"), spread);
  gtk_label_set_text (self->wording, robust->wording_sensitive ? _ ("wording-sensitive") : hint);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->wording),
                               robust->wording_sensitive
                                 ? _ ("Other words for the same question give other numbers, or a "
                                      "control comes close. See the details.")
                                 : _ ("Other words for the same question give much the same "
                                      "number. See the details."));
}

static void
update_calibration (SagUiCard *self, const SagAnswer *answer)
{
  gboolean         known = answer != NULL && answer->calibration != NULL;
  g_autofree char *sentence = known ? sag_ui_words_dup_calibrated (answer) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->calibration), answer != NULL);
  gtk_button_set_label (self->calibration, known ? _ ("calibrated") : _ ("uncalibrated"));
  gtk_widget_set_tooltip_text (
    GTK_WIDGET (self->calibration),
    known ? _ ("These numbers were compared with how often the finding is there, among the cases "
               "of the calibration.")
          : _ ("Nobody has compared these numbers with how often the finding is there."));
  gtk_label_set_text (self->calibrated, known ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->calibrated), known);
}

static void
update_badges (SagUiCard *self, const SagAnswer *answer)
{
  gboolean class = answer != NULL && answer->has_class;
  gboolean live = sag_ui_result_get_live (self->result);
  gboolean stale = sag_ui_result_get_stale (self->result);

  gtk_widget_set_visible (self->live, live);
  gtk_widget_set_visible (GTK_WIDGET (self->training), class);
  update_calibration (self, class ? answer : NULL);
  gtk_widget_set_visible (self->forced, answer != NULL && answer->provenance->forced);
  gtk_widget_set_visible (self->stale, stale);
  update_wording (self, answer != NULL ? sag_ui_result_get_robust (self->result) : NULL);
  if (class)
    {
      gtk_label_set_text (self->training, sag_ui_words_get_training (answer->class_head));
      gtk_widget_set_tooltip_text (
        GTK_WIDGET (self->training),
        sag_ui_words_get_training_hint (answer->class_head, SAG_HEAD_CLASS));
    }
  gtk_widget_set_visible (self->badges, class);
  gtk_widget_set_visible (self->more_badges, live || stale ||
                                               gtk_widget_get_visible (self->forced) ||
                                               gtk_widget_get_visible (GTK_WIDGET (self->wording)));
}

static void
update_problem (SagUiCard *self)
{
  SagUiResultState state = sag_ui_result_get_state (self->result);
  gboolean         refused = state == SAG_UI_RESULT_REFUSED;
  gboolean         failed = state == SAG_UI_RESULT_FAILED;
  g_autofree char *sentence = NULL;

  gtk_widget_set_visible (self->problem, refused || failed);
  if (!refused && !failed)
    return;
  sentence = sag_ui_words_dup_sentence (self->result);
  gtk_label_set_text (self->sentence, sentence);
  gtk_image_set_from_icon_name (self->problem_icon,
                                failed ? "dialog-error-symbolic" : "dialog-warning-symbolic");
  gtk_button_set_label (self->retry, failed ? _ ("Ask again") : _ ("Ask anyway…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->retry),
                                  failed ? "card.again" : "card.force");
}

static char *
dup_reader_sentence (const SagUiOpinion *opinion, gboolean hidden)
{
  if (hidden)
    return g_strdup (_ ("Your label first: then the answer is shown."));
  if (opinion->label == SAG_UI_LABEL_NONE)
    return g_strdup (_ ("The answer was shown before you set a label."));
  /* Translators: %s is "present", "absent" or "unsure". */
  return g_strdup_printf (opinion->label_first
                            ? _ ("Your label: %s, set before the answer was shown.")
                            : _ ("Your label: %s, set after the answer was shown."),
                          sag_ui_label_get_title (opinion->label));
}

static void
update_reader (SagUiCard *self, gboolean hidden)
{
  const SagUiOpinion *opinion =
    sag_ui_opinion_get (self->one, sag_ui_result_get_text (self->result));
  gboolean         first = sag_ui_ask_get_read_first (self->ask);
  g_autofree char *sentence = dup_reader_sentence (opinion, hidden);
  GtkWidget       *buttons = gtk_widget_get_parent (GTK_WIDGET (self->present));

  gtk_widget_set_visible (self->reader, first || opinion->label != SAG_UI_LABEL_NONE);
  gtk_widget_set_visible (buttons, first);
  gtk_label_set_text (self->reader_label, sentence);
  gtk_toggle_button_set_active (self->present, opinion->label == SAG_UI_LABEL_PRESENT);
  gtk_toggle_button_set_active (self->absent, opinion->label == SAG_UI_LABEL_ABSENT);
  gtk_toggle_button_set_active (self->unsure, opinion->label == SAG_UI_LABEL_UNSURE);
}

static void
update_maps (SagUiCard *self, const SagAnswer *answer)
{
  SagUiOverlay *map = answer != NULL ? sag_ui_result_get_overlay (self->result) : NULL;

  sag_ui_map_row_set_plain (self->map_row, answer != NULL && !answer->has_class);
  sag_ui_map_row_set_overlay (
    self->map_row, map, map != NULL ? sag_ui_words_get_training (answer->patch_head) : NULL,
    map != NULL ? sag_ui_words_get_training_hint (answer->patch_head, SAG_HEAD_PATCH) : NULL);
  sag_ui_map_row_set_overlay (self->evidence_row,
                              answer != NULL ? sag_ui_result_get_evidence (self->result) : NULL,
                              _ ("evidence"), _ ("Not the score map: what the number rests on."));
}

static gboolean
pulse_cb (gpointer user_data)
{
  gtk_progress_bar_pulse (SAG_UI_CARD (user_data)->progress);
  return G_SOURCE_CONTINUE;
}

/* Work that does not know how far it is shows that it goes on; nothing ticks without work. */
static void
update_pulse (SagUiCard *self, SagUiWork *work)
{
  gboolean pulses = work != NULL && sag_ui_work_get_fraction (work) < 0;

  if (pulses && self->pulse_id == 0)
    self->pulse_id = g_timeout_add (150, pulse_cb, self);
  else if (!pulses)
    g_clear_handle_id (&self->pulse_id, g_source_remove);
}

static void
update_work (SagUiCard *self)
{
  SagUiWork *work = sag_ui_work_get (self->result);

  gtk_widget_set_visible (self->work, work != NULL);
  update_pulse (self, work);
  if (work == NULL)
    return;
  gtk_progress_bar_set_text (self->progress, sag_ui_work_get_title (work));
  if (sag_ui_work_get_fraction (work) >= 0)
    gtk_progress_bar_set_fraction (self->progress, sag_ui_work_get_fraction (work));
}

static void
update_spoken (SagUiCard *self, gboolean hidden)
{
  GtkWidget       *row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *sentence = hidden && sag_ui_result_get_answer (self->result) != NULL
                                ? g_strdup (_ ("Your label first: then the answer is shown."))
                                : sag_ui_words_dup_sentence (self->result);

  g_free (self->spoken);
  self->spoken = g_strdup_printf ("%s: %s", sag_ui_result_get_text (self->result), sentence);
  if (GTK_IS_LIST_BOX_ROW (row))
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    self->spoken, -1);
}

static void
update_star (SagUiCard *self)
{
  gboolean starred = sag_ui_result_get_starred (self->result);

  gtk_toggle_button_set_active (self->star, starred);
  gtk_button_set_icon_name (GTK_BUTTON (self->star),
                            starred ? "starred-symbolic" : "non-starred-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->star),
                               starred ? _ ("Unpin") : _ ("Pin to the top"));
}

void
sag_ui_card_update (SagUiCard *self)
{
  const char      *text = sag_ui_result_get_text (self->result);
  gboolean         hidden = sag_ui_ask_is_hidden (self->ask, self->one, text);
  gboolean         ready = sag_ui_result_get_state (self->result) == SAG_UI_RESULT_READY;
  const SagAnswer *answer = ready ? get_shown (self, hidden) : NULL;

  self->updating = TRUE;
  gtk_label_set_text (self->text, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->text), text);
  gtk_widget_set_visible (self->pending,
                          sag_ui_result_get_state (self->result) == SAG_UI_RESULT_PENDING);
  update_star (self);
  update_number (self, answer);
  update_badges (self, answer);
  update_problem (self);
  update_reader (self, hidden);
  update_maps (self, answer);
  update_work (self);
  update_spoken (self, hidden);
  sag_ui_card_update_actions (self, hidden);
  self->updating = FALSE;
}

static void
ask_cb (SagUiAsk *ask, SagUiResult *result, SagUiCard *self)
{
  if (result == NULL || result == self->result)
    sag_ui_card_update (self);
}

/* The tick of a "Segment" card stands at the threshold of its map. */
static void
overlay_cb (SagUiOverlay *overlay, GParamSpec *pspec, SagUiCard *self)
{
  const SagAnswer *answer = sag_ui_result_get_answer (self->result);

  if (answer != NULL && !answer->has_class)
    sag_ui_gauge_set (self->gauge, sag_ui_words_get_number (self->result),
                      sag_ui_words_get_reference (self->result));
}

static void
answer_cb (SagUiResult *result, GParamSpec *pspec, SagUiCard *self)
{
  SagUiOverlay *overlay = sag_ui_result_get_overlay (result);

  if (overlay == NULL)
    return;
  g_signal_handlers_disconnect_by_func (overlay, overlay_cb, self);
  g_signal_connect_object (overlay, "notify::threshold", G_CALLBACK (overlay_cb), self, 0);
}

static void
star_cb (GtkToggleButton *button, SagUiCard *self)
{
  if (!self->updating)
    g_object_set (self->result, "starred", gtk_toggle_button_get_active (button), NULL);
}

static void
label_cb (GtkToggleButton *button, SagUiCard *self)
{
  SagUiLabel label = button == self->present  ? SAG_UI_LABEL_PRESENT
                     : button == self->absent ? SAG_UI_LABEL_ABSENT
                                              : SAG_UI_LABEL_UNSURE;

  if (!self->updating && gtk_toggle_button_get_active (button))
    sag_ui_ask_set_label (self->ask, self->one, sag_ui_result_get_text (self->result), label);
}

static void
go_cb (SagUiMapRow *row, SagUiCard *self)
{
  SagUiOverlay *overlay = row == self->map_row ? sag_ui_result_get_overlay (self->result)
                                               : sag_ui_result_get_evidence (self->result);
  double        ras_mm[3];

  if (overlay == NULL)
    return;
  sag_ui_overlay_get_peak (overlay, ras_mm);
  sag_ui_display_set_cross (sag_ui_session_get_display (sag_ui_ask_get_session (self->ask)),
                            ras_mm);
}

static void
near_cb (GObject *controller, GParamSpec *pspec, SagUiCard *self)
{
  gboolean active;

  g_object_get (controller, pspec->name, &active, NULL);
  if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
    self->has_pointer = active;
  else
    self->has_focus = active;
  active = self->has_pointer || self->has_focus;
  sag_ui_map_row_set_active (self->map_row, active);
  sag_ui_map_row_set_active (self->evidence_row, active);
}

static void
add_controllers (SagUiCard *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (motion, "notify::contains-pointer", G_CALLBACK (near_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (focus, "notify::contains-focus", G_CALLBACK (near_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
sag_ui_card_new (SagUiAsk *ask, SagUiCase *one, SagUiResult *result)
{
  SagUiCard *self = g_object_new (SAG_UI_TYPE_CARD, NULL);

  self->ask = g_object_ref (ask);
  self->one = g_object_ref (one);
  self->result = g_object_ref (result);
  g_signal_connect_object (ask, "changed", G_CALLBACK (ask_cb), self, 0);
  g_signal_connect_object (result, "notify::answer", G_CALLBACK (answer_cb), self, 0);
  answer_cb (result, NULL, self);
  sag_ui_card_update (self);
  return GTK_WIDGET (self);
}

static void
sag_ui_card_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sag_ui_card_parent_class)->root (widget);
  update_spoken (SAG_UI_CARD (widget),
                 sag_ui_ask_is_hidden (SAG_UI_CARD (widget)->ask, SAG_UI_CARD (widget)->one,
                                       sag_ui_result_get_text (SAG_UI_CARD (widget)->result)));
}

static void
sag_ui_card_dispose (GObject *object)
{
  SagUiCard *self = SAG_UI_CARD (object);

  g_clear_handle_id (&self->pulse_id, g_source_remove);
  adw_bin_set_child (ADW_BIN (object), NULL); /* a bound one would be unparented behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_CARD);
  g_clear_object (&self->ask);
  g_clear_object (&self->one);
  g_clear_object (&self->result);
  G_OBJECT_CLASS (sag_ui_card_parent_class)->dispose (object);
}

static void
sag_ui_card_finalize (GObject *object)
{
  g_free (SAG_UI_CARD (object)->spoken);
  G_OBJECT_CLASS (sag_ui_card_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SagUiCard, name)
  BIND (text);
  BIND (star);
  BIND (more);
  BIND (pending);
  BIND (number_box);
  BIND (number);
  BIND (caption);
  BIND (gauge);
  BIND (reweighting);
  BIND (badges);
  BIND (more_badges);
  BIND (live);
  BIND (training);
  BIND (calibration);
  BIND (calibrated);
  BIND (forced);
  BIND (wording);
  BIND (stale);
  BIND (problem);
  BIND (problem_icon);
  BIND (sentence);
  BIND (retry);
  BIND (reader);
  BIND (reader_label);
  BIND (present);
  BIND (absent);
  BIND (unsure);
  BIND (map_row);
  BIND (evidence_row);
  BIND (work);
  BIND (progress);
#undef BIND
}

static void
sag_ui_card_class_init (SagUiCardClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sag_ui_card_dispose;
  object_class->finalize = sag_ui_card_finalize;
  widget_class->root = sag_ui_card_root;
  g_type_ensure (SAG_UI_TYPE_GAUGE);
  g_type_ensure (SAG_UI_TYPE_MAP_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/card.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, star_cb);
  gtk_widget_class_bind_template_callback (widget_class, label_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
  sag_ui_card_install_actions (widget_class);
}

static void
sag_ui_card_init (SagUiCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_controllers (self);
}
