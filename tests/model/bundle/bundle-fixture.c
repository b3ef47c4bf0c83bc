/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/bundle/bundle-fixture.h"

#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "tests/support/test.h"

#include <string.h>

static const char config[] =
  "{\"model_type\":\"bert\",\"hidden_size\":96,\"num_attention_heads\":4,\"num_hidden_layers\":3,"
  "\"intermediate_size\":192,\"vocab_size\":200,\"max_position_embeddings\":512,\"hidden_dropout_"
  "prob\":0.0}";

char *
tiny_checkpoint_path (TinyCheckpoint *tiny, const char *name)
{
  return g_build_filename (tiny->folder, name, NULL);
}

char *
tiny_checkpoint_write (TinyCheckpoint *tiny, const char *name, const char *text)
{
  char *path = tiny_checkpoint_path (tiny, name);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, -1, &error));
  g_assert_no_error (error);
  return path;
}

gboolean
tiny_checkpoint_init (TinyCheckpoint *tiny)
{
  memset (tiny, 0, sizeof *tiny);
  tiny->weights = sag_test_shared ("oracle/model/tiny_weights.safetensors");
  if (tiny->weights == NULL)
    return FALSE;
  tiny->vocabulary = sag_test_shared ("oracle/vocab/tiny-vocab-200.txt");
  tiny->folder = sag_test_dup_folder ();
  tiny->config = tiny_checkpoint_write (tiny, "config.json", config);
  tiny->import.weights = tiny->weights;
  tiny->import.config = tiny->config;
  tiny->import.source.vocabulary = tiny->vocabulary;
  return TRUE;
}

void
tiny_checkpoint_clear (TinyCheckpoint *tiny)
{
  sag_test_remove_folder (tiny->folder);
  g_free (tiny->weights);
  g_free (tiny->config);
  g_free (tiny->vocabulary);
}

SagBundle *
tiny_checkpoint_import (TinyCheckpoint *tiny, const char *name)
{
  g_autofree char *folder = tiny_checkpoint_path (tiny, name);
  g_autoptr (GError) error = NULL;
  SagBundle *bundle = sag_bundle_import (&tiny->import, folder, &error);

  g_assert_no_error (error);
  g_assert_nonnull (bundle);
  return bundle;
}

void
tiny_checkpoint_refuse (TinyCheckpoint *tiny, int code, const char *part)
{
  g_autofree char *folder = tiny_checkpoint_path (tiny, "refused");
  g_autoptr (GError) error = NULL;
  guint before = count_entries (tiny->folder);

  g_assert_null (sag_bundle_import (&tiny->import, folder, &error));
  sag_test_assert_error (error, SAG_ERROR, code, part);
  g_assert_cmpuint (count_entries (tiny->folder), ==, before);
}

static TensorChange *
read_change (const SagTensor *tensor)
{
  TensorChange *change = g_new0 (TensorChange, 1);

  g_strlcpy (change->name, tensor->name, sizeof change->name);
  change->dtype = tensor->dtype;
  change->n_dims = tensor->n_dims;
  memcpy (change->shape, tensor->shape, sizeof change->shape);
  change->keep = TRUE;
  change->n_values = tensor->n_values;
  if (sag_dtype_is_float (tensor->dtype))
    {
      change->values = g_new (float, tensor->n_values + 1);
      g_assert_true (sag_tensor_read_floats (tensor, 0, tensor->n_values, change->values));
    }
  return change;
}

void
tensor_change_free (gpointer data)
{
  TensorChange *change = data;

  g_free (change->values);
  g_free (change);
}

TensorChange *
tensor_change_new (const char *name, gint64 rows, gint64 columns, guint32 seed)
{
  TensorChange *change = g_new0 (TensorChange, 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  g_strlcpy (change->name, name, sizeof change->name);
  change->dtype = SAG_DTYPE_F32;
  change->n_dims = 2;
  change->shape[0] = rows;
  change->shape[1] = columns;
  change->n_values = (gsize) (rows * columns);
  change->values = g_new (float, change->n_values);
  change->keep = TRUE;
  for (gsize i = 0; i < change->n_values; i++)
    change->values[i] = (float) g_rand_double_range (random, -1, 1);
  return change;
}

void
tiny_checkpoint_change (TinyCheckpoint  *tiny,
                        TensorChangeFunc func,
                        gpointer         data,
                        GPtrArray       *extra)
{
  static guint     serial;
  g_autofree char *name = g_strdup_printf ("changed-%u.safetensors", serial++);
  g_autofree char *path = tiny_checkpoint_path (tiny, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTensorFile) file = sag_tensor_file_open (tiny->weights, &error);
  g_autoptr (SagTensorWriter) writer = sag_tensor_writer_new ();
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func (tensor_change_free);

  g_assert_no_error (error);
  for (guint i = 0; i < sag_tensor_file_get_n_tensors (file); i++)
    {
      TensorChange *change = read_change (sag_tensor_file_get_tensor (file, i));

      func (change, data);
      g_ptr_array_add (changes, change);
      if (change->keep)
        sag_tensor_writer_declare (writer, change->name, change->dtype, change->n_dims,
                                   change->shape);
    }
  for (guint i = 0; extra != NULL && i < extra->len; i++)
    {
      const TensorChange *added = extra->pdata[i];

      sag_tensor_writer_declare (writer, added->name, added->dtype, added->n_dims, added->shape);
    }
  g_assert_true (sag_tensor_writer_open (writer, path, &error));
  for (guint i = 0; i < changes->len; i++)
    {
      const TensorChange *change = changes->pdata[i];
      const SagTensor    *tensor = sag_tensor_file_get_tensor (file, i);

      if (change->keep && change->values != NULL)
        g_assert_true (sag_tensor_writer_floats (writer, change->values, change->n_values, &error));
      else if (change->keep)
        g_assert_true (sag_tensor_writer_bytes (writer, tensor->data, tensor->size_bytes, &error));
    }
  for (guint i = 0; extra != NULL && i < extra->len; i++)
    {
      const TensorChange *added = extra->pdata[i];

      g_assert_true (sag_tensor_writer_floats (writer, added->values, added->n_values, &error));
    }
  g_assert_true (sag_tensor_writer_commit (writer, &error));
  g_free (tiny->weights);
  tiny->weights = g_steal_pointer (&path);
  tiny->import.weights = tiny->weights;
}

guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
