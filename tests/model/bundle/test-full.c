/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/check.h"
#include "model/bundle/import.h"
#include "model/bundle/safetensors.h"
#include "tests/oracle/full-weights.h"
#include "tests/support/test.h"

#include <string.h>

static const char config[] =
  "{\"model_type\":\"bert\",\"hidden_size\":768,\"num_attention_heads\":12,\"num_hidden_layers\":"
  "12,"
  "\"intermediate_size\":3072,\"vocab_size\":30522,\"max_position_embeddings\":512}";

static bool
compare_weight (const SagWeightSpec *spec, void *user_data)
{
  gpointer         *pair = user_data;
  const SagTensor  *tensor = sag_tensor_file_find (pair[1], spec->name);
  gsize             n = MIN (spec->n_values, 5000), offset = spec->n_values - n;
  g_autofree float *read = g_new (float, n);
  g_autofree float *expected = g_new (float, n);

  g_assert_true (sag_tensor_read_floats (tensor, offset, n, expected));
  g_assert_true (sag_bundle_read (pair[0], spec->name, offset, n, read));
  g_assert_cmpmem (read, n * sizeof (float), expected, n * sizeof (float));
  return true;
}

/* EfficientNet-b0 and four layers of BERT-base, as upstream trains them. */
static void
test_full (void)
{
  g_autofree char *weights = sag_test_full_weights (NULL);
  g_autofree char *vocabulary =
    weights != NULL ? sag_test_shared ("oracle/vocab/bert-base-uncased-vocab.txt") : NULL;
  char            *folder;
  g_autofree char *path = NULL;
  g_autofree char *config_path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  g_autoptr (SagTensorFile) file = NULL;
  g_autoptr (SagBundleReport) report = NULL;
  const SagNetwork *network;
  SagBundleImport   import = { 0 };

  if (weights == NULL)
    return;
  folder = sag_test_dup_folder ();
  path = g_build_filename (folder, "bundle", NULL);
  config_path = g_build_filename (folder, "config.json", NULL);
  g_assert_true (g_file_set_contents (config_path, config, -1, &error));
  import.weights = weights;
  import.config = config_path;
  import.heads = 12;
  import.source.vocabulary = vocabulary;
  bundle = sag_bundle_import (&import, path, &error);
  g_assert_no_error (error);
  network = sag_bundle_get_network (bundle);
  g_assert_cmpint (network->text_layers, ==, 4);
  g_assert_cmpint (network->blocks[15].out_channels, ==, 320);
  g_assert_cmpint (sag_network_n_tokens (network), ==, 160);
  g_assert_cmpint (sag_network_max_text (network), ==, 350);
  file = sag_tensor_file_open (weights, &error);
  g_assert_true (
    sag_network_foreach_weight (network, compare_weight, (gpointer[]){ bundle, file }));
  report = sag_bundle_check (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sag_bundle_report_passed (report));
  g_assert_nonnull (
    strstr (report->sentences[SAG_BUNDLE_CHECK_VALUES], "All 57954397 values are finite"));
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/full", test_full);
  return g_test_run ();
}
