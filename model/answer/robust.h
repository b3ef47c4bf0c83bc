/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"

G_BEGIN_DECLS

/**
 * SAG_ROBUST_SPREAD: a spread above this, or a control that comes closer than this, makes an answer
 * "wording-sensitive".
 */
#define SAG_ROBUST_SPREAD 0.15

typedef enum
{
  SAG_TRIAL_ORIGINAL,
  SAG_TRIAL_PARAPHRASE,
  SAG_TRIAL_SHIFTED_BOX,
  SAG_TRIAL_NEGATED,
  SAG_TRIAL_NONSENSE,
  SAG_TRIAL_AIR,
} SagTrialKind;

/**
 * SagTrial: one variation of the question.
 * @shift_mm: how far the box was moved, for SAG_TRIAL_SHIFTED_BOX
 * @number: the class head's probability; for "Segment" texts, which have none, the highest score of
 *   the patch head
 */
typedef struct
{
  SagTrialKind kind;
  char        *text;
  double       shift_mm[3];
  float        number;
} SagTrial;

/**
 * SagRobust: how much an answer depends on things that it should not depend on.
 * @trials: (element-type SagTrial): the original first
 * @of_scores: the numbers are highest scores, not probabilities
 * @wording_spread, @box_spread: largest minus smallest number, the original included
 * @closest_control: smallest distance of a control's number from the original's
 * @wording_sensitive: the wording spread passes SAG_ROBUST_SPREAD or a control comes closer than
 *   that
 */
typedef struct
{
  GPtrArray *trials;
  gboolean   of_scores;
  float      wording_spread;
  float      box_spread;
  float      closest_control;
  gboolean   wording_sensitive;
} SagRobust;

/**
 * sag_robust_compute: at least 5 paraphrases, 5 shifted boxes (each prepared and encoded once, for all
 * answers), and the controls: negated, a nonsense finding, and a volume of air.
 * @options: those that @tokens were prepared with
 * @answers: (element-type SagAnswer): about @tokens
 *
 * Returns: (transfer full) (element-type SagRobust): in the order of @answers.
 * Errors: as sag_prepare(), sag_engine_encode() and sag_engine_ask()
 */
GPtrArray *sag_robust_compute (SagEngine               *engine,
                               SagVolume               *volume,
                               SagTokens               *tokens,
                               const SagPrepareOptions *options,
                               GPtrArray               *answers,
                               GCancellable            *cancellable,
                               GError                 **error);
void       sag_robust_free (SagRobust *robust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRobust, sag_robust_free)

/** sag_robust_write: the members of a "robust" object. */
void sag_robust_write (const SagRobust *robust, SagJsonWriter *writer);

const char *sag_trial_kind_to_string (SagTrialKind kind);

G_END_DECLS
