/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Runs kernels on the processor: see tests/cuda/emulation/cuda.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  /** SagEmulationOrder: in which order blocks, and the threads of a block between barriers, run. */
  typedef enum
  {
    SAG_EMULATION_RISING,
    SAG_EMULATION_FALLING,
    SAG_EMULATION_MIXED,
  } SagEmulationOrder;

  void sag_emulation_set_order (SagEmulationOrder order);

  /** sag_emulation_was_launched: whether a kernel of that name (without template arguments) has run. */
  bool sag_emulation_was_launched (const char *name);

  /** sag_emulation_n_kernels: how many kernels have run, templates counted once or by what they were made for. */
  size_t sag_emulation_n_kernels (bool templates_once);

#ifdef __cplusplus
}

#include <functional>

struct dim3
{
  unsigned x, y, z;

  dim3 (unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x (x_), y (y_), z (z_) {}
};

/* What a lane hands to the others of its warp. */
struct SagEmulationSlot
{
  alignas (16) unsigned char bytes[48];
};

extern dim3 sag_emulation_thread, sag_emulation_block, sag_emulation_block_dims,
  sag_emulation_grid_dims;

int   sag_emulation_launch (const char                   *name,
                            void                         *kernel,
                            dim3                          grid,
                            dim3                          block,
                            size_t                        shared,
                            void                         *stream,
                            const std::function<void ()> &body);
void *sag_emulation_shared (void);
void  sag_emulation_sync_block (void);

/* All lanes' slots once all have come. */
const SagEmulationSlot *sag_emulation_sync_warp (unsigned mask, const void *value, size_t n_bytes);
int                     sag_emulation_lane (void);
void                    sag_emulation_mma (float d[4], const uint32_t a[4], const uint32_t b[2]);

#endif
