/* SPDX-License-Identifier: Apache-2.0 */

/* Weights of a file, LoRA adapters merged while they are read.
 *
 * Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685, section 4.1.
 *
 *   W       (out, in)    as the file has it
 *   A, B    (r, in), (out, r)
 *   W + scaling * B A    summed in float64, rounded once: the same for every range that is asked
 */

#include "model/bundle/weight-map.h"

#include "model/core/error.h"

#include <string.h>

#define MAX_RANK 4096

struct _SagWeightMap
{
  SagTensorFile *file;
  GHashTable    *weights; /* name -> SagStoredWeight */
  gboolean       has_lora;
};

static gboolean
add_key (SagWeightMap *map, const SagTensor *tensor, GError **error)
{
  char              name[SAG_WEIGHT_NAME];
  SagKeyKind        kind = sag_key_resolve (tensor->name, name);
  SagStoredWeight  *stored;
  const SagTensor **slot;

  if (kind == SAG_KEY_UNUSED)
    return TRUE;
  if (kind == SAG_KEY_FOREIGN)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
        "%s holds \"%s\", which is no tensor that Sagitta can merge; merge the adapters with "
        "peft's merge_and_unload() first.",
        sag_tensor_file_get_name (map->file), tensor->name);
      return FALSE;
    }
  stored = g_hash_table_lookup (map->weights, name);
  if (stored == NULL)
    {
      stored = g_new0 (SagStoredWeight, 1);
      g_hash_table_insert (map->weights, g_strdup (name), stored);
    }
  slot = kind == SAG_KEY_LORA_A   ? &stored->lora_a
         : kind == SAG_KEY_LORA_B ? &stored->lora_b
                                  : &stored->base;
  if (*slot != NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s holds \"%s\" and \"%s\", which are the same weight; keep one.",
                   sag_tensor_file_get_name (map->file), (*slot)->name, tensor->name);
      return FALSE;
    }
  *slot = tensor;
  map->has_lora = map->has_lora || kind != SAG_KEY_WEIGHT;
  return TRUE;
}

SagWeightMap *
sag_weight_map_new (SagTensorFile *file, GError **error)
{
  g_autoptr (SagWeightMap) map = NULL;

  g_return_val_if_fail (file != NULL, NULL);

  map = g_new0 (SagWeightMap, 1);
  map->file = sag_tensor_file_ref (file);
  map->weights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < sag_tensor_file_get_n_tensors (file); i++)
    if (!add_key (map, sag_tensor_file_get_tensor (file, i), error))
      return NULL;
  return g_steal_pointer (&map);
}

void
sag_weight_map_free (SagWeightMap *map)
{
  if (map == NULL)
    return;
  g_hash_table_unref (map->weights);
  sag_tensor_file_unref (map->file);
  g_free (map);
}

SagTensorFile *
sag_weight_map_get_file (SagWeightMap *map)
{
  g_return_val_if_fail (map != NULL, NULL);
  return map->file;
}

const SagStoredWeight *
sag_weight_map_find (SagWeightMap *map, const char *name)
{
  g_return_val_if_fail (map != NULL && name != NULL, NULL);
  return g_hash_table_lookup (map->weights, name);
}

gboolean
sag_weight_map_has_lora (SagWeightMap *map)
{
  g_return_val_if_fail (map != NULL, FALSE);
  return map->has_lora;
}

typedef struct
{
  SagWeightMap *map;
  GHashTable   *seen;
  guint         n_missing;
  char          first_missing[SAG_WEIGHT_NAME];
  GError       *error;
} Check;

static void
shape_error (Check *check, const SagTensor *tensor, guint n_dims, const gint64 *shape)
{
  g_autofree char *has = sag_tensor_format_shape (tensor->n_dims, tensor->shape);
  g_autofree char *needs = sag_tensor_format_shape (n_dims, shape);

  g_set_error (&check->error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "Tensor \"%s\" of %s has the shape %s, but the network needs %s.", tensor->name,
               sag_tensor_file_get_name (check->map->file), has, needs);
}

/* A and B have one rank and the outer sizes of their weight. */
static void
check_lora (Check *check, const SagStoredWeight *stored, const SagWeightSpec *spec)
{
  const SagTensor *a = stored->lora_a, *b = stored->lora_b;
  gint64           rank;

  if (a == NULL || b == NULL)
    {
      g_set_error (&check->error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "\"%s\" of %s has only one half of its LoRA adapter.", spec->name,
                   sag_tensor_file_get_name (check->map->file));
      return;
    }
  rank = a->n_dims == 2 ? a->shape[0] : 0;
  if (spec->kind != SAG_WEIGHT_LINEAR || rank < 1 || rank > MAX_RANK ||
      !sag_dtype_is_float (a->dtype) || !sag_dtype_is_float (b->dtype))
    g_set_error (&check->error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                 "The LoRA adapter of \"%s\" of %s is not two small matrices of floats.",
                 spec->name, sag_tensor_file_get_name (check->map->file));
  else if (!sag_tensor_has_shape (a, 2, (const gint64[]){ rank, spec->shape[1] }))
    shape_error (check, a, 2, (const gint64[]){ rank, spec->shape[1] });
  else if (!sag_tensor_has_shape (b, 2, (const gint64[]){ spec->shape[0], rank }))
    shape_error (check, b, 2, (const gint64[]){ spec->shape[0], rank });
}

static bool
check_weight (const SagWeightSpec *spec, void *user_data)
{
  Check                 *check = user_data;
  const SagStoredWeight *stored = sag_weight_map_find (check->map, spec->name);

  if (stored == NULL || stored->base == NULL)
    {
      if (check->n_missing++ == 0)
        g_strlcpy (check->first_missing, spec->name, SAG_WEIGHT_NAME);
      return true;
    }
  g_hash_table_add (check->seen, (gpointer) stored);
  if (!sag_dtype_is_float (stored->base->dtype))
    g_set_error (&check->error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                 "Tensor \"%s\" of %s has the type %s; weights must be F32, F16, BF16 or F64.",
                 stored->base->name, sag_tensor_file_get_name (check->map->file),
                 sag_dtype_to_string (stored->base->dtype));
  else if (!sag_tensor_has_shape (stored->base, (guint) spec->n_dims, spec->shape))
    shape_error (check, stored->base, (guint) spec->n_dims, spec->shape);
  else if (stored->lora_a != NULL || stored->lora_b != NULL)
    check_lora (check, stored, spec);
  return check->error == NULL;
}

/* The first name in the file's order that the network does not know. */
static void
check_strangers (Check *check)
{
  SagTensorFile *file = check->map->file;

  for (guint i = 0; i < sag_tensor_file_get_n_tensors (file); i++)
    {
      const SagTensor *tensor = sag_tensor_file_get_tensor (file, i);
      char             name[SAG_WEIGHT_NAME];

      if (sag_key_resolve (tensor->name, name) != SAG_KEY_UNUSED &&
          !g_hash_table_contains (check->seen, g_hash_table_lookup (check->map->weights, name)))
        {
          g_set_error (&check->error, SAG_ERROR, SAG_ERROR_MISMATCH,
                       "%s holds a tensor \"%s\" that the network has no place for.",
                       sag_tensor_file_get_name (file), tensor->name);
          return;
        }
    }
}

gboolean
sag_weight_map_check (SagWeightMap *map, const SagNetwork *network, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  Check check = { .map = map, .seen = seen };

  g_return_val_if_fail (map != NULL && network != NULL, FALSE);

  sag_network_foreach_weight (network, check_weight, &check);
  if (check.error == NULL && check.n_missing > 0)
    g_set_error (&check.error, SAG_ERROR, SAG_ERROR_MISMATCH, "%s lacks the tensor \"%s\"%s.",
                 sag_tensor_file_get_name (map->file), check.first_missing,
                 check.n_missing > 1 ? " and others" : "");
  if (check.error == NULL)
    check_strangers (&check);
  if (check.error == NULL)
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}

/* Adds scaling * B[row] A to columns [first, first + n) of a row. */
static void
merge_row (const float *a,
           const float *b_row,
           gsize        rank,
           gsize        in,
           double       scaling,
           gsize        first,
           gsize        n,
           float       *row)
{
  for (gsize i = 0; i < n; i++)
    {
      double sum = 0;

      for (gsize r = 0; r < rank; r++)
        sum += (double) b_row[r] * a[r * in + first + i];
      row[i] = (float) (row[i] + scaling * sum);
    }
}

static void
merge (const SagStoredWeight *stored, double scaling, gsize offset, gsize n_values, float *out)
{
  gsize             in = (gsize) stored->base->shape[1];
  gsize             rank = (gsize) stored->lora_a->shape[0];
  g_autofree float *a = g_new (float, rank *in);
  g_autofree float *b_row = g_new (float, rank);

  sag_tensor_read_floats (stored->lora_a, 0, rank * in, a);
  for (gsize done = 0; done < n_values;)
    {
      gsize row = (offset + done) / in;
      gsize first = (offset + done) % in;
      gsize n = MIN (in - first, n_values - done);

      sag_tensor_read_floats (stored->lora_b, row * rank, rank, b_row);
      merge_row (a, b_row, rank, in, scaling, first, n, out + done);
      done += n;
    }
}

gboolean
sag_weight_map_read (SagWeightMap *map,
                     const char   *name,
                     double        lora_scaling,
                     gsize         offset,
                     gsize         n_values,
                     float        *out)
{
  const SagStoredWeight *stored = sag_weight_map_find (map, name);

  if (stored == NULL || stored->base == NULL ||
      !sag_tensor_read_floats (stored->base, offset, n_values, out))
    return FALSE;
  if (stored->lora_a != NULL && stored->lora_b != NULL)
    merge (stored, lora_scaling, offset, n_values, out);
  return TRUE;
}
