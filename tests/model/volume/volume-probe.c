/* SPDX-License-Identifier: Apache-2.0 */

/* What nibabel.py and tests/bench/load.py drive: loads files and prints one line of JSON for each.
 *
 *   volume-probe [--time] [--save OUT] FILE...
 *
 * Sampled voxels: index (7919 * s) modulo the number of voxels, s = 0 ... N_SAMPLES - 1, on the
 * stored grid and then in the RAS view, i (R) fastest.
 */

#include "model/core/json-writer.h"
#include "model/volume/nifti.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define N_SAMPLES 199
#define STRIDE 7919

typedef struct
{
  gint64 start;
  double milliseconds[4]; /* header, first, middle, all slices */
} Times;

static double
get_ms (const Times *times)
{
  return (double) (g_get_monotonic_time () - times->start) / 1000;
}

static void
slices_cb (SagVolume *volume, int n_slices, gpointer user_data)
{
  Times    *times = user_data;
  const int nk = sag_volume_get_geometry (volume)->dims[2];

  if (n_slices == 0)
    times->milliseconds[0] = get_ms (times);
  if (n_slices > 0 && times->milliseconds[1] == 0)
    times->milliseconds[1] = get_ms (times);
  if (n_slices > nk / 2 && times->milliseconds[2] == 0)
    times->milliseconds[2] = get_ms (times);
}

static float
get_value (const SagVoxels *view, gsize index)
{
  const gint32 *dims = view->geometry.dims;
  const gint64  i = (gint64) (index % dims[0]), j = (gint64) (index / dims[0] % dims[1]),
               k = (gint64) (index / dims[0] / dims[1]);
  const gint64 at = i * view->stride[0] + j * view->stride[1] + k * view->stride[2];

  return view->scalar == SAG_SCALAR_INT16 ? ((const gint16 *) view->origin)[at]
                                          : ((const float *) view->origin)[at];
}

static void
write_view (SagJsonWriter *json, const char *name, const SagVoxels *view)
{
  const gsize n = (gsize) sag_geometry_n_voxels (&view->geometry);
  double      sum = 0;

  sag_json_begin_object (json, name);
  sag_json_integers (json, "dims", view->geometry.dims, 3);
  sag_json_numbers (json, "affine", &view->geometry.ijk_to_ras[0][0], 12);
  sag_json_begin_array (json, "samples");
  for (gsize s = 0; s < N_SAMPLES; s++)
    sag_json_float (json, NULL, get_value (view, s * STRIDE % n));
  sag_json_end_array (json);
  for (gsize i = 0; i < n; i++)
    sum += isfinite (get_value (view, i)) ? get_value (view, i) : 0;
  sag_json_number (json, "sum", sum);
  sag_json_end_object (json);
}

static void
write_volume (SagJsonWriter *json, SagVolume *volume)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  SagVoxels          view;
  char               letters[4];

  sag_geometry_letters (geometry, letters);
  sag_json_string (json, "letters", letters);
  sag_json_boolean (json, "sheared", sag_geometry_is_sheared (geometry));
  sag_json_number (json, "obliquity", sag_geometry_obliquity_degrees (geometry));
  sag_json_string (json, "scalar",
                   sag_volume_get_scalar (volume) == SAG_SCALAR_INT16 ? "int16" : "float32");
  sag_json_string (json, "source_type", sag_volume_get_source_type (volume));
  sag_json_strings (json, "warnings", sag_volume_get_warnings (volume));
  sag_json_string (json, "hash", sag_volume_get_hash (volume));
  sag_volume_view_stored (volume, &view);
  write_view (json, "stored", &view);
  sag_volume_view_ras (volume, &view);
  write_view (json, "ras", &view);
}

static gboolean
save (SagVolume *volume, const char *path, GError **error)
{
  const gboolean whole = sag_volume_get_scalar (volume) == SAG_SCALAR_INT16;
  const void    *voxels =
    whole ? (const void *) sag_volume_get_int16 (volume) : sag_volume_get_float (volume);

  return sag_nifti_save (path, sag_volume_get_geometry (volume),
                         whole ? SAG_NIFTI_INT16 : SAG_NIFTI_FLOAT32, voxels, "volume-probe", NULL,
                         error);
}

static void
print_one_line (SagJsonWriter *json)
{
  g_autofree char *text = sag_json_writer_finish (json);

  g_strdelimit (text, "\n", ' ');
  puts (text);
}

static void
probe (const char *path, gboolean time_only, const char *save_path)
{
  g_autoptr (SagJsonWriter) json = sag_json_writer_new ();
  g_autoptr (GError) error = NULL;
  Times times = { .start = g_get_monotonic_time () };
  g_autoptr (SagVolume) volume = sag_nifti_load (path, slices_cb, &times, NULL, &error);

  times.milliseconds[3] = get_ms (&times);
  sag_json_begin_object (json, NULL);
  sag_json_string (json, "file", path);
  if (volume != NULL && time_only)
    sag_json_numbers (json, "milliseconds", times.milliseconds, 4);
  else if (volume != NULL)
    write_volume (json, volume);
  if (volume != NULL && save_path != NULL)
    save (volume, save_path, &error);
  if (error != NULL)
    sag_json_string (json, "error", error->message);
  sag_json_end_object (json);
  print_one_line (json);
}

int
main (int argc, char **argv)
{
  const char *save_path = NULL;
  gboolean    time_only = FALSE;

  for (int i = 1; i < argc; i++)
    {
      if (strcmp (argv[i], "--time") == 0)
        time_only = TRUE;
      else if (strcmp (argv[i], "--save") == 0 && i + 1 < argc)
        save_path = argv[++i];
      else
        probe (argv[i], time_only, save_path);
    }
  return 0;
}
