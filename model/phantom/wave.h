/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/random.h"

#include <math.h>

/* Smooth noise: random numbers at the corners of a lattice, between them cubic steps. */

static inline double
sag_wave_corner (guint64 seed, gint64 i, gint64 j, gint64 k)
{
  guint64 counter =
    (guint64) (i + 4096) + ((guint64) (j + 4096) << 20) + ((guint64) (k + 4096) << 40);

  return (double) (sag_random_hash (seed, counter) >> 11) * 0x1p-52 - 1;
}

/** sag_wave: between -1 and 1, smooth over @length_mm. */
static inline double
sag_wave (guint64 seed, double length_mm, double x, double y, double z)
{
  double p[3] = { x / length_mm, y / length_mm, z / length_mm }, t[3], sum = 0;
  gint64 first[3];

  for (guint a = 0; a < 3; a++)
    {
      double low = floor (p[a]);

      first[a] = (gint64) low;
      t[a] = p[a] - low;
      t[a] = t[a] * t[a] * (3 - 2 * t[a]);
    }
  for (guint c = 0; c < 8; c++)
    {
      double weight =
        (c & 1 ? t[0] : 1 - t[0]) * (c & 2 ? t[1] : 1 - t[1]) * (c & 4 ? t[2] : 1 - t[2]);

      sum += weight * sag_wave_corner (seed, first[0] + (c & 1), first[1] + (c >> 1 & 1),
                                       first[2] + (c >> 2 & 1));
    }
  return sum;
}
