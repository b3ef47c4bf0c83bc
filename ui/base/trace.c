/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/trace.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The main loop is to look for input at least this often. */
#define STALL_MS 10.0

/* @poll, @awake_us: of the main loop: how it waits, and since when it does not; 0: it has not waited yet */
static struct
{
  GMutex    lock;
  FILE     *file;
  gint64    start_us;
  GPollFunc poll;
  gint64    awake_us;
} trace;

/* The process's own start, so that loading the program counts too. */
static gint64
process_start_us (void)
{
  g_autofree char *stat = NULL;
  const char      *after;
  guint64          ticks = 0;
  gint64           uptime_us = g_get_monotonic_time ();

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return uptime_us;
  after = strrchr (stat, ')'); /* the name before it may hold anything */
  if (after == NULL || sscanf (after + 1,
                               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
                               "%*d %*d %*d %" G_GUINT64_FORMAT,
                               &ticks) != 1)
    return uptime_us;
  return MIN (uptime_us, (gint64) (ticks * (G_USEC_PER_SEC / sysconf (_SC_CLK_TCK))));
}

/* In the place of the main loop's own: between two calls of it everything else happens. */
static int
watch_poll (GPollFD *fds, guint n_fds, int timeout_ms)
{
  const double busy_ms = (double) (g_get_monotonic_time () - trace.awake_us) * 1e-3;
  int          n_ready;

  if (trace.awake_us != 0 && busy_ms > STALL_MS)
    sag_ui_trace ("stall", "ms", busy_ms, NULL);
  n_ready = trace.poll (fds, n_fds, timeout_ms);
  trace.awake_us = g_get_monotonic_time ();
  return n_ready;
}

static void
watch (gboolean watches)
{
  if (watches == (trace.poll != NULL))
    return;
  if (watches)
    {
      trace.poll = g_main_context_get_poll_func (NULL);
      trace.awake_us = 0;
      g_main_context_set_poll_func (NULL, watch_poll);
    }
  else
    {
      g_main_context_set_poll_func (NULL, trace.poll);
      trace.poll = NULL;
    }
}

gboolean
sag_ui_trace_open (const char *path, GError **error)
{
  FILE *file = g_fopen (path, "we");

  if (file == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "The trace cannot be written to %s: %s; choose another place.", path,
                   g_strerror (errno));
      return FALSE;
    }
  sag_ui_trace_close ();
  g_mutex_lock (&trace.lock);
  trace.start_us = process_start_us ();
  g_atomic_pointer_set (&trace.file, file);
  g_mutex_unlock (&trace.lock);
  watch (TRUE);
  return TRUE;
}

void
sag_ui_trace_close (void)
{
  watch (FALSE);
  g_mutex_lock (&trace.lock);
  if (trace.file != NULL)
    fclose (trace.file);
  g_atomic_pointer_set (&trace.file, NULL);
  g_mutex_unlock (&trace.lock);
}

gboolean
sag_ui_trace_is_open (void)
{
  return g_atomic_pointer_get (&trace.file) != NULL;
}

static void
append_number (GString *line, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (line, g_ascii_formatd (buffer, sizeof buffer, "%.3f", value));
}

void
sag_ui_trace (const char *event, ...)
{
  g_autoptr (GString) line = NULL;
  const char *key;
  va_list     pairs;

  if (!sag_ui_trace_is_open ())
    return;
  line = g_string_new ("{\"t_ms\": ");
  append_number (line, (g_get_monotonic_time () - trace.start_us) * 1e-3);
  g_string_append_printf (line, ", \"event\": \"%s\"", event);
  va_start (pairs, event);
  while ((key = va_arg (pairs, const char *)) != NULL)
    {
      g_string_append_printf (line, ", \"%s\": ", key);
      append_number (line, va_arg (pairs, double));
    }
  va_end (pairs);
  g_string_append (line, "}\n");
  g_mutex_lock (&trace.lock);
  if (trace.file != NULL)
    {
      fwrite (line->str, 1, line->len, trace.file);
      fflush (trace.file);
    }
  g_mutex_unlock (&trace.lock);
}
