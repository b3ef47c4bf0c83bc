/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/engine.h"

#include "cuda/status.h"
#include "cuda/tap.h"

#include <string.h>

#define PIECE ((size_t) 2 << 20) /* bytes that go up while the next are copied to pinned memory */

static size_t
count (const int32_t dims[3])
{
  return (size_t) dims[0] * dims[1] * dims[2];
}

static bool
check_request (const SagEncodeRequest *request, SagStatus *status)
{
  for (int a = 0; a < 3; a++)
    if (request->dims[a] < 1)
      return sag_cuda_fail (status, SAG_STATUS_INVALID,
                            "A volume of %d x %d x %d voxels cannot be encoded.", request->dims[0],
                            request->dims[1], request->dims[2]);
  return true;
}

/* The slot of this size, or the one that was used longest ago. */
static SagCudaVisionSlot *
find_slot (SagCudaEngine *engine, const SagCudaVisionPlan *plan)
{
  SagCudaVisionSlot *slot = &engine->vision[0];

  for (int i = 0; i < SAG_CUDA_VISION_GRAPHS; i++)
    {
      if (engine->vision[i].used > 0 &&
          memcmp (engine->vision[i].plan.dims, plan->dims, sizeof plan->dims) == 0)
        return &engine->vision[i];
      if (engine->vision[i].used < slot->used)
        slot = &engine->vision[i];
    }
  sag_cuda_graph_free (engine->device, slot->graph);
  slot->graph = NULL;
  slot->plan = *plan;
  return slot;
}

/* The volume through pinned memory to the device: the copy of one piece and the transfer of the one before overlap. */
static void
upload_volume (SagCudaEngine *engine, const float *input, const SagCudaVisionPlan *plan)
{
  size_t n_bytes = count (plan->dims) * sizeof *input;

  for (size_t at = 0; at < n_bytes; at += PIECE)
    {
      size_t part = n_bytes - at < PIECE ? n_bytes - at : PIECE;

      memcpy (engine->staging.memory + at, (const char *) input + at, part);
      sag_cuda_upload (engine->device, engine->arena.memory + plan->input + at,
                       engine->staging.memory + at, part);
    }
}

static void
tap_sequence (SagCudaEngine *engine, const SagTap *tap, int32_t n_tokens)
{
  size_t width = engine->network.hidden * sizeof (float), n_bytes = (n_tokens + 2) * width;
  char  *sequence = sag_cuda_alloc (engine->device, n_bytes, NULL);

  if (sequence == NULL)
    return;
  sag_cuda_copy (engine->device, sequence, engine->weights.start, width);
  sag_cuda_copy (engine->device, sequence + width, engine->tokens.memory, n_tokens * width);
  sag_cuda_copy (engine->device, sequence + (n_tokens + 1) * width, engine->weights.end, width);
  sag_cuda_tap_rows (engine->device, tap, "vision_embeds", sequence, SAG_CUDA_FLOAT, n_tokens + 2,
                     engine->network.hidden);
  sag_cuda_free (engine->device, sequence, n_bytes);
}

static bool
encode_one (SagCudaEngine          *engine,
            const SagEncodeRequest *request,
            SagCudaVisionSlot      *slot,
            const float            *input,
            float                  *tokens,
            SagStatus              *status)
{
  const SagTap *tap = request->tap.func != NULL ? &request->tap : NULL;
  size_t        n_bytes = (size_t) slot->plan.n_tokens * engine->network.hidden * sizeof *tokens;
  SagCudaVision run = {
    .device = engine->device,
    .weights = &engine->weights,
    .network = &engine->network,
    .plan = &slot->plan,
    .arena = engine->arena.memory,
    .tokens = (float *) engine->tokens.memory,
    .tap = tap,
    .cancel = &request->cancel,
  };
  bool done = !sag_cuda_is_cancelled (&request->cancel);

  slot->used = ++engine->clock;
  if (done)
    {
      upload_volume (engine, input, &slot->plan);
      done = tap != NULL
               ? sag_cuda_vision_queue (&run)
               : sag_cuda_graph_run (engine->device, &slot->graph, sag_cuda_vision_queue, &run);
    }
  if (done)
    sag_cuda_download (engine->device, engine->tokens_pinned.memory, run.tokens, n_bytes);
  if (!sag_cuda_wait (engine->device, status))
    return false;
  if (!done)
    return sag_cuda_fail (status, SAG_STATUS_CANCELLED, "Encoding was cancelled.");
  engine->ms += sag_cuda_get_ms (engine->device);
  if (tap != NULL)
    tap_sequence (engine, tap, slot->plan.n_tokens);
  memcpy (tokens, engine->tokens_pinned.memory, n_bytes);
  engine->n_tokens = slot->plan.n_tokens;
  return true;
}

bool
sag_cuda_encode (void *self, const SagEncodeRequest *request, SagStatus *status)
{
  SagCudaEngine     *engine = self;
  SagCudaVisionPlan  plan;
  SagCudaVisionSlot *slot;
  size_t             n_voxels, n_values;

  if (!check_request (request, status) ||
      !sag_cuda_vision_plan (&plan, &engine->weights, &engine->network, request->dims, status))
    return false;
  sag_cuda_use (engine->device);
  engine->n_tokens = 0; /* their place may be lost */
  engine->ms = 0;
  n_voxels = count (plan.dims);
  n_values = (size_t) plan.n_tokens * engine->network.hidden;
  if (!sag_cuda_reserve (engine, &engine->arena, plan.n_bytes, status) ||
      !sag_cuda_reserve (engine, &engine->tokens, n_values * sizeof (float), status) ||
      !sag_cuda_reserve_pinned (engine, &engine->staging, n_voxels * sizeof (float), status) ||
      !sag_cuda_reserve_pinned (engine, &engine->tokens_pinned, n_values * sizeof (float), status))
    return false;
  slot = find_slot (engine, &plan);
  for (int32_t i = 0; i < request->n_inputs; i++)
    if (!encode_one (engine, request, slot, request->input + n_voxels * i,
                     request->tokens + n_values * i, status))
      return false;
  return true;
}
