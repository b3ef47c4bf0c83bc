/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/words.h"

#include "model/text/task.h"
#include "render/slice/marks.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"

static char *
dup_decimals (double value, const char *format)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, format, fabs (value));
  return g_strconcat (value < 0 && strpbrk (buffer, "123456789") != NULL ? MINUS : "", buffer,
                      NULL);
}

char *
sag_ui_words_dup_number (double value)
{
  if (!isfinite (value))
    return g_strdup (MINUS);
  if (value > 0 && value < 0.005)
    return g_strdup ("<0.01");
  if (value < 1 && value >= 0.995)
    return g_strdup (">0.99");
  return dup_decimals (value, "%.2f");
}

char *
sag_ui_words_dup_difference (double value)
{
  g_autofree char *number = isfinite (value) ? dup_decimals (value, "%.2f") : g_strdup (MINUS);

  return g_strconcat (value >= 0.005 ? "+" : "", number, NULL);
}

char *
sag_ui_words_dup_percent (double share)
{
  double           percent = share * 100;
  gboolean         whole = fabs (percent - round (percent)) < 0.05;
  g_autofree char *number = dup_decimals (percent, whole ? "%.0f" : "%.1f");

  return g_strdup_printf ("%s %%", number);
}

char *
sag_ui_words_dup_position (const double ras_mm[3])
{
  g_autofree char *r = dup_decimals (ras_mm[0], "%.1f");
  g_autofree char *a = dup_decimals (ras_mm[1], "%.1f");
  g_autofree char *s = dup_decimals (ras_mm[2], "%.1f");

  return g_strdup_printf ("%s %s %s", r, a, s);
}

const char *
sag_ui_words_get_training (SagTraining training)
{
  switch (training)
    {
    case SAG_TRAINING_TRAINED:
      return _ ("trained");
    case SAG_TRAINING_OTHER_WORDING:
      return _ ("other wording");
    case SAG_TRAINING_NEVER:
      return _ ("never trained");
    case SAG_TRAINING_UNKNOWN:
    default:
      return _ ("unknown");
    }
}

static const char *
class_hint (SagTraining training)
{
  switch (training)
    {
    case SAG_TRAINING_TRAINED:
      return _ ("The class head was trained on this very text.");
    case SAG_TRAINING_OTHER_WORDING:
      return _ ("The class head was trained on this finding in other words.");
    case SAG_TRAINING_NEVER:
      return _ ("The class head was never trained on this: the number is zero-shot.");
    case SAG_TRAINING_UNKNOWN:
    default:
      return _ ("The bundle does not say what its class head was trained on.");
    }
}

static const char *
patch_hint (SagTraining training)
{
  switch (training)
    {
    case SAG_TRAINING_TRAINED:
      return _ ("The patch head was trained on this very text.");
    case SAG_TRAINING_OTHER_WORDING:
      return _ ("The patch head was trained on this structure in other words.");
    case SAG_TRAINING_NEVER:
      return _ ("The patch head was never trained on this: the map is zero-shot.");
    case SAG_TRAINING_UNKNOWN:
    default:
      return _ ("The bundle does not say what its patch head was trained on.");
    }
}

const char *
sag_ui_words_get_training_hint (SagTraining training, SagHead head)
{
  return head == SAG_HEAD_CLASS ? class_hint (training) : patch_hint (training);
}

static gboolean
has_prevalence (SagUiResult *result)
{
  return sag_ui_result_get_answer (result)->has_class && sag_ui_result_get_prevalence (result) >= 0;
}

double
sag_ui_words_get_number (SagUiResult *result)
{
  const SagAnswer *answer = sag_ui_result_get_answer (result);

  g_return_val_if_fail (answer != NULL, NAN);
  if (!answer->has_class)
    return answer->peak_score;
  return has_prevalence (result) ? sag_ui_result_probability_at (
                                     answer->probability, sag_ui_result_get_prevalence (result))
                                 : answer->probability;
}

double
sag_ui_words_get_reference (SagUiResult *result)
{
  SagUiOverlay *overlay = sag_ui_result_get_overlay (result);

  if (!sag_ui_result_get_answer (result)->has_class)
    return overlay != NULL ? sag_ui_overlay_get_scale (overlay).threshold : 0.5;
  return has_prevalence (result) ? sag_ui_result_get_prevalence (result) : 0.5;
}

char *
sag_ui_words_dup_caption (SagUiResult *result)
{
  const SagAnswer *answer = sag_ui_result_get_answer (result);

  g_return_val_if_fail (answer != NULL, NULL);
  if (!answer->has_class)
    return g_strdup (_ ("highest score of the map"));
  if (has_prevalence (result))
    {
      g_autofree char *share = sag_ui_words_dup_percent (sag_ui_result_get_prevalence (result));

      /* Translators: after a probability: "0.32 at 5 % prevalence"; %s is "5 %". */
      return g_strdup_printf (_ ("at %s prevalence"), share);
    }
  return g_strdup (_ ("model probability, balanced training mix"));
}

char *
sag_ui_words_dup_reweighting (SagUiResult *result)
{
  g_autofree char *number = NULL;

  if (!has_prevalence (result))
    return NULL;
  number = sag_ui_words_dup_number (sag_ui_result_get_answer (result)->probability);
  /* Translators: %s is a probability such as 0.91. */
  return g_strdup_printf (_ ("Re-weighted by Bayes’ rule from %s in the balanced training mix."),
                          number);
}

char *
sag_ui_words_dup_calibrated (const SagAnswer *answer)
{
  const SagCalibrationTask *task = answer->calibration;
  double                    n;
  g_autofree char          *number = NULL;

  g_return_val_if_fail (task != NULL, NULL);

  n = (double) (task->n_positives + task->n_negatives);
  number = sag_ui_words_dup_number ((double) answer->calibrated);
  /* Translators: where a number lies among the cases of a calibration: "Above 92 % of 31 negatives, 40 % of 24
   * positives. Among them a probability of 0.41 (44 % positive, 2026-11-22)." */
  return g_strdup_printf (_ ("Above %.0f %% of %u negatives, %.0f %% of %u positives. Among them a "
                             "probability of %s (%.0f %% positive, %s)."),
                          100 * (double) answer->above[0], (guint) task->n_negatives,
                          100 * (double) answer->above[1], (guint) task->n_positives, number,
                          100 * (double) task->n_positives / n, task->date);
}

char *
sag_ui_words_dup_score (double score)
{
  g_autofree char *number = sag_ui_words_dup_number (score);

  /* Translators: the patch head's number, such as "score 0.74"; never a probability, never per cent. */
  return g_strdup_printf (_ ("score %s"), number);
}

static char *
dup_ready_sentence (SagUiResult *result)
{
  g_autofree char *number = sag_ui_words_dup_number (sag_ui_words_get_number (result));
  g_autofree char *caption = sag_ui_words_dup_caption (result);

  if (!sag_ui_result_get_answer (result)->has_class)
    return sag_ui_words_dup_score (sag_ui_words_get_number (result));
  if (has_prevalence (result))
    return g_strdup_printf ("%s %s", number, caption);
  return g_strdup_printf ("%s - %s", number, caption);
}

char *
sag_ui_words_dup_sentence (SagUiResult *result)
{
  const char *error = sag_ui_result_get_error (result);

  switch (sag_ui_result_get_state (result))
    {
    case SAG_UI_RESULT_READY:
      return dup_ready_sentence (result);
    case SAG_UI_RESULT_REFUSED:
      return g_strdup (error != NULL ? error : _ ("No number is shown."));
    case SAG_UI_RESULT_FAILED:
      return g_strdup (error != NULL ? error : _ ("The question failed."));
    case SAG_UI_RESULT_PENDING:
    default:
      return g_strdup (_ ("Asking…"));
    }
}

static void
append_heads (GString *text, const SagAnswer *answer)
{
  if (answer->has_class)
    /* Translators: %s is "trained", "other wording", "never trained" or "unknown". */
    g_string_append_printf (text,
                            answer->calibration != NULL ? _ ("Class head: %s, calibrated\n")
                                                        : _ ("Class head: %s, uncalibrated\n"),
                            sag_ui_words_get_training (answer->class_head));
  if (answer->calibration != NULL)
    {
      g_autofree char *calibrated = sag_ui_words_dup_calibrated (answer);

      g_string_append_printf (text, "%s\n", calibrated);
    }
  if (answer->has_map)
    /* Translators: %s is "trained", "other wording", "never trained" or "unknown". */
    g_string_append_printf (text, _ ("Patch head: %s\n"),
                            sag_ui_words_get_training (answer->patch_head));
}

static void
append_map (GString *text, SagUiResult *result)
{
  const SagAnswer *answer = sag_ui_result_get_answer (result);
  SagUiOverlay    *overlay = sag_ui_result_get_overlay (result);
  g_autofree char *score = sag_ui_words_dup_score (answer->peak_score);
  g_autofree char *peak = sag_ui_words_dup_position (answer->peak_ras_mm);

  /* Translators: "Map: score 0.74 at 12.1 −44.0 −510.0 mm (R A S)" */
  g_string_append_printf (text, _ ("Map: %s at %s mm (R A S)\n"), score, peak);
  if (overlay != NULL && sag_ui_overlay_get_note (overlay) != NULL)
    g_string_append_printf (text, "%s\n", sag_ui_overlay_get_note (overlay));
}

char *
sag_ui_words_dup_text (SagUiResult *result, const char *note)
{
  const SagAnswer *answer = sag_ui_result_get_answer (result);
  g_autofree char *sentence = sag_ui_words_dup_sentence (result);
  GString         *text = g_string_new (sag_ui_result_get_text (result));

  g_string_append_printf (text, "\n%s\n", sentence);
  if (answer != NULL)
    {
      g_autofree char *weighting = sag_ui_words_dup_reweighting (result);

      if (weighting != NULL)
        g_string_append_printf (text, "%s\n", weighting);
      append_heads (text, answer);
      if (answer->has_map)
        append_map (text, result);
      /* Translators: names of a bundle, an engine, a device, and a precision. */
      g_string_append_printf (text, _ ("%s; %s, %s, %s\n"), answer->provenance->bundle_name,
                              answer->provenance->engine, answer->provenance->device,
                              answer->provenance->precision);
    }
  if (note != NULL)
    g_string_append_printf (text, "%s\n", note);
  g_string_append_printf (text, "%s\n", _ (SAG_RENDER_NOTE_RESEARCH));
  return g_string_free (text, FALSE);
}

/* The first line of a doubtful scan says how much of the lungs was looked at, if that is why. */
static gboolean
is_cut (const SagScope *scope)
{
  return isfinite (scope->lung_share_in_box) && scope->lung_share_in_box < 0.95;
}

char *
sag_ui_words_dup_scope (const SagScope *scope, gboolean forced)
{
  switch (scope->verdict)
    {
    case SAG_SCOPE_OUT:
      return g_strdup (forced ? _ ("This does not look like an adult chest CT. It was asked "
                                   "anyway: what the numbers mean here, nobody knows.")
                              : _ ("This does not look like an adult chest CT. No number is "
                                   "shown."));
    case SAG_SCOPE_DOUBTFUL:
      if (is_cut (scope))
        /* Translators: a share of the lungs, in per cent. */
        return g_strdup_printf (_ ("Only %.0f %% of the lungs lie inside the analysed box."),
                                floor (100 * scope->lung_share_in_box));
      return g_strdup (scope->reasons != NULL && scope->reasons[0] != NULL
                         ? scope->reasons[0]
                         : _ ("What the numbers mean for this scan is doubtful."));
    case SAG_SCOPE_IN:
    default:
      return NULL;
    }
}

/* The model writes its reasons with words that the first line has said. */
static const char *
skip_said (const SagScope *scope, const char *reason, gboolean first)
{
  static const char not_a_chest[] = "This does not look like an adult chest CT: ";

  if (scope->verdict == SAG_SCOPE_OUT && g_str_has_prefix (reason, not_a_chest))
    return reason + strlen (not_a_chest);
  if (scope->verdict != SAG_SCOPE_DOUBTFUL)
    return reason;
  if (is_cut (scope))
    return g_str_has_suffix (reason, "of the lungs lie inside the analysed box.") ? NULL : reason;
  return first ? NULL : reason;
}

char *
sag_ui_words_dup_scope_reasons (const SagScope *scope)
{
  GString *text = g_string_new (NULL);

  for (char **reason = scope->reasons; reason != NULL && *reason != NULL; reason++)
    {
      const char *rest = skip_said (scope, *reason, reason == scope->reasons);

      if (rest == NULL)
        continue;
      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append_unichar (text, g_unichar_toupper (g_utf8_get_char (rest)));
      g_string_append (text, g_utf8_next_char (rest));
    }
  return g_string_free (text, FALSE);
}
