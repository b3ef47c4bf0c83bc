/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/stream.h"

#include "model/core/file.h"
#include "model/volume/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_BYTES (256 * 1024)
#define SKIP_BYTES (64 * 1024)
#define DEFLATE_MOST 1032

struct _SagStream
{
  int            fd; /* -1: all input is in memory */
  char          *name;
  guint64        size;     /* of the file, compressed */
  guint64        position; /* of the content */
  SagStreamState state;
  int            error_number;

  guint8       *input; /* NULL in memory */
  const guint8 *next_in;
  gsize         n_in;
  gboolean      input_ended;

  SagInflater *inflater; /* NULL for plain files */
  gboolean     between_members;
};

static gboolean
fail (int code, const char *name, GError **error)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "Cannot read %s: %s.", name,
               g_strerror (code));
  return FALSE;
}

/* Moves what is left to the front and reads more behind it. */
static void
refill (SagStream *stream)
{
  gssize n;

  if (stream->input_ended)
    return;
  memmove (stream->input, stream->next_in, stream->n_in);
  stream->next_in = stream->input;
  do
    n = read (stream->fd, stream->input + stream->n_in, INPUT_BYTES - stream->n_in);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      stream->error_number = errno;
      stream->state = SAG_STREAM_FAILED;
    }
  stream->input_ended = n <= 0;
  stream->n_in += MAX (n, 0);
}

/* At least @n bytes of input, where there are so many. */
static gboolean
have_input (SagStream *stream, gsize n)
{
  while (stream->n_in < n && !stream->input_ended)
    refill (stream);
  return stream->n_in >= n;
}

static gboolean
is_gzip_next (SagStream *stream)
{
  return have_input (stream, 2) && stream->next_in[0] == 0x1f && stream->next_in[1] == 0x8b;
}

static SagStream *
start (SagStream *stream)
{
  if (is_gzip_next (stream))
    stream->inflater = sag_inflater_new ();
  return stream;
}

SagStream *
sag_stream_new_for_memory (const void *data, gsize size_bytes)
{
  SagStream *stream = g_new0 (SagStream, 1);

  stream->fd = -1;
  stream->size = size_bytes;
  stream->next_in = data;
  stream->n_in = size_bytes;
  stream->input_ended = TRUE;
  return start (stream);
}

SagStream *
sag_stream_open (const char *path, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  SagStream       *stream;
  struct stat      info;
  int              fd;

  /* Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it. */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      fail (errno, name, error);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      close (fd);
      g_set_error (error, G_FILE_ERROR,
                   S_ISDIR (info.st_mode) ? G_FILE_ERROR_ISDIR : G_FILE_ERROR_INVAL,
                   S_ISDIR (info.st_mode) ? "%s is a folder; choose a file in it."
                                          : "%s is no regular file; copy it to a disk first.",
                   name);
      return NULL;
    }
  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);

  stream = g_new0 (SagStream, 1);
  stream->fd = fd;
  stream->name = g_steal_pointer (&name);
  stream->size = info.st_size;
  stream->input = g_malloc (INPUT_BYTES);
  stream->next_in = stream->input;
  return start (stream);
}

void
sag_stream_free (SagStream *stream)
{
  if (stream == NULL)
    return;
  if (stream->fd >= 0)
    close (stream->fd);
  sag_inflater_free (stream->inflater);
  g_free (stream->input);
  g_free (stream->name);
  g_free (stream);
}

static gsize
read_plain (SagStream *stream, guint8 *out, gsize size)
{
  gsize done = 0;

  while (done < size && have_input (stream, 1))
    {
      gsize n = MIN (size - done, stream->n_in);

      memcpy (out + done, stream->next_in, n);
      stream->next_in += n;
      stream->n_in -= n;
      done += n;
    }
  if (done < size && stream->state == SAG_STREAM_OPEN)
    stream->state = SAG_STREAM_END;
  return done;
}

/* What follows a member: another one, or the end. Padding and garbage count as the end, as in gzip
 * itself. */
static void
start_next_member (SagStream *stream)
{
  if (is_gzip_next (stream))
    sag_inflater_reset (stream->inflater);
  else if (stream->state == SAG_STREAM_OPEN)
    stream->state = SAG_STREAM_END;
  stream->between_members = FALSE;
}

static gsize
read_gzip (SagStream *stream, guint8 *out, gsize size)
{
  guint8 *next_out = out;
  gsize   n_out = size;

  while (n_out > 0 && stream->state == SAG_STREAM_OPEN)
    {
      const gsize n_out_before = n_out;
      gsize       n_in_before;

      if (stream->between_members)
        {
          start_next_member (stream);
          continue;
        }
      if (stream->n_in == 0)
        refill (stream);
      n_in_before = stream->n_in;
      switch (
        sag_inflater_run (stream->inflater, &stream->next_in, &stream->n_in, &next_out, &n_out))
        {
        case SAG_INFLATE_END:
          stream->between_members = TRUE;
          break;
        case SAG_INFLATE_DAMAGED:
          stream->state = SAG_STREAM_DAMAGED;
          break;
        case SAG_INFLATE_MORE:
        default:
          if (stream->state == SAG_STREAM_OPEN && stream->n_in == n_in_before &&
              n_out == n_out_before)
            stream->state = stream->input_ended ? SAG_STREAM_CUT : SAG_STREAM_DAMAGED;
        }
    }
  return size - n_out;
}

gsize
sag_stream_read (SagStream *stream, void *buffer, gsize size_bytes)
{
  gsize n = 0;

  g_return_val_if_fail (stream != NULL, 0);

  if (stream->state == SAG_STREAM_OPEN)
    n = stream->inflater != NULL ? read_gzip (stream, buffer, size_bytes)
                                 : read_plain (stream, buffer, size_bytes);
  stream->position += n;
  return n;
}

guint64
sag_stream_skip (SagStream *stream, guint64 size_bytes, GCancellable *cancellable)
{
  g_autofree guint8 *scratch = g_malloc (SKIP_BYTES);
  guint64            done = 0;

  while (done < size_bytes && !g_cancellable_is_cancelled (cancellable))
    {
      gsize n = sag_stream_read (stream, scratch, MIN (size_bytes - done, SKIP_BYTES));

      if (n == 0)
        break;
      done += n;
    }
  return done;
}

SagStreamState
sag_stream_get_state (const SagStream *stream)
{
  g_return_val_if_fail (stream != NULL, SAG_STREAM_FAILED);
  return stream->state;
}

void
sag_stream_set_error (const SagStream *stream, GError **error)
{
  g_return_if_fail (stream != NULL);
  fail (stream->error_number, stream->name != NULL ? stream->name : "memory", error);
}

gboolean
sag_stream_is_gzip (const SagStream *stream)
{
  g_return_val_if_fail (stream != NULL, FALSE);
  return stream->inflater != NULL;
}

guint64
sag_stream_get_position (const SagStream *stream)
{
  g_return_val_if_fail (stream != NULL, 0);
  return stream->position;
}

guint64
sag_stream_get_limit (const SagStream *stream)
{
  g_return_val_if_fail (stream != NULL, 0);
  if (stream->inflater == NULL)
    return stream->size;
  return stream->size > G_MAXUINT64 / DEFLATE_MOST ? G_MAXUINT64 : stream->size * DEFLATE_MOST;
}
