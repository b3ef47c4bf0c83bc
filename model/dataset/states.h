/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/index.h"

G_BEGIN_DECLS

/*
 * What the heads read of a scan and its questions, where only heads train: computed once, and kept by
 * sag_scan_store_save_tokens() under these names. The class head reads one state of a question, (hidden), the patch
 * head one for each vision token, which are kept after that one: (1 + n_tokens, hidden).
 */

/** sag_states_dup_class_key: of all the scan's questions with labels, in their order; (n, hidden). */
char *sag_states_dup_class_key (const char *model, const SagIndexScan *scan);
/** sag_states_dup_patch_key: of a question with a mask; (1 + n_tokens, hidden). */
char *sag_states_dup_patch_key (const char *model, const SagIndexItem *item);

/** sag_states_count_class: the scan's questions with labels before @end; NULL counts all. */
gsize sag_states_count_class (const SagIndexScan *scan, const SagIndexItem *end);

/**
 * sag_states_load: puts the states of some questions together.
 * @items: (array length=n)
 *
 * Returns: (transfer full) (nullable): (n, 1 + n_tokens, hidden), 0 where a head does not look; NULL with
 * G_IO_ERROR_NOT_FOUND
 */
float *sag_states_load (SagScanStore              *store,
                        const char                *model,
                        const SagIndexScan        *scan,
                        const SagIndexItem *const *items,
                        gsize                      n,
                        gsize                      n_tokens,
                        gsize                      hidden,
                        GError                   **error);

G_END_DECLS
