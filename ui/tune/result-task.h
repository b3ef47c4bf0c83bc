/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/tune/result.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiResultGo: somebody wants to see a case; @mask: at its mask, else at the new model's peak. */
typedef void (*SagUiResultGo) (const SagReportCase *one, gboolean mask, gpointer data);

/**
 * sag_ui_result_task_new: figures before and after of one task: a table, what it does not say, curves, and the cases.
 * @result: must live as long
 */
GtkWidget *
sag_ui_result_task_new (const SagTuneResult *result, gsize task, SagUiResultGo go, gpointer data);

G_END_DECLS
