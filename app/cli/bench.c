/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "app/cli/bench-annotate.h"
#include "app/cli/bench-evaluate.h"
#include "app/cli/bench-slices.h"
#include "app/cli/bench-train.h"
#include "app/cli/bench-weights.h"
#include "app/cli/timing.h"
#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* The network of the paper with random weights. */

#define N_TEXT 20 /* tokens of a typical task */
#define MANY 18   /* tasks of CT-RATE */

typedef struct
{
  const SagEngineTable *table;
  void                 *engine;
  SagNetwork            network;
  float                *input;
  float                *tokens;
  gint32               *ids;
  gint32               *lengths;
  float                *class_logits;
  float                *cell_logits;
  int                   n_texts;
  SagVolume            *volume;
  SagRecipe             recipe;
  char                 *path;
  SagCliSlices         *slices;
} Bench;

static gboolean
engine_result (gboolean ok, const SagStatus *status, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error))
    return FALSE;
  if (!ok)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status->message);
  return ok;
}

static gboolean
engine_open (Bench *self, const SagCliModel *model, GError **error)
{
  gsize            n_tokens, n_voxels;
  guint64          state = 1;
  SagStatus        status = { 0 };
  SagEngineOptions options;

  sag_network_init_paper (&self->network);
  n_tokens = sag_network_n_tokens (&self->network);
  n_voxels = (gsize) self->network.input[0] * self->network.input[1] * self->network.input[2];
  self->table = sag_cli_pick_engine (model, &options, error);
  if (self->table == NULL)
    return FALSE;
  self->engine = self->table->open (&(SagWeightSource){ &self->network, sag_cli_read_random, NULL },
                                    &options, &status);
  if (self->engine == NULL)
    return engine_result (FALSE, &status, error);
  self->input = g_new (float, n_voxels);
  for (gsize i = 0; i < n_voxels; i++)
    self->input[i] = sag_cli_next_random (&state) * 0.5f + 0.5f;
  self->tokens = g_new0 (float, n_tokens * self->network.hidden);
  self->ids = g_new0 (gint32, MANY * N_TEXT);
  self->lengths = g_new0 (gint32, MANY);
  self->class_logits = g_new0 (float, MANY);
  self->cell_logits = g_new0 (float, MANY *n_tokens *sag_network_cells_per_token (&self->network));
  for (int i = 0; i < MANY * N_TEXT; i++)
    self->ids[i] = 1000 + i * 37;
  for (int i = 0; i < MANY; i++)
    self->lengths[i] = N_TEXT;
  return TRUE;
}

static void
bench_clear (Bench *self)
{
  if (self->engine != NULL)
    self->table->close (self->engine);
  g_free (self->input);
  g_free (self->tokens);
  g_free (self->ids);
  g_free (self->lengths);
  g_free (self->class_logits);
  g_free (self->cell_logits);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_free (self->path);
  sag_cli_slices_free (self->slices);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

static gboolean
encode_once (gpointer data, GError **error)
{
  Bench           *self = data;
  SagStatus        status = { 0 };
  SagEncodeRequest request = {
    .input = self->input,
    .n_inputs = 1,
    .dims = { self->network.input[0], self->network.input[1], self->network.input[2] },
    .tokens = self->tokens,
  };

  return engine_result (self->table->encode (self->engine, &request, &status), &status, error);
}

static gboolean
ask_once (gpointer data, GError **error)
{
  Bench        *self = data;
  SagStatus     status = { 0 };
  SagAskRequest request = {
    .tokens = self->tokens,
    .n_tokens = sag_network_n_tokens (&self->network),
    .n_texts = self->n_texts,
    .max_length = N_TEXT,
    .ids = self->ids,
    .lengths = self->lengths,
    .class_logits = self->class_logits,
    .cell_logits = self->cell_logits,
  };

  return engine_result (self->table->ask (self->engine, &request, &status), &status, error);
}

static gboolean
load_once (gpointer data, GError **error)
{
  Bench *self = data;

  g_clear_pointer (&self->volume, sag_volume_unref);
  self->volume = sag_cli_load (self->path, error);
  return self->volume != NULL;
}

static gboolean
prepare_once (gpointer data, GError **error)
{
  Bench *self = data;
  g_autoptr (SagPrepared) prepared =
    sag_prepare (self->volume, &self->recipe, NULL, sag_cli_get_cancellable (), error);

  return prepared != NULL;
}

static gboolean
draw_once (gpointer data, GError **error)
{
  Bench *self = data;

  sag_cli_slices_draw (self->slices);
  return !g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error);
}

/* A phantom of 512 x 512 x 275, as the budgets say, unless the person names a scan. */
static gboolean
find_scan (Bench *self, const char *path, GError **error)
{
  SagPhantomOptions options = { .seed = 1,
                                .orientation = "LPS",
                                .spacing_mm = { 0.811, 0.588, 1.255 } };
  g_autoptr (SagPhantom) phantom = NULL;
  g_autofree char *folder = NULL;

  if (path != NULL)
    {
      self->path = g_strdup (path);
      return load_once (self, error);
    }
  folder = g_build_filename (g_get_user_cache_dir (), "sagitta", NULL);
  g_mkdir_with_parents (folder, 0700);
  self->path = g_build_filename (folder, "bench-512x512x275.nii.gz", NULL);
  if (g_file_test (self->path, G_FILE_TEST_EXISTS) && load_once (self, NULL))
    return TRUE;
  sag_cli_progress ("Making a phantom to measure with", 0);
  phantom = sag_phantom_new (&options);
  return sag_nifti_save (self->path, sag_volume_get_geometry (phantom->image), SAG_NIFTI_INT16,
                         sag_volume_get_int16 (phantom->image), "Sagitta phantom",
                         sag_cli_get_cancellable (), error) &&
         load_once (self, error);
}

static gboolean
run_part (Bench *self, const char *what, int n_runs, SagJsonWriter *writer, GError **error)
{
  if (strcmp (what, "encode") == 0)
    return sag_cli_timing_tell ("encode", n_runs, encode_once, self, writer, error);
  if (strcmp (what, "load") == 0)
    return sag_cli_timing_tell ("load", n_runs, load_once, self, writer, error);
  if (strcmp (what, "ask") == 0)
    {
      self->n_texts = 1;
      if (!sag_cli_timing_tell ("ask 1 text", n_runs, ask_once, self, writer, error))
        return FALSE;
      self->n_texts = MANY;
      return sag_cli_timing_tell ("ask 18 texts", n_runs, ask_once, self, writer, error);
    }
  if (strcmp (what, "slices") == 0)
    {
      sag_cli_slices_resize (self->slices, 1000, 1000);
      if (!sag_cli_timing_tell ("slice 1000x1000", n_runs, draw_once, self, writer, error))
        return FALSE;
      sag_cli_slices_resize (self->slices, 3840, 2160);
      return sag_cli_timing_tell ("slice 3840x2160", n_runs, draw_once, self, writer, error);
    }
  if (!sag_cli_recipe ("upstream", &self->recipe, error) ||
      !sag_cli_timing_tell ("prepare upstream", n_runs, prepare_once, self, writer, error) ||
      !sag_cli_recipe ("paper", &self->recipe, error))
    return FALSE;
  return sag_cli_timing_tell ("prepare paper", n_runs, prepare_once, self, writer, error);
}

static void
print_end (const Bench *self, SagJsonWriter *writer)
{
  struct rusage usage;
  SagEngineInfo info = { .device = "" };

  getrusage (RUSAGE_SELF, &usage);
  if (self->engine != NULL)
    self->table->describe (self->engine, &info);
  if (writer != NULL)
    {
      sag_json_integer (writer, "peak_memory_mb", usage.ru_maxrss / 1024);
      sag_json_string (writer, "device", info.device);
      return;
    }
  printf ("  peak memory %ld MB%s%s\n", usage.ru_maxrss / 1024, *info.device ? ", " : "",
          info.device);
}

int
sag_cli_bench (int argc, char **argv)
{
  static const char *const parts[] = { "encode", "ask",      "load",     "prepare", "slices",
                                       "train",  "annotate", "evaluate", NULL };
  g_auto (SagCliModel) model = { 0 };
  g_auto (Bench) self = { 0 };
  int                n_runs = 9;
  gboolean           json = FALSE;
  const GOptionEntry entries[] = {
    { "repeat", 'n', 0, G_OPTION_ARG_INT, &n_runs, "Counted runs; 9 by default", "N" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one JSON document", NULL },
    { "engine", 'e', 0, G_OPTION_ARG_STRING, &model.engine, "auto (default), cpu or cuda", "NAME" },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &model.precision, "fp32 (default) or fast (GPU only)",
      "NAME" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &model.n_threads, "CPU threads; all by default", "N" },
    { "portable", 0, 0, G_OPTION_ARG_NONE, &model.portable, "CPU without AVX2", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagJsonWriter) writer = NULL;
  g_autofree char *document = NULL;
  gboolean         needs_engine, trains, annotates, evaluates;

  if (!sag_cli_parse (argc, argv,
                      "bench encode|ask|load|prepare|slices|train|annotate|evaluate [FILE]",
                      "Times a part of the work on this machine: the paper's network with random "
                      "weights, and a\nphantom of 512 x 512 x 275 voxels unless a scan is named. "
                      "\"train\" may be followed by frozen,\nall, tokens, states, small or scans.",
                      entries, 1, 2, &rest))
    return SAG_CLI_USAGE;
  if (!g_strv_contains (parts, rest[0]) || n_runs < 1 || n_runs > 10000)
    return sag_cli_usage (argv[0], "Choose encode, ask, load, prepare, slices, train, annotate or "
                                   "evaluate, and 1 to 10000 runs");
  sag_cli_get_cancellable ();
  needs_engine = g_str_equal (rest[0], "encode") || g_str_equal (rest[0], "ask");
  trains = g_str_equal (rest[0], "train");
  annotates = g_str_equal (rest[0], "annotate");
  evaluates = g_str_equal (rest[0], "evaluate");
  if (!trains && !annotates && !evaluates &&
      !(needs_engine ? engine_open (&self, &model, &error) : find_scan (&self, rest[1], &error)))
    return sag_cli_fail (error);
  if (g_str_equal (rest[0], "slices"))
    self.slices = sag_cli_slices_new (self.volume, model.n_threads);
  writer = json ? sag_json_writer_new () : NULL;
  if (json)
    sag_json_begin_object (writer, NULL);
  if (!(annotates   ? sag_cli_bench_annotate (writer, &error)
        : evaluates ? sag_cli_bench_evaluate (n_runs, writer, &error)
        : trains    ? sag_cli_bench_train (&model, rest[1], n_runs, writer, &error)
                    : run_part (&self, rest[0], n_runs, writer, &error)))
    return sag_cli_fail (error);
  print_end (&self, writer);
  if (!json)
    return SAG_CLI_DONE;
  sag_json_end_object (writer);
  document = sag_json_writer_finish (writer);
  fputs (document, stdout);
  return SAG_CLI_DONE;
}
