/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/weight-map.h"
#include "model/core/error.h"
#include "tests/model/bundle/bundle-fixture.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define RANK 4
#define QUERY "encoder.layer.1.attention.self.query"
#define DENSE "encoder.layer.0.output.dense"

static void
test_keys (void)
{
  static const struct
  {
    const char *key;
    SagKeyKind  kind;
    const char *name;
  } cases[] = {
    { "lm_head_cls.weight", SAG_KEY_WEIGHT, "lm_head_cls.weight" },
    { "model.base_model.model." QUERY ".base_layer.weight", SAG_KEY_WEIGHT,
      "model." QUERY ".weight" },
    { "model.base_model.model." QUERY ".weight", SAG_KEY_WEIGHT, "model." QUERY ".weight" },
    { "model.base_model.model." QUERY ".lora_A.default.weight", SAG_KEY_LORA_A,
      "model." QUERY ".weight" },
    { "base_model.model.model." QUERY ".lora_B.weight", SAG_KEY_LORA_B, "model." QUERY ".weight" },
    { "model." QUERY ".lora_B.weight", SAG_KEY_LORA_B, "model." QUERY ".weight" },
    { "model.base_model.model.embeddings.LayerNorm.modules_to_save.default.weight", SAG_KEY_WEIGHT,
      "model.embeddings.LayerNorm.weight" },
    { "model.base_model.model.embeddings.LayerNorm.original_module.weight", SAG_KEY_UNUSED, NULL },
    { "model.base_model.model.pooler.dense.weight", SAG_KEY_UNUSED, NULL },
    { "model.base_model.model.embeddings.word_embeddings.lora_embedding_A.default", SAG_KEY_FOREIGN,
      NULL },
    { QUERY ".weight", SAG_KEY_UNUSED, NULL },
    { "vision_model.model.bn1.num_batches_tracked", SAG_KEY_UNUSED, NULL },
    { "model.embeddings.position_ids", SAG_KEY_UNUSED, NULL },
    { "model.embeddings.token_type_ids", SAG_KEY_UNUSED, NULL },
    { "model.encoder.ln.weight", SAG_KEY_WEIGHT, "model.encoder.ln.weight" },
    { "base_model", SAG_KEY_WEIGHT, "base_model" },
    { "modules_to_save", SAG_KEY_WEIGHT, "" },
    { "", SAG_KEY_WEIGHT, "" },
  };
  char             name[SAG_WEIGHT_NAME];
  g_autofree char *endless = g_strnfill (5000, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (sag_key_resolve (cases[i].key, name), ==, cases[i].kind);
      if (cases[i].name != NULL)
        g_assert_cmpstr (name, ==, cases[i].name);
    }
  g_assert_cmpint (sag_key_resolve (endless, name), ==, SAG_KEY_FOREIGN);
}

/* What peft makes of the state dict: every key of `model` wrapped, the adapted layers' weights in base_layer.
 */
static void
wrap_keys (TensorChange *change, gpointer data)
{
  g_autofree char *rest = NULL;

  if (!g_str_has_prefix (change->name, "model."))
    return;
  rest = g_strdup (change->name + strlen ("model."));
  if (g_str_has_prefix (rest, QUERY ".") || g_str_has_prefix (rest, DENSE "."))
    {
      char *dot = strrchr (rest, '.');

      g_snprintf (change->name, sizeof change->name, "model.base_model.model.%.*s.base_layer%s",
                  (int) (dot - rest), rest, dot);
    }
  else
    g_snprintf (change->name, sizeof change->name, "model.base_model.model.%s", rest);
}

static GPtrArray *
make_adapters (gint64 rank_of_b)
{
  GPtrArray *extra = g_ptr_array_new_with_free_func (tensor_change_free);

  g_ptr_array_add (extra, tensor_change_new (
                            "model.base_model.model." QUERY ".lora_A.default.weight", RANK, 96, 1));
  g_ptr_array_add (
    extra,
    tensor_change_new ("model.base_model.model." QUERY ".lora_B.default.weight", 96, rank_of_b, 2));
  g_ptr_array_add (
    extra,
    tensor_change_new ("model.base_model.model." DENSE ".lora_A.default.weight", RANK, 192, 3));
  g_ptr_array_add (extra, tensor_change_new (
                            "model.base_model.model." DENSE ".lora_B.default.weight", 96, RANK, 4));
  return extra;
}

/* Reads a merged weight in pieces that cross rows, and compares with the dense sum. */
static void
assert_merged (SagBundle          *bundle,
               SagTensorFile      *plain,
               const char         *name,
               const TensorChange *a,
               const TensorChange *b,
               double              scaling)
{
  gsize             in = (gsize) a->shape[1], out = (gsize) b->shape[0], n = in * out;
  g_autofree float *base = g_new (float, n);
  g_autofree float *merged = g_new (float, n);
  double            largest = 0;

  g_assert_true (sag_tensor_read_floats (sag_tensor_file_find (plain, name), 0, n, base));
  for (gsize done = 0; done < n;)
    {
      gsize piece = MIN (in + 7, n - done);

      g_assert_true (sag_bundle_read (bundle, name, done, piece, merged + done));
      done += piece;
    }
  for (gsize o = 0; o < out; o++)
    for (gsize i = 0; i < in; i++)
      {
        double sum = base[o * in + i];

        for (gsize r = 0; r < RANK; r++)
          sum += scaling * b->values[o * RANK + r] * a->values[r * in + i];
        largest = MAX (largest, fabs (sum - merged[o * in + i]));
      }
  g_assert_cmpfloat (largest, <, 3e-7);
}

static void
test_merge (void)
{
  TinyCheckpoint tiny;
  g_autoptr (GPtrArray) extra = make_adapters (RANK);
  g_autofree char *yaml = NULL;
  g_autofree char *original = NULL;
  g_autoptr (SagTensorFile) plain = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  float key[4], expected[4];

  if (!tiny_checkpoint_init (&tiny))
    return;
  original = g_strdup (tiny.weights);
  plain = sag_tensor_file_open (original, NULL);
  tiny_checkpoint_change (&tiny, wrap_keys, NULL, extra);
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "--lora-scaling");
  yaml = tiny_checkpoint_write (
    &tiny, "train_config.yaml",
    "lora_args:\n  r: 4\n  lora_alpha: 6\n  target_modules: [query, dense]\n");
  tiny.import.train_config = yaml;
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  assert_merged (bundle, plain, "model." QUERY ".weight", extra->pdata[0], extra->pdata[1], 1.5);
  assert_merged (bundle, plain, "model." DENSE ".weight", extra->pdata[2], extra->pdata[3], 1.5);
  g_assert_true (
    sag_bundle_read (bundle, "model.encoder.layer.1.attention.self.key.weight", 5, 4, key));
  g_assert_true (sag_tensor_read_floats (
    sag_tensor_file_find (plain, "model.encoder.layer.1.attention.self.key.weight"), 5, 4,
    expected));
  g_assert_cmpmem (key, sizeof key, expected, sizeof expected);
  tiny_checkpoint_clear (&tiny);
}

static void
test_wrong_rank (void)
{
  TinyCheckpoint tiny;
  g_autoptr (GPtrArray) uneven = make_adapters (RANK + 1);
  g_autoptr (GPtrArray) even = make_adapters (RANK);
  g_autofree char *original = NULL;
  g_autofree char *yaml = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  original = g_strdup (tiny.weights);
  tiny.import.lora_scaling = 2;
  tiny_checkpoint_change (&tiny, wrap_keys, NULL, uneven);
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_MISMATCH,
                          "has the shape [96, 5], but the network needs [96, 4]");
  g_free (tiny.weights);
  tiny.weights = g_strdup (original);
  tiny_checkpoint_change (&tiny, wrap_keys, NULL, even);
  yaml = tiny_checkpoint_write (&tiny, "train_config.yaml", "lora_args:\n  r: 8\n");
  tiny.import.train_config = yaml;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_MISMATCH, "do not have the rank 8");
  tiny_checkpoint_clear (&tiny);
}

static void
test_half_an_adapter (void)
{
  TinyCheckpoint tiny;
  g_autoptr (GPtrArray) extra = make_adapters (RANK);

  if (!tiny_checkpoint_init (&tiny))
    return;
  tiny.import.lora_scaling = 2;
  g_ptr_array_remove_index (extra, 3);
  tiny_checkpoint_change (&tiny, wrap_keys, NULL, extra);
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_FORMAT, "only one half of its LoRA adapter");
  tiny_checkpoint_clear (&tiny);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/lora/keys", test_keys);
  g_test_add_func ("/bundle/lora/merge", test_merge);
  g_test_add_func ("/bundle/lora/wrong-rank", test_wrong_rank);
  g_test_add_func ("/bundle/lora/half", test_half_an_adapter);
  return g_test_run ();
}
