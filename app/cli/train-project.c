/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/train-project.h"

#include "model/core/error.h"
#include "model/core/json-writer.h"

#include <math.h>
#include <stdio.h>

#define HOLD_OUT 0.3

void
sag_cli_tune_clear (SagCliTune *tune)
{
  g_strfreev (tune->tasks);
  g_free (tune->reader);
  g_free (tune->name);
  g_free (tune->state);
}

static SagSnapshotOptions
options_of (const SagCliTune *tune, guint64 seed)
{
  return (SagSnapshotOptions){ .tasks = (const char *const *) tune->tasks,
                               .reader = tune->reader,
                               .assisted = tune->assisted,
                               .least_state = tune->least_state,
                               .hold_out =
                                 tune->hold_out > SAG_CLI_UNSAID ? tune->hold_out : HOLD_OUT,
                               .n_folds = (guint) tune->folds,
                               .seed = seed,
                               .cache = tune->cache };
}

static SagSnapshot *
count (const SagCliTune *tune, const char *project, guint64 seed, GError **error)
{
  SagSnapshotOptions options = options_of (tune, seed);
  g_autoptr (SagStore) store = sag_store_open (project, SAG_STORE_READ, NULL, error);

  return store != NULL ? sag_snapshot_new (store, &options, NULL, sag_cli_get_cancellable (), error)
                       : NULL;
}

gboolean
sag_cli_tune_advise (const SagCliTune *tune,
                     const char       *project,
                     SagBundle        *bundle,
                     gboolean          parts_said,
                     gboolean          resumes,
                     SagTrainPlan     *plan,
                     SagTuneAdvice    *advice,
                     GError          **error)
{
  g_autoptr (SagSnapshot) snapshot = count (tune, project, plan->seed, error);

  if (snapshot == NULL)
    return FALSE;
  sag_tune_advise_snapshot (sag_bundle_get_network (bundle), snapshot, advice);
  sag_tune_plan (plan, parts_said ? plan->parts : advice->parts,
                 sag_snapshot_count (snapshot, SAG_SNAPSHOT_TRAIN),
                 sag_bundle_get_network (bundle)->hidden);
  return resumes || sag_tune_check (plan, bundle, snapshot, error);
}

static void
said_cb (gpointer data, const char *sentence)
{
  sag_cli_progress (NULL, 0);
  printf ("%s\n", sentence);
  fflush (stdout);
}

static char *
dup_time (double seconds)
{
  if (isnan (seconds))
    return g_strdup ("");
  if (seconds < 90)
    return g_strdup_printf (", %.0f s left", seconds);
  return g_strdup_printf (", %.0f min left", seconds / 60);
}

static void
changed_cb (gpointer data, const SagTuneStatus *status)
{
  g_autofree char *left = dup_time (status->seconds_left);
  g_autofree char *fold = status->fold > 0
                            ? g_strdup_printf (" (%u of %u folds)", status->fold, status->n_folds)
                            : g_strdup ("");
  g_autofree char *stage = NULL;

  if (status->state == SAG_TUNE_TRAINING)
    stage = g_strdup_printf ("Training%s, step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                             ", loss %.3f%s",
                             fold, status->step, status->n_steps, status->loss, left);
  else if (status->state == SAG_TUNE_PREPARING || status->state == SAG_TUNE_MEASURING)
    stage = g_strdup_printf ("%s%s, scan %zu of %zu",
                             status->state == SAG_TUNE_MEASURING ? "Measuring" : "Preparing", fold,
                             status->n_done, status->n);
  else if (status->state == SAG_TUNE_PAUSED)
    stage = g_strdup ("Paused");
  sag_cli_progress (stage, 0);
}

static void
write_tasks (const SagSnapshot *snapshot, SagJsonWriter *writer)
{
  sag_json_begin_array (writer, "tasks");
  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    {
      const SagSnapshotTask *task = sag_snapshot_get_task (snapshot, t);

      sag_json_begin_object (writer, NULL);
      sag_json_string (writer, "key", task->key);
      sag_json_string (writer, "wording", task->wording);
      sag_json_integers (writer, "present",
                         (gint32[2]){ (gint32) task->n_present[0], (gint32) task->n_present[1] },
                         2);
      sag_json_integers (writer, "absent",
                         (gint32[2]){ (gint32) task->n_absent[0], (gint32) task->n_absent[1] }, 2);
      sag_json_integers (writer, "masks",
                         (gint32[2]){ (gint32) task->n_masks[0], (gint32) task->n_masks[1] }, 2);
      sag_json_string (writer, "left_out", task->left_out);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
}

static void
print_estimate_json (const SagSnapshot     *snapshot,
                     const SagTuneJob      *job,
                     const SagTuneAdvice   *advice,
                     const SagTuneEstimate *estimate)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_json_integer (writer, "cases", (gint64) sag_snapshot_get_n_cases (snapshot));
  sag_json_integer (writer, "patients", (gint64) sag_snapshot_get_n_patients (snapshot));
  sag_json_integer (writer, "train", (gint64) sag_snapshot_count (snapshot, SAG_SNAPSHOT_TRAIN));
  sag_json_integer (writer, "held_out",
                    (gint64) sag_snapshot_count (snapshot, SAG_SNAPSHOT_HELD_OUT));
  write_tasks (snapshot, writer);
  sag_json_strings (writer, "notes", sag_snapshot_get_notes (snapshot));
  sag_json_begin_object (writer, "advice");
  sag_json_string (writer, "what", sag_train_parts_to_string (advice->parts));
  sag_json_integer (writer, "folds", advice->folds);
  sag_json_string (writer, "sentence", advice->sentence);
  sag_json_end_object (writer);
  sag_json_string (writer, "what", sag_train_parts_to_string (job->plan.parts));
  sag_json_integer (writer, "steps", (gint64) job->plan.n_steps);
  sag_json_number (writer, "seconds_a_scan", estimate->scan_s);
  sag_json_number (writer, "seconds_a_step", estimate->step_s);
  sag_json_number (writer, "seconds", estimate->total_s);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  fputs (text, stdout);
}

static void
print_estimate (const SagSnapshot     *snapshot,
                const SagTuneJob      *job,
                const SagTuneAdvice   *advice,
                const SagTuneEstimate *estimate)
{
  printf ("%zu cases of %zu patients: %zu to train on, %zu to measure on.\n",
          sag_snapshot_get_n_cases (snapshot), sag_snapshot_get_n_patients (snapshot),
          sag_snapshot_count (snapshot, SAG_SNAPSHOT_TRAIN),
          sag_snapshot_count (snapshot, SAG_SNAPSHOT_HELD_OUT));
  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    {
      const SagSnapshotTask *task = sag_snapshot_get_task (snapshot, t);

      printf ("  %-16s %zu + %zu present, %zu + %zu absent, %zu + %zu masks\n", task->key,
              task->n_present[0], task->n_present[1], task->n_absent[0], task->n_absent[1],
              task->n_masks[0], task->n_masks[1]);
    }
  for (const char *const *note = sag_snapshot_get_notes (snapshot); *note != NULL; note++)
    printf ("%s\n", *note);
  printf ("%s\n", advice->sentence);
  printf ("%s, %" G_GUINT64_FORMAT " steps: about %.0f s (%.2f s a scan, %.3f s a step).\n",
          sag_train_parts_to_string (job->plan.parts), job->plan.n_steps, estimate->total_s,
          estimate->scan_s, estimate->step_s);
}

static int
estimate_run (const SagCliTune *tune, const SagTuneJob *job, const SagTuneAdvice *advice)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagSnapshot) snapshot = count (tune, job->project, job->plan.seed, &error);
  SagTuneEstimate estimate = { 0 };

  sag_cli_progress ("Measuring how fast this machine is", 0);
  if (snapshot == NULL || !sag_tune_estimate (job, &estimate, sag_cli_get_cancellable (), &error))
    return sag_cli_fail (error);
  sag_cli_progress (NULL, 0);
  (tune->json ? print_estimate_json : print_estimate) (snapshot, job, advice, &estimate);
  return SAG_CLI_DONE;
}

int
sag_cli_tune_run (const SagCliTune *tune, SagTuneJob *job, const SagTuneAdvice *advice)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bundle = sag_tune_dup_bundle (job->folder != NULL ? job->folder : ".");

  job->snapshot = options_of (tune, job->plan.seed);
  job->name = tune->name;
  if (tune->estimate)
    return estimate_run (tune, job, advice);
  job->events = (SagTuneEvents){ NULL, said_cb, changed_cb };
  if (advice->sentence != NULL)
    printf ("%s\n", advice->sentence);
  printf ("Training %s for %" G_GUINT64_FORMAT " steps.\n",
          sag_train_parts_to_string (job->plan.parts), job->plan.n_steps);
  fflush (stdout);
  if (sag_tune_run (job, sag_cli_get_cancellable (), &error))
    {
      printf ("Done: %s; figures before and after in report.html beside it.\n", bundle);
      return SAG_CLI_DONE;
    }
  sag_cli_progress (NULL, 0);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return sag_cli_fail (error);
  fprintf (stderr, "sagitta-cli: Stopped; the same command with --resume goes on from there.\n");
  return SAG_CLI_FAILED;
}

int
sag_cli_tune_tell (const char *folder, SagTuneWish wish)
{
  g_autoptr (GError) error = NULL;
  g_auto (SagTuneStatus) status = { 0 };

  if (!sag_tune_status_load (folder, &status, &error))
    return sag_cli_fail (error);
  if (!status.alive)
    {
      g_set_error (&error, SAG_ERROR, SAG_ERROR_ARGUMENT, "Nothing trains in %s at the moment.",
                   folder);
      return sag_cli_fail (error);
    }
  return sag_tune_control_set (folder, wish, &error) ? SAG_CLI_DONE : sag_cli_fail (error);
}

int
sag_cli_tune_status (const char *folder, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_auto (SagTuneStatus) status = { 0 };
  g_autoptr (SagJsonWriter) writer = NULL;
  g_autofree char *text = NULL;

  if (!sag_tune_status_load (folder, &status, &error))
    return sag_cli_fail (error);
  if (!json)
    {
      printf ("%s%s, step %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "%s%s\n",
              sag_tune_state_to_string (status.state),
              status.alive || status.state >= SAG_TUNE_DONE ? "" : ", but nobody works on it",
              status.step, status.n_steps, status.message != NULL ? ": " : "",
              status.message != NULL ? status.message : "");
      return SAG_CLI_DONE;
    }
  writer = sag_json_writer_new ();
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "state", sag_tune_state_to_string (status.state));
  sag_json_boolean (writer, "alive", status.alive);
  sag_json_integer (writer, "fold", status.fold);
  sag_json_integer (writer, "folds", status.n_folds);
  sag_json_integer (writer, "step", (gint64) status.step);
  sag_json_integer (writer, "steps", (gint64) status.n_steps);
  sag_json_number (writer, "loss", status.loss);
  sag_json_number (writer, "seconds_left", status.seconds_left);
  sag_json_string (writer, "message", status.message);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  fputs (text, stdout);
  return SAG_CLI_DONE;
}
