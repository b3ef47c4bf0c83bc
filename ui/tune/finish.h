/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"
#include "ui/tune/run.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiTuneFinish: a training that is done: what it brought, and what to do with the new model.
 *
 * Its buttons are actions of the window: "tune.adopt", "tune.discard", "tune.roll-back".
 */
#define SAG_UI_TYPE_TUNE_FINISH (sag_ui_tune_finish_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneFinish, sag_ui_tune_finish, SAG_UI, TUNE_FINISH, AdwBin)

GtkWidget *sag_ui_tune_finish_new (SagUiSession *session);

/** sag_ui_tune_finish_set_run: (nullable): one that is done. */
void sag_ui_tune_finish_set_run (SagUiTuneFinish *self, SagUiTuneRun *run);

G_END_DECLS
