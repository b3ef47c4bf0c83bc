/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Random numbers by counter: the n-th number of a seed is a function of both, so that voxels can be
 * drawn in any order on any number of threads, and every machine draws the same. Integers only, up
 * to the last step. The mixing function is SplitMix64's (Steele, Lea, Flood, OOPSLA 2014). */

static inline guint64
sag_phantom_hash (guint64 seed, guint64 counter)
{
  guint64 z = seed + counter * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/** sag_phantom_uniform: evenly in @low .. @high. */
static inline double
sag_phantom_uniform (guint64 seed, guint64 counter, double low, double high)
{
  return low + (high - low) * (double) (sag_phantom_hash (seed, counter) >> 11) * 0x1p-53;
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
