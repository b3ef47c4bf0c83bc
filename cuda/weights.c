/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/weights.h"

#include "cuda/loader.h"
#include "cuda/status.h"
#include "model/network/layer-names.h"

#include <stdlib.h>
#include <string.h>

static void
load_one (SagCudaLoader *loader,
          const char    *prefix,
          int32_t        n_out,
          int32_t        n_in,
          SagCudaType    out_type,
          SagCudaLinear *linear)
{
  sag_cuda_load_linear (loader, (const char *const[]){ prefix, NULL }, n_out, n_in, out_type,
                        linear);
}

static void
load_layer (SagCudaLoader *loader, int index, SagCudaLayer *layer)
{
  const SagNetwork *network = loader->source->network;
  int32_t           hidden = network->hidden;
  SagCudaType       type = loader->type;
  char              names[SAG_N_LAYER_PARTS][SAG_WEIGHT_NAME];

  for (int i = 0; i < SAG_N_LAYER_PARTS; i++)
    sag_layer_name (network->text_kind, index, (SagLayerPart) i, names[i]);
  sag_cuda_load_linear (loader,
                        (const char *const[]){ names[SAG_LAYER_QUERY], names[SAG_LAYER_KEY],
                                               names[SAG_LAYER_VALUE], NULL },
                        hidden, hidden, type, &layer->qkv);
  load_one (loader, names[SAG_LAYER_OUTPUT], hidden, hidden, type, &layer->output);
  sag_cuda_load_norm (loader, names[SAG_LAYER_ATTENTION_NORM], hidden, &layer->attention_norm);
  load_one (loader, names[SAG_LAYER_UP], network->intermediate, hidden, type, &layer->up);
  load_one (loader, names[SAG_LAYER_DOWN], hidden, network->intermediate, type, &layer->down);
  sag_cuda_load_norm (loader, names[SAG_LAYER_FEED_NORM], hidden, &layer->feed_norm);
}

/* Positions of a whole sequence always come with token type 0, so the two tables become one. */
static void
load_positions (SagCudaLoader *loader, SagCudaWeights *weights)
{
  const SagNetwork *network = loader->source->network;
  size_t            hidden = network->hidden, n = network->n_positions * hidden;
  float *type = sag_cuda_load_scratch (loader, hidden), *values = sag_cuda_load_scratch (loader, n);

  if (type != NULL && values != NULL)
    {
      sag_cuda_load_read (loader, "model.embeddings.token_type_embeddings.weight", 0, hidden, type);
      sag_cuda_load_read (loader, "model.embeddings.position_embeddings.weight", 0, n, values);
      for (size_t i = 0; i < n; i++)
        values[i] += type[i % hidden];
    }
  weights->positions = sag_cuda_load_keep (loader, values, n);
  free (type);
  free (values);
}

static void
load_text (SagCudaLoader *loader, SagCudaWeights *weights)
{
  static const char words[] = "model.embeddings.word_embeddings.weight";
  const SagNetwork *network = loader->source->network;
  int32_t           hidden = network->hidden;
  size_t            n_words = (size_t) network->n_words * hidden;

  weights->start = sag_cuda_load_vector (loader, "vision_model.emb_start", hidden);
  weights->end = sag_cuda_load_vector (loader, "vision_model.emb_end", hidden);
  load_positions (loader, weights);
  if (network->text_kind == SAG_TEXT_BERT)
    sag_cuda_load_norm (loader, "model.embeddings.LayerNorm", hidden, &weights->embedding_norm);
  for (int i = 0; i < network->text_layers; i++)
    load_layer (loader, i, &weights->layers[i]);
  if (network->text_kind == SAG_TEXT_MEGATRON)
    sag_cuda_load_norm (loader, "model.encoder.ln", hidden, &weights->final_norm);
  weights->class_weight = sag_cuda_load_vector (loader, "lm_head_cls.weight", hidden);
  weights->class_bias = sag_cuda_load_vector (loader, "lm_head_cls.bias", 1);
  load_one (loader, "lm_head_seg", network->cells[0] * network->cells[1] * network->cells[2],
            hidden, SAG_CUDA_FLOAT, &weights->patch_head);
  weights->words = sag_cuda_load_take (loader, n_words * sag_cuda_type_size (loader->type));
  sag_cuda_load_table (loader, words, n_words, loader->type, weights->words);
}

static void
load_all (SagCudaLoader *loader, SagCudaWeights *weights)
{
  loader->used = 0;
  sag_cuda_load_vision (loader, weights);
  load_text (loader, weights);
}

bool
sag_cuda_weights_load (SagCudaWeights        *weights,
                       SagCudaDevice         *device,
                       const SagWeightSource *source,
                       SagCudaType            type,
                       SagStatus             *status)
{
  SagCudaLoader loader = { .device = device, .source = source, .status = status, .type = type };

  memset (weights, 0, sizeof *weights);
  weights->type = type;
  weights->layers = calloc (source->network->text_layers, sizeof *weights->layers);
  if (weights->layers == NULL)
    return sag_cuda_fail_memory (status);
  load_all (&loader, weights);
  weights->n_bytes = loader.used;
  weights->memory = sag_cuda_alloc (device, weights->n_bytes, status);
  if (weights->memory == NULL)
    return false;
  loader.stage = sag_cuda_alloc_pinned (device, SAG_CUDA_STAGE * sizeof (float), status);
  if (loader.stage == NULL)
    return false;
  loader.memory = weights->memory;
  load_all (&loader, weights);
  sag_cuda_free_pinned (device, loader.stage);
  return !loader.failed;
}

void
sag_cuda_weights_clear (SagCudaWeights *weights, SagCudaDevice *device)
{
  sag_cuda_free (device, weights->memory, weights->n_bytes);
  free (weights->layers);
  memset (weights, 0, sizeof *weights);
}
