/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/evidence.h"
#include "model/answer/robust.h"
#include "ui/answer/overlay.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagUiResultState:
 * @SAG_UI_RESULT_PENDING: asked, no answer yet
 * @SAG_UI_RESULT_READY: answered
 * @SAG_UI_RESULT_REFUSED: the scan is out of scope, so there is no number; asking can be forced
 * @SAG_UI_RESULT_FAILED: see sag_ui_result_get_error()
 */
typedef enum
{
  SAG_UI_RESULT_PENDING,
  SAG_UI_RESULT_READY,
  SAG_UI_RESULT_REFUSED,
  SAG_UI_RESULT_FAILED,
} SagUiResultState;

/**
 * SagUiResult: one question to one case, and what came of it: what a card shows.
 *
 * Lives on the main thread. Properties: "state" (uint, read-only), "starred", "stale", "live"
 * (boolean), "answer" (pointer, read-only), "prevalence" (double; negative for none).
 *
 * Signal "changed": anything that a card shows did, its overlay's look excepted.
 */
#define SAG_UI_TYPE_RESULT (sag_ui_result_get_type ())
G_DECLARE_FINAL_TYPE (SagUiResult, sag_ui_result, SAG_UI, RESULT, GObject)

/** sag_ui_result_new: a pending one. @n: the how-manieth answer colour it gets. */
SagUiResult *sag_ui_result_new (const char *text, guint n);

const char      *sag_ui_result_get_text (SagUiResult *self);
guint            sag_ui_result_get_n (SagUiResult *self);
SagUiResultState sag_ui_result_get_state (SagUiResult *self);
/** sag_ui_result_get_asked_at: (transfer none): local time. */
GDateTime *sag_ui_result_get_asked_at (SagUiResult *self);

/** sag_ui_result_get_answer: (nullable) (transfer none): NULL unless ready. */
SagAnswer *sag_ui_result_get_answer (SagUiResult *self);
/** sag_ui_result_get_overlay: (nullable) (transfer none): the score map, visible or not; some models have none. */
SagUiOverlay *sag_ui_result_get_overlay (SagUiResult *self);
/** sag_ui_result_get_error: (nullable): one sentence, of a failure or a refusal. */
const char *sag_ui_result_get_error (SagUiResult *self);
/** sag_ui_result_get_ask_ms: how long the engine took for this text. */
double sag_ui_result_get_ask_ms (SagUiResult *self);

/**
 * sag_ui_result_take_answer: (transfer full): makes it ready, with an overlay that is visible for
 * "Segment" texts and off for the others; with a note where localisation was not trained.
 */
void sag_ui_result_take_answer (SagUiResult *self, SagAnswer *answer, double ask_ms);
void sag_ui_result_fail (SagUiResult *self, const GError *error);
/** sag_ui_result_reset: pending again, for asking once more; the overlay's look is kept. */
void sag_ui_result_reset (SagUiResult *self);

gboolean sag_ui_result_get_starred (SagUiResult *self);
gboolean sag_ui_result_get_stale (SagUiResult *self);
void     sag_ui_result_set_stale (SagUiResult *self, gboolean stale);
/** sag_ui_result_get_live: asked while typing; the next live answer replaces it. */
gboolean sag_ui_result_get_live (SagUiResult *self);
void     sag_ui_result_set_live (SagUiResult *self, gboolean live);

/** sag_ui_result_get_robust: (nullable) (transfer none). */
const SagRobust *sag_ui_result_get_robust (SagUiResult *self);
void             sag_ui_result_take_robust (SagUiResult *self, SagRobust *robust);
/** sag_ui_result_get_evidence: (nullable) (transfer none): its map. */
SagUiOverlay *sag_ui_result_get_evidence (SagUiResult *self);
void          sag_ui_result_take_evidence (SagUiResult *self, SagEvidence *evidence);

/** sag_ui_result_get_prevalence: part of the patients that have it, 0..1; negative if nobody said. */
double sag_ui_result_get_prevalence (SagUiResult *self);

/**
 * sag_ui_result_probability_at: the class probability re-weighted from the balanced training mix to
 * @prevalence by Bayes' rule: p q / (p q + (1 - p) (1 - q)), q the prevalence.
 */
double sag_ui_result_probability_at (double probability, double prevalence);

G_END_DECLS
