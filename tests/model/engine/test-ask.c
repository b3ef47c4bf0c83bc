/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/cpu/text-reference.h"
#include "tests/model/engine/under-test.h"
#include "tests/support/test.h"

#include <math.h>

/* One scan's tokens and a few texts about it. */
typedef struct
{
  gsize    n_tokens;
  gsize    n_texts;
  gsize    max_length;
  gsize    hidden;
  gsize    n_cells;
  float   *tokens;
  int32_t *ids;
  int32_t *lengths;
  guint8  *mask;
} Question;

static Question *
question_new (const ReferenceBundle *bundle, gsize n_tokens, gsize n_texts, gsize max_length)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (n_tokens * 31 + n_texts);
  Question *q = g_new0 (Question, 1);

  *q = (Question){ n_tokens, n_texts, max_length, bundle->network.hidden };
  q->n_cells = sag_network_cells_per_token (&bundle->network);
  q->tokens = g_new (float, n_tokens * q->hidden);
  q->ids = g_new0 (int32_t, n_texts * max_length);
  q->lengths = g_new (int32_t, n_texts);
  q->mask = g_new (guint8, n_texts * n_tokens);
  for (gsize i = 0; i < n_tokens * q->hidden; i++)
    q->tokens[i] = g_rand_double_range (rand, -1, 1);
  for (gsize t = 0; t < n_texts; t++)
    {
      q->lengths[t] = t == 0 ? (gint) max_length : g_rand_int_range (rand, 1, max_length + 1);
      for (gint i = 0; i < q->lengths[t]; i++)
        q->ids[t * max_length + i] = g_rand_int_range (rand, 0, bundle->network.n_words);
    }
  for (gsize i = 0; i < n_texts * n_tokens; i++)
    q->mask[i] = g_rand_int_range (rand, 0, 3) > 0;
  return q;
}

static void
question_free (Question *q)
{
  g_free (q->tokens);
  g_free (q->ids);
  g_free (q->lengths);
  g_free (q->mask);
  g_free (q);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static SagAskRequest
request_of (const Question *q, bool masked, float *class_logits, float *cell_logits)
{
  return (SagAskRequest){
    .tokens = q->tokens,
    .n_tokens = q->n_tokens,
    .n_texts = q->n_texts,
    .max_length = q->max_length,
    .ids = q->ids,
    .lengths = q->lengths,
    .token_mask = masked ? q->mask : NULL,
    .class_logits = class_logits,
    .cell_logits = cell_logits,
  };
}

/* Asks all texts; the logits of text t: [t * (1 + n_tokens * n_cells)] the class logit, then the cells. */
static float *
ask (void *engine, const Question *q, bool masked)
{
  SagStatus         status = { 0 };
  gsize             n_cells = q->n_tokens * q->n_cells;
  g_autofree float *class_logits = g_new (float, q->n_texts);
  g_autofree float *cell_logits = g_new (float, q->n_texts *n_cells);
  float            *all = g_new (float, q->n_texts *(1 + n_cells));
  SagAskRequest     request = request_of (q, masked, class_logits, cell_logits);

  if (!sag_test_engine ()->table->ask (engine, &request, &status))
    g_error ("%s", status.message);
  for (gsize t = 0; t < q->n_texts; t++)
    {
      all[t * (1 + n_cells)] = class_logits[t];
      memcpy (all + t * (1 + n_cells) + 1, cell_logits + t * n_cells, n_cells * sizeof (float));
    }
  return all;
}

static void
check_against_reference (const ReferenceBundle *bundle,
                         const Question        *q,
                         bool                   masked,
                         const float           *got)
{
  gsize              n_cells = q->n_tokens * q->n_cells;
  g_autofree double *cells = g_new (double, n_cells);
  g_autofree guint8 *visible = g_new (guint8, 2 + q->n_tokens + q->max_length);

  for (gsize t = 0; t < q->n_texts; t++, got += 1 + n_cells)
    {
      double logit;

      memset (visible, 1, 2 + q->n_tokens + q->max_length);
      if (masked)
        memcpy (visible + 1, q->mask + t * q->n_tokens, q->n_tokens);
      logit = reference_ask (bundle, q->tokens, q->n_tokens, q->ids + t * q->max_length,
                             q->lengths[t], visible, cells);
      g_assert_cmpfloat_with_epsilon (got[0], logit, sag_test_engine ()->tolerance);
      for (gsize i = 0; i < n_cells; i++)
        g_assert_cmpfloat_with_epsilon (got[1 + i], cells[i], sag_test_engine ()->tolerance);
    }
}

typedef struct
{
  SagTextKind kind;
  int32_t     hidden, n_heads, intermediate, n_layers;
  gsize       n_tokens, n_texts, max_length;
} Shape;

/* Widths that fill panels and that do not, one layer (the first is the last), more rows than a group takes. */
static const Shape shapes[] = {
  { SAG_TEXT_BERT, 48, 4, 96, 2, 12, 3, 9 },       { SAG_TEXT_BERT, 20, 5, 33, 1, 7, 2, 5 },
  { SAG_TEXT_BERT, 16, 1, 16, 3, 1, 1, 1 },        { SAG_TEXT_BERT, 24, 3, 40, 2, 60, 17, 30 },
  { SAG_TEXT_MEGATRON, 48, 4, 96, 2, 12, 3, 9 },   { SAG_TEXT_MEGATRON, 36, 2, 20, 1, 5, 4, 11 },
  { SAG_TEXT_MEGATRON, 24, 3, 40, 3, 60, 17, 30 },
};

static ReferenceBundle *
bundle_of (const Shape *s)
{
  return reference_bundle_new (s->kind, s->hidden, s->n_heads, s->intermediate, s->n_layers);
}

static void
test_reference (gconstpointer data)
{
  int variant = GPOINTER_TO_INT (data);

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      g_autoptr (ReferenceBundle) bundle = bundle_of (s);
      gsize n_texts = sag_test_engine ()->slow ? MIN (s->n_texts, 3) : s->n_texts;
      g_autoptr (Question) q = question_new (bundle, s->n_tokens, n_texts, s->max_length);
      void *engine = sag_test_engine_open (&bundle->source, variant);

      /* Without the mask, with it, without: what an engine records for a shape holds no mask. */
      for (int turn = 0; turn < 3; turn++)
        {
          bool              masked = turn == 1;
          g_autofree float *got = ask (engine, q, masked);

          check_against_reference (bundle, q, masked, got);
        }
      sag_test_engine_close (engine);
    }
}

/* Logits alone and in company: the same bits, or as near as the engine promises. */
static void
assert_same (const float *got, const float *want, gsize n)
{
  if (sag_test_engine ()->same_bits)
    g_assert_cmpmem (got, n * sizeof (float), want, n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (got[i], want[i], sag_test_engine ()->tolerance);
}

/* A text's answer is the same in any company, opened in any way, and without its cells. */
static void
check_company (const ReferenceBundle *bundle, const Question *q, int variant)
{
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  void             *other = sag_test_engine_open (&bundle->source, variant);
  gsize             stride = 1 + q->n_tokens * q->n_cells;
  g_autofree float *all = ask (engine, q, true);
  g_autofree float *all_other = ask (other, q, true);

  assert_same (all, all_other, q->n_texts * stride);
  for (gsize t = 0; t < q->n_texts; t++)
    {
      Question          one = *q;
      g_autofree float *alone = NULL;
      float             logit;
      SagAskRequest     request;
      SagStatus         status;

      one.n_texts = 1;
      one.ids += t * q->max_length;
      one.lengths += t;
      one.mask += t * q->n_tokens;
      alone = ask (engine, &one, true);
      assert_same (alone, all + t * stride, stride);
      request = request_of (&one, true, &logit, NULL);
      g_assert_true (sag_test_engine ()->table->ask (engine, &request, &status));
      assert_same (&logit, alone, 1);
    }
  sag_test_engine_close (engine);
  sag_test_engine_close (other);
}

static void
test_company (gconstpointer data)
{
  gboolean slow = sag_test_engine ()->slow;

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      g_autoptr (ReferenceBundle) bundle = bundle_of (s);
      g_autoptr (Question) q = question_new (bundle, s->n_tokens, s->n_texts, s->max_length);

      if (slow && s->n_tokens * s->n_texts > 200)
        continue;
      check_company (bundle, q, MIN (2, sag_test_engine ()->n_variants - 1));
    }
}

typedef struct
{
  GString *names;
  float    class_logit;
  gsize    n_rows;
} Taps;

static void
see_tap (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  Taps *taps = data;

  g_assert_cmpint (dims[0], ==, 1);
  g_string_append_printf (taps->names, "%s ", name);
  if (g_str_equal (name, "logits_cls"))
    taps->class_logit = values[0];
  if (g_str_equal (name, "last_hidden_state"))
    taps->n_rows = dims[1];
}

/* Padding shows in the taps, and changes no answer. */
static void
test_taps (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 48, 4, 96, 2);
  g_autoptr (Question) q = question_new (bundle, 12, 2, 20);
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  g_autofree float *cells = g_new (float, 2 * 12 * q->n_cells);
  g_autofree float *plain = NULL;
  float             logits[2];
  Taps              taps = { g_string_new (NULL) };
  SagAskRequest     request = request_of (q, true, logits, cells);
  SagStatus         status;

  q->lengths[1] = 6;
  plain = ask (engine, q, true);
  request.tap = (SagTap){ see_tap, &taps };
  g_assert_true (sag_test_engine ()->table->ask (engine, &request, &status));
  g_assert_cmpstr (
    taps.names->str, ==,
    "text_embeds_pass1 mm_embeds_concat embeddings_pass2 bert_layer0 bert_layer1 last_hidden_state "
    "logits_cls prob_cls logits_seg "
    "text_embeds_pass1 mm_embeds_concat embeddings_pass2 bert_layer0 bert_layer1 last_hidden_state "
    "logits_cls prob_cls logits_seg ");
  g_assert_cmpuint (taps.n_rows, ==, 2 + 12 + 20);
  g_assert_cmpfloat (taps.class_logit, ==, logits[1]);
  for (gsize t = 0; t < 2; t++)
    {
      const float *expected = plain + t * (1 + 12 * q->n_cells);

      assert_same (&logits[t], expected, 1);
      assert_same (cells + t * 12 * q->n_cells, expected + 1, 12 * q->n_cells);
    }
  g_string_free (taps.names, TRUE);
  sag_test_engine_close (engine);
}

static bool
count_down (void *data)
{
  int *left = data;

  return --*left < 0;
}

static void
test_cancel (gconstpointer data)
{
  gsize n_texts = sag_test_engine ()->slow ? 2 : 17;
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 48, 4, 96, 4);
  g_autoptr (Question) q = question_new (bundle, 60, n_texts, 30);
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  g_autofree float *before = ask (engine, q, false);
  g_autofree float *after = NULL;
  float             logits[17];
  int               n_cancelled = 0, n_done = 0;

  for (int n = 0; n < 30; n++)
    {
      int           left = n;
      SagAskRequest request = request_of (q, false, logits, NULL);
      SagStatus     status = { 0 };

      request.cancel = (SagCancel){ count_down, &left };
      if (sag_test_engine ()->table->ask (engine, &request, &status))
        n_done++;
      else
        {
          g_assert_cmpint (status.code, ==, SAG_STATUS_CANCELLED);
          n_cancelled++;
        }
    }
  g_assert_cmpint (n_cancelled, >, 3);
  g_assert_cmpint (n_done, >, 3);
  after = ask (engine, q, false);
  assert_same (after, before, n_texts);
  sag_test_engine_close (engine);
}

static void
expect_refusal (void *engine, const SagAskRequest *request, const char *part)
{
  SagStatus status = { 0 };

  g_assert_false (sag_test_engine ()->table->ask (engine, request, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  if (strstr (status.message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status.message, part);
}

static void
test_bad_requests (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 48, 4, 96, 2);
  g_autoptr (Question) q = question_new (bundle, 12, 2, 9);
  void         *engine = sag_test_engine_open (&bundle->source, 0);
  float         logits[2];
  SagAskRequest good = request_of (q, false, logits, NULL), request = good;

  q->ids[3] = 40;
  expect_refusal (engine, &request, "word number 40");
  q->ids[3] = -1;
  expect_refusal (engine, &request, "word number -1");
  q->ids[3] = 0;
  q->lengths[1] = 0;
  expect_refusal (engine, &request, "Text 2");
  q->lengths[1] = 10;
  expect_refusal (engine, &request, "length of 10");
  q->lengths[1] = 9;
  request.n_tokens = 0;
  expect_refusal (engine, &request, "no vision tokens");
  request.n_tokens = 96 - 2 - 9 + 1;
  expect_refusal (engine, &request, "97 positions");
  request = good;
  request.max_length = 0;
  expect_refusal (engine, &request, "no words");
  request = good;
  request.n_texts = 0;
  g_assert_true (sag_test_engine ()->table->ask (engine, &request, &(SagStatus){ 0 }));
  sag_test_engine_close (engine);
}

static void
expect_no_engine (const ReferenceBundle  *bundle,
                  const SagEngineOptions *options,
                  SagStatusCode           code,
                  const char             *part)
{
  SagStatus status = { 0 };

  g_assert_null (sag_test_engine ()->table->open (&bundle->source, options, &status));
  g_assert_cmpint (status.code, ==, code);
  if (strstr (status.message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status.message, part);
}

/* Every tensor, one after the other: missing, then too short. */
static void
test_bad_weights (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_MEGATRON, 24, 3, 16, 1);
  g_autofree const char **names =
    (const char **) g_hash_table_get_keys_as_array (bundle->tensors, NULL);
  SagEngineOptions options = sag_test_engine_options (0);

  for (guint i = 0; names[i] != NULL; i++)
    {
      GArray *values = NULL;
      char   *name = NULL;

      if (sag_test_engine ()->reads_words_late &&
          g_str_equal (names[i], "model.embeddings.word_embeddings.weight"))
        continue;
      g_assert_true (g_hash_table_steal_extended (bundle->tensors, names[i], (gpointer *) &name,
                                                  (gpointer *) &values));
      expect_no_engine (bundle, &options, SAG_STATUS_INVALID, name);
      g_hash_table_insert (bundle->tensors, name, values);
      if (g_str_has_suffix (name, "token_type_embeddings.weight"))
        continue;
      g_array_set_size (values, values->len - 1);
      expect_no_engine (bundle, &options, SAG_STATUS_INVALID, name);
      g_array_set_size (values, values->len + 1);
    }
}

static void
test_bad_network (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 24, 3, 16, 1);
  SagEngineOptions options = sag_test_engine_options (0);

  bundle->network.n_heads = 5;
  expect_no_engine (bundle, &options, SAG_STATUS_INVALID, "5 heads");
}

typedef struct
{
  void           *engine;
  const Question *question;
  const float    *expected;
} Asker;

static gpointer
asker_thread (gpointer data)
{
  const Asker    *asker = data;
  const Question *q = asker->question;
  gsize           n = q->n_texts * (1 + q->n_tokens * q->n_cells);

  for (int i = 0; i < (sag_test_engine ()->slow ? 2 : 20); i++)
    {
      g_autofree float *got = ask (asker->engine, q, true);

      assert_same (got, asker->expected, n);
    }
  return NULL;
}

static void
test_two_engines (gconstpointer data)
{
  static const SagTextKind kinds[] = { SAG_TEXT_BERT, SAG_TEXT_MEGATRON };
  ReferenceBundle         *bundles[2];
  Asker                    askers[2];
  GThread                 *threads[2];

  for (int i = 0; i < 2; i++)
    {
      Question *q;
      void     *engine;

      bundles[i] = reference_bundle_new (kinds[i], 24, 3, 40, 2 + i);
      q = question_new (bundles[i], 30, 5, 12);
      engine = sag_test_engine_open (&bundles[i]->source, 0);
      askers[i] = (Asker){ engine, q, ask (engine, q, true) };
    }
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("asker", asker_thread, &askers[i]);
  for (int i = 0; i < 2; i++)
    {
      g_thread_join (threads[i]);
      sag_test_engine_close (askers[i].engine);
      question_free ((Question *) askers[i].question);
      g_free ((float *) askers[i].expected);
      reference_bundle_free (bundles[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < sag_test_engine ()->n_variants; i++)
    {
      g_autofree char *name = g_strdup_printf ("/ask/reference/%d", i);

      sag_test_engine_add (name, GINT_TO_POINTER (i), test_reference);
    }
  sag_test_engine_add ("/ask/company", NULL, test_company);
  sag_test_engine_add ("/ask/taps", NULL, test_taps);
  sag_test_engine_add ("/ask/cancel", NULL, test_cancel);
  sag_test_engine_add ("/ask/bad-requests", NULL, test_bad_requests);
  sag_test_engine_add ("/ask/bad-network", NULL, test_bad_network);
  sag_test_engine_add ("/ask/bad-weights", NULL, test_bad_weights);
  sag_test_engine_add ("/ask/two-engines", NULL, test_two_engines);
  return g_test_run ();
}
