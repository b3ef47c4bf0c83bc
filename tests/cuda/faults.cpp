/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/cuda.h"

#include "tests/cuda/faults.h"

#define THREADS 64

/* A thread passes its number to the thread before it in a ring. */
static __global__ void
faulty (Fault fault, float *out)
{
  SAG_SHARED (float, numbers);
  unsigned me = threadIdx.x, after = (me + 1) % THREADS;

  if (fault != FAULT_UNSET || me != 5)
    numbers[me] = (float) me;
  if (fault == FAULT_BEYOND)
    numbers[me + 1] = (float) me + 1;
  if (fault == FAULT_DIVERGENT && me >= THREADS / 2)
    return;
  if (fault == FAULT_HALF_WARP && me % 32 < 16)
    __syncwarp ();
  if (fault == FAULT_NO_WAIT && me % 4 == 0)
    {
      sag_copy_start (numbers + me, out + me, true);
      sag_copy_close ();
      sag_copy_wait<1> ();
    }
  if (fault == FAULT_FUNCTIONS && me % 32 < 16)
    __syncwarp ();
  else if (fault == FAULT_FUNCTIONS)
    __ballot_sync (0xffffffffu, 1);
  if (fault == FAULT_BARRIERS && me < THREADS / 2)
    __syncthreads ();
  else if (fault != FAULT_NO_BARRIER)
    __syncthreads ();
  out[me] = numbers[after];
}

extern "C" int
fault_launch (Fault fault, size_t n_shared_bytes, float *out)
{
  void *stream = NULL;

  return SAG_LAUNCH (faulty, 1, THREADS, n_shared_bytes, stream, fault, out);
}
