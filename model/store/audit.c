/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/audit.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/store/db-private.h"

#include <string.h>

#define CLOCK_SLACK_MS 2000

static char *
hash_entry (const char *before, const SagAuditEntry *entry)
{
  g_autofree char *text =
    g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s\n%s\n%s", before,
                     entry->id, entry->at, entry->who, entry->what, entry->detail);

  return sag_hash_sha256 (text, strlen (text));
}

/* The last entry; id 0 and hash "" if there is none. */
static gboolean
read_last (SagDb *db, gint64 *id, gint64 *at, char **hash, GError **error)
{
  GError *failure = NULL;
  SagRow *row =
    sag_db_query (db, error, "SELECT id, at, hash FROM audit ORDER BY id DESC LIMIT 1", "");

  *id = *at = 0;
  *hash = NULL;
  if (row == NULL)
    return FALSE;
  if (sag_db_next (db, row, &failure))
    {
      *id = sag_row_integer (row, 0);
      *at = sag_row_integer (row, 1);
      *hash = g_strdup (sag_row_text (row, 2));
      sag_db_end (row);
    }
  if (*hash == NULL)
    *hash = g_strdup ("");
  return sag_db_settle (failure, error);
}

static gboolean
add_entry (SagDb *db, const char *before, const SagAuditEntry *entry, GError **error)
{
  g_autofree char *hash = hash_entry (before, entry);
  g_autofree char *head = g_strdup_printf ("%" G_GINT64_FORMAT " %s", entry->id, hash);

  return sag_db_run (
           db, error,
           "INSERT INTO audit (id, at, who, what, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
           "iissss", entry->id, entry->at, entry->who, entry->what, entry->detail, hash) &&
         sag_db_run (db, error, "INSERT OR REPLACE INTO meta (key, value) VALUES ('audit', ?)", "s",
                     head);
}

gboolean
sag_audit_add (SagDb *db, GError **error, const char *what, const char *format, ...)
{
  va_list          values;
  g_autofree char *detail = NULL;
  g_autofree char *before = NULL;
  SagAuditEntry    entry = { .who = (char *) sag_db_get_reader (db), .what = (char *) what };
  gint64           id, at;

  va_start (values, format);
  entry.detail = detail = g_strdup_vprintf (format, values);
  va_end (values);
  if (!read_last (db, &id, &at, &before, error))
    return FALSE;
  if (id == G_MAXINT64)
    {
      sag_db_set_impossible (db, "an entry of the log", id, error);
      return FALSE;
    }
  entry.id = id + 1;
  entry.at = sag_db_now (db);
  if (id > 0 && entry.at < at - CLOCK_SLACK_MS && strcmp (what, "clock") != 0)
    {
      if (!sag_audit_add (db, error, "clock", "went back by %" G_GINT64_FORMAT " s",
                          (at - entry.at) / 1000))
        return FALSE;
      g_free (g_steal_pointer (&before));
      if (!read_last (db, &id, &at, &before, error))
        return FALSE;
      if (id == G_MAXINT64)
        {
          sag_db_set_impossible (db, "an entry of the log", id, error);
          return FALSE;
        }
      entry.id = id + 1;
    }
  return add_entry (db, before, &entry, error);
}

static void
entry_free (gpointer data)
{
  SagAuditEntry *entry = data;

  g_free (entry->who);
  g_free (entry->what);
  g_free (entry->detail);
  g_free (entry->hash);
  g_free (entry);
}

GPtrArray *
sag_audit_list (SagDb *db, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  GError *failure = NULL;
  SagRow *row =
    sag_db_query (db, error, "SELECT id, at, who, what, detail, hash FROM audit ORDER BY id", "");

  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    {
      SagAuditEntry *entry = g_new0 (SagAuditEntry, 1);

      entry->id = sag_row_integer (row, 0);
      entry->at = sag_row_integer (row, 1);
      entry->who = g_strdup (sag_row_text (row, 2));
      entry->what = g_strdup (sag_row_text (row, 3));
      entry->detail = g_strdup (sag_row_text (row, 4));
      entry->hash = g_strdup (sag_row_text (row, 5));
      g_ptr_array_add (entries, entry);
    }
  if (failure == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, failure);
  return NULL;
}

static gboolean
read_head (SagDb *db, char **head, GError **error)
{
  return sag_db_text (db, head, error, "SELECT value FROM meta WHERE key = 'audit'");
}

gboolean
sag_audit_verify (SagDb *db, gint64 *n_entries, GError **error)
{
  g_autoptr (GPtrArray) entries = sag_audit_list (db, error);
  g_autofree char *head = NULL;
  g_autofree char *last = NULL;
  const char      *before = "";

  if (entries == NULL || !read_head (db, &head, error))
    return FALSE;
  *n_entries = entries->len;
  for (guint e = 0; e < entries->len; e++)
    {
      const SagAuditEntry *entry = g_ptr_array_index (entries, e);
      g_autofree char     *hash = hash_entry (before, entry);

      if (entry->id != (gint64) e + 1 || g_strcmp0 (hash, entry->hash) != 0)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "The log of %s was changed: entry %u does not fit to those before it.",
                       sag_db_get_name (db), e + 1);
          return FALSE;
        }
      before = entry->hash;
    }
  last = g_strdup_printf ("%u %s", entries->len, before);
  if (entries->len > 0 && g_strcmp0 (head, last) == 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "The log of %s was changed: entries are missing at its end.", sag_db_get_name (db));
  return FALSE;
}
