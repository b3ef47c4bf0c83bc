/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/index.h"

G_BEGIN_DECLS

/**
 * SagSampler: which scan comes next, and which of its questions. A pure function of seed and place, so that a run can
 * go on anywhere. Thread-safe.
 *
 * Scans are shuffled anew in each epoch, and questions are drawn without replacement.
 */
typedef struct _SagSampler SagSampler;

/**
 * SagSampling: what is drawn how often.
 * @SAG_SAMPLING_MANIFEST: what the table says: a question that stands there ten times weighs ten times as much, and its
 *   scan comes ten times in an epoch
 * @SAG_SAMPLING_BALANCED: each task, and in it positives and negatives, comes about equally often, and each scan once
 */
typedef enum
{
  SAG_SAMPLING_MANIFEST,
  SAG_SAMPLING_BALANCED,
} SagSampling;

/** sag_sampling_from_string: "manifest", "balanced"; FALSE for another. */
gboolean    sag_sampling_from_string (const char *text, SagSampling *sampling);
const char *sag_sampling_to_string (SagSampling sampling);

/** sag_sampler_new: @n_texts: questions per scan, 0 for all. @index stays the caller's, and is not empty. */
SagSampler *sag_sampler_new (SagIndex *index, SagSampling sampling, gsize n_texts, guint64 seed);
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

/** sag_sampler_get_n_visits: places of an epoch. */
gsize sag_sampler_get_n_visits (SagSampler *sampler);

/** sag_sampler_get_most: the most questions that a draw can give. */
gsize sag_sampler_get_most (SagSampler *sampler);

G_END_DECLS
