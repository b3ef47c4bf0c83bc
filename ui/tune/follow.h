/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/tune/run.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiTuneFollow: a training as it goes: what it does, how long it will take, the curve of the loss; pause, resume,
 * stop; and what happened where it ended before its time.
 */
#define SAG_UI_TYPE_TUNE_FOLLOW (sag_ui_tune_follow_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneFollow, sag_ui_tune_follow, SAG_UI, TUNE_FOLLOW, AdwBin)

/** sag_ui_tune_follow_new: its buttons are actions of the window: "tune.pause", "tune.resume", "tune.stop". */
GtkWidget *sag_ui_tune_follow_new (void);

/** sag_ui_tune_follow_set_run: (nullable). */
void sag_ui_tune_follow_set_run (SagUiTuneFollow *self, SagUiTuneRun *run);

G_END_DECLS
