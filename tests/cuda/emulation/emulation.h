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

  /**
   * SagEmulationStream: queued work. A GPU may do it at any time; here it is done as late as can be, by
   * sag_emulation_stream_run(), so that whoever changes what was queued, or reads answers before they were waited
   * for, gets it wrong here too. Kernels that are launched on no stream run at once.
   */
  typedef struct SagEmulationStream SagEmulationStream;

  /** SagEmulationGraph: recorded work: with the addresses and arguments that it was queued with. */
  typedef struct SagEmulationGraph SagEmulationGraph;

  SagEmulationStream *sag_emulation_stream_new (void);
  void                sag_emulation_stream_free (SagEmulationStream *stream);

  void sag_emulation_stream_copy (SagEmulationStream *stream,
                                  void               *to,
                                  const void         *from,
                                  size_t              n_bytes);
  void sag_emulation_stream_clear (SagEmulationStream *stream, void *to, size_t n_bytes);
  void sag_emulation_stream_run (SagEmulationStream *stream);

  /** sag_emulation_stream_record: what is queued from now on is not done but recorded. */
  void               sag_emulation_stream_record (SagEmulationStream *stream);
  bool               sag_emulation_stream_is_recording (const SagEmulationStream *stream);
  SagEmulationGraph *sag_emulation_stream_end_record (SagEmulationStream *stream);

  /** sag_emulation_stream_replay: queues what was recorded. @graph may be freed before it is done. */
  void sag_emulation_stream_replay (SagEmulationStream *stream, const SagEmulationGraph *graph);
  void sag_emulation_graph_free (SagEmulationGraph *graph);

#ifdef __cplusplus
}

#include <functional>
#include <tuple>

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

/* Where a launch is, and what has been ordered: for tests/cuda/emulation/race.cpp. */
struct SagEmulationNow
{
  const char *kernel; /* NULL between launches */
  unsigned    launch; /* 1 for the first */
  unsigned    block;
  unsigned    thread;
  unsigned    barrier; /* how often the block's threads have met */
  unsigned    sync
    [32]; /* how often each warp's threads have met, at __syncwarp() only: others order no memory */
  char  *shared;
  size_t n_shared;
};

extern SagEmulationNow sag_emulation_now;

/* Called before each atomic operation with where it was called from; NULL for nothing. */
extern void (*sag_emulation_on_atomic) (void *where, size_t n_bytes, void *code);

extern dim3 sag_emulation_thread, sag_emulation_block, sag_emulation_block_dims,
  sag_emulation_grid_dims;

/* One launch: @body is what each thread does. */
struct SagEmulationLaunch
{
  const char            *name;
  void                  *kernel;
  dim3                   grid;
  dim3                   block;
  size_t                 shared;
  std::function<void ()> body;
};

void sag_emulation_run (const SagEmulationLaunch &launch);
void sag_emulation_stream_push (SagEmulationStream *stream, std::function<void ()> work);

/* The launch's error code; runs or queues it if that is 0. */
int sag_emulation_launch (const SagEmulationLaunch &launch, void *stream);

/* Arguments are kept as they are now, as a launch keeps them. */
template <typename... Parameters, typename... Arguments>
static inline int
sag_emulation_call (const char *name,
                    void (*kernel) (Parameters...),
                    dim3   grid,
                    dim3   block,
                    size_t shared,
                    void  *stream,
                    Arguments... arguments)
{
  std::tuple<Parameters...> values{ Parameters (arguments)... };

  return sag_emulation_launch ({ name, reinterpret_cast<void *> (kernel), grid, block, shared,
                                 [kernel, values] () { std::apply (kernel, values); } },
                               stream);
}

void *sag_emulation_shared (void);

/* @line: of the kernel's file, where all threads have to meet. */
void sag_emulation_sync_block (int line);

/* To be called before each atomic operation. @code: where from */
void sag_emulation_atomic (void *where, size_t n_bytes, void *code);

/* Lets the block's other threads go on first. */
void sag_emulation_yield (void);

/* All lanes' slots once all have come. @func: the warp function, the same string for all lanes */
const SagEmulationSlot      *
sag_emulation_sync_warp (const char *func, unsigned mask, const void *value, size_t n_bytes);
int  sag_emulation_lane (void);
void sag_emulation_mma (float d[4], const uint32_t a[4], const uint32_t b[2]);
void sag_emulation_load_matrices (uint32_t to[4], const void *row, bool turned);

/* The thread's copies of 16 bytes, of zeros if @from is NULL: those of all but the last @n_left closed groups are done
 * when they are waited for, none before; until then there are NaNs, since a GPU may be early as well.
 */
void sag_emulation_copy_start (void *to, const void *from);
void sag_emulation_copy_close (void);
void sag_emulation_copy_wait (unsigned n_left);

#endif
