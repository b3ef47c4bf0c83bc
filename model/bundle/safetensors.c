/* SPDX-License-Identifier: Apache-2.0 */

/* The safetensors format (github.com/huggingface/safetensors, README "Format"):
 *
 *   OFFSET  SIZE  MEANING
 *        0     8  N, length of the header, little endian
 *        8     N  JSON: name -> { "dtype", "shape", "data_offsets": [begin, end) }, "__metadata__" -> texts
 *    8 + N   ...  bytes; offsets count from here; no holes, no overlaps, nothing left over
 */

#include "model/bundle/safetensors.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_HEADER_BYTES ((guint64) 16 << 20)
#define MAX_NAME_BYTES 512

struct _SagTensorFile
{
  gatomicrefcount references;
  char           *name;
  GBytes         *bytes;
  JsonNode       *header; /* owns the names */
  GArray         *tensors;
  GHashTable     *by_name; /* name -> SagTensor of the array */
};

static void
set_error (SagTensorFile *file, GError **error, const char *tensor, const char *problem)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "Tensor \"%s\" of %s %s; get a whole copy of the file.", tensor, file->name,
               problem);
}

static gboolean
parse_shape (JsonObject *object, SagTensor *tensor, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "shape", &array, error))
    return FALSE;
  tensor->n_dims = json_array_get_length (array);
  if (tensor->n_dims > SAG_TENSOR_MAX_DIMS)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "its shape has %u sizes; %d are possible.",
                   tensor->n_dims, SAG_TENSOR_MAX_DIMS);
      return FALSE;
    }
  tensor->n_values = 1;
  for (guint i = 0; i < tensor->n_dims; i++)
    {
      if (!sag_json_element_get_integer (array, i, "shape", 0, G_MAXINT64, &tensor->shape[i],
                                         error))
        return FALSE;
      if (!g_size_checked_mul (&tensor->n_values, tensor->n_values, (gsize) tensor->shape[i]))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "its shape multiplies to more than any memory.");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
parse_offsets (
  SagTensorFile *file, JsonObject *object, SagTensor *tensor, gsize data_start, GError **error)
{
  gsize         size_bytes = g_bytes_get_size (file->bytes) - data_start;
  const guint8 *data = (const guint8 *) g_bytes_get_data (file->bytes, NULL) + data_start;
  JsonArray    *array;
  gint64        begin, end;
  gsize         wanted;

  if (!sag_json_get_array (object, "data_offsets", &array, error))
    return FALSE;
  if (json_array_get_length (array) != 2)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "its data_offsets are not two numbers.");
      return FALSE;
    }
  if (!sag_json_element_get_integer (array, 0, "data_offsets", 0, G_MAXINT64, &begin, error) ||
      !sag_json_element_get_integer (array, 1, "data_offsets", 0, G_MAXINT64, &end, error))
    return FALSE;
  if (end < begin || (guint64) end > size_bytes)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "its data_offsets lie outside the %" G_GSIZE_FORMAT
                   " bytes of data that the file has.",
                   size_bytes);
      return FALSE;
    }
  tensor->data = data + begin;
  tensor->size_bytes = (gsize) (end - begin);
  if (!g_size_checked_mul (&wanted, tensor->n_values, sag_dtype_get_size (tensor->dtype)) ||
      wanted != tensor->size_bytes)
    {
      g_autofree char *shape = sag_tensor_format_shape (tensor->n_dims, tensor->shape);

      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "its %" G_GSIZE_FORMAT " bytes do not hold %s values of type %s.",
                   tensor->size_bytes, shape, sag_dtype_to_string (tensor->dtype));
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_printable (const char *name)
{
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return *name != '\0' && strlen (name) <= MAX_NAME_BYTES;
}

static gboolean
parse_tensor (SagTensorFile *file,
              const char    *name,
              JsonNode      *node,
              gsize          data_start,
              SagTensor     *tensor,
              GError       **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *dtype;

  if (object == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "its entry is not an object.");
      return FALSE;
    }
  tensor->name = name;
  if (!sag_json_get_string (object, "dtype", &dtype, error))
    return FALSE;
  if (!sag_dtype_from_string (dtype, &tensor->dtype))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "its type \"%.20s\" is unknown.", dtype);
      return FALSE;
    }
  return parse_shape (object, tensor, error) &&
         parse_offsets (file, object, tensor, data_start, error);
}

static gboolean
parse_metadata (SagTensorFile *file, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  JsonNode      *value;
  const char    *key;
  gboolean       texts = JSON_NODE_HOLDS_OBJECT (node);

  if (texts)
    json_object_iter_init (&iter, json_node_get_object (node));
  while (texts && json_object_iter_next (&iter, &key, &value))
    texts = JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING;
  if (!texts)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                 "\"__metadata__\" of %s holds something that is not a text.", file->name);
  return texts;
}

static gboolean
parse_entries (SagTensorFile *file, gsize data_start, GError **error)
{
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  json_object_iter_init (&iter, json_node_get_object (file->header));
  while (json_object_iter_next (&iter, &name, &node))
    {
      SagTensor tensor = { 0 };

      if (strcmp (name, "__metadata__") == 0)
        {
          if (!parse_metadata (file, node, error))
            return FALSE;
          continue;
        }
      if (!is_printable (name))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s has a tensor whose name is empty, too long or not printable.",
                       file->name);
          return FALSE;
        }
      if (!parse_tensor (file, name, node, data_start, &tensor, error))
        {
          g_prefix_error (error, "Tensor \"%s\" of %s: ", name, file->name);
          return FALSE;
        }
      g_array_append_val (file->tensors, tensor);
    }
  return TRUE;
}

static int
by_position (gconstpointer a, gconstpointer b)
{
  const SagTensor *left = a, *right = b;

  if (left->data != right->data)
    return left->data < right->data ? -1 : 1;
  if (left->size_bytes != right->size_bytes)
    return left->size_bytes < right->size_bytes ? -1 : 1;
  return strcmp (left->name, right->name);
}

/* Tensors in the order of their bytes must follow each other, from the first byte to the last. */
static gboolean
check_layout (SagTensorFile *file, gsize data_start, GError **error)
{
  const guint8 *start = g_bytes_get_data (file->bytes, NULL);
  const guint8 *end = start + g_bytes_get_size (file->bytes);
  const guint8 *at = start + data_start;

  g_array_sort (file->tensors, by_position);
  for (guint i = 0; i < file->tensors->len; i++)
    {
      const SagTensor *tensor = &g_array_index (file->tensors, SagTensor, i);

      if (tensor->data != at)
        {
          set_error (file, error, tensor->name,
                     tensor->data < at ? "overlaps another tensor" : "has unused bytes before it");
          return FALSE;
        }
      at += tensor->size_bytes;
      g_hash_table_insert (file->by_name, (gpointer) tensor->name, (gpointer) tensor);
    }
  if (at == end)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s has %" G_GSIZE_FORMAT
               " bytes after its last tensor; get a whole copy of the file.",
               file->name, (gsize) (end - at));
  return FALSE;
}

static gboolean
parse (SagTensorFile *file, GError **error)
{
  gsize            size_bytes = g_bytes_get_size (file->bytes);
  const guint8    *data = g_bytes_get_data (file->bytes, NULL);
  g_autofree char *name = g_strdup_printf ("The header of %s", file->name);
  guint64          length;

  if (size_bytes < 8)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s is too short for a safetensors file.",
                   file->name);
      return FALSE;
    }
  memcpy (&length, data, 8);
  if (length > size_bytes - 8)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_FORMAT,
        "%s is not a safetensors file, or cut short: its header would have %" G_GUINT64_FORMAT
        " bytes, the file has %" G_GSIZE_FORMAT ".",
        file->name, length, size_bytes);
      return FALSE;
    }
  if (length > MAX_HEADER_BYTES)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "%s has a header of %" G_GUINT64_FORMAT " bytes; %" G_GUINT64_FORMAT
                   " are possible.",
                   file->name, length, MAX_HEADER_BYTES);
      return FALSE;
    }
  file->header = sag_json_parse ((const char *) data + 8, length, name, error);
  return file->header != NULL && parse_entries (file, 8 + length, error) &&
         check_layout (file, 8 + length, error);
}

SagTensorFile *
sag_tensor_file_new (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (SagTensorFile) file = NULL;

  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);

  file = g_new0 (SagTensorFile, 1);
  g_atomic_ref_count_init (&file->references);
  file->name = g_strdup (name);
  file->bytes = g_bytes_ref (bytes);
  file->tensors = g_array_new (FALSE, FALSE, sizeof (SagTensor));
  file->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return parse (file, error) ? g_steal_pointer (&file) : NULL;
}

SagTensorFile *
sag_tensor_file_open (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;
  int              fd, code;

  g_return_val_if_fail (path != NULL, NULL);

  name = sag_file_dup_display_name (path);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR,
                   "%s is a folder; give the safetensors file in it.", name);
      return NULL;
    }
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  code = errno;
  if (fd >= 0)
    {
      mapped = g_mapped_file_new_from_fd (fd, FALSE, NULL);
      code = errno;
      g_close (fd, NULL);
    }
  if (mapped == NULL)
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "Cannot read %s: %s.",
                   shown, g_strerror (code));
      return NULL;
    }
  bytes = g_mapped_file_get_bytes (mapped);
  return sag_tensor_file_new (bytes, name, error);
}

SagTensorFile *
sag_tensor_file_ref (SagTensorFile *file)
{
  g_return_val_if_fail (file != NULL, NULL);
  g_atomic_ref_count_inc (&file->references);
  return file;
}

void
sag_tensor_file_unref (SagTensorFile *file)
{
  if (file == NULL || !g_atomic_ref_count_dec (&file->references))
    return;
  g_hash_table_unref (file->by_name);
  g_array_unref (file->tensors);
  g_clear_pointer (&file->header, json_node_unref);
  g_bytes_unref (file->bytes);
  g_free (file->name);
  g_free (file);
}

const char *
sag_tensor_file_get_name (SagTensorFile *file)
{
  g_return_val_if_fail (file != NULL, NULL);
  return file->name;
}

guint
sag_tensor_file_get_n_tensors (SagTensorFile *file)
{
  g_return_val_if_fail (file != NULL, 0);
  return file->tensors->len;
}

const SagTensor *
sag_tensor_file_get_tensor (SagTensorFile *file, guint index)
{
  g_return_val_if_fail (file != NULL && index < file->tensors->len, NULL);
  return &g_array_index (file->tensors, SagTensor, index);
}

const SagTensor *
sag_tensor_file_find (SagTensorFile *file, const char *name)
{
  g_return_val_if_fail (file != NULL && name != NULL, NULL);
  return g_hash_table_lookup (file->by_name, name);
}

const char *
sag_tensor_file_get_metadata (SagTensorFile *file, const char *key)
{
  JsonObject *header;

  g_return_val_if_fail (file != NULL && key != NULL, NULL);

  header = json_node_get_object (file->header);
  if (!json_object_has_member (header, "__metadata__"))
    return NULL;
  return json_object_get_string_member_with_default (
    json_object_get_object_member (header, "__metadata__"), key, NULL);
}

static gboolean
has_range (const SagTensor *tensor, gsize offset, gsize n_values)
{
  return offset <= tensor->n_values && n_values <= tensor->n_values - offset;
}

gboolean
sag_tensor_read_floats (const SagTensor *tensor, gsize offset, gsize n_values, float *out)
{
  if (!sag_dtype_is_float (tensor->dtype) || !has_range (tensor, offset, n_values))
    return FALSE;
  sag_dtype_to_floats (tensor->dtype, tensor->data + offset * sag_dtype_get_size (tensor->dtype),
                       n_values, out);
  return TRUE;
}

gboolean
sag_tensor_read_integers (const SagTensor *tensor, gsize offset, gsize n_values, gint64 *out)
{
  if (!sag_dtype_is_integer (tensor->dtype) || !has_range (tensor, offset, n_values))
    return FALSE;
  sag_dtype_to_integers (tensor->dtype, tensor->data + offset * sag_dtype_get_size (tensor->dtype),
                         n_values, out);
  return TRUE;
}

gboolean
sag_tensor_has_shape (const SagTensor *tensor, guint n_dims, const gint64 *shape)
{
  return tensor->n_dims == n_dims && memcmp (tensor->shape, shape, n_dims * sizeof shape[0]) == 0;
}

char *
sag_tensor_format_shape (guint n_dims, const gint64 *shape)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", shape[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
