/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/timing.h"

#include "app/cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

static double
now (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

SagCliTiming *
sag_cli_timing_run (
  const char *name, int n_runs, SagCliTimedFunc func, gpointer data, GError **error)
{
  g_autoptr (SagCliTiming) timing = g_new0 (SagCliTiming, 1);

  timing->name = g_strdup (name);
  timing->wall_s = g_array_new (FALSE, FALSE, sizeof (double));
  timing->cpu_s = g_array_new (FALSE, FALSE, sizeof (double));
  for (int i = 0; i <= n_runs; i++)
    {
      double wall = now (CLOCK_MONOTONIC), cpu = now (CLOCK_PROCESS_CPUTIME_ID);

      if (!func (data, error))
        return NULL;
      wall = now (CLOCK_MONOTONIC) - wall;
      cpu = now (CLOCK_PROCESS_CPUTIME_ID) - cpu;
      if (i == 0)
        continue;
      g_array_append_val (timing->wall_s, wall);
      g_array_append_val (timing->cpu_s, cpu);
    }
  g_array_sort (timing->wall_s, compare);
  g_array_sort (timing->cpu_s, compare);
  return g_steal_pointer (&timing);
}

void
sag_cli_timing_free (SagCliTiming *timing)
{
  if (timing == NULL)
    return;
  g_free (timing->name);
  g_clear_pointer (&timing->wall_s, g_array_unref);
  g_clear_pointer (&timing->cpu_s, g_array_unref);
  g_free (timing);
}

static double
ms (const GArray *seconds, guint i)
{
  return round (g_array_index (seconds, double, i) * 1e5) / 100;
}

void
sag_cli_timing_print (const SagCliTiming *timing)
{
  printf ("  %-22s median %8.1f ms   fastest %8.1f ms   processor %8.1f ms\n", timing->name,
          ms (timing->wall_s, timing->wall_s->len / 2), ms (timing->wall_s, 0),
          ms (timing->cpu_s, timing->cpu_s->len / 2));
}

void
sag_cli_timing_write (const SagCliTiming *timing, SagJsonWriter *writer)
{
  sag_json_begin_object (writer, timing->name);
  sag_json_number (writer, "median_ms", ms (timing->wall_s, timing->wall_s->len / 2));
  sag_json_number (writer, "fastest_ms", ms (timing->wall_s, 0));
  sag_json_number (writer, "processor_ms", ms (timing->cpu_s, timing->cpu_s->len / 2));
  sag_json_integer (writer, "runs", timing->wall_s->len);
  sag_json_end_object (writer);
}

gboolean
sag_cli_timing_tell (const char     *name,
                     int             n_runs,
                     SagCliTimedFunc func,
                     gpointer        data,
                     SagJsonWriter  *writer,
                     GError        **error)
{
  g_autoptr (SagCliTiming) timing = sag_cli_timing_run (name, n_runs, func, data, error);

  if (timing == NULL)
    return FALSE;
  sag_cli_progress (NULL, 0);
  if (writer != NULL)
    sag_cli_timing_write (timing, writer);
  else
    sag_cli_timing_print (timing);
  return TRUE;
}
