/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Sums over voxels: private to train/. */

#include <glib.h>
#include <string.h>

/** SAG_CPU_TRAIN_RUN: voxels that are summed in float before they join a sum in double. */
#define SAG_CPU_TRAIN_RUN 256

/** sag_cpu_add_floats: to += from. */
static inline void
sag_cpu_add_floats (double *to, const float *from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] += from[i];
}

/** sag_cpu_add: the same in float. */
static inline void
sag_cpu_add (float *to, const float *from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] += from[i];
}

/**
 * sag_cpu_full_columns: of a product into rows of whole lines: where a panel is wider than the columns,
 * what lies beyond them is written too, as zeros.
 */
static inline int32_t
sag_cpu_full_columns (int32_t n_columns)
{
  return MAX (n_columns, 16);
}

/** sag_cpu_clear_padding: columns from @n_columns on of (n_rows, row), which a product did not write. */
static inline void
sag_cpu_clear_padding (float *rows, gsize row, gsize n_columns, gsize n_rows)
{
  for (gsize i = 0; n_columns < row && i < n_rows; i++)
    memset (rows + i * row + n_columns, 0, (row - n_columns) * sizeof *rows);
}

/** sag_cpu_round_up: to whole lines of 16 floats. */
static inline gsize
sag_cpu_round_up (gsize n)
{
  return (n + 15) / 16 * 16;
}
