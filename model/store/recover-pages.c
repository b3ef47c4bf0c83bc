/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include "model/store/schema.h"

#include <string.h>

/* What a column may hold. */
typedef struct
{
  int      type; /* SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB */
  gboolean may_be_null;
  gboolean is_id; /* stored as the row's number */
} Column;

typedef struct
{
  Column columns[SAG_PAGES_MOST_VALUES];
  int    n_columns;
  int    n_needed; /* columns that were added later may be missing */
} Shape;

static gboolean
read_shape (SagDb *db, const char *table, Shape *shape)
{
  sqlite3_stmt *row = NULL;

  *shape = (Shape){ 0 };
  if (sqlite3_prepare_v2 (db->handle,
                          "SELECT type, \"notnull\", pk FROM pragma_table_info (?) ORDER BY cid",
                          -1, &row, NULL) != SQLITE_OK)
    return FALSE;
  sqlite3_bind_text (row, 1, table, -1, SQLITE_STATIC);
  while (shape->n_columns < SAG_PAGES_MOST_VALUES && sqlite3_step (row) == SQLITE_ROW)
    {
      const char *type = (const char *) sqlite3_column_text (row, 0);
      Column     *column = &shape->columns[shape->n_columns++];

      column->type = g_strcmp0 (type, "INTEGER") == 0 ? SQLITE_INTEGER
                     : g_strcmp0 (type, "BLOB") == 0  ? SQLITE_BLOB
                                                      : SQLITE_TEXT;
      column->may_be_null = sqlite3_column_int (row, 1) == 0;
      column->is_id = sqlite3_column_int (row, 2) > 0 && column->type == SQLITE_INTEGER;
      if (!column->may_be_null || column->is_id)
        shape->n_needed = shape->n_columns;
    }
  sqlite3_finalize (row);
  return shape->n_columns > 0;
}

/* No two tables have rows of the same shape. */
static gboolean
fits (const Shape *shape, const SagPageRow *row)
{
  if (row->n_values < MAX (shape->n_needed, 2) || row->n_values > shape->n_columns)
    return FALSE;
  for (int c = 0; c < row->n_values; c++)
    {
      const Column *column = &shape->columns[c];
      const int     type = row->values[c].type;

      if (column->is_id ? type != SQLITE_NULL
                        : type != column->type && (type != SQLITE_NULL || !column->may_be_null))
        return FALSE;
    }
  return TRUE;
}

/* The leaves of every table that can be reached from its root; what is left over is an orphan. */
static gboolean
open_pages (SagRecovery *all, const char *work, GError **error)
{
  sqlite3_stmt *row = NULL;

  if (all->pages != NULL)
    return TRUE;
  all->pages = sag_pages_open (work, error);
  if (all->pages == NULL)
    return FALSE;
  all->leaves =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  all->n_bad_leaves = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!all->roots_unknown &&
      sqlite3_prepare_v2 (all->from->handle,
                          "SELECT 'sqlite_schema', 1 UNION ALL SELECT name, rootpage FROM "
                          "sqlite_schema WHERE type = 'table' AND rootpage > 1",
                          -1, &row, NULL) == SQLITE_OK)
    while (sqlite3_step (row) == SQLITE_ROW)
      {
        const char *name = (const char *) sqlite3_column_text (row, 0);
        GArray     *leaves = g_array_new (FALSE, FALSE, sizeof (guint32));
        guint       n_bad = 0;

        sag_pages_walk (all->pages, (guint32) sqlite3_column_int64 (row, 1), leaves, &n_bad);
        g_hash_table_insert (all->leaves, g_strdup (name), leaves);
        g_hash_table_insert (all->n_bad_leaves, g_strdup (name), GUINT_TO_POINTER (n_bad));
      }
  sqlite3_finalize (row);
  all->orphans = sag_pages_list_orphans (all->pages);
  return TRUE;
}

void
sag_recover_close_pages (SagRecovery *all)
{
  g_clear_pointer (&all->pages, sag_pages_free);
  g_clear_pointer (&all->leaves, g_hash_table_unref);
  g_clear_pointer (&all->n_bad_leaves, g_hash_table_unref);
  g_clear_pointer (&all->orphans, g_array_unref);
}

/* A query that gives the values that are bound to it as a row of the table, its number last. */
static sqlite3_stmt *
prepare_row (SagRecovery *all, const Shape *shape)
{
  g_autofree char *ask = g_strdup_printf ("SELECT * FROM \"%s\"", all->table);
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  sqlite3_stmt *probe = NULL, *row = NULL;

  sqlite3_prepare_v2 (all->to->handle, ask, -1, &probe, NULL);
  for (int c = 0; c < shape->n_columns; c++)
    g_string_append_printf (sql, "?%d AS \"%s\", ", c + 1, sqlite3_column_name (probe, c));
  g_string_append_printf (sql, "?%d", shape->n_columns + 1);
  sqlite3_finalize (probe);
  sqlite3_prepare_v2 (all->to->handle, sql->str, -1, &row, NULL);
  return row;
}

static void
bind_value (sqlite3_stmt *row, int column, const SagPageValue *value)
{
  switch (value->type)
    {
    case SQLITE_INTEGER:
      sqlite3_bind_int64 (row, column, value->integer);
      break;
    case SQLITE_FLOAT:
      sqlite3_bind_double (row, column, value->real);
      break;
    case SQLITE_TEXT:
      sqlite3_bind_text64 (row, column, (const char *) value->bytes, value->size, SQLITE_TRANSIENT,
                           SQLITE_UTF8);
      break;
    case SQLITE_BLOB:
      /* An empty blob is no NULL. */
      sqlite3_bind_blob64 (row, column, value->size > 0 ? (const void *) value->bytes : "",
                           value->size, SQLITE_TRANSIENT);
      break;
    default:
      sqlite3_bind_null (row, column);
    }
}

static gboolean
copy_page_row (
  SagRecovery *all, const Shape *shape, sqlite3_stmt *row, const SagPageRow *found, GError **error)
{
  gboolean done = TRUE;

  sqlite3_clear_bindings (row);
  for (int c = 0; c < found->n_values; c++)
    if (shape->columns[c].is_id)
      sqlite3_bind_int64 (row, c + 1, found->id);
    else
      bind_value (row, c + 1, &found->values[c]);
  sqlite3_bind_int64 (row, shape->n_columns + 1, found->id);
  if (sqlite3_step (row) == SQLITE_ROW)
    done = sag_recover_copy_row (all, TRUE, row, error);
  sqlite3_reset (row);
  return done;
}

/* Of pages of the table: a row that cannot be read, or is of another shape, is one that is lost. Of orphans: it is
 * another table's. */
static gboolean
copy_leaves (SagRecovery *all, const Shape *shape, GArray *leaves, gboolean own, GError **error)
{
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  sqlite3_stmt *row = prepare_row (all, shape);
  gboolean      done = row != NULL;

  if (!done)
    sag_db_set_error (all->to->handle, SQLITE_ERROR, sag_db_get_name (all->to), error);
  for (guint l = 0; done && l < leaves->len; l++)
    {
      const guint32 page = g_array_index (leaves, guint32, l);
      const guint   n_rows = sag_pages_count_rows (all->pages, page);

      for (guint r = 0; done && r < n_rows; r++)
        {
          SagPageRow found = { 0 };

          if (sag_pages_read_row (all->pages, page, r, scratch, &found) && fits (shape, &found))
            done = copy_page_row (all, shape, row, &found, error);
          else
            all->n_seen_lost += own;
        }
    }
  sqlite3_finalize (row);
  return done;
}

/* Rows of before format 2 end before the checksum: whether all of the table's do. */
static gboolean
lack_checksums (SagRecovery *all, const Shape *shape, GArray *leaves)
{
  g_autoptr (GByteArray) scratch = g_byte_array_new ();

  for (guint l = 0; l < leaves->len; l++)
    for (guint r = 0; r < sag_pages_count_rows (all->pages, g_array_index (leaves, guint32, l));
         r++)
      {
        SagPageRow found = { 0 };

        if (sag_pages_read_row (all->pages, g_array_index (leaves, guint32, l), r, scratch,
                                &found) &&
            fits (shape, &found) && found.n_values == shape->n_columns &&
            found.values[found.n_values - 1].type != SQLITE_NULL)
          return FALSE;
      }
  return TRUE;
}

gboolean
sag_recover_pages (SagRecovery *all, const char *work, guint *n_bad_leaves, GError **error)
{
  gint64  version = 0;
  Shape   shape;
  GArray *own;

  if (!open_pages (all, work, error))
    return FALSE;
  if (!read_shape (all->to, all->table, &shape))
    return sag_db_set_error (all->to->handle, SQLITE_ERROR, sag_db_get_name (all->to), error);
  own = g_hash_table_lookup (all->leaves, all->table);
  *n_bad_leaves = GPOINTER_TO_UINT (g_hash_table_lookup (all->n_bad_leaves, all->table));
  if (!all->new_first_page &&
      sag_db_integer (all->from, 0, &version, NULL, "PRAGMA user_version", ""))
    all->without_checksums = version == 1;
  else
    all->without_checksums = (own == NULL || lack_checksums (all, &shape, own)) &&
                             lack_checksums (all, &shape, all->orphans);
  /* What the table still reaches comes first: an orphan may be an older state of it. */
  return (own == NULL || copy_leaves (all, &shape, own, TRUE, error)) &&
         copy_leaves (all, &shape, all->orphans, FALSE, error);
}

gboolean
sag_recover_roots_fit (SagRecovery *all, const char *work)
{
  const char *const *tables = sag_schema_get_tables ();
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  gboolean fit = open_pages (all, work, NULL);

  for (gsize t = 0; fit && tables[t] != NULL; t++)
    {
      GArray    *leaves = g_hash_table_lookup (all->leaves, tables[t]);
      SagPageRow found = { 0 };
      Shape      shape;

      fit = read_shape (all->to, tables[t], &shape);
      for (guint l = 0; fit && leaves != NULL && l < leaves->len; l++)
        if (sag_pages_read_row (all->pages, g_array_index (leaves, guint32, l), 0, scratch, &found))
          {
            fit = fits (&shape, &found);
            break;
          }
      fit = fit && leaves != NULL && leaves->len > 0;
    }
  sag_recover_close_pages (all);
  return fit;
}
