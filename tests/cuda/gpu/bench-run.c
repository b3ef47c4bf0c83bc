/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/gpu/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WARM_RUNS 3
#define MOST_STAGES 96

/* A request that is repeated over changing inputs into @out, which is poisoned before and checked after each run. */
typedef struct Part
{
  const char *name;
  bool (*request) (BenchRun *run, const struct Part *part, int turn, SagStatus *status);
  int           n_texts;
  SagRecipeKind recipe;
  float        *out;
  gsize         n_out;
  float       **first; /* (n_turns) what each turn said first; NULL until it did */
  int           n_turns;
} Part;

static bool
encode (BenchRun *run, const Part *part, int turn, SagStatus *status)
{
  const gint32    *dims = run->data->network.input;
  SagEncodeRequest request = {
    .input = run->data->inputs[turn],
    .n_inputs = 1,
    .dims = { dims[0], dims[1], dims[2] },
    .tokens = part->out,
  };

  return run->plugin->engine->encode (run->engine, &request, status);
}

/* Logits, then cells. All texts about one scan after the other; fewer about one scan, other texts each time. */
static bool
ask (BenchRun *run, const Part *part, int turn, SagStatus *status)
{
  const BenchData *data = run->data;
  bool             all = part->n_texts == BENCH_TEXTS;
  gsize            first = all ? 0 : (gsize) turn * (BENCH_TEXTS / BENCH_INPUTS);
  SagAskRequest    request = {
       .tokens = run->answers.tokens + (all ? turn * data->n_tokens : 0),
       .n_tokens = sag_network_n_tokens (&data->network),
       .n_texts = part->n_texts,
       .max_length = BENCH_WORDS,
       .ids = data->ids + first * BENCH_WORDS,
       .lengths = data->lengths + first,
       .class_logits = part->out,
       .cell_logits = part->out + part->n_texts,
  };

  return run->plugin->engine->ask (run->engine, &request, status);
}

static bool
prepare (BenchRun *run, const Part *part, int turn, SagStatus *status)
{
  SagVolume        *image = run->data->phantoms[turn]->image;
  const gint32     *dims = run->data->network.input;
  double            scale = run->data->scale;
  SagPrepareRequest request = {
    .voxels = sag_volume_get_int16 (image),
    .geometry = *sag_volume_get_geometry (image),
    .recipe = { part->recipe,
                { 384 * scale, 320 * scale, 256 * scale },
                { 416 * scale, 336 * scale, 256 * scale },
                { dims[0], dims[1], dims[2] } },
    .input = part->out,
  };

  return run->plugin->engine->prepare (run->engine, &request, status);
}

static gboolean
refuse (const char *name, const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", name, what);
  return FALSE;
}

/* Everything was written, and says what it said the first time. */
static gboolean
check (const Part *part, int turn, GError **error)
{
  gsize n_bytes = part->n_out * sizeof (float);

  for (gsize i = 0; i < part->n_out; i++)
    if (!isfinite (part->out[i]))
      return refuse (part->name, "an output was not written, or is not finite", error);
  if (part->first[turn] == NULL)
    part->first[turn] = g_memdup2 (part->out, n_bytes);
  else if (memcmp (part->first[turn], part->out, n_bytes) != 0)
    return refuse (part->name, "the same input gave other bits than before", error);
  return TRUE;
}

/* One run: what a caller waits, in ms. */
static gboolean
run_once (BenchRun *run, const Part *part, int turn, double *ms, GError **error)
{
  SagStatus status = { 0 };
  gint64    start;

  memset (part->out, 0xff, part->n_out * sizeof (float));
  start = g_get_monotonic_time ();
  if (!part->request (run, part, turn, &status))
    return refuse (part->name, status.message, error);
  *ms = (double) (g_get_monotonic_time () - start) * 1e-3;
  return check (part, turn, error);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Where the time of a part goes: the stages' medians of some runs over its first input. */
static gboolean
write_stages (BenchRun *run, const Part *part, GError **error)
{
  SagPluginStage stages[MOST_STAGES];
  double        *times = g_new0 (double, (gsize) MOST_STAGES * run->n_runs);
  gint32         n = 0;
  gboolean       done = TRUE;

  run->plugin->trace (run->engine, true);
  for (int i = -WARM_RUNS; i < run->n_runs && done; i++)
    {
      double ms;

      done = run_once (run, part, 0, &ms, error);
      n = MIN (run->plugin->stages (run->engine, stages, MOST_STAGES), MOST_STAGES);
      for (gint32 s = 0; s < n && i >= 0; s++)
        times[s * run->n_runs + i] = stages[s].ms;
    }
  run->plugin->trace (run->engine, false);
  sag_json_begin_array (run->writer, "stages");
  for (gint32 s = 0; s < n && done; s++)
    {
      qsort (times + s * run->n_runs, run->n_runs, sizeof *times, compare);
      sag_json_begin_object (run->writer, NULL);
      sag_json_string (run->writer, "name", stages[s].name);
      sag_json_number (run->writer, "ms", times[s * run->n_runs + run->n_runs / 2]);
      sag_json_number (run->writer, "bytes", stages[s].n_bytes);
      sag_json_number (run->writer, "products", stages[s].n_products);
      sag_json_boolean (run->writer, "library", stages[s].by_library);
      sag_json_end_object (run->writer);
    }
  sag_json_end_array (run->writer);
  g_free (times);
  return done;
}

/* The first run, which loads and records, then medians of the others. */
static gboolean
time_part (BenchRun *run, const Part *part, GError **error)
{
  double  *wall = g_new (double, run->n_runs), *device = g_new (double, run->n_runs);
  double   first = 0, ms = 0;
  gboolean done = TRUE;

  for (int i = -WARM_RUNS; i < run->n_runs && done; i++)
    {
      done = run_once (run, part, (i + WARM_RUNS) % part->n_turns, &ms, error);
      if (i == -WARM_RUNS)
        first = ms;
      if (i >= 0)
        {
          wall[i] = ms;
          device[i] = run->plugin->device_ms (run->engine);
        }
    }
  qsort (wall, run->n_runs, sizeof *wall, compare);
  qsort (device, run->n_runs, sizeof *device, compare);
  sag_json_begin_object (run->writer, part->name);
  sag_json_number (run->writer, "ms", wall[run->n_runs / 2]);
  sag_json_number (run->writer, "fastest_ms", wall[0]);
  sag_json_number (run->writer, "first_ms", first);
  sag_json_number (run->writer, "device_ms", device[run->n_runs / 2]);
  /* All texts are several runs, of which only the last would show. */
  if (done && part->n_texts < BENCH_TEXTS)
    done = write_stages (run, part, error);
  sag_json_end_object (run->writer);
  g_free (wall);
  g_free (device);
  return done;
}

/* @part with memory for what it says; each turn's first answer goes to @keep, or nowhere. */
static gboolean
run_part (BenchRun *run, Part part, float *keep, gsize n_keep, GError **error)
{
  gboolean done;

  part.out = g_new (float, part.n_out);
  part.first = g_new0 (float *, part.n_turns);
  done = time_part (run, &part, error);
  for (int t = 0; t < part.n_turns; t++)
    {
      if (keep != NULL && part.first[t] != NULL)
        memcpy (keep + t * n_keep, part.first[t], n_keep * sizeof *keep);
      g_free (part.first[t]);
    }
  g_free (part.first);
  g_free (part.out);
  return done;
}

static gboolean
run_parts (BenchRun *run, GError **error)
{
  static const struct
  {
    const char *name;
    int         n;
  } asks[] = { { "ask 1", 1 }, { "ask 18", 18 }, { "ask 100", BENCH_TEXTS } };
  const BenchData *data = run->data;
  Part             part = { .request = prepare, .n_turns = G_N_ELEMENTS (data->phantoms) };

  part.name = "prepare upstream";
  part.recipe = SAG_RECIPE_UPSTREAM;
  part.n_out = data->n_voxels;
  if (!run_part (run, part, NULL, 0, error))
    return FALSE;
  part.name = "prepare paper";
  part.recipe = SAG_RECIPE_PAPER;
  if (!run_part (run, part, NULL, 0, error))
    return FALSE;
  part =
    (Part){ .name = "encode", .request = encode, .n_turns = BENCH_INPUTS, .n_out = data->n_tokens };
  if (!run_part (run, part, run->answers.tokens, data->n_tokens, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (asks); i++)
    {
      part = (Part){
        .name = asks[i].name, .request = ask, .n_turns = BENCH_INPUTS, .n_texts = asks[i].n
      };
      part.n_out = part.n_texts * (1 + data->n_cells);
      if (!run_part (run, part, part.n_texts == BENCH_TEXTS ? run->answers.logits : NULL,
                     BENCH_TEXTS, error))
        return FALSE;
    }
  return TRUE;
}

/* Many asks of changing size must not take more of the device's memory, the driver's own included. */
static gboolean
check_growth (BenchRun *run, GError **error)
{
  gsize    n_out = 7 * (1 + run->data->n_cells), before = 0, after;
  Part     part = { .name = "asks", .request = ask, .n_out = n_out };
  gboolean done = TRUE;

  part.out = g_new (float, n_out);
  for (int i = 0; i < run->n_asks && done; i++)
    {
      SagStatus status = { 0 };

      part.n_texts = 1 + i % 7;
      if (!ask (run, &part, 0, &status))
        done = refuse (part.name, status.message, error);
      if (i == run->n_asks / 10)
        before = run->plugin->free_bytes (0);
    }
  after = run->plugin->free_bytes (0);
  sag_json_number (run->writer, "growth_bytes_of_1000_asks", (double) before - (double) after);
  g_free (part.out);
  return done;
}

gboolean
bench_precision (BenchRun *run, SagPrecision precision, BenchAnswers *answers, GError **error)
{
  SagEngineOptions options = { .precision = precision };
  SagStatus        status = { 0 };
  gsize            empty = run->plugin->free_bytes (0);
  gint64           start = g_get_monotonic_time ();
  const double     mb = 1 << 20;
  gboolean         done;

  bench_answers_init (answers, run->data);
  run->engine = run->plugin->engine->open (&run->data->weights, &options, &status);
  if (run->engine == NULL)
    return refuse ("open", status.message, error);
  sag_json_begin_object (run->writer, precision == SAG_PRECISION_FAST ? "fast" : "fp32");
  sag_json_number (run->writer, "start_ms", (double) (g_get_monotonic_time () - start) * 1e-3);
  run->answers = *answers;
  done = run_parts (run, error) && (run->n_asks == 0 || check_growth (run, error));
  sag_json_number (run->writer, "allocated_mb",
                   (double) run->plugin->allocated_bytes (run->engine) / mb);
  sag_json_number (run->writer, "used_mb",
                   ((double) empty - (double) run->plugin->free_bytes (0)) / mb);
  sag_json_end_object (run->writer);
  run->plugin->engine->close (run->engine);
  return done;
}
