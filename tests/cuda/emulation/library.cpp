/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/library.h"

#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/half.h"

#include <math.h>

#include <vector>

static float
gelu (float x)
{
  return 0.5f * x * (1 + tanhf (0.7978845608f * (x + 0.044715f * x * x * x)));
}

/* Sums from the engine's own kernel in float32, then what the library's epilogue does with them. */
static void
multiply (const SagCudaGemm &job)
{
  const SagHalf *residual = (const SagHalf *) job.residual, *bias = (const SagHalf *) job.bias_out;
  SagHalf       *out = (SagHalf *) job.out;
  size_t         size = (size_t) job.m * job.n;
  std::vector<float> sums (size * job.n_batches);
  SagCudaGemm        plain = job;

  plain.bias = NULL;
  plain.residual = NULL;
  plain.act = SAG_CUDA_ACT_NONE;
  plain.out = sums.data ();
  plain.out_type = SAG_CUDA_FLOAT;
  plain.out_row = job.n;
  plain.out_batch = (int64_t) size;
  sag_cuda_launch_gemm (&plain, NULL);
  for (size_t i = 0; i < sums.size (); i++)
    {
      size_t at = i / size * job.out_batch + i % size / job.n * job.out_row + i % job.n;
      float  sum = sums[i];

      if (residual != NULL)
        sum += sag_half_to_float (residual[at]);
      if (job.bias != NULL)
        sum += sag_half_to_float (bias[i % job.n]);
      out[at] = sag_half_from_float (job.act == SAG_CUDA_ACT_GELU ? gelu (sum) : sum);
    }
}

bool
sag_emulation_library_takes (const SagCudaGemm *job)
{
  return job->type == SAG_CUDA_HALF && job->out_type == SAG_CUDA_HALF &&
         job->act != SAG_CUDA_ACT_SILU;
}

void
sag_emulation_library_gemm (const SagCudaGemm *job, void *stream)
{
  sag_emulation_stream_push ((SagEmulationStream *) stream, [job = *job] () { multiply (job); });
}
