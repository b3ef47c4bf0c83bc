/* SPDX-License-Identifier: Apache-2.0 */

/* What only this engine does when it is asked; the rest is tests/model/engine/test-ask.c. */

#include "model/cpu/ask.h"
#include "model/cpu/cpu.h"

#include "tests/model/cpu/text-reference.h"
#include "tests/support/test.h"

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

/* The word table is only read where a text needs it. */
static void
test_bad_words (void)
{
  static const int32_t ids[] = { 7, 3, 9 }, length = 3;
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 24, 3, 16, 1);
  void         *engine = open_engine (bundle, false, 2);
  float         tokens[12 * 24] = { 0 }, logit;
  SagStatus     status = { 0 };
  SagAskRequest request = {
    .tokens = tokens,
    .n_tokens = 12,
    .n_texts = 1,
    .max_length = 3,
    .ids = ids,
    .lengths = &length,
    .class_logits = &logit,
  };

  g_assert_true (sag_cpu_get_table ()->ask (engine, &request, &status));
  g_hash_table_remove (bundle->tensors, "model.embeddings.word_embeddings.weight");
  g_assert_false (sag_cpu_get_table ()->ask (engine, &request, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  g_assert_nonnull (strstr (status.message, "word table"));
  sag_cpu_get_table ()->close (engine);
}

static void
test_bad_options (void)
{
  g_autoptr (ReferenceBundle) bundle = reference_bundle_new (SAG_TEXT_BERT, 24, 3, 16, 1);
  SagEngineOptions options = { .precision = SAG_PRECISION_FAST };
  SagStatus        status = { 0 };

  g_assert_null (sag_cpu_get_table ()->open (&bundle->source, &options, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (status.message, "fp32"));
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
  g_test_add_func ("/cpu/own/bad-words", test_bad_words);
  g_test_add_func ("/cpu/own/bad-options", test_bad_options);
  g_test_add_func ("/cpu/own/no-memory", test_no_memory);
  g_test_add_func ("/cpu/own/describe", test_describe);
  return g_test_run ();
}
