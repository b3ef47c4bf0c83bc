/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/cpu/text-reference.h"

#include <math.h>
#include <string.h>

static bool
add_tensor (const SagWeightSpec *spec, void *user_data)
{
  GHashTable *tensors = user_data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (spec->name));
  GArray *values = g_array_sized_new (FALSE, FALSE, sizeof (float), spec->n_values);
  double  centre = 0, spread = 0.3;

  if (spec->kind == SAG_WEIGHT_NORM_SCALE || spec->kind == SAG_WEIGHT_RUNNING_VAR)
    centre = 1;
  else if (spec->kind == SAG_WEIGHT_LINEAR || spec->kind == SAG_WEIGHT_CONV)
    spread = 2 / sqrt ((double) spec->n_values / spec->shape[0]);
  else if (spec->kind == SAG_WEIGHT_EMBEDDING)
    spread = 1;
  for (size_t i = 0; i < spec->n_values; i++)
    {
      float value = g_rand_double_range (rand, centre - spread, centre + spread);

      g_array_append_val (values, value);
    }
  g_hash_table_insert (tensors, g_strdup (spec->name), values);
  return true;
}

static bool
read_tensor (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  const GArray *values = g_hash_table_lookup (data, name);

  if (values == NULL || offset + n_values > values->len)
    return false;
  memcpy (out, (const float *) values->data + offset, n_values * sizeof (float));
  return true;
}

ReferenceBundle *
reference_bundle_new (
  SagTextKind kind, int32_t hidden, int32_t n_heads, int32_t intermediate, int32_t n_layers)
{
  static const SagStage stages[] = { { 1, 3, 1, 1, 8 }, { 1, 3, 2, 2, 8 } };
  ReferenceBundle      *bundle = g_new0 (ReferenceBundle, 1);

  bundle->network = (SagNetwork){
    .input = { 12, 8, 8 },
    .stem_channels = 8,
    .head_channels = 20,
    .batch_norm_eps = 1e-3f,
    .text_kind = kind,
    .n_words = 40,
    .n_positions = 96,
    .n_types = 2,
    .hidden = hidden,
    .n_heads = n_heads,
    .intermediate = intermediate,
    .text_layers = n_layers,
    .layer_norm_eps = 1e-12f,
    .cells = { 2, 3, 2 },
  };
  g_assert_true (sag_network_set_stages (&bundle->network, stages, G_N_ELEMENTS (stages)));
  bundle->tensors =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  sag_network_foreach_weight (&bundle->network, add_tensor, bundle->tensors);
  bundle->source = (SagWeightSource){ &bundle->network, read_tensor, bundle->tensors };
  return bundle;
}

void
reference_bundle_free (ReferenceBundle *bundle)
{
  g_hash_table_unref (bundle->tensors);
  g_free (bundle);
}

/* A sequence on its way: (rows, hidden). */
typedef struct
{
  const ReferenceBundle *bundle;
  gsize                  n_rows;
  gsize                  hidden;
  double                *x;
  const guint8          *visible;
} Sequence;

static const float *
tensor (const Sequence *sequence, const char *name)
{
  const GArray *values = g_hash_table_lookup (sequence->bundle->tensors, name);

  g_assert_nonnull (values);
  return (const float *) values->data;
}

static const float *
layer_tensor (const Sequence *sequence, int layer, const char *part, const char *suffix)
{
  g_autofree char *name = g_strdup_printf ("model.encoder.layer.%d.%s%s", layer, part, suffix);

  return tensor (sequence, name);
}

static double *
linear (const double *in, gsize n_rows, gsize n_in, gsize n_out, const float *w, const float *b)
{
  double *out = g_new (double, n_rows *n_out);

  for (gsize r = 0; r < n_rows; r++)
    for (gsize n = 0; n < n_out; n++)
      {
        double sum = b[n];

        for (gsize k = 0; k < n_in; k++)
          sum += in[r * n_in + k] * w[n * n_in + k];
        out[r * n_out + n] = sum;
      }
  return out;
}

static double *
layer_linear (
  const Sequence *sequence, int layer, const char *part, const double *in, gsize n_in, gsize n_out)
{
  return linear (in, sequence->n_rows, n_in, n_out, layer_tensor (sequence, layer, part, ".weight"),
                 layer_tensor (sequence, layer, part, ".bias"));
}

static double *
norm (const Sequence *sequence, const double *in, const float *scale, const float *shift)
{
  gsize   width = sequence->hidden;
  double  eps = sequence->bundle->network.layer_norm_eps;
  double *out = g_new (double, sequence->n_rows *width);

  for (gsize r = 0; r < sequence->n_rows; r++)
    {
      const double *x = in + r * width;
      double        mean = 0, variance = 0;

      for (gsize i = 0; i < width; i++)
        mean += x[i] / width;
      for (gsize i = 0; i < width; i++)
        variance += (x[i] - mean) * (x[i] - mean) / width;
      for (gsize i = 0; i < width; i++)
        out[r * width + i] = (x[i] - mean) / sqrt (variance + eps) * scale[i] + shift[i];
    }
  return out;
}

static double *
layer_norm (const Sequence *sequence, int layer, const char *part, const double *in)
{
  return norm (sequence, in, layer_tensor (sequence, layer, part, ".weight"),
               layer_tensor (sequence, layer, part, ".bias"));
}

static double *
attention (const Sequence *sequence, int layer, const double *in)
{
  gsize hidden = sequence->hidden, n = sequence->n_rows,
        n_heads = sequence->bundle->network.n_heads;
  gsize              width = hidden / n_heads;
  g_autofree double *q = layer_linear (sequence, layer, "attention.self.query", in, hidden, hidden);
  g_autofree double *k = layer_linear (sequence, layer, "attention.self.key", in, hidden, hidden);
  g_autofree double *v = layer_linear (sequence, layer, "attention.self.value", in, hidden, hidden);
  g_autofree double *p = g_new (double, n);
  g_autofree double *context = g_new0 (double, n *hidden);

  for (gsize head = 0; head < n_heads; head++)
    for (gsize i = 0; i < n; i++)
      {
        double sum = 0;

        for (gsize j = 0; j < n; j++)
          {
            double score = 0;

            for (gsize c = head * width; c < (head + 1) * width; c++)
              score += q[i * hidden + c] * k[j * hidden + c];
            p[j] = sequence->visible[j] ? exp (score / sqrt (width)) : 0;
            sum += p[j];
          }
        for (gsize j = 0; j < n; j++)
          for (gsize c = head * width; c < (head + 1) * width; c++)
            context[i * hidden + c] += p[j] / sum * v[j * hidden + c];
      }
  return layer_linear (sequence, layer, "attention.output.dense", context, hidden, hidden);
}

static double *
feed_forward (const Sequence *sequence, int layer, const double *in)
{
  gsize              width = sequence->bundle->network.intermediate;
  g_autofree double *inner =
    layer_linear (sequence, layer, "intermediate.dense", in, sequence->hidden, width);

  for (gsize i = 0; i < sequence->n_rows * width; i++)
    inner[i] *= 0.5 * (1 + erf (inner[i] / sqrt (2.0)));
  return layer_linear (sequence, layer, "output.dense", inner, width, sequence->hidden);
}

static void
add (Sequence *sequence, const double *y)
{
  for (gsize i = 0; i < sequence->n_rows * sequence->hidden; i++)
    sequence->x[i] += y[i];
}

/* One half of a layer: attention, or the rest. @name: of its LayerNorm. */
static void
run_half (Sequence   *sequence,
          int         layer,
          const char *name,
          double *(*half) (const Sequence *, int, const double *) )
{
  g_autofree double *before = NULL, *y = NULL;

  if (sequence->bundle->network.text_kind == SAG_TEXT_MEGATRON)
    {
      before = layer_norm (sequence, layer, name, sequence->x);
      y = half (sequence, layer, before);
      add (sequence, y);
      return;
    }
  y = half (sequence, layer, sequence->x);
  add (sequence, y);
  before = sequence->x;
  sequence->x = layer_norm (sequence, layer, name, before);
}

static void
run_layer (Sequence *sequence, int layer)
{
  bool bert = sequence->bundle->network.text_kind == SAG_TEXT_BERT;

  run_half (sequence, layer, bert ? "attention.output.LayerNorm" : "attention.ln", attention);
  run_half (sequence, layer, bert ? "output.LayerNorm" : "ln", feed_forward);
}

/* BertEmbeddings over rows [first, n_rows), whose positions count from @position. */
static void
embed (Sequence *sequence, gsize first, gsize position)
{
  gsize        hidden = sequence->hidden;
  const float *positions = tensor (sequence, "model.embeddings.position_embeddings.weight");
  const float *types = tensor (sequence, "model.embeddings.token_type_embeddings.weight");

  for (gsize i = first; i < sequence->n_rows; i++)
    for (gsize c = 0; c < hidden; c++)
      sequence->x[i * hidden + c] += positions[(i - first + position) * hidden + c] + types[c];
  if (sequence->bundle->network.text_kind == SAG_TEXT_BERT)
    {
      g_autofree double *normed =
        norm (sequence, sequence->x, tensor (sequence, "model.embeddings.LayerNorm.weight"),
              tensor (sequence, "model.embeddings.LayerNorm.bias"));

      memcpy (sequence->x + first * hidden, normed + first * hidden,
              (sequence->n_rows - first) * hidden * sizeof (double));
    }
}

static void
fill (Sequence *sequence, const float *tokens, gsize n_tokens, const int32_t *ids)
{
  gsize        hidden = sequence->hidden;
  const float *words = tensor (sequence, "model.embeddings.word_embeddings.weight");
  const float *start = tensor (sequence, "vision_model.emb_start");
  const float *end = tensor (sequence, "vision_model.emb_end");

  for (gsize i = 0; i < sequence->n_rows; i++)
    for (gsize c = 0; c < hidden; c++)
      {
        double *x = &sequence->x[i * hidden + c];

        if (i == 0)
          *x = start[c];
        else if (i <= n_tokens)
          *x = tokens[(i - 1) * hidden + c];
        else
          *x = i == n_tokens + 1 ? end[c] : words[ids[i - n_tokens - 2] * hidden + c];
      }
}

double
reference_ask (const ReferenceBundle *bundle,
               const float           *tokens,
               gsize                  n_tokens,
               const int32_t         *ids,
               gsize                  n_ids,
               const guint8          *visible,
               double                *cell_logits)
{
  gsize hidden = bundle->network.hidden, n_cells = sag_network_cells_per_token (&bundle->network);
  Sequence           sequence = { bundle, 2 + n_tokens + n_ids, hidden, NULL, visible };
  g_autofree double *class_logit = NULL, *cells = NULL;

  sequence.x = g_new (double, sequence.n_rows *hidden);
  fill (&sequence, tokens, n_tokens, ids);
  embed (&sequence, n_tokens + 2, 0);
  embed (&sequence, 0, 0);
  for (int i = 0; i < bundle->network.text_layers; i++)
    run_layer (&sequence, i);
  if (bundle->network.text_kind == SAG_TEXT_MEGATRON)
    {
      double *normed = norm (&sequence, sequence.x, tensor (&sequence, "model.encoder.ln.weight"),
                             tensor (&sequence, "model.encoder.ln.bias"));

      g_free (sequence.x);
      sequence.x = normed;
    }
  class_logit = linear (sequence.x, 1, hidden, 1, tensor (&sequence, "lm_head_cls.weight"),
                        tensor (&sequence, "lm_head_cls.bias"));
  cells = linear (sequence.x + hidden, n_tokens, hidden, n_cells,
                  tensor (&sequence, "lm_head_seg.weight"), tensor (&sequence, "lm_head_seg.bias"));
  memcpy (cell_logits, cells, n_tokens * n_cells * sizeof (double));
  g_free (sequence.x);
  return class_logit[0];
}
