/* SPDX-License-Identifier: Apache-2.0 */
/* How long a run will take, by doing a little of it: the same code, the same cases, the same cache. */
#include "model/tune/tune.h"

#include "model/core/file.h"
#include "model/dataset/rows.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define N_SCANS 2
#define N_STEPS 4 /* the first is not counted */

typedef struct
{
  gint64 begun_at;
  gint64 first_at;
  gint64 last_at;
  guint  n_steps;
} Timing;

static void
stepped_cb (gpointer data, const SagTrainProgress *progress)
{
  Timing *timing = data;

  timing->last_at = g_get_monotonic_time ();
  if (timing->n_steps++ == 0)
    timing->first_at = timing->last_at;
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) entries = g_file_enumerate_children (
    file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (entries != NULL && g_file_enumerator_iterate (entries, NULL, &child, NULL, NULL) &&
         child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

/* The rows of the first scans, all of them to train on. */
static char *
cut_manifest (const char *folder, const char *path, GError **error)
{
  g_autoptr (SagDataset) dataset = sag_dataset_load (path, error);
  g_autoptr (GHashTable) scans = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) text = g_string_new ("question,img_file_path,label,mask_file_path\n");
  g_autofree char *out = g_build_filename (folder, "some.csv", NULL);

  for (gsize i = 0; dataset != NULL && i < sag_dataset_get_n (dataset); i++)
    {
      const SagSample *sample = sag_dataset_get (dataset, i);

      if (!g_hash_table_contains (scans, sample->image) && g_hash_table_size (scans) == N_SCANS)
        continue;
      g_hash_table_add (scans, sample->image);
      sag_rows_append_cell (text, sample->question);
      g_string_append_c (text, ',');
      sag_rows_append_cell (text, sample->image);
      g_string_append_printf (text, ",%s,",
                              isnan (sample->label) ? ""
                              : sample->label > 0.5 ? "1"
                                                    : "0");
      if (sample->mask != NULL)
        sag_rows_append_cell (text, sample->mask);
      g_string_append_c (text, '\n');
    }
  return dataset != NULL && sag_file_save (out, text->str, text->len, error)
           ? g_steal_pointer (&out)
           : NULL;
}

static gboolean
measure (const SagTuneJob *job,
         const char       *manifest,
         const char       *folder,
         SagTuneEstimate  *estimate,
         GCancellable     *cancellable,
         GError          **error)
{
  Timing           timing = { .begun_at = g_get_monotonic_time () };
  g_autofree char *run = g_build_filename (folder, "run", NULL);
  g_autoptr (SagTrainer) trainer = NULL;
  SagTrainJob train = { .plan = job->plan,
                        .bundle = job->bundle,
                        .table = job->table,
                        .judge = job->judge,
                        .manifest = manifest,
                        .folder = run,
                        .cache = job->cache,
                        .cache_bytes = job->cache_bytes,
                        .events = { .data = &timing, .stepped = stepped_cb } };
  SagTrainEnd end;

  train.plan.n_steps = N_STEPS;
  train.plan.save_minutes = 0;
  train.plan.keep_empty = TRUE;
  trainer = sag_trainer_new (&train, cancellable, error);
  estimate->scan_s =
    (double) (g_get_monotonic_time () - timing.begun_at) / G_USEC_PER_SEC / N_SCANS;
  if (trainer == NULL || !sag_trainer_run (trainer, &end, cancellable, error))
    return FALSE;
  if (end == SAG_TRAIN_INTERRUPTED)
    return g_cancellable_set_error_if_cancelled (cancellable, error), FALSE;
  estimate->step_s =
    (double) (timing.last_at - timing.first_at) / G_USEC_PER_SEC / MAX (timing.n_steps - 1, 1);
  return TRUE;
}

gboolean
sag_tune_estimate (const SagTuneJob *job,
                   SagTuneEstimate  *estimate,
                   GCancellable     *cancellable,
                   GError          **error)
{
  g_autofree char *folder = g_dir_make_tmp ("sagitta-XXXXXX", error);
  g_autofree char *inside = folder != NULL ? g_build_filename (folder, "snapshot", NULL) : NULL;
  g_autoptr (GFile) file = folder != NULL ? g_file_new_for_path (folder) : NULL;
  g_autoptr (SagStore) store =
    folder != NULL ? sag_store_open (job->project, SAG_STORE_READ, NULL, error) : NULL;
  g_autoptr (SagSnapshot) snapshot =
    store != NULL ? sag_snapshot_new (store, &job->snapshot, inside, cancellable, error) : NULL;
  g_autofree char *manifest = NULL;
  g_autofree char *cut = NULL;
  gboolean         done = FALSE;

  if (snapshot != NULL)
    {
      manifest = sag_snapshot_dup_manifest (snapshot, 0);
      cut = cut_manifest (folder, manifest, error);
    }
  if (cut != NULL)
    done = measure (job, cut, folder, estimate, cancellable, error);
  if (done)
    estimate->total_s =
      estimate->scan_s * (double) (sag_snapshot_get_n_cases (snapshot) +
                                   2 * sag_snapshot_count (snapshot, SAG_SNAPSHOT_HELD_OUT)) +
      estimate->step_s * (double) job->plan.n_steps * (sag_snapshot_get_n_folds (snapshot) + 1);
  if (file != NULL)
    remove_tree (file);
  return done;
}
