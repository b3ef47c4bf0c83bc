/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/tune/choose.h"
#include "ui/tune/runs.h"

G_BEGIN_DECLS

/**
 * SagUiTuneWindow: fine-tuning on the open project: choose, follow, decide what to do with the new model; and all
 * trainings that were ever begun. Trainings go on when it is closed.
 */
#define SAG_UI_TYPE_TUNE_WINDOW (sag_ui_tune_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneWindow, sag_ui_tune_window, SAG_UI, TUNE_WINDOW, AdwWindow)

/** sag_ui_tune_window_new: shows the training that is under way if there is one. @parent: (nullable) */
SagUiTuneWindow *sag_ui_tune_window_new (SagUiSession *session, GtkWindow *parent);

/** sag_ui_tune_window_show: (nullable): a run, or the page to begin one. */
void sag_ui_tune_window_show (SagUiTuneWindow *self, SagUiTuneRun *run);

SagUiTuneRuns   *sag_ui_tune_window_get_runs (SagUiTuneWindow *self);
SagUiTuneChoose *sag_ui_tune_window_get_choose (SagUiTuneWindow *self);
/** sag_ui_tune_window_get_run: (nullable): the one that is shown. */
SagUiTuneRun *sag_ui_tune_window_get_run (SagUiTuneWindow *self);

G_END_DECLS
