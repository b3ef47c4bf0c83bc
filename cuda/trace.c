/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/trace.h"

#include "cuda/device.h"

#include <stdarg.h>
#include <stdio.h>

void
sag_cuda_stage (SagCudaDevice *device, const char *format, ...)
{
  SagCudaTrace   *trace = sag_cuda_get_trace (device);
  SagPluginStage *stage;
  va_list         arguments;

  if (!trace->on || trace->n == SAG_CUDA_MOST_STAGES)
    return;
  stage = &trace->stages[trace->n];
  *stage = (SagPluginStage){ .ms = 0 };
  va_start (arguments, format);
  vsnprintf (stage->name, sizeof stage->name, format, arguments);
  va_end (arguments);
  sag_cuda_mark_stage (device, trace->n++);
}

void
sag_cuda_count (SagCudaDevice *device, double n_bytes, double n_products)
{
  SagCudaTrace *trace = sag_cuda_get_trace (device);

  if (!trace->on || trace->n == 0)
    return;
  trace->stages[trace->n - 1].n_bytes += n_bytes;
  trace->stages[trace->n - 1].n_products += n_products;
}

void
sag_cuda_count_gemm (SagCudaDevice *device, const SagCudaGemm *gemm)
{
  double m = (double) gemm->m * gemm->n_batches, n = gemm->n, k = gemm->k;

  sag_cuda_count (device,
                  (m * k + n * k) * sag_cuda_type_size (gemm->type) +
                    m * n * sag_cuda_type_size (gemm->out_type) * (gemm->residual != NULL ? 2 : 1),
                  m * n * k);
}

void
sag_cuda_note_library (SagCudaDevice *device)
{
  SagCudaTrace *trace = sag_cuda_get_trace (device);

  if (trace->on && trace->n > 0)
    trace->stages[trace->n - 1].by_library = true;
}

int32_t
sag_cuda_get_stages (SagCudaDevice *device, SagPluginStage *stages, int32_t n_room)
{
  const SagCudaTrace *trace = sag_cuda_get_trace (device);

  for (int32_t i = 0; i < trace->n && i < n_room; i++)
    {
      stages[i] = trace->stages[i];
      stages[i].ms = sag_cuda_get_stage_ms (device, i);
    }
  return trace->n;
}
