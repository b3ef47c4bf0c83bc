/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/engine.h"

#include "cuda/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WARM_LENGTH 16 /* words of a usual task */

/* What preparing a chest CT of 275 slices takes, for each voxel of the network's input. */
#define PREPARE_BYTES 80

/* Graphs hold addresses: they end with what they point at. */
static void
drop_graphs (SagCudaEngine *engine)
{
  for (int i = 0; i < SAG_CUDA_VISION_GRAPHS; i++)
    {
      sag_cuda_graph_free (engine->device, engine->vision[i].graph);
      engine->vision[i].graph = NULL;
    }
  for (int i = 0; i < SAG_CUDA_TEXT_GRAPHS; i++)
    {
      sag_cuda_graph_free (engine->device, engine->text[i].graph);
      engine->text[i].graph = NULL;
    }
}

static bool
is_in_graphs (const SagCudaEngine *engine, const SagCudaBuffer *buffer)
{
  return buffer == &engine->arena || buffer == &engine->tokens || buffer == &engine->pinned;
}

bool
sag_cuda_reserve (SagCudaEngine *engine, SagCudaBuffer *buffer, size_t n_bytes, SagStatus *status)
{
  if (buffer->n_bytes >= n_bytes)
    return true;
  if (!sag_cuda_wait (engine->device, status))
    return false;
  if (is_in_graphs (engine, buffer))
    drop_graphs (engine);
  sag_cuda_free (engine->device, buffer->memory, buffer->n_bytes);
  buffer->memory = sag_cuda_alloc (engine->device, n_bytes, status);
  buffer->n_bytes = buffer->memory != NULL ? n_bytes : 0;
  return buffer->memory != NULL;
}

bool
sag_cuda_reserve_pinned (SagCudaEngine *engine,
                         SagCudaBuffer *buffer,
                         size_t         n_bytes,
                         SagStatus     *status)
{
  if (buffer->n_bytes >= n_bytes)
    return true;
  if (!sag_cuda_wait (engine->device, status))
    return false;
  if (is_in_graphs (engine, buffer))
    drop_graphs (engine);
  sag_cuda_free_pinned (engine->device, buffer->memory);
  buffer->memory = sag_cuda_alloc_pinned (engine->device, n_bytes, status);
  buffer->n_bytes = buffer->memory != NULL ? n_bytes : 0;
  return buffer->memory != NULL;
}

static void
cuda_close (void *self)
{
  SagCudaEngine *engine = self;

  if (engine == NULL)
    return;
  if (engine->device != NULL)
    {
      sag_cuda_use (engine->device);
      sag_cuda_wait (engine->device, NULL);
      drop_graphs (engine);
      sag_cuda_weights_clear (&engine->weights, engine->device);
      sag_cuda_free (engine->device, engine->arena.memory, engine->arena.n_bytes);
      sag_cuda_free (engine->device, engine->scan.memory, engine->scan.n_bytes);
      sag_cuda_free (engine->device, engine->tokens.memory, engine->tokens.n_bytes);
      sag_cuda_free_pinned (engine->device, engine->pinned.memory);
      sag_cuda_free_pinned (engine->device, engine->staging.memory);
      sag_cuda_free_pinned (engine->device, engine->tokens_pinned.memory);
    }
  sag_cuda_close (engine->device);
  free (engine);
}

void
sag_cuda_engine_trace (void *self, bool on)
{
  SagCudaEngine *engine = self;

  sag_cuda_use (engine->device);
  sag_cuda_wait (engine->device, NULL);
  drop_graphs (engine);
  sag_cuda_trace (engine->device, on);
}

/* Encodes air and asks one text, twice each: kernels are loaded, algorithms chosen, memory taken and graphs recorded
 * before the first person waits for an answer.
 */
static bool
warm (SagCudaEngine *engine, SagStatus *status)
{
  const SagNetwork *network = &engine->network;
  const int32_t    *dims = network->input;
  int32_t           n_tokens = 0, ids[WARM_LENGTH] = { 0 }, length;
  SagCudaVisionPlan plan;
  size_t            n_cells;
  float            *input, *tokens, *cells, logit;
  bool              done = false;

  if (!sag_cuda_vision_plan (&plan, &engine->weights, network, dims, status))
    return false;
  n_tokens = plan.n_tokens;
  n_cells = (size_t) n_tokens * network->cells[0] * network->cells[1] * network->cells[2];
  length = network->n_positions - n_tokens - 2;
  length = length < WARM_LENGTH ? length : WARM_LENGTH;
  input = calloc ((size_t) dims[0] * dims[1] * dims[2], sizeof *input);
  tokens = calloc ((size_t) n_tokens * network->hidden, sizeof *tokens);
  cells = calloc (n_cells, sizeof *cells);
  if (input == NULL || tokens == NULL || cells == NULL)
    sag_cuda_fail_memory (status);
  else
    for (int i = 0; i < 2; i++)
      {
        SagEncodeRequest encode = {
          .input = input, .n_inputs = 1, .dims = { dims[0], dims[1], dims[2] }, .tokens = tokens
        };
        SagAskRequest ask = { .tokens = tokens,
                              .n_tokens = n_tokens,
                              .n_texts = 1,
                              .max_length = length,
                              .ids = ids,
                              .lengths = &length,
                              .class_logits = &logit,
                              .cell_logits = cells };

        done = sag_cuda_encode (engine, &encode, status) && sag_cuda_ask (engine, &ask, status);
        if (!done)
          break;
      }
  free (input);
  free (tokens);
  free (cells);
  return done;
}

/* What usual requests take, so that none of them makes the arena grow, which would cost all graphs. */
static bool
reserve_arena (SagCudaEngine *engine, SagStatus *status)
{
  const SagNetwork *network = &engine->network;
  SagCudaVisionPlan vision;
  SagCudaTextPlan   text;
  SagCudaTextShape  shape;
  size_t            n_bytes, n_input, n_prepare;
  int32_t           taken;

  if (!sag_cuda_vision_plan (&vision, &engine->weights, network, network->input, status))
    return false;
  shape = sag_cuda_text_shape (network, vision.n_tokens, SAG_CUDA_MOST_TEXTS, 2 * WARM_LENGTH, true,
                               &taken);
  sag_cuda_text_plan (&text, &engine->weights, network, &shape);
  n_bytes = vision.n_bytes > text.n_bytes ? vision.n_bytes : text.n_bytes;
  n_input = (size_t) network->input[0] * network->input[1] * network->input[2];
  n_prepare = n_input * PREPARE_BYTES;
  n_bytes = n_bytes > n_prepare ? n_bytes : n_prepare;
  return sag_cuda_reserve (engine, &engine->arena, n_bytes, status) &&
         sag_cuda_reserve_pinned (engine, &engine->pinned, text.in_bytes + text.out_bytes,
                                  status) &&
         sag_cuda_reserve_pinned (engine, &engine->staging, n_input * sizeof (float), status);
}

static bool
open_engine (SagCudaEngine *engine, const SagWeightSource *source, int index, SagStatus *status)
{
  SagCudaType type = engine->precision == SAG_PRECISION_FAST ? SAG_CUDA_HALF : SAG_CUDA_FLOAT;

  engine->device = sag_cuda_open (index, status);
  return engine->device != NULL &&
         sag_cuda_weights_load (&engine->weights, engine->device, source, type, status) &&
         reserve_arena (engine, status) && warm (engine, status);
}

static void *
cuda_open (const SagWeightSource *source, const SagEngineOptions *options, SagStatus *status)
{
  SagCudaEngine *engine;
  char           message[200];

  if (!sag_cuda_host->network_validate (source->network, message))
    {
      sag_cuda_fail (status, SAG_STATUS_INVALID, "%s", message);
      return NULL;
    }
  if (source->network->text_kind == SAG_TEXT_MULTI_LABEL)
    {
      sag_cuda_fail (status, SAG_STATUS_UNSUPPORTED,
                     "The GPU engine runs no multi-label bundles; use the CPU engine.");
      return NULL;
    }
  if (source->network->hidden / source->network->n_heads > SAG_CUDA_MOST_WIDTH)
    {
      sag_cuda_fail (
        status, SAG_STATUS_UNSUPPORTED,
        "The bundle's attention heads are %d wide, but the GPU engine takes at most %d; "
        "use the CPU engine.",
        source->network->hidden / source->network->n_heads, SAG_CUDA_MOST_WIDTH);
      return NULL;
    }
  engine = calloc (1, sizeof *engine);
  if (engine == NULL)
    {
      sag_cuda_fail_memory (status);
      return NULL;
    }
  engine->network = *source->network;
  engine->precision = options->precision;
  if (open_engine (engine, source, options->device, status))
    return engine;
  cuda_close (engine);
  return NULL;
}

static void
cuda_describe (void *self, SagEngineInfo *info)
{
  const SagCudaEngine *engine = self;

  memset (info, 0, sizeof *info);
  strcpy (info->engine, "cuda");
  snprintf (info->device, sizeof info->device, "%s", sag_cuda_get_info (engine->device)->name);
  strcpy (info->precision, engine->precision == SAG_PRECISION_FAST ? "fast" : "fp32");
}

const SagEngineTable *
sag_cuda_get_table (void)
{
  static const SagEngineTable table = {
    .abi = SAG_ENGINE_ABI,
    .id = "cuda",
    .open = cuda_open,
    .close = cuda_close,
    .describe = cuda_describe,
    .prepare = sag_cuda_prepare,
    .encode = sag_cuda_encode,
    .ask = sag_cuda_ask,
    .upsample = sag_cuda_upsample,
  };

  return &table;
}
