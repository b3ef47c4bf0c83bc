/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of recovery: recover.c (the order of things), recover-rows.c (a row at a time), recover-pages.c (rows that
 * SQLite does not reach), recover-told.c and recover-log.c (what indexes and the log say of rows that are gone),
 * recover-say.c (the same in words), recover-check.c (whether there is damage at all). */

#include "model/store/db-private.h"
#include "model/store/pages.h"
#include "model/store/recover.h"

G_BEGIN_DECLS

typedef struct
{
  SagDb             *from;
  SagDb             *to;
  const char        *table;
  SagRecoveredTable *tell; /* of it */
  sqlite3_stmt      *insert;
  int                n_columns;
  SagRecovered      *out;
  gint64             n_seen_lost; /* rows of the table that could be seen, but not be saved */
  GHashTable        *hurt_masks;  /* ids of masks that lost a piece */
  GHashTable        *hurt_cases;
  GHashTable        *doubtful_masks; /* whose rows do not fit: nothing says whose they are */
  gboolean           all_hurt;
  gboolean           new_first_page; /* its schema is this version's, whatever the rows' was */
  gboolean           roots_unknown;  /* and its tables may begin elsewhere */
  gboolean           without_checksums;
  SagPages          *pages;  /* once they are needed */
  GHashTable        *leaves; /* of every table, by name */
  GHashTable        *n_bad_leaves;
  GArray            *orphans;
} SagRecovery;

/** sag_recover_row_is_sound: whether a row of @table, of the schema's columns in its order, fits its checksum.
 * @without: rows without a checksum are of before format 2 */
gboolean sag_recover_row_is_sound (const char *table, gboolean without, sqlite3_stmt *row);

/** sag_recover_copy_row: into the new file, or notes its loss.
 * @twice: one that is there already is no loss */
gboolean sag_recover_copy_row (SagRecovery *all, gboolean twice, sqlite3_stmt *row, GError **error);

/** sag_recover_roots_fit: whether the tables of the new first page begin where the file has their rows. */
gboolean sag_recover_roots_fit (SagRecovery *all, const char *work);
/** sag_recover_pages: the rows of the table from its leaves, wherever they are.
 * @n_bad_leaves: (out): leaves that are gone for sure */
gboolean
     sag_recover_pages (SagRecovery *all, const char *work, guint *n_bad_leaves, GError **error);
void sag_recover_close_pages (SagRecovery *all);

/** sag_recover_prepare: a query of the damaged file, unless nothing but its pages can be used. */
gboolean sag_recover_prepare (SagRecovery *all, sqlite3_stmt **row, const char *sql);
/** sag_recover_count_told: rows of the table, by one of its indexes, or -1. */
gint64 sag_recover_count_told (SagRecovery *all);
/** sag_recover_find_hurt: whose bricks, steps or masks, of which the table is, are missing. */
void sag_recover_find_hurt (SagRecovery *all);
/** sag_recover_put_places: rows that are gone keep a place if others are about them, or an index knows them. */
gboolean sag_recover_put_places (SagRecovery *all, GError **error);
/** sag_recover_put_labels: labels that are gone and that the log tells. */
gboolean sag_recover_put_labels (SagRecovery *all, GError **error);

/** sag_recover_find_table: what is told of it. */
SagRecoveredTable *sag_recover_find_table (SagRecovered *recovered, const char *table);

G_END_DECLS
