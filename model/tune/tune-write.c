/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/tune-private.h"

#include "model/bundle/annotate.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/core/version.h"
#include "model/evaluate/report-html.h"

#include <math.h>
#include <string.h>

#define DERIVED                                                                                    \
  "Derived from patient data: weights can hold traces of the scans that they learned from. Hand "  \
  "it on only where those scans might go."

static gboolean
is_synthetic (const SagReport *report, const SagManifest *manifest)
{
  const SagEvaluationCounts *counts =
    sag_evaluation_get_counts (sag_report_get_evaluation (report));

  return manifest->synthetic && counts->n_synthetic == counts->n_scans;
}

static void
note_split (const SagTuneRun *self, SagManifest *manifest)
{
  const SagSnapshot *snapshot = self->snapshot;
  g_autofree char   *cases =
    g_strdup_printf ("%zu of %zu patients", sag_snapshot_get_n_cases (snapshot),
                     sag_snapshot_get_n_patients (snapshot));
  guint            n_folds = sag_snapshot_get_n_folds (snapshot);
  g_autofree char *split =
    n_folds > 0 ? g_strdup_printf ("trained on all, measured in %u folds", n_folds)
                : g_strdup_printf ("trained on %zu, measured on %zu",
                                   sag_snapshot_count (snapshot, SAG_SNAPSHOT_TRAIN),
                                   sag_snapshot_count (snapshot, SAG_SNAPSHOT_HELD_OUT));

  sag_manifest_add_note (manifest, "cases", cases);
  sag_manifest_add_note (manifest, "split", split);
}

/* The class head's figure of a question, as it was measured, if there are enough cases for one. */
static void
set_aurocs (SagManifest *manifest, const SagReport *report)
{
  for (gsize t = 0; t < sag_report_get_n_tasks (report); t++)
    {
      const SagReportTask *task = sag_report_get_task (report, t);
      gsize                n_negatives = task->n - task->n_positives;

      if (MIN (task->n_positives, n_negatives) < SAG_METRICS_FEWEST)
        continue;
      for (guint i = 0; i < manifest->tasks->len; i++)
        {
          SagBundleTask *entry = manifest->tasks->pdata[i];

          if (strcmp (entry->text, task->text) == 0 &&
              entry->head == (task->detects ? SAG_HEAD_PATCH : SAG_HEAD_CLASS))
            entry->auroc = task->models[1].auroc.auroc;
        }
    }
}

SagBundle *
sag_tune_make_bundle (SagTuneRun *self, const SagReport *report, GError **error)
{
  const SagTuneJob *job = self->job;
  g_autofree char  *folder = sag_tune_dup_folder (self, 0);
  g_autofree char  *last = g_build_filename (folder, "last", NULL);
  g_autofree char  *log = g_build_filename (folder, "log.jsonl", NULL);
  g_autofree char  *target = sag_tune_dup_bundle (job->folder);
  g_autoptr (SagBundle) trained = sag_bundle_load (last, error);
  g_autoptr (SagManifest) manifest = NULL;
  g_autofree char *log_hash = NULL;

  if (g_file_test (target, G_FILE_TEST_EXISTS))
    return sag_bundle_load (target, error); /* of a run that ended before its report */
  if (trained == NULL || (log_hash = sag_hash_file_sha256 (log, self->cancellable, error)) == NULL)
    return NULL;
  manifest = sag_manifest_copy (sag_bundle_get_manifest (trained));
  g_free (manifest->name);
  manifest->name = job->name != NULL
                     ? g_strdup (job->name)
                     : g_strconcat (sag_bundle_get_name (job->bundle), ", fine-tuned", NULL);
  sag_manifest_add_note (manifest, "project", sag_snapshot_get_project_hash (self->snapshot));
  sag_manifest_add_note (manifest, "labels", sag_snapshot_get_labels_hash (self->snapshot));
  note_split (self, manifest);
  sag_manifest_add_note (manifest, "log", log_hash);
  if (!is_synthetic (report, manifest))
    sag_manifest_add_note (manifest, "patients", DERIVED);
  set_aurocs (manifest, report);
  return sag_bundle_annotate (trained, manifest, target, self->cancellable, error);
}

/* Reports hold no name: a scan's file may be called as the patient is. */
static char *
dup_case (const SagSample *sample, gpointer data)
{
  const SagSnapshotCase *one = sag_snapshot_find_case (data, sample->study);

  return one != NULL ? g_strdup_printf ("case %" G_GINT64_FORMAT, one->id)
                     : g_strdup_printf ("line %u", sample->line);
}

static char **
dup_notes (const SagTuneRun *self, const SagReport *report)
{
  g_autoptr (GStrvBuilder) notes = g_strv_builder_new ();
  g_auto (GStrv) mine = NULL;
  guint n_folds = sag_snapshot_get_n_folds (self->snapshot);

  if (n_folds > 0)
    {
      g_autofree char *sentence = g_strdup_printf (
        "A cross-validation: every case was answered by one of %u models that had not seen it. The "
        "bundle itself was trained on all cases after that.",
        n_folds);

      g_strv_builder_add (notes, sentence);
    }
  for (const char *const *n = sag_snapshot_get_notes (self->snapshot); *n != NULL; n++)
    g_strv_builder_add (notes, *n);
  mine = g_strv_builder_end (notes);
  return sag_report_dup_notes (report, (const char *const *) mine);
}

static char *
dup_json (SagTuneRun        *self,
          SagBundle *const  *bundles,
          const SagReport   *report,
          const SagLooks    *looks,
          const char *const *notes)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "format", SAG_REPORT_FORMAT);
  sag_json_integer (writer, "version", SAG_REPORT_VERSION);
  sag_json_begin_array (writer, "bundles");
  for (int m = 0; m < 2; m++)
    {
      sag_json_begin_object (writer, NULL);
      sag_json_string (writer, "name", sag_bundle_get_name (bundles[m]));
      sag_json_string (writer, "sha256", sag_bundle_get_sha256 (bundles[m]));
      sag_json_boolean (writer, "trained", sag_bundle_is_trained (bundles[m]));
      sag_json_boolean (writer, "synthetic", sag_bundle_is_synthetic (bundles[m]));
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
  sag_json_integer (writer, "folds", sag_snapshot_get_n_folds (self->snapshot));
  sag_json_begin_object (writer, "holdout");
  sag_json_integer (writer, "looks", looks->n);
  sag_json_integer (writer, "bundles", looks->n_bundles);
  sag_json_end_object (writer);
  sag_json_strings (writer, "notes", notes);
  sag_report_write (report, writer);
  sag_report_write_cases (report, writer, TRUE);
  sag_json_string (writer, "program", sag_version_get ());
  sag_json_string (writer, "commit", sag_version_get_commit ());
  sag_json_string (writer, "notice", "Research use, not a medical device");
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

static gboolean
get_info (const SagTuneRun *self, SagBundle *bundle, SagEngineInfo *info, GError **error)
{
  SagEngineOptions options = self->job->plan.engine;
  g_autoptr (SagEngine) engine = NULL;

  options.precision = SAG_PRECISION_FP32;
  options.n_threads = 1;
  engine = sag_engine_open (self->job->judge, bundle, &options, error);
  if (engine != NULL)
    *info = *sag_engine_get_info (engine);
  return engine != NULL;
}

static gboolean
look (const SagReport *report, SagBundle *const *bundles, SagLooks *looks, GError **error)
{
  g_autofree char *hash = sag_looks_dup_hash (sag_report_get_evaluation (report));

  return sag_looks_note (
    NULL, hash,
    (const char *const[]){ sag_bundle_get_sha256 (bundles[0]), sag_bundle_get_sha256 (bundles[1]) },
    2, looks, error);
}

static gboolean
save (const SagTuneRun *self, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (self->job->folder, name, NULL);

  return sag_file_save (path, text, strlen (text), error);
}

gboolean
sag_tune_write (SagTuneRun *self, SagBundle *tuned, const SagReport *report, GError **error)
{
  static const char *const names[] = { "before", "after" };
  SagBundle *const         bundles[] = { self->job->bundle, tuned };
  SagEngineInfo            infos[2];
  SagLooks                 looks;
  g_auto (GStrv) notes = dup_notes (self, report);
  g_autofree char *title = g_path_get_basename (self->job->project);
  g_autofree char *json = NULL;
  g_autofree char *html = NULL;
  g_autoptr (GError) uncounted = NULL;
  SagReportPage page = { .title = title,
                         .split = "held out",
                         .names = names,
                         .bundles = bundles,
                         .infos = infos,
                         .notes = (const char *const *) notes,
                         .looks = &looks,
                         .dup_case = dup_case,
                         .data = self->snapshot };

  if (!look (report, bundles, &looks, &uncounted))
    sag_tune_say (self, uncounted->message);
  if (!get_info (self, tuned, &infos[1], error))
    return FALSE;
  infos[0] = infos[1];
  json = dup_json (self, bundles, report, &looks, (const char *const *) notes);
  html = sag_report_dup_html (report, &page);
  /* The last one, by which the run is known as done. */
  return save (self, "report.html", html, error) && save (self, "report.json", json, error);
}
