/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device-private.h"

#include "cuda/status.h"

#include <stdlib.h>

#define SAG_CUDA_GRAPH_FLAGS 0

struct SagCudaGraph
{
  cudaGraphExec_t exec;    /* NULL until it was recorded */
  bool            refused; /* it cannot be recorded: its work is queued each time */
};

bool
sag_cuda_check (SagCudaDevice *device, int code, const char *what)
{
  if (device->error == cudaSuccess && code != cudaSuccess)
    {
      device->error = (cudaError_t) code;
      device->what = what;
    }
  return device->error == cudaSuccess;
}

/* An error of an allocation is no error of the device: the runtime must forget it. */
static void
fail_alloc (SagCudaDevice *device, cudaError_t code, size_t n_bytes, SagStatus *status)
{
  size_t free_bytes = 0, total_bytes = 0;

  cudaGetLastError ();
  if (code != cudaErrorMemoryAllocation)
    {
      sag_cuda_fail_code (device, code, "an allocation", status);
      return;
    }
  cudaMemGetInfo (&free_bytes, &total_bytes);
  sag_cuda_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                 "The GPU %s has %zu MB of its %zu MB free, but %zu MB more are needed; close what "
                 "else uses it, or use the CPU engine.",
                 device->info.name, free_bytes >> 20, total_bytes >> 20, (n_bytes >> 20) + 1);
}

void *
sag_cuda_alloc (SagCudaDevice *device, size_t n_bytes, SagStatus *status)
{
  void       *memory = NULL;
  cudaError_t code = cudaMalloc (&memory, n_bytes > 0 ? n_bytes : 1);

  if (code != cudaSuccess)
    {
      fail_alloc (device, code, n_bytes, status);
      return NULL;
    }
  device->allocated += n_bytes;
  return memory;
}

void
sag_cuda_free (SagCudaDevice *device, void *memory, size_t n_bytes)
{
  if (memory == NULL)
    return;
  cudaFree (memory);
  device->allocated -= n_bytes;
}

void *
sag_cuda_alloc_pinned (SagCudaDevice *device, size_t n_bytes, SagStatus *status)
{
  void       *memory = NULL;
  cudaError_t code = cudaHostAlloc (&memory, n_bytes > 0 ? n_bytes : 1, cudaHostAllocDefault);

  if (code == cudaSuccess)
    return memory;
  cudaGetLastError ();
  if (code == cudaErrorMemoryAllocation)
    sag_cuda_fail_memory (status);
  else
    sag_cuda_fail_code (device, code, "an allocation", status);
  return NULL;
}

void
sag_cuda_free_pinned (SagCudaDevice *device, void *memory)
{
  if (memory != NULL)
    cudaFreeHost (memory);
}

size_t
sag_cuda_get_allocated (const SagCudaDevice *device)
{
  return device->allocated;
}

const SagCudaDeviceInfo *
sag_cuda_get_info (const SagCudaDevice *device)
{
  return &device->info;
}

void *
sag_cuda_get_stream (SagCudaDevice *device)
{
  return device->stream;
}

void
sag_cuda_use (SagCudaDevice *device)
{
  sag_cuda_check (device, cudaSetDevice (device->index), "taking up the GPU");
}

static void
queue_copy (
  SagCudaDevice *device, void *to, const void *from, size_t n_bytes, enum cudaMemcpyKind kind)
{
  if (device->error == cudaSuccess && n_bytes > 0)
    sag_cuda_check (device, cudaMemcpyAsync (to, from, n_bytes, kind, device->stream), "a copy");
}

void
sag_cuda_upload (SagCudaDevice *device, void *to, const void *pinned, size_t n_bytes)
{
  queue_copy (device, to, pinned, n_bytes, cudaMemcpyHostToDevice);
}

void
sag_cuda_download (SagCudaDevice *device, void *pinned, const void *from, size_t n_bytes)
{
  queue_copy (device, pinned, from, n_bytes, cudaMemcpyDeviceToHost);
}

void
sag_cuda_copy (SagCudaDevice *device, void *to, const void *from, size_t n_bytes)
{
  queue_copy (device, to, from, n_bytes, cudaMemcpyDeviceToDevice);
}

void
sag_cuda_clear (SagCudaDevice *device, void *to, size_t n_bytes)
{
  if (device->error == cudaSuccess && n_bytes > 0)
    sag_cuda_check (device, cudaMemsetAsync (to, 0, n_bytes, device->stream), "clearing memory");
}

bool
sag_cuda_wait (SagCudaDevice *device, SagStatus *status)
{
  cudaError_t error;

  sag_cuda_check (device, cudaStreamSynchronize (device->stream), "a request");
  error = device->error;
  if (error == cudaSuccess)
    return true;
  cudaGetLastError ();
  if (!sag_cuda_is_lasting (error))
    device->error = cudaSuccess;
  return sag_cuda_fail_code (device, error, device->what, status);
}

/* Errors that only say that work cannot be recorded. */
static bool
is_of_recording (cudaError_t code)
{
  return code >= cudaErrorStreamCaptureUnsupported && code <= cudaErrorStreamCaptureWrongThread;
}

/* Into @graph's exec, or it is refused; cancelled work is neither. */
static void
record (SagCudaDevice *device, SagCudaGraph *graph, SagCudaWork work, void *data)
{
  cudaGraph_t recorded = NULL;
  cudaError_t code = cudaStreamBeginCapture (device->stream, cudaStreamCaptureModeThreadLocal);
  bool        done;

  if (!sag_cuda_check (device, code, "recording a request"))
    return;
  device->recording = true;
  done = work (data);
  device->recording = false;
  code = cudaStreamEndCapture (device->stream, &recorded);
  sag_cuda_check (device, code, "recording a request");
  if (done && device->error == cudaSuccess)
    sag_cuda_check (device, cudaGraphInstantiate (&graph->exec, recorded, SAG_CUDA_GRAPH_FLAGS),
                    "recording a request");
  if (recorded != NULL)
    cudaGraphDestroy (recorded);
  if (is_of_recording (device->error))
    {
      cudaGetLastError ();
      device->error = cudaSuccess;
      graph->refused = true;
    }
}

static void
mark (SagCudaDevice *device, cudaEvent_t event)
{
  if (device->error == cudaSuccess)
    sag_cuda_check (device, cudaEventRecord (event, device->stream), "a request");
}

bool
sag_cuda_graph_run (SagCudaDevice *device, SagCudaGraph **graph, SagCudaWork work, void *data)
{
  SagCudaGraph *known = *graph;
  bool          done = true;

  if (device->error != cudaSuccess)
    return true;
  if (known != NULL && known->exec == NULL && !known->refused)
    {
      device->trace.n = 0;
      record (device, known, work, data);
      if (device->error != cudaSuccess)
        return true;
      if (known->exec == NULL && !known->refused)
        return false;
    }
  mark (device, device->began);
  if (known != NULL && known->exec != NULL)
    sag_cuda_check (device, cudaGraphLaunch (known->exec, device->stream), "a request");
  else
    {
      device->trace.n = 0;
      done = work (data);
      if (done && known == NULL)
        *graph =
          calloc (1, sizeof **graph); /* without memory for it the next time is a first time */
    }
  mark (device, device->ended);
  return done;
}

void
sag_cuda_begin (SagCudaDevice *device)
{
  device->trace.n = 0;
  mark (device, device->began);
}

void
sag_cuda_end (SagCudaDevice *device)
{
  mark (device, device->ended);
}

static float
elapsed_ms (cudaEvent_t from, cudaEvent_t to)
{
  float ms = 0;

  if (cudaEventElapsedTime (&ms, from, to) == cudaSuccess)
    return ms;
  cudaGetLastError ();
  return 0;
}

float
sag_cuda_get_ms (SagCudaDevice *device)
{
  return elapsed_ms (device->began, device->ended);
}

bool
sag_cuda_trace (SagCudaDevice *device, bool on)
{
  cudaError_t code = cudaStreamSynchronize (device->stream);

  for (int i = 0; i < SAG_CUDA_MOST_STAGES && code == cudaSuccess && on; i++)
    if (device->marks[i] == NULL)
      code = cudaEventCreate (&device->marks[i]);
  device->trace.n = 0;
  device->trace.on = on && sag_cuda_check (device, code, "timing");
  return device->trace.on == on;
}

SagCudaTrace *
sag_cuda_get_trace (SagCudaDevice *device)
{
  return &device->trace;
}

/* In a graph the mark is a node of its own, set anew by every replay. */
void
sag_cuda_mark_stage (SagCudaDevice *device, int32_t index)
{
  unsigned flags = device->recording ? cudaEventRecordExternal : cudaEventRecordDefault;

  if (device->error == cudaSuccess)
    sag_cuda_check (device, cudaEventRecordWithFlags (device->marks[index], device->stream, flags),
                    "timing");
}

float
sag_cuda_get_stage_ms (SagCudaDevice *device, int32_t index)
{
  bool last = index + 1 == device->trace.n;

  return elapsed_ms (device->marks[index], last ? device->ended : device->marks[index + 1]);
}

void
sag_cuda_graph_free (SagCudaDevice *device, SagCudaGraph *graph)
{
  if (graph == NULL)
    return;
  if (graph->exec != NULL)
    cudaGraphExecDestroy (graph->exec);
  free (graph);
}

static bool
open_device (SagCudaDevice *device, SagStatus *status)
{
  cudaError_t code = cudaSetDevice (device->index);

  if (code == cudaSuccess)
    code = cudaFree (NULL); /* makes the context */
  if (code == cudaSuccess)
    code = cudaStreamCreateWithFlags (&device->stream, cudaStreamNonBlocking);
  if (code == cudaSuccess)
    code = cudaEventCreate (&device->began);
  if (code == cudaSuccess)
    code = cudaEventCreate (&device->ended);
  if (code == cudaSuccess)
    code = cudaMemGetInfo (&device->info.free_bytes, &device->info.total_bytes);
  if (code != cudaSuccess)
    {
      cudaGetLastError ();
      return sag_cuda_fail_code (device, code, "starting", status);
    }
  device->blas = sag_cuda_blas_new (status);
  if (device->blas == NULL)
    return false;
  device->workspace = sag_cuda_alloc (device, SAG_CUDA_WORKSPACE, status);
  return device->workspace != NULL;
}

SagCudaDevice *
sag_cuda_open (int index, SagStatus *status)
{
  SagCudaDeviceInfo info;
  SagCudaDevice    *device;

  if (!sag_cuda_probe (index, &info, status))
    return NULL;
  device = calloc (1, sizeof *device);
  if (device == NULL)
    {
      sag_cuda_fail_memory (status);
      return NULL;
    }
  device->index = index;
  device->info = info;
  if (open_device (device, status))
    return device;
  sag_cuda_close (device);
  return NULL;
}

void
sag_cuda_close (SagCudaDevice *device)
{
  if (device == NULL)
    return;
  sag_cuda_free (device, device->workspace, SAG_CUDA_WORKSPACE);
  sag_cuda_blas_free (device->blas);
  for (int i = 0; i < SAG_CUDA_MOST_STAGES; i++)
    if (device->marks[i] != NULL)
      cudaEventDestroy (device->marks[i]);
  if (device->began != NULL)
    cudaEventDestroy (device->began);
  if (device->ended != NULL)
    cudaEventDestroy (device->ended);
  if (device->stream != NULL)
    cudaStreamDestroy (device->stream);
  free (device);
}
