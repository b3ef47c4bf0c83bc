/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/table.h"

#include "app/cli/cli.h"

#include <math.h>
#include <stdio.h>

#define LONGEST_NAME 42

struct _SagCliTable
{
  GPtrArray *rows; /* of GPtrArray of texts; the first is the heading */
  guint      longest;
};

static void
free_row (gpointer row)
{
  g_ptr_array_unref (row);
}

SagCliTable *
sag_cli_table_new (const char *const *heading)
{
  SagCliTable *self = g_new0 (SagCliTable, 1);

  self->longest = LONGEST_NAME;
  self->rows = g_ptr_array_new_with_free_func (free_row);
  sag_cli_table_begin (self, heading[0]);
  for (gsize i = 1; heading[i] != NULL; i++)
    sag_cli_table_add (self, "%s", heading[i]);
  return self;
}

void
sag_cli_table_free (SagCliTable *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->rows);
  g_free (table);
}

/* "Diagnose the presence of … around the lungs": both ends say something. */
static char *
dup_name (const char *name, glong longest)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  glong            n = g_utf8_strlen (valid, -1);
  glong            head = longest * 3 / 5, tail = longest - 3 - head;
  g_autofree char *first = NULL, *last = NULL;

  if (n <= longest)
    return g_steal_pointer (&valid);
  first = g_utf8_substring (valid, 0, head);
  last = g_utf8_substring (valid, n - tail, n);
  return g_strconcat (first, "...", last, NULL);
}

void
sag_cli_table_set_longest_name (SagCliTable *table, guint n_letters)
{
  table->longest = n_letters;
}

void
sag_cli_table_begin (SagCliTable *table, const char *name)
{
  GPtrArray *row = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (row, dup_name (name, table->longest));
  g_ptr_array_add (table->rows, row);
}

void
sag_cli_table_add (SagCliTable *table, const char *format, ...)
{
  GPtrArray *row = table->rows->pdata[table->rows->len - 1];
  va_list    arguments;

  va_start (arguments, format);
  g_ptr_array_add (row, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

void
sag_cli_table_number (SagCliTable *table, double value, int n_digits)
{
  if (isnan (value))
    sag_cli_table_add (table, "-");
  else
    sag_cli_table_add (table, "%.*f", n_digits, value);
}

void
sag_cli_table_range (SagCliTable *table, double low, double high, int n_digits, gboolean sign)
{
  if (isnan (low) || isnan (high))
    sag_cli_table_add (table, "-");
  else if (sign)
    sag_cli_table_add (table, "%+.*f to %+.*f", n_digits, low, n_digits, high);
  else
    sag_cli_table_add (table, "%.*f-%.*f", n_digits, low, n_digits, high);
}

static glong
width_of (const SagCliTable *table, guint column)
{
  glong width = 0;

  for (guint i = 0; i < table->rows->len; i++)
    {
      const GPtrArray *row = table->rows->pdata[i];

      if (column < row->len)
        width = MAX (width, g_utf8_strlen (row->pdata[column], -1));
    }
  return width;
}

static void
print_row (const SagCliTable *table, const GPtrArray *row, glong name_width)
{
  const GPtrArray *heading = table->rows->pdata[0];

  for (guint c = 0; c < row->len && c < heading->len; c++)
    {
      glong width = c == 0 ? name_width : width_of (table, c);
      int   room = (int) (width - g_utf8_strlen (row->pdata[c], -1));

      if (c == 0)
        printf ("%s%*s", (char *) row->pdata[c], row->len > 1 ? room : 0, "");
      else
        printf ("  %*s%s", room, "", (char *) row->pdata[c]);
    }
}

static void
print (const SagCliTable *table, glong name_width)
{
  for (guint i = 0; i < table->rows->len; i++)
    {
      printf ("  %s", i == 0 ? sag_cli_bold (TRUE) : "");
      print_row (table, table->rows->pdata[i], name_width);
      printf ("%s\n", i == 0 ? sag_cli_bold (FALSE) : "");
    }
  printf ("\n");
}

void
sag_cli_table_print (const SagCliTable *table)
{
  print (table, width_of (table, 0));
}

void
sag_cli_tables_print (const GPtrArray *tables)
{
  glong width = 0;

  for (guint i = 0; i < tables->len; i++)
    width = MAX (width, width_of (tables->pdata[i], 0));
  for (guint i = 0; i < tables->len; i++)
    print (tables->pdata[i], width);
}
