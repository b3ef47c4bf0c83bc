/* SPDX-License-Identifier: Apache-2.0 */

/* gpu-bench: times the GPU engine and prints one JSON document. Every run's outputs are poisoned before and checked
 * after. "device_ms" is the GPU's own time, "ms" what a caller waits, copies included; "stages" are timed in runs of
 * their own, which take longer.
 */

#include "tests/cuda/gpu/bench.h"

#include <math.h>
#include <stdio.h>

#define MOST_DIFFERENCE 0.01 /* of probabilities, fast to fp32 */

static char    *weights_path, *plugin_path;
static gint     n_runs = 51, n_asks = 1000;
static gboolean is_probe, is_small;

static const GOptionEntry options[] = {
  { "weights", 0, 0, G_OPTION_ARG_FILENAME, &weights_path,
    "The paper's network, a safetensors file", "FILE" },
  { "plugin", 0, 0, G_OPTION_ARG_FILENAME, &plugin_path, "Another engine than the program's",
    "FILE" },
  { "runs", 0, 0, G_OPTION_ARG_INT, &n_runs, "Timed runs of each part (51)", "N" },
  { "asks", 0, 0, G_OPTION_ARG_INT, &n_asks, "Asks that may take no memory (1000); 0 for none",
    "N" },
  { "probe", 0, 0, G_OPTION_ARG_NONE, &is_probe, "Only say whether there is a GPU", NULL },
  { "small", 0, 0, G_OPTION_ARG_NONE, &is_small, "A small network, to try this program", NULL },
  G_OPTION_ENTRY_NULL,
};

static double
probability (float logit)
{
  return 1 / (1 + exp (-(double) logit));
}

/* How far fast answers are from those of fp32. */
static gboolean
write_difference (SagJsonWriter     *writer,
                  const BenchData   *data,
                  const BenchAnswers answers[2],
                  GError           **error)
{
  double errors = 0, squares = 0, worst = 0;

  for (gsize i = 0; i < BENCH_INPUTS * data->n_tokens; i++)
    {
      double want = answers[0].tokens[i], off = answers[1].tokens[i] - want;

      errors += off * off;
      squares += want * want;
    }
  for (gsize i = 0; i < BENCH_INPUTS * BENCH_TEXTS; i++)
    worst =
      MAX (worst, fabs (probability (answers[1].logits[i]) - probability (answers[0].logits[i])));
  sag_json_number (writer, "fast_tokens_error", sqrt (errors / squares));
  sag_json_number (writer, "fast_probability_error", worst);
  if (worst < MOST_DIFFERENCE)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "fast: a probability differs by %g from that of fp32", worst);
  return FALSE;
}

static gboolean
bench (const SagPlugin *plugin, const BenchData *data, SagJsonWriter *writer, GError **error)
{
  BenchRun run = {
    .plugin = plugin, .data = data, .writer = writer, .n_runs = n_runs, .n_asks = n_asks
  };
  BenchAnswers answers[2] = { { NULL }, { NULL } };
  gboolean     done = bench_precision (&run, SAG_PRECISION_FP32, &answers[0], error) &&
                  bench_precision (&run, SAG_PRECISION_FAST, &answers[1], error) &&
                  write_difference (writer, data, answers, error);

  bench_answers_clear (&answers[0]);
  bench_answers_clear (&answers[1]);
  return done;
}

static gboolean
run (const SagPlugin *plugin, const SagPluginDevice *device, GError **error)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *document = NULL;
  BenchData        data;
  gboolean         done;

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "device", device->name);
  sag_json_integer (writer, "driver", device->driver);
  done =
    bench_data_init (&data, weights_path, is_small, error) && bench (plugin, &data, writer, error);
  bench_data_clear (&data);
  if (!done)
    return FALSE;
  sag_json_end_object (writer);
  document = sag_json_writer_finish (writer);
  fputs (document, stdout);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- times the GPU engine");
  g_autoptr (GError) error = NULL;
  const SagPlugin *plugin;
  SagPluginDevice  device;
  SagStatus        status = { 0 };

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1 || n_runs < 1 ||
      n_asks < 0)
    {
      fprintf (stderr, "gpu-bench: %s\n", error != NULL ? error->message : "takes options only");
      return 2;
    }
  plugin =
    plugin_path != NULL ? sag_plugin_open (plugin_path, &error) : sag_plugin_get_cuda (&error);
  if (plugin == NULL || !plugin->probe (0, &device, &status))
    {
      fprintf (stderr, "gpu-bench: %s\n", error != NULL ? error->message : status.message);
      return 3;
    }
  if (is_probe)
    printf ("%s, driver %d\n", device.name, device.driver);
  else if (!run (plugin, &device, &error))
    {
      fprintf (stderr, "gpu-bench: %s\n", error->message);
      return 1;
    }
  return 0;
}
