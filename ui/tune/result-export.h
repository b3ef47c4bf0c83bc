/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/tune/result.h"

G_BEGIN_DECLS

/**
 * sag_ui_result_export: writes report.html and report.json of a run, and the curves of every task as NN-TASK-KIND.png
 * and .svg, into a folder, which is made; what has these names there is replaced. Any thread.
 *
 * Errors: G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
gboolean sag_ui_result_export (const SagTuneResult *result,
                               const char          *folder,
                               GCancellable        *cancellable,
                               GError             **error);

G_END_DECLS
