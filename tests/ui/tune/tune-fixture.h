/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tests of fine-tuning in the window share: a project with labelled scans, and a small model that is open. */

#include "ui/project/project.h"
#include "ui/tune/tune-window.h"

G_BEGIN_DECLS

#define SAG_TEST_TUNE_CASES 8
#define SAG_TEST_TUNE_WORDING "Diagnose the presence of pleural effusion around the lungs"

/** @bundle: folder of the model; @path: of the project; @scans: GFiles */
typedef struct
{
  char            *folder;
  char            *bundle;
  char            *path;
  GPtrArray       *scans;
  SagUiEngine     *engine;
  SagUiSession    *session;
  SagUiProject    *project;
  SagUiTuneWindow *window;
} SagTestTune;

/** sag_test_tune_set_up: @data: (nullable): number of labelled cases, all of which are present if it is negative. */
void sag_test_tune_set_up (SagTestTune *test, gconstpointer data);
void sag_test_tune_tear_down (SagTestTune *test, gconstpointer data);

/** sag_test_tune_show: a new window of trainings. */
void sag_test_tune_show (SagTestTune *test);
/** sag_test_tune_close: and everything that belongs to it, until nothing of it is left. */
void sag_test_tune_close (SagTestTune *test);

/** sag_test_tune_picture: kept under this name. */
void sag_test_tune_picture (SagTestTune *test, const char *name);

/** sag_test_tune_shows: whether a label of the window, that can be seen, has @words in it. */
gboolean sag_test_tune_shows (SagTestTune *test, const char *words);

/** sag_test_tune_act: one of the window's actions. */
void sag_test_tune_act (SagTestTune *test, const char *action);

/** sag_test_tune_count: waits until the cases are counted. */
const SagUiTuneCounts *sag_test_tune_count (SagTestTune *test);

G_END_DECLS
