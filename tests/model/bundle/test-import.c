/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/manifest.h"
#include "model/core/error.h"
#include "tests/model/bundle/bundle-fixture.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  SagBundle     *bundle;
  SagTensorFile *file;
  guint          n;
} Compare;

static bool
compare_weight (const SagWeightSpec *spec, void *user_data)
{
  Compare          *compare = user_data;
  const SagTensor  *tensor = sag_tensor_file_find (compare->file, spec->name);
  g_autofree float *read = g_new (float, spec->n_values);
  g_autofree float *expected = g_new (float, spec->n_values);

  g_assert_nonnull (tensor);
  g_assert_true (sag_tensor_read_floats (tensor, 0, spec->n_values, expected));
  g_assert_true (sag_bundle_read (compare->bundle, spec->name, 0, spec->n_values, read));
  g_assert_cmpmem (read, spec->n_values * sizeof (float), expected,
                   spec->n_values * sizeof (float));
  g_assert_false (sag_bundle_read (compare->bundle, spec->name, 1, spec->n_values, read));
  compare->n++;
  return true;
}

static void
assert_equal_weights (SagBundle *bundle, const char *weights)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTensorFile) file = sag_tensor_file_open (weights, &error);
  Compare compare = { bundle, file, 0 };

  g_assert_no_error (error);
  g_assert_true (
    sag_network_foreach_weight (sag_bundle_get_network (bundle), compare_weight, &compare));
  g_assert_cmpuint (compare.n, >, 200);
}

static void
test_tiny (void)
{
  TinyCheckpoint tiny;
  g_autoptr (SagBundle) bundle = NULL;
  g_autoptr (SagBundle) again = NULL;
  g_autoptr (GError) error = NULL;
  const SagNetwork *network;

  if (!tiny_checkpoint_init (&tiny))
    return;
  tiny.import.heads = 4;
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  network = sag_bundle_get_network (bundle);
  g_assert_cmpint (network->text_layers, ==, 2);
  g_assert_cmpint (network->n_heads, ==, 4);
  g_assert_cmpint (network->hidden, ==, 96);
  g_assert_cmpint (network->intermediate, ==, 192);
  g_assert_cmpint (network->n_types, ==, 2);
  g_assert_cmpint (network->stem_channels, ==, 8);
  g_assert_cmpint (network->n_blocks, ==, 16);
  g_assert_true (network->blocks[0].skips);
  g_assert_cmpint (network->blocks[5].gate_channels, ==, 4);
  g_assert_cmpint (network->blocks[3].stride, ==, 2);
  g_assert_cmpint (network->cells[2], ==, 4);
  g_assert_cmpint (sag_network_n_tokens (network), ==, 160);
  g_assert_cmpint (sag_bundle_get_recipe (bundle)->kind, ==, SAG_RECIPE_UPSTREAM);
  g_assert_cmpint (sag_bundle_get_recipe (bundle)->input[0], ==, 256);
  g_assert_cmpstr (sag_bundle_get_name (bundle), ==, "bundle");
  g_assert_true (sag_bundle_is_trained (bundle));
  g_assert_false (sag_bundle_is_synthetic (bundle));
  assert_equal_weights (bundle, tiny.weights);
  again = sag_bundle_load (sag_bundle_get_folder (bundle), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sag_bundle_get_sha256 (again), ==, sag_bundle_get_sha256 (bundle));
  g_assert_cmpuint (strlen (sag_bundle_get_weights_sha256 (again)), ==, 64);
  tiny_checkpoint_clear (&tiny);
}

static void
drop_unused (TensorChange *change, gpointer data)
{
  static const char *const prefixes[] = { "embeddings.", "encoder.", "pooler.", "model.pooler." };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (change->name, prefixes[i]))
      change->keep = FALSE;
  if (g_str_has_suffix (change->name, ".num_batches_tracked"))
    change->keep = FALSE;
}

/* Upstream's unused tensors change nothing: the weights of both bundles are the same file. */
static void
test_without_unused (void)
{
  TinyCheckpoint tiny;
  g_autoptr (SagBundle) with = NULL;
  g_autoptr (SagBundle) without = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  with = tiny_checkpoint_import (&tiny, "with");
  tiny_checkpoint_change (&tiny, drop_unused, NULL, NULL);
  without = tiny_checkpoint_import (&tiny, "without");
  g_assert_cmpstr (sag_bundle_get_weights_sha256 (with), ==,
                   sag_bundle_get_weights_sha256 (without));
  tiny_checkpoint_clear (&tiny);
}

static void
set_dtype (TensorChange *change, gpointer data)
{
  if (change->values != NULL)
    change->dtype = *(SagDtype *) data;
}

/* 16-bit weights keep their type, and read as what they are. */
static void
test_halves (void)
{
  static const SagDtype dtypes[] = { SAG_DTYPE_F16, SAG_DTYPE_BF16, SAG_DTYPE_F64 };

  for (gsize i = 0; i < G_N_ELEMENTS (dtypes); i++)
    {
      TinyCheckpoint tiny;
      SagDtype       dtype = dtypes[i];
      g_autoptr (SagBundle) bundle = NULL;
      g_autoptr (SagTensorFile) file = NULL;
      g_autofree char *path = NULL;

      if (!tiny_checkpoint_init (&tiny))
        return;
      tiny_checkpoint_change (&tiny, set_dtype, &dtype, NULL);
      bundle = tiny_checkpoint_import (&tiny, "bundle");
      assert_equal_weights (bundle, tiny.weights);
      path = g_build_filename (sag_bundle_get_folder (bundle), "model.safetensors", NULL);
      file = sag_tensor_file_open (path, NULL);
      g_assert_cmpint (sag_tensor_file_find (file, "lm_head_cls.weight")->dtype, ==, dtype);
      tiny_checkpoint_clear (&tiny);
    }
}

typedef struct
{
  const char *name;
  enum
  {
    DROP,
    RENAME,
    TRANSPOSE,
    INTEGER,
    ROWS
  } what;
  gint64 rows;
} Damage;

static void
damage_tensor (TensorChange *change, gpointer data)
{
  const Damage *damage = data;

  if (strcmp (change->name, damage->name) != 0)
    return;
  if (damage->what == DROP)
    change->keep = FALSE;
  else if (damage->what == RENAME)
    g_strlcat (change->name, ".other", sizeof change->name);
  else if (damage->what == TRANSPOSE)
    {
      gint64 rows = change->shape[0];

      change->shape[0] = change->shape[1];
      change->shape[1] = rows;
    }
  else if (damage->what == ROWS)
    {
      change->shape[0] = damage->rows;
      change->n_values = (gsize) (damage->rows * change->shape[1]);
      change->values = g_renew (float, change->values, change->n_values);
    }
  else
    {
      g_clear_pointer (&change->values, g_free);
      change->dtype = SAG_DTYPE_I32;
    }
}

static void
test_damaged_weights (void)
{
  static const struct
  {
    Damage      damage;
    int         code;
    const char *part;
  } cases[] = {
    { { "vision_model.model.blocks.2.1.bn3.running_var", DROP },
      SAG_ERROR_MISMATCH,
      "lacks the tensor \"vision_model.model.blocks.2.1.bn3.running_var\"; give" },
    { { "vision_model.model.conv_stem.weight", DROP },
      SAG_ERROR_MISMATCH,
      "not a checkpoint of upstream's Uniferum" },
    { { "vision_model.model.blocks.2.1.se.conv_reduce.weight", DROP },
      SAG_ERROR_MISMATCH,
      "lacks \"vision_model.model.blocks.2.1.se.conv_reduce.weight\"" },
    { { "lm_head_cls.bias", RENAME }, SAG_ERROR_MISMATCH, "lacks the tensor \"lm_head_cls.bias\"" },
    { { "vision_model.lm_adaptor.0.weight", TRANSPOSE },
      SAG_ERROR_MISMATCH,
      "has the shape [320, 96], but the network needs [96, 320]" },
    { { "model.encoder.layer.1.output.dense.weight", INTEGER },
      SAG_ERROR_UNSUPPORTED,
      "has the type I32" },
    { { "lm_head_seg.weight", ROWS, 60 },
      SAG_ERROR_ARGUMENT,
      "60 outputs, which is no cube; say the cells of a token with --cells" },
    { { "model.embeddings.position_embeddings.weight", ROWS, 100 },
      SAG_ERROR_MISMATCH,
      "max_position_embeddings 512, but the weights have 100" },
    { { "model.encoder.layer.1.attention.self.query.weight", DROP },
      SAG_ERROR_MISMATCH,
      "no place for" },
    { { "vision_model.model.blocks.6.0.conv_dw.weight", DROP }, SAG_ERROR_ARGUMENT, "--strides" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TinyCheckpoint tiny;
      Damage         damage = cases[i].damage;

      if (!tiny_checkpoint_init (&tiny))
        return;
      tiny_checkpoint_change (&tiny, damage_tensor, &damage, NULL);
      tiny_checkpoint_refuse (&tiny, cases[i].code, cases[i].part);
      tiny_checkpoint_clear (&tiny);
    }
}

static void
keep_all (TensorChange *change, gpointer data)
{
}

static void
test_strangers (void)
{
  static const struct
  {
    const char *name;
    int         code;
    const char *part;
  } cases[] = {
    { "model.decoder.weight", SAG_ERROR_MISMATCH,
      "\"model.decoder.weight\" that the network has no place for" },
    { "vision_model.model.classifier.weight", SAG_ERROR_MISMATCH, "classifier.weight" },
    { "model.base_model.model.encoder.layer.0.attention.self.query.lora_magnitude_vector.default."
      "weight",
      SAG_ERROR_UNSUPPORTED, "merge_and_unload" },
    { "model.base_model.model.lm_head_cls.base_layer.weight", SAG_ERROR_MISMATCH, "no place for" },
    { "lm_head_cls.base_layer.weight", SAG_ERROR_FORMAT, "are the same weight" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TinyCheckpoint tiny;
      g_autoptr (GPtrArray) extra = g_ptr_array_new_with_free_func (tensor_change_free);

      if (!tiny_checkpoint_init (&tiny))
        return;
      g_ptr_array_add (extra, tensor_change_new (cases[i].name, 2, 3, 1));
      tiny_checkpoint_change (&tiny, keep_all, NULL, extra);
      tiny_checkpoint_refuse (&tiny, cases[i].code, cases[i].part);
      tiny_checkpoint_clear (&tiny);
    }
}

static void
test_heads (void)
{
  TinyCheckpoint tiny;
  g_autoptr (SagBundle) bundle = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  tiny.import.heads = 3;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "--heads says 3, but the configuration 4");
  tiny.import.config = NULL;
  tiny.import.heads = 0;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "say it with --heads N");
  tiny.import.heads = 5;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "5 heads do not divide the hidden width 96");
  tiny.import.heads = -4;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "correct --heads");
  tiny.import.heads = 6;
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  g_assert_cmpint (sag_bundle_get_network (bundle)->n_heads, ==, 6);
  g_assert_true (sag_bundle_get_network (bundle)->layer_norm_eps == 1e-12f);
  tiny_checkpoint_clear (&tiny);
}

static void
test_options (void)
{
  TinyCheckpoint   tiny;
  g_autofree char *vocabulary = NULL;
  g_autofree char *tasks = NULL;
  g_autofree char *bad_tasks = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  const SagManifest *manifest;

  if (!tiny_checkpoint_init (&tiny))
    return;
  vocabulary = sag_test_shared ("oracle/vocab/bert-base-uncased-vocab.txt");
  tiny.import.source.vocabulary = vocabulary;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_MISMATCH, "30522 words, but the word table 200");
  tiny.import.source.vocabulary = NULL;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "--vocab");
  tiny.import.source.vocabulary = tiny.vocabulary;
  tiny.import.source.recipe = "mine";
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT, "--recipe \"mine\"");
  tiny.import.source.recipe = "paper";
  tiny.import.n_strides = 2;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_ARGUMENT,
                          "--strides gives 2 strides, but the vision network has 7 stages");
  tiny.import.n_strides = 0;
  tiny.import.input[0] = 100;
  tiny.import.input[1] = tiny.import.input[2] = 64;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_MISMATCH,
                          "100 along x is not divisible by the total stride 32");
  tiny.import.input[0] = 96;
  bad_tasks = tiny_checkpoint_write (&tiny, "bad-tasks.json",
                                     "{\"tasks\": [{\"text\": \"a\", \"head\": \"both\"}]}");
  tiny.import.source.tasks = bad_tasks;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_FORMAT, "neither class nor patch");
  tasks = tiny_checkpoint_write (
    &tiny, "tasks.json",
    "{\"tasks\": [{\"text\": \"Segment lungs in the image.\", \"head\": \"patch\"},"
    " {\"text\": \"Diagnose the presence of pleural effusion around the lungs\", \"head\": "
    "\"class\","
    "  \"prevalence\": 0.25, \"auroc\": 0.875}]}");
  tiny.import.source.tasks = tasks;
  tiny.import.source.name = "A name";
  tiny.import.source.weights_license = "CC-BY-4.0";
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  manifest = sag_bundle_get_manifest (bundle);
  g_assert_cmpstr (sag_bundle_get_name (bundle), ==, "A name");
  g_assert_cmpstr (manifest->weights_license, ==, "CC-BY-4.0");
  g_assert_null (manifest->data_license);
  g_assert_cmpint (manifest->recipe.kind, ==, SAG_RECIPE_PAPER);
  g_assert_cmpint (manifest->recipe.input[0], ==, 96);
  g_assert_cmpint (sag_network_n_tokens (&manifest->network), ==, 12);
  g_assert_cmpuint (manifest->tasks->len, ==, 2);
  g_assert_cmpfloat (((const SagBundleTask *) manifest->tasks->pdata[1])->auroc, ==, 0.875);
  tiny_checkpoint_clear (&tiny);
}

static void
test_training_state (void)
{
  static const char effusion[] = "Diagnose the presence of pleural effusion around the lungs";
  TinyCheckpoint    tiny;
  g_autofree char  *tasks = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  g_autoptr (SagBundle) silent = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  silent = tiny_checkpoint_import (&tiny, "silent");
  g_assert_cmpint (sag_bundle_get_training (silent, effusion, SAG_HEAD_CLASS), ==,
                   SAG_TRAINING_UNKNOWN);
  g_assert_cmpint (sag_bundle_get_training (silent, effusion, SAG_HEAD_PATCH), ==,
                   SAG_TRAINING_NEVER);
  g_assert_cmpint (sag_bundle_get_training (silent, "Segment lungs in the image.", SAG_HEAD_CLASS),
                   ==, SAG_TRAINING_NEVER);
  g_assert_cmpint (sag_bundle_get_training (silent, "Segment lungs in the image.", SAG_HEAD_PATCH),
                   ==, SAG_TRAINING_UNKNOWN);
  tasks = tiny_checkpoint_write (
    &tiny, "tasks.json",
    "{\"tasks\": [{\"text\": \"Segment lungs in the image.\", \"head\": \"patch\"},"
    " {\"text\": \"Diagnose the presence of pleural effusion around the lungs\", \"head\": "
    "\"class\"}]}");
  tiny.import.source.tasks = tasks;
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  g_assert_cmpint (sag_bundle_get_training (bundle, effusion, SAG_HEAD_CLASS), ==,
                   SAG_TRAINING_TRAINED);
  g_assert_cmpint (sag_bundle_get_training (bundle, effusion, SAG_HEAD_PATCH), ==,
                   SAG_TRAINING_NEVER);
  g_assert_cmpint (sag_bundle_get_training (bundle, "Is there a pleural effusion?", SAG_HEAD_CLASS),
                   ==, SAG_TRAINING_OTHER_WORDING);
  g_assert_cmpint (
    sag_bundle_get_training (bundle, "Is there a pericardial effusion?", SAG_HEAD_CLASS), ==,
    SAG_TRAINING_NEVER);
  g_assert_cmpint (sag_bundle_get_training (bundle, "Segment lungs in the image.", SAG_HEAD_PATCH),
                   ==, SAG_TRAINING_TRAINED);
  g_assert_cmpint (sag_bundle_get_training (bundle, "Segment lungs in the image.", SAG_HEAD_CLASS),
                   ==, SAG_TRAINING_NEVER);
  g_assert_cmpint (
    sag_bundle_get_training (bundle, "Segment the lungs in the image.", SAG_HEAD_PATCH), ==,
    SAG_TRAINING_OTHER_WORDING);
  g_assert_cmpint (sag_bundle_get_training (bundle, "Segment liver in the image.", SAG_HEAD_PATCH),
                   ==, SAG_TRAINING_NEVER);
  g_assert_cmpstr (sag_training_to_string (SAG_TRAINING_OTHER_WORDING), ==, "other wording");
  tiny_checkpoint_clear (&tiny);
}

static void
replace (TensorChange *change, const char *old, const char *new)
{
  g_auto (GStrv) parts = g_strsplit (change->name, old, 2);

  if (parts[1] != NULL)
    g_snprintf (change->name, sizeof change->name, "%s%s%s", parts[0], new, parts[1]);
}

/* The same sizes under the names of Hugging Face's MegatronBertModel: each LayerNorm at its other place. */
static void
to_megatron (TensorChange *change, gpointer data)
{
  if (!g_str_has_prefix (change->name, "model."))
    return;
  replace (change, ".attention.output.LayerNorm.", ".attention.ln.");
  replace (change, ".output.LayerNorm.", ".ln.");
  replace (change, "model.embeddings.LayerNorm.", "model.encoder.ln.");
}

static void
test_megatron (void)
{
  TinyCheckpoint tiny;
  g_autoptr (SagBundle) bundle = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  tiny_checkpoint_change (&tiny, to_megatron, NULL, NULL);
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_MISMATCH,
                          "MegatronBert text layers, but the configuration is not");
  tiny.import.config = NULL;
  tiny.import.heads = 4;
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  g_assert_cmpint (sag_bundle_get_network (bundle)->text_kind, ==, SAG_TEXT_MEGATRON);
  assert_equal_weights (bundle, tiny.weights);
  tiny_checkpoint_clear (&tiny);
}

static void
test_train_config (void)
{
  TinyCheckpoint   tiny;
  g_autofree char *good = NULL;
  g_autofree char *layers = NULL;
  g_autoptr (SagBundle) bundle = NULL;

  if (!tiny_checkpoint_init (&tiny))
    return;
  layers = tiny_checkpoint_write (&tiny, "layers.yaml", "llm_args:\n  bert_encoder_layers: 4\n");
  tiny.import.train_config = layers;
  tiny_checkpoint_refuse (&tiny, SAG_ERROR_MISMATCH,
                          "bert_encoder_layers 4, but the weights have 2");
  good = tiny_checkpoint_write (
    &tiny, "train_config.yaml",
    "llm_args:\n  bert_encoder_layers: 2\n  model_class: BertModel\n"
    "predict_transform:\n- name: SpatialPad\n  spatial_size: [192, 128, 128]\n"
    "- name: Resize\n  spatial_size: [96, 64, 64]\n");
  tiny.import.train_config = good;
  bundle = tiny_checkpoint_import (&tiny, "bundle");
  g_assert_cmpint (sag_bundle_get_network (bundle)->input[0], ==, 96);
  g_assert_cmpint (sag_bundle_get_recipe (bundle)->box_mm[0], ==, 192);
  g_assert_cmpint (sag_bundle_get_recipe (bundle)->train_box_mm[0], ==, 416);
  tiny_checkpoint_clear (&tiny);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/import/tiny", test_tiny);
  g_test_add_func ("/bundle/import/without-unused", test_without_unused);
  g_test_add_func ("/bundle/import/halves", test_halves);
  g_test_add_func ("/bundle/import/damaged", test_damaged_weights);
  g_test_add_func ("/bundle/import/strangers", test_strangers);
  g_test_add_func ("/bundle/import/heads", test_heads);
  g_test_add_func ("/bundle/import/options", test_options);
  g_test_add_func ("/bundle/import/training-state", test_training_state);
  g_test_add_func ("/bundle/import/megatron", test_megatron);
  g_test_add_func ("/bundle/import/train-config", test_train_config);
  return g_test_run ();
}
