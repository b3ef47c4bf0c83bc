/* SPDX-License-Identifier: Apache-2.0 */

/* The names and shapes of every tensor that the network reads, as upstream's Uniferum saves them.
 *
 * BERT layers follow Hugging Face's modeling_bert.py (LayerNorm after each half), MegatronBert layers its
 * modeling_megatron_bert.py: no LayerNorm in the embeddings, one before each half, and encoder.ln after the
 * last layer, which runs however few layers are kept.
 */

#include "model/network/layer-names.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define VISION "vision_model.model."

typedef struct
{
  SagWeightFunc func;
  void         *user_data;
  bool          running;
} Visit;

/* The longest name has less than half the bytes that there are. */
static void
join (char name[SAG_WEIGHT_NAME], const char *prefix, const char *part)
{
  size_t used = strlen (prefix), more = strlen (part);

  assert (used + more < SAG_WEIGHT_NAME);
  memcpy (name, prefix, used + 1);
  memcpy (name + used, part, more + 1);
}

static void
tensor (Visit         *visit,
        const char    *prefix,
        const char    *name,
        SagWeightKind  kind,
        int            n_dims,
        const int32_t *shape)
{
  SagWeightSpec spec = { .kind = kind, .n_dims = n_dims, .n_values = 1 };

  if (!visit->running)
    return;
  join (spec.name, prefix, name);
  for (int i = 0; i < n_dims; i++)
    {
      spec.shape[i] = shape[i];
      spec.n_values *= (size_t) shape[i];
    }
  visit->running = visit->func (&spec, visit->user_data);
}

/* The last two arguments of tensor(): how many sizes, and the sizes. */
#define SHAPE(...)                                                                                 \
  sizeof ((int32_t[]){ __VA_ARGS__ }) / sizeof (int32_t), (const int32_t[]) { __VA_ARGS__ }

static void
conv (Visit *visit, const char *prefix, const char *name, int32_t out, int32_t in, int32_t kernel)
{
  tensor (visit, prefix, name, SAG_WEIGHT_CONV, SHAPE (out, in, kernel, kernel, kernel));
}

static void
layer_norm (Visit *visit, const char *prefix, const char *part, int32_t width)
{
  char name[SAG_WEIGHT_NAME];

  join (name, prefix, part);
  tensor (visit, name, ".weight", SAG_WEIGHT_NORM_SCALE, SHAPE (width));
  tensor (visit, name, ".bias", SAG_WEIGHT_NORM_SHIFT, SHAPE (width));
}

static void
batch_norm (Visit *visit, const char *prefix, const char *part, int32_t channels)
{
  char name[SAG_WEIGHT_NAME];

  layer_norm (visit, prefix, part, channels);
  join (name, prefix, part);
  tensor (visit, name, ".running_mean", SAG_WEIGHT_RUNNING_MEAN, SHAPE (channels));
  tensor (visit, name, ".running_var", SAG_WEIGHT_RUNNING_VAR, SHAPE (channels));
}

static void
linear (Visit *visit, const char *prefix, const char *part, int32_t out, int32_t in)
{
  char name[SAG_WEIGHT_NAME];

  join (name, prefix, part);
  tensor (visit, name, ".weight", SAG_WEIGHT_LINEAR, SHAPE (out, in));
  tensor (visit, name, ".bias", SAG_WEIGHT_BIAS, SHAPE (out));
}

static void
gate (Visit *visit, const char *prefix, int32_t mid, int32_t reduced)
{
  conv (visit, prefix, "se.conv_reduce.weight", reduced, mid, 1);
  tensor (visit, prefix, "se.conv_reduce.bias", SAG_WEIGHT_BIAS, SHAPE (reduced));
  conv (visit, prefix, "se.conv_expand.weight", mid, reduced, 1);
  tensor (visit, prefix, "se.conv_expand.bias", SAG_WEIGHT_BIAS, SHAPE (mid));
}

static void
block_weights (Visit *visit, const SagBlock *block)
{
  char        prefix[SAG_WEIGHT_NAME];
  const char *after_depthwise = block->expands ? "bn2" : "bn1";

  snprintf (prefix, sizeof prefix, VISION "blocks.%d.%d.", block->stage, block->index);
  if (block->expands)
    {
      conv (visit, prefix, "conv_pw.weight", block->mid_channels, block->in_channels, 1);
      batch_norm (visit, prefix, "bn1", block->mid_channels);
    }
  conv (visit, prefix, "conv_dw.weight", block->mid_channels, 1, block->kernel);
  batch_norm (visit, prefix, after_depthwise, block->mid_channels);
  gate (visit, prefix, block->mid_channels, block->gate_channels);
  conv (visit, prefix, block->expands ? "conv_pwl.weight" : "conv_pw.weight", block->out_channels,
        block->mid_channels, 1);
  batch_norm (visit, prefix, block->expands ? "bn3" : "bn2", block->out_channels);
}

static void
vision_weights (Visit *visit, const SagNetwork *network)
{
  int32_t features = network->blocks[network->n_blocks - 1].out_channels;

  conv (visit, VISION, "conv_stem.weight", network->stem_channels, 1, 3);
  batch_norm (visit, VISION, "bn1", network->stem_channels);
  for (int b = 0; b < network->n_blocks && visit->running; b++)
    block_weights (visit, &network->blocks[b]);
  conv (visit, VISION, "conv_head.weight", network->head_channels, features, 1);
  batch_norm (visit, VISION, "bn2", network->head_channels);
  linear (visit, "vision_model.", "lm_adaptor.0", network->hidden, network->head_channels);
  if (network->text_kind == SAG_TEXT_MULTI_LABEL)
    return;
  tensor (visit, "vision_model.", "emb_start", SAG_WEIGHT_EMBEDDING, SHAPE (1, 1, network->hidden));
  tensor (visit, "vision_model.", "emb_end", SAG_WEIGHT_EMBEDDING, SHAPE (1, 1, network->hidden));
}

/* In the order in which the layer runs. */
static void
layer_weights (Visit *visit, const SagNetwork *network, int layer)
{
  static const SagLayerPart order[2][SAG_N_LAYER_PARTS] = {
    [SAG_TEXT_BERT] = { SAG_LAYER_QUERY, SAG_LAYER_KEY, SAG_LAYER_VALUE, SAG_LAYER_OUTPUT,
                        SAG_LAYER_ATTENTION_NORM, SAG_LAYER_UP, SAG_LAYER_DOWN,
                        SAG_LAYER_FEED_NORM },
    [SAG_TEXT_MEGATRON] = { SAG_LAYER_ATTENTION_NORM, SAG_LAYER_QUERY, SAG_LAYER_KEY,
                            SAG_LAYER_VALUE, SAG_LAYER_OUTPUT, SAG_LAYER_FEED_NORM, SAG_LAYER_UP,
                            SAG_LAYER_DOWN },
  };
  int32_t hidden = network->hidden, wide = network->intermediate;

  for (int i = 0; i < SAG_N_LAYER_PARTS; i++)
    {
      SagLayerPart part = order[network->text_kind][i];
      char         name[SAG_WEIGHT_NAME];

      sag_layer_name (network->text_kind, layer, part, name);
      if (part == SAG_LAYER_ATTENTION_NORM || part == SAG_LAYER_FEED_NORM)
        layer_norm (visit, name, "", hidden);
      else
        linear (visit, name, "", part == SAG_LAYER_UP ? wide : hidden,
                part == SAG_LAYER_DOWN ? wide : hidden);
    }
}

static void
text_weights (Visit *visit, const SagNetwork *network)
{
  static const char embeddings[] = "model.embeddings.";
  int32_t           hidden = network->hidden;

  tensor (visit, embeddings, "word_embeddings.weight", SAG_WEIGHT_EMBEDDING,
          SHAPE (network->n_words, hidden));
  tensor (visit, embeddings, "position_embeddings.weight", SAG_WEIGHT_EMBEDDING,
          SHAPE (network->n_positions, hidden));
  tensor (visit, embeddings, "token_type_embeddings.weight", SAG_WEIGHT_EMBEDDING,
          SHAPE (network->n_types, hidden));
  if (network->text_kind == SAG_TEXT_BERT)
    layer_norm (visit, embeddings, "LayerNorm", hidden);
  for (int layer = 0; layer < network->text_layers && visit->running; layer++)
    layer_weights (visit, network, layer);
  if (network->text_kind == SAG_TEXT_MEGATRON)
    layer_norm (visit, "model.encoder.", "ln", hidden);
}

bool
sag_network_foreach_weight (const SagNetwork *network, SagWeightFunc func, void *user_data)
{
  Visit visit = { .func = func, .user_data = user_data, .running = true };

  vision_weights (&visit, network);
  if (network->text_kind == SAG_TEXT_MULTI_LABEL)
    {
      linear (&visit, "", SAG_CLASSIFIER, network->n_words, network->hidden);
      return visit.running;
    }
  text_weights (&visit, network);
  linear (&visit, "", "lm_head_cls", 1, network->hidden);
  linear (&visit, "", "lm_head_seg", sag_network_cells_per_token (network), network->hidden);
  return visit.running;
}
