/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/**
 * sag_store_check: looks at every page, every row's CRC-32C and the log's chain.
 * Returns: (transfer full): sentences about what is wrong, none if all is well; NULL with an error
 */
char **sag_store_check (const char *path, GError **error);

#define SAG_RECOVERED_MOST_TABLES 16

/**
 * SagRecoveredTable: what became of a table.
 * @table: its name; NULL after the last
 * @n_saved: rows that are in the new file as they were
 * @n_missing: rows that are not: by what the table's indexes or the log say there were, else by what was seen of them
 * @at_least: more may be missing
 * @n_placed: of those that are missing, which keep a place, with what the indexes or the log still say of them
 */
typedef struct
{
  const char *table;
  gint64      n_saved;
  gint64      n_missing;
  gboolean    at_least;
  gint64      n_placed;
} SagRecoveredTable;

/**
 * SagRecovered: what could be saved.
 * @n_rows, @n_lost: rows of all tables; those that are missing, at least
 * @unreadable: pages could not be read
 * @uncertain: more than @n_lost may be missing
 * @n_bricks_lost: pieces of masks (32 x 32 x 32 voxels)
 * @n_journals: cases that can no longer be undone, because a step or a piece of a mask is missing
 * @log_broken: entries of the log are missing
 * @labels: (nullable): labels whose word came back from the log, as it says them; nothing else of them was in it
 */
typedef struct
{
  gint64            n_rows;
  gint64            n_lost;
  gboolean          unreadable;
  gboolean          uncertain;
  gint64            n_bricks_lost;
  gint64            n_journals;
  gboolean          log_broken;
  SagRecoveredTable tables[SAG_RECOVERED_MOST_TABLES];
  char            **labels;
} SagRecovered;

/** sag_recovered_clear: frees what it holds. */
void sag_recovered_clear (SagRecovered *recovered);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagRecovered, sag_recovered_clear)

/** sag_recovered_describe: (transfer full): sentences about what is missing, none if nothing is. */
char **sag_recovered_describe (const SagRecovered *recovered);

/**
 * sag_store_recover: saves everything that still can be read into the new file @out. @path stays
 * as it is. Cases, questions and masks that are gone, but known of, keep a place, named "recovered-case-N" and so on.
 * @recovered: (out): to be cleared
 *
 * Errors: SAG_ERROR_FORMAT: nothing could be read; G_FILE_ERROR_EXIST; those of SagDb
 */
gboolean
sag_store_recover (const char *path, const char *out, SagRecovered *recovered, GError **error);

G_END_DECLS
