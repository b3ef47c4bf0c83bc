/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/device.h"

#include "cuda/status.h"

#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#define LOST 700 /* cudaErrorIllegalAddress */
#define PAGE 4096

/* Memory of the GPU; nobody can touch it but queued work. */
typedef struct Memory
{
  struct Memory *next;
  char          *start;
  size_t         n_bytes; /* whole pages */
} Memory;

struct SagCudaDevice
{
  SagCudaDeviceInfo   info;
  SagEmulationStream *stream;
  Memory             *memory;
  SagCudaTrace        trace;
  size_t              allocated;
  int                 error;
};

/* As in cuda/device.c: queued once as it is, then recorded, then replayed. */
struct SagCudaGraph
{
  SagEmulationGraph *recorded;
  size_t             n_uploaded;
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
  device->stream = sag_emulation_stream_new ();
  return device;
}

void
sag_cuda_close (SagCudaDevice *device)
{
  if (device == NULL)
    return;
  sag_emulation_stream_free (device->stream);
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
  return device->stream;
}

void
sag_cuda_use (SagCudaDevice *device)
{
}

/* What the CUDA runtime refuses while a stream is recorded. */
static void
forbid_recording (const SagCudaDevice *device, const char *what)
{
  if (!sag_emulation_stream_is_recording (device->stream))
    return;
  fprintf (stderr, "%s while a request is recorded\n", what);
  abort ();
}

static size_t
round_up (size_t n_bytes, size_t unit)
{
  return (n_bytes + unit) / unit * unit;
}

static void *
alloc_nans (size_t alignment, size_t n_bytes)
{
  void *memory = aligned_alloc (alignment, round_up (n_bytes, alignment));

  n_allocations++;
  memset (memory, 0xff, round_up (n_bytes, alignment));
  return memory;
}

/* Bytes beyond what was asked for are guarded as AddressSanitizer's own are. */
static void
guard (const Memory *memory, size_t n_bytes, bool guarded)
{
#ifdef __SANITIZE_ADDRESS__
  char *end = memory->start + (n_bytes + 7) / 8 * 8;

  if (guarded)
    __asan_poison_memory_region (end, memory->n_bytes - (end - memory->start));
  else
    __asan_unpoison_memory_region (end, memory->n_bytes - (end - memory->start));
#endif
}

void *
sag_cuda_alloc (SagCudaDevice *device, size_t n_bytes, SagStatus *status)
{
  Memory *memory;

  forbid_recording (device, "an allocation");
  if (memory_limit > 0 && memory_used + n_bytes > memory_limit)
    {
      sag_cuda_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                     "The GPU emulation has no %zu bytes free; close what else uses it.", n_bytes);
      return NULL;
    }
  memory_used += n_bytes;
  device->allocated += n_bytes;
  memory = calloc (1, sizeof *memory);
  *memory = (Memory){ device->memory, alloc_nans (PAGE, n_bytes), round_up (n_bytes, PAGE) };
  device->memory = memory;
  guard (memory, n_bytes, true);
  mprotect (memory->start, memory->n_bytes, PROT_NONE);
  return memory->start;
}

/* Does what was queued: the only time that the GPU's memory is there. */
static void
run_queued (SagCudaDevice *device)
{
  for (Memory *memory = device->memory; memory != NULL; memory = memory->next)
    mprotect (memory->start, memory->n_bytes, PROT_READ | PROT_WRITE);
  sag_emulation_stream_run (device->stream);
  for (Memory *memory = device->memory; memory != NULL; memory = memory->next)
    mprotect (memory->start, memory->n_bytes, PROT_NONE);
}

/* Freeing waits, as cudaFree() does. */
void
sag_cuda_free (SagCudaDevice *device, void *start, size_t n_bytes)
{
  if (start == NULL)
    return;
  forbid_recording (device, "freeing memory");
  if (device->error == 0)
    run_queued (device);
  memory_used -= n_bytes;
  device->allocated -= n_bytes;
  for (Memory **at = &device->memory; *at != NULL; at = &(*at)->next)
    if ((*at)->start == start)
      {
        Memory *memory = *at;

        *at = memory->next;
        mprotect (memory->start, memory->n_bytes, PROT_READ | PROT_WRITE);
        guard (memory, n_bytes, false);
        free (memory->start);
        free (memory);
        return;
      }
  fprintf (stderr, "freeing what is no memory of this GPU\n");
  abort ();
}

void *
sag_cuda_alloc_pinned (SagCudaDevice *device, size_t n_bytes, SagStatus *status)
{
  forbid_recording (device, "an allocation");
  return alloc_nans (256, n_bytes);
}

void
sag_cuda_free_pinned (SagCudaDevice *device, void *memory)
{
  forbid_recording (device, "freeing memory");
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
    sag_emulation_stream_copy (device->stream, to, from, n_bytes);
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
  if (sag_cuda_check (device, 0, "clearing memory") && n_bytes > 0)
    sag_emulation_stream_clear (device->stream, to, n_bytes);
}

bool
sag_cuda_wait (SagCudaDevice *device, SagStatus *status)
{
  forbid_recording (device, "waiting");
  if (sag_cuda_check (device, 0, "a request"))
    {
      run_queued (device);
      return true;
    }
  return sag_cuda_fail (status, SAG_STATUS_DEVICE_LOST,
                        "The GPU emulation stopped (error %d); start the program again.",
                        device->error);
}

static bool
record (SagCudaDevice *device, SagCudaGraph *graph, SagCudaWork work, void *data)
{
  size_t             before = n_uploaded;
  SagEmulationGraph *recorded;
  bool               done;

  sag_emulation_stream_record (device->stream);
  done = work (data);
  recorded = sag_emulation_stream_end_record (device->stream);
  graph->n_uploaded = n_uploaded - before;
  n_uploaded = before;
  if (done && device->error == 0)
    graph->recorded = recorded;
  else
    sag_emulation_graph_free (recorded);
  return done;
}

bool
sag_cuda_graph_run (SagCudaDevice *device, SagCudaGraph **graph, SagCudaWork work, void *data)
{
  if (device->error != 0)
    return true;
  if (*graph == NULL || (*graph)->recorded == NULL)
    device->trace.n = 0;
  if (*graph == NULL)
    {
      bool done = work (data);

      if (done)
        *graph = calloc (1, sizeof **graph);
      return done;
    }
  if ((*graph)->recorded == NULL && (!record (device, *graph, work, data) || device->error != 0))
    return device->error != 0;
  n_uploaded += (*graph)->n_uploaded;
  sag_emulation_stream_replay (device->stream, (*graph)->recorded);
  return true;
}

void
sag_cuda_begin (SagCudaDevice *device)
{
  device->trace.n = 0;
}

void
sag_cuda_end (SagCudaDevice *device)
{
}

float
sag_cuda_get_ms (SagCudaDevice *device)
{
  return 0;
}

bool
sag_cuda_trace (SagCudaDevice *device, bool on)
{
  device->trace.on = on;
  device->trace.n = 0;
  return true;
}

SagCudaTrace *
sag_cuda_get_trace (SagCudaDevice *device)
{
  return &device->trace;
}

void
sag_cuda_mark_stage (SagCudaDevice *device, int32_t index)
{
}

float
sag_cuda_get_stage_ms (SagCudaDevice *device, int32_t index)
{
  return 0;
}

size_t
sag_cuda_free_bytes (int index)
{
  return index == 0 && memory_limit > memory_used ? memory_limit - memory_used : 0;
}

void
sag_cuda_graph_free (SagCudaDevice *device, SagCudaGraph *graph)
{
  if (graph == NULL)
    return;
  if (graph->recorded != NULL)
    sag_emulation_graph_free (graph->recorded);
  free (graph);
}

void
sag_cuda_gemm (SagCudaDevice *device, const SagCudaGemm *gemm)
{
  if (!sag_cuda_check (device, 0, "a matrix product"))
    return;
  if (sag_emulation_library_takes (gemm))
    sag_emulation_library_gemm (gemm, device->stream);
  else
    sag_cuda_check (device, sag_cuda_launch_gemm (gemm, device->stream), "a matrix product");
}
