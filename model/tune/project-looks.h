/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/looks.h"
#include "model/store/store.h"

G_BEGIN_DECLS

/**
 * sag_project_looks_note: writes a look at a hold-out into the log of a project, where it cannot be taken out unseen,
 * and counts those that stand there.
 * @hash: of sag_looks_dup_hash()
 * @bundles: (array length=n_bundles): SHA-256
 * @looks: (inout): what sag_looks_note() counted; the higher counts win
 */
gboolean sag_project_looks_note (SagStore          *store,
                                 const char        *hash,
                                 const char *const *bundles,
                                 gsize              n_bundles,
                                 SagLooks          *looks,
                                 GError           **error);

G_END_DECLS
