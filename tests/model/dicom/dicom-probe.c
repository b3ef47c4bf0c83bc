/* SPDX-License-Identifier: Apache-2.0 */

/* What tests/bench/series.py drives: lists a place and loads its best series, and prints one line of JSON:
 *
 *   dicom-probe PLACE
 *
 * "milliseconds": from the start until the list is there, then from the choice of a series until its first slice, its
 * middle one and all of them can be shown; "peak_bytes": the most memory that the process held; "volume_bytes".
 */

#include "model/core/json-writer.h"
#include "model/dicom/dicom.h"

#include <stdio.h>
#include <sys/resource.h>

typedef struct
{
  gint64 start;
  double first;
  double middle;
} Times;

static double
get_ms (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static void
slices_cb (SagVolume *volume, int n_slices, gpointer user_data)
{
  Times *times = user_data;

  if (n_slices == 1)
    times->first = get_ms (times->start);
  if (n_slices == sag_volume_get_geometry (volume)->dims[2] / 2 + 1)
    times->middle = get_ms (times->start);
}

static gint64
get_peak_bytes (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gint64) usage.ru_maxrss * 1024;
}

static SagVolume *
measure (const char *place, double milliseconds[4], GError **error)
{
  const char  *paths[] = { place, NULL };
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (SagDicomIndex) index = sag_dicom_index_new (paths, NULL, NULL, NULL, error);
  SagDicomSeries *series;
  SagVolume      *volume;
  Times           times = { 0 };

  if (index == NULL)
    return NULL;
  milliseconds[0] = get_ms (start);
  series = sag_dicom_index_find (index, NULL, place, error);
  if (series == NULL)
    return NULL;
  times.start = g_get_monotonic_time ();
  volume = sag_dicom_load (series, slices_cb, &times, NULL, error);
  milliseconds[1] = times.first;
  milliseconds[2] = times.middle;
  milliseconds[3] = get_ms (times.start);
  return volume;
}

int
main (int argc, char **argv)
{
  double milliseconds[4] = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = argc == 2 ? measure (argv[1], milliseconds, &error) : NULL;
  g_autoptr (SagJsonWriter) json = sag_json_writer_new ();
  g_autofree char *line = NULL;

  if (volume == NULL)
    {
      fprintf (stderr, "%s\n", error != NULL ? error->message : "Usage: dicom-probe PLACE");
      return 1;
    }
  sag_json_begin_object (json, NULL);
  sag_json_numbers (json, "milliseconds", milliseconds, 4);
  sag_json_integer (json, "peak_bytes", get_peak_bytes ());
  sag_json_integer (json, "volume_bytes",
                    (gint64) (sag_geometry_n_voxels (sag_volume_get_geometry (volume)) *
                              (sag_volume_get_scalar (volume) == SAG_SCALAR_INT16 ? 2 : 4)));
  sag_json_end_object (json);
  line = sag_json_writer_finish (json);
  fputs (line, stdout);
  return 0;
}
