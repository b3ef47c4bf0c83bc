/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/tune/choice.h"
#include "ui/tune/run.h"

G_BEGIN_DECLS

/**
 * SagUiTuneRuns: all trainings on projects that this person began in the window: a GListModel of SagUiTuneRun, newest
 * first. Follows those that work.
 *
 * Signal "ended" (SagUiTuneRun): nobody works on it any more.
 */
#define SAG_UI_TYPE_TUNE_RUNS (sag_ui_tune_runs_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneRuns, sag_ui_tune_runs, SAG_UI, TUNE_RUNS, GObject)

/** sag_ui_tune_runs_get_default: (transfer full): one for all windows, of the folder in the person's own data. */
SagUiTuneRuns *sag_ui_tune_runs_get_default (void);

/** sag_ui_tune_runs_find_working: (nullable) (transfer none): the newest that somebody works on. */
SagUiTuneRun *sag_ui_tune_runs_find_working (SagUiTuneRuns *self);

/** sag_ui_tune_runs_start: (transfer none) (nullable): a new one, in a folder of its own. */
SagUiTuneRun *
sag_ui_tune_runs_start (SagUiTuneRuns *self, const SagUiTuneChoice *choice, GError **error);
/** sag_ui_tune_runs_resume: goes on with one that was stopped or died. */
gboolean sag_ui_tune_runs_resume (SagUiTuneRuns *self, SagUiTuneRun *run, GError **error);

/** sag_ui_tune_runs_discard: its folder goes, behind; not while somebody works on it. */
void sag_ui_tune_runs_discard (SagUiTuneRuns *self, SagUiTuneRun *run);

G_END_DECLS
