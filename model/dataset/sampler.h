/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/index.h"

G_BEGIN_DECLS

/**
 * SagSampler: which scan comes next, and which of its questions. A pure function of seed and place, so that a run can
 * go on anywhere. Thread-safe.
 *
 * Scans are shuffled anew in each epoch. Questions are drawn without replacement with weights that make each task,
 * and in it positives and negatives, come about equally often.
 */
typedef struct _SagSampler SagSampler;

/** sag_sampler_new: @n_texts: questions per scan, 0 for all. @index stays the caller's, and is not empty. */
SagSampler *sag_sampler_new (SagIndex *index, gsize n_texts, guint64 seed);
void        sag_sampler_free (SagSampler *sampler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagSampler, sag_sampler_free)

/**
 * sag_sampler_draw: the scan at @place, counted from the start of the run.
 * @items: out: (n_texts of the sampler, or of the scan where that has fewer): indices into the scan's items
 * @n_items: (out)
 *
 * Returns: the scan's index
 */
gsize sag_sampler_draw (SagSampler *sampler, guint64 place, gsize *items, gsize *n_items);

/** sag_sampler_get_most: the most questions that a draw can give. */
gsize sag_sampler_get_most (SagSampler *sampler);

G_END_DECLS
