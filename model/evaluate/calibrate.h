/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/calibration.h"
#include "model/evaluate/report-file.h"

G_BEGIN_DECLS

/**
 * sag_calibrate_fit: logistic regression of the truth on the logit: calibrated logit = bias + slope * logit, by
 * Newton's method. Targets are (m + 1) / (m + 2) and 1 / (n + 2) of m positives and n negatives instead of 1 and 0, so
 * that the slope stays finite where the kinds are apart.
 *
 * Returns: FALSE if a kind is missing, or all logits are the same
 */
gboolean sag_calibrate_fit (
  const double *logits, const guint8 *positive, gsize n, double *bias, double *slope);

/**
 * sag_calibrate_task: of one task of the text @text.
 * @date: "2026-11-22"
 *
 * Errors: SAG_ERROR_ARGUMENT: fewer than SAG_CALIBRATION_FEWEST of a kind, or numbers that do not rise with the truth
 */
SagCalibrationTask *sag_calibrate_task (const char   *text,
                                        const double *logits,
                                        const guint8 *positive,
                                        gsize         n,
                                        const char   *date,
                                        GError      **error);

/**
 * sag_calibrate_report: of every text of a report that has a number; a task of several wordings in all of them.
 * @model: whose
 * @refusals: (out) (transfer full) (element-type utf8): a sentence for each that cannot be had
 *
 * Returns: (transfer full): what there is already of this bundle stays; NULL with SAG_ERROR_ARGUMENT if nothing is new
 */
SagCalibration *sag_calibrate_report (
  const SagReport *report, SagBundle *bundle, gsize model, GPtrArray **refusals, GError **error);

/**
 * sag_calibrate_report_file: the same of a report that was written.
 *
 * Errors: also SAG_ERROR_MISMATCH: the report is not about @bundle, or its answers are those of the parts of a
 * cross-validation, which @bundle never gave
 */
SagCalibration *sag_calibrate_report_file (const SagReportFile *report,
                                           SagBundle           *bundle,
                                           GPtrArray          **refusals,
                                           GError             **error);

/** sag_calibrate_without: (transfer full): what there is of this bundle without a text; NULL: no other text has any. */
SagCalibration *sag_calibrate_without (SagBundle *bundle, const char *text);

G_END_DECLS
