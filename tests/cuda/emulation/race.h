/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Finds races of emulated kernels: two threads touch one byte, one of them writes, and nothing orders the two. It has
 * to be linked where the kernels were compiled with -fsanitize=thread, whose calls it answers; ThreadSanitizer's own
 * library is not linked.
 *
 * Ordered are: a thread's own accesses; those of one block on two sides of a __syncthreads(); those of one warp on two
 * sides of a __syncwarp(), while shuffles, votes and products order no memory; and launches. Blocks of one launch are
 * never ordered. Atomic operations do not race with each other nor with volatile accesses, volatile ones not with each
 * other. Shared memory that is read before anybody wrote it is counted as a race, too.
 */

#include <stdbool.h>

#ifdef __cplusplus
extern "C"
{
#endif

  /** sag_race_count: how many races there have been; each pair of places in a kernel was told once, to stderr. */
  unsigned sag_race_count (void);

  /** sag_race_forget: starts to count at 0 again. */
  void sag_race_forget (void);

  /**
   * sag_race_set_yields: whether a thread lets others go first before some of its volatile and atomic accesses, chosen
   * by @seed, so that what they do in between shows in the results. 0: never.
   */
  void sag_race_set_yields (unsigned seed);

#ifdef __cplusplus
}
#endif
