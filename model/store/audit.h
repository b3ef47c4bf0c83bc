/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/*
 * The log of a project: who did what when. Every entry's hash covers its own words and the hash before it, and the last
 * one also stands in the table meta, so that no entry can be changed, put in, or taken out without notice by who does
 * not compute all later hashes anew. Entries name cases and masks by number and UUID, never by path.
 */

/**
 * sag_audit_add: one entry. A clock that went back is an entry of its own.
 * @what: one word
 */
gboolean sag_audit_add (SagDb *db, GError **error, const char *what, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

/** sag_audit_verify: Errors: SAG_ERROR_FORMAT naming the first entry that does not fit. */
gboolean sag_audit_verify (SagDb *db, gint64 *n_entries, GError **error);

/** SagAuditEntry: @at in milliseconds since 1970. */
typedef struct
{
  gint64 id;
  gint64 at;
  char  *who;
  char  *what;
  char  *detail;
  char  *hash;
} SagAuditEntry;

/** sag_audit_list: (transfer full) (element-type SagAuditEntry): oldest first. */
GPtrArray *sag_audit_list (SagDb *db, GError **error);

G_END_DECLS
