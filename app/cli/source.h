/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/dataset/manifest.h"
#include "model/evaluate/looks.h"
#include "model/tune/snapshot.h"

G_BEGIN_DECLS

/**
 * SagCliSource: what is trained or measured on: a table, or a project, of which a snapshot is taken.
 * @name: of the file, without its folder
 * @snapshot: (nullable): of a project; in a folder that goes with it
 * @manifest: path of the table
 */
typedef struct
{
  char        *name;
  char        *path;
  char        *manifest;
  char        *folder;
  SagDataset  *dataset;
  SagSnapshot *snapshot;
} SagCliSource;

/** sag_cli_source_open: @options: of the snapshot, if it is a project. */
gboolean sag_cli_source_open (SagCliSource             *source,
                              const char               *path,
                              const SagSnapshotOptions *options,
                              GError                  **error);
void     sag_cli_source_clear (SagCliSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagCliSource, sag_cli_source_clear)

/** sag_cli_source_parse_state: @word: (nullable): "done" or "reviewed"; NULL: every state. FALSE for other words. */
gboolean sag_cli_source_parse_state (const char *word, SagCaseState *state);

/** sag_cli_source_dup_case: what the case of a row is called: by its number in the project, or its line. */
char *sag_cli_source_dup_case (const SagSample *sample, gpointer source);

/** sag_cli_source_look: counts a look at a hold-out: in the user's data, and in the log of a project that can be
 * written. What cannot be counted is said on stderr. */
void sag_cli_source_look (const SagCliSource  *source,
                          const SagEvaluation *evaluation,
                          SagBundle *const    *bundles,
                          gsize                n_bundles,
                          SagLooks            *looks);

G_END_DECLS
