/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Reading safetensors: eight bytes of header length, a JSON header, the tensors' bytes. */

#include "model/bundle/dtype.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define SAG_TENSOR_MAX_DIMS 8

/**
 * SagTensor: a tensor of a file; lives as long as the file is referenced.
 * @shape: row-major; @n_dims 0 is a single value
 * @data: @size_bytes little-endian bytes, of any alignment
 */
typedef struct
{
  const char   *name;
  SagDtype      dtype;
  guint         n_dims;
  gint64        shape[SAG_TENSOR_MAX_DIMS];
  gsize         n_values;
  const guint8 *data;
  gsize         size_bytes;
} SagTensor;

/** SagTensorFile: an open file by mmap. Immutable, atomically reference counted. */
typedef struct _SagTensorFile SagTensorFile;

/**
 * sag_tensor_file_open: opens a file and checks it whole: every name, type and shape, that each tensor's
 * bytes are as many as its shape says and lie inside the file, and that tensors neither overlap nor leave
 * holes.
 *
 * The file must not be shortened while it is open.
 * Errors: SAG_ERROR_FORMAT naming the file and the tensor, SAG_ERROR_LIMIT, G_FILE_ERROR
 */
SagTensorFile *sag_tensor_file_open (const char *path, GError **error);

/** sag_tensor_file_new: the same from memory; @name stands in messages. */
SagTensorFile *sag_tensor_file_new (GBytes *bytes, const char *name, GError **error);

SagTensorFile *sag_tensor_file_ref (SagTensorFile *file);
void           sag_tensor_file_unref (SagTensorFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTensorFile, sag_tensor_file_unref)

/** sag_tensor_file_get_name: for messages. */
const char *sag_tensor_file_get_name (SagTensorFile *file);
guint       sag_tensor_file_get_n_tensors (SagTensorFile *file);
/** sag_tensor_file_get_tensor: in the order of their bytes. */
const SagTensor *sag_tensor_file_get_tensor (SagTensorFile *file, guint index);
/** sag_tensor_file_find: (nullable). */
const SagTensor *sag_tensor_file_find (SagTensorFile *file, const char *name);
/** sag_tensor_file_get_metadata: (nullable): a text of `__metadata__`. */
const char *sag_tensor_file_get_metadata (SagTensorFile *file, const char *key);

/** sag_tensor_read_floats: values [offset, offset + n) of a float tensor as float32; FALSE for other types
 * and ranges. */
gboolean sag_tensor_read_floats (const SagTensor *tensor, gsize offset, gsize n_values, float *out);
/** sag_tensor_read_integers: the same of a BOOL or integer tensor. */
gboolean
sag_tensor_read_integers (const SagTensor *tensor, gsize offset, gsize n_values, gint64 *out);

/** sag_tensor_has_shape: @tensor has exactly these sizes. */
gboolean sag_tensor_has_shape (const SagTensor *tensor, guint n_dims, const gint64 *shape);
/** sag_tensor_format_shape: "[32, 1, 3, 3, 3]" (transfer full). */
char *sag_tensor_format_shape (guint n_dims, const gint64 *shape);

G_END_DECLS
