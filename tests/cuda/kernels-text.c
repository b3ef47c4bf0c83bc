/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/gemm.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

#include <math.h>
#include <stdlib.h>

/* The text layers' own kernels against the CPU engine's. */

static float *
cpu_norm (
  const float *x, const float *scale, const float *shift, gsize n_rows, gsize width, float eps)
{
  float *out = g_new (float, n_rows *width);

  sag_cpu_get_kernels (false)->layer_norm (
    &(SagCpuNorm){ x, scale, shift, eps, out, n_rows, width });
  return out;
}

/* @scale is @off values away from where 16 bytes can be read at once. */
static void
check_norm_of (SagCudaType type, gsize n_rows, gsize width, bool residual, gsize off)
{
  gsize             n = n_rows * width;
  g_autofree float *x = values_random (n, 1), *add = values_random (n, 2);
  g_autofree float *scales = values_random (width + off, 3), *shift = values_random (width, 4);
  g_autofree void  *stored = NULL, *stored_add = NULL;
  g_autofree float *want = NULL, *got = NULL;
  const float      *scale = scales + off;
  SagCudaNorm       job;

  for (gsize i = 0; i < n; i++)
    x[i] = 3 * x[i] + 1;
  values_round (x, n, type);
  values_round (add, n, type);
  stored = values_store (x, n, type);
  stored_add = values_store (add, n, type);
  for (gsize i = 0; i < n && residual; i++)
    x[i] += add[i];
  want = cpu_norm (x, scale, shift, n_rows, width, 1e-5f);
  job = (SagCudaNorm){ .x = stored,
                       .residual = residual ? stored_add : NULL,
                       .scale = scale,
                       .shift = shift,
                       .out = stored,
                       .type = type,
                       .eps = 1e-5f,
                       .n_rows = n_rows,
                       .width = width };
  g_assert_cmpint (sag_cuda_launch_norm (&job, NULL), ==, 0);
  got = values_load (stored, n, type);
  values_compare ("norm", got, want, n, values_tolerance (type));
}

static void
check_norm (SagCudaType type)
{
  check_norm_of (type, 5, 768, false, 0);
  check_norm_of (type, 6, 768, true, 0);
  check_norm_of (type, 3, 768, true, 1);
  check_norm_of (type, 3, 760, true, 0);
  check_norm_of (type, 9, 20, true, 0);
  check_norm_of (type, 1, 33, true, 0);
}

static void
test_norm (void)
{
  values_each (check_norm);
}

typedef struct
{
  gsize n_sequences;
  gsize length;
  gsize n_queries;
  gsize n_heads;
  gsize width;
} Shape;

/* As one head after the other, and only the wanted queries. */
static float *
cpu_attend (const Shape *s, const float *qkv, const guint8 *visible)
{
  gsize                           hidden = s->n_heads * s->width;
  float                          *out = g_new (float, s->n_sequences * s->n_queries * hidden);
  G_GNUC_UNUSED g_autofree float *scratch = NULL;
  gpointer                        memory = NULL;

  g_assert_cmpint (
    posix_memalign (&memory, 64, sag_cpu_head_scratch (s->length, s->width) * sizeof (float)), ==,
    0);
  for (gsize i = 0; i < s->n_sequences * s->n_heads; i++)
    {
      gsize        sequence = i / s->n_heads, head = i % s->n_heads;
      const float *query = qkv + sequence * s->length * 3 * hidden + head * s->width;

      sag_cpu_get_kernels (false)->attend (&(SagCpuHead){
        .query = query,
        .key = query + hidden,
        .value = query + 2 * hidden,
        .query_row = 3 * hidden,
        .key_row = 3 * hidden,
        .visible = visible + sequence * s->length,
        .scale = 1.0f / sqrtf (s->width),
        .out = out + sequence * s->n_queries * hidden + head * s->width,
        .out_row = hidden,
        .n_queries = s->n_queries,
        .n_keys = s->length,
        .width = s->width,
        .scratch = memory,
      });
    }
  free (memory);
  return out;
}

/* Some of each sequence's keys; of every second one only such as are beyond a first tile of 64. */
static guint8 *
random_visible (gsize n_sequences, gsize length)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (length);
  guint8 *visible = g_new (guint8, n_sequences * length);

  for (gsize i = 0; i < n_sequences * length; i++)
    {
      gsize first = i / length % 2 == 0 ? 0 : MIN (64, length - 1);

      visible[i] =
        i % length >= first && (i % length == first || g_rand_int_range (rand, 0, 3) > 0);
    }
  return visible;
}

static void
check_attend (SagCudaType type)
{
  static const Shape shapes[] = {
    { 2, 40, 40, 3, 12 }, { 1, 1, 1, 1, 16 },    { 2, 75, 75, 2, 64 },    { 3, 70, 1, 2, 32 },
    { 1, 33, 20, 2, 18 }, { 1, 97, 97, 1, 128 }, { 1, 66, 66, 2, 48 },    { 2, 150, 140, 2, 64 },
    { 1, 64, 64, 1, 64 }, { 2, 128, 65, 2, 32 }, { 2, 200, 130, 1, 128 }, { 1, 193, 193, 3, 32 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape       *s = &shapes[i];
      gsize              hidden = s->n_heads * s->width;
      gsize              n_in = s->n_sequences * s->length * 3 * hidden;
      gsize              n_out = s->n_sequences * s->n_queries * hidden;
      g_autofree float  *qkv = values_random (n_in, 5);
      g_autofree guint8 *visible = random_visible (s->n_sequences, s->length);
      g_autofree void   *stored = NULL, *out = values_empty (n_out, type);
      g_autofree float  *want = NULL, *got = NULL;
      SagCudaAttend      job;

      for (gsize v = 0; v < n_in; v++)
        qkv[v] *= 2;
      values_round (qkv, n_in, type);
      stored = values_store (qkv, n_in, type);
      want = cpu_attend (s, qkv, visible);
      job = (SagCudaAttend){ stored,    visible,      out,        type,    s->n_sequences,
                             s->length, s->n_queries, s->n_heads, s->width };
      g_assert_cmpint (sag_cuda_launch_attend (&job, NULL), ==, 0);
      got = values_load (out, n_out, type);
      values_compare ("attend", got, want, n_out, type == SAG_CUDA_FLOAT ? 2e-5 : 3e-3);
    }
}

static void
test_attend (void)
{
  values_each (check_attend);
}

#define TOKENS 5
#define TEXTS 3
#define WORDS 40

/* Everything that embedding reads. */
typedef struct
{
  gsize   hidden;
  gsize   text_length;
  gsize   n_rows;
  float  *tokens;
  float  *start;
  float  *end;
  float  *words;
  float  *positions;
  float  *scale;
  float  *shift;
  int32_t ids[TEXTS * 16];
  int32_t lengths[TEXTS];
  guint8  mask[TEXTS * TOKENS];
} Sequences;

static Sequences *
sequences_new (gsize hidden, gsize text_length, SagCudaType type)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (hidden);
  Sequences *s = g_new0 (Sequences, 1);

  s->hidden = hidden;
  s->text_length = text_length;
  s->n_rows = 2 + TOKENS + text_length;
  s->tokens = values_random (TOKENS * hidden, 1);
  s->start = values_random (hidden, 2);
  s->end = values_random (hidden, 3);
  s->words = values_random (WORDS * hidden, 4);
  s->positions = values_random (s->n_rows * hidden, 5);
  s->scale = values_random (hidden, 6);
  s->shift = values_random (hidden, 7);
  values_round (s->words, WORDS * hidden, type);
  for (gsize i = 0; i < TEXTS * text_length; i++)
    s->ids[i] = g_rand_int_range (rand, 0, WORDS);
  for (gsize i = 0; i < TEXTS; i++)
    s->lengths[i] = i == 0 ? (gint) text_length : g_rand_int_range (rand, 1, text_length + 1);
  for (gsize i = 0; i < TEXTS * TOKENS; i++)
    s->mask[i] = g_rand_boolean (rand);
  return s;
}

static void
sequences_free (Sequences *s)
{
  g_free (s->tokens);
  g_free (s->start);
  g_free (s->end);
  g_free (s->words);
  g_free (s->positions);
  g_free (s->scale);
  g_free (s->shift);
  g_free (s);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sequences, sequences_free)

/* @row += positions @first on, then the LayerNorm unless @plain. */
static void
embed_row (const Sequences *s, float *row, gsize position, bool plain)
{
  g_autofree float *normed = NULL;

  for (gsize i = 0; i < s->hidden; i++)
    row[i] += s->positions[position * s->hidden + i];
  if (plain)
    return;
  normed = cpu_norm (row, s->scale, s->shift, 1, s->hidden, 1e-6f);
  memcpy (row, normed, s->hidden * sizeof (float));
}

/* Row @r of text @t before the second embedding, as model/cpu/ask.c builds it. */
static void
first_row (const Sequences *s, gsize t, gsize r, bool plain, float *row)
{
  gsize        n = s->hidden;
  const float *from = s->start;

  if (r > 0 && r <= TOKENS)
    from = s->tokens + (r - 1) * n;
  else if (r == TOKENS + 1)
    from = s->end;
  else if (r > TOKENS)
    from = s->words + s->ids[t * s->text_length + r - TOKENS - 2] * n;
  memcpy (row, from, n * sizeof (float));
  if (r > TOKENS + 1)
    embed_row (s, row, r - TOKENS - 2, plain);
}

static void
check_embed_of (SagCudaType type, gsize hidden, gsize text_length, bool plain, bool masked)
{
  g_autoptr (Sequences) s = sequences_new (hidden, text_length, type);
  gsize              n = TEXTS * s->n_rows * hidden, n_words = TEXTS * text_length * hidden;
  g_autofree void   *words = values_store (s->words, WORDS * hidden, type);
  g_autofree void   *x = values_empty (n, type);
  g_autofree float  *first = g_new (float, n), *want = g_new (float, n), *got = NULL;
  g_autofree float  *words_out = values_empty (n_words, SAG_CUDA_FLOAT);
  g_autofree float  *concat_out = values_empty (n, SAG_CUDA_FLOAT);
  g_autofree guint8 *visible = g_malloc (TEXTS * s->n_rows);
  SagCudaEmbed       job = { .tokens = s->tokens,
                             .start = s->start,
                             .end = s->end,
                             .words = words,
                             .positions = s->positions,
                             .scale = plain ? NULL : s->scale,
                             .shift = plain ? NULL : s->shift,
                             .ids = s->ids,
                             .lengths = s->lengths,
                             .token_mask = masked ? s->mask : NULL,
                             .x = x,
                             .visible = visible,
                             .words_out = masked ? words_out : NULL,
                             .concat_out = masked ? concat_out : NULL,
                             .type = type,
                             .eps = 1e-6f,
                             .n_sequences = TEXTS,
                             .n_tokens = TOKENS,
                             .text_length = text_length,
                             .hidden = hidden };

  g_assert_cmpint (sag_cuda_launch_embed (&job, NULL), ==, 0);
  for (gsize i = 0; i < TEXTS * s->n_rows; i++)
    {
      gsize t = i / s->n_rows, r = i % s->n_rows;
      bool  shown = r < 2 + TOKENS + (gsize) s->lengths[t];

      if (masked && r > 0 && r <= TOKENS)
        shown = s->mask[t * TOKENS + r - 1];
      g_assert_cmpint (visible[i], ==, shown);
      first_row (s, t, r, plain, first + i * hidden);
      memcpy (want + i * hidden, first + i * hidden, hidden * sizeof (float));
      embed_row (s, want + i * hidden, r, plain);
      if (masked && r > TOKENS + 1)
        values_compare ("words", words_out + (t * text_length + r - TOKENS - 2) * hidden,
                        first + i * hidden, hidden, 1e-5);
    }
  got = values_load (x, n, type);
  values_compare ("embed", got, want, n, values_tolerance (type));
  if (masked)
    values_compare ("concat", concat_out, first, n, 1e-5);
}

static void
check_embed (SagCudaType type)
{
  check_embed_of (type, 48, 9, false, false);
  check_embed_of (type, 20, 1, false, true);
  check_embed_of (type, 36, 16, true, true);
  check_embed_of (type, 768, 7, false, true);
  check_embed_of (type, 768, 3, false, false);
  check_embed_of (type, 768, 5, true, true);
}

static void
test_embed (void)
{
  values_each (check_embed);
}

void
add_text_tests (void)
{
  g_test_add_func ("/cuda/norm", test_norm);
  g_test_add_func ("/cuda/attend", test_attend);
  g_test_add_func ("/cuda/embed", test_embed);
}
