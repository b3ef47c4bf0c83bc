/* SPDX-License-Identifier: Apache-2.0 */

/* What the GPU engine does with memory, faults and copies, on the emulated device. */

#include "cuda/engine.h"
#include "model/core/pool.h"
#include "model/engine/plugin.h"
#include "model/engine/upsample.h"

#include "tests/cuda/emulation/device.h"
#include "tests/cuda/under-test.h"
#include "tests/model/cpu/text-reference.h"
#include "tests/model/engine/under-test.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define HIDDEN 24
#define N_TOKENS 12
#define MOST_TEXTS 5
#define MOST_WORDS 20

static const int32_t small[] = { 12, 8, 8 }, large[] = { 40, 40, 40 };

static ReferenceBundle *
bundle_new (void)
{
  return reference_bundle_new (SAG_TEXT_BERT, HIDDEN, 3, 32, 2);
}

static gsize
count_tokens (const ReferenceBundle *bundle, const int32_t dims[3])
{
  int32_t out[3];

  sag_network_feature_dims (&bundle->network, dims, out);
  return (gsize) out[0] * out[1] * out[2];
}

/* @n_inputs random volumes to tokens; NULL with @status if that fails. */
static float *
encode (const ReferenceBundle *bundle,
        void                  *engine,
        const int32_t          dims[3],
        int                    n_inputs,
        SagStatus             *status)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gsize             n = (gsize) dims[0] * dims[1] * dims[2] * n_inputs;
  g_autofree float *input = g_new (float, n);
  g_autofree float *tokens = g_new0 (float, count_tokens (bundle, dims) * n_inputs * HIDDEN);
  SagEncodeRequest  request = {
     .input = input,
     .n_inputs = n_inputs,
     .dims = { dims[0], dims[1], dims[2] },
     .tokens = tokens,
  };

  for (gsize i = 0; i < n; i++)
    input[i] = g_rand_double (rand);
  return sag_test_engine ()->table->encode (engine, &request, status) ? g_steal_pointer (&tokens)
                                                                      : NULL;
}

/* The class logits of @n_texts texts of @n_words words. */
static bool
ask (void *engine, const float *tokens, int n_texts, int n_words, float *logits, SagStatus *status)
{
  int32_t       ids[MOST_TEXTS * MOST_WORDS], lengths[MOST_TEXTS];
  float         cells[MOST_TEXTS * N_TOKENS * 12];
  SagAskRequest request = {
    .tokens = tokens,
    .n_tokens = N_TOKENS,
    .n_texts = n_texts,
    .max_length = n_words,
    .ids = ids,
    .lengths = lengths,
    .class_logits = logits,
    .cell_logits = cells,
  };

  for (int i = 0; i < n_texts * n_words; i++)
    ids[i] = i % 40;
  for (int i = 0; i < n_texts; i++)
    lengths[i] = n_words;
  return sag_test_engine ()->table->ask (engine, &request, status);
}

static float *
random_tokens (guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  float *tokens = g_new (float, N_TOKENS *HIDDEN);

  for (int i = 0; i < N_TOKENS * HIDDEN; i++)
    tokens[i] = g_rand_double_range (rand, -1, 1);
  return tokens;
}

/* Once every size was asked for, requests take no more memory of any kind. */
static void
test_growth (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  g_autofree float *tokens = random_tokens (1);
  unsigned          n_allocations = 0;
  size_t            memory = 0;

  for (int round = 0; round < 3; round++)
    {
      for (int i = 0; i < 12; i++)
        {
          float     logits[MOST_TEXTS];
          SagStatus status = { 0 };

          g_assert_true (ask (engine, tokens, 1 + i % MOST_TEXTS, 4 + i, logits, &status));
          if (i % 4 == 0)
            g_free (encode (bundle, engine, i % 8 ? small : large, 1, &status));
        }
      if (round > 0)
        {
          g_assert_cmpuint (sag_emulated_count_allocations (), ==, n_allocations);
          g_assert_cmpuint (sag_emulated_get_memory (), ==, memory);
        }
      n_allocations = sag_emulated_count_allocations ();
      memory = sag_emulated_get_memory ();
    }
  sag_test_engine_close (engine);
  g_assert_cmpuint (sag_emulated_get_memory (), ==, 0);
}

/* With any amount of memory the engine opens, or says that it does not and holds nothing. */
static void
test_no_memory_to_open (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  SagEngineOptions options = sag_test_engine_options (0);
  void            *engine = sag_test_engine_open (&bundle->source, 0);
  size_t           needed = sag_emulated_get_memory ();
  int              n_refused = 0;

  sag_test_engine_close (engine);
  for (size_t room = 1; room < needed; room += needed / 7)
    {
      SagStatus status = { 0 };

      sag_emulated_set_memory (room);
      g_assert_null (sag_test_engine ()->table->open (&bundle->source, &options, &status));
      g_assert_cmpint (status.code, ==, SAG_STATUS_OUT_OF_MEMORY);
      g_assert_cmpstr (status.message, !=, "");
      g_assert_cmpuint (sag_emulated_get_memory (), ==, 0);
      n_refused++;
    }
  g_assert_cmpint (n_refused, >, 5);
  sag_emulated_set_memory (needed);
  sag_test_engine_close (sag_test_engine_open (&bundle->source, 0));
  sag_emulated_set_memory (0);
}

/* A request that does not fit is refused; the next that does is answered as before. */
static void
test_no_memory_to_encode (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  SagStatus         status = { 0 };
  g_autofree float *before = encode (bundle, engine, small, 1, &status), *after = NULL;
  gsize             size = count_tokens (bundle, small) * HIDDEN * sizeof (float);
  float             logit, again;

  g_assert_true (ask (engine, before, 1, 6, &logit, &status));
  sag_emulated_set_memory (sag_emulated_get_memory ());
  g_assert_null (encode (bundle, engine, large, 1, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_OUT_OF_MEMORY);
  after = encode (bundle, engine, small, 1, &status);
  g_assert_nonnull (after);
  g_assert_cmpmem (before, size, after, size);
  g_assert_true (ask (engine, after, 1, 6, &again, &status));
  g_assert_cmpfloat (again, ==, logit);
  sag_emulated_set_memory (0);
  g_free (encode (bundle, engine, large, 1, &status));
  sag_test_engine_close (engine);
}

/* Tokens whose place on the device is lost go up again. */
static void
test_no_memory_for_tokens (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  SagStatus         status = { 0 };
  g_autofree float *tokens = encode (bundle, engine, small, 1, &status);
  int               n_refused = 0;
  float             logit, again;

  g_assert_true (ask (engine, tokens, 1, 6, &logit, &status));
  for (gint32 n = 12; n < 80; n += 4)
    {
      const gint32 dims[] = { n, n, n };

      sag_emulated_set_memory (sag_emulated_get_memory () + 1);
      n_refused += encode (bundle, engine, dims, 1, &status) == NULL;
      sag_emulated_set_memory (0);
      g_assert_true (ask (engine, tokens, 1, 6, &again, &status));
      g_assert_cmpfloat (again, ==, logit);
    }
  g_assert_cmpint (n_refused, >, 0);
  sag_test_engine_close (engine);
}

/* Preparing a scan needs memory of its own, but costs no graph. */
static void
test_graphs_stay (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  SagCudaEngine *engine = sag_test_engine_open (&bundle->source, 0);
  SagStatus      status = { 0 };
  SagCudaGraph  *vision = engine->vision[0].graph, *text = engine->text[0].graph;
  size_t         before = sag_cuda_get_allocated (engine->device);

  g_assert_nonnull (vision);
  g_assert_nonnull (text);
  g_assert_true (sag_cuda_reserve (engine, &engine->scan, 1 << 20, &status));
  g_assert_true (sag_cuda_reserve_pinned (engine, &engine->staging, 1 << 20, &status));
  g_assert_cmpuint (sag_cuda_get_allocated (engine->device), ==, before + (1 << 20));
  g_assert_true (engine->vision[0].graph == vision);
  g_assert_true (engine->text[0].graph == text);
  g_assert_true (sag_cuda_reserve (engine, &engine->arena, engine->arena.n_bytes + 1, &status));
  g_assert_null (engine->vision[0].graph);
  g_assert_null (engine->text[0].graph);
  sag_test_engine_close (engine);
}

/* A lost device stays lost for its engine; another engine works once the device does. */
static void
test_lost (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void             *engine = sag_test_engine_open (&bundle->source, 0), *other;
  g_autofree float *tokens = random_tokens (1);
  SagStatus         status = { 0 };
  float             logit;

  sag_emulated_set_lost (true);
  g_assert_null (encode (bundle, engine, small, 1, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_DEVICE_LOST);
  sag_emulated_set_lost (false);
  status = (SagStatus){ 0 };
  g_assert_false (ask (engine, tokens, 1, 6, &logit, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_DEVICE_LOST);
  g_assert_cmpstr (status.message, !=, "");
  sag_test_engine_close (engine);
  other = sag_test_engine_open (&bundle->source, 0);
  g_assert_true (ask (other, tokens, 1, 6, &logit, &status));
  sag_test_engine_close (other);
}

/* Tokens go up when they are others than before, also others in the same place. */
static void
test_token_cache (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  SagStatus         status = { 0 };
  g_autofree float *tokens = encode (bundle, engine, small, 1, &status);
  g_autofree float *others = random_tokens (2);
  gsize             size = N_TOKENS * HIDDEN * sizeof (float);
  size_t            before = sag_emulated_count_uploads (), first;
  float             a, b, c, d;

  g_assert_cmpuint (count_tokens (bundle, small), ==, N_TOKENS);
  g_assert_true (ask (engine, tokens, 1, 6, &a, &status));
  first = sag_emulated_count_uploads () - before;
  g_assert_cmpuint (first, <, size);
  g_assert_true (ask (engine, others, 1, 6, &b, &status));
  g_assert_cmpuint (sag_emulated_count_uploads () - before, ==, 2 * first + size);
  memcpy (others, tokens, size);
  g_assert_true (ask (engine, others, 1, 6, &c, &status));
  g_assert_true (ask (engine, tokens, 1, 6, &d, &status));
  g_assert_cmpuint (sag_emulated_count_uploads () - before, ==, 4 * first + 2 * size);
  g_assert_cmpfloat (a, !=, b);
  g_assert_cmpfloat (a, ==, c);
  g_assert_cmpfloat (a, ==, d);
  sag_test_engine_close (engine);
}

/* Several volumes at once give what each gives alone. */
static void
test_many_volumes (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void             *engine = sag_test_engine_open (&bundle->source, 0);
  SagStatus         status = { 0 };
  gsize             n = count_tokens (bundle, small) * HIDDEN;
  g_autofree float *one = encode (bundle, engine, small, 1, &status);
  g_autofree float *three = encode (bundle, engine, small, 3, &status);

  g_assert_cmpmem (one, n * sizeof *one, three, n * sizeof *one);
  g_assert_cmpfloat (three[0], !=, three[n]);
  sag_test_engine_close (engine);
}

static SagGeometry
turned_geometry (const int32_t dims[3], double step, double angle)
{
  SagGeometry geometry = { .dims = { dims[0], dims[1], dims[2] } };

  geometry.ijk_to_ras[0][0] = geometry.ijk_to_ras[1][1] = step * cos (angle);
  geometry.ijk_to_ras[1][0] = step * sin (angle);
  geometry.ijk_to_ras[0][1] = -step * sin (angle);
  geometry.ijk_to_ras[2][2] = step;
  return geometry;
}

/* Heatmaps as the host makes them. Where a voxel lies on the border of a cell either may be right. */
static void
test_upsample (gconstpointer data)
{
  static const int32_t cells_dims[] = { 6, 5, 4 }, dims[] = { 23, 19, 21 };
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  g_autoptr (SagPool) pool = sag_pool_new (1);
  void  *engine = sag_test_engine_open (&bundle->source, 0);
  float  cells[120];
  gsize  n = 23 * 19 * 21;
  float *got = g_new (float, n), *want = g_new (float, n);

  for (int i = 0; i < 120; i++)
    cells[i] = sinf (i * 1.7f);
  for (int smooth = 0; smooth < 2; smooth++)
    {
      SagUpsampleRequest request = {
        .cells = cells,
        .cell_geometry = turned_geometry (cells_dims, 4, 0),
        .target = turned_geometry (dims, 1.13, 0.2),
        .smooth = smooth,
        .outside = -7,
        .out = got,
      };
      SagStatus status = { 0 };
      gsize     n_off = 0;

      g_assert_true (sag_test_engine ()->table->upsample (engine, &request, &status));
      request.out = want;
      g_assert_true (sag_upsample (&request, pool, &status));
      for (gsize i = 0; i < n; i++)
        n_off += fabsf (got[i] - want[i]) > 1e-5f;
      g_assert_cmpuint (n_off, <=, n / 1000);
      request.cell_geometry.ijk_to_ras[2][2] = 0;
      g_assert_false (sag_test_engine ()->table->upsample (engine, &request, &status));
      g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
    }
  g_free (got);
  g_free (want);
  sag_test_engine_close (engine);
}

static void
test_describe (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = bundle_new ();
  void         *engine = sag_test_engine_open (&bundle->source, 0);
  SagEngineInfo info;

  sag_test_engine ()->table->describe (engine, &info);
  g_assert_cmpstr (info.engine, ==, "cuda");
  g_assert_cmpstr (info.device, ==, "emulation");
  g_assert_cmpstr (info.precision, ==, "fp32");
  g_assert_cmpuint (
    sag_cuda_plugin (SAG_PLUGIN_ABI, sag_plugin_get_host ())->allocated_bytes (engine), ==,
    sag_emulated_get_memory ());
  sag_test_engine_close (engine);
  g_assert_null (sag_cuda_plugin (SAG_PLUGIN_ABI + 1, sag_plugin_get_host ()));
  g_assert_null (sag_cuda_plugin (SAG_PLUGIN_ABI, NULL));
}

/* Attention's tiles lie in shared memory: wider heads are refused in a sentence. */
static void
test_wide_heads (gconstpointer data)
{
  g_autoptr (ReferenceBundle) wide = reference_bundle_new (SAG_TEXT_BERT, 322, 2, 16, 1);
  g_autoptr (ReferenceBundle) widest = reference_bundle_new (SAG_TEXT_BERT, 160, 1, 16, 1);
  SagEngineOptions options = sag_test_engine_options (0);
  SagStatus        status = { 0 };

  g_assert_null (sag_test_engine ()->table->open (&wide->source, &options, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (status.message, "161 wide"));
  sag_test_engine_close (sag_test_engine_open (&widest->source, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sag_test_engine_add ("/engine/growth", NULL, test_growth);
  sag_test_engine_add ("/engine/no-memory/open", NULL, test_no_memory_to_open);
  sag_test_engine_add ("/engine/no-memory/encode", NULL, test_no_memory_to_encode);
  sag_test_engine_add ("/engine/no-memory/tokens", NULL, test_no_memory_for_tokens);
  sag_test_engine_add ("/engine/graphs-stay", NULL, test_graphs_stay);
  sag_test_engine_add ("/engine/lost", NULL, test_lost);
  sag_test_engine_add ("/engine/token-cache", NULL, test_token_cache);
  sag_test_engine_add ("/engine/many-volumes", NULL, test_many_volumes);
  sag_test_engine_add ("/engine/upsample", NULL, test_upsample);
  sag_test_engine_add ("/engine/describe", NULL, test_describe);
  sag_test_engine_add ("/engine/wide-heads", NULL, test_wide_heads);
  return g_test_run ();
}
