/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/export/export.h"

G_BEGIN_DECLS

/*
 * What a project knows about its tasks at one moment, as a training and evaluation set. A run works with the snapshot:
 * whoever labels on meanwhile changes nothing of it.
 */

/** SAG_SNAPSHOT_MOST_FOLDS: of a cross-validation. */
#define SAG_SNAPSHOT_MOST_FOLDS 10

/**
 * SagSnapshotOptions:
 * @tasks: (nullable) (NULL-terminated): keys or wordings; else all of the project
 * @reader: (nullable): only this one's labels; else those on which all agree, and decisions
 * @assisted: also labels and masks that were made after an answer had been seen
 * @least_state: only cases that are that far, as "done" or "reviewed"; SAG_CASE_NEW: all
 * @hold_out: share of the patients that is kept for the measurement, 0..1, if the project says no splits; with 1
 *   everything is measured on
 * @n_folds: 0, or 2 to SAG_SNAPSHOT_MOST_FOLDS: every patient is measured on once, by a model that did not see them;
 *   splits of the project do not count then
 * @seed: of the drawing
 * @cache: (nullable): folder of a SagCache that remembers the hashes of scans; else every scan is read
 */
typedef struct
{
  const char *const *tasks;
  const char        *reader;
  gboolean           assisted;
  SagCaseState       least_state;
  double             hold_out;
  guint              n_folds;
  guint64            seed;
  const char        *cache;
} SagSnapshotOptions;

/**
 * SagSnapshotPart: of what is counted: what is trained on, what is measured on; with folds all is in both. What is
 * watched is neither: the loss on it is drawn while the training goes on. It is what the project calls validation, or,
 * if it says no splits, an eighth of those to train on, where these are SAG_SNAPSHOT_WATCH_FROM patients or more; never
 * with folds.
 */
typedef enum
{
  SAG_SNAPSHOT_TRAIN,
  SAG_SNAPSHOT_HELD_OUT,
  SAG_SNAPSHOT_WATCHED,
} SagSnapshotPart;
#define SAG_N_SNAPSHOT_PARTS 2 /* in which tasks are counted */
#define SAG_SNAPSHOT_WATCH_FROM 40

/**
 * SagSnapshotTask: what there is of a task.
 * @n_present, @n_absent: labels
 * @n_masks, @n_empty: masks with and without a voxel
 * @left_out: (nullable): a sentence: why it is not trained
 */
typedef struct
{
  char *key;
  char *wording;
  gsize n_present[SAG_N_SNAPSHOT_PARTS];
  gsize n_absent[SAG_N_SNAPSHOT_PARTS];
  gsize n_masks[SAG_N_SNAPSHOT_PARTS];
  gsize n_empty[SAG_N_SNAPSHOT_PARTS];
  char *left_out;
} SagSnapshotTask;

/**
 * SagSnapshotCase: where a row of the tables comes from.
 * @id: of the case in the project
 * @fold: 1..n_folds in which it is measured on; 0 without folds
 */
typedef struct
{
  gint64          id;
  char           *name;
  SagSnapshotPart part;
  guint           fold;
} SagSnapshotCase;

/** SagSnapshot: immutable. */
typedef struct _SagSnapshot SagSnapshot;

/**
 * sag_snapshot_new: looks at everything that the project says.
 * @folder: (nullable): gets manifest.csv (with folds also fold-1.csv ...), masks/ and snapshot.json, and must be empty
 *   or not there; NULL only counts
 *
 * Cases whose scan is not there, or is another file than was labelled, are left out, and a note counts them.
 * Patients stay together, also where the same scan stands for two of them. Drawing keeps the kinds of labels even.
 *
 * Errors: SAG_ERROR_ARGUMENT (no such task, no label, one kind of labels only, one patient only), SAG_ERROR_MISMATCH
 * (a patient whom the project has in two splits; who is not named), those of the project and of files
 */
SagSnapshot *sag_snapshot_new (SagStore                 *store,
                               const SagSnapshotOptions *options,
                               const char               *folder,
                               GCancellable             *cancellable,
                               GError                  **error);
/** sag_snapshot_open: reads what sag_snapshot_new() wrote. Errors: SAG_ERROR_FORMAT, G_FILE_ERROR */
SagSnapshot *sag_snapshot_open (const char *folder, GError **error);
void         sag_snapshot_free (SagSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagSnapshot, sag_snapshot_free)

/** sag_snapshot_is_project: whether a file is an SQLite database, by its first bytes. */
gboolean sag_snapshot_is_project (const char *path);

/** sag_snapshot_dup_manifest: path of the table; @fold from 1, or 0 for that of all. */
char *sag_snapshot_dup_manifest (const SagSnapshot *snapshot, guint fold);
guint sag_snapshot_get_n_folds (const SagSnapshot *snapshot);
/** sag_snapshot_follows_splits: whether the project's own splits were taken, and no share drawn; of a new one. */
gboolean sag_snapshot_follows_splits (const SagSnapshot *snapshot);

/** sag_snapshot_get_n_cases: cases with a sample; sag_snapshot_get_n_patients: among them. */
gsize sag_snapshot_get_n_cases (const SagSnapshot *snapshot);
gsize sag_snapshot_get_n_patients (const SagSnapshot *snapshot);
/** sag_snapshot_count: cases of a part; with folds all of them. */
gsize                  sag_snapshot_count (const SagSnapshot *snapshot, SagSnapshotPart part);
const SagSnapshotCase *sag_snapshot_get_case (const SagSnapshot *snapshot, gsize index);
/** sag_snapshot_find_case: (nullable): that of a line of any of the tables, which is the sample's study_id. */
const SagSnapshotCase *sag_snapshot_find_case (const SagSnapshot *snapshot, const char *study);

gsize                  sag_snapshot_get_n_tasks (const SagSnapshot *snapshot);
const SagSnapshotTask *sag_snapshot_get_task (const SagSnapshot *snapshot, gsize index);

/** sag_snapshot_get_notes: (NULL-terminated): sentences: what was left out, leakage that was mended, and so on. */
const char *const *sag_snapshot_get_notes (const SagSnapshot *snapshot);

/**
 * sag_snapshot_get_labels_hash, sag_snapshot_get_project_hash: SHA-256, for provenance: of all samples, by the content
 * of their scans; and of the project's log, which says exactly when this was. Neither holds a path or a name.
 */
const char *sag_snapshot_get_labels_hash (const SagSnapshot *snapshot);
const char *sag_snapshot_get_project_hash (const SagSnapshot *snapshot);

G_END_DECLS
