/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/params.h"

#include "model/cpu/gemm.h"
#include "model/cpu/train/lora.h"
#include "model/engine/status.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  SagCpuParams          *params;
  const SagWeightSource *source;
  const SagTrainOptions *options;
  SagStatus             *status;
} Reading;

/* Which part of the network a name belongs to decides whether it trains. */
static gboolean
trains (const SagWeightSpec *spec, SagTrainParts parts)
{
  gboolean head =
    g_str_has_prefix (spec->name, "lm_head_") || g_str_has_prefix (spec->name, SAG_CLASSIFIER ".");
  gboolean vision = g_str_has_prefix (spec->name, "vision_model.");
  gboolean layers = g_str_has_prefix (spec->name, "model.encoder.");

  if (sag_cpu_is_running (spec))
    return FALSE;
  switch (parts)
    {
    case SAG_TRAIN_HEADS:
    case SAG_TRAIN_LORA:
      return head;
    case SAG_TRAIN_HEADS_AND_TEXT:
      return head || layers;
    case SAG_TRAIN_VISION:
    case SAG_TRAIN_VISION_AND_LORA:
      return head || vision;
    default:
      return TRUE;
    }
}

static gboolean
decays (const SagWeightSpec *spec)
{
  gboolean vision = g_str_has_prefix (spec->name, "vision_model.");

  if (spec->kind == SAG_WEIGHT_BIAS || spec->kind == SAG_WEIGHT_NORM_SHIFT)
    return FALSE;
  return spec->kind != SAG_WEIGHT_NORM_SCALE || vision;
}

static double
get_rate (const SagWeightSpec *spec, const SagTrainOptions *options)
{
  gboolean vision = g_str_has_prefix (spec->name, "vision_model.");

  return vision && options->vision_rate > 0 ? (double) options->vision_rate : 1;
}

static SagCpuParam *
add (Reading *reading, const SagWeightSpec *spec, gboolean trains)
{
  SagCpuParam *param = &reading->params->items[reading->params->n++];

  param->spec = *spec;
  param->trains = trains;
  param->decays = decays (spec);
  param->rate = get_rate (spec, reading->options);
  param->value = sag_cpu_alloc ((trains ? 4 : 1) * spec->n_values);
  if (param->value == NULL)
    {
      sag_status_fail (reading->status, SAG_STATUS_OUT_OF_MEMORY,
                       "There is no memory to train this model; train fewer parts of it.");
      return NULL;
    }
  if (trains)
    {
      param->grad = param->value + spec->n_values;
      param->exp_avg = param->grad + spec->n_values;
      param->exp_avg_sq = param->exp_avg + spec->n_values;
      memset (param->grad, 0, 3 * spec->n_values * sizeof (float));
    }
  g_hash_table_insert (reading->params->by_name, param->spec.name, param);
  return param;
}

static bool
take (const SagWeightSpec *spec, void *user_data)
{
  Reading     *reading = user_data;
  SagCpuParam *param = add (reading, spec, trains (spec, reading->options->parts));

  if (param == NULL)
    return false;
  return reading->source->read (reading->source->data, spec->name, 0, spec->n_values,
                                param->value) ||
         sag_status_fail_weight (reading->status, spec->name);
}

static bool
take_adapter (const SagWeightSpec *spec, void *user_data)
{
  Reading     *reading = user_data;
  SagCpuParam *param = add (reading, spec, TRUE);

  if (param != NULL)
    sag_cpu_lora_begin (param, reading->options->seed);
  return param != NULL;
}

static bool
count (const SagWeightSpec *spec, void *user_data)
{
  ++*(gsize *) user_data;
  return true;
}

gboolean
sag_cpu_params_read (SagCpuParams          *params,
                     const SagWeightSource *source,
                     const SagTrainOptions *options,
                     SagStatus             *status)
{
  Reading reading = { params, source, options, status };
  gsize   n = 0;

  sag_network_foreach_weight (source->network, count, &n);
  sag_cpu_lora_foreach (source->network, options, count, &n);
  params->items = g_new0 (SagCpuParam, n);
  params->n = 0;
  params->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  if (sag_network_foreach_weight (source->network, take, &reading) &&
      sag_cpu_lora_foreach (source->network, options, take_adapter, &reading))
    return TRUE;
  sag_cpu_params_clear (params);
  return FALSE;
}

void
sag_cpu_params_clear (SagCpuParams *params)
{
  for (gsize i = 0; i < params->n; i++)
    free (params->items[i].value);
  g_clear_pointer (&params->items, g_free);
  g_clear_pointer (&params->by_name, g_hash_table_unref);
  params->n = 0;
}

SagCpuParam *
sag_cpu_params_find (SagCpuParams *params, const char *format, ...)
{
  char         name[SAG_WEIGHT_NAME];
  va_list      arguments;
  SagCpuParam *param;

  va_start (arguments, format);
  g_vsnprintf (name, sizeof name, format, arguments);
  va_end (arguments);
  param = g_hash_table_lookup (params->by_name, name);
  g_assert (param != NULL);
  return param;
}

void
sag_cpu_params_zero_grad (SagCpuParams *params)
{
  for (gsize i = 0; i < params->n; i++)
    if (params->items[i].trains)
      memset (params->items[i].grad, 0, params->items[i].spec.n_values * sizeof (float));
}
