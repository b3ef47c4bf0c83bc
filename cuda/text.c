/* SPDX-License-Identifier: Apache-2.0 */

/* The encoder as Hugging Face runs it, all texts at once, each sequence [start, tokens, end, text] padded to one
 * length.
 *
 * BERT (modeling_bert.py), normalising after each half:
 *   x = LN (x + output (attention (x))),  x = LN (x + down (gelu (up (x))))
 * MegatronBert (modeling_megatron_bert.py), normalising before each half:
 *   x = x + output (attention (LN (x))),  x = x + down (gelu (up (LN (x))))
 *
 * In the last layer only the rows ask that a head reads.
 */

#include "cuda/text.h"

#include "cuda/status.h"
#include "cuda/tap.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ALIGNMENT 256

static int32_t
least (int32_t a, int32_t b)
{
  return a < b ? a : b;
}

/* Steps of at most an eighth of a whole sequence with 160 tokens. */
static int32_t
pad_length (int32_t longest, int32_t most)
{
  int32_t step = longest <= 32 ? 8 : longest <= 128 ? 32 : 64;

  return least ((longest + step - 1) / step * step, most);
}

SagCudaTextShape
sag_cuda_text_shape (const SagNetwork *network,
                     int32_t           n_tokens,
                     int32_t           n_texts,
                     int32_t           longest,
                     bool              wants_cells,
                     int32_t          *taken)
{
  static const int32_t sizes[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, SAG_CUDA_MOST_TEXTS };
  SagCudaTextShape     shape = { .n_tokens = n_tokens, .n_texts = 1, .wants_cells = wants_cells };
  int32_t              most;

  shape.text_length = pad_length (longest, network->n_positions - n_tokens - 2);
  most = least (SAG_CUDA_MOST_TEXTS, SAG_CUDA_MOST_ROWS / (2 + n_tokens + shape.text_length));
  for (size_t i = 1; shape.n_texts < n_texts && i < sizeof sizes / sizeof *sizes; i++)
    if (sizes[i] <= most)
      shape.n_texts = sizes[i];
  *taken = least (n_texts, shape.n_texts);
  return shape;
}

static size_t
place (SagCudaTextPlan *plan, size_t n_bytes)
{
  size_t offset = plan->n_bytes;

  plan->n_bytes += (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return offset;
}

void
sag_cuda_text_plan (SagCudaTextPlan        *plan,
                    const SagCudaWeights   *weights,
                    const SagNetwork       *network,
                    const SagCudaTextShape *shape)
{
  size_t item = sag_cuda_type_size (weights->type), n = shape->n_texts, hidden = network->hidden;
  size_t n_rows;

  memset (plan, 0, sizeof *plan);
  plan->shape = *shape;
  plan->length = 2 + shape->n_tokens + shape->text_length;
  plan->n_cells = network->cells[0] * network->cells[1] * network->cells[2];
  n_rows = n * plan->length;
  plan->ids = place (plan, n * shape->text_length * sizeof (int32_t));
  plan->lengths = place (plan, n * sizeof (int32_t));
  plan->token_mask = place (plan, n * shape->n_tokens);
  plan->in_bytes = plan->n_bytes;
  plan->logits = place (plan, n * sizeof (float));
  if (shape->wants_cells)
    plan->cells = place (plan, n * shape->n_tokens * plan->n_cells * sizeof (float));
  plan->out_bytes = plan->n_bytes - plan->in_bytes;
  plan->visible = place (plan, n_rows);
  plan->x = place (plan, n_rows * hidden * item);
  plan->y = place (plan, n_rows * hidden * item);
  plan->qkv = place (plan, n_rows * 3 * hidden * item);
  plan->context = place (plan, n_rows * hidden * item);
  plan->inner = place (plan, n_rows * network->intermediate * item);
}

static void
check (const SagCudaText *run, int code, const char *what)
{
  sag_cuda_check (run->device, code, what);
}

static void
queue_embedding (const SagCudaText *run, float *words, float *concat)
{
  const SagCudaTextPlan *plan = run->plan;
  const SagCudaWeights  *weights = run->weights;
  SagCudaEmbed           job = {
              .tokens = run->tokens,
              .start = weights->start,
              .end = weights->end,
              .words = weights->words,
              .positions = weights->positions,
              .scale = weights->embedding_norm.scale,
              .shift = weights->embedding_norm.shift,
              .ids = (const int32_t *) (run->arena + plan->ids),
              .lengths = (const int32_t *) (run->arena + plan->lengths),
              .token_mask = (const uint8_t *) (run->arena + plan->token_mask),
              .x = run->arena + plan->x,
              .visible = (uint8_t *) (run->arena + plan->visible),
              .words_out = words,
              .concat_out = concat,
              .type = weights->type,
              .eps = run->network->layer_norm_eps,
              .n_sequences = plan->shape.n_texts,
              .n_tokens = plan->shape.n_tokens,
              .text_length = plan->shape.text_length,
              .hidden = run->network->hidden,
  };

  sag_cuda_stage (run->device, "embed");
  sag_cuda_count (
    run->device,
    (double) job.n_sequences * plan->length * job.hidden * sag_cuda_type_size (job.type) +
      (double) job.n_tokens * job.hidden * sizeof (float) +
      (double) job.n_sequences * job.text_length * job.hidden * sag_cuda_type_size (job.type),
    0);
  check (run, sag_cuda_launch_embed (&job, sag_cuda_get_stream (run->device)), "embedding words");
}

/* Embedding with what it goes through shown. */
static void
tap_embedding (const SagCudaText *run)
{
  const SagCudaTextPlan *plan = run->plan;
  int32_t                hidden = run->network->hidden, n_words = plan->shape.text_length;
  size_t                 n_bytes = (size_t) plan->length * hidden * sizeof (float);
  float                 *words = sag_cuda_alloc (run->device, n_bytes, NULL);
  float                 *concat = sag_cuda_alloc (run->device, n_bytes, NULL);

  queue_embedding (run, words, concat);
  if (words != NULL)
    sag_cuda_tap_rows (run->device, run->tap, "text_embeds_pass1", words, SAG_CUDA_FLOAT, n_words,
                       hidden);
  if (concat != NULL)
    sag_cuda_tap_rows (run->device, run->tap, "mm_embeds_concat", concat, SAG_CUDA_FLOAT,
                       plan->length, hidden);
  sag_cuda_free (run->device, words, n_bytes);
  sag_cuda_free (run->device, concat, n_bytes);
  sag_cuda_tap_rows (run->device, run->tap, "embeddings_pass2", run->arena + plan->x,
                     run->weights->type, plan->length, hidden);
}

static void
queue_linear (const SagCudaText   *run,
              const char          *part,
              const SagCudaLinear *linear,
              const void          *in,
              int32_t              n_rows,
              SagCudaAct           act,
              const void          *residual,
              void                *out)
{
  SagCudaGemm job = {
    .a = in,
    .weight = linear->weight,
    .bias = linear->bias,
    .bias_out = linear->bias_stored,
    .residual = residual,
    .out = out,
    .type = run->weights->type,
    .out_type = run->weights->type,
    .act = act,
    .m = n_rows,
    .n = linear->n_out,
    .k = linear->n_in,
    .a_row = linear->n_in,
    .out_row = linear->n_out,
    .n_batches = 1,
  };

  sag_cuda_stage (run->device, "%s", part);
  sag_cuda_count_gemm (run->device, &job);
  sag_cuda_gemm (run->device, &job);
}

/* out = LN (x + residual) */
static void
queue_norm (const SagCudaText      *run,
            const SagCudaLayerNorm *norm,
            const void             *x,
            const void             *residual,
            int32_t                 n_rows,
            void                   *out)
{
  SagCudaNorm job = {
    .x = x,
    .residual = residual,
    .scale = norm->scale,
    .shift = norm->shift,
    .out = out,
    .type = run->weights->type,
    .eps = run->network->layer_norm_eps,
    .n_rows = n_rows,
    .width = run->network->hidden,
  };

  sag_cuda_stage (run->device, "norm");
  sag_cuda_count (
    run->device,
    (double) n_rows * job.width * sag_cuda_type_size (job.type) * (residual != NULL ? 3 : 2), 0);
  check (run, sag_cuda_launch_norm (&job, sag_cuda_get_stream (run->device)),
         "a layer normalisation");
}

static void
queue_attention (const SagCudaText *run, int32_t n_queries)
{
  const SagCudaTextPlan *plan = run->plan;
  SagCudaAttend          job = {
             .qkv = run->arena + plan->qkv,
             .visible = (const uint8_t *) (run->arena + plan->visible),
             .out = run->arena + plan->context,
             .type = run->weights->type,
             .n_sequences = plan->shape.n_texts,
             .length = plan->length,
             .n_queries = n_queries,
             .n_heads = run->network->n_heads,
             .width = run->network->hidden / run->network->n_heads,
  };
  double rows;

  rows = (double) job.n_sequences * job.n_heads * job.width;
  sag_cuda_stage (run->device, "attend");
  sag_cuda_count (run->device,
                  rows * (2.0 * job.length + 2.0 * n_queries) * sag_cuda_type_size (job.type),
                  2 * rows * job.length * n_queries);
  check (run, sag_cuda_launch_attend (&job, sag_cuda_get_stream (run->device)), "attention");
}

/* The rows of x that go on after attention: all, or copied to y, whose place they then take in turn. */
static char *
take_rows (const SagCudaText *run, int32_t n_queries)
{
  const SagCudaTextPlan *plan = run->plan;
  char                  *x = run->arena + plan->x, *taken = run->arena + plan->qkv;

  if (n_queries == plan->length)
    return x;
  sag_cuda_stage (run->device, "take rows");
  check (run,
         sag_cuda_launch_take_rows (x, run->weights->type, plan->shape.n_texts, plan->length,
                                    run->network->hidden, n_queries, taken,
                                    sag_cuda_get_stream (run->device)),
         "taking rows");
  return taken;
}

/* One layer; @n_queries rows of each sequence go on. Returns where they lie. */
static char *
queue_layer (const SagCudaText *run, const SagCudaLayer *layer, int32_t n_queries)
{
  const SagCudaTextPlan *plan = run->plan;
  bool                   bert = run->network->text_kind == SAG_TEXT_BERT;
  int32_t n_all = plan->shape.n_texts * plan->length, n_rows = plan->shape.n_texts * n_queries;
  char   *x = run->arena + plan->x, *y = run->arena + plan->y, *inner = run->arena + plan->inner;
  char   *context = run->arena + plan->context;

  if (!bert)
    queue_norm (run, &layer->attention_norm, x, NULL, n_all, y);
  queue_linear (run, "queries, keys, values", &layer->qkv, bert ? x : y, n_all, SAG_CUDA_ACT_NONE,
                NULL, run->arena + plan->qkv);
  queue_attention (run, n_queries);
  x = take_rows (run, n_queries);
  if (bert)
    {
      queue_linear (run, "output", &layer->output, context, n_rows, SAG_CUDA_ACT_NONE, NULL, y);
      queue_norm (run, &layer->attention_norm, y, x, n_rows, x);
      queue_linear (run, "up", &layer->up, x, n_rows, SAG_CUDA_ACT_GELU, NULL, inner);
      queue_linear (run, "down", &layer->down, inner, n_rows, SAG_CUDA_ACT_NONE, NULL, y);
      queue_norm (run, &layer->feed_norm, y, x, n_rows, x);
      return x;
    }
  queue_linear (run, "output", &layer->output, context, n_rows, SAG_CUDA_ACT_NONE, x, x);
  queue_norm (run, &layer->feed_norm, x, NULL, n_rows, y);
  queue_linear (run, "up", &layer->up, y, n_rows, SAG_CUDA_ACT_GELU, NULL, inner);
  queue_linear (run, "down", &layer->down, inner, n_rows, SAG_CUDA_ACT_NONE, x, x);
  return x;
}

/* @x: (n_texts, n_rows, hidden): the first row of each, then those of the vision tokens, then maybe others. */
static void
queue_heads (const SagCudaText *run, const char *x, int32_t n_rows)
{
  const SagCudaTextPlan *plan = run->plan;
  const SagCudaWeights  *weights = run->weights;
  const SagCudaLinear   *patch = &weights->patch_head;
  int32_t                hidden = run->network->hidden;
  SagCudaGemm            cells;

  sag_cuda_stage (run->device, "heads");
  check (run,
         sag_cuda_launch_class_head (x, weights->type, plan->shape.n_texts, n_rows, hidden,
                                     weights->class_weight, weights->class_bias,
                                     (float *) (run->arena + plan->logits),
                                     sag_cuda_get_stream (run->device)),
         "the class head");
  if (!plan->shape.wants_cells)
    return;
  cells = (SagCudaGemm){
    .a = x + hidden * sag_cuda_type_size (weights->type),
    .weight = patch->weight,
    .bias = patch->bias,
    .bias_out = patch->bias_stored,
    .out = run->arena + plan->cells,
    .type = weights->type,
    .out_type = SAG_CUDA_FLOAT,
    .act = SAG_CUDA_ACT_NONE,
    .m = plan->shape.n_tokens,
    .n = patch->n_out,
    .k = patch->n_in,
    .a_row = hidden,
    .out_row = patch->n_out,
    .n_batches = plan->shape.n_texts,
    .a_batch = (int64_t) n_rows * hidden,
    .out_batch = (int64_t) plan->shape.n_tokens * patch->n_out,
  };
  sag_cuda_count_gemm (run->device, &cells);
  sag_cuda_gemm (run->device, &cells);
}

static void
tap_answer (const SagCudaText *run, const char *x)
{
  const SagCudaTextPlan *plan = run->plan;
  const SagTap          *tap = run->tap;
  const float           *out = (const float *) (run->pinned + plan->in_bytes);
  float                  probability;

  sag_cuda_tap_rows (run->device, tap, "last_hidden_state", x, run->weights->type, plan->length,
                     run->network->hidden);
  if (!sag_cuda_wait (run->device, NULL))
    return;
  probability = 1 / (1 + expf (-out[0]));
  tap->func (tap->data, "logits_cls", 2, (const int64_t[]){ 1, 1 }, out);
  tap->func (tap->data, "prob_cls", 2, (const int64_t[]){ 1, 1 }, &probability);
  if (plan->shape.wants_cells)
    tap->func (tap->data, "logits_seg", 3,
               (const int64_t[]){ 1, plan->shape.n_tokens, plan->n_cells },
               (const float *) (run->pinned + plan->cells));
}

bool
sag_cuda_text_queue (void *data)
{
  const SagCudaText     *run = data;
  const SagCudaTextPlan *plan = run->plan;
  const SagCudaWeights  *weights = run->weights;
  char                  *x = run->arena + plan->x;
  int32_t                n_layers = run->network->text_layers, n_rows = plan->length;
  int32_t                wanted = plan->shape.wants_cells ? 1 + plan->shape.n_tokens : 1;

  sag_cuda_stage (run->device, "upload");
  sag_cuda_count (run->device, plan->in_bytes, 0);
  sag_cuda_upload (run->device, run->arena, run->pinned, plan->in_bytes);
  if (run->tap != NULL)
    tap_embedding (run);
  else
    queue_embedding (run, NULL, NULL);
  for (int32_t i = 0; i < n_layers; i++)
    {
      if (sag_cuda_is_cancelled (run->cancel))
        return false;
      if (i + 1 == n_layers && !plan->shape.all_rows)
        n_rows = wanted;
      x = queue_layer (run, &weights->layers[i], n_rows);
      if (run->tap != NULL)
        {
          char name[32];

          snprintf (name, sizeof name, "bert_layer%d", i);
          sag_cuda_tap_rows (run->device, run->tap, name, x, weights->type, n_rows,
                             run->network->hidden);
        }
    }
  if (weights->final_norm.scale != NULL)
    queue_norm (run, &weights->final_norm, x, NULL, plan->shape.n_texts * n_rows, x);
  queue_heads (run, x, n_rows);
  sag_cuda_stage (run->device, "download");
  sag_cuda_count (run->device, plan->out_bytes, 0);
  sag_cuda_download (run->device, run->pinned + plan->in_bytes, run->arena + plan->in_bytes,
                     plan->out_bytes);
  if (run->tap != NULL)
    tap_answer (run, x);
  return true;
}
