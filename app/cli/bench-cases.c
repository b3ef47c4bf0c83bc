/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-cases.h"

#include "model/mask/brush.h"
#include "model/phantom/phantom.h"
#include "model/store/masks.h"
#include "model/store/worklist.h"
#include "model/volume/nifti.h"

#include <math.h>
#include <stdio.h>

#define N_CASES 200
#define N_SCANS 4
#define N_TASKS 3
#define N_AHEAD 2 /* as the window */
#define N_MASKS 2
#define N_STROKES 5
#define N_PACED 20
#define PACE_US 1000000

static const char *const keys[N_TASKS] = { "effusion", "nodule", "emphysema" };

/**
 * @scans: their files; case n is that at n modulo their number
 * @coming: (element-type GTask): of the cases from @first on, decoded or on their way
 * @waits: seconds from a case being asked for until its voxels were there
 */
typedef struct
{
  SagStore    *store;
  char        *scans[N_SCANS];
  GThreadPool *pool;
  GQueue       coming;
  guint        first;
  GArray      *waits;
} Script;

/* Scans ahead */

typedef struct
{
  char      *path;
  GMutex     mutex;
  GCond      cond;
  gboolean   done;
  SagVolume *volume;
  GError    *error;
} Coming;

/* One reference is the script's, one the worker's: who leaves last frees. */
static void
coming_clear (gpointer data)
{
  Coming *coming = data;

  g_free (coming->path);
  g_mutex_clear (&coming->mutex);
  g_cond_clear (&coming->cond);
  g_clear_pointer (&coming->volume, sag_volume_unref);
  g_clear_error (&coming->error);
}

static void
coming_unref (Coming *coming)
{
  g_atomic_rc_box_release_full (coming, coming_clear);
}

static void
decode (gpointer data, gpointer user_data)
{
  Coming    *coming = data;
  GError    *error = NULL;
  SagVolume *volume = sag_nifti_load (coming->path, NULL, NULL, sag_cli_get_cancellable (), &error);

  g_mutex_lock (&coming->mutex);
  coming->volume = volume;
  coming->error = error;
  coming->done = TRUE;
  g_cond_signal (&coming->cond);
  g_mutex_unlock (&coming->mutex);
  coming_unref (coming);
}

static void
ask_for (Script *self, guint n)
{
  Coming *coming = g_atomic_rc_box_new0 (Coming);

  coming->path = g_strdup (self->scans[n % N_SCANS]);
  g_mutex_init (&coming->mutex);
  g_cond_init (&coming->cond);
  g_queue_push_tail (&self->coming, coming);
  g_thread_pool_push (self->pool, g_atomic_rc_box_acquire (coming), NULL);
}

static void
wait_for (Coming *coming)
{
  g_mutex_lock (&coming->mutex);
  while (!coming->done)
    g_cond_wait (&coming->cond, &coming->mutex);
  g_mutex_unlock (&coming->mutex);
}

/* The next case is opened: its voxels, and those of the two behind it are asked for. */
static SagVolume *
open_next (Script *self, GError **error)
{
  const gint64 start = g_get_monotonic_time ();
  Coming      *coming;
  SagVolume   *volume;
  double       seconds;

  while (g_queue_get_length (&self->coming) <= N_AHEAD)
    ask_for (self, self->first + g_queue_get_length (&self->coming));
  coming = g_queue_pop_head (&self->coming);
  self->first++;
  wait_for (coming);
  volume = g_steal_pointer (&coming->volume);
  if (volume == NULL)
    g_propagate_error (error, g_steal_pointer (&coming->error));
  coming_unref (coming);
  seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  g_array_append_val (self->waits, seconds);
  return volume;
}

static void
drop_coming (Script *self)
{
  Coming *coming;

  while ((coming = g_queue_pop_head (&self->coming)) != NULL)
    {
      wait_for (coming);
      coming_unref (coming);
    }
  self->first = 0;
}

/* The project */

static gboolean
fill (SagDb *db, gpointer data, GError **error)
{
  Script *self = data;

  for (int t = 0; t < N_TASKS; t++)
    {
      SagTaskRow task = { .key = (char *) keys[t], .wording = (char *) keys[t] };

      if (!sag_tasks_put (db, &task, error))
        return FALSE;
    }
  for (guint c = 0; c < N_CASES; c++)
    {
      g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);

      row->name = g_strdup_printf ("case-%03u", c + 1);
      row->path = g_strdup (self->scans[c % N_SCANS]);
      if (!sag_cases_insert (db, row, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  gint64             id;
  const SagGeometry *grid;
} One;

static gboolean
say_all (SagDb *db, gpointer data, GError **error)
{
  const One *one = data;

  for (int t = 0; t < N_TASKS; t++)
    {
      const SagLabelRow label = { .case_id = one->id,
                                  .task_id = t + 1,
                                  .value = (one->id + t) % 2 ? SAG_LABEL_VALUE_PRESENT
                                                             : SAG_LABEL_VALUE_ABSENT,
                                  .certainty = -1 };

      if (!sag_labels_put (db, &label, error))
        return FALSE;
    }
  return sag_cases_set_state (db, one->id, SAG_CASE_DONE, error);
}

/* Painting */

static gboolean
paint (SagMaskSet *set, const char *id, GRand *random, GError **error)
{
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 8 };
  const SagGeometry *grid = sag_mask_set_get_geometry (set);
  const int          index = sag_mask_set_find (set, id);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (sag_mask_set_get_mask (set, (guint) index));
  g_autoptr (SagMask) mask = NULL;
  double from[3], to[3];

  for (int end = 0; end < 2; end++)
    sag_geometry_to_ras (grid,
                         (double[]){ g_rand_double_range (random, 0.3, 0.7) * grid->dims[0],
                                     g_rand_double_range (random, 0.3, 0.7) * grid->dims[1],
                                     g_rand_double_range (random, 0.3, 0.7) * grid->dims[2] },
                         end == 0 ? from : to);
  sag_brush_stroke (edit, &brush, from, to, NULL);
  mask = sag_mask_edit_snapshot (edit);
  return sag_mask_set_commit (set, "Brush", id, mask, error);
}

static gboolean
paint_all (Script *self, const One *one, GRand *random, GError **error)
{
  g_autoptr (SagMaskSet) set = sag_masks_load (self->store, one->id, NULL, one->grid, error);
  gboolean done = set != NULL;

  if (done)
    sag_masks_attach (self->store, one->id, NULL, set);
  for (int m = 0; done && m < N_MASKS; m++)
    {
      g_autoptr (SagMaskInfo) info = sag_mask_info_new (keys[m], keys[m], 0xE69F00);

      done = sag_mask_set_add (set, "Added", info, NULL, error);
      for (int s = 0; done && s < N_STROKES; s++)
        done = paint (set, info->id, random, error);
      done = done && sag_mask_set_undo (set, error);
    }
  if (set != NULL)
    sag_masks_detach (set);
  return done;
}

/* A case as an annotator works on it, up to where all of it is on disk. */
static gboolean
work (Script *self, gint64 id, gboolean masks, GRand *random, GError **error)
{
  g_autoptr (SagVolume) volume = open_next (self, error);
  One one = { id, volume != NULL ? sag_volume_get_geometry (volume) : NULL };

  return volume != NULL && (!masks || paint_all (self, &one, random, error)) &&
         sag_store_run (self->store, say_all, &one, error) && sag_store_flush (self->store, error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
tell (SagJsonWriter *writer, const char *name, const char *key, double value)
{
  const double rounded = round (value * 1e4) / 1e4;

  if (writer != NULL)
    sag_json_number (writer, key, rounded);
  else
    printf ("%-40s %9.4f s\n", name, rounded);
}

static gboolean
go_through (Script *self, gboolean masks, SagJsonWriter *writer, GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  const gint64 start = g_get_monotonic_time ();

  for (guint c = 0; c < N_CASES; c++)
    {
      sag_cli_progress (masks ? "Labels and masks" : "Labels", c / (double) N_CASES);
      if (!work (self, c + 1, masks, random, error))
        return FALSE;
    }
  sag_cli_progress (NULL, 0);
  tell (writer, masks ? "a case of 200 with two masks" : "a case of 200, labels alone",
        masks ? "case_with_masks_s" : "case_labels_alone_s",
        (double) (g_get_monotonic_time () - start) / 1e6 / N_CASES);
  drop_coming (self);
  return TRUE;
}

/* At a person's pace: the scans behind the one that is worked on have the time that it takes. */
static gboolean
go_slowly (Script *self, SagJsonWriter *writer, GError **error)
{
  g_array_set_size (self->waits, 0);
  for (guint c = 0; c < N_PACED; c++)
    {
      g_autoptr (SagVolume) volume = open_next (self, error);

      if (volume == NULL)
        return FALSE;
      g_usleep (PACE_US);
    }
  drop_coming (self);
  g_array_remove_index (self->waits, 0); /* nothing was ahead of it */
  g_array_sort (self->waits, compare);
  tell (writer, "next case, a second each: median", "next_case_median_s",
        g_array_index (self->waits, double, self->waits->len / 2));
  tell (writer, "next case, a second each: slowest", "next_case_slowest_s",
        g_array_index (self->waits, double, self->waits->len - 1));
  return TRUE;
}

static gboolean
make_scans (Script *self, const char *folder, GError **error)
{
  for (guint s = 0; s < N_SCANS; s++)
    {
      const SagPhantomOptions options = { .seed = 11 + s, .spacing_mm = { 1.5, 1.5, 2 } };
      SagPhantom             *phantom;
      g_autofree char        *name = g_strdup_printf ("scan-%u.nii.gz", s);
      gboolean                done;

      sag_cli_progress ("Making scans", s / (double) N_SCANS);
      self->scans[s] = g_build_filename (folder, name, NULL);
      phantom = sag_phantom_new (&options);
      done = sag_nifti_save (self->scans[s], sag_volume_get_geometry (phantom->image),
                             SAG_NIFTI_INT16, sag_volume_get_int16 (phantom->image),
                             "Sagitta phantom", sag_cli_get_cancellable (), error);
      sag_phantom_free (phantom);
      if (!done)
        return FALSE;
    }
  sag_cli_progress (NULL, 0);
  return TRUE;
}

gboolean
sag_cli_bench_cases (const char *folder, SagJsonWriter *writer, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "annotator.sagitta", NULL);
  g_autoptr (GArray) waits = g_array_new (FALSE, FALSE, sizeof (double));
  Script   self = { .coming = G_QUEUE_INIT, .waits = waits };
  gboolean done = make_scans (&self, folder, error);

  self.pool = g_thread_pool_new (decode, NULL, N_AHEAD, FALSE, NULL);
  self.store = done ? sag_store_open (path, SAG_STORE_CREATE, "Script", error) : NULL;
  done = self.store != NULL && sag_store_run (self.store, fill, &self, error) &&
         go_through (&self, FALSE, writer, error) && go_through (&self, TRUE, writer, error) &&
         go_slowly (&self, writer, error);
  drop_coming (&self);
  g_thread_pool_free (self.pool, FALSE, TRUE);
  g_clear_pointer (&self.store, sag_store_free);
  for (guint s = 0; s < N_SCANS; s++)
    g_free (self.scans[s]);
  return done;
}
