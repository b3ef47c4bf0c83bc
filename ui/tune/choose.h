/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"
#include "ui/tune/choice.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiTuneChoose: what to train on the open project, with which cases, and how to measure; counts as one chooses.
 *
 * Property "ready" (boolean, read-only): all is good to start with. What is not is a sentence on the page.
 */
#define SAG_UI_TYPE_TUNE_CHOOSE (sag_ui_tune_choose_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneChoose, sag_ui_tune_choose, SAG_UI, TUNE_CHOOSE, AdwBin)

GtkWidget *sag_ui_tune_choose_new (SagUiSession *session);

/** sag_ui_tune_choose_set_obstacle: (nullable): why nothing can start now, whatever is chosen. */
void sag_ui_tune_choose_set_obstacle (SagUiTuneChoose *self, const char *sentence);

gboolean sag_ui_tune_choose_is_ready (SagUiTuneChoose *self);
/** sag_ui_tune_choose_get_problem: (nullable): the sentence beside the button. */
const char *sag_ui_tune_choose_get_problem (SagUiTuneChoose *self);
/** sag_ui_tune_choose_get_counts: (nullable): of the newest choice; NULL while they are counted. */
const SagUiTuneCounts *sag_ui_tune_choose_get_counts (SagUiTuneChoose *self);
/** sag_ui_tune_choose_get_seconds: expected; NaN before that was measured. */
double sag_ui_tune_choose_get_seconds (SagUiTuneChoose *self);

/** sag_ui_tune_choose_dup_choice: (nullable): as it stands; NULL without a project or model. */
SagUiTuneChoice *sag_ui_tune_choose_dup_choice (SagUiTuneChoose *self);

G_END_DECLS
