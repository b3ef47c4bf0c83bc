/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_csv_dup: a table as RFC 4180 has it, in UTF-8, lines ending in a line feed.
 * @columns: (array NULL-terminated)
 * @rows: (element-type GStrv): as many cells each
 */
char *sag_csv_dup (const char *const *columns, GPtrArray *rows);

/** sag_csv_save: writes it, and reads it back before it takes its name. */
gboolean sag_csv_save (
  const char *path, const char *text, const char *const *columns, GPtrArray *rows, GError **error);

G_END_DECLS
