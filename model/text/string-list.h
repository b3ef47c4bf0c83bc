/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_strings_load: reads a JSON array of strings, which may be empty and hold control characters.
 *
 * What a C string of UTF-8 cannot hold, "\u0000" and half a surrogate pair, becomes U+FFFD: tokenizers drop both.
 *
 * Returns: (transfer full): the strings. Errors: SAG_ERROR_FORMAT naming file, line and
 * reason, SAG_ERROR_LIMIT above 16 MiB, G_FILE_ERROR
 */
char **sag_strings_load (const char *path, GError **error);

/** sag_strings_parse: the same from memory. */
char **sag_strings_parse (const char *json, gsize size_bytes, const char *name, GError **error);

G_END_DECLS
