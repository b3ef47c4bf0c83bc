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
  g_assert_cmpmem (read, spec->n_values * sizeof (float), expected, spec->n_values * sizeof (float));
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
  g_assert_true (sag_network_foreach_weight (sag_bundle_get_network (bundle), compare_weight, &compare));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/import/tiny", test_tiny);
  return g_test_run ();
}
