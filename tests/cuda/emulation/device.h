/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* cuda/device.h without a GPU: memory of the host, matrix products by the plain kernel or as the library rounds. Work
 * is queued and done as late as a GPU may, graphs are recorded and replayed, and what cannot be recorded ends the
 * process with a sentence. Fresh memory is full of NaNs, the GPU's can be touched by queued work only, and its ends are
 * guarded where AddressSanitizer is at work.
 */

#include "cuda/device.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** sag_emulated_set_memory: the GPU's memory from now on; 0 for no limit. */
  void sag_emulated_set_memory (size_t n_bytes);

  /** sag_emulated_set_lost: whether everything that is queued fails, as after a GPU's fault. */
  void sag_emulated_set_lost (bool lost);

  /** sag_emulated_count_allocations: how often memory was asked for, pinned memory too. */
  unsigned sag_emulated_count_allocations (void);

  /** sag_emulated_get_memory: bytes of the GPU's memory in use. */
  size_t sag_emulated_get_memory (void);

  /** sag_emulated_count_uploads: bytes that went up. */
  size_t sag_emulated_count_uploads (void);

#ifdef __cplusplus
}
#endif
