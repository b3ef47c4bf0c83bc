/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/manifest.h"
#include "model/dataset/scan.h"

G_BEGIN_DECLS

/**
 * SagIndexItem: a row of the manifest as it is learned from. Rows that say the same are one.
 * @task: number of its question
 * @is_label: the class head learns its label; else the patch head its mask
 * @mask, @set: which mask file of the scan, and which set of values there
 * @positive: label of 0.5 or more, or a mask that is not empty
 * @count: how many rows say it; @sample is the first
 */
typedef struct
{
  const SagSample *sample;
  guint            task;
  gboolean         is_label;
  gsize            mask;
  gsize            set;
  gboolean         positive;
  guint            count;
} SagIndexItem;

/** SagIndexScan: a scan and everything asked about it. */
typedef struct
{
  const char   *path;
  SagIndexItem *items;
  gsize         n_items;
  SagScanMask  *masks;
  gsize         n_masks;
} SagIndexScan;

/**
 * SagIndexTask: a question, verbatim.
 * @is_label: which head it trains
 * @subject: number of the first question that asks for the same thing in other words, or its own: what the sampler
 *   balances. The catalogue knows some; and masks whose rows count the same values show the same thing.
 * @n_positives, @n_negatives: rows of the split
 */
typedef struct
{
  const char *question;
  gboolean    is_label;
  guint       subject;
  gsize       n_positives;
  gsize       n_negatives;
} SagIndexTask;

/** SagIndex: one split of a data set by scans. Immutable once it was resolved. */
typedef struct _SagIndex SagIndex;

/**
 * sag_index_new: the rows of @split. A row with a label and a mask trains the patch head if its question segments,
 * else the class head. May be empty.
 */
SagIndex *sag_index_new (SagDataset *dataset, SagSplit split);
void      sag_index_free (SagIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagIndex, sag_index_free)

gsize               sag_index_get_n_scans (SagIndex *index);
const SagIndexScan *sag_index_get_scan (SagIndex *index, gsize scan);
gsize               sag_index_get_n_items (SagIndex *index);
gsize               sag_index_get_n_tasks (SagIndex *index);
const SagIndexTask *sag_index_get_task (SagIndex *index, gsize task);

/** SagIndexProgress: @n_done of @n scans are prepared. Called from one thread at a time. */
typedef void (*SagIndexProgress) (gpointer data, gsize n_done, gsize n);

/** sag_index_prepare: fills the store with every scan of the index, on all cores. Errors: of the first scan that
 * cannot be prepared, and those of sag_scan_store_prepare() */
gboolean sag_index_prepare (SagIndex        *index,
                            SagScanStore    *store,
                            SagIndexProgress progress,
                            gpointer         data,
                            GCancellable    *cancellable,
                            GError         **error);

/**
 * SagIndexReport: what sag_index_resolve() found.
 * @n_empty: rows left out because their mask is empty
 * @first_empty: line of the first of them
 * @n_contradictions: of those, rows whose label says that something is there
 * @n_resampled: masks that lay on another grid than their scan
 * @n_out_of_scope: scans that asking would refuse
 * @n_synthetic: scans that are phantoms
 */
typedef struct
{
  gsize n_empty;
  guint first_empty;
  gsize n_contradictions;
  gsize n_resampled;
  gsize n_out_of_scope;
  gsize n_synthetic;
} SagIndexReport;

/**
 * sag_index_resolve: decides about rows whose mask holds none of their values: a negative if the row's label is 0,
 * if the scan is a phantom, whose masks are exact, or if @keep_empty; else the row is left out, since for a real scan
 * nobody says whether the thing is absent or was not drawn. A mask that the analysed box merely does not reach stays.
 */
gboolean sag_index_resolve (SagIndex       *index,
                            SagScanStore   *store,
                            gboolean        keep_empty,
                            SagIndexReport *report,
                            GError        **error);

G_END_DECLS
