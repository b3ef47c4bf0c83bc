/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/input.h"

#include "model/core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define FIRST_BYTES 16384
#define PACKED_BYTES 65536
#define MAX_INFLATED_BYTES ((gsize) 256 << 20) /* of a deflated data set */
#define PIECE_BYTES ((gsize) 1 << 30)          /* of what is read at a time */
#define MAX_RATIO 1100                         /* deflate packs no denser than 1032 : 1 */

struct _SagDicomInput
{
  const SagDicomPlace *place;
  int                  fd;
  guint64              size_bytes;

  const guint8 *memory; /* what was given, not owned */
  guint8       *bytes;  /* the first @n_bytes, owned */
  gsize         n_bytes;
  gsize         n_allocated;
  gboolean      ended;

  /* An entry of an archive. */
  guint64  packed_offset;
  guint64  n_packed_left;
  gboolean unpacking;
  z_stream stream;
  guint8  *packed;
};

void
sag_dicom_place_free (SagDicomPlace *place)
{
  if (place == NULL)
    return;
  g_free (place->path);
  g_free (place->name);
  g_clear_pointer (&place->zip, sag_dicom_zip_unref);
  g_free (place);
}

void
sag_dicom_input_free (SagDicomInput *input)
{
  if (input == NULL)
    return;
  if (input->fd >= 0)
    close (input->fd);
  if (input->unpacking)
    inflateEnd (&input->stream);
  g_free (input->packed);
  g_free (input->bytes);
  g_free (input);
}

static gboolean
open_entry (SagDicomInput *input, GError **error)
{
  const SagDicomPlace *place = input->place;

  if (!sag_dicom_zip_find_data (place->zip, place->entry, &input->packed_offset))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is damaged inside its archive. Fetch the archive again.", place->name);
      return FALSE;
    }
  input->n_packed_left = place->entry->packed_bytes;
  input->size_bytes = place->entry->size_bytes;
  if (place->entry->deflated)
    {
      input->size_bytes = MIN (input->size_bytes, place->entry->packed_bytes * MAX_RATIO);
      input->packed = g_malloc (PACKED_BYTES);
      input->unpacking = inflateInit2 (&input->stream, -MAX_WBITS) == Z_OK;
    }
  else
    input->size_bytes = MIN (input->size_bytes, place->entry->packed_bytes);
  return TRUE;
}

SagDicomInput *
sag_dicom_input_open (const SagDicomPlace *place, GError **error)
{
  g_autoptr (SagDicomInput) input = g_new0 (SagDicomInput, 1);
  struct stat status;

  input->place = place;
  input->fd = -1;
  if (place->zip != NULL)
    return open_entry (input, error) ? g_steal_pointer (&input) : NULL;
  /* A pipe or a device would make us wait. */
  input->fd = open (place->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (input->fd < 0 || fstat (input->fd, &status) < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be read: %s.",
                   place->name, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "%s is not a file.", place->name);
      return NULL;
    }
  input->size_bytes = (guint64) status.st_size;
  return g_steal_pointer (&input);
}

SagDicomInput *
sag_dicom_input_new_for_memory (const void *data, gsize size_bytes)
{
  SagDicomInput *input = g_new0 (SagDicomInput, 1);

  input->fd = -1;
  input->memory = data;
  input->n_bytes = size_bytes;
  input->size_bytes = size_bytes;
  input->ended = TRUE;
  return input;
}

guint64
sag_dicom_input_get_size (const SagDicomInput *input)
{
  return input->size_bytes;
}

static gsize
read_file (const SagDicomInput *input, guint64 offset, void *out, gsize n)
{
  gsize done = 0;

  while (done < n)
    {
      gssize got = pread (input->fd, (char *) out + done, n - done, (off_t) (offset + done));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      done += (gsize) got;
    }
  return done;
}

/* The next @n bytes of a deflated entry. */
static gsize
unpack (SagDicomInput *input, guint8 *out, gsize n)
{
  z_stream *stream = &input->stream;
  int       code = Z_OK;

  stream->next_out = out;
  stream->avail_out = (uInt) MIN (n, G_MAXINT);
  while (stream->avail_out > 0 && code == Z_OK)
    {
      if (stream->avail_in == 0)
        {
          gsize got = sag_dicom_zip_read (input->place->zip, input->packed_offset, input->packed,
                                          MIN (input->n_packed_left, PACKED_BYTES));

          input->packed_offset += got;
          input->n_packed_left -= got;
          stream->next_in = input->packed;
          stream->avail_in = (uInt) got;
          if (got == 0)
            break;
        }
      code = inflate (stream, Z_NO_FLUSH);
    }
  return (gsize) (stream->next_out - out);
}

static gsize
read_next (SagDicomInput *input, guint8 *out, gsize n)
{
  if (input->unpacking)
    return unpack (input, out, n);
  if (input->place->zip != NULL)
    return sag_dicom_zip_read (input->place->zip, input->packed_offset + input->n_bytes, out, n);
  return read_file (input, input->n_bytes, out, n);
}

const guint8 *
sag_dicom_input_want (SagDicomInput *input, gsize n, gsize *n_have)
{
  if (n > input->n_bytes && !input->ended && n <= SAG_DICOM_INPUT_MOST_BYTES)
    {
      gsize size = MIN (MAX (n, FIRST_BYTES), input->size_bytes), got = 0;

      /* A little at a time: what the archive says of its sizes need not be true. */
      if (size > input->n_allocated)
        {
          guint8 *more = g_try_realloc (input->bytes, size);

          if (more == NULL)
            size = input->n_bytes;
          else
            {
              input->bytes = more;
              input->n_allocated = size;
            }
        }
      if (size > input->n_bytes)
        got = read_next (input, input->bytes + input->n_bytes, size - input->n_bytes);
      input->ended = input->n_bytes + got < n;
      input->n_bytes += got;
    }
  *n_have = input->n_bytes;
  return input->memory != NULL ? input->memory : input->bytes;
}

gboolean
sag_dicom_input_read_all (SagDicomInput *input, guint64 most, GError **error)
{
  gsize n_have;

  if (input->size_bytes > most)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "is larger than the %d MB that can be read at once.", (int) (most >> 20));
      return FALSE;
    }
  do
    sag_dicom_input_want (input, MIN (input->size_bytes, input->n_bytes + PIECE_BYTES), &n_have);
  while (!input->ended && n_have < input->size_bytes);
  input->ended = TRUE;
  return TRUE;
}

gsize
sag_dicom_input_read (SagDicomInput *input, guint64 offset, void *out, gsize n)
{
  const guint8 *bytes;
  gsize         n_have;

  if (input->fd >= 0 && !input->ended)
    return read_file (input, offset, out, n);
  if (offset > G_MAXSIZE - n)
    return 0;
  bytes = sag_dicom_input_want (input, (gsize) offset + n, &n_have);
  if (offset >= n_have)
    return 0;
  n = MIN (n, n_have - offset);
  memcpy (out, bytes + offset, n);
  return n;
}

gboolean
sag_dicom_input_inflate (SagDicomInput *input, gsize from, GError **error)
{
  const guint8 *bytes;
  gsize         n_have;
  z_stream      stream = { 0 };
  guint8       *out = NULL;
  gsize         n_out;
  int           code = Z_OK;

  bytes = sag_dicom_input_want (input, input->size_bytes, &n_have);
  if (from > n_have || inflateInit2 (&stream, -MAX_WBITS) != Z_OK)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "ends before its compressed part. Copy or fetch it again.");
      return FALSE;
    }
  n_out = from;
  stream.next_in = (Bytef *) bytes + from;
  stream.avail_in = (uInt) MIN (n_have - from, G_MAXINT);
  do
    {
      guint8 *more = g_try_realloc (out, MIN (2 * n_out, MAX_INFLATED_BYTES) + PACKED_BYTES);
      gsize   room = MIN (2 * n_out, MAX_INFLATED_BYTES) + PACKED_BYTES - n_out;

      if (more == NULL || n_out > MAX_INFLATED_BYTES)
        {
          g_free (more != NULL ? more : out);
          inflateEnd (&stream);
          g_set_error_literal (
            error, SAG_ERROR, SAG_ERROR_LIMIT,
            "needs more memory than Sagitta gives one compressed file. Decompress "
            "it, for example with gdcmconv --raw.");
          return FALSE;
        }
      if (out == NULL)
        memcpy (more, bytes, from);
      out = more;
      stream.next_out = out + n_out;
      stream.avail_out = (uInt) room;
      code = inflate (&stream, Z_NO_FLUSH);
      n_out += room - stream.avail_out;
    }
  while (code == Z_OK);
  inflateEnd (&stream);
  if (input->fd >= 0)
    close (input->fd);
  input->fd = -1;
  g_free (input->bytes);
  input->memory = NULL;
  input->n_bytes = input->n_allocated = input->size_bytes = n_out;
  input->bytes = out;
  input->ended = TRUE;
  return TRUE;
}
