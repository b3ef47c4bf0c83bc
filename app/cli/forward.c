/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/tensors.h"

#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "model/engine/cells.h"

#include <stdio.h>

/* Speaks to the engine's table itself: tensors in and out, by the names of the golden files. */

typedef struct
{
  const SagEngineTable *table;
  void                 *engine;
  SagBundle            *bundle; /* its weights, as long as the engine is open */
  const SagNetwork     *network;
  gboolean              taps;

  SagCliTensors in;
  gint32        features[3]; /* of an image's tokens */
  gint32        n_tokens;

  GHashTable *stacks; /* name -> Stack */
  GPtrArray  *order;  /* Stack, as they came */
} Forward;

/* A tap of every image of the batch, one behind the other. */
typedef struct
{
  char   *name;
  guint   n_dims;
  gint64  shape[SAG_TENSOR_MAX_DIMS];
  GArray *values;
} Stack;

static void
stack_free (Stack *stack)
{
  g_free (stack->name);
  g_array_unref (stack->values);
  g_free (stack);
}

static void
forward_clear (Forward *self)
{
  if (self->engine != NULL)
    self->table->close (self->engine);
  g_clear_pointer (&self->bundle, sag_bundle_unref);
  sag_cli_tensors_clear (&self->in);
  g_clear_pointer (&self->stacks, g_hash_table_unref);
  g_clear_pointer (&self->order, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Forward, forward_clear)

static void
stack_values (Forward *self, const char *name, int n_dims, const gint64 *dims, const float *values)
{
  g_autofree char *full = g_strconcat ("out.", name, NULL);
  Stack           *stack = g_hash_table_lookup (self->stacks, full);
  gsize            n = 1;

  for (int d = 0; d < n_dims; d++)
    n *= dims[d];
  if (stack == NULL)
    {
      stack = g_new0 (Stack, 1);
      stack->name = g_steal_pointer (&full);
      stack->n_dims = n_dims;
      stack->values = g_array_new (FALSE, FALSE, sizeof (float));
      for (int d = 0; d < n_dims; d++)
        stack->shape[d] = d ? dims[d] : 0;
      g_hash_table_insert (self->stacks, stack->name, stack);
      g_ptr_array_add (self->order, stack);
    }
  stack->shape[0] += dims[0];
  g_array_append_vals (stack->values, values, n);
}

static void
tap_cb (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  stack_values (data, name, n_dims, dims, values);
}

/* Taps bring the logits themselves, but know nothing of the token grid. */
static void
stack_logits (Forward *self, const float *class_logit, const float *cell_logits)
{
  gint32            n_cells = sag_network_cells_per_token (self->network);
  g_autofree float *grid = g_new (float, (gsize) self->n_tokens *n_cells);
  gint64            shape[4] = { 1 };

  if (!self->taps)
    {
      stack_values (self, "logits_cls", 2, (gint64[]){ 1, 1 }, class_logit);
      stack_values (self, "logits_seg", 3, (gint64[]){ 1, self->n_tokens, n_cells }, cell_logits);
    }
  for (int a = 0; a < 3; a++)
    shape[1 + a] = (gint64) self->features[a] * self->network->cells[a];
  sag_cells_arrange (self->features, self->network->cells, cell_logits, false, grid);
  stack_values (self, "seg_volume_logits", 4, shape, grid);
}

static gboolean
run_one (Forward *self, gint64 i, GError **error)
{
  gsize             n_voxels = (gsize) self->in.dims[0] * self->in.dims[1] * self->in.dims[2];
  gint32            cells = sag_network_cells_per_token (self->network);
  g_autofree float *tokens = g_new (float, (gsize) self->n_tokens * self->network->hidden);
  g_autofree float *cell_logits = g_new (float, (gsize) self->n_tokens *cells);
  float             class_logit;
  SagTap            tap = { self->taps ? tap_cb : NULL, self };
  SagCancel         cancel = sag_cli_get_cancel ();
  SagStatus         status = { 0 };
  SagEncodeRequest  encode = {
     .input = self->in.images + i * n_voxels,
     .n_inputs = 1,
     .dims = { self->in.dims[0], self->in.dims[1], self->in.dims[2] },
     .tokens = tokens,
     .tap = tap,
     .cancel = cancel,
  };
  SagAskRequest ask = {
    .tokens = tokens,
    .n_tokens = self->n_tokens,
    .n_texts = 1,
    .max_length = self->in.max_length,
    .ids = self->in.ids ? self->in.ids + i * self->in.max_length : NULL,
    .lengths = self->in.lengths ? self->in.lengths + i : NULL,
    .class_logits = &class_logit,
    .cell_logits = cell_logits,
    .tap = tap,
    .cancel = cancel,
  };

  if (!self->table->encode (self->engine, &encode, &status))
    return sag_cli_engine_failed (&status, error);
  if (self->in.ids == NULL)
    {
      if (!self->taps)
        stack_values (self, "tokens", 3, (gint64[]){ 1, self->n_tokens, self->network->hidden },
                      tokens);
      return TRUE;
    }
  if (!self->table->ask (self->engine, &ask, &status))
    return sag_cli_engine_failed (&status, error);
  stack_logits (self, &class_logit, cell_logits);
  return TRUE;
}

static gboolean
run_all (Forward *self, const char *output, GError **error)
{
  g_autoptr (SagTensorSet) set = sag_tensor_set_new ();
  sag_network_feature_dims (self->network, self->in.dims, self->features);
  self->n_tokens = self->features[0] * self->features[1] * self->features[2];
  self->stacks = g_hash_table_new (g_str_hash, g_str_equal);
  self->order = g_ptr_array_new_with_free_func ((GDestroyNotify) stack_free);
  for (gint64 i = 0; i < self->in.n; i++)
    if (!run_one (self, i, error))
      return FALSE;
  for (guint i = 0; i < self->order->len; i++)
    {
      const Stack *stack = self->order->pdata[i];

      sag_tensor_set_add_floats (set, stack->name, stack->n_dims, stack->shape,
                                 (float *) stack->values->data);
    }
  return sag_tensor_set_save (set, output, error);
}

static gboolean
open_engine (Forward *self, const SagCliModel *model, GError **error)
{
  SagWeightSource  source = { .read = sag_bundle_read };
  SagEngineOptions options;
  SagStatus        status = { 0 };

  self->table = sag_cli_pick_engine (model, &options, error);
  if (self->table == NULL)
    return FALSE;
  self->bundle = sag_cli_open_bundle (model, error);
  if (self->bundle == NULL)
    return FALSE;
  self->network = sag_bundle_get_network (self->bundle);
  source.network = self->network;
  source.data = self->bundle;
  self->engine = self->table->open (&source, &options, &status);
  return self->engine != NULL || sag_cli_engine_failed (&status, error);
}

static gboolean
forward (
  Forward *self, const SagCliModel *model, const char *input, const char *output, GError **error)
{
  g_autoptr (SagTensorFile) file = sag_tensor_file_open (input, error);

  return file != NULL && open_engine (self, model, error) &&
         sag_cli_tensors_read (&self->in, file, input, self->network, error) &&
         run_all (self, output, error);
}

int
sag_cli_forward (int argc, char **argv)
{
  g_auto (SagCliModel) model = { 0 };
  g_auto (Forward) self = { 0 };
  g_autofree char   *input = NULL;
  g_autofree char   *output = NULL;
  const GOptionEntry entries[] = {
    { "input", 'i', 0, G_OPTION_ARG_FILENAME, &input,
      "Tensors images (N, 1, X, Y, Z), input_ids, attention_mask", "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "Where the results go", "FILE" },
    { "taps", 0, 0, G_OPTION_ARG_NONE, &self.taps, "Also every inner activation", NULL },
    SAG_CLI_MODEL_ENTRIES (model),
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv,
                      "forward --bundle DIR --input IN.safetensors --output OUT.safetensors",
                      "Runs the network on tensors and writes logits, or with --taps everything "
                      "inside.",
                      entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  if (input == NULL || output == NULL)
    return sag_cli_usage (argv[0], "--input and --output are both needed");
  sag_cli_get_cancellable ();
  return forward (&self, &model, input, output, &error) ? SAG_CLI_DONE : sag_cli_fail (error);
}
