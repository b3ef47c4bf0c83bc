/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/seen.h"

#include "model/store/audit.h"

#include <string.h>

#define WHAT "seen"

void
sag_seen_row_free (SagSeenRow *row)
{
  g_free (row->text);
  g_free (row->bundle);
  g_free (row);
}

static char *
dup_start (gint64 case_id)
{
  return g_strdup_printf ("case %" G_GINT64_FORMAT " bundle ", case_id);
}

gboolean
sag_seen_add (SagDb *db, gint64 case_id, const char *text, const char *bundle, GError **error)
{
  g_autofree char *start = dup_start (case_id);
  g_autofree char *detail = g_strconcat (start, bundle, ": ", text, NULL);
  gint64           n = 0;

  if (!sag_db_integer (db, 0, &n, error,
                       "SELECT count(*) FROM audit WHERE what = ? AND who = ? AND detail = ?",
                       "sss", WHAT, sag_db_get_reader (db), detail))
    return FALSE;
  return n > 0 || sag_audit_add (db, error, WHAT, "%s", detail);
}

GPtrArray *
sag_seen_list (SagDb *db, gint64 case_id, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_seen_row_free);
  g_autofree char *start = dup_start (case_id);
  GError          *failure = NULL;
  SagRow          *row =
    sag_db_query (db, error,
                  "SELECT detail FROM audit WHERE what = ? AND who = ? AND substr (detail, 1, ?) = "
                  "? ORDER BY id",
                  "ssis", WHAT, sag_db_get_reader (db), (gint64) strlen (start), start);

  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    {
      const char *detail = sag_row_text (row, 0);
      const char *bundle = detail != NULL ? detail + strlen (start) : "";
      const char *end = strstr (bundle, ": ");
      SagSeenRow *seen;

      if (end == NULL)
        continue;
      seen = g_new (SagSeenRow, 1);
      *seen = (SagSeenRow){ g_strdup (end + 2), g_strndup (bundle, (gsize) (end - bundle)) };
      g_ptr_array_add (out, seen);
    }
  if (failure == NULL)
    return g_steal_pointer (&out);
  g_propagate_error (error, failure);
  return NULL;
}

gboolean
sag_seen_hand_on (SagDb *db, const char *from, const char *to, GError **error)
{
  g_autoptr (GPtrArray) details = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *reader = g_strdup (sag_db_get_reader (db));
  GError          *failure = NULL;
  SagRow          *row = sag_db_query (
             db, error, "SELECT detail FROM audit WHERE what = ? AND who = ? ORDER BY id", "ss", WHAT, from);

  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    g_ptr_array_add (details, g_strdup (sag_row_text (row, 0)));
  /* Entries of the log are by who works. */
  sag_db_set_reader (db, to);
  for (guint d = 0; failure == NULL && d < details->len; d++)
    sag_audit_add (db, &failure, WHAT, "%s", (const char *) g_ptr_array_index (details, d));
  sag_db_set_reader (db, reader);
  return sag_db_settle (failure, error);
}
