/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-annotate.h"

#include "app/cli/bench-cases.h"
#include "model/mask/brush.h"
#include "model/store/masks.h"
#include "model/store/worklist.h"

#include <math.h>
#include <stdio.h>

#define N_MASKS 10
#define N_STROKES 1000
#define N_PIECES 20 /* of a stroke: as the pointer moves */
#define N_CASES 5000
#define N_TASKS 3

typedef struct
{
  SagJsonWriter *writer;
  GArray        *seconds; /* of the part that is being timed */
  gint64         start;
} Watch;

static void
watch_start (Watch *watch)
{
  watch->start = g_get_monotonic_time ();
}

static void
watch_stop (Watch *watch)
{
  const double seconds = (double) (g_get_monotonic_time () - watch->start) / 1e6;

  g_array_append_val (watch->seconds, seconds);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Tells the median, what 99 of 100 stay under, and the slowest. */
static void
watch_tell (Watch *watch, const char *name)
{
  const GArray *all = watch->seconds;
  double        values[3] = { NAN, NAN, NAN };

  g_array_sort (watch->seconds, compare);
  if (all->len > 0)
    {
      const guint places[3] = { all->len / 2, all->len * 99 / 100, all->len - 1 };

      for (int v = 0; v < 3; v++)
        values[v] = round (g_array_index (all, double, places[v]) * 1e6) / 1e3;
    }
  if (watch->writer == NULL)
    printf ("%-28s median %9.3f ms   99 %% below %9.3f ms   slowest %9.3f ms\n", name, values[0],
            values[1], values[2]);
  else
    {
      sag_json_begin_object (watch->writer, name);
      sag_json_number (watch->writer, "median_ms", values[0]);
      sag_json_number (watch->writer, "p99_ms", values[1]);
      sag_json_number (watch->writer, "slowest_ms", values[2]);
      sag_json_end_object (watch->writer);
    }
  g_array_set_size (watch->seconds, 0);
}

static void
random_line (GRand *random, double from[3], double step[3])
{
  double length = 0;

  for (int c = 0; c < 3; c++)
    {
      from[c] = g_rand_double_range (random, 90, 270);
      step[c] = g_rand_double_range (random, -1, 1);
      length += step[c] * step[c];
    }
  for (int c = 0; c < 3; c++)
    step[c] *= 80 / sqrt (length) / N_PIECES;
}

/* One stroke as the pointer draws it: each piece painted, and a snapshot for whoever draws. */
static gboolean
paint_stroke (
  SagMaskSet *set, guint n, GRand *random, Watch *pieces, Watch *commits, GError **error)
{
  const guint      index = n % N_MASKS;
  const SagBrush   brush = { .shape = n % 2 ? SAG_BRUSH_BALL : SAG_BRUSH_DISC,
                             .axis = (int) (n / 2 % 3),
                             .radius_mm = 10 };
  g_autofree char *id = g_strdup (sag_mask_set_get_info (set, index)->id);
  g_autoptr (SagMaskEdit) edit = NULL;
  g_autoptr (SagMask) shown = NULL;
  double   from[3], to[3], step[3];
  gboolean done;

  random_line (random, from, step);
  if (brush.shape == SAG_BRUSH_DISC)
    step[brush.axis] = 0;
  for (int p = 0; p < N_PIECES; p++)
    {
      watch_start (pieces);
      if (edit == NULL)
        edit = sag_mask_edit_new (sag_mask_set_get_mask (set, index));
      for (int c = 0; c < 3; c++)
        to[c] = from[c] + step[c];
      sag_brush_stroke (edit, &brush, from, to, NULL);
      g_clear_pointer (&shown, sag_mask_unref);
      shown = sag_mask_edit_snapshot (edit);
      watch_stop (pieces);
      for (int c = 0; c < 3; c++)
        from[c] = to[c];
    }
  watch_start (commits);
  done = sag_mask_set_commit (set, "Brush", id, shown, error);
  watch_stop (commits);
  return done;
}

static SagMaskSet *
new_set (GError **error)
{
  const SagGeometry grid = sag_geometry_init ((gint32[]){ 512, 512, 600 },
                                              (double[]){ 0.72, 0.72, 0.6 }, (double[]){ 0, 0, 0 });
  g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);

  for (int m = 0; m < N_MASKS; m++)
    {
      g_autofree char *name = g_strdup_printf ("Mask %d", m + 1);
      g_autoptr (SagMaskInfo) info = sag_mask_info_new (name, NULL, 0xE69F00);

      if (!sag_mask_set_add (set, "Added", info, NULL, error))
        return NULL;
    }
  return g_steal_pointer (&set);
}

static gboolean
bench_strokes (Watch *pieces, Watch *commits, GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (SagMaskSet) set = new_set (error);
  double undo_mb;

  if (set == NULL)
    return FALSE;
  for (guint n = 0; n < N_STROKES; n++)
    {
      if (!paint_stroke (set, n, random, pieces, commits, error) ||
          g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error))
        return FALSE;
      sag_cli_progress ("Painting", n / (double) N_STROKES);
    }
  sag_cli_progress (NULL, 0);
  undo_mb = round ((double) sag_mask_set_get_undo_size (set) / 1e4) / 100;
  watch_tell (pieces, "piece of a stroke");
  watch_tell (commits, "end of a stroke");
  while (sag_mask_set_get_n_steps (set) > 0)
    {
      watch_start (pieces);
      if (!sag_mask_set_undo (set, error))
        return FALSE;
      watch_stop (pieces);
    }
  watch_tell (pieces, "undo");
  if (pieces->writer != NULL)
    sag_json_number (pieces->writer, "undo_mb", undo_mb);
  else
    printf ("%-28s %.2f MB for %d strokes\n", "undo", undo_mb, N_STROKES);
  return TRUE;
}

static gboolean
add_case (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);
  const int number = *(int *) data;

  row->name = g_strdup_printf ("case-%05d", number);
  row->path = g_strdup_printf ("/nowhere/%s.nii.gz", row->name);
  row->geometry = sag_geometry_init ((gint32[]){ 512, 512, 600 }, (double[]){ 0.72, 0.72, 0.6 },
                                     (double[]){ 0, 0, 0 });
  return sag_cases_add (db, row, NULL, error);
}

/* Strokes on disk, one after the other. */
static gboolean
bench_saving (const char *path, Watch *watch, Watch *ignored, GError **error)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagStore) store = sag_store_open (path, SAG_STORE_CREATE, NULL, error);
  int one = 0;

  set = store != NULL && sag_store_run (store, add_case, &one, error) ? new_set (error) : NULL;
  if (set == NULL || !sag_masks_adopt (store, 1, NULL, set, error))
    return FALSE;
  for (guint n = 0; n < 200; n++)
    {
      if (!paint_stroke (set, n, random, ignored, ignored, error))
        return FALSE;
      watch_start (watch);
      if (!sag_store_flush (store, error))
        return FALSE;
      watch_stop (watch);
    }
  g_array_set_size (ignored->seconds, 0);
  watch_tell (watch, "stroke to disk");
  sag_masks_detach (set);
  return TRUE;
}

static gboolean
add_many (SagDb *db, gpointer data, GError **error)
{
  static char *const keys[N_TASKS] = { (char *) "effusion", (char *) "nodule",
                                       (char *) "fracture" };

  for (int t = 0; t < N_TASKS; t++)
    {
      SagTaskRow task = { .key = keys[t], .wording = keys[t] };

      if (!sag_tasks_put (db, &task, error))
        return FALSE;
    }
  for (int c = 0; c < N_CASES; c++)
    {
      if (!add_case (db, &c, error))
        return FALSE;
      for (int t = 0; c % 2 == 0 && t < N_TASKS; t++)
        {
          const SagLabelRow label = { .case_id = c + 1,
                                      .task_id = t + 1,
                                      .value =
                                        c % 4 ? SAG_LABEL_VALUE_ABSENT : SAG_LABEL_VALUE_PRESENT,
                                      .certainty = -1 };

          if (!sag_labels_put (db, &label, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
load_list (SagDb *db, gpointer data, GError **error)
{
  *(SagWorklist **) data = sag_worklist_load (db, NULL, error);
  return *(SagWorklist **) data != NULL;
}

static gboolean
bench_list (const char *path, Watch *watch, Watch *filter, GError **error)
{
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, error);

  if (store == NULL)
    return FALSE;
  sag_cli_progress ("Making 5,000 cases", 0);
  if (!sag_store_run (store, add_many, NULL, error))
    {
      sag_store_free (store);
      return FALSE;
    }
  sag_cli_progress (NULL, 0);
  sag_store_free (store);
  for (int round = 0; round < 9; round++)
    {
      const SagWorkFilter wanted = { .text = "3", .task = 2, .value = SAG_LABEL_VALUE_PRESENT };
      g_autoptr (SagWorklist) list = NULL;
      g_autoptr (GArray) places = NULL;

      watch_start (watch);
      store = sag_store_open (path, SAG_STORE_WRITE, NULL, error);
      if (store == NULL || !sag_store_run (store, load_list, &list, error))
        {
          sag_store_free (store);
          return FALSE;
        }
      watch_stop (watch);
      watch_start (filter);
      places = sag_worklist_filter (list, &wanted);
      watch_stop (filter);
      sag_store_free (store);
    }
  watch_tell (watch, "open 5,000 cases");
  watch_tell (filter, "filter 5,000 cases");
  return TRUE;
}

gboolean
sag_cli_bench_annotate (SagJsonWriter *writer, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("sagitta-bench-XXXXXX", error);
  g_autofree char *strokes = NULL;
  g_autofree char *cases = NULL;
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) second = g_array_new (FALSE, FALSE, sizeof (double));
  Watch    a = { writer, first, 0 }, b = { writer, second, 0 };
  gboolean done;

  if (folder == NULL)
    return FALSE;
  strokes = g_build_filename (folder, "strokes.sagitta", NULL);
  cases = g_build_filename (folder, "cases.sagitta", NULL);
  done = bench_strokes (&a, &b, error) && bench_saving (strokes, &a, &b, error) &&
         bench_list (cases, &a, &b, error) && sag_cli_bench_cases (folder, writer, error);
  sag_cli_remove_folder (folder);
  return done;
}
