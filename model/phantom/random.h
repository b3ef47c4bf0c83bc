/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/random.h"

/* Integers only, up to the last step. */

/** sag_phantom_uniform: evenly in @low .. @high. */
static inline double
sag_phantom_uniform (guint64 seed, guint64 counter, double low, double high)
{
  return low + (high - low) * (double) (sag_random_hash (seed, counter) >> 11) * 0x1p-53;
}

/** sag_phantom_bell: about normal, mean 0, standard deviation 1, never beyond 3.5: the sum of four
 * even ones. */
static inline float
sag_phantom_bell (guint64 hash)
{
  gint32 sum = (gint32) (hash & 0xffff) + (gint32) (hash >> 16 & 0xffff) +
               (gint32) (hash >> 32 & 0xffff) + (gint32) (hash >> 48);

  return (sum - 2 * 65535) * (float) (1.7320508075688772 / 65536);
}
