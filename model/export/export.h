/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/masks.h"
#include "model/store/records.h"
#include "model/store/worklist.h"

G_BEGIN_DECLS

/*
 * What leaves a project. Every file is read back and compared before it takes its name; grids are the scan's own, sform
 * and qform both, slope 1.
 */

/**
 * SagProject: all of a project but its voxels, for exports. One owner.
 * @cases: SagCaseRow; @tasks: SagTaskRow; @labels: SagLabelRow; @reviews: SagReviewRow
 * @folder: of the project: relative paths of scans begin there
 */
typedef struct
{
  SagStore  *store;
  char      *folder;
  GPtrArray *cases;
  GPtrArray *tasks;
  GPtrArray *labels;
  GPtrArray *reviews;
} SagProject;

/** sag_project_load: @store must outlive it. */
SagProject *sag_project_load (SagStore *store, GError **error);
void        sag_project_free (SagProject *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagProject, sag_project_free)

/** sag_project_dup_scan: where the scan of a case lies now. */
char *sag_project_dup_scan (const SagProject *project, const SagCaseRow *one);
/** sag_project_dup_name: of a case, for files: unlike that of any other case of the project. */
char *sag_project_dup_name (const SagProject *project, const SagCaseRow *one);
/** sag_project_find_task: (nullable) (transfer none): by its key. */
const SagTaskRow *sag_project_find_task (const SagProject *project, const char *key);
/** sag_project_load_masks: (transfer full) (element-type SagStoredMask): none if the scan was never opened. */
GPtrArray *
sag_project_load_masks (const SagProject *project, const SagCaseRow *one, GError **error);

/**
 * SagConsensus: the word that counts for a case and a task.
 * @value: SAG_LABEL_VALUE_NONE: nobody said anything, or readers differ and nobody decided
 * @differ: readers differ
 * @seen: somebody who said so had seen an answer
 */
typedef struct
{
  SagLabelValue value;
  gboolean      differ;
  gboolean      seen;
} SagConsensus;

/**
 * sag_project_get_consensus: the latest review's word; else that of @reader (nullable); else that on which all agree.
 */
SagConsensus sag_project_get_consensus (const SagProject *project,
                                        gint64            case_id,
                                        gint64            task_id,
                                        const char       *reader);

/** sag_project_get_decision: (nullable) (transfer none): the latest review with a word, or (@mask) with a mask. */
const SagReviewRow *
sag_project_get_decision (const SagProject *project, gint64 case_id, gint64 task_id, gboolean mask);
/** sag_project_is_decision: a mask that somebody decided on once: it is no reading. */
gboolean sag_project_is_decision (const SagProject *project, const SagStoredMask *stored);
/**
 * sag_project_find_decided: (nullable) (transfer none): the one of @masks that counts for a task of a case; others are
 * only readings of it.
 */
const SagStoredMask *sag_project_find_decided (const SagProject *project,
                                               gint64            case_id,
                                               const char       *key,
                                               GPtrArray        *masks);

/**
 * SagExported: what was written.
 * @notes: sentences: what was left out, and why
 * @n_done, @n_all: cases; atomic: another thread may look while it is under way
 */
typedef struct
{
  guint      n_files;
  guint      n_rows;
  GPtrArray *notes;
  gint       n_done;
  gint       n_all;
} SagExported;

void sag_exported_init (SagExported *exported);
void sag_exported_clear (SagExported *exported);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagExported, sag_exported_clear)
/** sag_exported_step: @n_done of @n_all cases are done. Returns: FALSE with G_IO_ERROR_CANCELLED. */
gboolean sag_exported_step (
  SagExported *exported, guint n_done, guint n_all, GCancellable *cancellable, GError **error);
void sag_exported_note (SagExported *exported, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** SAG_EXPORTED_MOST: so many notes of a kind about single rows or scans; the rest are counted in one. */
#define SAG_EXPORTED_MOST 20

/**
 * sag_export_masks: a file for each mask: CASE__NAME-HEX__mask.nii.gz, and beside it a .json that says whose it is, and
 * whether it is a reading or a decision.
 */
gboolean sag_export_masks (SagProject   *project,
                           const char   *folder,
                           SagExported  *exported,
                           GCancellable *cancellable,
                           GError      **error);

/**
 * sag_export_label_maps: a file for each case with masks, CASE__labels.nii.gz, values in the order of the list, and an
 * ITK-SNAP table, CASE__labels.txt. Where masks overlap the higher value stands; how often is noted. Where somebody
 * decided which mask of a task counts, readings of it are left out.
 */
gboolean sag_export_label_maps (SagProject   *project,
                                const char   *folder,
                                SagExported  *exported,
                                GCancellable *cancellable,
                                GError      **error);

/**
 * sag_export_labels: all labels, then the words that count where readers differ; as CSV, or as JSON if @path ends so.
 */
gboolean
sag_export_labels (SagProject *project, const char *path, SagExported *exported, GError **error);

/**
 * sag_export_scores: the cells of every answer as float32 on the grid of the scan, each voxel that of its cell and NaN
 * outside: CASE__ID__score.nii.gz, with the answer beside it.
 */
gboolean sag_export_scores (SagProject   *project,
                            const char   *folder,
                            SagExported  *exported,
                            GCancellable *cancellable,
                            GError      **error);

/**
 * SagTrainingOptions: which labels become samples.
 * @reader: (nullable): only this one's; else decisions, and where there is none that on which all agree
 * @patients: patients as the project has them; else a code for each, good within the project
 * @assisted: also those that were set after an answer had been seen
 * @shares: of train, validation, test, for cases without a split; by patient, always the same way
 */
typedef struct
{
  const char *reader;
  gboolean    assisted;
  gboolean    patients;
  double      shares[3];
} SagTrainingOptions;

/** sag_export_training: manifest.csv for `sagitta-cli train`, scans by their paths, and masks/. */
gboolean sag_export_training (SagProject               *project,
                              const SagTrainingOptions *options,
                              const char               *folder,
                              SagExported              *exported,
                              GCancellable             *cancellable,
                              GError                  **error);

/**
 * sag_export_upstream: a folder for the code of the model's authors: manifest.parquet, bin/ (scans: 1 mm, axes R, A, S,
 * int16), seg/ and nodule_seg/ (masks on the same grid), rows "Segment:KEY". What it cannot express is noted. The same
 * table as manifest.csv is what `train` and sag_import_table() read.
 */
gboolean sag_export_upstream (SagProject               *project,
                              const SagTrainingOptions *options,
                              const char               *folder,
                              SagExported              *exported,
                              GCancellable             *cancellable,
                              GError                  **error);

/** sag_export_archive: a folder that opens elsewhere: project.sagitta and scans/, found by relative paths. */
gboolean sag_export_archive (SagProject   *project,
                             const char   *folder,
                             SagExported  *exported,
                             GCancellable *cancellable,
                             GError      **error);

G_END_DECLS
