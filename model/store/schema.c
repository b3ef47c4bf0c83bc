/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/schema.h"

#include "model/core/error.h"
#include "model/store/db-private.h"

/* docs/project-format.md explains every table. */
static const char version_1[] =
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
  "CREATE TABLE cases ("
  "  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, path TEXT NOT NULL,"
  "  sha256 TEXT, size INTEGER NOT NULL DEFAULT 0, ni INTEGER NOT NULL, nj INTEGER NOT NULL,"
  "  nk INTEGER NOT NULL, affine TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0, patient TEXT,"
  "  study TEXT, split TEXT, added INTEGER NOT NULL, active_ms INTEGER NOT NULL DEFAULT 0);"
  "CREATE INDEX cases_sha256 ON cases (sha256);"
  "CREATE INDEX cases_path ON cases (path);"
  "CREATE TABLE tasks ("
  "  id INTEGER PRIMARY KEY, position INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,"
  "  wording TEXT NOT NULL, colour INTEGER NOT NULL, snomed TEXT, shortcut TEXT);"
  "CREATE TABLE labels ("
  "  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, reader TEXT NOT NULL,"
  "  value INTEGER NOT NULL, side TEXT, location TEXT, certainty INTEGER, comment TEXT,"
  "  at INTEGER NOT NULL, active_ms INTEGER NOT NULL, seen INTEGER NOT NULL, bundle TEXT,"
  "  UNIQUE (case_id, task_id, reader));"
  "CREATE TABLE masks ("
  "  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE,"
  "  case_id INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE, reader TEXT NOT NULL,"
  "  position INTEGER NOT NULL, name TEXT NOT NULL, key TEXT, colour INTEGER NOT NULL,"
  "  locked INTEGER NOT NULL, visible INTEGER NOT NULL, at INTEGER NOT NULL);"
  "CREATE INDEX masks_case ON masks (case_id);"
  "CREATE TABLE bricks ("
  "  id INTEGER PRIMARY KEY, mask_id INTEGER NOT NULL REFERENCES masks (id) ON DELETE CASCADE,"
  "  brick INTEGER NOT NULL, data BLOB NOT NULL, crc INTEGER NOT NULL, UNIQUE (mask_id, brick));"
  "CREATE TABLE steps ("
  "  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  number INTEGER NOT NULL, title TEXT NOT NULL, undone INTEGER NOT NULL, at INTEGER NOT NULL,"
  "  data BLOB NOT NULL, crc INTEGER NOT NULL, UNIQUE (case_id, number));"
  "CREATE TABLE answers ("
  "  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  at INTEGER NOT NULL, text TEXT NOT NULL, bundle TEXT NOT NULL, json TEXT NOT NULL,"
  "  cells BLOB, crc INTEGER NOT NULL, UNIQUE (case_id, text, bundle));"
  "CREATE TABLE measurements ("
  "  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE,"
  "  case_id INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE, reader TEXT NOT NULL,"
  "  at INTEGER NOT NULL, json TEXT NOT NULL);"
  "CREATE INDEX measurements_case ON measurements (case_id);"
  "CREATE TABLE reviews ("
  "  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE,"
  "  case_id INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,"
  "  task_id INTEGER REFERENCES tasks (id) ON DELETE CASCADE, reader TEXT NOT NULL,"
  "  value INTEGER, comment TEXT, at INTEGER NOT NULL);"
  "CREATE INDEX reviews_case ON reviews (case_id);"
  "CREATE TABLE audit ("
  "  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,"
  "  detail TEXT NOT NULL, hash TEXT NOT NULL);";

/* Checksums of what is small. */
static const char version_2[] =
  "ALTER TABLE labels ADD COLUMN crc INTEGER;"
  "ALTER TABLE masks ADD COLUMN crc INTEGER;"
  "UPDATE labels SET crc = sag_crc (id, case_id, task_id, reader, value, side, location, certainty,"
  "  comment, at, active_ms, seen, bundle);"
  "UPDATE masks SET crc = sag_crc (id, uuid, case_id, reader, position, name, key, colour, locked,"
  "  visible, at);";

/* Each reader's masks have an undo journal of their own, and a decision may be a mask. */
static const char version_3[] = "ALTER TABLE steps ADD COLUMN reader TEXT;"
                                "ALTER TABLE reviews ADD COLUMN mask TEXT;" SAG_SCHEMA_TELL_STEPS;

static const char *const steps[] = { version_1, version_2, version_3 };
G_STATIC_ASSERT (G_N_ELEMENTS (steps) == SAG_SCHEMA_VERSION);

const char *const *
sag_schema_get_tables (void)
{
  static const char *const tables[] = { "meta",         "cases",   "tasks", "labels",
                                        "masks",        "bricks",  "steps", "answers",
                                        "measurements", "reviews", "audit", NULL };

  return tables;
}

gboolean
sag_schema_check (SagDb *db, gint64 *version, GError **error)
{
  gint64 application = 0, n_tables = 0;

  *version = 0;
  if (!sag_db_integer (db, 0, &application, error, "PRAGMA application_id", "") ||
      !sag_db_integer (db, 0, version, error, "PRAGMA user_version", "") ||
      !sag_db_integer (db, 0, &n_tables, error, "SELECT count(*) FROM sqlite_schema", ""))
    return FALSE;
  db->version = *version;
  if (application != SAG_SCHEMA_APPLICATION_ID && (n_tables > 0 || application != 0))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is a database, but no project of Sagitta. Choose a .sagitta file.",
                   sag_db_get_name (db));
      return FALSE;
    }
  if (*version <= SAG_SCHEMA_VERSION && *version >= 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
               "%s was written by a newer Sagitta (format %" G_GINT64_FORMAT
               ", this one knows %d). Update Sagitta.",
               sag_db_get_name (db), *version, SAG_SCHEMA_VERSION);
  return FALSE;
}

gboolean
sag_schema_need_version (SagDb *db, GError **error)
{
  gint64 version;

  return db->version > 0 || sag_schema_check (db, &version, error);
}

gboolean
sag_schema_run (SagDb *db, const char *const *sql, gsize n_steps, GError **error)
{
  gint64   version = 0;
  gboolean done = TRUE;

  if (!sag_db_script (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  done = sag_db_integer (db, 0, &version, error, "PRAGMA user_version", "");
  for (gsize s = (gsize) MAX (version, 0); done && s < n_steps; s++)
    {
      g_autofree char *end =
        g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                         SAG_SCHEMA_APPLICATION_ID, (int) s + 1);

      done = sag_db_script (db, sql[s], error) && sag_db_script (db, end, error);
    }
  if (done && sag_db_script (db, "COMMIT", error))
    {
      db->version = (gint64) n_steps;
      return TRUE;
    }
  sag_db_script (db, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
sag_schema_migrate (SagDb *db, GError **error)
{
  return sag_schema_run (db, steps, G_N_ELEMENTS (steps), error);
}
