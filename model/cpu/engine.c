/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/cpu.h"

#include "model/cpu/arena.h"
#include "model/cpu/ask.h"
#include "model/cpu/classes.h"
#include "model/cpu/text.h"
#include "model/cpu/vision.h"
#include "model/engine/status.h"

#include <stdlib.h>
#include <string.h>

#define MAX_THREADS 256

typedef struct
{
  SagNetwork      network;
  SagWeightSource source;
  SagCpuTeam      team;
  SagCpuVision   *vision;
  SagCpuLinear    adaptor;
  float          *adaptor_memory;
  SagCpuText     *text;  /* half of all memory: loaded by the first question */
  SagCpuArena     arena; /* of asking */
} Engine;

static void
cpu_close (void *self)
{
  Engine *engine = self;

  if (engine == NULL)
    return;
  sag_cpu_vision_free (engine->vision);
  sag_cpu_text_free (engine->text);
  free (engine->adaptor_memory);
  sag_cpu_arena_clear (&engine->arena);
  sag_pool_free (engine->team.pool);
  g_free (engine);
}

typedef struct
{
  const SagWeightSource *source;
  SagStatus             *status;
} WeightCheck;

/* The last value of a tensor can be read, so the tensor is there, and long enough. */
static bool
check_weight (const SagWeightSpec *spec, void *user_data)
{
  const WeightCheck *check = user_data;
  float              value;

  return check->source->read (check->source->data, spec->name, spec->n_values - 1, 1, &value) ||
         sag_status_fail_weight (check->status, spec->name);
}

static bool
load_text (Engine *engine, SagStatus *status)
{
  if (engine->text == NULL)
    engine->text = sag_cpu_text_load (&engine->source, engine->team.pool, status);
  return engine->text != NULL;
}

static void *
cpu_open (const SagWeightSource *source, const SagEngineOptions *options, SagStatus *status)
{
  Engine *engine;
  char    message[200];

  if (!sag_network_validate (source->network, message))
    {
      sag_status_fail (status, SAG_STATUS_INVALID, "%s", message);
      return NULL;
    }
  if (options->precision != SAG_PRECISION_FP32)
    {
      sag_status_fail (status, SAG_STATUS_UNSUPPORTED,
                       "The CPU engine computes in fp32 only; ask for that precision.");
      return NULL;
    }
  engine = g_new0 (Engine, 1);
  engine->network = *source->network;
  engine->source = *source;
  engine->source.network = &engine->network;
  engine->team.kernels = sag_cpu_get_kernels (options->portable);
  engine->team.pool = sag_pool_new (CLAMP (options->n_threads, 0, MAX_THREADS));
  if (sag_network_foreach_weight (&engine->network, check_weight, &(WeightCheck){ source, status }))
    engine->vision = sag_cpu_vision_new (&engine->source, options->portable, status);
  if (engine->vision != NULL)
    engine->adaptor_memory =
      sag_cpu_adaptor_load (&engine->source, engine->team.pool, &engine->adaptor, status);
  if (engine->adaptor_memory == NULL)
    g_clear_pointer (&engine, cpu_close);
  return engine;
}

static void
cpu_describe (void *self, SagEngineInfo *info)
{
  const Engine *engine = self;
  guint         n = sag_pool_get_n_threads (engine->team.pool);

  g_strlcpy (info->engine, "cpu", sizeof info->engine);
  g_snprintf (info->device, sizeof info->device, "%s, %u thread%s", engine->team.kernels->name, n,
              n == 1 ? "" : "s");
  g_strlcpy (info->precision, "fp32", sizeof info->precision);
}

static void
tap_tokens (const Engine *engine, const SagTap *tap, const float *tokens, gsize n_tokens)
{
  gsize             hidden = engine->network.hidden, size = hidden * sizeof (float);
  g_autofree float *sequence = g_try_new (float, (n_tokens + 2) * hidden);

  tap->func (tap->data, "lm_adaptor", 3, (const int64_t[]){ 1, n_tokens, hidden }, tokens);
  if (sequence == NULL)
    return;
  memcpy (sequence, engine->text->start, size);
  memcpy (sequence + hidden, tokens, n_tokens * size);
  memcpy (sequence + (n_tokens + 1) * hidden, engine->text->end, size);
  tap->func (tap->data, "vision_embeds", 3, (const int64_t[]){ 1, n_tokens + 2, hidden }, sequence);
}

static bool
cpu_encode (void *self, const SagEncodeRequest *request, SagStatus *status)
{
  Engine           *engine = self;
  gsize             hidden = engine->network.hidden, head = engine->network.head_channels;
  gsize             n_voxels, n_tokens;
  int32_t           dims[3];
  g_autofree float *features = NULL;

  for (int a = 0; a < 3; a++)
    if (request->dims[a] < 1)
      return sag_status_fail (status, SAG_STATUS_INVALID,
                              "A volume of %d x %d x %d voxels cannot be encoded.",
                              request->dims[0], request->dims[1], request->dims[2]);
  sag_network_feature_dims (&engine->network, request->dims, dims);
  n_voxels = (gsize) request->dims[0] * request->dims[1] * request->dims[2];
  n_tokens = (gsize) MAX (dims[0], 0) * MAX (dims[1], 0) * MAX (dims[2], 0);
  if (n_tokens > 0 && n_tokens < G_MAXSIZE / sizeof (float) / head)
    features = g_try_new (float, n_tokens *head);
  if (features == NULL && n_tokens > 0)
    return sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                            "There is no memory for the features of a volume.");
  for (gsize i = 0; i < (gsize) MAX (request->n_inputs, 0); i++)
    {
      if (!sag_cpu_vision_encode (engine->vision, engine->team.pool, request->input + i * n_voxels,
                                  request->dims, features, &request->tap, &request->cancel, status))
        return false;
      sag_cpu_linear (&engine->adaptor, &engine->team, features,
                      request->tokens + i * n_tokens * hidden, n_tokens, SAG_CPU_ACT_NONE, NULL);
      if (request->tap.func == NULL || engine->network.text_kind == SAG_TEXT_MULTI_LABEL)
        continue;
      if (!load_text (engine, status))
        return false;
      tap_tokens (engine, &request->tap, request->tokens + i * n_tokens * hidden, n_tokens);
    }
  return true;
}

static bool
cpu_ask (void *self, const SagAskRequest *request, SagStatus *status)
{
  Engine *engine = self;

  if (engine->network.text_kind == SAG_TEXT_MULTI_LABEL)
    return sag_cpu_ask_classes (&engine->source, request, status);
  return load_text (engine, status) &&
         sag_cpu_ask (engine->text, &engine->team, &engine->arena, request, status);
}

const SagEngineTable *
sag_cpu_get_table (void)
{
  static const SagEngineTable table = {
    .abi = SAG_ENGINE_ABI,
    .id = "cpu",
    .open = cpu_open,
    .close = cpu_close,
    .describe = cpu_describe,
    .encode = cpu_encode,
    .ask = cpu_ask,
  };

  return &table;
}
