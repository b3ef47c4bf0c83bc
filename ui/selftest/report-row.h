/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/check/selftest.h"

#include <glib-object.h>

G_BEGIN_DECLS

/** SagUiReportRow: one line of the self-test, for lists. Never changes. */
#define SAG_UI_TYPE_REPORT_ROW (sag_ui_report_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiReportRow, sag_ui_report_row, SAG_UI, REPORT_ROW, GObject)

/** sag_ui_report_row_new: copies; @advice: (nullable). */
SagUiReportRow *sag_ui_report_row_new (const char      *title,
                                       SagSelftestState state,
                                       const char      *detail,
                                       const char      *advice);

const char      *sag_ui_report_row_get_title (SagUiReportRow *self);
SagSelftestState sag_ui_report_row_get_state (SagUiReportRow *self);
const char      *sag_ui_report_row_get_detail (SagUiReportRow *self);
/** sag_ui_report_row_get_advice: (nullable): what to do. */
const char *sag_ui_report_row_get_advice (SagUiReportRow *self);

/** sag_ui_report_state_words: "works", "good to know", "does not work". */
const char *sag_ui_report_state_words (SagSelftestState state);
/** sag_ui_report_state_icon: its name. */
const char *sag_ui_report_state_icon (SagSelftestState state);

G_END_DECLS
