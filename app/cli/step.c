/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/tensors.h"

#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "model/cpu/train/train.h"

/* One training step on tensors: gradients, statistics and weights after it, by the names of the golden files. */

typedef struct
{
  const SagTrainTable *table;
  void                *engine;
  SagBundle           *bundle;
  const SagNetwork    *network;
  SagCliTensors        in;
  float               *labels;
  float               *tasks;
  float               *cell_targets;
  GHashTable          *shapes; /* name -> SagWeightSpec */
  SagTensorSet        *out;
} Step;

static void
step_clear (Step *self)
{
  if (self->engine != NULL)
    self->table->close (self->engine);
  sag_cli_tensors_clear (&self->in);
  g_free (self->labels);
  g_free (self->tasks);
  g_free (self->cell_targets);
  g_clear_pointer (&self->shapes, g_hash_table_unref);
  g_clear_pointer (&self->out, sag_tensor_set_free);
  g_clear_pointer (&self->bundle, sag_bundle_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Step, step_clear)

/* A tensor of @n floats whatever its shape. */
static float *
read_floats (Step *self, SagTensorFile *file, const char *name, gsize n, GError **error)
{
  const SagTensor  *tensor = sag_tensor_file_find (file, name);
  g_autofree char  *wanted = g_strdup_printf ("with %zu numbers", n);
  g_autofree float *values = g_try_new (float, n);

  if (tensor == NULL || tensor->n_values != n || values == NULL ||
      !sag_tensor_read_floats (tensor, 0, n, values))
    {
      sag_cli_tensors_fail (&self->in, error, name, wanted);
      return NULL;
    }
  return g_steal_pointer (&values);
}

static gboolean
read_batch (Step *self, SagTensorFile *file, const char *path, GError **error)
{
  gint32 features[3];
  gsize  n_cells = sag_network_cells_per_token (self->network);

  if (!sag_cli_tensors_read (&self->in, file, path, self->network, error))
    return FALSE;
  if (self->in.ids == NULL)
    return sag_cli_tensors_fail (&self->in, error, "input_ids", "(N, L), integer");
  sag_network_feature_dims (self->network, self->in.dims, features);
  n_cells *= (gsize) features[0] * features[1] * features[2];
  self->labels = read_floats (self, file, "labels", self->in.n, error);
  if (self->labels == NULL)
    return FALSE;
  self->tasks = read_floats (self, file, "task_mask", self->in.n, error);
  if (self->tasks == NULL)
    return FALSE;
  self->cell_targets = read_floats (self, file, "seg_label", self->in.n * n_cells, error);
  return self->cell_targets != NULL;
}

static bool
keep_shape (const SagWeightSpec *spec, void *user_data)
{
  SagWeightSpec *copy = g_memdup2 (spec, sizeof *spec);

  g_hash_table_insert (user_data, copy->name, copy);
  return true;
}

static void
add_array (Step *self, const char *prefix, const char *name, const float *values)
{
  const SagWeightSpec *spec = g_hash_table_lookup (self->shapes, name);
  g_autofree char     *full = g_strconcat (prefix, name, NULL);

  sag_tensor_set_add_floats (self->out, full, spec->n_dims, spec->shape, values);
}

static bool
add_gradient (void *data, const char *name, float *values, size_t n_values)
{
  add_array (data, "grad.", name, values);
  return true;
}

static bool
add_state (void *data, const char *name, float *values, size_t n_values)
{
  if (g_str_has_prefix (name, "running."))
    add_array (data, "bn_after_forward.", name + strlen ("running."), values);
  else if (g_str_has_prefix (name, "weight."))
    add_array (data, "after_step.", name + strlen ("weight."), values);
  return true;
}

static gboolean
run (Step *self, SagTrainStep *step, GError **error)
{
  SagStatus         status = { 0 };
  g_autofree float *losses = g_new (float, self->in.n);
  SagTrainBatch     batch = {
        .n = (int32_t) self->in.n,
        .input = self->in.images,
        .dims = { self->in.dims[0], self->in.dims[1], self->in.dims[2] },
        .max_length = self->in.max_length,
        .ids = self->in.ids,
        .lengths = self->in.lengths,
        .labels = self->labels,
        .task = self->tasks,
        .cell_targets = self->cell_targets,
        .losses = losses,
        .cancel = sag_cli_get_cancel (),
  };
  float number;

  if (!self->table->forward_backward (self->engine, &batch, &status) ||
      !self->table->step (self->engine, step, add_gradient, self, &status))
    return sag_cli_engine_failed (&status, error);
  number = (float) batch.loss;
  sag_tensor_set_add_floats (self->out, "loss", 0, NULL, &number);
  sag_tensor_set_add_floats (self->out, "losses", 1, &self->in.n, losses);
  number = (float) step->grad_norm;
  sag_tensor_set_add_floats (self->out, "grad_total_norm", 0, NULL, &number);
  self->table->visit (self->engine, add_state, self);
  return TRUE;
}

static gboolean
open_engine (Step *self, const SagCliModel *model, gboolean freeze_text, GError **error)
{
  SagWeightSource source = { .read = sag_bundle_read };
  SagTrainOptions options = { .parts = freeze_text ? SAG_TRAIN_VISION : SAG_TRAIN_ALL };
  SagStatus       status = { 0 };

  if (sag_cli_pick_engine (model, &options.engine, error) == NULL)
    return FALSE;
  self->bundle = sag_cli_open_bundle (model, error);
  if (self->bundle == NULL)
    return FALSE;
  self->table = sag_cpu_train_get_table ();
  self->network = sag_bundle_get_network (self->bundle);
  source.network = self->network;
  source.data = self->bundle;
  self->shapes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  sag_network_foreach_weight (self->network, keep_shape, self->shapes);
  self->out = sag_tensor_set_new ();
  self->engine = self->table->open (&source, &options, &status);
  return self->engine != NULL || sag_cli_engine_failed (&status, error);
}

int
sag_cli_step (int argc, char **argv)
{
  g_auto (SagCliModel) model = { 0 };
  g_auto (Step) self = { 0 };
  g_autofree char *input = NULL;
  g_autofree char *output = NULL;
  gboolean         freeze_text = FALSE;
  SagTrainStep     step = {
        .lr = 5e-5, .weight_decay = 1e-4, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .max_norm = 1.0
  };
  const GOptionEntry entries[] = {
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &input,
      "Tensors images, input_ids, attention_mask, labels, seg_label, task_mask", "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      "Where loss, gradients, statistics and new weights go", "FILE" },
    { "freeze-text", 0, 0, G_OPTION_ARG_NONE, &freeze_text,
      "Keep the text layers, as upstream does by default", NULL },
    { "lr", 0, 0, G_OPTION_ARG_DOUBLE, &step.lr, "Learning rate (5e-5)", "RATE" },
    SAG_CLI_MODEL_ENTRIES (model),
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTensorFile) file = NULL;

  if (!sag_cli_parse (argc, argv,
                      "step --bundle DIR --input BATCH.safetensors --output OUT.safetensors",
                      "Makes one training step on tensors and writes loss, gradients, BatchNorm "
                      "statistics and weights.",
                      entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  if (input == NULL || output == NULL)
    return sag_cli_usage (argv[0], "--input and --output are both needed");
  if (!(step.lr >= 0 && step.lr <= 1))
    return sag_cli_usage (argv[0], "--lr takes a number from 0 to 1");
  file = sag_tensor_file_open (input, &error);
  if (file == NULL || !open_engine (&self, &model, freeze_text, &error) ||
      !read_batch (&self, file, input, &error) || !run (&self, &step, &error) ||
      !sag_tensor_set_save (self.out, output, &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}
