/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/components.h"

#include <math.h>
#include <string.h>

/* Rows of a value range as bits, 64 voxels at a time: loops of fixed length that compilers turn
 * into vectors. */

typedef struct
{
  SagVoxels voxels;
  double    low;
  double    high;
  gint16    low_int16;
  gint16    high_int16;
} Range;

/* Eight bytes of 0 or 1 to eight bits, the first byte to the lowest: the product's top byte gathers
 * them. */
static inline guint64
pack_flags (const guint8 flags[64])
{
  guint64 bits = 0;

  for (guint b = 0; b < 8; b++)
    {
      guint64 bytes;

      memcpy (&bytes, flags + 8 * b, sizeof bytes);
      bits |= (GUINT64_FROM_LE (bytes) * G_GUINT64_CONSTANT (0x0102040810204080)) >> 56 << (8 * b);
    }
  return bits;
}

static void
row_int16 (gint32 j, gint32 k, guint64 *bits, gpointer data)
{
  const Range  *range = data;
  const gint64 *stride = range->voxels.stride;
  const gint16 *row = (const gint16 *) range->voxels.origin + j * stride[1] + k * stride[2];
  gint32        ni = range->voxels.geometry.dims[0];
  gint16        low = range->low_int16, high = range->high_int16;
  gint16        tail[64] = { 0 };
  guint8        flags[64];

  for (gint32 i = 0; i < ni; i += 64)
    {
      const gint16 *block = row + i;

      if (ni - i < 64)
        block = memcpy (tail, block, (ni - i) * sizeof *tail);
      for (guint b = 0; b < 64; b++)
        flags[b] = (block[b] >= low) & (block[b] <= high);
      bits[i / 64] = pack_flags (flags);
    }
}

static void
row_any (gint32 j, gint32 k, guint64 *bits, gpointer data)
{
  const Range  *range = data;
  const gint64 *stride = range->voxels.stride;
  gint64        offset = j * stride[1] + k * stride[2];
  gint32        ni = range->voxels.geometry.dims[0];

  memset (bits, 0, ((gsize) ni + 63) / 64 * sizeof *bits);
  for (gint32 i = 0; i < ni; i++, offset += stride[0])
    {
      double value = range->voxels.scalar == SAG_SCALAR_INT16
                       ? ((const gint16 *) range->voxels.origin)[offset]
                       : ((const float *) range->voxels.origin)[offset];

      bits[i / 64] |= (guint64) (value >= range->low && value <= range->high) << (i % 64);
    }
}

SagComponents *
sag_components_new_in_range (const SagVoxels *voxels,
                             double           low,
                             double           high,
                             SagConnectivity  connectivity,
                             GCancellable    *cancellable,
                             GError         **error)
{
  Range    range = { *voxels, low, high, 0, 0 };
  gboolean fast = voxels->scalar == SAG_SCALAR_INT16 && voxels->stride[0] == 1 &&
                  low <= G_MAXINT16 && high >= G_MININT16;

  if (fast)
    {
      range.low_int16 = ceil (MAX (low, G_MININT16));
      range.high_int16 = floor (MIN (high, G_MAXINT16));
    }
  return sag_components_new (voxels->geometry.dims, connectivity, fast ? row_int16 : row_any,
                             &range, cancellable, error);
}
