/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/ask.h"
#include "model/cpu/cpu.h"

#include "tests/model/cpu/text-reference.h"
#include "tests/support/test.h"

#include <math.h>

#define TOLERANCE 2e-5 /* of logits of size 1: float32 against float64 */

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

static void *
open_engine (const ReferenceBundle *bundle, bool portable, int n_threads)
{
  SagStatus status = { 0 };
  void     *engine = sag_cpu_get_table ()->open (
        &bundle->source, &(SagEngineOptions){ .n_threads = n_threads, .portable = portable }, &status);

  if (engine == NULL)
    g_error ("%s", status.message);
  return engine;
}

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

  if (!sag_cpu_get_table ()->ask (engine, &request, &status))
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
      g_assert_cmpfloat_with_epsilon (got[0], logit, TOLERANCE);
      for (gsize i = 0; i < n_cells; i++)
        g_assert_cmpfloat_with_epsilon (got[1 + i], cells[i], TOLERANCE);
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
test_reference (gconstpointer portable)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      g_autoptr (ReferenceBundle) bundle = bundle_of (s);
      g_autoptr (Question) q = question_new (bundle, s->n_tokens, s->n_texts, s->max_length);
      void *engine = open_engine (bundle, portable != NULL, 2);

      for (int masked = 0; masked < 2; masked++)
        {
          g_autofree float *got = ask (engine, q, masked);

          check_against_reference (bundle, q, masked, got);
        }
      sag_cpu_get_table ()->close (engine);
    }
}

/* A text's answer has the same bits in any company, with any number of threads, and without its cells. */
static void
test_company (gconstpointer portable)
{
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      g_autoptr (ReferenceBundle) bundle = bundle_of (s);
      g_autoptr (Question) q = question_new (bundle, s->n_tokens, s->n_texts, s->max_length);
      void             *engine = open_engine (bundle, portable != NULL, 1);
      void             *wide = open_engine (bundle, portable != NULL, 3);
      gsize             stride = 1 + q->n_tokens * q->n_cells;
      g_autofree float *all = ask (engine, q, true);
      g_autofree float *all_wide = ask (wide, q, true);

      g_assert_cmpmem (all, q->n_texts * stride * sizeof (float), all_wide,
                       q->n_texts * stride * sizeof (float));
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
          g_assert_cmpmem (alone, stride * sizeof (float), all + t * stride,
                           stride * sizeof (float));
          request = request_of (&one, true, &logit, NULL);
          g_assert_true (sag_cpu_get_table ()->ask (engine, &request, &status));
          g_assert_cmpfloat (logit, ==, alone[0]);
        }
      sag_cpu_get_table ()->close (engine);
      sag_cpu_get_table ()->close (wide);
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
test_taps (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 48, 4, 96, 2);
  g_autoptr (Question) q = question_new (bundle, 12, 2, 20);
  void             *engine = open_engine (bundle, false, 2);
  g_autofree float *cells = g_new (float, 2 * 12 * q->n_cells);
  g_autofree float *plain = NULL;
  float             logits[2];
  Taps              taps = { g_string_new (NULL) };
  SagAskRequest     request = request_of (q, true, logits, cells);
  SagStatus         status;

  q->lengths[1] = 6;
  plain = ask (engine, q, true);
  request.tap = (SagTap){ see_tap, &taps };
  g_assert_true (sag_cpu_get_table ()->ask (engine, &request, &status));
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

      g_assert_cmpfloat (logits[t], ==, expected[0]);
      g_assert_cmpmem (cells + t * 12 * q->n_cells, 12 * q->n_cells * sizeof (float), expected + 1,
                       12 * q->n_cells * sizeof (float));
    }
  g_string_free (taps.names, TRUE);
  sag_cpu_get_table ()->close (engine);
}

static bool
count_down (void *data)
{
  int *left = data;

  return --*left < 0;
}

static void
test_cancel (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 48, 4, 96, 2);
  g_autoptr (Question) q = question_new (bundle, 60, 17, 30);
  void             *engine = open_engine (bundle, false, 2);
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
      if (sag_cpu_get_table ()->ask (engine, &request, &status))
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
  g_assert_cmpmem (before, 17 * sizeof (float), after, 17 * sizeof (float));
  sag_cpu_get_table ()->close (engine);
}

static void
expect_refusal (void *engine, const SagAskRequest *request, const char *part)
{
  SagStatus status = { 0 };

  g_assert_false (sag_cpu_get_table ()->ask (engine, request, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  if (strstr (status.message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status.message, part);
}

static void
test_bad_requests (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 48, 4, 96, 2);
  g_autoptr (Question) q = question_new (bundle, 12, 2, 9);
  void         *engine = open_engine (bundle, false, 2);
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
  g_assert_true (sag_cpu_get_table ()->ask (engine, &request, &(SagStatus){ 0 }));
  sag_cpu_get_table ()->close (engine);
}

static void
expect_no_engine (const ReferenceBundle  *bundle,
                  const SagEngineOptions *options,
                  SagStatusCode           code,
                  const char             *part)
{
  SagStatus status = { 0 };

  g_assert_null (sag_cpu_get_table ()->open (&bundle->source, options, &status));
  g_assert_cmpint (status.code, ==, code);
  if (strstr (status.message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status.message, part);
}

/* Every tensor, one after the other: missing, then too short. */
static void
test_bad_weights (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_MEGATRON, 24, 3, 16, 1);
  g_autofree const char **names =
    (const char **) g_hash_table_get_keys_as_array (bundle->tensors, NULL);
  SagEngineOptions options = { .n_threads = 2 };

  for (guint i = 0; names[i] != NULL; i++)
    {
      GArray *values = NULL;
      char   *name = NULL;

      if (g_str_equal (names[i], "model.embeddings.word_embeddings.weight"))
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

/* The word table is only read where a text needs it. */
static void
test_bad_words (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 24, 3, 16, 1);
  g_autoptr (Question) q = question_new (bundle, 12, 2, 9);
  void         *engine = open_engine (bundle, false, 2);
  float         logits[2];
  SagAskRequest request = request_of (q, false, logits, NULL);

  g_free (ask (engine, q, false));
  g_hash_table_remove (bundle->tensors, "model.embeddings.word_embeddings.weight");
  expect_refusal (engine, &request, "word table");
  sag_cpu_get_table ()->close (engine);
}

static void
test_bad_options (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 24, 3, 16, 1);

  expect_no_engine (bundle, &(SagEngineOptions){ .precision = SAG_PRECISION_FAST },
                    SAG_STATUS_UNSUPPORTED, "fp32");
  bundle->network.n_heads = 5;
  expect_no_engine (bundle, &(SagEngineOptions){ 0 }, SAG_STATUS_INVALID, "5 heads");
}

/* Sizes beyond any address space, which a checked bundle cannot have, stand for a machine without memory. */
static void
test_no_memory (void)
{
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("the address sanitizer ends the program instead");
#else
  SagNetwork huge = {
    .n_words = 1,
    .n_positions = 100000,
    .hidden = 1 << 28,
    .n_heads = 1,
    .intermediate = 1 << 28,
    .text_layers = 9,
  };
  SagWeightSource source = { .network = &huge };
  SagCpuText      text = { .network = huge };
  g_autoptr (SagPool) pool = sag_pool_new (1);
  const SagCpuTeam    team = { sag_cpu_get_kernels (false), pool };
  const int32_t       id = 0, length = 1;
  const SagAskRequest request = {
    .n_tokens = 60000, .n_texts = 1, .max_length = 1, .ids = &id, .lengths = &length
  };
  SagCpuArena arena = { 0 };
  SagStatus   status = { 0 };

  g_assert_null (sag_cpu_text_load (&source, pool, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_OUT_OF_MEMORY);
  status.code = SAG_STATUS_OK;
  g_assert_false (sag_cpu_ask (&text, &team, &arena, &request, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_OUT_OF_MEMORY);
#endif
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
  gsize           size = q->n_texts * (1 + q->n_tokens * q->n_cells) * sizeof (float);

  for (int i = 0; i < 20; i++)
    {
      g_autofree float *got = ask (asker->engine, q, true);

      g_assert_cmpmem (got, size, asker->expected, size);
    }
  return NULL;
}

static void
test_two_engines (void)
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
      engine = open_engine (bundles[i], false, 2);
      askers[i] = (Asker){ engine, q, ask (engine, q, true) };
    }
  for (int i = 0; i < 2; i++)
    threads[i] = g_thread_new ("asker", asker_thread, &askers[i]);
  for (int i = 0; i < 2; i++)
    {
      g_thread_join (threads[i]);
      sag_cpu_get_table ()->close (askers[i].engine);
      question_free ((Question *) askers[i].question);
      g_free ((float *) askers[i].expected);
      reference_bundle_free (bundles[i]);
    }
}

static void
test_describe (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 24, 3, 16, 1);
  void         *engine = open_engine (bundle, true, 1);
  SagEngineInfo info;

  sag_cpu_get_table ()->describe (engine, &info);
  g_assert_cmpstr (info.engine, ==, "cpu");
  g_assert_cmpstr (info.device, ==, "portable, 1 thread");
  g_assert_cmpstr (info.precision, ==, "fp32");
  sag_cpu_get_table ()->close (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cpu/ask/reference/best", NULL, test_reference);
  g_test_add_data_func ("/cpu/ask/reference/portable", "portable", test_reference);
  g_test_add_data_func ("/cpu/ask/company/best", NULL, test_company);
  g_test_add_data_func ("/cpu/ask/company/portable", "portable", test_company);
  g_test_add_func ("/cpu/ask/taps", test_taps);
  g_test_add_func ("/cpu/ask/cancel", test_cancel);
  g_test_add_func ("/cpu/ask/bad-requests", test_bad_requests);
  g_test_add_func ("/cpu/ask/bad-weights", test_bad_weights);
  g_test_add_func ("/cpu/ask/bad-words", test_bad_words);
  g_test_add_func ("/cpu/ask/bad-options", test_bad_options);
  g_test_add_func ("/cpu/ask/no-memory", test_no_memory);
  g_test_add_func ("/cpu/ask/two-engines", test_two_engines);
  g_test_add_func ("/cpu/ask/describe", test_describe);
  return g_test_run ();
}
