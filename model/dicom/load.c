/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/dicom.h"

#include "model/core/error.h"
#include "model/core/pool.h"
#include "model/dicom/assemble.h"
#include "model/dicom/source.h"
#include "model/volume/volume-private.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Workers decode the source slices that the plan uses, in order: each into the volume where it stands there as it is,
 * else into memory of its own. The calling thread follows: it makes the slices that lie between others, and tells how
 * far the volume is. */

#define AIR_HU (-1024)
#define TISSUE_HU (-500) /* padding above this would look like tissue */
#define WAIT_US (G_USEC_PER_SEC / 10)
#define MAX_FAILED 10 /* one of so many may be missing */

enum
{
  UNUSED, /* no slice of the volume is made of it */
  WAITING,
  DONE,
  FAILED,
};

typedef struct
{
  SagDicomSeries *series;
  GCancellable   *cancellable;
  SagSlicesFunc   on_slices;
  gpointer        user_data;

  SagDicomGrid grid;
  SagVolume   *volume;
  char        *voxels;
  guint        n_sources;
  int         *exact;  /* by source: the slice of the volume that it is, or -1 */
  void       **slices; /* by source, once done: in the volume or own */

  GMutex   lock;
  GCond    changed;
  guint8  *states; /* guarded by lock */
  guint    n_failed;
  GError  *problem; /* the first one */
  gboolean overflow;
  gint     stop; /* atomic */

  /* The last file that each worker opened: frames of one come together. */
  SagDicomSource **files;
  SagDicomSources  sources;
  guint            n_workers;
} Load;

static const SagDicomSlice *
get_slice (const Load *load, guint source)
{
  return &g_array_index (load->series->slices, SagDicomSlice, source);
}

static SagDicomValues
get_values (const SagDicomSlice *slice)
{
  const SagDicomHeader *header = slice->file->header;
  const SagDicomFrame  *frame = sag_dicom_slice_frame (slice);
  SagDicomValues        values = { frame->slope, frame->intercept, FALSE, AIR_HU };

  values.replaces_padding = header->has_padding && strcmp (header->kind, "CT") == 0 &&
                            header->padding * frame->slope + frame->intercept > TISSUE_HU;
  return values;
}

/* What stands where no slice reaches: air, or what the file itself puts there. */
static float
choose_air (const Load *load)
{
  const SagDicomSlice  *first = get_slice (load, 0);
  const SagDicomHeader *header = first->file->header;
  const SagDicomFrame  *frame = sag_dicom_slice_frame (first);
  const double          padding = header->padding * frame->slope + frame->intercept;

  if (strcmp (header->kind, "CT") != 0)
    return 0;
  return header->has_padding && padding < AIR_HU && padding >= G_MININT16 ? (float) padding
                                                                          : AIR_HU;
}

/* Whole slopes and intercepts keep values whole; whether they fit is seen while reading. */
static SagScalar
choose_scalar (const Load *load)
{
  for (guint s = 0; s < load->n_sources; s++)
    {
      const SagDicomFrame *frame = sag_dicom_slice_frame (get_slice (load, s));

      if (frame->slope != rint (frame->slope) || frame->intercept != rint (frame->intercept))
        return SAG_SCALAR_FLOAT32;
    }
  return SAG_SCALAR_INT16;
}

static gsize
slice_bytes (const Load *load)
{
  return sag_dicom_grid_slice_bytes (&load->grid);
}

static void
set_memory_error (GError **error)
{
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT, "needs more memory than there is.");
}

static SagDicomSource *
open_source (Load *load, guint worker, SagDicomFile *file, GError **error)
{
  if (load->files[worker] == NULL || load->files[worker]->file != file)
    {
      sag_dicom_sources_close (&load->sources, load->files[worker]);
      load->files[worker] = sag_dicom_sources_open (&load->sources, file, error);
    }
  return load->files[worker];
}

/* FALSE without an error: a value that int16 cannot hold. */
static gboolean
decode_slice (Load *load, guint source, guint worker, void *out, GError **error)
{
  const SagDicomSlice  *slice = get_slice (load, source);
  const SagDicomHeader *header = slice->file->header;
  const SagDicomValues  values = get_values (slice);
  const SagDicomSource *source_file = open_source (load, worker, slice->file, error);
  g_autofree void      *raw = source_file != NULL
                                ? sag_dicom_pixels_read (source_file->input, source_file->fragments,
                                                         header, slice->frame, error)
                                : NULL;
  g_autofree float     *before = NULL;

  if (raw == NULL)
    return FALSE;
  if (load->series->is_sheared)
    {
      before = g_try_new (float, (gsize) header->rows * header->columns);
      if (before == NULL)
        {
          set_memory_error (error);
          return FALSE;
        }
      sag_dicom_pixels_to_float (header, &values, raw, before);
      return sag_dicom_shift (&load->grid, header, slice->offset_mm,
                              sag_dicom_slice_frame (slice)->spacing_mm, before, out);
    }
  if (load->grid.scalar == SAG_SCALAR_INT16)
    return sag_dicom_pixels_to_int16 (header, &values, raw, out);
  sag_dicom_pixels_to_float (header, &values, raw, out);
  return TRUE;
}

static void
work (gsize source, guint worker, gpointer data)
{
  Load *load = data;
  g_autoptr (GError) error = NULL;
  gboolean done;

  if (g_atomic_int_get (&load->stop) || load->states[source] == UNUSED)
    return;
  load->slices[source] = load->exact[source] >= 0
                           ? load->voxels + (gsize) load->exact[source] * slice_bytes (load)
                           : g_try_malloc (slice_bytes (load));
  done = load->slices[source] != NULL &&
         decode_slice (load, (guint) source, worker, load->slices[source], &error);
  if (load->slices[source] == NULL)
    set_memory_error (&error);
  g_mutex_lock (&load->lock);
  load->states[source] = done ? DONE : FAILED;
  if (!done && error == NULL)
    load->overflow = TRUE;
  else if (!done)
    {
      load->n_failed++;
      if (load->problem == NULL)
        load->problem = g_error_new (
          error->domain, error->code, "%s%s%s",
          g_str_has_prefix (error->message, get_slice (load, (guint) source)->file->place->name)
            ? ""
            : get_slice (load, (guint) source)->file->place->name,
          g_str_has_prefix (error->message, get_slice (load, (guint) source)->file->place->name)
            ? ""
            : " ",
          error->message);
    }
  g_cond_signal (&load->changed);
  g_mutex_unlock (&load->lock);
}

static gpointer
decode_thread (gpointer data)
{
  Load *load = data;
  g_autoptr (SagPool) pool = sag_pool_new (load->n_workers);

  sag_pool_run (pool, load->n_sources, work, load);
  return NULL;
}

/* FALSE: cancelled, too much failed, or float32 is needed. */
static gboolean
wait_for (Load *load, guint source)
{
  gboolean good;

  g_mutex_lock (&load->lock);
  for (;;)
    {
      good = !load->overflow && !g_cancellable_is_cancelled (load->cancellable) &&
             load->n_failed * MAX_FAILED <= load->n_sources;
      if (!good || load->states[source] != WAITING)
        break;
      g_cond_wait_until (&load->changed, &load->lock, g_get_monotonic_time () + WAIT_US);
    }
  g_mutex_unlock (&load->lock);
  return good;
}

/* A slice that could not be read becomes what its neighbours say. */
static gboolean
repair (Load *load, guint source)
{
  guint above = source + 1, below = source;

  if (!wait_for (load, source))
    return FALSE;
  if (load->states[source] == DONE)
    return TRUE;
  for (; above < load->n_sources; above++)
    {
      if (!wait_for (load, above))
        return FALSE;
      if (load->states[above] == DONE)
        break;
    }
  /* What lies below may have failed too, have been given up, or be unused. */
  while (below > 0)
    {
      below--;
      if (!wait_for (load, below))
        return FALSE;
      if (load->states[below] == DONE && load->slices[below] != NULL)
        break;
    }
  if (below == source || load->states[below] != DONE || load->slices[below] == NULL)
    below = above;
  if (above >= load->n_sources)
    above = below;
  if (above >= load->n_sources || load->slices[source] == NULL)
    return FALSE;
  if (below == above)
    memcpy (load->slices[source], load->slices[above], slice_bytes (load));
  else
    sag_dicom_blend (&load->grid, load->slices[below], load->slices[above],
                     (double) (source - below) / (above - below), load->slices[source]);
  if (load->exact[source] >= 0)
    sag_origin_forget_slice ((SagOrigin *) sag_volume_get_origin (load->volume),
                             load->exact[source]);
  load->states[source] = DONE;
  return TRUE;
}

static void
forget (Load *load, guint source)
{
  if (load->exact[source] < 0)
    g_clear_pointer (&load->slices[source], g_free);
}

static gboolean
follow (Load *load)
{
  const SagDicomTarget *targets = (const SagDicomTarget *) load->series->targets->data;
  guint                 first_kept = 0;

  for (int k = 0; k < load->grid.dims[2]; k++)
    {
      char *out = load->voxels + (gsize) k * slice_bytes (load);

      if (!repair (load, (guint) targets[k].below) || !repair (load, (guint) targets[k].above))
        return FALSE;
      if (targets[k].below != targets[k].above)
        sag_dicom_blend (&load->grid, load->slices[targets[k].below],
                         load->slices[targets[k].above], targets[k].weight, out);
      for (; (int) first_kept + 1 < targets[k].below; first_kept++)
        forget (load, first_kept);
      if (load->on_slices != NULL)
        load->on_slices (load->volume, k + 1, load->user_data);
    }
  return TRUE;
}

static void
add_sentences (GPtrArray *all, const SagDicomSeries *series, guint n_failed, const char *problem)
{
  for (gsize i = 0; series->notes[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (series->notes[i]));
  if (series->n_parts > 1)
    g_ptr_array_add (all,
                     g_strdup_printf ("The series holds several volumes: this is part %d of %d.",
                                      series->part, series->n_parts));
  if (series->n_duplicates > 0)
    g_ptr_array_add (all,
                     g_strdup_printf (series->n_duplicates == 1
                                        ? "%u slice was there twice; the copy was left out."
                                        : "%u slices were there twice; the copies were left out.",
                                      series->n_duplicates));
  if (n_failed > 0)
    g_ptr_array_add (
      all, g_strdup_printf (n_failed == 1 ? "%u slice could not be read and was filled in from its "
                                            "neighbours: %s"
                                          : "%u slices could not be read and were filled in from "
                                            "their neighbours. The first: %s",
                            n_failed, problem));
}

static void
set_warnings (Load *load)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_null_terminated (8, g_free, TRUE);

  add_sentences (all, load->series, load->n_failed,
                 load->problem != NULL ? load->problem->message : NULL);
  for (guint s = 0; s < load->n_sources; s++)
    if (get_values (get_slice (load, s)).replaces_padding)
      {
        g_ptr_array_add (all, g_strdup ("Pixels outside the image, which the file marks by a value "
                                        "that reads as tissue, are shown as air."));
        break;
      }
  if (strcmp (load->series->header->colours, "MONOCHROME1") == 0)
    g_ptr_array_add (all, g_strdup ("The file asks to be shown inverted: its low values bright."));
  sag_volume_set_warnings (load->volume, (const char *const *) all->pdata);
}

static const char *
name_type (const SagDicomHeader *header)
{
  switch (header->bits_allocated)
    {
    case 8:
      return header->is_signed ? "int8" : "uint8";
    case 16:
      return header->is_signed ? "int16" : "uint16";
    default:
      return header->is_signed ? "int32" : "uint32";
    }
}

static gboolean
new_volume (Load *load, GError **error)
{
  const SagDicomHeader *header = load->series->header;
  const guint64  memory = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);
  const gboolean is_int16 = load->grid.scalar == SAG_SCALAR_INT16;
  const gsize    size = is_int16 ? sizeof (gint16) : sizeof (float);
  g_autoptr (SagOrigin) origin = NULL;

  load->voxels = NULL;
  if ((guint64) sag_geometry_n_voxels (&load->series->geometry) <= memory / size)
    load->voxels = sag_volume_alloc_voxels (&load->series->geometry, load->grid.scalar);
  if (load->voxels == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "There is not enough memory for series %d (%d x %d x %d voxels).",
                   load->series->number, load->grid.dims[0], load->grid.dims[1],
                   load->grid.dims[2]);
      return FALSE;
    }
  g_clear_pointer (&load->volume, sag_volume_unref);
  load->volume = is_int16 ? sag_volume_new_int16 (&load->series->geometry, (gint16 *) load->voxels)
                          : sag_volume_new_float (&load->series->geometry, (float *) load->voxels);
  sag_volume_set_source_type (load->volume, name_type (header));
  if (header->window_width > 1)
    sag_volume_set_shown (load->volume, header->window_centre - header->window_width / 2,
                          header->window_centre + header->window_width / 2);
  origin = sag_dicom_origin_new (load->series);
  sag_volume_set_origin (load->volume, origin);
  set_warnings (load);
  return TRUE;
}

static void
load_begin (Load *load)
{
  load->states = g_new0 (guint8, load->n_sources);
  load->slices = g_new0 (void *, load->n_sources);
  load->exact = g_new (int, load->n_sources);
  for (guint s = 0; s < load->n_sources; s++)
    load->exact[s] = -1;
  for (int k = 0; k < load->grid.dims[2]; k++)
    {
      const SagDicomTarget *target = &g_array_index (load->series->targets, SagDicomTarget, k);

      if (target->below == target->above)
        load->exact[target->below] = k;
      load->states[target->below] = load->states[target->above] = WAITING;
    }
  load->n_workers = g_get_num_processors ();
  load->files = g_new0 (SagDicomSource *, load->n_workers);
  sag_dicom_sources_init (&load->sources);
  load->overflow = FALSE;
  load->n_failed = 0;
  load->stop = 0;
  g_clear_error (&load->problem);
}

static void
load_end (Load *load)
{
  for (guint s = 0; s < load->n_sources; s++)
    forget (load, s);
  for (guint w = 0; w < load->n_workers; w++)
    sag_dicom_sources_close (&load->sources, load->files[w]);
  sag_dicom_sources_clear (&load->sources);
  g_clear_pointer (&load->files, g_free);
  g_clear_pointer (&load->states, g_free);
  g_clear_pointer (&load->slices, g_free);
  g_clear_pointer (&load->exact, g_free);
}

/* One run with one type of voxel. */
static gboolean
run (Load *load, GError **error)
{
  GThread *thread;
  gboolean done;

  if (!new_volume (load, error))
    return FALSE;
  load_begin (load);
  if (load->on_slices != NULL)
    load->on_slices (load->volume, 0, load->user_data);
  thread = g_thread_new ("sag-dicom", decode_thread, load);
  done = follow (load);
  g_atomic_int_set (&load->stop, 1);
  g_thread_join (thread);
  load_end (load);
  if (done || load->overflow)
    return done;
  if (g_cancellable_set_error_if_cancelled (load->cancellable, error))
    return FALSE;
  if (load->problem == NULL)
    set_memory_error (&load->problem);
  g_propagate_error (error, g_steal_pointer (&load->problem));
  return FALSE;
}

SagVolume *
sag_dicom_load (SagDicomSeries *series,
                SagSlicesFunc   on_slices,
                gpointer        user_data,
                GCancellable   *cancellable,
                GError        **error)
{
  Load     load = { .series = series,
                    .cancellable = cancellable,
                    .on_slices = on_slices,
                    .user_data = user_data,
                    .n_sources = series->slices->len };
  gboolean done;

  g_return_val_if_fail (series != NULL, NULL);

  if (series->problem != NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "Series %d %s", series->number,
                   series->problem);
      return NULL;
    }
  g_mutex_init (&load.lock);
  g_cond_init (&load.changed);
  for (int a = 0; a < 3; a++)
    load.grid.dims[a] = series->geometry.dims[a];
  load.grid.scalar = choose_scalar (&load);
  load.grid.air = choose_air (&load);
  done = run (&load, error);
  if (!done && load.overflow && load.grid.scalar == SAG_SCALAR_INT16)
    {
      load.grid.scalar = SAG_SCALAR_FLOAT32;
      done = run (&load, error);
    }
  if (done)
    set_warnings (&load);
  else
    g_clear_pointer (&load.volume, sag_volume_unref);
  g_clear_error (&load.problem);
  g_mutex_clear (&load.lock);
  g_cond_clear (&load.changed);
  return load.volume;
}

float *
sag_dicom_read_slice (SagDicomSeries *series, guint source, GError **error)
{
  const SagDicomSlice *slice;
  SagDicomValues       values;
  g_autoptr (SagDicomInput) input = NULL;
  g_autofree void *raw = NULL;
  float           *out;

  g_return_val_if_fail (series != NULL && source < series->slices->len, NULL);

  slice = &g_array_index (series->slices, SagDicomSlice, source);
  values = get_values (slice);
  input = sag_dicom_file_open (slice->file, error);
  if (input == NULL)
    return NULL;
  raw = sag_dicom_pixels_read (input, NULL, slice->file->header, slice->frame, error);
  if (raw == NULL)
    return NULL;
  out = g_try_new (float, (gsize) slice->file->header->rows * slice->file->header->columns);
  if (out == NULL)
    {
      set_memory_error (error);
      return NULL;
    }
  sag_dicom_pixels_to_float (slice->file->header, &values, raw, out);
  return out;
}
