/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/** Of the file's header: "SAGT". */
#define SAG_SCHEMA_APPLICATION_ID 0x53414754
#define SAG_SCHEMA_VERSION 3

/**
 * SAG_SCHEMA_TELL_STEPS: SQL that says of steps from before format 3 whose they are. Those of a case that several
 * readers painted in one journal hang on all their masks and go; where all masks are gone the log tells.
 */
#define SAG_SCHEMA_TELL_STEPS                                                                      \
  "DELETE FROM steps WHERE reader IS NULL AND case_id IN (SELECT case_id FROM masks GROUP BY "     \
  "case_id HAVING count(DISTINCT reader) > 1);"                                                    \
  "UPDATE steps SET reader = (SELECT reader FROM masks WHERE masks.case_id = steps.case_id LIMIT " \
  "1) WHERE reader IS NULL;"                                                                       \
  "UPDATE steps SET reader = known.who FROM (SELECT case_id, (SELECT who FROM audit WHERE what = " \
  "'mask' AND detail LIKE 'case ' || case_id || ' step %' ORDER BY id DESC LIMIT 1) AS who FROM "  \
  "(SELECT DISTINCT case_id FROM steps WHERE reader IS NULL)) AS known WHERE known.case_id = "     \
  "steps.case_id AND reader IS NULL;"                                                              \
  "DELETE FROM steps WHERE reader IS NULL"

/**
 * sag_schema_check: what the file is.
 * @version: (out): its schema's; 0 for a new file
 * Errors: SAG_ERROR_FORMAT (another program's file), SAG_ERROR_UNSUPPORTED (of a newer Sagitta)
 */
gboolean sag_schema_check (SagDb *db, gint64 *version, GError **error);

/** sag_schema_need_version: sees to it that the version is known, for those who read files of several. */
gboolean sag_schema_need_version (SagDb *db, GError **error);

/** sag_schema_migrate: brings a file to this version, all or nothing. */
gboolean sag_schema_migrate (SagDb *db, GError **error);

/**
 * sag_schema_run: the same with steps of one's own, for tests.
 * @steps: (array length=n_steps): SQL that leads to version 1, 2, ...
 */
gboolean sag_schema_run (SagDb *db, const char *const *steps, gsize n_steps, GError **error);

/** sag_schema_get_tables: (transfer none): names, parents before children. */
const char *const *sag_schema_get_tables (void);

G_END_DECLS
