/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/report-file.h"

G_BEGIN_DECLS

/** SagTuneResult: what a run found, read again from its folder, and where its scans are. Immutable. */
typedef struct _SagTuneResult SagTuneResult;

/**
 * sag_tune_result_load: reads report.json; and the snapshot, for names and places of scans. Without a snapshot cases
 * have neither.
 *
 * Errors: those of sag_report_file_load()
 */
SagTuneResult *sag_tune_result_load (const char *folder, GError **error);
void           sag_tune_result_free (SagTuneResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTuneResult, sag_tune_result_free)

const SagReportFile *sag_tune_result_get_report (const SagTuneResult *result);
const char          *sag_tune_result_get_folder (const SagTuneResult *result);
/** sag_tune_result_get_page: (nullable): path of report.html. */
const char *sag_tune_result_get_page (const SagTuneResult *result);
/** sag_tune_result_get_name: (nullable): what the project called a case. */
const char *sag_tune_result_get_name (const SagTuneResult *result, gint64 id);
/** sag_tune_result_get_scan: (nullable): path of the scan of a case. */
const char *sag_tune_result_get_scan (const SagTuneResult *result, gint64 id);

G_END_DECLS
