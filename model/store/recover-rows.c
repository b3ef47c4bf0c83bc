/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include "model/store/crc-columns.h"
#include "model/store/crc32c.h"
#include "model/store/masks.h"

#include <string.h>

/* Rows without a checksum: bytes that are no text tell of damage. */
static gboolean
texts_are_sound (sqlite3_stmt *row)
{
  for (int c = 0; c < sqlite3_column_count (row); c++)
    if (sqlite3_column_type (row, c) == SQLITE_TEXT)
      {
        const char *text = (const char *) sqlite3_column_text (row, c);

        if (text == NULL || !g_utf8_validate (text, sqlite3_column_bytes (row, c), NULL))
          return FALSE;
      }
  return TRUE;
}

gboolean
sag_recover_row_is_sound (const char *table, gboolean without, sqlite3_stmt *row)
{
  gsize       size;
  const void *data;

  if (strcmp (table, "bricks") == 0)
    {
      data = sag_row_blob (row, 3, &size);
      return sag_masks_crc (sag_row_integer (row, 1), sag_row_integer (row, 2), data, size) ==
             sag_row_integer (row, 4);
    }
  if (strcmp (table, "steps") == 0)
    {
      data = sag_row_blob (row, 6, &size);
      return sag_steps_crc (sag_row_integer (row, 1), sag_row_integer (row, 2), data, size) ==
             sag_row_integer (row, 7);
    }
  if (strcmp (table, "answers") == 0)
    {
      const char *json = sag_row_text (row, 5);

      data = sag_row_blob (row, 6, &size);
      return json != NULL && sag_crc32c (sag_crc32c (0, json, strlen (json)), data, size) ==
                               sag_row_integer (row, 7);
    }
  if (strcmp (table, "labels") == 0 || strcmp (table, "masks") == 0)
    {
      const int n = strcmp (table, "labels") == 0 ? SAG_N_LABEL_COLUMNS : SAG_N_MASK_COLUMNS;

      /* Before format 2 there was none. */
      return g_strcmp0 (sqlite3_column_name (row, n), "crc") != 0 ||
             (without && sqlite3_column_type (row, n) == SQLITE_NULL) ||
             sag_row_crc (row, n) == sag_row_integer (row, n);
    }
  return texts_are_sound (row);
}

static void
note_loss (SagRecovery *all, sqlite3_stmt *row)
{
  all->n_seen_lost++;
  if (strcmp (all->table, "bricks") == 0)
    g_hash_table_add (all->hurt_masks, GINT_TO_POINTER (sag_row_integer (row, 1)));
  if (strcmp (all->table, "masks") == 0)
    {
      g_hash_table_add (all->hurt_cases, GINT_TO_POINTER (sag_row_integer (row, 2)));
      g_hash_table_add (all->doubtful_masks, GINT_TO_POINTER (sag_row_integer (row, 0)));
    }
  if (strcmp (all->table, "steps") == 0)
    g_hash_table_add (all->hurt_cases, GINT_TO_POINTER (sag_row_integer (row, 1)));
}

gboolean
sag_recover_copy_row (SagRecovery *all, gboolean twice, sqlite3_stmt *row, GError **error)
{
  int code;

  if (!sag_recover_row_is_sound (all->table, all->without_checksums, row))
    {
      note_loss (all, row);
      return TRUE;
    }
  sqlite3_clear_bindings (all->insert);
  for (int c = 0; c < MIN (sqlite3_column_count (row) - 1, all->n_columns); c++)
    sqlite3_bind_value (all->insert, c + 1, sqlite3_column_value (row, c));
  code = sqlite3_step (all->insert);
  sqlite3_reset (all->insert);
  if (code == SQLITE_DONE && sqlite3_changes (all->to->handle) == 1)
    all->tell->n_saved++;
  else if (code == SQLITE_DONE || (code & 0xff) == SQLITE_CONSTRAINT)
    {
      if (!twice)
        note_loss (all, row);
    }
  else
    return sag_db_set_error (all->to->handle, code, sag_db_get_name (all->to), error);
  return TRUE;
}
