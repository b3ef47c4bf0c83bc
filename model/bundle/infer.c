/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/infer.h"

#include "model/core/error.h"

#include <stdio.h>
#include <string.h>

#define VISION "vision_model.model."
#define MAX_SIZE (1 << 24)

/* The tensor of a weight, if it has @n_dims possible sizes; NULL without an error. */
static const SagTensor *
peek (const SagShapes *shapes, guint n_dims, const char *name)
{
  const SagTensor *tensor = shapes->find (shapes->data, name);

  if (tensor == NULL || tensor->n_dims != n_dims)
    return NULL;
  for (guint i = 0; i < n_dims; i++)
    if (tensor->shape[i] < 1 || tensor->shape[i] > MAX_SIZE)
      return NULL;
  return tensor;
}

static const SagTensor *
need (const SagShapes *shapes, guint n_dims, const char *name, GError **error)
{
  const SagTensor *tensor = peek (shapes, n_dims, name);

  if (tensor != NULL)
    return tensor;
  if (shapes->find (shapes->data, name) != NULL)
    g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                 "\"%s\" of %s does not have %u possible sizes; it is not %s.", name, shapes->file,
                 n_dims, shapes->kind);
  else
    g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "%s lacks \"%s\"; it is not %s.",
                 shapes->file, name, shapes->kind);
  return NULL;
}

static gboolean
infer_block (const SagShapes *shapes, SagBlock *block, GError **error)
{
  char             prefix[64], name[SAG_WEIGHT_NAME];
  const SagTensor *depthwise, *project, *expand, *reduce;

  snprintf (prefix, sizeof prefix, VISION "blocks.%d.%d.", block->stage, block->index);
#define NAME(part) (snprintf (name, sizeof name, "%s%s", prefix, part), name)
  depthwise = need (shapes, shapes->conv_dims, NAME ("conv_dw.weight"), error);
  expand =
    depthwise != NULL ? need (shapes, shapes->conv_dims, NAME ("conv_pw.weight"), error) : NULL;
  reduce =
    expand != NULL ? need (shapes, shapes->conv_dims, NAME ("se.conv_reduce.weight"), error) : NULL;
  if (reduce == NULL)
    return FALSE;
  project = peek (shapes, shapes->conv_dims, NAME ("conv_pwl.weight"));
#undef NAME
  block->expands = project != NULL;
  block->kernel = (int32_t) depthwise->shape[2];
  block->mid_channels = (int32_t) depthwise->shape[0];
  block->in_channels = block->expands ? (int32_t) expand->shape[1] : block->mid_channels;
  block->out_channels = (int32_t) (block->expands ? project : expand)->shape[0];
  block->gate_channels = (int32_t) reduce->shape[0];
  return TRUE;
}

static gboolean
has_block (const SagShapes *shapes, int stage, int index)
{
  char name[SAG_WEIGHT_NAME];

  snprintf (name, sizeof name, VISION "blocks.%d.%d.conv_dw.weight", stage, index);
  return shapes->find (shapes->data, name) != NULL;
}

/* All members of EfficientNet's family keep the kernels, the strides and the one stage without expansion. */
static gboolean
is_efficientnet (const SagNetwork *network, int n_stages)
{
  SagStage stages[SAG_MAX_STAGES];

  if (sag_network_b0_stages (stages) != n_stages)
    return FALSE;
  for (int b = 0; b < network->n_blocks; b++)
    {
      const SagBlock *block = &network->blocks[b];

      if (block->kernel != stages[block->stage].kernel ||
          block->expands != (stages[block->stage].expansion != 1))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_strides (const SagInferHints *hints, SagNetwork *network, int n_stages, GError **error)
{
  SagStage stages[SAG_MAX_STAGES];

  if (hints->n_strides == 0 && !is_efficientnet (network, n_stages))
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_ARGUMENT,
        "The vision blocks are not those of EfficientNet; say the stride of each of the %d stages "
        "with --strides.",
        n_stages);
      return FALSE;
    }
  if (hints->n_strides != 0 && hints->n_strides != n_stages)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "--strides gives %d strides, but the vision network has %d stages.",
                   hints->n_strides, n_stages);
      return FALSE;
    }
  sag_network_b0_stages (stages);
  for (int b = 0; b < network->n_blocks; b++)
    {
      SagBlock *block = &network->blocks[b];
      gint32    stride =
        hints->n_strides != 0 ? hints->strides[block->stage] : stages[block->stage].stride;

      block->stride = block->index == 0 ? stride : 1;
      block->skips = block->stride == 1 && block->in_channels == block->out_channels;
    }
  return TRUE;
}

gboolean
sag_infer_vision (const SagShapes     *shapes,
                  const SagInferHints *hints,
                  SagNetwork          *network,
                  GError             **error)
{
  const SagTensor *stem = need (shapes, shapes->conv_dims, VISION "conv_stem.weight", error);
  const SagTensor *head =
    stem != NULL ? need (shapes, shapes->conv_dims, VISION "conv_head.weight", error) : NULL;
  int stage = 0;

  if (head == NULL)
    return FALSE;
  network->stem_channels = (int32_t) stem->shape[0];
  network->head_channels = (int32_t) head->shape[0];
  network->batch_norm_eps = 1e-3f;
  network->n_blocks = 0;
  for (; stage < SAG_MAX_STAGES && has_block (shapes, stage, 0); stage++)
    for (int index = 0; has_block (shapes, stage, index); index++)
      {
        SagBlock *block = &network->blocks[network->n_blocks];

        if (network->n_blocks == SAG_MAX_BLOCKS)
          {
            g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                         "The vision network has more than %d blocks.", SAG_MAX_BLOCKS);
            return FALSE;
          }
        *block = (SagBlock){ .stage = stage, .index = index };
        if (!infer_block (shapes, block, error))
          return FALSE;
        network->n_blocks++;
      }
  return set_strides (hints, network, stage, error);
}

/* A number of the configuration, where it says one, must be what the shapes say. */
static gboolean
agree (const char *what, gint32 said, gint32 shape, GError **error)
{
  if (said == 0 || said == shape)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "The configuration says %s %d, but the weights have %d; use the configuration that "
               "belongs to them.",
               what, said, shape);
  return FALSE;
}

static int32_t
count_layers (const SagShapes *shapes)
{
  char    name[SAG_WEIGHT_NAME];
  int32_t n = 0;

  for (;; n++)
    {
      snprintf (name, sizeof name, "model.encoder.layer.%d.attention.self.query.weight", n);
      if (shapes->find (shapes->data, name) == NULL)
        return n;
    }
}

static gboolean
infer_kind (const SagShapes     *shapes,
            const SagInferHints *hints,
            SagNetwork          *network,
            GError             **error)
{
  gboolean megatron = shapes->find (shapes->data, "model.encoder.ln.weight") != NULL;

  network->text_kind = megatron ? SAG_TEXT_MEGATRON : SAG_TEXT_BERT;
  if ((hints->text.has_kind && hints->text.kind != network->text_kind) ||
      (hints->train.has_kind && hints->train.kind != network->text_kind))
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_MISMATCH,
        "The weights are those of %s text layers, but the configuration is not; use the one that "
        "belongs to them.",
        megatron ? "MegatronBert" : "BERT");
      return FALSE;
    }
  return TRUE;
}

static gboolean
set_heads (const SagInferHints *hints, SagNetwork *network, GError **error)
{
  network->n_heads = hints->heads != 0 ? hints->heads : hints->text.heads;
  if (network->n_heads == 0)
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      "The shapes do not tell the number of attention heads; say it with --heads N (12 for "
      "BERT-base), or give the text model's config.json with --config.");
  else if (hints->heads != 0 && hints->text.heads != 0 && hints->heads != hints->text.heads)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "--heads says %d, but the configuration %d; leave --heads away.", hints->heads,
                 hints->text.heads);
  else if (network->n_heads < 0 || network->hidden % network->n_heads != 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%d heads do not divide the hidden width %d; correct --heads.", network->n_heads,
                 network->hidden);
  else
    return TRUE;
  return FALSE;
}

gboolean
sag_infer_text (const SagShapes     *shapes,
                const SagInferHints *hints,
                SagNetwork          *network,
                GError             **error)
{
  static const char embeddings[] = "model.embeddings.word_embeddings.weight";
  const SagTensor  *words = need (shapes, 2, embeddings, error);
  const SagTensor  *positions =
    words != NULL ? need (shapes, 2, "model.embeddings.position_embeddings.weight", error) : NULL;
  const SagTensor *types =
    positions != NULL ? need (shapes, 2, "model.embeddings.token_type_embeddings.weight", error)
                      : NULL;
  const SagTensor *dense =
    types != NULL ? need (shapes, 2, "model.encoder.layer.0.intermediate.dense.weight", error)
                  : NULL;

  if (dense == NULL)
    return FALSE;
  network->n_words = (int32_t) words->shape[0];
  network->hidden = (int32_t) words->shape[1];
  network->n_positions = (int32_t) positions->shape[0];
  network->n_types = (int32_t) types->shape[0];
  network->intermediate = (int32_t) dense->shape[0];
  network->text_layers = count_layers (shapes);
  network->layer_norm_eps = hints->text.layer_norm_eps != 0 ? hints->text.layer_norm_eps : 1e-12f;
  return infer_kind (shapes, hints, network, error) &&
         agree ("hidden_size", hints->text.hidden, network->hidden, error) &&
         agree ("vocab_size", hints->text.words, network->n_words, error) &&
         agree ("max_position_embeddings", hints->text.positions, network->n_positions, error) &&
         agree ("type_vocab_size", hints->text.types, network->n_types, error) &&
         agree ("intermediate_size", hints->text.intermediate, network->intermediate, error) &&
         agree ("bert_encoder_layers", hints->train.text_layers, network->text_layers, error) &&
         set_heads (hints, network, error);
}

/* The patch head has one output a cell; without a word the cells of a token are a cube. */
static gboolean
set_cells (const SagShapes *shapes, const SagInferHints *hints, SagNetwork *network, GError **error)
{
  const SagTensor *head = need (shapes, 2, "lm_head_seg.weight", error);
  gint64           side = 1;

  if (head == NULL)
    return FALSE;
  while (side * side * side < head->shape[0])
    side++;
  if (hints->cells[0] != 0)
    memcpy (network->cells, hints->cells, sizeof network->cells);
  else if (side * side * side == head->shape[0])
    network->cells[0] = network->cells[1] = network->cells[2] = (int32_t) side;
  else
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "The patch head has %" G_GINT64_FORMAT
                   " outputs, which is no cube; say the cells of a token with --cells X,Y,Z.",
                   head->shape[0]);
      return FALSE;
    }
  return TRUE;
}

static const SagTensor *
find_stored (gpointer data, const char *name)
{
  const SagStoredWeight *stored = sag_weight_map_find (data, name);

  return stored != NULL ? stored->base : NULL;
}

gboolean
sag_infer_network (SagWeightMap        *map,
                   const SagInferHints *hints,
                   SagNetwork          *network,
                   GError             **error)
{
  static const int32_t standard[3] = { 256, 160, 128 };
  SagShapes            shapes = { find_stored, map, 5,
                                  sag_tensor_file_get_name (sag_weight_map_get_file (map)),
                                  "a checkpoint of upstream's Uniferum" };
  char                 message[200];

  memset (network, 0, sizeof *network);
  if (!sag_infer_vision (&shapes, hints, network, error) ||
      !sag_infer_text (&shapes, hints, network, error) ||
      !set_cells (&shapes, hints, network, error))
    return FALSE;
  memcpy (network->input,
          hints->input[0] != 0         ? hints->input
          : hints->train.input[0] != 0 ? hints->train.input
                                       : standard,
          sizeof network->input);
  if (sag_network_validate (network, message))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "%s does not make a network: %s.", shapes.file,
               message);
  return FALSE;
}
