/* SPDX-License-Identifier: Apache-2.0 */

/* Low-rank adapters, Hu et al., "LoRA", arXiv:2106.09685, section 4.1: W' = W + alpha / rank B A. */

#include "model/cpu/train/lora.h"

#include "model/core/random.h"
#include "model/network/layer-names.h"

#include <math.h>
#include <string.h>

#define RANK 8
#define ALPHA 8

static int32_t
rank_of (const SagTrainOptions *options)
{
  return options->lora_rank > 0 ? options->lora_rank : RANK;
}

float
sag_cpu_lora_scale (const SagTrainOptions *options)
{
  float alpha = options->lora_alpha > 0 ? options->lora_alpha : ALPHA;

  return alpha / rank_of (options);
}

static bool
give (const char   *prefix,
      const char   *half,
      int64_t       rows,
      int64_t       columns,
      SagWeightFunc func,
      gpointer      user_data)
{
  SagWeightSpec spec = { .kind = SAG_WEIGHT_LINEAR, .n_dims = 2, .shape = { rows, columns } };

  g_snprintf (spec.name, sizeof spec.name, "%s.%s", prefix, half);
  spec.n_values = rows * columns;
  return func (&spec, user_data);
}

bool
sag_cpu_lora_foreach (const SagNetwork      *network,
                      const SagTrainOptions *options,
                      SagWeightFunc          func,
                      gpointer               user_data)
{
  static const SagLayerPart parts[] = { SAG_LAYER_QUERY, SAG_LAYER_VALUE };
  int32_t                   hidden = network->hidden, rank = rank_of (options);

  if (!sag_cpu_trains_adapters (options->parts))
    return true;
  for (int32_t i = 0; i < network->text_layers; i++)
    for (gsize p = 0; p < G_N_ELEMENTS (parts); p++)
      {
        char name[SAG_WEIGHT_NAME];

        sag_layer_name (network->text_kind, i, parts[p], name);
        if (!give (name, SAG_CPU_LORA_A, rank, hidden, func, user_data) ||
            !give (name, SAG_CPU_LORA_B, hidden, rank, func, user_data))
          return false;
      }
  return true;
}

void
sag_cpu_lora_begin (SagCpuParam *param, guint64 seed)
{
  guint64 stream = sag_random_hash (seed, g_str_hash (param->spec.name));
  float   bound = 1 / sqrtf (param->spec.shape[1]);

  if (g_str_has_suffix (param->spec.name, SAG_CPU_LORA_B))
    memset (param->value, 0, param->spec.n_values * sizeof (float));
  else
    for (gsize i = 0; i < param->spec.n_values; i++)
      param->value[i] = ((float) (sag_random_hash (stream, i) >> 40) * 0x1p-23f - 1) * bound;
}

void
sag_cpu_lora_merge (SagCpuParams          *params,
                    const SagTrainOptions *options,
                    const char            *name,
                    gsize                  offset,
                    gsize                  n,
                    float                 *values)
{
  gsize              length = strlen (name), stem = length - MIN (length, strlen (".weight"));
  g_autofree char   *a_name = g_strdup_printf ("%.*s.%s", (int) stem, name, SAG_CPU_LORA_A);
  g_autofree char   *b_name = g_strdup_printf ("%.*s.%s", (int) stem, name, SAG_CPU_LORA_B);
  const SagCpuParam *a = g_hash_table_lookup (params->by_name, a_name);
  const SagCpuParam *b = g_hash_table_lookup (params->by_name, b_name);
  double             scale = sag_cpu_lora_scale (options);
  gsize              n_in, rank;

  if (a == NULL || b == NULL || !g_str_has_suffix (name, ".weight"))
    return;
  n_in = a->spec.shape[1];
  rank = a->spec.shape[0];
  for (gsize i = 0; i < n; i++)
    {
      gsize  row = (offset + i) / n_in, column = (offset + i) % n_in;
      double sum = 0;

      for (gsize r = 0; r < rank; r++)
        sum += (double) b->value[row * rank + r] * a->value[r * n_in + column];
      values[i] += (float) (scale * sum);
    }
}
