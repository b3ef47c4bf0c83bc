/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/dtype.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTensorWriter: writes a safetensors file: declare every tensor, then hand over the values in the same order,
 * in pieces of any size. The file has its name only once it is complete.
 */
typedef struct _SagTensorWriter SagTensorWriter;

SagTensorWriter *sag_tensor_writer_new (void);
void             sag_tensor_writer_free (SagTensorWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTensorWriter, sag_tensor_writer_free)

/** sag_tensor_writer_declare: the next tensor. Names must differ. */
void sag_tensor_writer_declare (
  SagTensorWriter *writer, const char *name, SagDtype dtype, guint n_dims, const gint64 *shape);
/** sag_tensor_writer_set_metadata: a text of `__metadata__`. */
void sag_tensor_writer_set_metadata (SagTensorWriter *writer, const char *key, const char *value);

/**
 * sag_tensor_writer_open: ends the declarations.
 * @path: (nullable): NULL keeps the file in memory
 *
 * Errors: G_FILE_ERROR; SAG_ERROR_ARGUMENT for a name declared twice or sizes beyond memory.
 */
gboolean sag_tensor_writer_open (SagTensorWriter *writer, const char *path, GError **error);

/** sag_tensor_writer_floats: the next values of a float tensor, rounded to its type. */
gboolean sag_tensor_writer_floats (SagTensorWriter *writer,
                                   const float     *values,
                                   gsize            n_values,
                                   GError         **error);
/** sag_tensor_writer_integers: Errors: also SAG_ERROR_LIMIT for a value that the type cannot hold. */
gboolean sag_tensor_writer_integers (SagTensorWriter *writer,
                                     const gint64    *values,
                                     gsize            n_values,
                                     GError         **error);
/** sag_tensor_writer_bytes: the next values as they stand in the file: whole values of the tensor's type. */
gboolean sag_tensor_writer_bytes (SagTensorWriter *writer,
                                  const void      *data,
                                  gsize            size_bytes,
                                  GError         **error);

/** sag_tensor_writer_commit: all values were written: the file takes its name. */
gboolean sag_tensor_writer_commit (SagTensorWriter *writer, GError **error);
/** sag_tensor_writer_commit_bytes: the same in memory (transfer full). */
GBytes *sag_tensor_writer_commit_bytes (SagTensorWriter *writer);

/**
 * SagTensorSet: some tensors in memory, for files whose tensors come one by one and whose sizes are not known
 * before: taps, prepared scans, gradients.
 */
typedef struct _SagTensorSet SagTensorSet;

SagTensorSet *sag_tensor_set_new (void);
void          sag_tensor_set_free (SagTensorSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTensorSet, sag_tensor_set_free)

/** sag_tensor_set_add_floats: copies float32 values in row-major @shape; a name that is there is replaced. */
void sag_tensor_set_add_floats (
  SagTensorSet *set, const char *name, guint n_dims, const gint64 *shape, const float *values);
/** sag_tensor_set_add_integers: the same as I64. */
void sag_tensor_set_add_integers (
  SagTensorSet *set, const char *name, guint n_dims, const gint64 *shape, const gint64 *values);
/** sag_tensor_set_save: writes the tensors in the order in which they came. */
gboolean sag_tensor_set_save (SagTensorSet *set, const char *path, GError **error);

G_END_DECLS
