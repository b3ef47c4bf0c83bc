/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/rows.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const char *
get_cell (SagRows *rows, gsize row, const char *column)
{
  const char *cell = sag_rows_get (rows, row, column);

  return cell != NULL ? cell : "";
}

static void
append_line (GString *text, SagRows *rows, gssize row)
{
  const char *const *columns = sag_rows_get_columns (rows);

  for (gsize c = 0; columns[c] != NULL; c++)
    {
      if (c > 0)
        g_string_append_c (text, ',');
      sag_rows_append_cell (text, row < 0 ? columns[c] : get_cell (rows, (gsize) row, columns[c]));
    }
  g_string_append_c (text, '\n');
}

static char *
dup_csv (SagRows *rows)
{
  GString *text = g_string_new (NULL);

  for (gssize r = -1; r < (gssize) sag_rows_get_n (rows); r++)
    append_line (text, rows, r);
  return g_string_free (text, FALSE);
}

/* What was read of a CSV is written as one that reads the same. */
static void
check_again (SagRows *rows)
{
  g_autofree char *text = dup_csv (rows), *text_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagRows) again = sag_rows_parse (text, strlen (text), "again.csv", &error);

  g_assert_no_error (error);
  text_again = dup_csv (again);
  g_assert_cmpstr (text_again, ==, text);
}

/* The input is a table, as CSV or JSON Lines. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *text = size > 0 ? (const char *) data : "";
  g_autoptr (GError) error = NULL;
  g_autoptr (SagRows) rows = sag_rows_parse (text, size, "labels.csv", &error);

  g_assert_true ((rows != NULL) == (error == NULL));
  if (rows != NULL && memchr (text, '{', MIN (size, 4)) == NULL)
    check_again (rows);
  return 0;
}
