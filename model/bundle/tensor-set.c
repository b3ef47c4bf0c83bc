/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/tensor-writer.h"

#include "model/bundle/safetensors.h"

#include <string.h>

typedef struct
{
  char    *name;
  SagDtype dtype;
  guint    n_dims;
  gint64   shape[SAG_TENSOR_MAX_DIMS];
  void    *values;
  gsize    size_bytes;
} Item;

struct _SagTensorSet
{
  GPtrArray *items;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->name);
  g_free (item->values);
  g_free (item);
}

SagTensorSet *
sag_tensor_set_new (void)
{
  SagTensorSet *set = g_new0 (SagTensorSet, 1);

  set->items = g_ptr_array_new_with_free_func (item_free);
  return set;
}

void
sag_tensor_set_free (SagTensorSet *set)
{
  if (set == NULL)
    return;
  g_ptr_array_unref (set->items);
  g_free (set);
}

static void
add (SagTensorSet *set,
     const char   *name,
     SagDtype      dtype,
     guint         n_dims,
     const gint64 *shape,
     const void   *values)
{
  Item *item;

  g_return_if_fail (set != NULL && name != NULL && n_dims <= SAG_TENSOR_MAX_DIMS);

  item = g_new0 (Item, 1);
  item->name = g_strdup (name);
  item->dtype = dtype;
  item->n_dims = n_dims;
  item->size_bytes = sag_dtype_get_size (dtype);
  for (guint i = 0; i < n_dims; i++)
    {
      item->shape[i] = shape[i];
      item->size_bytes *= (gsize) shape[i];
    }
  item->values = g_memdup2 (values, item->size_bytes);
  for (guint i = 0; i < set->items->len; i++)
    if (strcmp (((Item *) set->items->pdata[i])->name, name) == 0)
      {
        item_free (set->items->pdata[i]);
        set->items->pdata[i] = item;
        return;
      }
  g_ptr_array_add (set->items, item);
}

void
sag_tensor_set_add_floats (
  SagTensorSet *set, const char *name, guint n_dims, const gint64 *shape, const float *values)
{
  add (set, name, SAG_DTYPE_F32, n_dims, shape, values);
}

void
sag_tensor_set_add_integers (
  SagTensorSet *set, const char *name, guint n_dims, const gint64 *shape, const gint64 *values)
{
  add (set, name, SAG_DTYPE_I64, n_dims, shape, values);
}

gboolean
sag_tensor_set_save (SagTensorSet *set, const char *path, GError **error)
{
  g_autoptr (SagTensorWriter) writer = sag_tensor_writer_new ();

  g_return_val_if_fail (set != NULL && path != NULL, FALSE);

  for (guint i = 0; i < set->items->len; i++)
    {
      const Item *item = set->items->pdata[i];

      sag_tensor_writer_declare (writer, item->name, item->dtype, item->n_dims, item->shape);
    }
  if (!sag_tensor_writer_open (writer, path, error))
    return FALSE;
  for (guint i = 0; i < set->items->len; i++)
    {
      const Item *item = set->items->pdata[i];

      if (!sag_tensor_writer_bytes (writer, item->values, item->size_bytes, error))
        return FALSE;
    }
  return sag_tensor_writer_commit (writer, error);
}
