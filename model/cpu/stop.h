/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/status.h"

#include <glib.h>

/** SagCpuStop: whether the caller gave up, for all threads of a call. Start with @stopped 0. */
typedef struct
{
  const SagCancel *cancel;
  gint             stopped;
} SagCpuStop;

/**
 * sag_cpu_stop_ask: TRUE once the call was cancelled. Asks the caller on worker 0 only, which is its own thread;
 * the other workers hear of it.
 */
static inline gboolean
sag_cpu_stop_ask (SagCpuStop *stop, guint worker)
{
  if (worker == 0 && sag_cancel_is_set (stop->cancel))
    g_atomic_int_set (&stop->stopped, TRUE);
  return g_atomic_int_get (&stop->stopped);
}
