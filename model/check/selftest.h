/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagSelftestState:
 * @SAG_SELFTEST_OK: works
 * @SAG_SELFTEST_NOTE: nothing is wrong, but something is missing or slow
 * @SAG_SELFTEST_FAILED: does not work
 */
typedef enum
{
  SAG_SELFTEST_OK,
  SAG_SELFTEST_NOTE,
  SAG_SELFTEST_FAILED,
} SagSelftestState;

/**
 * SagSelftestRow: one thing that was tried.
 * @id: for programs: "processor", "memory", "catalogue", "bundle", "cpu", "golden", "gpu"
 * @title: for people: "CPU engine"
 * @detail: what was found
 * @advice: (nullable): what to do, where there is something to do
 */
typedef struct
{
  const char      *id;
  const char      *title;
  SagSelftestState state;
  char            *detail;
  char            *advice;
} SagSelftestRow;

/** SagSelftestFunc: gets each row when it is known; borrowed. */
typedef void (*SagSelftestFunc) (const SagSelftestRow *row, gpointer user_data);

/**
 * sag_selftest_run: tries what the program stands on: the processor, the data files, the engines.
 *
 * The CPU engine answers a phantom with its fast and its portable kernels; both must agree with each
 * other, and with numbers that are part of the program, for a bundle made of a seed. A GPU, where
 * there is one, must agree with the CPU engine. A second or two; not for the main thread.
 * @bundle: (nullable): the one that the person uses; NULL leaves its row out
 * @n_threads: of the CPU engine; 0 for all
 *
 * Returns: nothing failed. Stops between rows, with FALSE, when cancelled.
 */
gboolean sag_selftest_run (SagBundle      *bundle,
                           guint           n_threads,
                           SagSelftestFunc func,
                           gpointer        user_data,
                           GCancellable   *cancellable);

/** sag_selftest_state_to_string: "ok", "--", "NO": the first word of a line. */
const char *sag_selftest_state_to_string (SagSelftestState state);

G_END_DECLS
