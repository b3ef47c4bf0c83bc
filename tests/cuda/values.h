/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Arrays for kernels: random, stored as float32 or float16, compared. */

#include "cuda/ops.h"

#include <glib.h>

G_BEGIN_DECLS

/** values_random: @n values in -1 .. 1, the same for a @seed. Free with g_free(). */
float *values_random (gsize n, guint32 seed);

/** values_round: to what @type can hold. */
void values_round (float *values, gsize n, SagCudaType type);

/** values_store: a copy as @type, not a byte longer. Free with g_free(). */
void *values_store (const float *values, gsize n, SagCudaType type);

/** values_empty: room for @n values of @type, filled with NaNs. */
void *values_empty (gsize n, SagCudaType type);

/** values_load: the values of a @type array as float32. */
float *values_load (const void *stored, gsize n, SagCudaType type);

/**
 * values_compare: fails where a value is further off than @tolerance times its size and the array's root mean square;
 * says by how much.
 */
void
values_compare (const char *what, const float *got, const float *want, gsize n, double tolerance);

/** values_tolerance: for results of a few operations: 1e-5, or 1.5e-3 for float16 */
double values_tolerance (SagCudaType type);

/** values_each: runs @func with both types, and blocks and threads in both orders. */
void values_each (void (*func) (SagCudaType type));

G_END_DECLS
