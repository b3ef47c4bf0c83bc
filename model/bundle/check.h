/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"
#include "model/core/json-writer.h"

G_BEGIN_DECLS

/**
 * SagCheckState: how a check ended.
 * @SAG_CHECK_POINTLESS: it cannot be made of such a bundle
 */
typedef enum
{
  SAG_CHECK_NOT_RUN,
  SAG_CHECK_PASSED,
  SAG_CHECK_FAILED,
  SAG_CHECK_INCONCLUSIVE,
  SAG_CHECK_POINTLESS,
} SagCheckState;

/**
 * SagBundleCheck: what is looked at.
 * @SAG_BUNDLE_CHECK_FILES: bundle.json can be read, and every file has the SHA-256 that bundle.json recorded
 * @SAG_BUNDLE_CHECK_TENSORS: all tensors are there, with their shapes, and no others
 * @SAG_BUNDLE_CHECK_VALUES: no NaN, no infinity, no negative variance
 * @SAG_BUNDLE_CHECK_VOCABULARY: its words and the word table belong together
 * @SAG_BUNDLE_CHECK_LATERALITY: left is left on a phantom; whoever has an engine runs it and fills it in
 */
typedef enum
{
  SAG_BUNDLE_CHECK_FILES,
  SAG_BUNDLE_CHECK_TENSORS,
  SAG_BUNDLE_CHECK_VALUES,
  SAG_BUNDLE_CHECK_VOCABULARY,
  SAG_BUNDLE_CHECK_LATERALITY,
  SAG_BUNDLE_N_CHECKS,
} SagBundleCheck;

/** SagBundleReport: the state of each check and a sentence about it. */
typedef struct
{
  SagCheckState states[SAG_BUNDLE_N_CHECKS];
  char         *sentences[SAG_BUNDLE_N_CHECKS];
} SagBundleReport;

/**
 * sag_bundle_check: looks at all of a bundle: reads every byte.
 *
 * A bad bundle is a report with failures, not an error. Errors: G_IO_ERROR_CANCELLED
 */
SagBundleReport *sag_bundle_check (const char *folder, GCancellable *cancellable, GError **error);
void             sag_bundle_report_free (SagBundleReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagBundleReport, sag_bundle_report_free)

/** sag_bundle_report_set: @sentence (transfer full). */
void sag_bundle_report_set (SagBundleReport *report,
                            SagBundleCheck   check,
                            SagCheckState    state,
                            char            *sentence);

/** sag_bundle_report_passed: no check failed. */
gboolean sag_bundle_report_passed (const SagBundleReport *report);

/** sag_bundle_report_format: a line a check (transfer full). */
char *sag_bundle_report_format (const SagBundleReport *report);
/** sag_bundle_report_write: the same as members of an object that is open; a pointless check's state is null. */
void sag_bundle_report_write (const SagBundleReport *report, SagJsonWriter *json);

/** sag_bundle_inspect: what a bundle is, for people: some lines of text (transfer full). */
char *sag_bundle_inspect (SagBundle *bundle);

G_END_DECLS
