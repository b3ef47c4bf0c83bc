/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiTuneResult: what a run found on its hold-out: each task before and after, what the numbers do not know, the
 * curves, and the cases, which open in the window of the session.
 *
 * Signal "loaded": the figures, or why there are none, are shown.
 */
#define SAG_UI_TYPE_TUNE_RESULT (sag_ui_tune_result_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneResult, sag_ui_tune_result, SAG_UI, TUNE_RESULT, AdwBin)

GtkWidget *sag_ui_tune_result_new (SagUiSession *session);

/** sag_ui_tune_result_load: reads the folder of a run, behind. @folder: (nullable): nothing is shown. */
void sag_ui_tune_result_load (SagUiTuneResult *self, const char *folder);

/** sag_ui_tune_result_is_loaded: figures are shown. */
gboolean sag_ui_tune_result_is_loaded (SagUiTuneResult *self);

/** sag_ui_tune_result_export: page, figures and curves into a folder of the run's name in
 * @folder, behind; the session says what came of it. */
void sag_ui_tune_result_export (SagUiTuneResult *self, const char *folder);

G_END_DECLS
