/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/tune/control.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagUiTuneStage: where a run stands, for people. */
typedef enum
{
  SAG_UI_TUNE_STARTING, /* the process has said nothing yet */
  SAG_UI_TUNE_PREPARING,
  SAG_UI_TUNE_TRAINING,
  SAG_UI_TUNE_PAUSING, /* after this step */
  SAG_UI_TUNE_PAUSED,
  SAG_UI_TUNE_MEASURING,
  SAG_UI_TUNE_STOPPING, /* after a checkpoint */
  SAG_UI_TUNE_STOPPED,
  SAG_UI_TUNE_DIED, /* nobody works on it any more, and nobody said why */
  SAG_UI_TUNE_FAILED,
  SAG_UI_TUNE_DONE,
  SAG_UI_TUNE_N_STAGES,
} SagUiTuneStage;

/**
 * SagUiTuneRun: a training on a project in its folder; the process that works on it, ours or another window's, is known
 * by the folder alone (model/tune/control.h), and outlives this object.
 *
 * Lives on the main thread. Signal "changed": stage, progress or curve.
 */
#define SAG_UI_TYPE_TUNE_RUN (sag_ui_tune_run_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneRun, sag_ui_tune_run, SAG_UI, TUNE_RUN, GObject)

/** sag_ui_tune_run_new: of what is in @folder. */
SagUiTuneRun *sag_ui_tune_run_new (const char *folder);

/**
 * sag_ui_tune_run_start: begins, or goes on.
 * @arguments: (nullable): of sagitta-cli; NULL: those that it was started with
 *
 * The process is in a session of its own, nicer than the window, and what it says goes to files in the folder.
 *
 * Errors: there is no program, no folder, no command
 */
gboolean sag_ui_tune_run_start (SagUiTuneRun *self, const char *const *arguments, GError **error);

/** sag_ui_tune_run_poll: looks into the folder; FALSE once nobody works on it. */
gboolean sag_ui_tune_run_poll (SagUiTuneRun *self);

/**
 * sag_ui_tune_run_read_lines: reads the steps that there are, not on this thread, and from then on with every look
 * those that came; until somebody asks for it a run has none.
 */
void sag_ui_tune_run_read_lines (SagUiTuneRun *self);

/** sag_ui_tune_run_wish: pauses, goes on, or stops the process. Errors: G_FILE_ERROR */
gboolean sag_ui_tune_run_wish (SagUiTuneRun *self, SagTuneWish wish, GError **error);

const char          *sag_ui_tune_run_get_folder (SagUiTuneRun *self);
SagUiTuneStage       sag_ui_tune_run_get_stage (SagUiTuneRun *self);
gboolean             sag_ui_tune_run_is_working (SagUiTuneRun *self);
const SagTuneStatus *sag_ui_tune_run_get_status (SagUiTuneRun *self);
/**
 * sag_ui_tune_run_get_lines: (element-type SagTuneLine): steps, those of folds first; good until "changed". None before
 * sag_ui_tune_run_read_lines().
 */
const GArray *sag_ui_tune_run_get_lines (SagUiTuneRun *self);
/** sag_ui_tune_run_get_problem: (nullable): why it failed, as the process said it. */
const char *sag_ui_tune_run_get_problem (SagUiTuneRun *self);
/** sag_ui_tune_run_get_title: of the project; get_project: its path, "" if unknown; get_begun: Unix time. */
const char *sag_ui_tune_run_get_title (SagUiTuneRun *self);
const char *sag_ui_tune_run_get_project (SagUiTuneRun *self);
gint64      sag_ui_tune_run_get_begun (SagUiTuneRun *self);
/** sag_ui_tune_run_get_parent: (nullable): the folder of the model that it began from. */
const char *sag_ui_tune_run_get_parent (SagUiTuneRun *self);

/** sag_ui_tune_run_get_adopted: (nullable): where its bundle was copied to, if it was adopted. */
const char *sag_ui_tune_run_get_adopted (SagUiTuneRun *self);
void        sag_ui_tune_run_set_adopted (SagUiTuneRun *self, const char *folder);

G_END_DECLS
