/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/**
 * sag_random_hash: random numbers by counter: the n-th number of a seed is a function of both, so that they can be
 * drawn in any order on any number of threads, and every machine draws the same. The mixing function is SplitMix64's
 * (Steele, Lea, Flood, OOPSLA 2014).
 */
static inline guint64
sag_random_hash (guint64 seed, guint64 counter)
{
  guint64 z = seed + counter * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}
