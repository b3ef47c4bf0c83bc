/* SPDX-License-Identifier: Apache-2.0 */

/* gpu-bench WEIGHTS: times the GPU engine on this machine, with the full-size weights in a safetensors file, and
 * prints one JSON document. "device_ms" is the GPU's own time, "ms" what a caller waits, copies included.
 */

#include "model/core/json-writer.h"
#include "model/engine/plugin.h"
#include "model/phantom/phantom.h"

#include "tests/model/cpu/oracle.h"

#include <stdio.h>

#define N_TEXT 20 /* words of a usual task */
#define N_RUNS 51
#define MOST_TEXTS 100
#define MANY_ASKS 1000

typedef struct
{
  const SagPlugin      *plugin;
  const SagEngineTable *table;
  void                 *engine;
  SagNetwork            network;
  SagJsonWriter        *writer;
  float                *input;
  float                *tokens;
  gint32               *ids;
  gint32               *lengths;
  float                *class_logits;
  float                *cell_logits;
  int                   n_texts;
  SagPhantom           *phantom; /* 512 x 512 x 275, as the budgets say */
  SagRecipeKind         recipe;
} Bench;

typedef bool (*Part) (Bench *self, SagStatus *status);

static bool
encode (Bench *self, SagStatus *status)
{
  const gint32    *dims = self->network.input;
  SagEncodeRequest request = {
    .input = self->input,
    .n_inputs = 1,
    .dims = { dims[0], dims[1], dims[2] },
    .tokens = self->tokens,
  };

  return self->table->encode (self->engine, &request, status);
}

static bool
ask (Bench *self, SagStatus *status)
{
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

  return self->table->ask (self->engine, &request, status);
}

/* Upload included: what a caller waits for; the budget of 15 ms is without. */
static bool
prepare (Bench *self, SagStatus *status)
{
  SagPrepareRequest request = {
    .voxels = sag_volume_get_int16 (self->phantom->image),
    .geometry = *sag_volume_get_geometry (self->phantom->image),
    .recipe = { self->recipe, { 384, 320, 256 }, { 416, 336, 256 }, { 256, 160, 128 } },
    .input = self->input,
  };

  return self->table->prepare (self->engine, &request, status);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Median of what a caller waits, and of the device's time of the last graph. */
static gboolean
time_part (Bench *self, const char *name, Part part, GError **error)
{
  double wall[N_RUNS], device[N_RUNS];

  for (int i = -3; i < N_RUNS; i++)
    {
      SagStatus status = { 0 };
      gint64    start = g_get_monotonic_time ();

      if (!part (self, &status))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, status.message);
          return FALSE;
        }
      if (i >= 0)
        {
          wall[i] = (g_get_monotonic_time () - start) * 1e-3;
          device[i] = self->plugin->device_ms (self->engine);
        }
    }
  qsort (wall, N_RUNS, sizeof *wall, compare);
  qsort (device, N_RUNS, sizeof *device, compare);
  sag_json_begin_object (self->writer, name);
  sag_json_number (self->writer, "ms", wall[N_RUNS / 2]);
  sag_json_number (self->writer, "fastest_ms", wall[0]);
  sag_json_number (self->writer, "device_ms", device[N_RUNS / 2]);
  sag_json_end_object (self->writer);
  return TRUE;
}

static gboolean
time_asks (Bench *self, GError **error)
{
  static const int counts[] = { 1, 18, MOST_TEXTS };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *name = g_strdup_printf ("ask %d", counts[i]);

      self->n_texts = counts[i];
      if (!time_part (self, name, ask, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
time_prepares (Bench *self, GError **error)
{
  self->recipe = SAG_RECIPE_UPSTREAM;
  if (!time_part (self, "prepare upstream", prepare, error))
    return FALSE;
  self->recipe = SAG_RECIPE_PAPER;
  return time_part (self, "prepare paper", prepare, error);
}

/* Many asks of changing size must not take more memory. */
static gboolean
check_growth (Bench *self, GError **error)
{
  size_t before = 0;

  for (int i = 0; i < MANY_ASKS; i++)
    {
      SagStatus status = { 0 };

      self->n_texts = 1 + i % 7;
      if (!ask (self, &status))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, status.message);
          return FALSE;
        }
      if (i == 20)
        before = self->plugin->allocated_bytes (self->engine);
    }
  sag_json_number (self->writer, "growth_bytes_of_1000_asks",
                   (double) (self->plugin->allocated_bytes (self->engine) - before));
  return TRUE;
}

static gboolean
bench_precision (Bench *self, SagTensorFile *weights, gboolean fast, GError **error)
{
  SagEngineOptions options = { .precision = fast ? SAG_PRECISION_FAST : SAG_PRECISION_FP32 };
  SagWeightSource  source = { &self->network, oracle_read, weights };
  SagStatus        status = { 0 };
  gint64           start = g_get_monotonic_time ();
  gboolean         done;

  self->engine = self->table->open (&source, &options, &status);
  if (self->engine == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, status.message);
      return FALSE;
    }
  sag_json_begin_object (self->writer, fast ? "fast" : "fp32");
  sag_json_number (self->writer, "start_ms", (g_get_monotonic_time () - start) * 1e-3);
  done = time_prepares (self, error) && time_part (self, "encode", encode, error) &&
         time_asks (self, error) && check_growth (self, error);
  sag_json_number (self->writer, "allocated_mb",
                   (double) self->plugin->allocated_bytes (self->engine) / (1 << 20));
  sag_json_end_object (self->writer);
  self->table->close (self->engine);
  return done;
}

static void
make_requests (Bench *self)
{
  SagPhantomOptions options = { .seed = 1,
                                .orientation = "LPS",
                                .spacing_mm = { 0.811, 0.588, 1.255 } };
  gsize             n_tokens, n_voxels;

  self->phantom = sag_phantom_new (&options);
  sag_network_init_paper (&self->network);
  n_tokens = sag_network_n_tokens (&self->network);
  n_voxels = (gsize) self->network.input[0] * self->network.input[1] * self->network.input[2];
  self->input = g_new (float, n_voxels);
  for (gsize i = 0; i < n_voxels; i++)
    self->input[i] = i % 97 / 97.0f;
  self->tokens = g_new0 (float, n_tokens * self->network.hidden);
  self->ids = g_new (gint32, MOST_TEXTS * N_TEXT);
  self->lengths = g_new (gint32, MOST_TEXTS);
  self->class_logits = g_new (float, MOST_TEXTS);
  self->cell_logits =
    g_new (float, MOST_TEXTS *n_tokens *sag_network_cells_per_token (&self->network));
  for (int i = 0; i < MOST_TEXTS * N_TEXT; i++)
    self->ids[i] = 1000 + i * 7;
  for (int i = 0; i < MOST_TEXTS; i++)
    self->lengths[i] = N_TEXT;
}

static gboolean
run (const char *path, GError **error)
{
  Bench           self = { .plugin = sag_plugin_get_cuda (error) };
  SagPluginDevice device;
  g_autoptr (SagTensorFile) weights = NULL;
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *document = NULL;

  if (self.plugin == NULL)
    return FALSE;
  self.table = sag_plugin_find_cuda_device (0, &device, error);
  if (self.table == NULL || (weights = sag_tensor_file_open (path, error)) == NULL)
    return FALSE;
  make_requests (&self);
  self.writer = writer;
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "device", device.name);
  sag_json_integer (writer, "driver", device.driver);
  if (!bench_precision (&self, weights, FALSE, error) ||
      !bench_precision (&self, weights, TRUE, error))
    return FALSE;
  sag_json_end_object (writer);
  document = sag_json_writer_finish (writer);
  fputs (document, stdout);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    {
      fprintf (stderr, "usage: gpu-bench WEIGHTS\n");
      return 2;
    }
  if (run (argv[1], &error))
    return 0;
  fprintf (stderr, "gpu-bench: %s\n", error->message);
  return 1;
}
