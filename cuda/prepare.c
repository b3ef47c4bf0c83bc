/* SPDX-License-Identifier: Apache-2.0 */

/* A scan to the network's input. The host plans (model/prepare, through SagHost); voxels are looked at on the device
 * only. It takes three waits: for the number of runs, for the body and for the result, and one more where a recipe
 * clamps to the range of what it keeps.
 */

#include "cuda/prepare.h"

#include "cuda/status.h"

#include <string.h>

#define ALIGNMENT 256

/* Bytes of a scan that are sent at once; tests make them few. */
#ifndef SAG_CUDA_SCAN_PIECE
#define SAG_CUDA_SCAN_PIECE ((size_t) 8 << 20)
#endif

void *
sag_cuda_take (SagCudaPieces *pieces, size_t n_bytes)
{
  char *piece = pieces->memory != NULL ? pieces->memory + pieces->used : NULL;

  pieces->used += (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return piece;
}

static bool
fail_cancelled (SagCudaEngine *engine, SagStatus *status)
{
  sag_cuda_wait (engine->device, NULL);
  return sag_cuda_fail (status, SAG_STATUS_CANCELLED, "Preparing the scan was cancelled.");
}

/* All voxels to engine->scan, through two places of pinned memory in turn: the copy of one piece and the transfer of
 * the one before overlap. The last may still be under way.
 */
static bool
upload_scan (SagCudaEngine *engine, const SagPrepareRequest *request, SagStatus *status)
{
  const int32_t *dims = request->geometry.dims;
  size_t         item = request->is_float ? sizeof (float) : sizeof (int16_t);
  size_t         n_bytes = (size_t) dims[0] * dims[1] * dims[2] * item;
  size_t         piece = SAG_CUDA_SCAN_PIECE;
  size_t         n_pinned = n_bytes < 2 * piece ? n_bytes : 2 * piece;

  if (!sag_cuda_reserve (engine, &engine->scan, n_bytes, status) ||
      !sag_cuda_reserve_pinned (engine, &engine->staging, n_pinned, status))
    return false;
  for (size_t done = 0; done < n_bytes; done += piece)
    {
      size_t n = n_bytes - done < piece ? n_bytes - done : piece;
      char  *pinned = engine->staging.memory + done % (2 * piece);

      if (sag_cuda_is_cancelled (&request->cancel))
        return fail_cancelled (engine, status);
      memcpy (pinned, (const char *) request->voxels + done, n);
      /* For the piece before: the next goes to its place. */
      if (!sag_cuda_wait (engine->device, status))
        return false;
      sag_cuda_upload (engine->device, engine->scan.memory + done, pinned, n);
    }
  return true;
}

/* Times what follows; the upload is over. */
static bool
begin (SagCudaEngine *engine, SagStatus *status)
{
  bool done = sag_cuda_wait (engine->device, status);

  sag_cuda_begin (engine->device);
  return done;
}

static bool
prepare (SagCudaEngine *engine, SagPrepareRequest *request, SagPreparePlan *plan, SagStatus *status)
{
  SagPrepareSearch search;
  SagPrepareBody   body;

  if (!sag_cuda_host->prepare_search (request, &search, status) ||
      !upload_scan (engine, request, status) || !begin (engine, status) ||
      !sag_cuda_prepare_find (engine, request, &search, &body, status))
    return false;
  if (sag_cuda_is_cancelled (&request->cancel))
    return fail_cancelled (engine, status);
  if (!sag_cuda_host->prepare_plan (request, &body, plan, status))
    return false;
  request->input_geometry = plan->input_geometry;
  memcpy (request->box_start, plan->box_start, sizeof request->box_start);
  if (plan->covered)
    return sag_cuda_prepare_make (engine, request, plan, status);
  memset (request->input, 0,
          (size_t) request->recipe.input[0] * request->recipe.input[1] * request->recipe.input[2] *
            sizeof (float));
  return true;
}

bool
sag_cuda_prepare (void *self, SagPrepareRequest *request, SagStatus *status)
{
  SagCudaEngine *engine = self;
  const int32_t *dims = request->geometry.dims;
  SagPreparePlan plan = { .owner = NULL };
  bool           done;

  if ((double) dims[0] * dims[1] * dims[2] > INT32_MAX)
    return sag_cuda_fail (
      status, SAG_STATUS_UNSUPPORTED,
      "A scan of %d x %d x %d voxels is larger than the GPU engine can prepare (2^31 voxels).",
      dims[0], dims[1], dims[2]);
  sag_cuda_use (engine->device);
  engine->ms = 0;
  done = prepare (engine, request, &plan, status);
  sag_cuda_host->prepare_plan_clear (&plan);
  return done;
}
