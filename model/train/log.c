/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/log.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-writer.h"
#include "model/core/number.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MOST_BYTES ((gsize) 1 << 30)
#define LOCK_TRIES 20
#define LOCK_WAIT_US 1000
#define START "{\"step\":"

struct _SagTrainLog
{
  int      fd;
  char    *path;
  char    *name; /* to show */
  GString *line;
};

static gboolean
fail (SagTrainLog *self, GError **error)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "The log %s cannot be written: %s; free some space and go on with --resume.",
               self->name, g_strerror (code));
  return FALSE;
}

/* Bytes up to the first line that does not belong. */
static gsize
find_end (const char *text, gint64 last_step)
{
  const char *at = text, *end;

  while ((end = strchr (at, '\n')) != NULL && g_str_has_prefix (at, START) &&
         g_ascii_strtoll (at + strlen (START), NULL, 10) <= last_step)
    at = end + 1;
  return (gsize) (at - text);
}

/* Who only looks whether a training is alive holds the lock for a moment: that is waited for. */
static gboolean
lock (int fd)
{
  int tries = 0;

  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno != EWOULDBLOCK || ++tries == LOCK_TRIES)
        return FALSE;
      g_usleep (LOCK_WAIT_US);
    }
  return TRUE;
}

SagTrainLog *
sag_train_log_open (const char *path, GError **error)
{
  g_autoptr (SagTrainLog) self = g_new0 (SagTrainLog, 1);

  self->path = g_strdup (path);
  self->line = g_string_new (NULL);
  self->name = sag_file_dup_display_name (path);
  self->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
  if (self->fd < 0)
    return fail (self, error), NULL;
  if (!lock (self->fd) && errno == EWOULDBLOCK)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "Another training works in this folder, with %s; choose another folder.",
                   self->name);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
sag_train_log_cut (SagTrainLog *log, gint64 last_step, GError **error)
{
  g_autofree char *text = NULL;

  if (last_step >= 0)
    {
      text = sag_file_load (log->path, MOST_BYTES, NULL, error);
      if (text == NULL)
        return FALSE;
    }
  return ftruncate (log->fd, text != NULL ? (off_t) find_end (text, last_step) : 0) == 0 ||
         fail (log, error);
}

void
sag_train_log_close (SagTrainLog *log)
{
  if (log == NULL)
    return;
  if (log->fd >= 0)
    close (log->fd);
  g_string_free (log->line, TRUE);
  g_free (log->name);
  g_free (log->path);
  g_free (log);
}

void
sag_train_log_begin (SagTrainLog *log, guint64 step)
{
  g_string_printf (log->line, START "%" G_GUINT64_FORMAT, step);
}

void
sag_train_log_number (SagTrainLog *log, const char *name, double value)
{
  char buffer[SAG_NUMBER_BUFFER];

  g_string_append_printf (log->line, ",\"%s\":%s", name,
                          isfinite (value) ? sag_number_format (value, buffer) : "null");
}

void
sag_train_log_string (SagTrainLog *log, const char *name, const char *value)
{
  g_string_append_printf (log->line, ",\"%s\":", name);
  sag_json_append_string (log->line, value);
}

gboolean
sag_train_log_end (SagTrainLog *log, GError **error)
{
  const char *at = log->line->str;
  gsize       left;

  g_string_append (log->line, "}\n");
  at = log->line->str;
  left = log->line->len;
  while (left > 0)
    {
      gssize put = write (log->fd, at, left);

      if (put < 0 && errno == EINTR)
        continue;
      if (put < 0)
        return fail (log, error);
      at += put;
      left -= (gsize) put;
    }
  return TRUE;
}
