/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/text/string-list.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_tasks_load: reads the texts of a task file.
 * @path: one task a line, where blank lines and lines that start with '#' are skipped; or, told by its first
 * character, a JSON array of texts or a task catalogue
 *
 * Texts keep their words; space around them goes.
 *
 * Returns: (transfer full): at least one text, none empty. Errors: SAG_ERROR_FORMAT naming file, line and reason,
 * SAG_ERROR_LIMIT above 16 MiB, G_FILE_ERROR
 */
char **sag_tasks_load (const char *path, GError **error);

/** sag_tasks_parse: the same from memory; @name stands in messages. */
char **sag_tasks_parse (const char *text, gsize size_bytes, const char *name, GError **error);

G_END_DECLS
