/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SagDtype: the scalar types of a safetensors file. */
typedef enum
{
  SAG_DTYPE_BOOL,
  SAG_DTYPE_U8,
  SAG_DTYPE_I8,
  SAG_DTYPE_F8_E5M2,
  SAG_DTYPE_F8_E4M3,
  SAG_DTYPE_U16,
  SAG_DTYPE_I16,
  SAG_DTYPE_F16,
  SAG_DTYPE_BF16,
  SAG_DTYPE_U32,
  SAG_DTYPE_I32,
  SAG_DTYPE_F32,
  SAG_DTYPE_U64,
  SAG_DTYPE_I64,
  SAG_DTYPE_F64,
} SagDtype;

/** sag_dtype_to_string: the name in a safetensors header, for example "BF16". */
const char *sag_dtype_to_string (SagDtype dtype);
/** sag_dtype_from_string: FALSE for a name that is not in the list. */
gboolean sag_dtype_from_string (const char *name, SagDtype *dtype);
gsize    sag_dtype_get_size (SagDtype dtype);
/** sag_dtype_is_float: F16, BF16, F32 and F64: what sag_dtype_to_floats() reads. */
gboolean sag_dtype_is_float (SagDtype dtype);
/** sag_dtype_is_integer: BOOL and the integers up to 64 bits, but not U64. */
gboolean sag_dtype_is_integer (SagDtype dtype);

/*
 * Little-endian bytes of any alignment to numbers and back. 16-bit floats are widened exactly, and rounded to
 * the nearest, ties to even; NaN stays NaN, what is too large becomes infinite.
 */
void sag_dtype_to_floats (SagDtype dtype, const void *bytes, gsize n_values, float *out);
void sag_dtype_from_floats (SagDtype dtype, const float *values, gsize n_values, void *bytes);
void sag_dtype_to_integers (SagDtype dtype, const void *bytes, gsize n_values, gint64 *out);
/** sag_dtype_from_integers: FALSE if a value does not fit. */
gboolean
sag_dtype_from_integers (SagDtype dtype, const gint64 *values, gsize n_values, void *bytes);

G_END_DECLS
