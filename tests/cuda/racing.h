/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Kernels with races that tests/cuda/emulation/race.cpp must find, and right ones that it must not accuse. */

#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef enum
  {
    RACING_NO_BARRIER,   /* shared memory is read that another thread wrote */
    RACING_WRITE_AFTER,  /* shared memory is written that another thread read */
    RACING_WRITES,       /* two threads write one word of shared memory */
    RACING_HALF_BARRIER, /* only a __syncwarp(), and a thread of the next warp reads */
    RACING_SHUFFLE,      /* a warp's threads trust in a shuffle, which orders no memory */
    RACING_BYTE,         /* a thread writes a byte of the word that another reads */
    RACING_UNSET,        /* no race: shared memory is read that nobody wrote */
    RACING_BLOCKS_WRITE, /* two blocks write one word */
    RACING_BLOCKS_READ,  /* a block reads what another writes */
    RACING_PLAIN_READ,   /* a plain read of what other blocks change atomically */
    RACING_PLAIN_WRITE,  /* a plain write to what others read as volatile */
    RIGHT_BARRIER,
    RIGHT_WARP,
    RIGHT_HALVES, /* neighbours write the two halves of one word */
    RIGHT_BLOCKS, /* each block writes its own words */
    RIGHT_ATOMIC, /* all threads of all blocks add to one word, and look at it as volatile */
  } Racing;

  /** racing_launch: with 2 blocks of 64 threads, twice; @words has 256 words. */
  int racing_launch (Racing racing, uint32_t *words);

  /** racing_count: 64 threads add 1 to *@count; without atomic operations each reads and writes it. */
  int racing_count (int atomic, uint32_t *count);

#ifdef __cplusplus
}
#endif
