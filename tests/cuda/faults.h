/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Kernels with mistakes that the emulation must catch, and a right one. */

#include <stddef.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef enum
  {
    FAULT_NONE,
    FAULT_NO_BARRIER, /* reads what another thread has perhaps not written yet: shows in one of the orders */
    FAULT_DIVERGENT, /* half of the threads leave before a barrier */
    FAULT_HALF_WARP, /* half of a warp calls a warp function */
    FAULT_BARRIERS,  /* half of the threads wait at another barrier */
    FAULT_FUNCTIONS, /* half of a warp calls another warp function */
    FAULT_BEYOND,    /* writes one value more than there is shared memory */
    FAULT_UNSET,     /* reads shared memory that nobody wrote */
    FAULT_NO_WAIT,   /* starts copies, and does not wait for them */
  } Fault;

  /** fault_launch: out[i] = i + 1 for 64 threads, if all goes well. */
  int fault_launch (Fault fault, size_t n_shared_bytes, float *out);

#ifdef __cplusplus
}
#endif
