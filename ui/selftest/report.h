/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/engine.h"
#include "ui/selftest/report-row.h"

G_BEGIN_DECLS

/**
 * SagUiReport: the self-test of the window: what sag_selftest_run() finds, 3D, the screen, and
 * whether the open bundle finds left on the left. Works in the background.
 *
 * Property "running" (boolean, read-only).
 */
#define SAG_UI_TYPE_REPORT (sag_ui_report_get_type ())
G_DECLARE_FINAL_TYPE (SagUiReport, sag_ui_report, SAG_UI, REPORT, GObject)

SagUiReport *sag_ui_report_new (SagUiEngine *engine);

/** sag_ui_report_run: anew, unless it runs already. */
void sag_ui_report_run (SagUiReport *self);
/** sag_ui_report_stop: no rows come after this. */
void     sag_ui_report_stop (SagUiReport *self);
gboolean sag_ui_report_get_running (SagUiReport *self);

/** sag_ui_report_get_rows: (transfer none) (element-type SagUiReportRow): rows come one by one. */
GListModel *sag_ui_report_get_rows (SagUiReport *self);

/** sag_ui_report_add: a row that only the caller can know, at the end. */
void sag_ui_report_add (SagUiReport     *self,
                        const char      *title,
                        SagSelftestState state,
                        const char      *detail,
                        const char      *advice);

/** sag_ui_report_dup_text: (transfer full): all rows as lines of text, for a bug report: no paths. */
char *sag_ui_report_dup_text (SagUiReport *self);

G_END_DECLS
