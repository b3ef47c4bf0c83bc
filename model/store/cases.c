/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/cases.h"

#include "model/core/error.h"
#include "model/core/number.h"
#include "model/store/audit.h"
#include "model/store/db-private.h"

#include <string.h>

#define COLUMNS                                                                                    \
  "id, uuid, name, path, sha256, size, ni, nj, nk, affine, state, patient, study, split, added, "  \
  "active_ms"
#define MOST_VOXELS ((gint64) 1 << 31)

static const char *const state_names[] = { "new", "in progress", "done", "reviewed" };

const char *
sag_case_state_to_string (SagCaseState state)
{
  g_return_val_if_fail ((guint) state < SAG_N_CASE_STATES, NULL);
  return state_names[state];
}

gboolean
sag_case_state_parse (const char *text, SagCaseState *state)
{
  for (int s = 0; s < SAG_N_CASE_STATES; s++)
    if (g_strcmp0 (text, state_names[s]) == 0 || (s == 1 && g_strcmp0 (text, "in-progress") == 0))
      {
        *state = (SagCaseState) s;
        return TRUE;
      }
  return FALSE;
}

void
sag_case_row_free (SagCaseRow *row)
{
  if (row == NULL)
    return;
  g_free (row->uuid);
  g_free (row->name);
  g_free (row->path);
  g_free (row->sha256);
  g_free (row->patient);
  g_free (row->study);
  g_free (row->split);
  g_free (row);
}

void
sag_task_row_free (SagTaskRow *row)
{
  if (row == NULL)
    return;
  g_free (row->key);
  g_free (row->wording);
  g_free (row->snomed);
  g_free (row->shortcut);
  g_free (row);
}

/* Twelve numbers that read back exact. */
static char *
affine_to_text (const SagGeometry *geometry)
{
  GString *text = g_string_new (NULL);
  char     number[SAG_NUMBER_BUFFER];

  for (int v = 0; v < 12; v++)
    g_string_append_printf (text, "%s%s", v > 0 ? " " : "",
                            sag_number_format (geometry->ijk_to_ras[v / 4][v % 4], number));
  return g_string_free (text, FALSE);
}

static gboolean
affine_from_text (const char *text, SagGeometry *geometry)
{
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", " ", -1);

  if (g_strv_length (parts) != 12)
    return FALSE;
  for (int v = 0; v < 12; v++)
    if (!sag_number_parse (parts[v], &geometry->ijk_to_ras[v / 4][v % 4]))
      return FALSE;
  return TRUE;
}

static SagCaseRow *
read_case (SagDb *db, SagRow *row, GError **error)
{
  g_autoptr (SagCaseRow) out = g_new0 (SagCaseRow, 1);
  gboolean sound = TRUE;
  double   inverse[3][4];

  out->id = sag_row_integer (row, 0);
  out->uuid = sag_row_dup_text (row, 1);
  out->name = sag_row_dup_text (row, 2);
  out->path = g_strdup (sag_row_text (row, 3)); /* of whatever bytes */
  out->sha256 = sag_row_dup_text (row, 4);
  out->size_bytes = sag_row_integer (row, 5);
  for (int a = 0; a < 3; a++)
    {
      const gint64 n = sag_row_integer (row, 6 + a);

      sound &= n >= 0 && n <= G_MAXINT16;
      out->geometry.dims[a] = (gint32) CLAMP (n, 0, G_MAXINT16);
    }
  sound &= sag_geometry_n_voxels (&out->geometry) <= MOST_VOXELS;
  sound &= (out->geometry.dims[0] > 0) == (out->geometry.dims[1] > 0) &&
           (out->geometry.dims[0] > 0) == (out->geometry.dims[2] > 0);
  sound &= affine_from_text (sag_row_text (row, 9), &out->geometry);
  sound &= out->geometry.dims[0] == 0 || sag_geometry_invert (&out->geometry, inverse);
  sound &= sag_row_integer (row, 10) >= 0 && sag_row_integer (row, 10) < SAG_N_CASE_STATES;
  out->state = (SagCaseState) CLAMP (sag_row_integer (row, 10), 0, SAG_N_CASE_STATES - 1);
  out->patient = sag_row_dup_text (row, 11);
  out->study = sag_row_dup_text (row, 12);
  out->split = sag_row_dup_text (row, 13);
  out->added = sag_row_integer (row, 14);
  out->active_ms = sag_row_integer (row, 15);
  if (sound && out->uuid != NULL && out->name != NULL && out->path != NULL)
    return g_steal_pointer (&out);
  sag_db_set_impossible (db, "case", out->id, error);
  return NULL;
}

static gboolean
read_cases (SagDb *db, SagRow *row, GPtrArray *out, GError **error)
{
  GError *failure = NULL;

  if (row == NULL)
    return FALSE;
  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      SagCaseRow *one = read_case (db, row, &failure);

      if (one != NULL)
        g_ptr_array_add (out, one);
      else
        sag_db_end (row);
    }
  return sag_db_settle (failure, error);
}

static GPtrArray *
new_cases (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sag_case_row_free);
}

GPtrArray *
sag_cases_list (SagDb *db, GError **error)
{
  g_autoptr (GPtrArray) out = new_cases ();

  if (!read_cases (db, sag_db_query (db, error, "SELECT " COLUMNS " FROM cases ORDER BY id", ""),
                   out, error))
    return NULL;
  return g_steal_pointer (&out);
}

SagCaseRow *
sag_cases_get (SagDb *db, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) out = new_cases ();

  if (!read_cases (db,
                   sag_db_query (db, error, "SELECT " COLUMNS " FROM cases WHERE id = ?", "i", id),
                   out, error))
    return NULL;
  if (out->len == 1)
    return g_ptr_array_steal_index (out, 0);
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s has no case %" G_GINT64_FORMAT ".",
               sag_db_get_name (db), id);
  return NULL;
}

gboolean
sag_cases_insert (SagDb *db, SagCaseRow *row, GError **error)
{
  g_autofree char *affine = affine_to_text (&row->geometry);

  if (row->uuid == NULL)
    row->uuid = g_uuid_string_random ();
  if (row->added == 0)
    row->added = sag_db_now (db);
  if (!sag_db_run (db, error,
                   "INSERT INTO cases (uuid, name, path, sha256, size, ni, nj, nk, affine, state, "
                   "patient, study, split, added, active_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?)",
                   "ssssiiiisisssii", row->uuid, row->name, row->path, row->sha256, row->size_bytes,
                   (gint64) row->geometry.dims[0], (gint64) row->geometry.dims[1],
                   (gint64) row->geometry.dims[2], affine, (gint64) row->state, row->patient,
                   row->study, row->split, row->added, row->active_ms))
    return FALSE;
  row->id = sag_db_last_id (db);
  return sag_audit_add (db, error, "case-add", "case %" G_GINT64_FORMAT " %s", row->id, row->uuid);
}

/* Fills in what opening a scan has told. */
static gboolean
update_case (SagDb *db, const SagCaseRow *row, const char *path, GError **error)
{
  g_autofree char *affine = affine_to_text (&row->geometry);

  return sag_db_run (db, error, "UPDATE cases SET path = ? WHERE id = ?", "si", path, row->id) &&
         (row->sha256 == NULL ||
          sag_db_run (db, error, "UPDATE cases SET sha256 = ?, size = ? WHERE id = ?", "sii",
                      row->sha256, row->size_bytes, row->id)) &&
         (row->geometry.dims[0] == 0 ||
          sag_db_run (db, error, "UPDATE cases SET ni = ?, nj = ?, nk = ?, affine = ? WHERE id = ?",
                      "iiisi", (gint64) row->geometry.dims[0], (gint64) row->geometry.dims[1],
                      (gint64) row->geometry.dims[2], affine, row->id));
}

/* (nullable): where the project lies: paths of an archive begin there. */
static char *
dup_folder (SagDb *db)
{
  const char *file = sqlite3_db_filename (db->handle, "main");

  return file != NULL && *file != 0 ? g_path_get_dirname (file) : NULL;
}

static char *
dup_resolved (SagDb *db, const char *path)
{
  g_autofree char *folder = dup_folder (db);

  return g_canonicalize_filename (path, folder);
}

/* As an archive would call it. */
static char *
dup_relative (SagDb *db, const char *path)
{
  g_autofree char *folder = dup_folder (db);
  const gsize      n = folder != NULL ? strlen (folder) : 0;

  return g_strdup (n > 0 && strncmp (path, folder, n) == 0 && path[n] == '/' ? path + n + 1 : path);
}

static gboolean
make_absolute (SagDb *db, const SagCaseRow *row, const char *folder, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (row->path, folder);

  return g_path_is_absolute (row->path) ||
         sag_db_run (db, error, "UPDATE cases SET path = ? WHERE id = ?", "si", path, row->id);
}

gboolean
sag_cases_make_absolute (SagDb *db, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) rows = sag_cases_list (db, error);

  for (guint r = 0; rows != NULL && r < rows->len; r++)
    if (!make_absolute (db, g_ptr_array_index (rows, r), folder, error))
      return FALSE;
  return rows != NULL;
}

/* Makes @row the known case. */
static gboolean
meet_case (SagDb *db, SagCaseRow *row, const SagCaseRow *known, SagCaseFound *found, GError **error)
{
  g_autofree char *known_place = dup_resolved (db, known->path);
  g_autofree char *place = dup_resolved (db, row->path);
  g_autofree char *relative = dup_relative (db, row->path);
  const gboolean   same_path = strcmp (known_place, place) == 0;
  const gboolean   both = known->sha256 != NULL && row->sha256 != NULL;
  const gboolean   changed = both && g_strcmp0 (known->sha256, row->sha256) != 0;
  gint64           n_others = 0;
  gboolean         moved;

  /* The old place is empty, or one of both is another case's: names were swapped. */
  if (!sag_db_integer (db, 0, &n_others, error,
                       "SELECT count(*) FROM cases WHERE path IN (?, ?, ?) AND id <> ?", "sssi",
                       row->path, relative, known->path, known->id))
    return FALSE;
  moved = !same_path && (n_others > 0 || !g_file_test (known_place, G_FILE_TEST_EXISTS));

  if (known->geometry.dims[0] > 0 && row->geometry.dims[0] > 0 &&
      !sag_geometry_equal (&known->geometry, &row->geometry, SAG_SAME_GRID_MM))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "%s has another grid than when it was labelled (%d x %d x %d voxels then). Put "
                   "the old file back, or add this one under another name.",
                   known->name, known->geometry.dims[0], known->geometry.dims[1],
                   known->geometry.dims[2]);
      return FALSE;
    }
  row->id = known->id;
  g_free (row->uuid);
  row->uuid = g_strdup (known->uuid);
  *found = changed ? SAG_CASE_CHANGED : moved ? SAG_CASE_MOVED : SAG_CASE_KNOWN;
  if (!update_case (db, row, moved ? row->path : known->path, error))
    return FALSE;
  if (changed || moved)
    return sag_audit_add (db, error, changed ? "case-changed" : "case-moved",
                          "case %" G_GINT64_FORMAT " sha256 %s", row->id,
                          row->sha256 != NULL ? row->sha256 : "unknown");
  return TRUE;
}

/* Those that the scan may be, the likeliest first. */
static GPtrArray *
find_known (SagDb *db, const SagCaseRow *row, GError **error)
{
  g_autoptr (GPtrArray) known = new_cases ();
  g_autofree char *relative = dup_relative (db, row->path);

  /* Content first: files may have changed their names among each other. */
  if (row->sha256 != NULL &&
      !read_cases (db,
                   sag_db_query (db, error,
                                 "SELECT " COLUMNS
                                 " FROM cases WHERE sha256 = ?1 ORDER BY path NOT "
                                 "IN (?2, ?3), id",
                                 "sss", row->sha256, row->path, relative),
                   known, error))
    return NULL;
  if (known->len == 0 &&
      !read_cases (db,
                   sag_db_query (db, error, "SELECT " COLUMNS " FROM cases WHERE path IN (?, ?)",
                                 "ss", row->path, relative),
                   known, error))
    return NULL;
  return g_steal_pointer (&known);
}

gboolean
sag_cases_is_other (SagDb *db, const SagCaseRow *row, gboolean *is_other, GError **error)
{
  g_autoptr (GPtrArray) known = find_known (db, row, error);
  const SagCaseRow *first = known != NULL && known->len > 0 ? known->pdata[0] : NULL;

  *is_other = first != NULL && first->sha256 != NULL && row->sha256 != NULL &&
              strcmp (first->sha256, row->sha256) != 0;
  return known != NULL;
}

gboolean
sag_cases_add (SagDb *db, SagCaseRow *row, SagCaseFound *found, GError **error)
{
  g_autoptr (GPtrArray) known = find_known (db, row, error);
  SagCaseFound ignored;

  if (known == NULL)
    return FALSE;
  if (found == NULL)
    found = &ignored;
  if (known->len > 0)
    return meet_case (db, row, g_ptr_array_index (known, 0), found, error);
  *found = SAG_CASE_ADDED;
  return sag_cases_insert (db, row, error);
}

static gboolean
changed_one (SagDb *db, gint64 id, GError **error)
{
  if (sag_db_n_changed (db) == 1)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s has no case %" G_GINT64_FORMAT ".",
               sag_db_get_name (db), id);
  return FALSE;
}

gboolean
sag_cases_remove (SagDb *db, gint64 id, GError **error)
{
  return sag_db_run (db, error, "DELETE FROM cases WHERE id = ?", "i", id) &&
         changed_one (db, id, error) &&
         sag_audit_add (db, error, "case-remove", "case %" G_GINT64_FORMAT, id);
}

gboolean
sag_cases_set_state (SagDb *db, gint64 id, SagCaseState state, GError **error)
{
  return sag_db_run (db, error, "UPDATE cases SET state = ? WHERE id = ?", "ii", (gint64) state,
                     id) &&
         changed_one (db, id, error) &&
         sag_audit_add (db, error, "case-state", "case %" G_GINT64_FORMAT " %s", id,
                        sag_case_state_to_string (state));
}

gboolean
sag_cases_set_content (SagDb *db, const SagCaseRow *row, GError **error)
{
  return row->sha256 == NULL ||
         sag_db_run (db, error,
                     "UPDATE cases SET sha256 = ?, size = ? WHERE id = ? AND sha256 IS NULL", "sii",
                     row->sha256, row->size_bytes, row->id);
}

gboolean
sag_cases_set_path (SagDb *db, gint64 id, const char *path, GError **error)
{
  return sag_db_run (db, error, "UPDATE cases SET path = ? WHERE id = ?", "si", path, id) &&
         changed_one (db, id, error) &&
         sag_audit_add (db, error, "case-moved", "case %" G_GINT64_FORMAT, id);
}

gboolean
sag_cases_set_split (SagDb *db, gint64 id, const char *split, GError **error)
{
  return sag_db_run (db, error, "UPDATE cases SET split = ? WHERE id = ?", "si", split, id) &&
         changed_one (db, id, error);
}

gboolean
sag_cases_add_active (SagDb *db, gint64 id, gint64 active_ms, GError **error)
{
  return sag_db_run (db, error, "UPDATE cases SET active_ms = active_ms + ? WHERE id = ?", "ii",
                     MAX (active_ms, 0), id) &&
         changed_one (db, id, error);
}

/* Tasks */

gboolean
sag_task_key_is_sound (const char *key)
{
  gboolean sound = key != NULL && *key != 0;

  for (const char *c = key; sound && *c != 0; c++)
    sound = g_ascii_isalnum (*c) || *c == '_' || *c == '-';
  return sound;
}

static gboolean
check_key (const char *key, GError **error)
{
  const gboolean sound = sag_task_key_is_sound (key);

  if (!sound)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "A task's key holds letters, digits, - and _, not \"%s\".",
                 key != NULL ? key : "");
  return sound;
}

gboolean
sag_tasks_put (SagDb *db, SagTaskRow *row, GError **error)
{
  gint64 next = 0;

  if (!check_key (row->key, error))
    return FALSE;
  if (row->wording == NULL || *row->wording == 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "The task \"%s\" has no wording.",
                   row->key);
      return FALSE;
    }
  return sag_db_integer (db, 1, &next, error, "SELECT ifnull (max (position), 0) + 1 FROM tasks",
                         "") &&
         sag_db_run (
           db, error,
           "INSERT INTO tasks (position, key, wording, colour, snomed, shortcut) VALUES (?, ?, ?, "
           "?, ?, ?) ON CONFLICT (key) DO UPDATE SET wording = excluded.wording, colour = "
           "excluded.colour, snomed = excluded.snomed, shortcut = excluded.shortcut, position = "
           "iif (position < 0, excluded.position, position)",
           "ississ", next, row->key, row->wording, (gint64) row->colour, row->snomed,
           row->shortcut) &&
         sag_db_integer (db, 0, &row->id, error, "SELECT id FROM tasks WHERE key = ?", "s",
                         row->key) &&
         sag_audit_add (db, error, "task", "%s: %s", row->key, row->wording);
}

gboolean
sag_tasks_remove (SagDb *db, gint64 id, GError **error)
{
  return sag_db_run (db, error, "DELETE FROM tasks WHERE id = ?", "i", id) &&
         sag_audit_add (db, error, "task-remove", "task %" G_GINT64_FORMAT, id);
}

gboolean
sag_tasks_put_aside (SagDb *db, gint64 id, GError **error)
{
  return sag_db_run (db, error, "UPDATE tasks SET position = -1 WHERE id = ?", "i", id) &&
         sag_audit_add (db, error, "task-aside", "task %" G_GINT64_FORMAT, id);
}

gboolean
sag_tasks_move (SagDb *db, gint64 id, guint place, GError **error)
{
  g_autoptr (GPtrArray) tasks = sag_tasks_list (db, error);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (tasks == NULL)
    return FALSE;
  for (guint t = 0; t < tasks->len; t++)
    {
      const gint64 other = ((const SagTaskRow *) g_ptr_array_index (tasks, t))->id;

      if (other != id)
        g_array_append_val (order, other);
    }
  g_array_insert_val (order, MIN (place, order->len), id);
  for (guint t = 0; t < order->len; t++)
    if (!sag_db_run (db, error, "UPDATE tasks SET position = ? WHERE id = ?", "ii", (gint64) t + 1,
                     g_array_index (order, gint64, t)))
      return FALSE;
  return sag_audit_add (db, error, "task-move", "task %" G_GINT64_FORMAT " to %u", id, place);
}

SagTaskRow *
sag_task_row_read (SagRow *row)
{
  SagTaskRow *task = g_new0 (SagTaskRow, 1);

  task->id = sag_row_integer (row, 0);
  task->key = sag_row_dup_text (row, 1);
  task->wording = sag_row_dup_text (row, 2);
  task->colour = (guint32) sag_row_integer (row, 3);
  task->snomed = sag_row_dup_text (row, 4);
  task->shortcut = sag_row_dup_text (row, 5);
  return task;
}

static GPtrArray *
list_tasks (SagDb *db, gboolean aside, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_task_row_free);
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, error,
                              "SELECT id, key, wording, colour, snomed, shortcut FROM tasks WHERE "
                              "(position < 0) = ? ORDER BY position, id",
                              "i", (gint64) (aside ? 1 : 0));

  if (row == NULL)
    return NULL;
  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      SagTaskRow *task = sag_task_row_read (row);

      g_ptr_array_add (out, task);
      if (task->key == NULL || task->wording == NULL)
        {
          sag_db_set_impossible (db, "task", task->id, &failure);
          sag_db_end (row);
        }
    }
  if (failure == NULL)
    return g_steal_pointer (&out);
  g_propagate_error (error, failure);
  return NULL;
}

GPtrArray *
sag_tasks_list (SagDb *db, GError **error)
{
  return list_tasks (db, FALSE, error);
}

GPtrArray *
sag_tasks_list_aside (SagDb *db, GError **error)
{
  return list_tasks (db, TRUE, error);
}
