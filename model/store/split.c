/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/share.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/store-private.h"

#include <glib/gstdio.h>

static gboolean
copy_into (SagDb *db, const char *out, GError **error)
{
  return sag_db_run (db, error, "VACUUM INTO ?", "s", out);
}

typedef struct
{
  const char *reader;
  gboolean    keep_answers;
} Split;

/* Copies go on with a log of their own, which begins with whose they are. */
static gboolean
keep_one (SagDb *db, gpointer data, GError **error)
{
  const Split *split = data;
  const char  *reader = split->reader;

  return sag_db_run (db, error, "DELETE FROM labels WHERE reader <> ?", "s", reader) &&
         /* Steps hold masks that were removed, too. */
         sag_db_script (db, "DELETE FROM steps", error) &&
         sag_db_run (db, error,
                     "DELETE FROM masks WHERE reader <> ? OR uuid IN (SELECT mask FROM reviews "
                     "WHERE mask IS NOT NULL)",
                     "s", reader) &&
         sag_db_run (db, error, "DELETE FROM measurements WHERE reader <> ?", "s", reader) &&
         sag_db_script (db, "DELETE FROM reviews", error) &&
         (split->keep_answers || sag_db_script (db, "DELETE FROM answers", error)) &&
         sag_db_script (db,
                        "UPDATE cases SET state = 0 WHERE id NOT IN (SELECT case_id FROM labels) "
                        "AND id NOT IN (SELECT case_id FROM masks);"
                        "DELETE FROM audit; DELETE FROM meta WHERE key = 'audit'",
                        error) &&
         sag_db_run (db, error, "INSERT OR REPLACE INTO meta (key, value) VALUES ('reader', ?)",
                     "s", reader) &&
         sag_audit_add (db, error, "split", "for %s", reader);
}

/* The copy under a name of its own, so that nobody finds it before the others' work is out of it. */
static gboolean
split_into (SagDb *db, const char *part, Split *split, GError **error)
{
  g_autoptr (SagStore) to = NULL;
  g_autoptr (SagDb) clean = NULL;

  if (!copy_into (db, part, error))
    return FALSE;
  to = sag_store_open (part, SAG_STORE_WRITE, NULL, error);
  if (to == NULL || !sag_store_need_writable (to, error) ||
      !sag_store_run (to, keep_one, split, error) ||
      !sag_store_close (g_steal_pointer (&to), error))
    return FALSE;
  /* What was deleted must not stand in free pages. */
  clean = sag_db_open (part, TRUE, FALSE, error);
  return clean != NULL && sag_db_run (clean, error, "VACUUM", "");
}

gboolean
sag_store_split (
  const char *path, const char *out, const char *reader, gboolean keep_answers, GError **error)
{
  g_autoptr (SagStore) from = NULL;
  g_autoptr (SagDb) db = NULL;
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *part = g_strdup_printf ("%s.%.8s.part", out, uuid);
  Split            split = { reader, keep_answers };
  gboolean         done;

  if (g_file_test (out, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s is already there. Choose another name.", out);
      return FALSE;
    }
  from = sag_store_open (path, SAG_STORE_READ, NULL, error);
  if (from == NULL)
    return FALSE;
  db = sag_db_open (path, FALSE, FALSE, error);
  done = db != NULL && split_into (db, part, &split, error);
  /* Another file may have come there meanwhile. */
  done = done && sag_store_give_name (part, out, error);
  g_unlink (part);
  return done;
}
