/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/gzip.h"

#include <isa-l/igzip_lib.h>

struct _SagInflater
{
  struct inflate_state state;
};

struct _SagDeflater
{
  struct isal_zstream stream;
  guint8              level_buffer[ISAL_DEF_LVL1_DEFAULT];
};

SagInflater *
sag_inflater_new (void)
{
  SagInflater *inflater = g_new (SagInflater, 1);

  sag_inflater_reset (inflater);
  return inflater;
}

void
sag_inflater_free (SagInflater *inflater)
{
  g_free (inflater);
}

void
sag_inflater_reset (SagInflater *inflater)
{
  isal_inflate_init (&inflater->state);
  inflater->state.crc_flag = ISAL_GZIP;
}

SagInflateResult
sag_inflater_run (SagInflater *inflater, const guint8 **in, gsize *n_in, guint8 **out, gsize *n_out)
{
  struct inflate_state *state = &inflater->state;
  const guint32         given_in = (guint32) MIN (*n_in, G_MAXINT32);
  const guint32         given_out = (guint32) MIN (*n_out, G_MAXINT32);
  int                   result;

  state->next_in = (guint8 *) *in;
  state->avail_in = given_in;
  state->next_out = *out;
  state->avail_out = given_out;
  result = isal_inflate (state);

  *in = state->next_in;
  *n_in -= given_in - state->avail_in;
  *out = state->next_out;
  *n_out -= given_out - state->avail_out;
  if (result < 0 || result == ISAL_NEED_DICT)
    return SAG_INFLATE_DAMAGED;
  return state->block_state == ISAL_BLOCK_FINISH ? SAG_INFLATE_END : SAG_INFLATE_MORE;
}

SagDeflater *
sag_deflater_new (void)
{
  SagDeflater *deflater = g_new (SagDeflater, 1);

  isal_deflate_init (&deflater->stream);
  deflater->stream.gzip_flag = IGZIP_GZIP;
  deflater->stream.level = 1;
  deflater->stream.level_buf = deflater->level_buffer;
  deflater->stream.level_buf_size = sizeof deflater->level_buffer;
  return deflater;
}

void
sag_deflater_free (SagDeflater *deflater)
{
  g_free (deflater);
}

gsize
sag_deflater_run (
  SagDeflater *deflater, const guint8 **in, gsize *n_in, gboolean last, guint8 *out, gsize size_out)
{
  struct isal_zstream *stream = &deflater->stream;
  gsize                n_out = 0;

  while (n_out < size_out)
    {
      const guint32 given_in = (guint32) MIN (*n_in, G_MAXINT32);
      const guint32 given_out = (guint32) MIN (size_out - n_out, G_MAXINT32);

      stream->next_in = (guint8 *) *in;
      stream->avail_in = given_in;
      stream->next_out = out + n_out;
      stream->avail_out = given_out;
      stream->end_of_stream = last && given_in == *n_in;
      isal_deflate (stream);

      *in = stream->next_in;
      *n_in -= given_in - stream->avail_in;
      n_out += given_out - stream->avail_out;
      if (*n_in == 0 && stream->avail_out > 0)
        break;
    }
  return n_out;
}
