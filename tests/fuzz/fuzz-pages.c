/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/memory-file.h"

#include "model/store/pages.h"

#define MOST_ROOTS 8
#define MOST_ROWS 2000 /* a row may be as long as the file */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Every byte of a row is there. */
static guint
sum_row (const SagPageRow *row)
{
  guint sum = 0;

  for (int v = 0; v < row->n_values; v++)
    for (gsize b = 0; b < row->values[v].size; b++)
      sum += row->values[v].bytes[b];
  return sum;
}

static void
read_leaves (SagPages *pages, const GArray *leaves)
{
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  guint n_read = 0, sum = 0;

  for (guint l = 0; l < leaves->len; l++)
    {
      const guint32 leaf = g_array_index (leaves, guint32, l);
      const guint   n_rows = sag_pages_count_rows (pages, leaf);

      for (guint r = 0; r < n_rows && n_read < MOST_ROWS; r++, n_read++)
        {
          SagPageRow row;

          if (sag_pages_read_row (pages, leaf, r, scratch, &row))
            sum += sum_row (&row);
        }
    }
  (void) sum;
}

/* No leaf is two tables', or a table's and nobody's. */
static void
add_leaves (GHashTable *seen, const GArray *leaves)
{
  for (guint l = 0; l < leaves->len; l++)
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (g_array_index (leaves, guint32, l))));
}

static void
read_pages (SagPages *pages)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) orphans = NULL;

  for (guint32 root = 0; root < MOST_ROOTS; root++)
    {
      g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (guint32));
      guint          n_bad;
      const gboolean whole = sag_pages_walk (pages, root, leaves, &n_bad);

      g_assert_true (!whole || n_bad == 0);
      add_leaves (seen, leaves);
      read_leaves (pages, leaves);
    }
  orphans = sag_pages_list_orphans (pages);
  add_leaves (seen, orphans);
  read_leaves (pages, orphans);
}

/* The input is a damaged project. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  int              fd;
  g_autofree char *path = memory_file (data, size, &fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagPages) pages = NULL;

  pages = sag_pages_open (path, &error);
  g_assert_true ((pages != NULL) == (error == NULL));
  if (pages != NULL)
    read_pages (pages);
  close (fd);
  return 0;
}
