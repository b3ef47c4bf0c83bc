/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/tensor-writer.h"

#include "model/bundle/safetensors.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-writer.h"

#include <string.h>

#define CHUNK_VALUES ((gsize) 16384)
#define MAX_MEMORY_BYTES ((gsize) 1 << 31) /* a GByteArray counts in 32 bits */

typedef struct
{
  char    *name;
  SagDtype dtype;
  guint    n_dims;
  gint64   shape[SAG_TENSOR_MAX_DIMS];
  gsize    size_bytes;
} Declared;

struct _SagTensorWriter
{
  GArray        *tensors;
  GPtrArray     *metadata; /* key, value, key, ... */
  GByteArray    *memory;   /* one of the two, once open */
  SagFileWriter *file;
  guint          current; /* tensor that is being written */
  gsize          written; /* bytes of it */
};

static void
clear_declared (gpointer data)
{
  g_free (((Declared *) data)->name);
}

SagTensorWriter *
sag_tensor_writer_new (void)
{
  SagTensorWriter *writer = g_new0 (SagTensorWriter, 1);

  writer->tensors = g_array_new (FALSE, FALSE, sizeof (Declared));
  g_array_set_clear_func (writer->tensors, clear_declared);
  writer->metadata = g_ptr_array_new_with_free_func (g_free);
  return writer;
}

void
sag_tensor_writer_free (SagTensorWriter *writer)
{
  if (writer == NULL)
    return;
  g_clear_pointer (&writer->file, sag_file_writer_free);
  g_clear_pointer (&writer->memory, g_byte_array_unref);
  g_ptr_array_unref (writer->metadata);
  g_array_unref (writer->tensors);
  g_free (writer);
}

void
sag_tensor_writer_declare (
  SagTensorWriter *writer, const char *name, SagDtype dtype, guint n_dims, const gint64 *shape)
{
  Declared declared = { .dtype = dtype, .n_dims = n_dims };

  g_return_if_fail (writer != NULL && name != NULL && n_dims <= SAG_TENSOR_MAX_DIMS);
  g_return_if_fail (writer->file == NULL && writer->memory == NULL);

  declared.name = g_strdup (name);
  if (n_dims > 0)
    memcpy (declared.shape, shape, n_dims * sizeof shape[0]);
  g_array_append_val (writer->tensors, declared);
}

void
sag_tensor_writer_set_metadata (SagTensorWriter *writer, const char *key, const char *value)
{
  g_return_if_fail (writer != NULL && key != NULL && value != NULL);

  g_ptr_array_add (writer->metadata, g_strdup (key));
  g_ptr_array_add (writer->metadata, g_strdup (value));
}

static gboolean
measure (Declared *declared)
{
  gsize size_bytes = sag_dtype_get_size (declared->dtype);

  for (guint i = 0; i < declared->n_dims; i++)
    if (declared->shape[i] < 0 ||
        !g_size_checked_mul (&size_bytes, size_bytes, (gsize) declared->shape[i]))
      return FALSE;
  declared->size_bytes = size_bytes;
  return TRUE;
}

static gboolean
measure_all (SagTensorWriter *writer, gsize most, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  gsize total = 0;

  for (guint i = 0; i < writer->tensors->len; i++)
    {
      Declared *declared = &g_array_index (writer->tensors, Declared, i);

      if (!measure (declared) || !g_size_checked_add (&total, total, declared->size_bytes) ||
          total > most)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "Tensor \"%s\" has an impossible size.", declared->name);
          return FALSE;
        }
      if (!g_hash_table_add (names, declared->name))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "Tensor \"%s\" is there twice.",
                       declared->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* Padded with spaces so that the data starts on a multiple of 8. */
static char *
build_header (SagTensorWriter *writer)
{
  g_autoptr (SagJsonWriter) json = sag_json_writer_new ();
  g_autofree char *text = NULL;
  gsize            offset = 0;

  sag_json_begin_object (json, NULL);
  if (writer->metadata->len > 0)
    {
      sag_json_begin_object (json, "__metadata__");
      for (guint i = 0; i < writer->metadata->len; i += 2)
        sag_json_string (json, writer->metadata->pdata[i], writer->metadata->pdata[i + 1]);
      sag_json_end_object (json);
    }
  for (guint i = 0; i < writer->tensors->len; i++)
    {
      const Declared *declared = &g_array_index (writer->tensors, Declared, i);

      sag_json_begin_object (json, declared->name);
      sag_json_string (json, "dtype", sag_dtype_to_string (declared->dtype));
      sag_json_begin_array (json, "shape");
      for (guint d = 0; d < declared->n_dims; d++)
        sag_json_integer (json, NULL, declared->shape[d]);
      sag_json_end_array (json);
      sag_json_begin_array (json, "data_offsets");
      sag_json_integer (json, NULL, (gint64) offset);
      sag_json_integer (json, NULL, (gint64) (offset + declared->size_bytes));
      sag_json_end_array (json);
      sag_json_end_object (json);
      offset += declared->size_bytes;
    }
  sag_json_end_object (json);
  text = sag_json_writer_finish (json);
  return g_strdup_printf ("%s%*s", text, (int) (7 - (strlen (text) + 7) % 8), "");
}

static gboolean
put (SagTensorWriter *writer, const void *data, gsize size_bytes, GError **error)
{
  const guint8 *at = data;

  if (writer->file != NULL)
    return sag_file_writer_write (writer->file, data, size_bytes, error);
  for (gsize done = 0; done < size_bytes;)
    {
      guint piece = (guint) MIN (size_bytes - done, (gsize) 1 << 20);

      g_byte_array_append (writer->memory, at + done, piece);
      done += piece;
    }
  return TRUE;
}

gboolean
sag_tensor_writer_open (SagTensorWriter *writer, const char *path, GError **error)
{
  g_autofree char *header = NULL;
  guint64          length;

  g_return_val_if_fail (writer != NULL && writer->file == NULL && writer->memory == NULL, FALSE);

  if (!measure_all (writer, path != NULL ? G_MAXINT64 : MAX_MEMORY_BYTES, error))
    return FALSE;
  header = build_header (writer);
  length = strlen (header);
  if (path == NULL)
    writer->memory = g_byte_array_new ();
  else
    writer->file = sag_file_writer_new (path, error);
  return (path == NULL || writer->file != NULL) && put (writer, &length, sizeof length, error) &&
         put (writer, header, length, error);
}

/* The tensor that the next bytes belong to: empty ones take none. */
static Declared *
get_current (SagTensorWriter *writer)
{
  while (writer->current < writer->tensors->len)
    {
      Declared *declared = &g_array_index (writer->tensors, Declared, writer->current);

      if (writer->written < declared->size_bytes)
        return declared;
      writer->current++;
      writer->written = 0;
    }
  return NULL;
}

gboolean
sag_tensor_writer_bytes (SagTensorWriter *writer,
                         const void      *data,
                         gsize            size_bytes,
                         GError         **error)
{
  Declared *declared = get_current (writer);

  if (size_bytes == 0)
    return TRUE;
  g_return_val_if_fail (declared != NULL && size_bytes <= declared->size_bytes - writer->written,
                        FALSE);

  writer->written += size_bytes;
  return put (writer, data, size_bytes, error);
}

gboolean
sag_tensor_writer_floats (SagTensorWriter *writer,
                          const float     *values,
                          gsize            n_values,
                          GError         **error)
{
  Declared *declared = get_current (writer);
  guint8    buffer[CHUNK_VALUES * sizeof (double)];

  if (n_values == 0)
    return TRUE;
  g_return_val_if_fail (declared != NULL && sag_dtype_is_float (declared->dtype), FALSE);

  for (gsize done = 0; done < n_values;)
    {
      gsize piece = MIN (n_values - done, CHUNK_VALUES);

      sag_dtype_from_floats (declared->dtype, values + done, piece, buffer);
      if (!sag_tensor_writer_bytes (writer, buffer, piece * sag_dtype_get_size (declared->dtype),
                                    error))
        return FALSE;
      done += piece;
    }
  return TRUE;
}

gboolean
sag_tensor_writer_integers (SagTensorWriter *writer,
                            const gint64    *values,
                            gsize            n_values,
                            GError         **error)
{
  Declared *declared = get_current (writer);
  guint8    buffer[CHUNK_VALUES * sizeof (gint64)];

  if (n_values == 0)
    return TRUE;
  g_return_val_if_fail (declared != NULL && sag_dtype_is_integer (declared->dtype), FALSE);

  for (gsize done = 0; done < n_values;)
    {
      gsize piece = MIN (n_values - done, CHUNK_VALUES);

      if (!sag_dtype_from_integers (declared->dtype, values + done, piece, buffer))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                       "Tensor \"%s\" has a value that %s cannot hold.", declared->name,
                       sag_dtype_to_string (declared->dtype));
          return FALSE;
        }
      if (!sag_tensor_writer_bytes (writer, buffer, piece * sag_dtype_get_size (declared->dtype),
                                    error))
        return FALSE;
      done += piece;
    }
  return TRUE;
}

gboolean
sag_tensor_writer_commit (SagTensorWriter *writer, GError **error)
{
  g_return_val_if_fail (writer != NULL && writer->file != NULL && get_current (writer) == NULL,
                        FALSE);
  return sag_file_writer_commit (writer->file, error);
}

GBytes *
sag_tensor_writer_commit_bytes (SagTensorWriter *writer)
{
  g_return_val_if_fail (writer != NULL && writer->memory != NULL && get_current (writer) == NULL,
                        NULL);
  return g_byte_array_free_to_bytes (g_steal_pointer (&writer->memory));
}
