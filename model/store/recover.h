/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/**
 * sag_store_check: looks at every page, every row's CRC-32C and the log's chain.
 * Returns: (transfer full): sentences about what is wrong, none if all is well; NULL with an error
 */
char **sag_store_check (const char *path, GError **error);

/**
 * SagRecovered: what could be saved.
 * @n_rows, @n_lost: rows of all tables; those that could be seen, but were damaged
 * @unreadable: pages could not be read, so that more may be missing
 * @n_bricks_lost: pieces of masks (32 x 32 x 32 voxels)
 * @n_journals: cases that can no longer be undone, because a step or a piece of a mask is missing
 * @log_broken: entries of the log are missing
 */
typedef struct
{
  gint64   n_rows;
  gint64   n_lost;
  gboolean unreadable;
  gint64   n_bricks_lost;
  gint64   n_journals;
  gboolean log_broken;
} SagRecovered;

/**
 * sag_store_recover: saves everything that still can be read into the new file @out. @path stays
 * as it is. Labels and masks of a case that is gone stand under "recovered-case-N".
 *
 * Errors: SAG_ERROR_FORMAT: nothing could be read; G_FILE_ERROR_EXIST; those of SagDb
 */
gboolean
sag_store_recover (const char *path, const char *out, SagRecovered *recovered, GError **error);

G_END_DECLS
