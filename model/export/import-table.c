/* SPDX-License-Identifier: Apache-2.0 */

/* A table of samples, such as upstream's manifest, in a project: its labels first, then the masks that it names. */

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/export/import-private.h"
#include "model/text/task.h"

#include <string.h>

/* So many sentences about single lines; then they are counted. */
#define MOST_VALUES 1024

typedef struct
{
  const SagMaskRow *row;
  SagMaskInfo      *info;
  SagMask          *mask;
} Ready;

typedef struct
{
  SagProject   *project;
  SagExported  *imported;
  gboolean      by_model;
  GCancellable *cancellable;
  char         *reader;   /* who works */
  GHashTable   *known;    /* see dup_known() */
  GArray       *ready;    /* Ready: of the file that was read last */
  char         *map_path; /* the file that was read last */
  SagVolume    *map;
  gboolean      map_placed; /* by @place, which is of one scan */
  GError       *map_error;
  SagBinPlace   place;
  guint         n_placed;
  guint         n_unopened;
  guint         n_known;
  guint         n_empty;
  guint         n_moved;
  guint         n_failed;
} Table;

static void
ready_clear (gpointer data)
{
  sag_mask_info_free (((Ready *) data)->info);
  sag_mask_unref (((Ready *) data)->mask);
}

static void
drop_map (Table *table)
{
  g_clear_pointer (&table->map_path, g_free);
  g_clear_pointer (&table->map, sag_volume_unref);
  g_clear_error (&table->map_error);
}

static void
table_clear (Table *table)
{
  drop_map (table);
  sag_bin_place_clear (&table->place);
  g_clear_pointer (&table->reader, g_free);
  g_clear_pointer (&table->known, g_hash_table_unref);
  g_clear_pointer (&table->ready, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static void
row_free (gpointer data)
{
  SagMaskRow *row = data;

  g_free (row->path);
  g_free (row->scan);
  g_free (row->values);
  g_free (row->reader);
  g_free (row);
}

/* Rows of one case and one file stand together: each file is read once. */
static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const SagMaskRow *x = *(const SagMaskRow *const *) a, *y = *(const SagMaskRow *const *) b;
  const int         order = strcmp (x->path, y->path);

  return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* Rows that name a file which cannot be read are noted one by one, up to a number. */
static void
note_failed (Table *table, const SagMaskRow *row, const char *message)
{
  if (table->n_failed++ < SAG_EXPORTED_MOST)
    sag_exported_note (table->imported, "Line %u: %s", row->line, message);
}

static SagVolume *
get_map (Table *table, const SagMaskRow *row)
{
  const gboolean needs_place = sag_import_needs_place (row);

  /* Where a .bin lies, and what is laid on one, depends on the scan of its line. */
  if (g_strcmp0 (table->map_path, row->path) != 0 || table->map_placed != needs_place ||
      (needs_place && (table->place.one != row->one || g_strcmp0 (table->place.scan, row->scan))))
    {
      drop_map (table);
      table->map_path = g_strdup (row->path);
      table->map_placed = needs_place;
      table->map = needs_place
                     ? sag_import_read_placed (&table->place, table->project, row,
                                               table->cancellable, &table->map_error)
                     : sag_import_read_map (row->path, table->cancellable, &table->map_error);
    }
  return table->map;
}

/* FALSE: there is something that is no whole number from 1 up, or there are too many. */
static gboolean
parse_values (const char *text, gint32 *values, gsize *n_values)
{
  g_auto (GStrv) parts = g_strsplit_set (text != NULL ? text : "", ";, ", -1);

  *n_values = 0;
  for (gsize p = 0; parts[p] != NULL; p++)
    {
      gint64 value;

      if (*parts[p] == 0)
        continue;
      if (*n_values == MOST_VALUES ||
          !g_ascii_string_to_signed (parts[p], 10, 1, 1000000, &value, NULL))
        return FALSE;
      values[(*n_values)++] = (gint32) value;
    }
  return TRUE;
}

/* "Pleural effusion": there is no better name in a table. */
static char *
dup_name (const SagTaskRow *task)
{
  g_auto (SagTaskWords) words = { 0 };
  char *name;

  sag_task_words_init (&words, task->wording);
  name = g_strdelimit (g_strdup (words.finding != NULL ? words.finding : task->key), "-_", ' ');
  *name = g_ascii_toupper (*name);
  return name;
}

static const char *
get_reader (const Table *table, const SagMaskRow *row)
{
  return row->reader != NULL ? row->reader : table->reader;
}

static char *
dup_known (gint64 case_id, const char *reader, const char *key)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s %s", case_id, key, reader);
}

/* Who has a mask of which task of which case. */
static gboolean
read_known (SagDb *db, gpointer data, GError **error)
{
  Table  *table = data;
  GError *failure = NULL;
  SagRow *row =
    sag_db_query (db, error, "SELECT case_id, reader, key FROM masks WHERE key IS NOT NULL", "");

  if (row == NULL)
    return FALSE;
  g_free (table->reader);
  table->reader = g_strdup (sag_db_get_reader (db));
  while (sag_db_next (db, row, &failure))
    g_hash_table_add (table->known, dup_known (sag_row_integer (row, 0), sag_row_text (row, 1),
                                               sag_row_text (row, 2)));
  return sag_db_settle (failure, error);
}

static gboolean
put_masks (SagDb *db, gpointer data, GError **error)
{
  const Table *table = data;

  for (guint m = 0; m < table->ready->len; m++)
    {
      const Ready *ready = &g_array_index (table->ready, Ready, m);

      if (!sag_masks_put (db, ready->row->one->id, ready->info, ready->mask,
                          get_reader (table, ready->row), error))
        return FALSE;
    }
  return TRUE;
}

/* What came from one file is written at once. */
static gboolean
flush (Table *table, GError **error)
{
  if (table->ready->len > 0 && !sag_store_run (table->project->store, put_masks, table, error))
    return FALSE;
  table->imported->n_rows += table->ready->len;
  g_array_set_size (table->ready, 0);
  return TRUE;
}

/* FALSE: it was counted among what is left out, or there is an error. */
static gboolean
may_import (Table *table, const SagMaskRow *row, const SagTaskRow *task)
{
  g_autofree char *key = NULL;

  if (row->one->geometry.dims[0] == 0)
    {
      table->n_unopened++;
      return FALSE;
    }
  key = dup_known (row->one->id, get_reader (table, row), task->key);
  if (!g_hash_table_contains (table->known, key))
    return TRUE;
  table->n_known++;
  return FALSE;
}

/* What a row names becomes a mask, or is counted among what was left out. */
static gboolean
import_mask (Table *table, const SagMaskRow *row, const SagTaskRow *task, GError **error)
{
  g_autofree char *name = dup_name (task);
  g_autoptr (SagMask) mask = NULL;
  gint32     values[MOST_VALUES];
  gsize      n_values;
  SagVolume *map;
  Ready      ready = { row, NULL, NULL };

  if (g_strcmp0 (table->map_path, row->path) != 0 && !flush (table, error))
    return FALSE;
  if (!may_import (table, row, task))
    return TRUE;
  map = get_map (table, row);
  if (map == NULL && g_error_matches (table->map_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&table->map_error));
      return FALSE;
    }
  if (map == NULL || !parse_values (row->values, values, &n_values))
    {
      note_failed (
        table, row,
        map == NULL
          ? table->map_error->message
          : "mask_values are whole numbers from 1 up with semicolons between them, at most 1024.");
      return TRUE;
    }
  mask = sag_import_map_mask (map, &row->one->geometry, values, n_values, table->by_model);
  if (sag_mask_is_empty (mask))
    {
      table->n_empty++;
      return TRUE;
    }
  if (sag_import_needs_place (row))
    table->n_placed++;
  else if (!sag_geometry_equal (sag_volume_get_geometry (map), &row->one->geometry,
                                SAG_SAME_GRID_MM))
    table->n_moved++;
  ready.info = sag_mask_info_new (name, task->key, task->colour);
  ready.mask = g_steal_pointer (&mask);
  g_array_append_val (table->ready, ready);
  g_hash_table_add (table->known, dup_known (row->one->id, get_reader (table, row), task->key));
  return TRUE;
}

static void
note_all (const Table *table)
{
  if (table->n_placed > 0)
    sag_exported_note (table->imported,
                       "%u masks came by way of a grid of 1 mm; their edges may lie half a "
                       "millimetre from where they were.",
                       table->n_placed);
  if (table->n_failed > SAG_EXPORTED_MOST)
    sag_exported_note (table->imported, "%u more masks could not be read.",
                       table->n_failed - SAG_EXPORTED_MOST);
  if (table->n_unopened > 0)
    sag_exported_note (table->imported,
                       "%u masks are of scans that were never opened here; open them, then import "
                       "again.",
                       table->n_unopened);
  if (table->n_known > 0)
    sag_exported_note (table->imported,
                       "%u masks were left out because the reader has one of that task there "
                       "already, or a row before gave it; that stays.",
                       table->n_known);
  if (table->n_moved > 0)
    sag_exported_note (table->imported,
                       "%u masks lie on another grid than their scans; the nearest voxels were "
                       "taken.",
                       table->n_moved);
  if (table->n_empty > 0)
    sag_exported_note (table->imported,
                       "%u masks were left out because they are empty, or nothing of them lies in "
                       "the scan.",
                       table->n_empty);
}

static const SagTaskRow *
find_task (const SagProject *project, gint64 id)
{
  for (guint t = 0; t < project->tasks->len; t++)
    if (((const SagTaskRow *) g_ptr_array_index (project->tasks, t))->id == id)
      return g_ptr_array_index (project->tasks, t);
  return NULL;
}

gboolean
sag_import_table (SagProject   *project,
                  const char   *path,
                  const char   *reader,
                  gboolean      by_model,
                  SagExported  *imported,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (SagProject) now = NULL; /* with the tasks that came in */
  g_auto (Table) table = { project, imported, by_model, cancellable };

  if (!sag_import_rows (project, path, reader, rows, imported, cancellable, error))
    return FALSE;
  if (rows->len == 0)
    return TRUE;
  table.known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  table.ready = g_array_new (FALSE, FALSE, sizeof (Ready));
  g_array_set_clear_func (table.ready, ready_clear);
  now = sag_project_load (project->store, error);
  if (now == NULL || !sag_store_run (project->store, read_known, &table, error))
    return FALSE;
  g_ptr_array_sort (rows, compare_rows);
  for (guint r = 0; r < rows->len; r++)
    {
      const SagMaskRow *row = g_ptr_array_index (rows, r);
      const SagTaskRow *task = find_task (now, row->task_id);

      if (!sag_exported_step (imported, r, rows->len, cancellable, error) ||
          (task != NULL && !import_mask (&table, row, task, error)))
        return FALSE;
    }
  if (!flush (&table, error))
    return FALSE;
  note_all (&table);
  return TRUE;
}
