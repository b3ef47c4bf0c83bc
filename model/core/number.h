/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAG_NUMBER_BUFFER 40

/**
 * sag_number_format: writes the shortest decimal text that reads back as @value, whatever the locale.
 *
 * NaN and infinities become "nan", "inf", "-inf". Returns @buffer.
 */
const char *sag_number_format (double value, char buffer[SAG_NUMBER_BUFFER]);

/** sag_number_format_float: the same for a float32: 0.1f is "0.1", not "0.10000000149011612". */
const char *sag_number_format_float (float value, char buffer[SAG_NUMBER_BUFFER]);

/**
 * sag_number_parse: reads one finite number and nothing else, whatever the locale.
 *
 * Returns: FALSE, leaving @value alone, for anything more or less than a number
 */
gboolean sag_number_parse (const char *text, double *value);

G_END_DECLS
