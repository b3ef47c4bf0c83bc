/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-train.h"

#include "app/cli/bench-scans.h"
#include "app/cli/bench-weights.h"
#include "app/cli/timing.h"
#include "model/core/error.h"
#include "model/cpu/train/train.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define N_TEXT 20 /* tokens of a typical task */

/**
 * Kind: a batch and what it trains.
 * @word: on the command line
 * @from: 'v' volumes, 't' their tokens, 's' the last layer's states
 */
typedef struct
{
  const char   *name;
  const char   *word;
  gboolean      small;
  SagTrainParts parts;
  char          from;
  int           n_images;
  int           n_texts; /* of each */
} Kind;

static const Kind kinds[] = {
  { "frozen text, 2 volumes", "frozen", FALSE, SAG_TRAIN_VISION, 'v', 2, 1 },
  { "all, 2 volumes", "all", FALSE, SAG_TRAIN_ALL, 'v', 2, 1 },
  { "text from 8 tokens", "tokens", FALSE, SAG_TRAIN_HEADS_AND_TEXT, 't', 8, 1 },
  { "heads from 64 states", "states", FALSE, SAG_TRAIN_HEADS, 's', 64, 1 },
  { "small, 8 vol 48 texts", "small", TRUE, SAG_TRAIN_ALL, 'v', 8, 6 },
};

typedef struct
{
  const Kind          *kind;
  const SagTrainTable *table;
  void                *engine;
  SagNetwork           network;
  SagTrainBatch        batch;
  float               *values; /* volumes, tokens or states */
  gint32              *ids;
  gint32              *lengths;
  gint32              *image_of;
  float               *labels;
  float               *task;
  float               *cell_targets;
} Train;

static void
train_clear (Train *self)
{
  if (self->engine != NULL)
    self->table->close (self->engine);
  g_free (self->values);
  g_free (self->ids);
  g_free (self->lengths);
  g_free (self->image_of);
  g_free (self->labels);
  g_free (self->task);
  g_free (self->cell_targets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Train, train_clear)

/* About half of B0's widths at half the resolution, and narrow text layers: a bundle of some 10 MB. */
static void
init_small (SagNetwork *network)
{
  static const gint32 widths[] = { 8, 16, 24, 40, 56, 96, 160 };
  SagStage            stages[SAG_MAX_STAGES];
  int                 n;

  sag_network_init_paper (network);
  n = sag_network_b0_stages (stages);
  for (int i = 0; i < n; i++)
    stages[i].out_channels = widths[i];
  network->input[0] = 128;
  network->input[1] = 96;
  network->input[2] = 64;
  network->stem_channels = 16;
  network->head_channels = 640;
  sag_network_set_stages (network, stages, n);
  network->n_words = 1500;
  network->n_positions = 128;
  network->hidden = 192;
  network->n_heads = 6;
  network->intermediate = 768;
  network->text_layers = 4;
}

static float *
random_floats (gsize n, float middle, float width, guint64 seed)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = middle + width * sag_cli_next_random (&seed);
  return values;
}

static void
fill_samples (Train *self)
{
  int   n = self->kind->n_images * self->kind->n_texts;
  gsize n_cells =
    (gsize) sag_network_n_tokens (&self->network) * sag_network_cells_per_token (&self->network);

  self->ids = g_new (gint32, n * N_TEXT);
  self->lengths = g_new (gint32, n);
  self->image_of = g_new (gint32, n);
  self->labels = g_new (float, n);
  self->task = g_new (float, n);
  self->cell_targets = random_floats (n * n_cells, 0.5f, 0.5f, 3);
  for (int i = 0; i < n * N_TEXT; i++)
    self->ids[i] = 1000 + i * 37 % 500;
  for (int i = 0; i < n; i++)
    {
      self->lengths[i] = self->kind->small ? 16 : N_TEXT;
      self->image_of[i] = i / self->kind->n_texts;
      self->labels[i] = i % 2;
      self->task[i] = i % 3 == 0 ? 0 : 1;
    }
}

static void
fill_batch (Train *self)
{
  const gint32 *dims = self->network.input;
  int           n_tokens = sag_network_n_tokens (&self->network);
  gsize         each = self->kind->from == 'v' ? (gsize) dims[0] * dims[1] * dims[2]
                                               : (gsize) (n_tokens + 1) * self->network.hidden;

  fill_samples (self);
  self->values = random_floats (self->kind->n_images * each, 0.5f, 0.5f, 1);
  self->batch = (SagTrainBatch){
    .n = self->kind->n_images * self->kind->n_texts,
    .n_images = self->kind->n_images,
    .image_of = self->image_of,
    .dims = { dims[0], dims[1], dims[2] },
    .n_tokens = n_tokens,
    .max_length = N_TEXT,
    .ids = self->ids,
    .lengths = self->lengths,
    .labels = self->labels,
    .task = self->task,
    .cell_targets = self->cell_targets,
  };
  if (self->kind->from == 'v')
    self->batch.input = self->values;
  else if (self->kind->from == 't')
    self->batch.tokens = self->values;
  else
    self->batch.states = self->values;
}

static gboolean
run_once (gpointer data, GError **error)
{
  Train    *self = data;
  SagStatus status = { 0 };

  if (g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error))
    return FALSE;
  if (self->table->forward_backward (self->engine, &self->batch, &status))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status.message);
  return FALSE;
}

/* Linux: the highest resident memory since the last call of forget_peak(). */
static long
peak_mb (void)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmHWM:");
  return line != NULL ? (long) (g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) / 1024) : 0;
}

static void
forget_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  malloc_trim (0);
  if (file == NULL)
    return;
  fputs ("5", file);
  fclose (file);
}

static gboolean
run_kind (const Kind             *kind,
          const SagEngineOptions *engine,
          int                     n_runs,
          SagJsonWriter          *writer,
          GError                **error)
{
  g_auto (Train) self = { .kind = kind, .table = sag_cpu_train_get_table () };
  g_autoptr (SagCliTiming) timing = NULL;
  g_autofree char *peak = g_strconcat (kind->word, "_peak_mb", NULL);
  SagTrainOptions  options = { .engine = *engine, .parts = kind->parts, .dropout = 0.1f };
  SagWeightSource  source = { &self.network, sag_cli_read_random, NULL };
  SagStatus        status = { 0 };

  forget_peak ();
  if (kind->small)
    init_small (&self.network);
  else
    sag_network_init_paper (&self.network);
  fill_batch (&self);
  self.engine = self.table->open (&source, &options, &status);
  if (self.engine == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status.message);
      return FALSE;
    }
  timing =
    sag_cli_timing_run (writer != NULL ? kind->word : kind->name, n_runs, run_once, &self, error);
  if (timing == NULL)
    return FALSE;
  if (writer == NULL)
    {
      sag_cli_timing_print (timing);
      printf ("  %-22s %ld MB\n", "", peak_mb ());
      return TRUE;
    }
  sag_cli_timing_write (timing, writer);
  sag_json_integer (writer, peak, peak_mb ());
  return TRUE;
}

gboolean
sag_cli_bench_train (
  const SagCliModel *model, const char *only, int n_runs, SagJsonWriter *writer, GError **error)
{
  SagEngineOptions options = { .n_threads = model->n_threads, .portable = model->portable };
  gboolean         found = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (only == NULL || g_str_equal (only, kinds[i].word))
      {
        found = TRUE;
        if (!run_kind (&kinds[i], &options, n_runs, writer, error))
          return FALSE;
      }
  if (only == NULL || g_str_equal (only, "scans"))
    return sag_cli_bench_scans (&options, n_runs, writer, error);
  if (!found)
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      "“bench train %s” is not known; choose frozen, all, tokens, states, small or scans.", only);
  return found;
}
