/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/report-file.h"

G_BEGIN_DECLS

/* What the figures of a report say to people. Numbers have a decimal point in every language. */

/** SagUiResultFigure: a row of a task's table. */
typedef enum
{
  SAG_UI_FIGURE_AUROC,
  SAG_UI_FIGURE_AUPR,
  SAG_UI_FIGURE_SENSITIVITY,
  SAG_UI_FIGURE_SPECIFICITY,
  SAG_UI_FIGURE_HIT,
  SAG_UI_FIGURE_DICE,
  SAG_UI_FIGURE_DISTANCE,
  SAG_UI_FIGURE_SIDE,
  SAG_UI_FIGURE_ALARMS,
  SAG_UI_N_FIGURES,
} SagUiResultFigure;

/** sag_ui_result_figure_applies: the task has such a figure; without masks there are none of maps. */
gboolean sag_ui_result_figure_applies (const SagReportTask *task, SagUiResultFigure figure);
/** sag_ui_result_figure_title: "AUROC", "Peak hits", ... */
const char *sag_ui_result_figure_title (SagUiResultFigure figure);
/** sag_ui_result_figure_hint: a sentence: what it is. */
const char *sag_ui_result_figure_hint (SagUiResultFigure figure);

/** sag_ui_result_dup_value: "0.912", "12.5 mm"; "–" where there is none. */
char *sag_ui_result_dup_value (const SagReportTask *task, SagUiResultFigure figure, gsize model);
/** sag_ui_result_dup_beside: (nullable): what stands under it: "0.850 to 0.961", "no interval", "of 12 scans". */
char *sag_ui_result_dup_beside (const SagReportTask *task, SagUiResultFigure figure, gsize model);
/** sag_ui_result_dup_change: "+0.120", with a true minus; "–" where one of the two is missing. */
char *sag_ui_result_dup_change (const SagReportTask *task, SagUiResultFigure figure);
/** sag_ui_result_dup_change_beside: (nullable): its interval, of AUROC and AUPR. */
char *sag_ui_result_dup_change_beside (const SagReportTask *task, SagUiResultFigure figure);

/** sag_ui_result_dup_counts: "12 cases of 12 patients, 5 of them positive." and what was left out. */
char *sag_ui_result_dup_counts (const SagReportTask *task);
/** sag_ui_result_dup_test: what a test of the difference says, or why there is none. */
char *sag_ui_result_dup_test (const SagReportTask *task);
/** sag_ui_result_dup_limits: (nullable): what the figures do not know. */
char *sag_ui_result_dup_limits (const SagReportTask *task);
/** sag_ui_result_dup_changed: "3 answers changed at the threshold", "No answer changed at the threshold." */
char *sag_ui_result_dup_changed (const SagReportTask *task);

/** sag_ui_result_dup_threshold: where sensitivity and specificity are taken. */
char *sag_ui_result_dup_threshold (const SagReportFacts *facts);
/** sag_ui_result_dup_looks: how often the hold-out was looked at. */
char *sag_ui_result_dup_looks (const SagLooks *looks);
/** sag_ui_result_dup_head: which scans, and which two models. */
char *sag_ui_result_dup_head (const SagReportFile *report);

/** sag_ui_result_dup_case_line: "present · 0.31 → 0.78 · now right" */
char *sag_ui_result_dup_case_line (const SagReportFile *report, const SagReportCase *one);

G_END_DECLS
