/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/scope.h"
#include "ui/answer/result.h"

G_BEGIN_DECLS

/* What cards, tables and clipboards say. A number never says more than it knows: "probability" is
 * the class head's under the training mix, "score" the patch head's, and a score has no per cent.
 */

/** sag_ui_words_dup_number: "0.91", "<0.01", ">0.99": two decimals in every locale, a true minus sign. */
char *sag_ui_words_dup_number (double value);

/** sag_ui_words_dup_difference: "+0.12", "−0.30", "0.00": of two numbers. */
char *sag_ui_words_dup_difference (double value);

/** sag_ui_words_dup_percent: "5 %", "0.5 %" of a share 0..1. */
char *sag_ui_words_dup_percent (double share);

/** sag_ui_words_dup_position: "12.1 −44.0 −510.0" of RAS mm. */
char *sag_ui_words_dup_position (const double ras_mm[3]);

/** sag_ui_words_get_training: the badge of a head: "trained", "other wording", "never trained", "unknown". */
const char *sag_ui_words_get_training (SagTraining training);
/** sag_ui_words_get_training_hint: the same as a sentence. */
const char *sag_ui_words_get_training_hint (SagTraining training, SagHead head);

/**
 * sag_ui_words_get_number: the number that a card shows large: the class head's probability, at the
 * prevalence if there is one; of a "Segment" text, which has none, the highest score.
 */
double sag_ui_words_get_number (SagUiResult *result);

/** sag_ui_words_get_reference: where the card's bar has its tick: what one would say without the scan. */
double sag_ui_words_get_reference (SagUiResult *result);

/**
 * sag_ui_words_dup_caption: what that number is: "model probability, balanced training mix",
 * "at 5 % prevalence", "highest score of the map".
 */
char *sag_ui_words_dup_caption (SagUiResult *result);

/**
 * sag_ui_words_dup_reweighting: (nullable): with a prevalence the sentence that says what was done:
 * "Re-weighted by Bayes’ rule from 0.91 in the balanced training mix."
 */
char *sag_ui_words_dup_reweighting (SagUiResult *result);

/**
 * sag_ui_words_dup_calibrated: of an answer with a calibration: "Above 92 % of 31 negatives, 40 % of 24 positives."
 * and the probability there, and how common it is there.
 */
char *sag_ui_words_dup_calibrated (const SagAnswer *answer);

/** sag_ui_words_dup_score: "score 0.74". */
char *sag_ui_words_dup_score (double score);

/**
 * sag_ui_words_dup_sentence: a card as one line: "0.91 - model probability, balanced training mix",
 * "0.32 at 5 % prevalence", "score 0.74"; of other states what there is to say.
 */
char *sag_ui_words_dup_sentence (SagUiResult *result);

/**
 * sag_ui_words_dup_text: everything that a card says, in lines, for the clipboard.
 * @note: (nullable): the bundle's watermark
 */
char *sag_ui_words_dup_text (SagUiResult *result, const char *note);

/** sag_ui_words_dup_scope: (nullable): the banner's first line; NULL for a scan in scope. */
char *sag_ui_words_dup_scope (const SagScope *scope, gboolean forced);

/** sag_ui_words_dup_scope_reasons: the others, a line each, without what the first line says. */
char *sag_ui_words_dup_scope_reasons (const SagScope *scope);

G_END_DECLS
