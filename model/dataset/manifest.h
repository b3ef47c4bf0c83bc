/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagSplit: what a sample is for. Never two of them for one patient. */
typedef enum
{
  SAG_SPLIT_TRAIN,
  SAG_SPLIT_VALIDATION,
  SAG_SPLIT_TEST,
} SagSplit;

#define SAG_N_SPLITS 3

/**
 * SagSample: one question about one scan, with its answer: a label, a mask, or both.
 * @question: as the model is asked. Upstream's "Segment:KEY" has become "Segment KEY in the image."
 * @image, @mask: absolute paths; @mask NULL for none
 * @label: 0..1; NaN if there is none
 * @mask_values: (array length=n_mask_values): whose union in the mask file is the truth; none: all
 *   that is not 0
 * @patient, @study: (nullable)
 * @line: of the manifest
 */
typedef struct
{
  char    *question;
  char    *image;
  char    *mask;
  double   label;
  gint32  *mask_values;
  gsize    n_mask_values;
  SagSplit split;
  char    *patient;
  char    *study;
  guint    line;
} SagSample;

/** SagDataset: samples of a data set. Immutable, atomically reference counted. */
typedef struct _SagDataset SagDataset;

/**
 * sag_dataset_load: reads a table (model/dataset/rows.h) with the columns question, img_file_path,
 * label, split as upstream, and where they are wanted mask_file_path, mask_values ("10;11"), patient_id, study_id.
 *
 * Relative paths start at the manifest's folder. Labels: 0, 1, numbers between, true, false; "censored" and an
 * empty label are none. Splits: train, val or valid or validation, test; none means train. Rows with neither a
 * label nor a mask are left out and counted. Files are not opened.
 *
 * Errors: SAG_ERROR_FORMAT naming the line: a missing column, no such label or split, a patient or a scan in two
 * splits (who is not named); SAG_ERROR_ARGUMENT: no sample; those of sag_rows_load()
 */
SagDataset *sag_dataset_load (const char *path, GError **error);

SagDataset *sag_dataset_ref (SagDataset *dataset);
void        sag_dataset_unref (SagDataset *dataset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDataset, sag_dataset_unref)

gsize            sag_dataset_get_n (SagDataset *dataset);
const SagSample *sag_dataset_get (SagDataset *dataset, gsize index);

/**
 * sag_dataset_get_warnings: (transfer none): sentences, maybe none: columns not known, rows left
 * out, no patient ids, scans that are named by their folder or archive alone.
 */
const char *const *sag_dataset_get_warnings (SagDataset *dataset);

const char *sag_split_to_string (SagSplit split);

/** sag_manifest_dup_question: (nullable): what is asked by a table's @text, (nullable): upstream's "Segment:Nodule" and
 * "Segment:KEY" (UniferumDataset) as whole sentences, others as they are. */
char *sag_manifest_dup_question (const char *text);

/** sag_split_from_string: train, val, valid, validation or test, in any case; FALSE for another word. */
gboolean sag_split_from_string (const char *text, SagSplit *split);

G_END_DECLS
