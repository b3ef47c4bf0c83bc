/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_cli_chart: a curve for a terminal, in braille dots: 2 x 4 a letter.
 * @values: (n) from 0 up; NaN leaves a gap
 * @n_total: how many there will be: the width stands for them
 * @columns, @lines: of letters, the labels on the left, nine wide, included
 *
 * Returns: (transfer full): @lines lines without colour, each with a line break; values that share a column of dots are
 * averaged
 */
char *sag_cli_chart (const float *values, gsize n, gsize n_total, int columns, int lines);

G_END_DECLS
