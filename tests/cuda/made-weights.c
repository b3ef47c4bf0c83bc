/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/made-weights.h"

#include <math.h>
#include <string.h>

/* A tensor's values lie within @size of @centre. */
typedef struct
{
  double size;
  double centre;
} Values;

struct MadeWeights
{
  const SagNetwork *network;
  GHashTable       *values; /* by the tensor's name */
};

static bool
choose_values (const SagWeightSpec *spec, void *data)
{
  Values *values = g_new0 (Values, 1);
  double  fan_in = spec->n_dims >= 2 ? (double) spec->n_values / spec->shape[0] : 300;

  values->size = 1.7 / sqrt (fan_in);
  if (spec->kind == SAG_WEIGHT_EMBEDDING)
    values->size = 0.5;
  if (spec->kind == SAG_WEIGHT_NORM_SCALE || spec->kind == SAG_WEIGHT_RUNNING_VAR)
    *values = (Values){ 0.2, 1 };
  if (strstr (spec->name, "conv_dw") != NULL)
    values->size = 3 / sqrt (fan_in);
  g_hash_table_insert (data, g_strdup (spec->name), values);
  return true;
}

/* The finaliser of MurmurHash3 spreads places in a tensor over all values. */
static bool
read_values (void *data, const char *name, size_t offset, size_t n, float *out)
{
  const MadeWeights *weights = data;
  const Values      *values = g_hash_table_lookup (weights->values, name);

  for (size_t i = 0; i < n && values != NULL; i++)
    {
      guint64 hash = ((guint64) g_str_hash (name) << 32) + offset + i;

      hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdULL;
      hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53ULL;
      out[i] = (float) (((double) (hash >> 40) / (1 << 23) - 1) * values->size + values->centre);
    }
  return values != NULL;
}

MadeWeights *
made_weights_new (const SagNetwork *network)
{
  MadeWeights *weights = g_new0 (MadeWeights, 1);

  weights->network = network;
  weights->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sag_network_foreach_weight (network, choose_values, weights->values);
  return weights;
}

void
made_weights_free (MadeWeights *weights)
{
  g_hash_table_unref (weights->values);
  g_free (weights);
}

SagWeightSource
made_weights_get_source (MadeWeights *weights)
{
  return (SagWeightSource){ weights->network, read_values, weights };
}
