/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/pixels.h"

#include "model/core/error.h"
#include "model/dicom/library.h"
#include "model/dicom/rle.h"

#include <math.h>
#include <string.h>

#define MARKER_SOS 0xda

static gsize
count (const SagDicomHeader *header)
{
  return (gsize) header->rows * header->columns;
}

/* The frame of a JPEG or JPEG-LS stream must be of the header's size: codecs trust it. ITU-T T.81 B.2.2. */
static gboolean
check_jpeg (const SagDicomHeader *header, const guint8 *bytes, gsize n)
{
  gsize at = 2;

  if (n < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
    return FALSE;
  while (at + 4 <= n && bytes[at] == 0xff)
    {
      const guint    marker = bytes[at + 1];
      const gsize    length = (gsize) bytes[at + 2] << 8 | bytes[at + 3];
      const gboolean is_frame =
        (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) ||
        marker == 0xf7;

      if (marker == 0xff)
        {
          at++;
          continue;
        }
      if (marker == MARKER_SOS || length < 2 || at + 2 + length > n)
        return FALSE;
      if (is_frame)
        return length >= 8 && (bytes[at + 5] << 8 | bytes[at + 6]) == header->rows &&
               (bytes[at + 7] << 8 | bytes[at + 8]) == header->columns && bytes[at + 9] == 1 &&
               bytes[at + 4] <= header->bits_allocated;
      at += 2 + length;
    }
  return FALSE;
}

static gboolean
decode (const SagDicomHeader *header, GByteArray *stream, void *out, gsize n_out, GError **error)
{
  const SagDicomCodec codec = header->layout.codec;

  if (codec == SAG_DICOM_JPEG_2000)
    return sag_dicom_jpeg2000_decode (header, stream->data, stream->len, out, n_out, error);
  if (codec == SAG_DICOM_RLE)
    return sag_dicom_rle_decode (header, stream->data, stream->len, out, error);
  if (!check_jpeg (header, stream->data, stream->len))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "is damaged: its compressed pixels are not what its header says. Fetch "
                           "it again.");
      return FALSE;
    }
  if (stream->len % 2 == 1)
    g_byte_array_append (stream, (const guint8 *) "", 1);
  return sag_dicom_library_decode (header, stream->data, stream->len, out, n_out, error);
}

static gboolean
read_compressed (SagDicomInput           *input,
                 const SagDicomFragments *fragments,
                 const SagDicomHeader    *header,
                 int                      frame,
                 void                    *out,
                 gsize                    n_out,
                 GError                 **error)
{
  const SagDicomLayout *layout = &header->layout;
  const guint64         size = sag_dicom_input_get_size (input);
  g_autoptr (SagDicomFragments) own = NULL;
  g_autoptr (GByteArray) stream = NULL;
  const guint8 *bytes = NULL;
  gsize         n_have = 0;

  if (size < SAG_DICOM_MOST_STREAM_BYTES)
    bytes = sag_dicom_input_want (input, size, &n_have);
  if (n_have > layout->pixel_value_offset && fragments == NULL)
    fragments = own = sag_dicom_fragments_new (
      bytes + layout->pixel_value_offset, n_have - layout->pixel_value_offset, header->n_frames);
  if (n_have > layout->pixel_value_offset)
    stream = sag_dicom_fragments_dup_frame (fragments, bytes + layout->pixel_value_offset, frame);
  if (stream == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "ends before its pixels. Copy or fetch it again.");
      return FALSE;
    }
  return decode (header, stream, out, n_out, error);
}

static void
swap (const SagDicomHeader *header, void *raw)
{
  const gsize n = count (header);

  if (header->bits_allocated == 16)
    for (gsize i = 0; i < n; i++)
      ((guint16 *) raw)[i] = GUINT16_SWAP_LE_BE (((guint16 *) raw)[i]);
  else if (header->bits_allocated == 32)
    for (gsize i = 0; i < n; i++)
      ((guint32 *) raw)[i] = GUINT32_SWAP_LE_BE (((guint32 *) raw)[i]);
}

void *
sag_dicom_pixels_read (SagDicomInput           *input,
                       const SagDicomFragments *fragments,
                       const SagDicomHeader    *header,
                       int                      frame,
                       GError                 **error)
{
  const SagDicomLayout *layout = &header->layout;
  const gsize           n_bytes = count (header) * (header->bits_allocated / 8);
  const gboolean        is_big = layout->syntax == SAG_DICOM_BIG_ENDIAN;
  g_autofree void      *raw = g_try_malloc0 (n_bytes + 1);

  if (raw == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT, "needs more memory than there is.");
      return NULL;
    }
  if (layout->codec != SAG_DICOM_NATIVE)
    {
      if (!read_compressed (input, fragments, header, frame, raw, (n_bytes + 1) & ~(gsize) 1,
                            error))
        return NULL;
      return g_steal_pointer (&raw);
    }
  if (sag_dicom_input_read (input, layout->pixel_value_offset + (guint64) frame * n_bytes, raw,
                            n_bytes) < n_bytes)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "ends within its pixels. Copy or fetch it again.");
      return NULL;
    }
  if (is_big != (G_BYTE_ORDER == G_BIG_ENDIAN))
    swap (header, raw);
  return g_steal_pointer (&raw);
}

/* The stored number, out of the bits around it. */
static inline gint64
stored (guint32 bits, int shift, guint32 mask, guint32 sign)
{
  const guint32 number = bits >> shift & mask;

  return (gint64) (number ^ sign) - sign;
}

typedef struct
{
  int     shift;
  guint32 mask;
  guint32 sign; /* the bit of the sign; 0: there is none */
} Bits;

static Bits
bits_init (const SagDicomHeader *header)
{
  Bits bits = { .shift = header->high_bit + 1 - header->bits_stored };

  bits.mask = header->bits_stored == 32 ? G_MAXUINT32 : (1u << header->bits_stored) - 1;
  bits.sign = header->is_signed ? 1u << (header->bits_stored - 1) : 0;
  return bits;
}

static inline guint32
get_bits (const void *raw, int bits_allocated, gsize i)
{
  return bits_allocated == 8    ? ((const guint8 *) raw)[i]
         : bits_allocated == 16 ? ((const guint16 *) raw)[i]
                                : ((const guint32 *) raw)[i];
}

void
sag_dicom_pixels_to_float (const SagDicomHeader *header,
                           const SagDicomValues *values,
                           const void           *raw,
                           float                *out)
{
  const gsize n = count (header);
  const Bits  bits = bits_init (header);

  for (gsize i = 0; i < n; i++)
    {
      const gint64 number =
        stored (get_bits (raw, header->bits_allocated, i), bits.shift, bits.mask, bits.sign);

      out[i] = values->replaces_padding && number == header->padding
                 ? values->air
                 : (float) (number * values->slope + values->intercept);
    }
}

/* The common case in whole numbers: 16 bits allocated, slope 1. */
static gboolean
to_int16_fast (const SagDicomHeader *header,
               const SagDicomValues *values,
               const guint16        *raw,
               gint16               *out)
{
  const gsize  n = count (header);
  const Bits   bits = bits_init (header);
  const gint32 intercept = (gint32) values->intercept, sign = (gint32) bits.sign;
  gint32       low = 0, high = 0;

  for (gsize i = 0; i < n; i++)
    {
      const gint32 number = (gint32) ((raw[i] >> bits.shift & bits.mask) ^ bits.sign) - sign;
      const gint32 value = number + intercept;

      low = MIN (low, value);
      high = MAX (high, value);
      out[i] = (gint16) value;
    }
  return low >= G_MININT16 && high <= G_MAXINT16;
}

gboolean
sag_dicom_pixels_to_int16 (const SagDicomHeader *header,
                           const SagDicomValues *values,
                           const void           *raw,
                           gint16               *out)
{
  const gsize n = count (header);
  const Bits  bits = bits_init (header);

  if (values->slope == 1 && values->intercept == rint (values->intercept) &&
      fabs (values->intercept) < 1e6 && header->bits_allocated == 16 && !values->replaces_padding)
    return to_int16_fast (header, values, raw, out);
  for (gsize i = 0; i < n; i++)
    {
      const gint64 number =
        stored (get_bits (raw, header->bits_allocated, i), bits.shift, bits.mask, bits.sign);
      const double value = values->replaces_padding && number == header->padding
                             ? values->air
                             : number * values->slope + values->intercept;

      if (!(value >= G_MININT16 && value <= G_MAXINT16) || value != rint (value))
        return FALSE;
      out[i] = (gint16) value;
    }
  return TRUE;
}
