/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the engine asks of a GPU besides kernels: memory, copies, one stream, graphs and matrix products. Plain C
 * without CUDA's headers: cuda/device.c does it with the CUDA runtime and cuBLASLt, tests/cuda/emulation/device.c with
 * malloc and memcpy, so that the whole engine runs in tests on a machine without a card.
 *
 * A device belongs to one engine and is used by one thread at a time. Work is queued in order; nothing waits but
 * sag_cuda_wait(). Errors of queued work stick: the first is kept, what follows is skipped, and sag_cuda_wait() tells.
 */

#include "cuda/ops.h"
#include "cuda/trace.h"
#include "model/engine/table.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /**
   * SagCudaDeviceInfo:
   * @major, @minor: compute capability
   * @driver: release number of the driver, 580; 0 where it does not say
   */
  typedef struct
  {
    char   name[96];
    int    major;
    int    minor;
    int    driver;
    size_t free_bytes;
    size_t total_bytes;
  } SagCudaDeviceInfo;

  /**
   * sag_cuda_probe: whether GPU @index can be used, without taking memory on it.
   *
   * Returns: false with @status's sentence: no driver, one too old, no such GPU, or one too old
   */
  bool sag_cuda_probe (int index, SagCudaDeviceInfo *info, SagStatus *status);

  /** sag_cuda_free_bytes: memory that GPU @index has left, taken into use for it; 0 where it cannot be used. */
  size_t sag_cuda_free_bytes (int index);

  /** sag_cuda_open: NULL with @status set: as sag_cuda_probe(), and no memory, a GPU in use, no cuBLAS. */
  SagCudaDevice *sag_cuda_open (int index, SagStatus *status);
  void           sag_cuda_close (SagCudaDevice *device);

  const SagCudaDeviceInfo *sag_cuda_get_info (const SagCudaDevice *device);

  /** sag_cuda_get_stream: what launchers of cuda/ops.h take. */
  void *sag_cuda_get_stream (SagCudaDevice *device);

  /** sag_cuda_use: to be called first in every request: the calling thread may be another than before. */
  void sag_cuda_use (SagCudaDevice *device);

  /**
   * sag_cuda_alloc: memory on the device; NULL with a sentence that says how much is free. Not for use inside a
   * request's work.
   */
  void *sag_cuda_alloc (SagCudaDevice *device, size_t n_bytes, SagStatus *status);
  void  sag_cuda_free (SagCudaDevice *device, void *memory, size_t n_bytes);

  /** sag_cuda_alloc_pinned: memory of the host that the device copies from and to without the processor. */
  void *sag_cuda_alloc_pinned (SagCudaDevice *device, size_t n_bytes, SagStatus *status);
  void  sag_cuda_free_pinned (SagCudaDevice *device, void *memory);

  /** sag_cuda_get_allocated: bytes on the device that this engine holds. */
  size_t sag_cuda_get_allocated (const SagCudaDevice *device);

  /* Queued; @pinned is memory of sag_cuda_alloc_pinned() that stays as it is until sag_cuda_wait(). */
  void sag_cuda_upload (SagCudaDevice *device, void *to, const void *pinned, size_t n_bytes);
  void sag_cuda_download (SagCudaDevice *device, void *pinned, const void *from, size_t n_bytes);
  void sag_cuda_copy (SagCudaDevice *device, void *to, const void *from, size_t n_bytes);
  void sag_cuda_clear (SagCudaDevice *device, void *to, size_t n_bytes);

  /**
   * sag_cuda_check: keeps a launcher's @code if it is the first error.
   * @what: what was launched, a constant string
   *
   * Returns: whether there has been no error
   */
  bool sag_cuda_check (SagCudaDevice *device, int code, const char *what);

  /** sag_cuda_wait: until all queued work is done. False with a sentence if any of it failed. */
  bool sag_cuda_wait (SagCudaDevice *device, SagStatus *status);

  /** SagCudaGraph: queued work, recorded. */
  typedef struct SagCudaGraph SagCudaGraph;

  /** SagCudaWork: queues work; the same each time. False when it was cancelled; errors stick to the device. */
  typedef bool (*SagCudaWork) (void *data);

  /**
   * sag_cuda_graph_run: queues @work. The first time as it is, so that everything is loaded; the second time it is
   * recorded into @graph; after that the record is replayed without calling @work. What cannot be recorded is queued
   * as it is each time.
   * @graph: starts as NULL; freed with sag_cuda_graph_free()
   *
   * Returns: false if @work was cancelled; errors stick
   */
  bool
  sag_cuda_graph_run (SagCudaDevice *device, SagCudaGraph **graph, SagCudaWork work, void *data);
  void sag_cuda_graph_free (SagCudaDevice *device, SagCudaGraph *graph);

  /* What is queued between is timed, as sag_cuda_graph_run() does for its work. */
  void sag_cuda_begin (SagCudaDevice *device);
  void sag_cuda_end (SagCudaDevice *device);

  /** sag_cuda_get_ms: how long the device worked on what was timed last, after sag_cuda_wait(). */
  float sag_cuda_get_ms (SagCudaDevice *device);

  /* For cuda/trace.c; sag_cuda_trace() waits, and graphs that were recorded before it keep their stages. */
  bool          sag_cuda_trace (SagCudaDevice *device, bool on);
  SagCudaTrace *sag_cuda_get_trace (SagCudaDevice *device);
  void          sag_cuda_mark_stage (SagCudaDevice *device, int32_t index);
  float         sag_cuda_get_stage_ms (SagCudaDevice *device, int32_t index);

  /**
   * sag_cuda_gemm: queues a product, by cuBLASLt where that is the better way, else by sag_cuda_launch_gemm(). The
   * choice is made once a shape.
   */
  void sag_cuda_gemm (SagCudaDevice *device, const SagCudaGemm *gemm);

#ifdef __cplusplus
}
#endif
