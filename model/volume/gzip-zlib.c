/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/gzip.h"

#include <zlib.h>

#define GZIP_WINDOW (15 + 16)

struct _SagInflater
{
  z_stream stream;
};

struct _SagDeflater
{
  z_stream stream;
  gboolean complete;
};

SagInflater *
sag_inflater_new (void)
{
  SagInflater *inflater = g_new0 (SagInflater, 1);

  if (inflateInit2 (&inflater->stream, GZIP_WINDOW) != Z_OK)
    g_error ("zlib cannot start"); /* out of memory, where g_new would have ended too */
  return inflater;
}

void
sag_inflater_free (SagInflater *inflater)
{
  if (inflater == NULL)
    return;
  inflateEnd (&inflater->stream);
  g_free (inflater);
}

void
sag_inflater_reset (SagInflater *inflater)
{
  inflateReset (&inflater->stream);
}

SagInflateResult
sag_inflater_run (SagInflater *inflater, const guint8 **in, gsize *n_in, guint8 **out, gsize *n_out)
{
  z_stream  *stream = &inflater->stream;
  const uInt given_in = (uInt) MIN (*n_in, G_MAXINT32);
  const uInt given_out = (uInt) MIN (*n_out, G_MAXINT32);
  int        result;

  stream->next_in = (Bytef *) *in;
  stream->avail_in = given_in;
  stream->next_out = *out;
  stream->avail_out = given_out;
  result = inflate (stream, Z_NO_FLUSH);

  *in = stream->next_in;
  *n_in -= given_in - stream->avail_in;
  *out = stream->next_out;
  *n_out -= given_out - stream->avail_out;
  if (result == Z_STREAM_END)
    return SAG_INFLATE_END;
  return result == Z_OK || result == Z_BUF_ERROR ? SAG_INFLATE_MORE : SAG_INFLATE_DAMAGED;
}

SagDeflater *
sag_deflater_new (void)
{
  SagDeflater *deflater = g_new0 (SagDeflater, 1);

  if (deflateInit2 (&deflater->stream, 1, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    g_error ("zlib cannot start"); /* out of memory, where g_new would have ended too */
  return deflater;
}

void
sag_deflater_free (SagDeflater *deflater)
{
  if (deflater == NULL)
    return;
  deflateEnd (&deflater->stream);
  g_free (deflater);
}

gsize
sag_deflater_run (
  SagDeflater *deflater, const guint8 **in, gsize *n_in, gboolean last, guint8 *out, gsize size_out)
{
  z_stream *stream = &deflater->stream;
  gsize     n_out = 0;

  while (n_out < size_out && !deflater->complete)
    {
      const uInt     given_in = (uInt) MIN (*n_in, G_MAXINT32);
      const uInt     given_out = (uInt) MIN (size_out - n_out, G_MAXINT32);
      const gboolean finish = last && given_in == *n_in;

      stream->next_in = (Bytef *) *in;
      stream->avail_in = given_in;
      stream->next_out = out + n_out;
      stream->avail_out = given_out;
      deflater->complete = deflate (stream, finish ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_END;

      *in = stream->next_in;
      *n_in -= given_in - stream->avail_in;
      n_out += given_out - stream->avail_out;
      if (*n_in == 0 && stream->avail_out > 0)
        break;
    }
  return n_out;
}
