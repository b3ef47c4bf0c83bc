/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/run.h"

G_BEGIN_DECLS

/*
 * How often a hold-out was looked at: who chooses among models by the same cases again and again finds a good one by
 * chance. Counted for each set of scans, whatever the table is called and whatever is asked, by the hash of the set;
 * kept in the user's data folder, sagitta/holdouts/HASH.jsonl, a line for each look, without paths and names.
 */

/** sag_looks_dup_hash: of the scans of an evaluation, by their paths; the order does not count. */
char *sag_looks_dup_hash (const SagEvaluation *evaluation);

/**
 * SagLooks:
 * @n: looks so far, with this one; 0: that is not known
 * @n_bundles: different bundles whose figures were seen
 * @first_at: seconds since 1970, UTC
 */
typedef struct
{
  guint  n;
  guint  n_bundles;
  gint64 first_at;
} SagLooks;

/** sag_looks_dup_folder: where they are kept. */
char *sag_looks_dup_folder (void);

/**
 * sag_looks_note: writes that somebody looks now, and counts. Several programs may do so at the same time.
 * @folder: (nullable): instead of sag_looks_dup_folder()
 * @bundles: (array length=n_bundles): SHA-256
 *
 * Errors: G_FILE_ERROR; @looks then counts none
 */
gboolean sag_looks_note (const char        *folder,
                         const char        *hash,
                         const char *const *bundles,
                         gsize              n_bundles,
                         SagLooks          *looks,
                         GError           **error);

/** sag_looks_dup_sentence: what the count means. */
char *sag_looks_dup_sentence (const SagLooks *looks);

G_END_DECLS
