/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/convert.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Numbers go through doubles in pieces that stay in the first-level cache: one loader and one
 * finisher a type, not one of each pair. */
#define PIECE 512
#define FLOAT_EXACT 16777216.0 /* 2^24: every whole number up to here is a float32 */

static const struct
{
  gsize       size;
  const char *name;
} raw_types[] = {
  [SAG_RAW_INT8] = { 1, "int8" },       [SAG_RAW_UINT8] = { 1, "uint8" },
  [SAG_RAW_INT16] = { 2, "int16" },     [SAG_RAW_UINT16] = { 2, "uint16" },
  [SAG_RAW_INT32] = { 4, "int32" },     [SAG_RAW_UINT32] = { 4, "uint32" },
  [SAG_RAW_INT64] = { 8, "int64" },     [SAG_RAW_UINT64] = { 8, "uint64" },
  [SAG_RAW_FLOAT32] = { 4, "float32" }, [SAG_RAW_FLOAT64] = { 8, "float64" },
};

gsize
sag_raw_size (SagRawType type)
{
  return raw_types[type].size;
}

const char *
sag_raw_name (SagRawType type)
{
  return raw_types[type].name;
}

void
sag_raw_swap (void *raw, gsize n, gsize size)
{
  guint16 *two = raw;
  guint32 *four = raw;
  guint64 *eight = raw;

  for (gsize i = 0; size == 2 && i < n; i++)
    two[i] = GUINT16_SWAP_LE_BE (two[i]);
  for (gsize i = 0; size == 4 && i < n; i++)
    four[i] = GUINT32_SWAP_LE_BE (four[i]);
  for (gsize i = 0; size == 8 && i < n; i++)
    eight[i] = GUINT64_SWAP_LE_BE (eight[i]);
}

#define LOAD(T)                                                                                    \
  {                                                                                                \
    const T *from = (const T *) raw + first;                                                       \
    for (gsize i = 0; i < n; i++)                                                                  \
      value[i] = (double) from[i];                                                                 \
  }                                                                                                \
  break

/* value = slope * raw[first ...] + intercept */
static void
load_values (const SagRawFormat *format, const void *raw, gsize first, gsize n, double *value)
{
  switch (format->type)
    {
    case SAG_RAW_INT8:
      LOAD (gint8);
    case SAG_RAW_UINT8:
      LOAD (guint8);
    case SAG_RAW_INT16:
      LOAD (gint16);
    case SAG_RAW_UINT16:
      LOAD (guint16);
    case SAG_RAW_INT32:
      LOAD (gint32);
    case SAG_RAW_UINT32:
      LOAD (guint32);
    case SAG_RAW_INT64:
      LOAD (gint64);
    case SAG_RAW_UINT64:
      LOAD (guint64);
    case SAG_RAW_FLOAT32:
      LOAD (float);
    case SAG_RAW_FLOAT64:
      LOAD (double);
    default:
      g_assert_not_reached ();
    }
  if (format->slope != 1 || format->intercept != 0)
    for (gsize i = 0; i < n; i++)
      value[i] = value[i] * format->slope + format->intercept;
}

gboolean
sag_raw_to_int16 (const SagRawFormat *format, const void *raw, gsize n, gint16 *out)
{
  double value[PIECE];

  if (format->type == SAG_RAW_INT16 && format->slope == 1 && format->intercept == 0)
    {
      memcpy (out, raw, n * sizeof *out);
      return TRUE;
    }
  for (gsize first = 0; first < n; first += PIECE)
    {
      const gsize m = MIN (n - first, PIECE);
      int         misfit = 0;

      load_values (format, raw, first, m, value);
      for (gsize i = 0; i < m; i++)
        {
          /* Clamped first, as the cast of what does not fit, or of NaN, has no defined result. */
          double clamped = value[i] > -32768 ? value[i] : -32768;
          gint32 whole = (gint32) (clamped < 32767 ? clamped : 32767);

          out[first + i] = (gint16) whole;
          misfit |= whole != value[i];
        }
      if (misfit)
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_more_than_53_bits (guint64 magnitude)
{
  return magnitude >> 53 != 0 &&
         64 - __builtin_clzll (magnitude) - __builtin_ctzll (magnitude) > 53;
}

/* Whole numbers that the step to double changed, but the step to float32 then did not. */
static guint64
count_hidden_rounding (SagRawType type, const void *raw, gsize first, gsize n, const double *value)
{
  guint64 n_rounded = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint64 bits = ((const guint64 *) raw)[first + i];

      if (type == SAG_RAW_INT64 && (gint64) bits < 0)
        bits = -bits;
      n_rounded += has_more_than_53_bits (bits) && (double) (float) value[i] == value[i];
    }
  return n_rounded;
}

void
sag_raw_to_float (
  const SagRawFormat *format, const void *raw, gsize n, float *out, SagRawLoss *loss)
{
  double value[PIECE];

  for (gsize first = 0; first < n; first += PIECE)
    {
      const gsize m = MIN (n - first, PIECE);
      gint32      n_rounded = 0, n_not_finite = 0;

      load_values (format, raw, first, m, value);
      for (gsize i = 0; i < m; i++)
        {
          float single = (float) value[i];
          int   finite = fabsf (single) <= FLT_MAX;

          out[first + i] = single;
          n_not_finite += !finite;
          n_rounded += finite & (fabs (value[i]) > FLOAT_EXACT) & ((double) single != value[i]);
        }
      loss->n_not_finite += n_not_finite;
      loss->n_rounded += n_rounded;
      if (format->type == SAG_RAW_INT64 || format->type == SAG_RAW_UINT64)
        loss->n_rounded += count_hidden_rounding (format->type, raw, first, m, value);
    }
}
