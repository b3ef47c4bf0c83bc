/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Real runs, made by the command: a project of small phantoms, some with an effusion, labelled and partly masked, and
 * trainings of a few steps on it.
 */

/** RUN_FIXTURE_CASES: of the project; every second has an effusion. */
#define RUN_FIXTURE_CASES 26
#define RUN_FIXTURE_EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define RUN_FIXTURE_LUNG "Segment left lung in the image."

/** run_fixture_command: runs sagitta-cli to its end and expects that all goes well. */
void run_fixture_command (const char *first, ...) G_GNUC_NULL_TERMINATED;

/** run_fixture_make: the project, study.sagitta, and a small bundle, "bundle", in @folder. */
void run_fixture_make (const char *folder);

/**
 * run_fixture_train: (transfer full): the folder of a run in @folder, done.
 * @how: (nullable): "--folds 2", "--hold-out 0.3": options, by spaces
 * @masks: also the task with masks
 */
char *run_fixture_train (const char *folder, const char *name, const char *how, gboolean masks);

G_END_DECLS
