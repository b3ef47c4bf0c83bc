/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagCliTable: rows of text for a terminal, in columns. The first column is set left and cut in its middle where it is
 * too long, the others are set right. One owner.
 */
typedef struct _SagCliTable SagCliTable;

/** sag_cli_table_new: @heading: NULL-terminated, a text for each column; bold on a terminal. */
SagCliTable *sag_cli_table_new (const char *const *heading);
void         sag_cli_table_free (SagCliTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCliTable, sag_cli_table_free)

/** sag_cli_table_set_longest_name: where the first column is cut from here on; 40 letters at first. */
void sag_cli_table_set_longest_name (SagCliTable *table, guint n_letters);

/** sag_cli_table_begin: the next row; @name is its first column. */
void sag_cli_table_begin (SagCliTable *table, const char *name);

/** sag_cli_table_add: the next column of the row: printf(). */
void sag_cli_table_add (SagCliTable *table, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** sag_cli_table_number: the same for a number with @n_digits after the point, and "-" for NaN. */
void sag_cli_table_number (SagCliTable *table, double value, int n_digits);
/** sag_cli_table_range: "0.91-0.97", and "-" for NaN; "+0.01 to +0.03" with @sign. */
void sag_cli_table_range (SagCliTable *table, double low, double high, int n_digits, gboolean sign);

/** sag_cli_table_print: on stdout, two spaces in, and a blank line after it. */
void sag_cli_table_print (const SagCliTable *table);

/**
 * sag_cli_tables_print: several, with first columns of one width.
 * @tables: (element-type SagCliTable)
 */
void sag_cli_tables_print (const GPtrArray *tables);

G_END_DECLS
