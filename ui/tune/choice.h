/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"
#include "model/tune/advice.h"

G_BEGIN_DECLS

/**
 * SagUiTuneChoice: what a person chose for a training on a project.
 * @project: path
 * @bundle: folder of the model to begin from
 * @tasks: (NULL-terminated): keys; none: nothing to train
 * @parts: what trains
 * @hold_out: share of the patients; 0 with folds
 * @n_threads: 0: all
 * @name: (nullable): of the new model
 */
typedef struct
{
  char         *project;
  char         *bundle;
  char        **tasks;
  SagCaseState  least_state;
  gboolean      assisted;
  SagTrainParts parts;
  double        hold_out;
  guint         n_folds;
  guint         n_threads;
  char         *name;
} SagUiTuneChoice;

SagUiTuneChoice *sag_ui_tune_choice_copy (const SagUiTuneChoice *choice);
void             sag_ui_tune_choice_free (SagUiTuneChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiTuneChoice, sag_ui_tune_choice_free)

/**
 * sag_ui_tune_choice_dup_arguments: (transfer full): of `sagitta-cli`, without the program's name.
 * @folder: (nullable): of the run; NULL: only an estimate, as JSON
 */
char **sag_ui_tune_choice_dup_arguments (const SagUiTuneChoice *choice, const char *folder);

/** sag_ui_tune_find_program: (transfer full) (nullable): $SAGITTA_CLI, else sagitta-cli beside this program. */
char *sag_ui_tune_find_program (void);

/**
 * SagUiTuneCounts: what a choice has to work with.
 * @all: (nullable): every task of the project, nothing held out; for the table
 * @chosen: (nullable): as it would be trained
 * @problem: (nullable): why it cannot; a sentence
 */
typedef struct
{
  SagSnapshot *all;
  SagSnapshot *chosen;
  char        *problem;
} SagUiTuneCounts;

void sag_ui_tune_counts_free (SagUiTuneCounts *counts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiTuneCounts, sag_ui_tune_counts_free)

/** sag_ui_tune_count_async: looks at the project, behind. @bundle: (nullable): whether it can read the tasks. */
void sag_ui_tune_count_async (const SagUiTuneChoice *choice,
                              SagBundle             *bundle,
                              GCancellable          *cancellable,
                              GAsyncReadyCallback    callback,
                              gpointer               user_data);
/** Returns: (transfer full). Errors: G_IO_ERROR_CANCELLED */
SagUiTuneCounts *sag_ui_tune_count_finish (GAsyncResult *result, GError **error);

/**
 * sag_ui_tune_estimate_async: how long it will take, measured by a process of its own, which cancelling ends.
 * Errors: what that process says
 */
void sag_ui_tune_estimate_async (const SagUiTuneChoice *choice,
                                 GCancellable          *cancellable,
                                 GAsyncReadyCallback    callback,
                                 gpointer               user_data);
/** Returns: seconds; negative with an error. */
double sag_ui_tune_estimate_finish (GAsyncResult *result, GError **error);

G_END_DECLS
