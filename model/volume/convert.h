/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From the numbers of a file to values: byte order, type, slope and intercept. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAG_RAW_INT8,
  SAG_RAW_UINT8,
  SAG_RAW_INT16,
  SAG_RAW_UINT16,
  SAG_RAW_INT32,
  SAG_RAW_UINT32,
  SAG_RAW_INT64,
  SAG_RAW_UINT64,
  SAG_RAW_FLOAT32,
  SAG_RAW_FLOAT64,
} SagRawType;

/** SagRawFormat: value = slope * number + intercept, in double precision. */
typedef struct
{
  SagRawType type;
  double     slope;
  double     intercept;
} SagRawFormat;

/** sag_raw_size: bytes of one number. */
gsize sag_raw_size (SagRawType type);

/** sag_raw_name: "int8", "float64" and so on. */
const char *sag_raw_name (SagRawType type);

/** sag_raw_swap: reverses the bytes of @n numbers of @size bytes (1, 2, 4 or 8), aligned to their
 * size. */
void sag_raw_swap (void *raw, gsize n, gsize size);

/** sag_raw_to_int16: FALSE, with @out undefined, unless every value is a whole number that int16
 * holds. */
gboolean sag_raw_to_int16 (const SagRawFormat *format, const void *raw, gsize n, gint16 *out);

/**
 * SagRawLoss: what float32 could not keep. Counts add up over calls.
 * @n_rounded: whole numbers above 2^24 that became others; rounding of fractions is not counted
 * @n_not_finite: NaN or infinite in the file, or too large for float32
 */
typedef struct
{
  guint64 n_rounded;
  guint64 n_not_finite;
} SagRawLoss;

void sag_raw_to_float (
  const SagRawFormat *format, const void *raw, gsize n, float *out, SagRawLoss *loss);

G_END_DECLS
