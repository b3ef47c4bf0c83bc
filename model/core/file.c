/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/file.h"

#include "model/core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SagFileWriter
{
  int   fd;
  char *path;
  char *temporary; /* NULL once it is gone */
};

static gboolean
fail (GError **error, const char *doing, const char *path)
{
  int              code = errno;
  g_autofree char *name = g_filename_display_name (path);
  const char      *remedy = "";

  if (code == ENOSPC || code == EDQUOT)
    remedy = "; free some space and try again";
  else if (code == EACCES || code == EPERM || code == EROFS || code == ENOTDIR)
    remedy = "; choose a folder that you may write to";
  else if (code == ENOENT)
    remedy = "; create the folder first";
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "Cannot %s %s: %s%s.", doing,
               name, g_strerror (code), remedy);
  return FALSE;
}

SagFileWriter *
sag_file_writer_new (const char *path, GError **error)
{
  g_autoptr (SagFileWriter) writer = g_new0 (SagFileWriter, 1);

  g_return_val_if_fail (path != NULL, NULL);

  writer->path = g_strdup (path);
  writer->temporary = g_strdup_printf ("%s.XXXXXX", path);
  writer->fd = g_mkstemp_full (writer->temporary, O_RDWR | O_CLOEXEC, 0666);
  if (writer->fd < 0)
    {
      g_clear_pointer (&writer->temporary, g_free);
      fail (error, "write", path);
      return NULL;
    }
  return g_steal_pointer (&writer);
}

void
sag_file_writer_free (SagFileWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->fd >= 0)
    close (writer->fd);
  if (writer->temporary != NULL)
    g_unlink (writer->temporary);
  g_free (writer->temporary);
  g_free (writer->path);
  g_free (writer);
}

gboolean
sag_file_writer_write (SagFileWriter *writer, const void *data, gsize size_bytes, GError **error)
{
  const char *at = data;

  g_return_val_if_fail (writer != NULL && writer->fd >= 0, FALSE);

  while (size_bytes > 0)
    {
      gssize n = write (writer->fd, at, MIN (size_bytes, (gsize) 1 << 30));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (error, "write", writer->path);
      at += n;
      size_bytes -= n;
    }
  return TRUE;
}

const char *
sag_file_writer_get_temporary (SagFileWriter *writer)
{
  g_return_val_if_fail (writer != NULL, NULL);
  return writer->temporary;
}

gboolean
sag_file_writer_flush (SagFileWriter *writer, GError **error)
{
  g_return_val_if_fail (writer != NULL && writer->fd >= 0, FALSE);

  if (fsync (writer->fd) != 0 && errno != EINVAL)
    return fail (error, "write", writer->path);
  return TRUE;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* Takes its name. */
static gboolean
finish (SagFileWriter *writer, GError **error)
{
  int fd = writer->fd;

  writer->fd = -1;
  if (close (fd) != 0 || g_rename (writer->temporary, writer->path) != 0)
    return fail (error, "write", writer->path);
  g_clear_pointer (&writer->temporary, g_free);
  return TRUE;
}

gboolean
sag_file_writer_commit (SagFileWriter *writer, GError **error)
{
  if (!sag_file_writer_flush (writer, error) || !finish (writer, error))
    return FALSE;
  sync_folder (writer->path);
  return TRUE;
}

gboolean
sag_file_save_unsynced (const char *path, const void *data, gsize size_bytes, GError **error)
{
  g_autoptr (SagFileWriter) writer = sag_file_writer_new (path, error);

  return writer != NULL && sag_file_writer_write (writer, data, size_bytes, error) &&
         finish (writer, error);
}

gboolean
sag_file_save (const char *path, const void *data, gsize size_bytes, GError **error)
{
  g_autoptr (SagFileWriter) writer = sag_file_writer_new (path, error);

  return writer != NULL && sag_file_writer_write (writer, data, size_bytes, error) &&
         sag_file_writer_commit (writer, error);
}

static void
fail_reading (GError **error, const char *path)
{
  int              code = errno;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "Cannot read %s: %s.", name,
               g_strerror (code));
}

/* Appends until the end, or until @data holds more than @limit_bytes. FALSE with errno. */
static gboolean
read_all (int fd, gsize limit_bytes, GByteArray *data)
{
  gssize n = 1;

  while (n > 0 && data->len <= limit_bytes)
    {
      guint8 buffer[1 << 16];

      n = read (fd, buffer, sizeof buffer);
      if (n > 0)
        g_byte_array_append (data, buffer, n);
      else if (n < 0 && errno == EINTR)
        n = 1;
    }
  return n >= 0;
}

char *
sag_file_load (const char *path, gsize limit_bytes, gsize *size_bytes, GError **error)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  gboolean done;
  int      fd;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (limit_bytes <= G_MAXINT32, NULL);

  fd = open (path, O_RDONLY | O_CLOEXEC);
  done = fd >= 0 && read_all (fd, limit_bytes, data);
  if (!done)
    fail_reading (error, path);
  if (fd >= 0)
    close (fd);
  if (!done)
    return NULL;
  if (data->len > limit_bytes)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "%s is larger than %" G_GSIZE_FORMAT
                   " bytes, far more than such a file needs; is it the right one?",
                   name, limit_bytes);
      return NULL;
    }
  if (size_bytes != NULL)
    *size_bytes = data->len;
  g_byte_array_append (data, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&data), FALSE);
}

char *
sag_file_dup_display_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return g_filename_display_name (base);
}
