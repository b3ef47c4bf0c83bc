/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/* Which answers a reader has been shown: entries `seen` of the log. A label that comes after one is no longer
 * blind, also in a later session. All functions run on the store's thread. */

/** SagSeenRow: @bundle: SHA-256 of the model. */
typedef struct
{
  char *text;
  char *bundle;
} SagSeenRow;

void sag_seen_row_free (SagSeenRow *row);

/** sag_seen_add: who works was shown an answer of @bundle to @text about a case; an entry only the first time. */
gboolean
sag_seen_add (SagDb *db, gint64 case_id, const char *text, const char *bundle, GError **error);

/** sag_seen_list: (transfer full) (element-type SagSeenRow): what who works has been shown of a case. */
GPtrArray *sag_seen_list (SagDb *db, gint64 case_id, GError **error);

/** sag_seen_hand_on: what @from was shown counts as shown to @to, who is the same person under another name. */
gboolean sag_seen_hand_on (SagDb *db, const char *from, const char *to, GError **error);

G_END_DECLS
