/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/json-writer.h"
#include "model/dataset/manifest.h"

G_BEGIN_DECLS

/** SagComposeBalance: in which splits negatives are drawn to match the positives, for each task. */
typedef enum
{
  SAG_COMPOSE_BALANCE_TRAIN,
  SAG_COMPOSE_BALANCE_ALL,
  SAG_COMPOSE_BALANCE_NONE,
} SagComposeBalance;

/**
 * SagComposeOptions: how label tables and masks become questions (arXiv:2509.01554, section 3.3).
 *
 * A table has a row for each scan. The scan is in the column img_file_path, relative to the table, or by its name in
 * VolumeName, image_id or impression_id, and then found below @images. The patient is in patient_id or person_id, or
 * is "train_12" of CT-RATE's "train_12_a_1.nii.gz"; the split is in the column split, and CT-RATE's "valid_" are test.
 * A column that the task catalogue knows as a label, or as a data set spells it, holds 1, 0, True, False, Censored or
 * nothing.
 *
 * @tables: (array NULL-terminated)
 * @images: (nullable): folder of scans, looked through with all below it
 * @masks: (nullable): folder of TotalSegmentator v2 maps with all labels in one file, called as their scans, with
 *   _seg, _labels or _segmentation behind the name or not, or lying in a folder that is called so
 * @nodules: (nullable): folder of nodule masks, LUNA16's say, called in the same way
 * @image_column, @patient_column: (nullable): other names of those columns
 * @template: (nullable): the sentence for label columns that the catalogue does not know: {label}, {organ}
 * @organ: (nullable): for {organ}
 * @skip: (nullable) (array NULL-terminated): columns to leave alone
 * @shares: of train, validation, test, for patients whose split no table says; all 0: all of them train
 * @organ_share: of the samples of a split that come again with a task to segment an organ
 * @paper_organs: organ tasks in the paper's words; else in those of its code
 * @nodule_repeat: how often a nodule mask comes in training
 */
typedef struct
{
  const char *const *tables;
  const char        *images;
  const char        *masks;
  const char        *nodules;
  const char        *image_column;
  const char        *patient_column;
  const char *template;
  const char        *organ;
  const char *const *skip;
  double             shares[SAG_N_SPLITS];
  SagComposeBalance  balance;
  double             organ_share;
  gboolean           paper_organs;
  guint              nodule_repeat;
  guint64            seed;
} SagComposeOptions;

/**
 * SagComposeTask: a question and what became of its labels.
 * @column: of the table; NULL for a segmentation
 * @of_catalogue: the sentence is the catalogue's
 * @n_positives, @n_negatives: rows of the manifest, by split; a segmentation has positives only
 * @n_left_out: negatives that balancing left out, by split
 * @n_censored, @n_empty: labels that say so, and labels that are missing
 */
typedef struct
{
  char    *question;
  char    *column;
  gboolean of_catalogue;
  gsize    n_positives[SAG_N_SPLITS];
  gsize    n_negatives[SAG_N_SPLITS];
  gsize    n_left_out[SAG_N_SPLITS];
  gsize    n_censored;
  gsize    n_empty;
} SagComposeTask;

/**
 * SagComposeCounts:
 * @n_missing: scans that tables name and that are not there; @first_missing one of them
 * @n_rows: of the manifest, by split
 * @n_organ_rows, @n_nodule_rows: of those, segmentations
 * @n_nodule_masks: how many masks they come from
 */
typedef struct
{
  gsize n_scans[SAG_N_SPLITS];
  gsize n_patients[SAG_N_SPLITS];
  gsize n_rows[SAG_N_SPLITS];
  gsize n_missing;
  gsize n_with_masks;
  gsize n_organ_rows;
  gsize n_nodule_rows;
  gsize n_nodule_masks;
} SagComposeCounts;

/** SagComposition: a manifest in the making. Immutable. */
typedef struct _SagComposition SagComposition;

/**
 * sag_compose: makes the samples. The same tables, names and seed give the same samples, wherever they lie.
 *
 * No patient comes to be in two splits: a split that a table says counts for all scans of the patient.
 *
 * Errors: SAG_ERROR_FORMAT naming table and line (no column for scans, a label that is none, a missing patient id, a
 * patient in two splits, a scan labelled twice in different ways), SAG_ERROR_ARGUMENT (a label column that neither
 * catalogue nor template explain, names that nothing belongs to, no sample at all), those of sag_rows_load()
 */
SagComposition *sag_compose (const SagComposeOptions *options, GError **error);
void            sag_composition_free (SagComposition *composition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagComposition, sag_composition_free)

const SagComposeCounts *sag_composition_get_counts (const SagComposition *composition);
gsize                   sag_composition_get_n_tasks (const SagComposition *composition);
const SagComposeTask   *sag_composition_get_task (const SagComposition *composition, gsize task);
/** sag_composition_get_warnings: (transfer none): sentences about what is worth knowing. */
const char *const *sag_composition_get_warnings (const SagComposition *composition);

/**
 * sag_composition_save: writes the manifest that sag_dataset_load() reads: CSV, or JSON Lines for a name that ends in
 * .jsonl. Files below the manifest's folder are named from there, others in full.
 */
gboolean sag_composition_save (const SagComposition *composition, const char *path, GError **error);

/** sag_composition_write: the members of a JSON object that state what was done. No path, no patient. */
void sag_composition_write (const SagComposition *composition, SagJsonWriter *writer);

G_END_DECLS
