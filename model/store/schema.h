/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/** Of the file's header: "SAGT". */
#define SAG_SCHEMA_APPLICATION_ID 0x53414754
#define SAG_SCHEMA_VERSION 2

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
