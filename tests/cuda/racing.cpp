/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/cuda.h"

#include "tests/cuda/racing.h"

#define THREADS 64

/* Through shared memory: what may go wrong between the threads of a block. */
static __device__ void
touch_shared (Racing racing, uint32_t *words)
{
  SAG_SHARED (uint32_t, shared);
  uint32_t me = threadIdx.x, after = (me + 1) % THREADS, lane_after = me / 32 * 32 + (me + 1) % 32;
  uint32_t seen = 0;

  if (racing == RACING_WRITE_AFTER)
    {
      shared[me] = me;
      __syncthreads ();
      seen = shared[after];
    }
  if (racing != RACING_UNSET || me != 5)
    shared[racing == RACING_WRITES ? me / 2 : me] = me;
  if (racing == RACING_BYTE)
    ((uint8_t *) shared)[after * 4 + 1] = 1;
  if (racing == RACING_WRITES || racing == RACING_UNSET || racing == RIGHT_BARRIER)
    __syncthreads ();
  if (racing == RACING_HALF_BARRIER || racing == RIGHT_WARP)
    __syncwarp ();
  if (racing == RACING_SHUFFLE)
    seen = __shfl_xor_sync (0xffffffffu, seen, 1);
  if (racing == RACING_NO_BARRIER || racing == RACING_HALF_BARRIER || racing == RACING_UNSET ||
      racing == RIGHT_BARRIER)
    seen = shared[after];
  if (racing == RACING_SHUFFLE || racing == RIGHT_WARP)
    seen = shared[lane_after];
  words[blockIdx.x * THREADS + me] = seen;
}

/* What may go wrong between blocks. */
static __device__ void
touch_global (Racing racing, uint32_t *words)
{
  uint32_t           me = blockIdx.x * THREADS + threadIdx.x;
  volatile uint32_t *looked_at = words;

  if (racing == RACING_BLOCKS_WRITE)
    words[threadIdx.x] = me;
  if (racing == RACING_BLOCKS_READ && blockIdx.x == 0)
    words[me] = me;
  if (racing == RACING_BLOCKS_READ && blockIdx.x == 1)
    words[me] = words[threadIdx.x];
  if (racing == RACING_PLAIN_READ || racing == RIGHT_ATOMIC)
    atomicAdd (&words[0], 1u);
  if (racing == RACING_PLAIN_READ)
    words[me + 1] = words[0];
  if (racing == RACING_PLAIN_WRITE || racing == RIGHT_ATOMIC)
    words[me + 1] = looked_at[0];
  if (racing == RACING_PLAIN_WRITE && me == 70)
    words[0] = me;
  if (racing == RIGHT_HALVES)
    ((uint16_t *) words)[me] = (uint16_t) me;
  if (racing == RIGHT_BLOCKS)
    words[me] += me;
}

static __global__ void
race (Racing racing, uint32_t *words)
{
  bool shared = racing <= RACING_UNSET || racing == RIGHT_BARRIER || racing == RIGHT_WARP;

  if (shared)
    touch_shared (racing, words);
  else
    touch_global (racing, words);
}

extern "C" int
racing_launch (Racing racing, uint32_t *words)
{
  void *stream = NULL;
  int   error = SAG_LAUNCH (race, 2, THREADS, THREADS * sizeof (uint32_t), stream, racing, words);

  if (error != 0)
    return error;
  return SAG_LAUNCH (race, 2, THREADS, THREADS * sizeof (uint32_t), stream, racing, words);
}

static __global__ void
count (bool atomic, uint32_t *total)
{
  volatile uint32_t *seen = total;

  if (atomic)
    atomicAdd (total, 1u);
  else
    *seen = *seen + 1;
}

extern "C" int
racing_count (int atomic, uint32_t *total)
{
  void *stream = NULL;

  return SAG_LAUNCH (count, 1, THREADS, 0, stream, atomic != 0, total);
}
