/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/robust.h"

#include "model/core/error.h"
#include "model/text/paraphrase.h"

#include <math.h>

/* A hand that drags the box moves it by such steps: 16 mm to each side and towards the feet. */
static const double shifts_mm[][3] = {
  { 16, 0, 0 }, { -16, 0, 0 }, { 0, 16, 0 }, { 0, -16, 0 }, { 0, 0, -16 },
};

static void
trial_free (SagTrial *trial)
{
  g_free (trial->text);
  g_free (trial);
}

void
sag_robust_free (SagRobust *robust)
{
  if (robust == NULL)
    return;
  g_ptr_array_unref (robust->trials);
  g_free (robust);
}

const char *
sag_trial_kind_to_string (SagTrialKind kind)
{
  static const char *const names[] = {
    "original", "paraphrase", "shifted box", "negated", "nonsense", "air volume",
  };

  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (names), NULL);
  return names[kind];
}

static SagTrial *
add_trial (SagRobust *robust, SagTrialKind kind, const char *text)
{
  SagTrial *trial = g_new0 (SagTrial, 1);

  trial->kind = kind;
  trial->text = g_strdup (text);
  g_ptr_array_add (robust->trials, trial);
  return trial;
}

/* Asks the trials from @first on about one set of tokens. */
static gboolean
ask_trials (SagEngine    *engine,
            SagTokens    *tokens,
            SagRobust    *robust,
            guint         first,
            GCancellable *cancellable,
            GError      **error)
{
  guint                   n = robust->trials->len - first;
  g_autofree const char **texts = g_new (const char *, n);
  g_autofree float       *logits = g_new (float, n);
  g_autofree float       *cells = NULL;
  gint32                  dims[3];
  gsize                   n_cells;

  sag_engine_get_cell_dims (engine, dims);
  n_cells = (gsize) dims[0] * dims[1] * dims[2];
  cells = robust->of_scores ? g_new (float, n *n_cells) : NULL;
  for (guint i = 0; i < n; i++)
    texts[i] = ((SagTrial *) robust->trials->pdata[first + i])->text;
  if (!sag_engine_ask (engine, tokens, texts, n, NULL, logits, cells, cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      SagTrial *trial = robust->trials->pdata[first + i];
      float     logit = logits[i];

      for (gsize c = 0; cells != NULL && c < n_cells; c++)
        logit = c == 0 ? cells[i * n_cells] : MAX (logit, cells[i * n_cells + c]);
      trial->number = sag_answer_sigmoid (logit);
    }
  return TRUE;
}

static gboolean
ask_words (SagEngine    *engine,
           SagTokens    *tokens,
           SagRobust    *robust,
           const char   *text,
           GCancellable *cancellable,
           GError      **error)
{
  g_auto (GStrv) paraphrases = sag_paraphrase_dup_all (text);
  g_autofree char *negated = sag_paraphrase_dup_negated (text);
  g_autofree char *nonsense = sag_paraphrase_dup_nonsense (text);

  add_trial (robust, SAG_TRIAL_ORIGINAL, text);
  for (gsize i = 0; paraphrases[i] != NULL; i++)
    add_trial (robust, SAG_TRIAL_PARAPHRASE, paraphrases[i]);
  add_trial (robust, SAG_TRIAL_NEGATED, negated);
  add_trial (robust, SAG_TRIAL_NONSENSE, nonsense);
  return ask_trials (engine, tokens, robust, 0, cancellable, error);
}

/* Asks every original text about other tokens. @shift_mm: (nullable) */
static gboolean
ask_originals (SagEngine    *engine,
               SagTokens    *tokens,
               GPtrArray    *robusts,
               SagTrialKind  kind,
               const double *shift_mm,
               GCancellable *cancellable,
               GError      **error)
{
  for (guint i = 0; i < robusts->len; i++)
    {
      SagRobust      *robust = robusts->pdata[i];
      const SagTrial *original = robust->trials->pdata[0];
      guint           first = robust->trials->len;
      SagTrial       *trial = add_trial (robust, kind, original->text);

      for (int a = 0; shift_mm != NULL && a < 3; a++)
        trial->shift_mm[a] = shift_mm[a];
      if (!ask_trials (engine, tokens, robust, first, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
ask_boxes (SagEngine               *engine,
           SagVolume               *volume,
           const SagPrepareOptions *options,
           GPtrArray               *robusts,
           GCancellable            *cancellable,
           GError                 **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shifts_mm); i++)
    {
      SagPrepareOptions moved = *options;
      g_autoptr (SagPrepared) prepared = NULL;
      g_autoptr (SagTokens) tokens = NULL;

      for (int a = 0; a < 3; a++)
        moved.shift_mm[a] += shifts_mm[i][a];
      prepared = sag_engine_prepare (engine, volume, &moved, cancellable, error);
      tokens = prepared != NULL ? sag_engine_encode (engine, prepared, cancellable, error) : NULL;
      if (tokens == NULL || !ask_originals (engine, tokens, robusts, SAG_TRIAL_SHIFTED_BOX,
                                            shifts_mm[i], cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
ask_air (SagEngine    *engine,
         SagTokens    *tokens,
         GPtrArray    *robusts,
         GCancellable *cancellable,
         GError      **error)
{
  g_autoptr (SagPrepared) air = sag_prepared_new_air (sag_tokens_get_prepared (tokens));
  g_autoptr (SagTokens) nothing = sag_engine_encode (engine, air, cancellable, error);

  return nothing != NULL &&
         ask_originals (engine, nothing, robusts, SAG_TRIAL_AIR, NULL, cancellable, error);
}

/* Largest minus smallest number over the original and the trials of @kind. */
static float
spread (const SagRobust *robust, SagTrialKind kind)
{
  float low = ((SagTrial *) robust->trials->pdata[0])->number, high = low;

  for (guint i = 1; i < robust->trials->len; i++)
    {
      const SagTrial *trial = robust->trials->pdata[i];

      if (trial->kind == kind)
        {
          low = MIN (low, trial->number);
          high = MAX (high, trial->number);
        }
    }
  return high - low;
}

static void
judge (SagRobust *robust)
{
  float original = ((SagTrial *) robust->trials->pdata[0])->number;

  robust->wording_spread = spread (robust, SAG_TRIAL_PARAPHRASE);
  robust->box_spread = spread (robust, SAG_TRIAL_SHIFTED_BOX);
  robust->closest_control = 1;
  for (guint i = 1; i < robust->trials->len; i++)
    {
      const SagTrial *trial = robust->trials->pdata[i];

      if (trial->kind >= SAG_TRIAL_NEGATED)
        robust->closest_control = MIN (robust->closest_control, fabsf (trial->number - original));
    }
  robust->wording_sensitive =
    robust->wording_spread > SAG_ROBUST_SPREAD || robust->closest_control < SAG_ROBUST_SPREAD;
}

GPtrArray *
sag_robust_compute (SagEngine               *engine,
                    SagVolume               *volume,
                    SagTokens               *tokens,
                    const SagPrepareOptions *options,
                    GPtrArray               *answers,
                    GCancellable            *cancellable,
                    GError                 **error)
{
  const SagNetwork *network = sag_bundle_get_network (sag_engine_get_bundle (engine));
  g_autoptr (GPtrArray) robusts = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_robust_free);

  if (network->text_kind == SAG_TEXT_MULTI_LABEL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "A multi-label bundle reads no words, so no other words can be tried.");
      return NULL;
    }
  for (guint i = 0; i < answers->len; i++)
    {
      const SagAnswer *answer = answers->pdata[i];
      SagRobust       *robust = g_new0 (SagRobust, 1);

      robust->of_scores = !answer->has_class;
      robust->trials = g_ptr_array_new_with_free_func ((GDestroyNotify) trial_free);
      g_ptr_array_add (robusts, robust);
      if (!ask_words (engine, tokens, robust, answer->text, cancellable, error))
        return NULL;
    }
  if (!ask_boxes (engine, volume, options, robusts, cancellable, error) ||
      !ask_air (engine, tokens, robusts, cancellable, error))
    return NULL;
  for (guint i = 0; i < robusts->len; i++)
    judge (robusts->pdata[i]);
  return g_steal_pointer (&robusts);
}

static void
write_trial (const SagTrial *trial, gboolean of_scores, SagJsonWriter *writer)
{
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "kind", sag_trial_kind_to_string (trial->kind));
  sag_json_string (writer, "task", trial->text);
  if (trial->kind == SAG_TRIAL_SHIFTED_BOX)
    sag_json_numbers (writer, "shift_mm", trial->shift_mm, 3);
  sag_json_float (writer, of_scores ? "peak_score" : "probability", trial->number);
  sag_json_end_object (writer);
}

void
sag_robust_write (const SagRobust *robust, SagJsonWriter *writer)
{
  sag_json_float (writer, "wording_spread", robust->wording_spread);
  sag_json_float (writer, "box_spread", robust->box_spread);
  sag_json_float (writer, "closest_control", robust->closest_control);
  sag_json_boolean (writer, "wording_sensitive", robust->wording_sensitive);
  sag_json_begin_array (writer, "trials");
  for (guint i = 0; i < robust->trials->len; i++)
    write_trial (robust->trials->pdata[i], robust->of_scores, writer);
  sag_json_end_array (writer);
}
