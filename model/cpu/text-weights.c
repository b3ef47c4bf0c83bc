/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/text.h"

#include "model/cpu/gemm.h"
#include "model/engine/status.h"
#include "model/network/layer-names.h"

#include <stdlib.h>

/* The names are upstream's, as model/network/weights.c lists them. Loading walks the same list twice:
 * once to measure, once to read into the one block of memory that all weights share.
 */

typedef struct
{
  const SagWeightSource *source;
  SagPool               *pool;
  SagStatus             *status;
  float                 *memory; /* NULL while measuring */
  gsize                  used;
  bool                   failed;
} Loader;

static float *
take (Loader *loader, gsize n)
{
  float *piece = loader->memory ? loader->memory + loader->used : NULL;

  loader->used += (n + 15) / 16 * 16;
  return piece;
}

static bool
fail_read (Loader *loader, const char *name)
{
  loader->failed = true;
  return sag_status_fail_weight (loader->status, name);
}

static void
read_values (Loader *loader, const char *name, gsize offset, gsize n, float *out)
{
  if (out != NULL && !loader->failed &&
      !loader->source->read (loader->source->data, name, offset, n, out))
    fail_read (loader, name);
}

static float *
load_vector (Loader *loader, const char *name, gsize n)
{
  float *out = take (loader, n);

  read_values (loader, name, 0, n, out);
  return out;
}

static void
load_norm (Loader *loader, const char *prefix, int32_t width, SagCpuLayerNorm *norm)
{
  g_autofree char *scale = g_strconcat (prefix, ".weight", NULL);
  g_autofree char *shift = g_strconcat (prefix, ".bias", NULL);

  norm->scale = load_vector (loader, scale, width);
  norm->shift = load_vector (loader, shift, width);
}

/* Packing one tensor, in pieces of 16 outputs that the pool's threads share. */
typedef struct
{
  Loader             *loader;
  const char         *name;
  const SagCpuLinear *linear;
  int32_t             first; /* where the tensor's outputs begin among the layer's */
  int32_t             n_out; /* of the tensor */
  float             **rows;  /* a buffer a worker */
  gint                failed;
} Packing;

static void
pack_piece (gsize item, guint worker, gpointer data)
{
  Packing               *packing = data;
  const SagCpuLinear    *linear = packing->linear;
  const SagWeightSource *source = packing->loader->source;
  int32_t                first = item * SAG_CPU_PANEL;
  int32_t                n = MIN (SAG_CPU_PANEL, packing->n_out - first);

  if (packing->rows[worker] == NULL)
    packing->rows[worker] = g_try_new (float, (gsize) SAG_CPU_PANEL * linear->n_in);
  if (packing->rows[worker] == NULL ||
      !source->read (source->data, packing->name, (gsize) first * linear->n_in,
                     (gsize) n * linear->n_in, packing->rows[worker]))
    g_atomic_int_set (&packing->failed, TRUE);
  else
    sag_cpu_pack (packing->rows[worker], packing->first + first, n, linear->n_out, linear->n_in,
                  linear->panels);
}

static void
pack_tensor (
  Loader *loader, const char *name, const SagCpuLinear *linear, int32_t first, int32_t n_out)
{
  guint   n_threads = sag_pool_get_n_threads (loader->pool);
  Packing packing = { loader, name, linear, first, n_out, g_new0 (float *, n_threads), FALSE };

  sag_pool_run (loader->pool, (n_out + SAG_CPU_PANEL - 1) / SAG_CPU_PANEL, pack_piece, &packing);
  for (guint i = 0; i < n_threads; i++)
    g_free (packing.rows[i]);
  g_free (packing.rows);
  if (packing.failed)
    fail_read (loader, name);
}

/* One or two tensors whose outputs follow each other: @prefixes ends with NULL, each has @n_out outputs. */
static void
load_linear (
  Loader *loader, const char *const *prefixes, int32_t n_out, int32_t n_in, SagCpuLinear *linear)
{
  gint n = g_strv_length ((char **) prefixes);

  linear->n_out = n * n_out;
  linear->n_in = n_in;
  linear->panels = take (loader, sag_cpu_panel_floats (linear->n_out, n_in));
  linear->bias = take (loader, linear->n_out);
  for (gint i = 0; i < n && linear->panels != NULL && !loader->failed; i++)
    {
      g_autofree char *weight = g_strconcat (prefixes[i], ".weight", NULL);
      g_autofree char *bias = g_strconcat (prefixes[i], ".bias", NULL);

      pack_tensor (loader, weight, linear, i * n_out, n_out);
      read_values (loader, bias, 0, n_out, linear->bias + i * n_out);
    }
}

static void
load_one (Loader *loader, const char *prefix, int32_t n_out, int32_t n_in, SagCpuLinear *linear)
{
  load_linear (loader, (const char *const[]){ prefix, NULL }, n_out, n_in, linear);
}

static void
load_layer (Loader *loader, const SagNetwork *network, int index, SagCpuLayer *layer)
{
  int32_t hidden = network->hidden;
  char    names[SAG_N_LAYER_PARTS][SAG_WEIGHT_NAME];

  for (int i = 0; i < SAG_N_LAYER_PARTS; i++)
    sag_layer_name (network->text_kind, index, (SagLayerPart) i, names[i]);
  load_one (loader, names[SAG_LAYER_QUERY], hidden, hidden, &layer->query);
  load_linear (loader, (const char *const[]){ names[SAG_LAYER_KEY], names[SAG_LAYER_VALUE], NULL },
               hidden, hidden, &layer->key_value);
  load_one (loader, names[SAG_LAYER_OUTPUT], hidden, hidden, &layer->output);
  load_norm (loader, names[SAG_LAYER_ATTENTION_NORM], hidden, &layer->attention_norm);
  load_one (loader, names[SAG_LAYER_UP], network->intermediate, hidden, &layer->up);
  load_one (loader, names[SAG_LAYER_DOWN], hidden, network->intermediate, &layer->down);
  load_norm (loader, names[SAG_LAYER_FEED_NORM], hidden, &layer->feed_norm);
}

/* Positions of a whole sequence always come with token type 0, so the two tables become one. */
static void
load_positions (Loader *loader, const SagNetwork *network, SagCpuText *text)
{
  gsize             hidden = network->hidden;
  g_autofree float *type = NULL;

  text->positions = load_vector (loader, "model.embeddings.position_embeddings.weight",
                                 network->n_positions * hidden);
  if (text->positions == NULL || loader->failed)
    return;
  type = g_new0 (float, hidden);
  read_values (loader, "model.embeddings.token_type_embeddings.weight", 0, hidden, type);
  for (gsize i = 0; i < network->n_positions * hidden; i++)
    text->positions[i] += type[i % hidden];
}

static void
load_all (Loader *loader, SagCpuText *text)
{
  const SagNetwork *network = &text->network;
  int32_t           hidden = network->hidden;

  text->start = load_vector (loader, "vision_model.emb_start", hidden);
  text->end = load_vector (loader, "vision_model.emb_end", hidden);
  load_positions (loader, network, text);
  if (network->text_kind == SAG_TEXT_BERT)
    load_norm (loader, "model.embeddings.LayerNorm", hidden, &text->embedding_norm);
  for (int i = 0; i < network->text_layers; i++)
    load_layer (loader, network, i, &text->layers[i]);
  if (network->text_kind == SAG_TEXT_MEGATRON)
    load_norm (loader, "model.encoder.ln", hidden, &text->final_norm);
  load_one (loader, "lm_head_cls", 1, hidden, &text->class_head);
  load_one (loader, "lm_head_seg", sag_network_cells_per_token (network), hidden,
            &text->patch_head);
}

static float *
alloc_measured (Loader *loader, const char *what)
{
  loader->memory = sag_cpu_alloc (loader->used);
  if (loader->memory == NULL)
    sag_status_fail (
      loader->status, SAG_STATUS_OUT_OF_MEMORY,
      "There is no memory for the weights of the %s (%.0f MB); close other programs.", what,
      loader->used * 4e-6);
  loader->used = 0;
  return loader->memory;
}

float *
sag_cpu_adaptor_load (const SagWeightSource *source,
                      SagPool               *pool,
                      SagCpuLinear          *adaptor,
                      SagStatus             *status)
{
  static const char name[] = "vision_model.lm_adaptor.0";
  const SagNetwork *network = source->network;
  Loader            loader = { .source = source, .pool = pool, .status = status };

  load_one (&loader, name, network->hidden, network->head_channels, adaptor);
  if (alloc_measured (&loader, "adaptor") == NULL)
    return NULL;
  load_one (&loader, name, network->hidden, network->head_channels, adaptor);
  if (loader.failed)
    g_clear_pointer (&loader.memory, free);
  return loader.memory;
}

SagCpuText *
sag_cpu_text_load (const SagWeightSource *source, SagPool *pool, SagStatus *status)
{
  g_autoptr (SagCpuText) text = g_new0 (SagCpuText, 1);
  Loader loader = { .source = &text->source, .pool = pool, .status = status };

  text->source = *source;
  text->network = *source->network;
  text->layers = g_new0 (SagCpuLayer, text->network.text_layers);
  load_all (&loader, text);
  text->memory = alloc_measured (&loader, "text layers");
  if (text->memory == NULL)
    return NULL;
  load_all (&loader, text);
  return loader.failed ? NULL : g_steal_pointer (&text);
}

void
sag_cpu_text_free (SagCpuText *text)
{
  if (text == NULL)
    return;
  free (text->memory);
  g_free (text->layers);
  g_free (text);
}
