/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/sampler.h"

G_BEGIN_DECLS

/**
 * SagLoadedScan: a scan with some of its questions, ready for the engine.
 * @place: in the run
 * @input: (input), or NULL with tokens
 * @tokens: (n_tokens, hidden), or NULL
 * @states: (n, 1 + n_tokens, hidden), or NULL
 * @items: (n): what is asked
 * @labels: (n), 0 where the item has none; @tasks: (n): 1 reads the label, 0 the targets
 * @targets: (n, n_tokens, cells), 0 where the item has no mask
 */
typedef struct
{
  guint64              place;
  const SagIndexScan  *scan;
  float               *input;
  float               *tokens;
  float               *states;
  gsize                n;
  const SagIndexItem **items;
  float               *labels;
  float               *tasks;
  float               *targets;
} SagLoadedScan;

void sag_loaded_scan_free (SagLoadedScan *loaded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLoadedScan, sag_loaded_scan_free)

/**
 * SagLoaderOptions:
 * @augment: else inputs are what inference makes of the scan
 * @seed: of the augmentation
 * @first: the place at which to begin
 * @ahead: scans that are kept ready
 * @n_threads: that load
 * @model: (nullable): load the @n_token_values tokens that this network made instead of the input, without
 *   augmentation (sag_scan_store_save_tokens())
 * @state_model: (nullable): load the states that this network made of scan and questions instead (states.h)
 * @hidden: of a token
 */
typedef struct
{
  gboolean    augment;
  guint64     seed;
  guint64     first;
  guint       ahead;
  guint       n_threads;
  const char *model;
  gsize       n_token_values;
  const char *state_model;
  gsize       hidden;
} SagLoaderOptions;

/** SagLoader: reads scans in the background, in the order of the sampler's places. One consumer. */
typedef struct _SagLoader SagLoader;

/** sag_loader_new: @store and @sampler outlive the loader. */
SagLoader *sag_loader_new (SagScanStore           *store,
                           SagIndex               *index,
                           SagSampler             *sampler,
                           const SagLoaderOptions *options);
void       sag_loader_free (SagLoader *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLoader, sag_loader_free)

/**
 * sag_loader_next: the scan of the next place; waits for it.
 * @waited_s: (inout): grows by the seconds that were waited
 *
 * Errors: those of the store
 */
SagLoadedScan *sag_loader_next (SagLoader *loader, double *waited_s, GError **error);

/** sag_load_scan: what a loader does for one place, here and now. */
SagLoadedScan *sag_load_scan (SagScanStore           *store,
                              SagIndex               *index,
                              SagSampler             *sampler,
                              const SagLoaderOptions *options,
                              guint64                 place,
                              GError                **error);

/** sag_loader_get_place: of what sag_loader_next() gave last, or failed to give. */
guint64 sag_loader_get_place (SagLoader *loader);

/** sag_loader_again: loads that once more, on this thread, for who mended what was wrong. */
SagLoadedScan *sag_loader_again (SagLoader *loader, GError **error);

G_END_DECLS
