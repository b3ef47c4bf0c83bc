/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/tune/choice.h"
#include "ui/tune/run.h"

G_BEGIN_DECLS

/* How trainings on a project are said to people. */

/** sag_ui_tune_words_parts: "Heads and text layers". */
const char *sag_ui_tune_words_parts (SagTrainParts parts);

/** sag_ui_tune_words_advice: (transfer full): what to train with so many cases, and why. */
char *sag_ui_tune_words_advice (const SagTuneAdvice *advice);

/** sag_ui_tune_words_duration: (transfer full): "40 s", "12 min", "3.5 h". */
char *sag_ui_tune_words_duration (double seconds);

/** sag_ui_tune_words_stage: in two or three words; for lists. */
const char *sag_ui_tune_words_stage (SagUiTuneStage stage);
/** sag_ui_tune_words_run: (transfer full): what it does and how far it is, or what happened and what can be done. */
char *sag_ui_tune_words_run (SagUiTuneRun *run);
/** sag_ui_tune_words_when: (transfer full): day and hour of Unix time, as the person's language writes them. */
char *sag_ui_tune_words_when (gint64 time);

/** sag_ui_tune_words_imbalance: (transfer full) (nullable): where a task has far more of one kind; a sentence. */
char *sag_ui_tune_words_imbalance (const SagSnapshotTask *task);

G_END_DECLS
