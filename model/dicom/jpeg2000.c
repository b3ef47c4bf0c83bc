/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/library.h"

#include "model/core/error.h"

#include <openjpeg.h>
#include <string.h>

/* JPEG 2000 through OpenJPEG, which DCMTK does not bring. The code stream is bare (J2K) in DICOM; some writers wrap it
 * in a JP2 file all the same. */

typedef struct
{
  const guint8 *bytes;
  gsize         n_bytes;
  gsize         at;
} Memory;

static OPJ_SIZE_T
read_cb (void *out, OPJ_SIZE_T n, void *data)
{
  Memory *memory = data;

  n = MIN (n, memory->n_bytes - memory->at);
  if (n == 0)
    return (OPJ_SIZE_T) -1;
  memcpy (out, memory->bytes + memory->at, n);
  memory->at += n;
  return n;
}

static OPJ_OFF_T
skip_cb (OPJ_OFF_T n, void *data)
{
  Memory     *memory = data;
  const gsize left = memory->n_bytes - memory->at;

  if (n < 0)
    return -1;
  n = MIN (n, (OPJ_OFF_T) left);
  memory->at += (gsize) n;
  return n;
}

static OPJ_BOOL
seek_cb (OPJ_OFF_T offset, void *data)
{
  Memory *memory = data;

  if (offset < 0 || (guint64) offset > memory->n_bytes)
    return OPJ_FALSE;
  memory->at = (gsize) offset;
  return OPJ_TRUE;
}

static void
message_cb (const char *message, void *data)
{
}

/* What the stream says must be what the header said: one component of the same size, at every pixel. */
static gboolean
check_image (const SagDicomHeader *header, const opj_image_t *image)
{
  const opj_image_comp_t *component;

  if (image->numcomps != 1)
    return FALSE;
  component = &image->comps[0];
  return component->w == (guint) header->columns && component->h == (guint) header->rows &&
         component->dx == 1 && component->dy == 1 && component->prec <= 32;
}

static void
copy_numbers (const SagDicomHeader *header, const opj_image_t *image, void *out)
{
  const gsize   n = (gsize) header->columns * header->rows;
  const gint32 *from = image->comps[0].data;

  if (header->bits_allocated == 8)
    for (gsize i = 0; i < n; i++)
      ((guint8 *) out)[i] = (guint8) from[i];
  else if (header->bits_allocated == 16)
    for (gsize i = 0; i < n; i++)
      ((guint16 *) out)[i] = (guint16) from[i];
  else
    memcpy (out, from, n * sizeof (gint32));
}

static gboolean
decode (const SagDicomHeader *header, opj_codec_t *codec, opj_stream_t *stream, void *out)
{
  opj_dparameters_t parameters;
  opj_image_t      *image = NULL;
  gboolean          done = FALSE;

  opj_set_default_decoder_parameters (&parameters);
  if (opj_setup_decoder (codec, &parameters) && opj_read_header (stream, codec, &image) &&
      check_image (header, image) && opj_decode (codec, stream, image) &&
      image->comps[0].data != NULL && check_image (header, image))
    {
      opj_end_decompress (codec, stream);
      copy_numbers (header, image, out);
      done = TRUE;
    }
  if (image != NULL)
    opj_image_destroy (image);
  return done;
}

gboolean
sag_dicom_jpeg2000_decode (const SagDicomHeader *header,
                           const guint8         *bytes,
                           gsize                 n_bytes,
                           void                 *out,
                           gsize                 n_out,
                           GError              **error)
{
  static const guint8 jp2[] = { 0, 0, 0, 12, 'j', 'P', ' ', ' ' };
  Memory              memory = { bytes, n_bytes, 0 };
  const gboolean      wrapped = n_bytes >= sizeof jp2 && memcmp (bytes, jp2, sizeof jp2) == 0;
  opj_codec_t        *codec = opj_create_decompress (wrapped ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
  opj_stream_t       *stream = opj_stream_create (MAX (MIN (n_bytes, 1 << 20), 1024), OPJ_TRUE);
  gboolean            done;

  opj_set_info_handler (codec, message_cb, NULL);
  opj_set_warning_handler (codec, message_cb, NULL);
  opj_set_error_handler (codec, message_cb, NULL);
  opj_stream_set_read_function (stream, read_cb);
  opj_stream_set_skip_function (stream, skip_cb);
  opj_stream_set_seek_function (stream, seek_cb);
  opj_stream_set_user_data (stream, &memory, NULL);
  opj_stream_set_user_data_length (stream, n_bytes);
  done = decode (header, codec, stream, out);
  opj_stream_destroy (stream);
  opj_destroy_codec (codec);
  if (!done)
    g_set_error_literal (
      error, SAG_ERROR, SAG_ERROR_FORMAT,
      "is damaged: its JPEG 2000 pixels cannot be decompressed. Fetch it again.");
  return done;
}
