/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/arrays.h"

#include <string.h>

struct _SagTrainArrays
{
  GArray     *items;   /* SagTrainArray */
  GHashTable *weights; /* name of the network -> index */
};

static void
array_clear (gpointer data)
{
  g_free (((SagTrainArray *) data)->name);
}

static bool
add_array (void *data, const char *name, float *values, size_t n_values)
{
  SagTrainArrays *self = data;
  SagTrainArray   array = { g_strdup (name), values, n_values };
  const char     *weight = NULL;

  if (g_str_has_prefix (name, "weight."))
    weight = array.name + strlen ("weight.");
  else if (g_str_has_prefix (name, "running."))
    weight = array.name + strlen ("running.");
  if (weight != NULL)
    g_hash_table_insert (self->weights, (gpointer) weight, GUINT_TO_POINTER (self->items->len));
  g_array_append_val (self->items, array);
  return true;
}

SagTrainArrays *
sag_train_arrays_new (const SagTrainTable *table, void *engine)
{
  SagTrainArrays *self = g_new0 (SagTrainArrays, 1);

  self->items = g_array_new (FALSE, FALSE, sizeof (SagTrainArray));
  g_array_set_clear_func (self->items, array_clear);
  self->weights = g_hash_table_new (g_str_hash, g_str_equal);
  table->visit (engine, add_array, self);
  return self;
}

void
sag_train_arrays_free (SagTrainArrays *arrays)
{
  if (arrays == NULL)
    return;
  g_hash_table_unref (arrays->weights);
  g_array_unref (arrays->items);
  g_free (arrays);
}

gsize
sag_train_arrays_get_n (SagTrainArrays *arrays)
{
  return arrays->items->len;
}

const SagTrainArray *
sag_train_arrays_get (SagTrainArrays *arrays, gsize index)
{
  return &g_array_index (arrays->items, SagTrainArray, index);
}

const SagTrainArray *
sag_train_arrays_find_weight (SagTrainArrays *arrays, const char *name)
{
  gpointer index;

  if (!g_hash_table_lookup_extended (arrays->weights, name, NULL, &index))
    return NULL;
  return sag_train_arrays_get (arrays, GPOINTER_TO_UINT (index));
}

bool
sag_train_arrays_read (void *arrays, const char *name, size_t offset, size_t n_values, float *out)
{
  const SagTrainArray *array = sag_train_arrays_find_weight (arrays, name);

  if (array == NULL || offset > array->n_values || n_values > array->n_values - offset)
    return false;
  memcpy (out, array->values + offset, n_values * sizeof *out);
  return true;
}
