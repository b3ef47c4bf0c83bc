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
  SagTrainArray   array = { g_strdup (name), values, n_values, FALSE };
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

/* Weights with moments, and statistics. */
static void
mark_training (SagTrainArrays *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const char *name = g_array_index (self->items, SagTrainArray, i).name;
      gpointer    index;

      if (g_str_has_prefix (name, "running."))
        g_array_index (self->items, SagTrainArray, i).trains = TRUE;
      else if (g_str_has_prefix (name, "exp_avg.") &&
               g_hash_table_lookup_extended (self->weights, name + strlen ("exp_avg."), NULL,
                                             &index))
        g_array_index (self->items, SagTrainArray, GPOINTER_TO_UINT (index)).trains = TRUE;
    }
}

SagTrainArrays *
sag_train_arrays_new (const SagTrainTable *table, void *engine)
{
  SagTrainArrays *self = g_new0 (SagTrainArrays, 1);

  self->items = g_array_new (FALSE, FALSE, sizeof (SagTrainArray));
  g_array_set_clear_func (self->items, array_clear);
  self->weights = g_hash_table_new (g_str_hash, g_str_equal);
  table->visit (engine, add_array, self);
  mark_training (self);
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
