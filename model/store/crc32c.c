/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/crc32c.h"

#define POLYNOMIAL 0x82f63b78u /* reflected */

static guint32 tables[4][256];

static gpointer
make_tables (gpointer data)
{
  for (guint32 b = 0; b < 256; b++)
    {
      guint32 crc = b;

      for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
      tables[0][b] = crc;
    }
  for (guint32 b = 0; b < 256; b++)
    for (int t = 1; t < 4; t++)
      tables[t][b] = tables[t - 1][b] >> 8 ^ tables[0][tables[t - 1][b] & 0xff];
  return NULL;
}

guint32
sag_crc32c (guint32 crc, const void *data, gsize size_bytes)
{
  static GOnce  once = G_ONCE_INIT;
  const guint8 *bytes = data;

  g_once (&once, make_tables, NULL);
  crc = ~crc;
  for (; size_bytes >= 4; size_bytes -= 4, bytes += 4)
    crc = tables[3][(crc ^ bytes[0]) & 0xff] ^ tables[2][(crc >> 8 ^ bytes[1]) & 0xff] ^
          tables[1][(crc >> 16 ^ bytes[2]) & 0xff] ^ tables[0][(crc >> 24 ^ bytes[3]) & 0xff];
  for (; size_bytes > 0; size_bytes--, bytes++)
    crc = crc >> 8 ^ tables[0][(crc ^ *bytes) & 0xff];
  return ~crc;
}
