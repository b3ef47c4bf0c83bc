/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "app/cli/source.h"
#include "app/cli/train-project.h"
#include "app/cli/train-view.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/cpu/cpu.h"
#include "model/cpu/train/train.h"
#include "model/dataset/cache.h"
#include "model/train/trainer.h"

#include <math.h>
#include <stdio.h>

#define DROPOUT 0.1
#define LEAST_SEED 0
#define NOBODY_SAID G_MININT

/* What the person said. */
typedef struct
{
  SagTrainJob job;
  SagCliModel model;
  char       *output;
  char       *what;
  char       *sampling;
  char       *cache;
  double      cache_gb;
  gint64      steps;
  gint64      until;
  gint64      seed;
  int         rank, scans, texts, accumulate, warm_up, every, on, patience, minutes;
  gboolean    augment;
  gboolean    no_augment;
  double      lr;
  SagCliTune  tune;
  gboolean    pause, go_on, stop, status;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  sag_cli_model_clear (&self->model);
  g_clear_pointer (&self->job.bundle, sag_bundle_unref);
  g_free (self->output);
  g_free (self->what);
  g_free (self->sampling);
  g_free (self->cache);
  sag_cli_tune_clear (&self->tune);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* What the person leaves open is the paper's, or of a project what its cases advise. */
static void
arguments_init (Arguments *self)
{
  const SagTrainPlan *plan = &self->job.plan;

  sag_train_plan_init (&self->job.plan);
  self->job.plan.dropout = NAN;
  self->cache_gb = 50;
  self->seed = (gint64) plan->seed;
  self->rank = (int) plan->lora_rank;
  self->patience = (int) plan->patience;
  self->on = (int) plan->validate_on;
  self->steps = NOBODY_SAID;
  self->scans = self->texts = self->accumulate = self->warm_up = NOBODY_SAID;
  self->every = self->minutes = NOBODY_SAID;
  self->lr = self->tune.hold_out = SAG_CLI_UNSAID;
}

static void
fill_open (Arguments *self)
{
  const SagTrainPlan *plan = &self->job.plan;
  const struct
  {
    int  *said;
    guint planned;
  } counts[] = { { &self->scans, plan->scans_per_batch }, { &self->texts, plan->texts_per_scan },
                 { &self->accumulate, plan->accumulate }, { &self->warm_up, plan->warm_up },
                 { &self->every, plan->validate_every },  { &self->minutes, plan->save_minutes } };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (*counts[i].said == NOBODY_SAID)
      *counts[i].said = (int) counts[i].planned;
  if (self->steps == NOBODY_SAID)
    self->steps = (gint64) plan->n_steps;
  if (!(self->lr > SAG_CLI_UNSAID || isnan (self->lr)))
    self->lr = plan->lr;
}

/* What decides what the rest means. */
static int
read_parts (Arguments *self, const char *command)
{
  SagTrainPlan *plan = &self->job.plan;
  double        share = self->tune.hold_out;
  gboolean      said_share = share > SAG_CLI_UNSAID || isnan (share);

  if (self->output == NULL && !self->tune.estimate)
    return sag_cli_usage (command, "Say where the training goes: -o DIR");
  if (self->what != NULL && !sag_train_parts_from_string (self->what, &plan->parts))
    return sag_cli_usage (
      command, "--what takes heads, heads+text, lora, vision, vision+lora or all, not \"%s\"",
      self->what);
  if (self->sampling != NULL && !sag_sampling_from_string (self->sampling, &plan->sampling))
    return sag_cli_usage (command, "--sampling takes manifest or balanced, not \"%s\"",
                          self->sampling);
  if (self->seed < LEAST_SEED)
    return sag_cli_usage (command, "--seed is a whole number that is not negative");
  plan->seed = (guint64) self->seed;
  if (self->tune.folds != 0 && (self->tune.folds < 2 || self->tune.folds > SAG_SNAPSHOT_MOST_FOLDS))
    return sag_cli_usage (command, "--folds takes 2 to %d", SAG_SNAPSHOT_MOST_FOLDS);
  if (said_share && !(self->tune.hold_out > 0 && self->tune.hold_out < 1))
    return sag_cli_usage (command, "--hold-out takes a share between 0 and 1");
  if (!sag_cli_source_parse_state (self->tune.state, &self->tune.least_state))
    return sag_cli_usage (command, "--state takes done or reviewed, not \"%s\"", self->tune.state);
  if (self->tune.folds != 0 && said_share)
    return sag_cli_usage (command, "--folds and --hold-out exclude each other");
  return SAG_CLI_DONE;
}

static gboolean
check_counts (const Arguments *self, const char *command)
{
  const struct
  {
    const char *option;
    gint64      value;
    gint64      least;
  } counts[] = { { "--steps", self->steps, 1 },           { "--until", self->until, 0 },
                 { "--lora-rank", self->rank, 1 },        { "--images-per-batch", self->scans, 1 },
                 { "--texts-per-image", self->texts, 0 }, { "--accumulate", self->accumulate, 1 },
                 { "--warm-up", self->warm_up, 0 },       { "--validate-every", self->every, 0 },
                 { "--validate-on", self->on, 1 },        { "--patience", self->patience, 0 },
                 { "--save-every", self->minutes, 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].value < counts[i].least)
      {
        sag_cli_usage (command,
                       counts[i].least > 0 ? "%s is a whole number from 1 up"
                                           : "%s is a whole number that is not negative",
                       counts[i].option);
        return FALSE;
      }
  return TRUE;
}

/* Numbers that the plan cannot hold are wrong usage; the trainer checks the rest. */
static int
read_arguments (Arguments *self, const char *command, const char *manifest)
{
  SagTrainPlan *plan = &self->job.plan;
  double        dropout = plan->dropout;

  fill_open (self);
  if (!check_counts (self, command))
    return SAG_CLI_USAGE;
  if (!(self->cache_gb > 0 && self->cache_gb < 1e6))
    return sag_cli_usage (command, "--cache-size is a number of gigabytes");
  if (self->augment && self->no_augment)
    return sag_cli_usage (command, "--augment and --no-augment exclude each other");
  plan->n_steps = (guint64) self->steps;
  plan->lr = self->lr;
  plan->lora_rank = (guint) self->rank;
  if (isnan (dropout))
    plan->dropout = plan->parts == SAG_TRAIN_HEADS ? 0 : DROPOUT;
  plan->scans_per_batch = (guint) self->scans;
  plan->texts_per_scan = (guint) self->texts;
  plan->accumulate = (guint) self->accumulate;
  plan->warm_up = (guint) self->warm_up;
  plan->validate_every = (guint) self->every;
  plan->validate_on = (guint) self->on;
  plan->patience = (guint) self->patience;
  plan->save_minutes = (guint) self->minutes;
  plan->augment = self->augment || (!self->no_augment && sag_train_plan_trains_vision (plan));
  if (self->cache == NULL)
    self->cache = sag_cache_dup_default_folder ();
  self->job.until = (guint64) self->until;
  self->job.manifest = manifest;
  self->job.folder = self->output;
  self->job.cache = self->cache;
  self->job.cache_bytes = (guint64) (self->cache_gb * 1e9);
  return SAG_CLI_DONE;
}

static int
run (Arguments *self)
{
  GCancellable *cancellable = sag_cli_get_cancellable ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTrainer) trainer = NULL;
  g_autoptr (SagTrainView) view = sag_train_view_new ();
  SagTrainEnd end;

  if (g_strcmp0 (self->model.engine, "cuda") == 0)
    return sag_cli_usage ("train", "Training runs on the processor; leave --engine out");
  g_free (self->model.engine);
  self->model.engine = g_strdup ("cpu");
  if (sag_cli_pick_engine (&self->model, &self->job.plan.engine, &error) == NULL)
    return sag_cli_fail (error);
  self->job.bundle = sag_cli_open_bundle (&self->model, &error);
  if (self->job.bundle == NULL)
    return sag_cli_fail (error);
  self->job.table = sag_cpu_train_get_table ();
  self->job.judge = sag_cpu_get_table ();
  self->job.events = sag_train_view_get_events (view);
  trainer = sag_trainer_new (&self->job, cancellable, &error);
  if (trainer == NULL || !sag_trainer_run (trainer, &end, cancellable, &error))
    {
      sag_train_view_clear (view);
      return sag_cli_fail (error);
    }
  sag_train_view_clear (view);
  if (end != SAG_TRAIN_INTERRUPTED)
    {
      printf ("%s after %" G_GUINT64_FORMAT " steps.\n",
              end == SAG_TRAIN_DONE ? "Done" : "Stopped, since it got no better,",
              sag_trainer_get_step (trainer));
      return SAG_CLI_DONE;
    }
  fprintf (stderr,
           "sagitta-cli: Stopped after step %" G_GUINT64_FORMAT
           "; the same command with --resume goes on from there.\n",
           sag_trainer_get_step (trainer));
  return SAG_CLI_FAILED;
}

/* Of a project: what its labels advise stands in for what nobody said. */
static int
advise (Arguments *self, const char *project, SagTuneAdvice *advice)
{
  g_autoptr (GError) error = NULL;
  SagSampling sampling = self->job.plan.sampling;
  double      dropout = self->job.plan.dropout;

  if (self->cache == NULL)
    self->cache = sag_cache_dup_default_folder ();
  self->tune.cache = self->cache;
  self->job.bundle = sag_cli_open_bundle (&self->model, &error);
  if (self->job.bundle == NULL ||
      !sag_cli_tune_advise (&self->tune, project, self->job.bundle, self->what != NULL,
                            self->job.resume, &self->job.plan, advice, &error))
    return sag_cli_fail (error);
  if (self->sampling != NULL)
    self->job.plan.sampling = sampling;
  self->job.plan.dropout = dropout;
  return SAG_CLI_DONE;
}

static int
run_project (Arguments *self, const char *project, const SagTuneAdvice *advice, char **argv)
{
  g_autoptr (GError) error = NULL;
  SagTuneJob job = { .project = project,
                     .folder = self->output,
                     .cache = self->cache,
                     .cache_bytes = self->job.cache_bytes,
                     .resume = self->job.resume,
                     .table = sag_cpu_train_get_table (),
                     .judge = sag_cpu_get_table () };

  sag_cli_get_cancellable ();
  if (g_strcmp0 (self->model.engine, "cuda") == 0)
    return sag_cli_usage ("train", "Training runs on the processor; leave --engine out");
  g_free (self->model.engine);
  self->model.engine = g_strdup ("cpu");
  if (sag_cli_pick_engine (&self->model, &self->job.plan.engine, &error) == NULL)
    return sag_cli_fail (error);
  job.bundle = self->job.bundle;
  job.plan = self->job.plan;
  if (!self->tune.estimate && g_mkdir_with_parents (self->output, 0700) == 0)
    sag_tune_command_save (self->output, (const char *const *) argv, NULL);
  return sag_cli_tune_run (&self->tune, &job, advice);
}

static int
tell (const Arguments *self, const char *folder)
{
  if (self->status)
    return sag_cli_tune_status (folder, self->tune.json);
  return sag_cli_tune_tell (folder, self->pause   ? SAG_TUNE_PAUSE
                                    : self->go_on ? SAG_TUNE_RUN
                                                  : SAG_TUNE_STOP);
}

/* @words: the command as it was given; @what: a manifest or a project. */
static int
train (Arguments *self, char **words, const char *what)
{
  g_auto (SagTuneAdvice) advice = { 0 };
  gboolean is_project = sag_snapshot_is_project (what);
  int      code = read_parts (self, words[0]);

  if (code == SAG_CLI_DONE && is_project && self->until != 0)
    code = sag_cli_usage (words[0], "--until is for manifests; of a project say --steps");
  if (code == SAG_CLI_DONE && !is_project && self->tune.state != NULL)
    code = sag_cli_usage (words[0], "--state is for projects; a manifest knows no states");
  if (code == SAG_CLI_DONE && is_project)
    code = advise (self, what, &advice);
  if (code == SAG_CLI_DONE)
    code = read_arguments (self, words[0], what);
  if (code != SAG_CLI_DONE)
    return code;
  return is_project ? run_project (self, what, &advice, words) : run (self);
}

static const char about[] =
  "Trains a bundle on a manifest: a CSV or JSON Lines table with question, img_file_path, label,\n"
  "split, and where there are masks mask_file_path and mask_values (\"10;11\").\n\n"
  "The folder gets checkpoints, which are bundles: \"best\" by the mean AUROC on the split "
  "\"val\",\n"
  "and \"last\"; and log.jsonl, a line a step. A run that was stopped or killed goes on to the "
  "very\n"
  "same weights with --resume.\n\n"
  "Of a project the labels and masks are taken as they are, some patients are held out, and the\n"
  "folder gets the new bundle with figures before and after. What nobody says (--what, --steps,\n"
  "--lr) follows from the number of cases. While it works, train DIR --pause, --continue, --stop\n"
  "and --status talk to it.\n\n"
  "Parts: vision is all but the text layers, as upstream trains; lora is adapters of the text "
  "layers.\n\n"
  "A mask that holds none of the row's values is a negative if the row's label is 0 or the scan "
  "is\n"
  "a phantom; on real scans such rows are left out unless --keep-empty-masks says that the thing\n"
  "is truly absent. Both are said.";

int
sag_cli_train (int argc, char **argv)
{
  g_auto (Arguments) self = { 0 };
  SagTrainPlan      *plan = &self.job.plan;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self.output, "Folder for checkpoints and log",
      "DIR" },
    { "what", 0, 0, G_OPTION_ARG_STRING, &self.what,
      "heads, heads+text, lora, vision (default), vision+lora or all", "PARTS" },
    { "lora-rank", 0, 0, G_OPTION_ARG_INT, &self.rank, "Of adapters of query and value (8)", "N" },
    { "lora-alpha", 0, 0, G_OPTION_ARG_DOUBLE, &plan->lora_alpha,
      "They are added times alpha / rank (8)", "X" },
    { "freeze-norms", 0, 0, G_OPTION_ARG_NONE, &plan->freeze_norms,
      "BatchNorm keeps its running statistics", NULL },
    { "steps", 0, 0, G_OPTION_ARG_INT64, &self.steps, "Optimiser steps (25000)", "N" },
    { "until", 0, 0, G_OPTION_ARG_INT64, &self.until,
      "Done after this step, with the rates of all --steps", "N" },
    { "images-per-batch", 0, 0, G_OPTION_ARG_INT, &self.scans, "Scans of a batch (4)", "N" },
    { "texts-per-image", 0, 0, G_OPTION_ARG_INT, &self.texts,
      "Questions drawn per scan (4); 0 takes all", "N" },
    { "sampling", 0, 0, G_OPTION_ARG_STRING, &self.sampling,
      "manifest (default): as often as the rows; balanced: findings equally", "NAME" },
    { "accumulate", 0, 0, G_OPTION_ARG_INT, &self.accumulate, "Batches of a step (4)", "N" },
    { "lr", 0, 0, G_OPTION_ARG_DOUBLE, &self.lr, "Highest learning rate (5e-5)", "RATE" },
    { "vision-lr", 0, 0, G_OPTION_ARG_DOUBLE, &plan->vision_lr,
      "The vision network's, where it trains; as --lr by default", "RATE" },
    { "warm-up", 0, 0, G_OPTION_ARG_INT, &self.warm_up,
      "Steps until it is reached (25); then it falls to 0", "N" },
    { "patch-weight", 0, 0, G_OPTION_ARG_DOUBLE, &plan->patch_weight,
      "Of the patch loss beside the class loss (10)", "W" },
    { "balance-masks", 0, 0, G_OPTION_ARG_NONE, &plan->balance_masks,
      "Small masks count as much as large ones", NULL },
    { "dropout", 0, 0, G_OPTION_ARG_DOUBLE, &plan->dropout, "Of the text layers (0.1; 0 for heads)",
      "P" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &self.seed, "The same seed gives the same weights (1)",
      "S" },
    { "augment", 0, 0, G_OPTION_ARG_NONE, &self.augment,
      "Rotate, zoom, shift, add noise: the default where vision trains", NULL },
    { "no-augment", 0, 0, G_OPTION_ARG_NONE, &self.no_augment,
      "Scans as inference sees them: the default elsewhere", NULL },
    { "keep-empty-masks", 0, 0, G_OPTION_ARG_NONE, &plan->keep_empty,
      "Empty masks of real scans are negatives", NULL },
    { "validate-every", 0, 0, G_OPTION_ARG_INT, &self.every, "Steps (500); 0 never", "N" },
    { "validate-on", 0, 0, G_OPTION_ARG_INT, &self.on, "Scans at most (200)", "N" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &self.patience,
      "Stop after so many validations without a better one (0: never)", "N" },
    { "save-every", 0, 0, G_OPTION_ARG_INT, &self.minutes,
      "Minutes between checkpoints besides those of validations (10)", "N" },
    { "cache", 0, 0, G_OPTION_ARG_FILENAME, &self.cache, "Folder of prepared scans", "DIR" },
    { "cache-size", 0, 0, G_OPTION_ARG_DOUBLE, &self.cache_gb, "Its limit in gigabytes (50)",
      "GB" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &self.job.resume, "Go on where the run in DIR stopped",
      NULL },
    SAG_CLI_TUNE_ENTRIES (self.tune),
    { "pause", 0, 0, G_OPTION_ARG_NONE, &self.pause, "The training on a project in DIR waits",
      NULL },
    { "continue", 0, 0, G_OPTION_ARG_NONE, &self.go_on, "It works on", NULL },
    { "stop", 0, 0, G_OPTION_ARG_NONE, &self.stop, "It writes a checkpoint and ends", NULL },
    { "status", 0, 0, G_OPTION_ARG_NONE, &self.status, "Say how it stands", NULL },
    SAG_CLI_MODEL_ENTRIES (self.model),
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_auto (GStrv) words = g_strdupv (argv);

  arguments_init (&self);
  if (!sag_cli_parse (argc, argv, "train MANIFEST|PROJECT --bundle DIR -o DIR", about, entries, 1,
                      1, &rest))
    return SAG_CLI_USAGE;
  if (self.pause || self.go_on || self.stop || self.status)
    return tell (&self, rest[0]);
  return train (&self, words, rest[0]);
}
