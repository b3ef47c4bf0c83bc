/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/encoder.h"

#include "model/cpu/gemm.h"

#include <math.h>
#include <string.h>

/* Transformer layers as Hugging Face runs them.
 *
 * BERT (modeling_bert.py), normalising after each half:
 *   x = LN (x + output (attention (x))),  x = LN (x + down (gelu (up (x))))
 * MegatronBert (modeling_megatron_bert.py), normalising before each half:
 *   x = x + output (attention (LN (x))),  x = x + down (gelu (up (LN (x))))
 */

#define NORM_ROWS 16 /* rows of a work item */

typedef struct
{
  const SagCpuKernels *kernels;
  SagCpuNorm           norm;
} NormRows;

static void
norm_rows (gsize item, guint worker, gpointer data)
{
  const NormRows *all = data;
  gsize           first = item * NORM_ROWS;
  SagCpuNorm      norm = all->norm;

  norm.x += first * norm.width;
  norm.out += first * norm.width;
  norm.n_rows = MIN (NORM_ROWS, norm.n_rows - first);
  all->kernels->layer_norm (&norm);
}

void
sag_cpu_norm (const SagCpuText      *text,
              const SagCpuTeam      *team,
              const SagCpuLayerNorm *norm,
              const float           *x,
              float                 *out,
              gsize                  n_rows)
{
  gsize    width = text->network.hidden;
  NormRows all = {
    team->kernels, { x, norm->scale, norm->shift, text->network.layer_norm_eps, out, n_rows, width }
  };

  if (norm->scale != NULL)
    sag_pool_run (team->pool, (n_rows + NORM_ROWS - 1) / NORM_ROWS, norm_rows, &all);
  else if (out != x)
    memcpy (out, x, n_rows * width * sizeof (float));
}

void
sag_cpu_linear (const SagCpuLinear *linear,
                const SagCpuTeam   *team,
                const float        *in,
                float              *out,
                gsize               n_rows,
                SagCpuAct           act,
                const float        *residual)
{
  SagCpuGemm job = {
    .a = in,
    .a_row = linear->n_in,
    .a_block = 16,
    .panels = linear->panels,
    .bias = linear->bias,
    .residual = residual,
    .residual_row = linear->n_out,
    .out = out,
    .out_row = linear->n_out,
    .n_rows = n_rows,
    .n_columns = linear->n_out,
    .k = linear->n_in,
    .act = act,
  };

  sag_cpu_gemm_parallel (team->pool, team->kernels, &job);
}

gsize
sag_cpu_wide_width (const SagNetwork *network)
{
  return MAX (4 * (gsize) network->hidden, (gsize) network->intermediate);
}

/* What a layer's attention works on: all parts of SagCpuBatch.wide. */
typedef struct
{
  float *key_value; /* (rows, 2 hidden) */
  float *query;     /* (query rows, hidden) */
  float *context;   /* (query rows, hidden) */
} Attention;

/* The layer's input for attention: normalised into @scratch, or as it is. */
static const float *
attention_input (const SagCpuText  *text,
                 const SagCpuTeam  *team,
                 const SagCpuLayer *layer,
                 const float       *x,
                 float             *scratch,
                 gsize              n_rows)
{
  if (text->network.text_kind == SAG_TEXT_BERT)
    return x;
  sag_cpu_norm (text, team, &layer->attention_norm, x, scratch, n_rows);
  return scratch;
}

void
sag_cpu_encode_share (const SagCpuText *text,
                      const SagCpuTeam *team,
                      const float      *x,
                      float            *scratch,
                      SagCpuShared     *shared)
{
  const SagCpuLayer *layer = &text->layers[0];
  const float       *in = attention_input (text, team, layer, x, scratch, shared->n_rows);

  sag_cpu_linear (&layer->query, team, in, shared->query, shared->n_rows, SAG_CPU_ACT_NONE, NULL);
  sag_cpu_linear (&layer->key_value, team, in, shared->key_value, shared->n_rows, SAG_CPU_ACT_NONE,
                  NULL);
}

/* Moves the first @n rows of each sequence together at the front. */
static void
keep_first_rows (const SagCpuBatch *batch, float *rows, gsize n, gsize width)
{
  for (gsize s = 0; s < batch->n_sequences; s++)
    memmove (rows + s * n * width, rows + batch->starts[s] * width, n * width * sizeof (float));
}

/* @linear of the rows after the shared ones, the shared ones copied. */
static void
project_after_shared (const SagCpuBatch  *batch,
                      const SagCpuLinear *linear,
                      const float        *in,
                      const float        *shared,
                      gsize               n_shared,
                      float              *out)
{
  g_autofree SagCpuGemm *jobs = g_new0 (SagCpuGemm, batch->n_sequences);

  for (gsize s = 0; s < batch->n_sequences; s++)
    {
      gsize first = batch->starts[s] + n_shared;

      memcpy (out + batch->starts[s] * linear->n_out, shared,
              n_shared * linear->n_out * sizeof (float));
      jobs[s] = (SagCpuGemm){
        .a = in + first * linear->n_in,
        .a_row = linear->n_in,
        .a_block = 16,
        .panels = linear->panels,
        .bias = linear->bias,
        .out = out + first * linear->n_out,
        .out_row = linear->n_out,
        .n_rows = batch->starts[s + 1] - first,
        .n_columns = linear->n_out,
        .k = linear->n_in,
      };
    }
  sag_cpu_gemm_each (batch->team.pool, batch->team.kernels, jobs, batch->n_sequences);
}

/* Queries, keys and values. With @n_queries, x keeps only those rows. */
static void
project (SagCpuBatch        *batch,
         const SagCpuLayer  *layer,
         const SagCpuShared *shared,
         gsize               n_queries,
         Attention          *to)
{
  const SagCpuTeam *team = &batch->team;
  gsize             hidden = batch->text->network.hidden;
  gsize             n_rows = batch->starts[batch->n_sequences];
  const float      *in = attention_input (batch->text, team, layer, batch->x, batch->y, n_rows);

  if (shared != NULL)
    project_after_shared (batch, &layer->key_value, in, shared->key_value, shared->n_rows,
                          to->key_value);
  else
    sag_cpu_linear (&layer->key_value, team, in, to->key_value, n_rows, SAG_CPU_ACT_NONE, NULL);
  if (n_queries > 0)
    {
      keep_first_rows (batch, batch->x, n_queries, hidden);
      if (in != batch->x)
        keep_first_rows (batch, batch->y, n_queries, hidden);
      n_rows = batch->n_sequences * n_queries;
    }
  if (shared == NULL)
    sag_cpu_linear (&layer->query, team, in, to->query, n_rows, SAG_CPU_ACT_NONE, NULL);
  else if (n_queries == 0)
    project_after_shared (batch, &layer->query, in, shared->query, shared->n_rows, to->query);
  else
    for (gsize s = 0; s < batch->n_sequences; s++)
      memcpy (to->query + s * n_queries * hidden, shared->query,
              n_queries * hidden * sizeof (float));
}

typedef struct
{
  const SagCpuBatch *batch;
  const Attention   *attention;
  gsize              n_queries;
} Heads;

static void
run_head (gsize item, guint worker, gpointer data)
{
  const Heads       *heads = data;
  const SagCpuBatch *batch = heads->batch;
  const SagNetwork  *network = &batch->text->network;
  gsize              hidden = network->hidden;
  gsize              width = hidden / network->n_heads;
  gsize              sequence = item / network->n_heads;
  gsize              column = item % network->n_heads * width;
  gsize              first = batch->starts[sequence];
  gsize              n_keys = batch->starts[sequence + 1] - first;
  gsize              first_query = heads->n_queries ? sequence * heads->n_queries : first;
  const float       *key = heads->attention->key_value + first * 2 * hidden + column;

  batch->team.kernels->attend (&(SagCpuHead){
    .query = heads->attention->query + first_query * hidden + column,
    .key = key,
    .value = key + hidden,
    .query_row = hidden,
    .key_row = 2 * hidden,
    .visible = batch->visible ? batch->visible + first : NULL,
    .scale = 1.0f / sqrtf (width),
    .out = heads->attention->context + first_query * hidden + column,
    .out_row = hidden,
    .n_queries = heads->n_queries ? heads->n_queries : n_keys,
    .n_keys = n_keys,
    .width = width,
    .scratch = batch->heads + worker * batch->head_size,
  });
}

/* The half after attention. @inner: (n_rows, intermediate) */
static void
feed_forward (SagCpuBatch *batch, const SagCpuLayer *layer, float *inner, gsize n_rows)
{
  const SagCpuTeam *team = &batch->team;

  if (batch->text->network.text_kind == SAG_TEXT_BERT)
    {
      sag_cpu_linear (&layer->up, team, batch->x, inner, n_rows, SAG_CPU_ACT_GELU, NULL);
      sag_cpu_linear (&layer->down, team, inner, batch->x, n_rows, SAG_CPU_ACT_NONE, batch->x);
      sag_cpu_norm (batch->text, team, &layer->feed_norm, batch->x, batch->x, n_rows);
      return;
    }
  sag_cpu_norm (batch->text, team, &layer->feed_norm, batch->x, batch->y, n_rows);
  sag_cpu_linear (&layer->up, team, batch->y, inner, n_rows, SAG_CPU_ACT_GELU, NULL);
  sag_cpu_linear (&layer->down, team, inner, batch->x, n_rows, SAG_CPU_ACT_NONE, batch->x);
}

void
sag_cpu_encode_layer (SagCpuBatch        *batch,
                      const SagCpuLayer  *layer,
                      const SagCpuShared *shared,
                      gsize               n_queries)
{
  const SagNetwork *network = &batch->text->network;
  gsize             n_rows = batch->starts[batch->n_sequences];
  gsize             n_query_rows = n_queries ? batch->n_sequences * n_queries : n_rows;
  Attention         attention = { .key_value = batch->wide };
  Heads             heads = { batch, &attention, n_queries };

  attention.query = attention.key_value + n_rows * 2 * network->hidden;
  attention.context = attention.query + n_query_rows * network->hidden;
  project (batch, layer, shared, n_queries, &attention);
  sag_pool_run (batch->team.pool, batch->n_sequences * network->n_heads, run_head, &heads);
  sag_cpu_linear (&layer->output, &batch->team, attention.context, batch->x, n_query_rows,
                  SAG_CPU_ACT_NONE, batch->x);
  if (network->text_kind == SAG_TEXT_BERT)
    sag_cpu_norm (batch->text, &batch->team, &layer->attention_norm, batch->x, batch->x,
                  n_query_rows);
  feed_forward (batch, layer, batch->wide, n_query_rows);
}
