/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/device.h"

#include "cuda/status.h"

#include <stdlib.h>
#include <string.h>

#define LOST 700 /* cudaErrorIllegalAddress */

struct SagCudaDevice
{
  SagCudaDeviceInfo info;
  size_t            allocated;
  int               error;
};

/* Graphs here only remember that their work ran. */
struct SagCudaGraph
{
  unsigned n_runs;
};

static _Thread_local size_t   memory_limit;
static _Thread_local size_t   memory_used;
static _Thread_local size_t   n_uploaded;
static _Thread_local unsigned n_allocations;
static _Thread_local bool     is_lost;

void
sag_emulated_set_memory (size_t n_bytes)
{
  memory_limit = n_bytes;
}

void
sag_emulated_set_lost (bool lost)
{
  is_lost = lost;
}

size_t
sag_emulated_get_memory (void)
{
  return memory_used;
}

unsigned
sag_emulated_count_allocations (void)
{
  return n_allocations;
}

size_t
sag_emulated_count_uploads (void)
{
  return n_uploaded;
}

bool
sag_cuda_probe (int index, SagCudaDeviceInfo *info, SagStatus *status)
{
  *info = (SagCudaDeviceInfo){
    .name = "emulation", .major = 7, .minor = 5, .driver = 580, .total_bytes = memory_limit
  };
  return index == 0 || sag_cuda_fail (status, SAG_STATUS_INVALID, "There is no GPU %d.", index);
}

SagCudaDevice *
sag_cuda_open (int index, SagStatus *status)
{
  SagCudaDeviceInfo info;
  SagCudaDevice    *device;

  if (!sag_cuda_probe (index, &info, status))
    return NULL;
  device = calloc (1, sizeof *device);
  device->info = info;
  return device;
}

void
sag_cuda_close (SagCudaDevice *device)
{
  free (device);
}

const SagCudaDeviceInfo *
sag_cuda_get_info (const SagCudaDevice *device)
{
  return &device->info;
}

void *
sag_cuda_get_stream (SagCudaDevice *device)
{
  return NULL;
}

void
sag_cuda_use (SagCudaDevice *device)
{
}

static void *
alloc_nans (size_t n_bytes)
{
  void *memory = aligned_alloc (256, (n_bytes + 256) / 256 * 256);

  n_allocations++;
  memset (memory, 0xff, (n_bytes + 256) / 256 * 256);
  return memory;
}

void *
sag_cuda_alloc (SagCudaDevice *device, size_t n_bytes, SagStatus *status)
{
  if (memory_limit > 0 && memory_used + n_bytes > memory_limit)
    {
      sag_cuda_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                     "The GPU emulation has no %zu bytes free; close what else uses it.", n_bytes);
      return NULL;
    }
  memory_used += n_bytes;
  device->allocated += n_bytes;
  return alloc_nans (n_bytes);
}

void
sag_cuda_free (SagCudaDevice *device, void *memory, size_t n_bytes)
{
  if (memory == NULL)
    return;
  memory_used -= n_bytes;
  device->allocated -= n_bytes;
  free (memory);
}

void *
sag_cuda_alloc_pinned (SagCudaDevice *device, size_t n_bytes, SagStatus *status)
{
  return alloc_nans (n_bytes);
}

void
sag_cuda_free_pinned (SagCudaDevice *device, void *memory)
{
  free (memory);
}

size_t
sag_cuda_get_allocated (const SagCudaDevice *device)
{
  return device->allocated;
}

bool
sag_cuda_check (SagCudaDevice *device, int code, const char *what)
{
  if (device->error == 0)
    device->error = is_lost ? LOST : code;
  return device->error == 0;
}

static void
copy (SagCudaDevice *device, void *to, const void *from, size_t n_bytes)
{
  if (sag_cuda_check (device, 0, "a copy") && n_bytes > 0)
    memcpy (to, from, n_bytes);
}

void
sag_cuda_upload (SagCudaDevice *device, void *to, const void *pinned, size_t n_bytes)
{
  n_uploaded += n_bytes;
  copy (device, to, pinned, n_bytes);
}

void
sag_cuda_download (SagCudaDevice *device, void *pinned, const void *from, size_t n_bytes)
{
  copy (device, pinned, from, n_bytes);
}

void
sag_cuda_copy (SagCudaDevice *device, void *to, const void *from, size_t n_bytes)
{
  copy (device, to, from, n_bytes);
}

void
sag_cuda_clear (SagCudaDevice *device, void *to, size_t n_bytes)
{
  if (sag_cuda_check (device, 0, "clearing memory"))
    memset (to, 0, n_bytes);
}

bool
sag_cuda_wait (SagCudaDevice *device, SagStatus *status)
{
  if (sag_cuda_check (device, 0, "a request"))
    return true;
  return sag_cuda_fail (status, SAG_STATUS_DEVICE_LOST,
                        "The GPU emulation stopped (error %d); start the program again.",
                        device->error);
}

bool
sag_cuda_graph_run (SagCudaDevice *device, SagCudaGraph **graph, SagCudaWork work, void *data)
{
  if (*graph == NULL)
    *graph = calloc (1, sizeof **graph);
  (*graph)->n_runs++;
  return work (data);
}

float
sag_cuda_get_graph_ms (SagCudaDevice *device)
{
  return 0;
}

void
sag_cuda_graph_free (SagCudaDevice *device, SagCudaGraph *graph)
{
  free (graph);
}

void
sag_cuda_gemm (SagCudaDevice *device, const SagCudaGemm *gemm)
{
  if (sag_cuda_check (device, 0, "a matrix product"))
    sag_cuda_check (device, sag_cuda_launch_gemm (gemm, NULL), "a matrix product");
}
