/* SPDX-License-Identifier: Apache-2.0 */

/* The whole engine, volume and text to logits, against PyTorch's values for upstream's own code. */

#include "model/engine/cells.h"

#include "tests/model/bundle/bundle-fixture.h"
#include "tests/model/cpu/oracle.h"
#include "tests/model/engine/under-test.h"
#include "tests/support/test.h"

#include <math.h>

/* In 16 bits it is the probabilities that must agree. */
static void
assert_logits (const float *got, const float *want, gsize n)
{
  gboolean fast = sag_test_engine ()->precision == SAG_PRECISION_FAST;

  for (gsize i = 0; i < n && !fast; i++)
    g_assert_cmpfloat_with_epsilon (got[i], want[i], sag_test_engine ()->oracle_logit);
  for (gsize i = 0; i < n && fast; i++)
    g_assert_cmpfloat_with_epsilon (1 / (1 + expf (-got[i])), 1 / (1 + expf (-want[i])),
                                    sag_test_engine ()->oracle_logit);
}

/* The texts of a case: ids and real lengths. */
typedef struct
{
  gsize   n;
  gsize   max_length;
  gint32 *ids;
  gint32 *lengths;
} Texts;

static void
texts_clear (Texts *texts)
{
  g_free (texts->ids);
  g_free (texts->lengths);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Texts, texts_clear)

static void
read_texts (SagTensorFile *golden, Texts *texts)
{
  const SagTensor *ids = sag_tensor_file_find (golden, "input_ids");
  const SagTensor *mask = sag_tensor_file_find (golden, "attention_mask");

  texts->n = ids->shape[0];
  texts->max_length = ids->shape[1];
  texts->ids = g_new (gint32, ids->n_values);
  texts->lengths = g_new0 (gint32, texts->n);
  for (gsize i = 0; i < ids->n_values; i++)
    {
      gint64 id, real;

      g_assert_true (sag_tensor_read_integers (ids, i, 1, &id));
      g_assert_true (sag_tensor_read_integers (mask, i, 1, &real));
      texts->ids[i] = id;
      texts->lengths[i / texts->max_length] += real;
    }
}

/* Taps as the oracle has them. A class logit near zero is compared as such, not to its own size. */
static void
compare_tap (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  OracleTap        *tap = data;
  g_autofree float *want = NULL;

  if (!g_str_equal (name, "logits_cls"))
    {
      oracle_compare_tap (data, name, n_dims, dims, values);
      return;
    }
  want = oracle_dup_values (tap->golden, "out.logits_cls");
  assert_logits (values, want + tap->item, 1);
  g_hash_table_add (tap->seen, g_strdup ("out.logits_cls"));
}

/* One item of a case: encoded and asked with taps, then asked without. */
static void
run_item (void             *engine,
          const SagNetwork *network,
          SagTensorFile    *golden,
          int               item,
          const Texts      *texts,
          const float      *input,
          const gint32      dims[3],
          GHashTable       *seen)
{
  OracleTap         compare = { golden, item, sag_test_engine ()->oracle_tolerance, seen };
  SagTap            tap = { compare_tap, &compare };
  gint32            features[3];
  gsize             n_tokens, n_cells;
  g_autofree float *tokens = NULL, *cells = NULL, *grid = NULL;
  g_autofree float *want_class = oracle_dup_values (golden, "out.logits_cls");
  g_autofree float *want_cells = oracle_dup_values (golden, "out.logits_seg");
  g_autofree float *want_grid = oracle_dup_values (golden, "out.seg_volume_logits");
  SagStatus         status = { 0 };
  float             logit = NAN;
  SagAskRequest     request;

  sag_network_feature_dims (network, dims, features);
  n_tokens = (gsize) features[0] * features[1] * features[2];
  n_cells = n_tokens * 64;
  tokens = g_new (float, n_tokens * network->hidden);
  cells = g_new (float, n_cells);
  grid = g_new (float, n_cells);
  g_assert_true (sag_test_engine ()->table->encode (
    engine, &(SagEncodeRequest){ input, 1, { dims[0], dims[1], dims[2] }, tokens, tap }, &status));
  request = (SagAskRequest){
    .tokens = tokens,
    .n_tokens = n_tokens,
    .n_texts = 1,
    .max_length = texts->max_length,
    .ids = texts->ids + item * texts->max_length,
    .lengths = texts->lengths + item,
    .class_logits = &logit,
    .cell_logits = cells,
    .tap = tap,
  };
  g_assert_true (sag_test_engine ()->table->ask (engine, &request, &status));
  assert_logits (&logit, want_class + item, 1);
  assert_logits (cells, want_cells + item * n_cells, n_cells);

  request.tap.func = NULL;
  logit = NAN;
  memset (cells, 0xff, n_cells * sizeof (float));
  g_assert_true (sag_test_engine ()->table->ask (engine, &request, &status));
  assert_logits (&logit, want_class + item, 1);
  assert_logits (cells, want_cells + item * n_cells, n_cells);
  sag_cells_arrange (features, network->cells, cells, false, grid);
  assert_logits (grid, want_grid + item * n_cells, n_cells);
}

/* Every tensor of the case but masks, and the grid that was compared beside the taps. */
static void
assert_all_seen (SagTensorFile *golden, GHashTable *seen)
{
  for (guint i = 0; i < sag_tensor_file_get_n_tensors (golden); i++)
    {
      const char *name = sag_tensor_file_get_tensor (golden, i)->name;

      if (strstr (name, "_block") && !sag_test_engine ()->taps_inside)
        continue;
      if (g_str_has_prefix (name, "out.") && !strstr (name, "mask") &&
          !g_str_equal (name, "out.seg_volume_logits") && !g_hash_table_contains (seen, name))
        g_error ("no tap showed %s", name);
    }
}

static void
run_tiny (SagBundle *bundle, SagTensorFile *golden, int variant)
{
  const SagNetwork *network = sag_bundle_get_network (bundle);
  SagWeightSource   source = { network, sag_bundle_read, bundle };
  const SagTensor  *images = sag_tensor_file_find (golden, "images");
  gint32            dims[3] = { images->shape[2], images->shape[3], images->shape[4] };
  g_autofree float *input = oracle_dup_values (golden, "images");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (Texts) texts = { 0 };
  void *engine = sag_test_engine_open (&source, variant);
  gsize n_items;

  read_texts (golden, &texts);
  n_items = sag_test_engine ()->slow ? 1 : texts.n;
  for (gsize i = 0; i < n_items; i++)
    run_item (engine, network, golden, i, &texts, input + i * dims[0] * dims[1] * dims[2], dims,
              seen);
  assert_all_seen (golden, seen);
  sag_test_engine_close (engine);
}

static void
test_tiny (gconstpointer name)
{
  TinyCheckpoint tiny;
  g_autoptr (SagBundle) bundle = NULL;
  g_autoptr (SagTensorFile) golden = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  golden = oracle_open (name);
  bundle = tiny_checkpoint_import (&tiny, "tiny");
  for (int variant = 0; variant < sag_test_engine ()->n_variants; variant++)
    run_tiny (bundle, golden, variant);
  tiny_checkpoint_clear (&tiny);
}

/* Encoder layers at positions 0, 1, 160, 161 and the last: all that the oracle keeps of them at full size. */
static void
compare_full_tap (
  void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  OracleTap        *tap = data;
  g_autofree char  *full = g_strdup_printf ("out.%s_pos0_1_160_161_last", name);
  gsize             rows[] = { 0, 1, 160, 161, dims[1] - 1 };
  g_autofree float *want = NULL, *got = NULL;

  if (sag_tensor_file_find (tap->golden, full) == NULL)
    {
      compare_tap (data, name, n_dims, dims, values);
      return;
    }
  want = oracle_dup_values (tap->golden, full);
  got = g_new (float, 5 * 768);
  for (int i = 0; i < 5; i++)
    memcpy (got + i * 768, values + rows[i] * 768, 768 * sizeof (float));
  oracle_assert_close (name, got, want, 5 * 768, tap->tolerance);
  g_hash_table_add (tap->seen, g_strdup (name));
}

static void
ask_full (void *engine, SagTensorFile *golden, const float *tokens)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  OracleTap         compare = { golden, 0, sag_test_engine ()->oracle_tolerance, seen };
  g_autofree float *want_class = oracle_dup_values (golden, "out.logits_cls");
  g_autofree float *want_cells = oracle_dup_values (golden, "out.logits_seg");
  g_autofree float *want_grid = oracle_dup_values (golden, "out.seg_volume_logits_32x20x16");
  g_autofree float *cells = g_new (float, 160 * 64), *grid = g_new (float, 160 * 64);
  g_auto (Texts) texts = { 0 };
  SagStatus     status = { 0 };
  SagAskRequest request;
  float         logit;

  read_texts (golden, &texts);
  request = (SagAskRequest){
    .tokens = tokens,
    .n_tokens = 160,
    .n_texts = 1,
    .max_length = texts.max_length,
    .ids = texts.ids,
    .lengths = texts.lengths,
    .class_logits = &logit,
    .cell_logits = cells,
    .tap = { compare_full_tap, &compare },
  };
  for (int tapped = 1; tapped >= 0; tapped--)
    {
      if (!tapped)
        request.tap.func = NULL;
      g_assert_true (sag_test_engine ()->table->ask (engine, &request, &status));
      g_test_message ("class logit %g, golden %g", logit, want_class[0]);
      assert_logits (&logit, want_class, 1);
      assert_logits (cells, want_cells, 160 * 64);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 6); /* four layers, both heads */
  sag_cells_arrange ((const gint32[]){ 8, 5, 4 }, (const gint32[]){ 4, 4, 4 }, cells, false, grid);
  assert_logits (grid, want_grid, 160 * 64);
}

static void
test_full (gconstpointer variant)
{
  OracleRecipe    recipe;
  SagNetwork      network;
  SagWeightSource source = { &network, oracle_recipe_read, &recipe };
  g_autoptr (SagTensorFile) golden = NULL;
  g_autofree float *image = NULL, *tokens = NULL, *want = NULL;
  SagEncodeRequest  request;
  SagStatus         status = { 0 };
  void             *engine;

  if (!oracle_recipe_open (&recipe))
    return;
  sag_network_init_paper (&network);
  golden = oracle_open ("oracle/full/full_256x160x128.safetensors");
  image = oracle_recipe_dup_image (&recipe);
  tokens = g_new (float, 160 * 768);
  want = oracle_dup_values (golden, "out.lm_adaptor");
  engine = sag_test_engine_open (&source, GPOINTER_TO_INT (variant));
  request = (SagEncodeRequest){
    .input = image, .n_inputs = 1, .dims = { 256, 160, 128 }, .tokens = tokens
  };
  g_assert_true (sag_test_engine ()->table->encode (engine, &request, &status));
  oracle_assert_close ("lm_adaptor", tokens, want, 160 * 768, sag_test_engine ()->oracle_tolerance);
  ask_full (engine, golden, tokens);
  sag_test_engine_close (engine);
  oracle_recipe_clear (&recipe);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sag_test_engine_add ("/oracle/a", "oracle/model/case_a_64x32x32_batch2.safetensors", test_tiny);
  if (!sag_test_engine ()->slow || sag_test_engine ()->precision == SAG_PRECISION_FP32)
    sag_test_engine_add ("/oracle/b", "oracle/model/case_b_96x64x64_batch1.safetensors", test_tiny);
  for (int i = 0; i < sag_test_engine ()->n_variants && !sag_test_engine ()->slow; i++)
    {
      g_autofree char *name = g_strdup_printf ("/oracle/full/%d", i);

      sag_test_engine_add (name, GINT_TO_POINTER (i), test_full);
    }
  return g_test_run ();
}
