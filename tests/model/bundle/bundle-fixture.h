/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/import.h"
#include "model/bundle/safetensors.h"

G_BEGIN_DECLS

/**
 * TinyCheckpoint: the oracle's tiny checkpoint with its files, in a folder of the test's own.
 * @import: options that import it
 */
typedef struct
{
  char           *folder;
  char           *weights;
  char           *config;
  char           *vocabulary;
  SagBundleImport import;
} TinyCheckpoint;

/** tiny_checkpoint_init: FALSE, the test skipped, without the shared data. */
gboolean tiny_checkpoint_init (TinyCheckpoint *tiny);
void     tiny_checkpoint_clear (TinyCheckpoint *tiny);

/** tiny_checkpoint_path: (transfer full): a file in its folder. */
char *tiny_checkpoint_path (TinyCheckpoint *tiny, const char *name);
/** tiny_checkpoint_write: (transfer full): a text file in its folder. */
char *tiny_checkpoint_write (TinyCheckpoint *tiny, const char *name, const char *text);

/** tiny_checkpoint_import: must succeed. */
SagBundle *tiny_checkpoint_import (TinyCheckpoint *tiny, const char *name);
/** tiny_checkpoint_refuse: must fail with @part in its sentence, and leave nothing behind. */
void tiny_checkpoint_refuse (TinyCheckpoint *tiny, int code, const char *part);

/**
 * TensorChange: how a tensor of a file goes into a copy of it; fields may be changed, @values belongs to the callback
 * @keep: FALSE leaves it out
 */
typedef struct
{
  char     name[400];
  SagDtype dtype;
  guint    n_dims;
  gint64   shape[SAG_TENSOR_MAX_DIMS];
  gboolean keep;
  float   *values; /* NULL for tensors that are no floats: they are copied */
  gsize    n_values;
} TensorChange;

typedef void (*TensorChangeFunc) (TensorChange *change, gpointer data);

/**
 * tiny_checkpoint_change: a copy of its weights, each tensor through @func; the import then uses the copy.
 * @extra: (nullable) (element-type TensorChange): tensors to add; of floats
 */
void tiny_checkpoint_change (TinyCheckpoint  *tiny,
                             TensorChangeFunc func,
                             gpointer         data,
                             GPtrArray       *extra);

/** tensor_change_new: a tensor to add, its values from a seed. */
TensorChange *tensor_change_new (const char *name, gint64 rows, gint64 columns, guint32 seed);
void          tensor_change_free (gpointer change);

/** count_entries: files and folders in a folder. */
guint count_entries (const char *folder);

G_END_DECLS
