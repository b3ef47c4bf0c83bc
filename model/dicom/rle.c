/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/rle.h"

#include "model/core/error.h"

#include <string.h>

/* DICOM PS3.5 annex G. A header of 16 little-endian words, the number of segments and their offsets; then a segment for
 * each byte of a pixel, the highest first, each packed by PackBits: n in 0..127 copies n + 1 bytes, n in -127..-1
 * repeats one 1 - n times, -128 does nothing.
 *
 * DCMTK has this too, but reads beyond a damaged stream's end.
 */

#define HEADER_BYTES 64
#define MAX_SEGMENTS 15

static guint32
get32 (const guint8 *bytes)
{
  return bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 24;
}

/* Unpacks one segment to every @step-th byte of @out; FALSE if it ends before @n bytes. */
static gboolean
unpack (const guint8 *in, gsize n_in, guint8 *out, gsize n, gsize step)
{
  gsize done = 0, at = 0;

  while (done < n && at < n_in)
    {
      const gint8 code = (gint8) in[at++];
      gsize       length = code >= 0 ? (gsize) code + 1 : 1 - (gsize) code;

      if (code == G_MININT8)
        continue;
      length = MIN (length, n - done);
      if (at + (code >= 0 ? length : 1) > n_in)
        return FALSE;
      for (gsize i = 0; i < length; i++)
        out[(done + i) * step] = in[code >= 0 ? at + i : at];
      at += code >= 0 ? length : 1;
      done += length;
    }
  return done == n;
}

gboolean
sag_dicom_rle_decode (
  const SagDicomHeader *header, const guint8 *stream, gsize n_stream, void *out, GError **error)
{
  const gsize n = (gsize) header->rows * header->columns;
  const gsize n_bytes = (gsize) header->bits_allocated / 8;
  gboolean done = n_stream >= HEADER_BYTES && get32 (stream) == n_bytes && n_bytes <= MAX_SEGMENTS;

  for (gsize s = 0; done && s < n_bytes; s++)
    {
      const gsize begin = get32 (stream + 4 + 4 * s);
      const gsize end = s + 1 < n_bytes ? get32 (stream + 8 + 4 * s) : n_stream;
      const gsize place = G_BYTE_ORDER == G_LITTLE_ENDIAN ? n_bytes - 1 - s : s;

      done = begin >= HEADER_BYTES && begin <= end && end <= n_stream &&
             unpack (stream + begin, end - begin, (guint8 *) out + place, n, n_bytes);
    }
  if (!done)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                         "is damaged: its RLE pixels cannot be decompressed. Fetch it again.");
  return done;
}
