/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/words.h"

#include <glib/gi18n.h>
#include <math.h>

#define UNEVEN 5 /* so many times more of a kind than of the other is worth a word */

const char *
sag_ui_tune_words_parts (SagTrainParts parts)
{
  switch (parts)
    {
    case SAG_TRAIN_HEADS:
      return _ ("Heads");
    case SAG_TRAIN_HEADS_AND_TEXT:
      return _ ("Heads and text layers");
    case SAG_TRAIN_LORA:
      return _ ("LoRA: heads and small additions to the text layers");
    default:
      return _ ("All: the whole network");
    }
}

char *
sag_ui_tune_words_advice (const SagTuneAdvice *advice)
{
  if (advice->whole)
    return g_strdup_printf (
      /* Translators: number of cases. */
      _ ("This model reads no text and trains as a whole (all), with these %u cases as with many; "
         "those that are held out say whether it only learned them by heart."),
      (guint) advice->n_cases);
  if (advice->parts == SAG_TRAIN_HEADS)
    return g_strdup_printf (
      /* Translators: numbers of cases: all to train on; of the rarer of present and absent. */
      _ (
        "With %u cases, %u of the rarer kind, train the heads alone: more would learn the cases by "
        "heart. Ten cases with three of each kind are where more begins to pay."),
      (guint) advice->n_cases, (guint) advice->n_fewest);
  if (advice->parts == SAG_TRAIN_ALL)
    return g_strdup_printf (
      /* Translators: number of cases. */
      _ ("With %u cases the whole network can learn (all); without a graphics card that takes "
         "days, and heads and text layers show first what is to be had."),
      (guint) advice->n_cases);
  return g_strdup_printf (
    /* Translators: number of cases. */
    _ ("With %u cases train heads and text layers: a new question becomes tied to what the model "
       "sees already. LoRA changes less of what the model knew, in about the same time. If the "
       "finding stays unseen, all is what can still learn it."),
    (guint) advice->n_cases);
}

char *
sag_ui_tune_words_duration (double seconds)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (seconds < 90)
    /* Translators: seconds. */
    return g_strdup_printf (_ ("%d s"), (int) ceil (seconds));
  if (seconds < 90 * 60)
    /* Translators: minutes. */
    return g_strdup_printf (_ ("%d min"), (int) ceil (seconds / 60));
  /* Translators: hours, such as 3.5. */
  return g_strdup_printf (_ ("%s h"),
                          g_ascii_formatd (buffer, sizeof buffer, "%.1f", seconds / 3600));
}

const char *
sag_ui_tune_words_stage (SagUiTuneStage stage)
{
  switch (stage)
    {
    case SAG_UI_TUNE_STARTING:
      return _ ("starting");
    case SAG_UI_TUNE_PREPARING:
      return _ ("preparing");
    case SAG_UI_TUNE_TRAINING:
      return _ ("training");
    case SAG_UI_TUNE_PAUSING:
      return _ ("pausing");
    case SAG_UI_TUNE_PAUSED:
      return _ ("paused");
    case SAG_UI_TUNE_MEASURING:
      return _ ("measuring");
    case SAG_UI_TUNE_STOPPING:
      return _ ("stopping");
    case SAG_UI_TUNE_STOPPED:
      return _ ("stopped");
    case SAG_UI_TUNE_DIED:
      return _ ("broken off");
    case SAG_UI_TUNE_FAILED:
      return _ ("failed");
    default:
      return _ ("done");
    }
}

static char *
dup_training (const SagTuneStatus *status)
{
  g_autofree char *left = NULL;
  g_autofree char *words = NULL;

  if (status->fold > 0)
    /* Translators: which of how many models of a cross-validation; its step, of how many. */
    words = g_strdup_printf (_ ("Training model %u of %u, step %u of %u"), status->fold,
                             status->n_folds + 1, (guint) status->step, (guint) status->n_steps);
  else
    /* Translators: step, of how many. */
    words = g_strdup_printf (_ ("Training, step %u of %u"), (guint) status->step,
                             (guint) status->n_steps);
  if (!isfinite (status->seconds_left))
    return g_steal_pointer (&words);
  left = sag_ui_tune_words_duration (status->seconds_left);
  /* Translators: what is being done, then a time such as "12 min". */
  return g_strdup_printf (_ ("%s; about %s left"), words, left);
}

static char *
dup_scans (const SagTuneStatus *status, gboolean measures)
{
  if (status->n == 0)
    return g_strdup (measures ? _ ("Measuring what was held out") : _ ("Preparing the scans"));
  /* Translators: numbers of scans. */
  return g_strdup_printf (measures ? _ ("Measuring what was held out, scan %u of %u")
                                   : _ ("Preparing the scans, %u of %u"),
                          (guint) status->n_done, (guint) status->n);
}

char *
sag_ui_tune_words_run (SagUiTuneRun *run)
{
  const SagTuneStatus *status = sag_ui_tune_run_get_status (run);
  const char          *problem = sag_ui_tune_run_get_problem (run);

  switch (sag_ui_tune_run_get_stage (run))
    {
    case SAG_UI_TUNE_STARTING:
      return g_strdup (_ ("Looking at the labels"));
    case SAG_UI_TUNE_PREPARING:
      return dup_scans (status, FALSE);
    case SAG_UI_TUNE_TRAINING:
      return dup_training (status);
    case SAG_UI_TUNE_PAUSING:
      return g_strdup (_ ("Pausing after this step"));
    case SAG_UI_TUNE_PAUSED:
      return g_strdup (_ ("Paused; it takes no processor time now"));
    case SAG_UI_TUNE_MEASURING:
      return dup_scans (status, TRUE);
    case SAG_UI_TUNE_STOPPING:
      return g_strdup (_ ("Stopping; what was done so far is written down first"));
    case SAG_UI_TUNE_STOPPED:
      return g_strdup (_ ("Stopped. What was done so far is kept; Resume goes on from there."));
    case SAG_UI_TUNE_DIED:
      return g_strdup (_ ("It broke off: its process was ended from outside, or the computer was. "
                          "Resume goes on from the last checkpoint, or begins anew if there is "
                          "none yet."));
    case SAG_UI_TUNE_FAILED:
      return g_strdup (problem != NULL ? problem : _ ("It could not begin."));
    default:
      return g_strdup (_ ("Done: the new model is there, with figures before and after."));
    }
}

char *
sag_ui_tune_words_when (gint64 time)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (time);

  return when != NULL ? g_date_time_format (when, "%x, %H:%M") : g_strdup ("");
}

char *
sag_ui_tune_words_imbalance (const SagSnapshotTask *task)
{
  const gsize present = task->n_present[0] + task->n_present[1];
  const gsize absent = task->n_absent[0] + task->n_absent[1];

  if (task->n_masks[0] + task->n_masks[1] > 0 || MIN (present, absent) == 0 ||
      MAX (present, absent) < UNEVEN * MIN (present, absent))
    return NULL;
  /* Translators: a task's key; numbers of cases. */
  return g_strdup_printf (_ ("“%s” is uneven: %u present, %u absent. Both kinds are drawn equally "
                             "often, so the rarer cases come up again and again."),
                          task->key, (guint) present, (guint) absent);
}
