/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

#include <sqlite3.h>

G_BEGIN_DECLS

struct _SagDb
{
  sqlite3    *handle;
  GHashTable *statements; /* SQL text to sqlite3_stmt */
  char       *name;
  char       *reader;
  gint64 (*clock) (void);
};

/** sag_db_set_error: what SQLite's code means for a person. Returns: FALSE */
gboolean sag_db_set_error (sqlite3 *handle, int code, const char *name, GError **error);

G_END_DECLS
