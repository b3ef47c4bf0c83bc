/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/evaluate.h"

#include "app/common/engine.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"
#include "model/core/pool.h"

#include <stdio.h>
#include <string.h>

#define MOST_LANES 8 /* each has an engine of its own: weights and working memory */

typedef struct
{
  SagCliModel model;
  char      **bundles;
  char       *split;
  char       *output;
  char       *card;
  char       *csv;
  char       *html;
  char       *plots;
  char       *reader;
  char      **tasks;
  char       *state;
  gboolean    assisted;
  gboolean    calibrate;
  double      threshold;
  int         limit;
  int         rounds;
  gint64      seed;
  gboolean    json;
  gboolean    keep_empty;
  char       *by;
  char       *cache;
  double      cache_gb;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  sag_cli_model_clear (&self->model);
  g_strfreev (self->bundles);
  g_free (self->split);
  g_free (self->by);
  g_free (self->cache);
  g_free (self->output);
  g_free (self->card);
  g_free (self->csv);
  g_free (self->html);
  g_free (self->plots);
  g_free (self->reader);
  g_strfreev (self->tasks);
  g_free (self->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* Engines of one bundle, and how many scans they take at a time. */
typedef struct
{
  GPtrArray *engines[SAG_EVALUATE_MOST_MODELS];
  guint      n_lanes;
} Engines;

static void
engines_clear (Engines *engines)
{
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    g_clear_pointer (&engines->engines[m], g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Engines, engines_clear)

static void
evaluation_clear (SagCliEvaluation *self)
{
  g_clear_pointer (&self->report, sag_report_free);
  g_clear_pointer (&self->evaluation, sag_evaluation_free);
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    g_clear_pointer (&self->bundles[m], sag_bundle_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagCliEvaluation, evaluation_clear)

static gboolean
parse (Arguments *self, int argc, char **argv, char ***rest)
{
  const GOptionEntry entries[] = {
    { "bundle", 'b', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->bundles,
      "The model; a second one is compared with it", "DIR" },
    { "split", 's', 0, G_OPTION_ARG_STRING, &self->split, "train, val, test (default) or all",
      "NAME" },
    { "by", 0, 0, G_OPTION_ARG_STRING, &self->by,
      "What is a task: finding, in all its wordings (default), or sentence", "NAME" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &self->limit, "Only the first N scans", "N" },
    { "keep-empty-masks", 0, 0, G_OPTION_ARG_NONE, &self->keep_empty,
      "An empty mask says that the thing is absent, on real scans, too", NULL },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &self->threshold,
      "Probability for sensitivity and specificity; 0.5", "P" },
    { "rounds", 0, 0, G_OPTION_ARG_INT, &self->rounds, "Of the bootstrap; 1000 by default", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &self->seed, "Of the bootstrap; 1 by default", "S" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output, "Write the report as JSON", "FILE" },
    { "card", 0, 0, G_OPTION_ARG_FILENAME, &self->card,
      "Write the figures as Markdown, for a model card", "FILE" },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &self->html, "Write the report as a page, with curves",
      "FILE" },
    { "plots", 0, 0, G_OPTION_ARG_FILENAME, &self->plots,
      "Write ROC, precision-recall and reliability curves as PNG and SVG", "DIR" },
    { "calibrate", 0, 0, G_OPTION_ARG_NONE, &self->calibrate,
      "Write what the last bundle's numbers mean among these cases beside it", NULL },
    { "answers", 0, 0, G_OPTION_ARG_FILENAME, &self->csv,
      "Write truth and numbers of every question as CSV", "FILE" },
    { "task", 't', 0, G_OPTION_ARG_STRING_ARRAY, &self->tasks,
      "Of a project: only this task; repeatable", "KEY" },
    { "reader", 0, 0, G_OPTION_ARG_STRING, &self->reader,
      "Of a project: only this one's labels; else where all agree, and decisions", "NAME" },
    { "assisted", 0, 0, G_OPTION_ARG_NONE, &self->assisted,
      "Of a project: also labels made after an answer had been seen", NULL },
    { "state", 0, 0, G_OPTION_ARG_STRING, &self->state,
      "Of a project: only cases that are so far: done, or reviewed", "STATE" },
    { "cache", 0, 0, G_OPTION_ARG_FILENAME, &self->cache,
      "Keep prepared scans in a folder, which may be that of train", "DIR" },
    { "cache-size", 0, 0, G_OPTION_ARG_DOUBLE, &self->cache_gb, "Its limit in gigabytes; 50",
      "GB" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, "Print one JSON document", NULL },
    { "engine", 'e', 0, G_OPTION_ARG_STRING, &self->model.engine, "auto (default), cpu or cuda",
      "NAME" },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &self->model.precision,
      "fp32 (default) or fast (GPU only)", "NAME" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &self->model.n_threads, "CPU threads; all by default",
      "N" },
    { "portable", 0, 0, G_OPTION_ARG_NONE, &self->model.portable, "CPU without AVX2", NULL },
    { NULL },
  };

  self->threshold = 0.5;
  self->rounds = 1000;
  self->seed = 1;
  self->cache_gb = 50;
  return sag_cli_parse (
    argc, argv, "evaluate MANIFEST|PROJECT",
    "Asks every question of a data set (CSV or JSON Lines: question, "
    "img_file_path, label, split,\nmask_file_path, mask_values, patient_id) or of a project and "
    "says how right the answers are.\n\n"
    "Each scan is prepared and encoded once. With two bundles the second is "
    "compared with the\nfirst, case by case.",
    entries, 1, 1, rest);
}

static gboolean
check (const Arguments *self, SagEvaluateOptions *options, GError **error)
{
  static const char *const names[] = { "train", "val", "test", "all" };
  const char              *split = self->split != NULL ? self->split : "test";
  gsize                    s = 0;

  while (s < G_N_ELEMENTS (names) && strcmp (split, names[s]) != 0)
    s++;
  if (s == G_N_ELEMENTS (names))
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "--split takes train, val, test or all, not \"%s\".", split);
  else if (self->by != NULL && strcmp (self->by, "finding") != 0 &&
           strcmp (self->by, "sentence") != 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "--by takes finding or sentence, not \"%s\".", self->by);
  else if (self->limit < 0)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "--limit takes a number from 1.");
  else if (!(self->threshold > 0 && self->threshold < 1))
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--threshold takes a probability between 0 and 1.");
  else if (!(self->cache_gb > 0 && self->cache_gb < 1e6))
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--cache-size takes a number of gigabytes.");
  else if (self->rounds < 1 || self->rounds > 100000 || self->seed < 0)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--rounds takes 1 to 100000, and --seed is not negative.");
  else if (self->bundles != NULL && g_strv_length (self->bundles) > SAG_EVALUATE_MOST_MODELS)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "There are more than two bundles; compare two at a time.");
  else
    {
      options->split = (SagSplit) MIN (s, SAG_SPLIT_TEST);
      options->every_split = s == SAG_N_SPLITS;
      options->limit = (guint) self->limit;
      return TRUE;
    }
  return FALSE;
}

static void
free_engine (gpointer engine)
{
  sag_engine_close (engine);
}

/* One core for each scan at work is the fastest way to use them: nothing waits for anything. */
static gboolean
open_lanes (SagBundle *bundle, const SagEngineOptions *asked, Engines *all, gsize m, GError **error)
{
  SagEngineOptions options = *asked;
  guint            n_cores = sag_pool_get_n_threads (sag_pool_get_default ());
  guint            n_threads = options.n_threads > 0 ? (guint) options.n_threads : n_cores;

  all->n_lanes = MIN (MIN (n_threads, n_cores), MOST_LANES);
  options.n_threads = (gint32) MAX (n_threads / all->n_lanes, 1);
  options.precision = SAG_PRECISION_FP32;
  for (guint i = 0; i < all->n_lanes; i++)
    {
      SagEngine *engine =
        sag_app_engine_open (bundle, SAG_APP_ENGINE_CPU, &options, NULL, NULL, error);

      if (engine == NULL)
        return FALSE;
      g_ptr_array_add (all->engines[m], engine);
    }
  return TRUE;
}

static gboolean
open_engines (const Arguments *self, SagCliEvaluation *found, Engines *all, gsize m, GError **error)
{
  SagEngineOptions options;
  SagAppEngine     choice;
  SagEngine       *engine;
  g_autofree char *note = NULL;
  gboolean         worth_saying = FALSE;

  all->engines[m] = g_ptr_array_new_with_free_func (free_engine);
  if (sag_cli_pick_engine (&self->model, &options, error) == NULL ||
      !sag_app_engine_parse (self->model.engine, &choice, error))
    return FALSE;
  if (choice != SAG_APP_ENGINE_CPU)
    {
      engine =
        sag_app_engine_open (found->bundles[m], choice, &options, &note, &worth_saying, error);
      if (engine == NULL)
        return FALSE;
      if (strcmp (sag_engine_get_info (engine)->engine, "cpu") != 0)
        {
          g_ptr_array_add (all->engines[m], engine);
          all->n_lanes = sag_pool_get_n_threads (sag_pool_get_default ());
          return TRUE;
        }
      sag_engine_close (engine);
    }
  return open_lanes (found->bundles[m], &options, all, m, error);
}

static gboolean
open_models (const Arguments *self, SagCliEvaluation *found, Engines *all, GError **error)
{
  found->n_models = self->bundles != NULL ? g_strv_length (self->bundles) : 1;
  for (gsize m = 0; m < found->n_models; m++)
    {
      SagCliModel model = self->model;

      model.bundle = self->bundles != NULL ? self->bundles[m] : NULL;
      found->bundles[m] = sag_cli_open_bundle (&model, error);
      if (found->bundles[m] == NULL || !open_engines (self, found, all, m, error))
        return FALSE;
      found->infos[m] = *sag_engine_get_info (all->engines[m]->pdata[0]);
    }
  return TRUE;
}

/* "Scan 12 of 300, 2 min left". */
static void
progress_cb (gsize n_done, gsize n, gpointer data)
{
  double left_s = (double) (g_get_monotonic_time () - *(gint64 *) data) * 1e-6 / (double) n_done *
                  (double) (n - n_done);
  g_autofree char *left =
    left_s < 90 ? g_strdup_printf ("%.0f s", left_s) : g_strdup_printf ("%.0f min", left_s / 60);
  g_autofree char *stage = g_strdup_printf ("Scan %zu of %zu, %s left", n_done, n, left);

  sag_cli_progress (n_done < n ? stage : NULL, 0);
}

static gboolean
run (const Arguments    *self,
     SagCliEvaluation   *found,
     Engines            *all,
     SagEvaluateOptions *options,
     GError            **error)
{
  SagEvaluateModel models[SAG_EVALUATE_MOST_MODELS];
  SagReportOptions report = { self->threshold, (guint) self->rounds, (guint64) self->seed,
                              g_strcmp0 (self->by, "sentence") == 0 };
  gint64           start = g_get_monotonic_time ();
  g_autoptr (SagCache) cache = NULL;

  if (self->cache != NULL)
    {
      cache = sag_cache_new (self->cache, (guint64) (self->cache_gb * 1e9), error);
      if (cache == NULL)
        return FALSE;
    }
  for (gsize m = 0; m < found->n_models; m++)
    models[m] = (SagEvaluateModel){ (SagEngine **) all->engines[m]->pdata, all->engines[m]->len };
  options->n_lanes = found->n_lanes = all->n_lanes;
  options->cache = cache;
  options->keep_empty = self->keep_empty;
  options->progress = progress_cb;
  options->data = &start;
  sag_cli_progress ("Reading the first scans", 0);
  found->evaluation = sag_evaluation_run (found->dataset, models, found->n_models, options,
                                          sag_cli_get_cancellable (), error);
  if (cache != NULL)
    sag_cache_trim (cache);
  if (found->evaluation == NULL)
    return FALSE;
  sag_cli_progress ("Drawing patients", 0);
  found->report =
    sag_report_new (found->evaluation, found->bundles, &report, sag_cli_get_cancellable (), error);
  sag_cli_progress (NULL, 0);
  return found->report != NULL;
}

static gboolean
save_all (const Arguments *self, const SagCliEvaluation *found, GError **error)
{
  return sag_cli_evaluation_save (self->output, sag_cli_evaluation_dup_json (found), error) &&
         sag_cli_evaluation_save (self->card, sag_cli_evaluation_dup_card (found), error) &&
         sag_cli_evaluation_save (self->csv, sag_cli_evaluation_dup_csv (found), error) &&
         sag_cli_evaluation_save (self->html, sag_cli_evaluation_dup_html (found), error) &&
         (self->plots == NULL || sag_cli_evaluation_save_plots (found, self->plots, error));
}

/* One line each; the report says how many. */
static int
say_failures (const SagCliEvaluation *found)
{
  const char *const *failures = sag_evaluation_get_failures (found->evaluation);
  const char        *full = sag_evaluation_get_cache_error (found->evaluation);

  if (full != NULL)
    fprintf (stderr,
             "sagitta-cli: The cache took no more, so the next evaluation begins anew with some "
             "scans. %s\n",
             full);
  for (gsize i = 0; failures[i] != NULL; i++)
    {
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, failures[i]);

      sag_cli_fail (error);
    }
  return failures[0] != NULL ? SAG_CLI_FAILED : SAG_CLI_DONE;
}

/* Where things lie on this machine is nobody's business. */
static void
append_path (GString *text, const char *option, const char *path)
{
  g_autofree char *name = path != NULL ? sag_file_dup_display_name (path) : NULL;

  if (name != NULL)
    g_string_append_printf (text, " %s%s", option, name);
}

/* What decides the figures, as a command. */
static char *
dup_command (const Arguments *self, const SagCliEvaluation *found)
{
  g_autoptr (GString) text = g_string_new ("sagitta-cli evaluate");
  char number[SAG_NUMBER_BUFFER];

  g_string_append_printf (text, " %s", found->manifest);
  for (char **bundle = self->bundles; bundle != NULL && *bundle != NULL; bundle++)
    append_path (text, "--bundle ", *bundle);
  g_string_append_printf (text, " --split %s", found->split);
  for (char **task = self->tasks; task != NULL && *task != NULL; task++)
    g_string_append_printf (text, " --task %s", *task);
  if (self->assisted)
    g_string_append (text, " --assisted");
  if (self->state != NULL)
    g_string_append_printf (text, " --state %s", self->state);
  if (self->calibrate)
    g_string_append (text, " --calibrate");
  if (self->by != NULL)
    g_string_append_printf (text, " --by %s", self->by);
  if (self->limit > 0)
    g_string_append_printf (text, " --limit %d", self->limit);
  if (self->keep_empty)
    g_string_append (text, " --keep-empty-masks");
  g_string_append_printf (text, " --threshold %s --rounds %d --seed %" G_GINT64_FORMAT,
                          sag_number_format (self->threshold, number), self->rounds, self->seed);
  if (self->model.engine != NULL)
    g_string_append_printf (text, " --engine %s", self->model.engine);
  if (self->model.precision != NULL)
    g_string_append_printf (text, " --precision %s", self->model.precision);
  if (self->model.portable)
    g_string_append (text, " --portable");
  append_path (text, "--output ", self->output);
  append_path (text, "--card ", self->card);
  append_path (text, "--answers ", self->csv);
  append_path (text, "--html ", self->html);
  append_path (text, "--plots ", self->plots);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

int
sag_cli_evaluate (int argc, char **argv)
{
  g_auto (Arguments) self = { 0 };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char   *command = NULL;
  g_autofree char   *json = NULL;
  SagEvaluateOptions options = { 0 };
  SagSnapshotOptions snapshot = { .hold_out = 1, .seed = 1 };
  g_auto (Engines) engines = { 0 };
  g_auto (SagCliSource) source = { 0 };
  g_auto (SagCliEvaluation) found = { .source = &source };

  if (!parse (&self, argc, argv, &rest))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  if (!check (&self, &options, &error))
    return sag_cli_fail (error);
  if (!sag_cli_source_parse_state (self.state, &snapshot.least_state))
    return sag_cli_usage (argv[0], "--state takes done or reviewed, not \"%s\"", self.state);
  if (self.state != NULL && !sag_snapshot_is_project (rest[0]))
    return sag_cli_usage (argv[0], "--state is for projects; a manifest knows no states");
  snapshot.tasks = (const char *const *) self.tasks;
  snapshot.reader = self.reader;
  snapshot.assisted = self.assisted;
  if (!sag_cli_source_open (&source, rest[0], &snapshot, &error))
    return sag_cli_fail (error);
  found.manifest = source.name;
  found.dataset = source.dataset;
  found.split = self.split != NULL ? self.split : "test";
  found.command = command = dup_command (&self, &found);
  if (!open_models (&self, &found, &engines, &error) ||
      !run (&self, &found, &engines, &options, &error))
    return sag_cli_fail (error);
  sag_cli_source_look (&source, found.evaluation, found.bundles, found.n_models, &found.looks);
  if (!save_all (&self, &found, &error))
    return sag_cli_fail (error);
  if (self.calibrate && !sag_cli_evaluation_calibrate (&found, &error))
    return sag_cli_fail (error);
  json = sag_cli_evaluation_dup_json (&found);
  if (self.json)
    fputs (json, stdout);
  else
    sag_cli_evaluation_print (&found);
  return say_failures (&found);
}
