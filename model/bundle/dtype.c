/* SPDX-License-Identifier: Apache-2.0 */

/* Scalar types of safetensors and their conversion.
 *
 *   F16   1 sign, 5 exponent (bias 15), 10 fraction   IEEE 754-2008 binary16
 *   BF16  the upper half of a float32
 */

#include "model/bundle/dtype.h"

#include <string.h>

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

static const struct
{
  const char *name;
  guint8      size;
} dtypes[] = {
  [SAG_DTYPE_BOOL] = { "BOOL", 1 },       [SAG_DTYPE_U8] = { "U8", 1 },
  [SAG_DTYPE_I8] = { "I8", 1 },           [SAG_DTYPE_F8_E5M2] = { "F8_E5M2", 1 },
  [SAG_DTYPE_F8_E4M3] = { "F8_E4M3", 1 }, [SAG_DTYPE_U16] = { "U16", 2 },
  [SAG_DTYPE_I16] = { "I16", 2 },         [SAG_DTYPE_F16] = { "F16", 2 },
  [SAG_DTYPE_BF16] = { "BF16", 2 },       [SAG_DTYPE_U32] = { "U32", 4 },
  [SAG_DTYPE_I32] = { "I32", 4 },         [SAG_DTYPE_F32] = { "F32", 4 },
  [SAG_DTYPE_U64] = { "U64", 8 },         [SAG_DTYPE_I64] = { "I64", 8 },
  [SAG_DTYPE_F64] = { "F64", 8 },
};

const char *
sag_dtype_to_string (SagDtype dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (dtypes), NULL);
  return dtypes[dtype].name;
}

gboolean
sag_dtype_from_string (const char *name, SagDtype *dtype)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (dtypes[i].name, name) == 0)
      {
        *dtype = (SagDtype) i;
        return TRUE;
      }
  return FALSE;
}

gsize
sag_dtype_get_size (SagDtype dtype)
{
  g_return_val_if_fail ((gsize) dtype < G_N_ELEMENTS (dtypes), 0);
  return dtypes[dtype].size;
}

gboolean
sag_dtype_is_float (SagDtype dtype)
{
  return dtype == SAG_DTYPE_F16 || dtype == SAG_DTYPE_BF16 || dtype == SAG_DTYPE_F32 ||
         dtype == SAG_DTYPE_F64;
}

gboolean
sag_dtype_is_integer (SagDtype dtype)
{
  return !sag_dtype_is_float (dtype) && dtype != SAG_DTYPE_U64 && dtype != SAG_DTYPE_F8_E5M2 &&
         dtype != SAG_DTYPE_F8_E4M3;
}

static inline float
from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline guint32
to_bits (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* Exponent and fraction move to their place; multiplying by 2^112 corrects the bias and normalises subnormals. */
static inline float
half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 rest = (guint32) (half & 0x7fff) << 13;
  float   magnitude = from_bits (rest) * from_bits ((127u + 112) << 23);

  if ((half & 0x7c00) == 0x7c00)
    return from_bits (sign | 0x7f800000 | rest);
  return from_bits (sign | to_bits (magnitude));
}

static inline guint16
float_to_half (float value)
{
  guint32 bits = to_bits (value);
  guint16 sign = (guint16) (bits >> 16 & 0x8000);
  guint32 rest = bits & 0x7fffffff;

  if (rest > 0x7f800000)
    return sign | 0x7e00;
  if (rest >= 0x477ff000) /* 65520 and more round to infinity */
    return sign | 0x7c00;
  if (rest < 0x38800000) /* below 2^-14: adding 0.5 rounds at the last bit of a subnormal */
    return sign | (guint16) (to_bits (from_bits (rest) + 0.5f) - to_bits (0.5f));
  return sign | (guint16) ((rest + 0xfff + (rest >> 13 & 1) - (112u << 23)) >> 13);
}

static inline guint16
float_to_brain (float value)
{
  guint32 bits = to_bits (value);

  if ((bits & 0x7fffffff) > 0x7f800000)
    return (guint16) (bits >> 16 | 0x40);
  return (guint16) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* One loop a type: memcpy of a constant size is a load, whatever the alignment. */
#define CONVERT_FROM(type, expression)                                                             \
  for (gsize i = 0; i < n_values; i++)                                                             \
    {                                                                                              \
      type value;                                                                                  \
                                                                                                   \
      memcpy (&value, at + i * sizeof (type), sizeof (type));                                      \
      out[i] = (expression);                                                                       \
    }

#define CONVERT_TO(type, expression)                                                               \
  for (gsize i = 0; i < n_values; i++)                                                             \
    {                                                                                              \
      type value = (expression);                                                                   \
                                                                                                   \
      memcpy (at + i * sizeof (type), &value, sizeof (type));                                      \
    }

void
sag_dtype_to_floats (SagDtype dtype, const void *bytes, gsize n_values, float *out)
{
  const guint8 *at = bytes;

  g_return_if_fail (sag_dtype_is_float (dtype));

  if (n_values == 0)
    return;
  if (dtype == SAG_DTYPE_F32)
    memcpy (out, bytes, n_values * sizeof (float));
  else if (dtype == SAG_DTYPE_F16)
    CONVERT_FROM (guint16, half_to_float (value))
  else if (dtype == SAG_DTYPE_BF16)
    CONVERT_FROM (guint16, from_bits ((guint32) value << 16))
  else
    CONVERT_FROM (double, (float) value)
}

void
sag_dtype_from_floats (SagDtype dtype, const float *values, gsize n_values, void *bytes)
{
  guint8 *at = bytes;

  g_return_if_fail (sag_dtype_is_float (dtype));

  if (n_values == 0)
    return;
  if (dtype == SAG_DTYPE_F32)
    memcpy (bytes, values, n_values * sizeof (float));
  else if (dtype == SAG_DTYPE_F16)
    CONVERT_TO (guint16, float_to_half (values[i]))
  else if (dtype == SAG_DTYPE_BF16)
    CONVERT_TO (guint16, float_to_brain (values[i]))
  else
    CONVERT_TO (double, values[i])
}

void
sag_dtype_to_integers (SagDtype dtype, const void *bytes, gsize n_values, gint64 *out)
{
  const guint8 *at = bytes;

  g_return_if_fail (sag_dtype_is_integer (dtype));

  switch (dtype)
    {
    case SAG_DTYPE_BOOL:
      CONVERT_FROM (guint8, value != 0)
      break;
    case SAG_DTYPE_U8:
      CONVERT_FROM (guint8, value)
      break;
    case SAG_DTYPE_I8:
      CONVERT_FROM (guint8, value - (value & 0x80) * 2)
      break;
    case SAG_DTYPE_U16:
      CONVERT_FROM (guint16, value)
      break;
    case SAG_DTYPE_I16:
      CONVERT_FROM (gint16, value)
      break;
    case SAG_DTYPE_U32:
      CONVERT_FROM (guint32, value)
      break;
    case SAG_DTYPE_I32:
      CONVERT_FROM (gint32, value)
      break;
    default:
      CONVERT_FROM (gint64, value)
    }
}

/* The least and the most that a type holds. */
static void
get_range (SagDtype dtype, gint64 *least, gint64 *most)
{
  guint    bits = (guint) sag_dtype_get_size (dtype) * 8;
  gboolean is_signed = dtype == SAG_DTYPE_I8 || dtype == SAG_DTYPE_I16 || dtype == SAG_DTYPE_I32;

  if (dtype == SAG_DTYPE_I64)
    {
      *least = G_MININT64;
      *most = G_MAXINT64;
      return;
    }
  *least = is_signed ? -((gint64) 1 << (bits - 1)) : 0;
  *most = dtype == SAG_DTYPE_BOOL ? 1 : ((gint64) 1 << (is_signed ? bits - 1 : bits)) - 1;
}

gboolean
sag_dtype_from_integers (SagDtype dtype, const gint64 *values, gsize n_values, void *bytes)
{
  guint8 *at = bytes;
  gsize   size = sag_dtype_get_size (dtype);
  gint64  least, most;

  g_return_val_if_fail (sag_dtype_is_integer (dtype), FALSE);

  get_range (dtype, &least, &most);
  for (gsize i = 0; i < n_values; i++)
    {
      if (values[i] < least || values[i] > most)
        return FALSE;
      /* Little endian: the low bytes come first. */
      memcpy (at + i * size, &values[i], size);
    }
  return TRUE;
}
