/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/store.h"

G_BEGIN_DECLS

/* One project on several machines: a copy for each reader, and together again. */

/**
 * sag_store_split: a copy of a project for one reader, who sees nothing of the others: their labels, masks,
 * measurements and reviews are not in it, nor are a model's answers, the undo journal and the log.
 * @path: of the project, which stays as it is
 * @out: must not exist
 * @keep_answers: a model's answers stay
 */
gboolean sag_store_split (
  const char *path, const char *out, const char *reader, gboolean keep_answers, GError **error);

/**
 * SagMerged: what came of a merge.
 * @n_same: rows that were already there
 * @conflicts: (transfer full): sentences: what differs; the project that others were merged into stays as it was there
 */
typedef struct
{
  guint      n_cases;
  guint      n_tasks;
  guint      n_labels;
  guint      n_masks;
  guint      n_others;
  guint      n_same;
  GPtrArray *conflicts;
} SagMerged;

void sag_merged_clear (SagMerged *merged);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagMerged, sag_merged_clear)

/**
 * sag_store_merge: adds what @path has and @store has not. Cases are the same by UUID or content,
 * tasks by key, labels by case, task and reader, masks by UUID. Nothing is overwritten. All or nothing.
 */
gboolean sag_store_merge (SagStore *store, const char *path, SagMerged *merged, GError **error);

G_END_DECLS
