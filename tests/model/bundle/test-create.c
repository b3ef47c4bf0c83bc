/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/create.h"
#include "model/bundle/manifest.h"
#include "model/bundle/random.h"
#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static void
test_normal (void)
{
  enum
  {
    N = 200000
  };
  g_autofree float *values = g_new (float, N);
  float             part[10];
  double            mean = 0, square = 0, fourth = 0;

  sag_random_normal (7, "a", 0, N, values);
  for (int i = 0; i < N; i++)
    {
      mean += values[i];
      square += values[i] * values[i];
      fourth += pow (values[i], 4);
    }
  g_assert_cmpfloat_with_epsilon (mean / N, 0, 0.01);
  g_assert_cmpfloat_with_epsilon (square / N, 1, 0.01);
  g_assert_cmpfloat_with_epsilon (fourth / N, 3 - 0.1,
                                  0.05); /* 3 - 6 / (5 * 12) for twelve uniforms */
  sag_random_normal (7, "a", 1000, 10, part);
  g_assert_cmpmem (part, sizeof part, values + 1000, sizeof part);
  sag_random_normal (8, "a", 1000, 10, part);
  g_assert_true (memcmp (part, values + 1000, sizeof part) != 0);
  sag_random_normal (7, "b", 1000, 10, part);
  g_assert_true (memcmp (part, values + 1000, sizeof part) != 0);
}

/* The very same weights on every machine: a change here changes the identity of everybody's random bundle. */
static void
test_frozen (void)
{
  float values[3];

  sag_random_normal (1, "vision_model.model.conv_stem.weight", 0, 3, values);
  g_assert_cmpfloat (values[0], ==, 0x1.8e26000000000p-1f);
  g_assert_cmpfloat (values[1], ==, 0x1.8de8000000000p-3f);
  g_assert_cmpfloat (values[2], ==, 0x1.0848000000000p-1f);
}

static void
test_untrained (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  g_autoptr (SagBundle) again = NULL;
  g_autoptr (SagBundle) other = NULL;
  float values[4];

  g_assert_no_error (error);
  again = sag_bundle_open_untrained (1, &error);
  other = sag_bundle_open_untrained (2, &error);
  g_assert_no_error (error);
  /* The same bits on every machine, with every compiler: nobody's random bundle changes its identity. */
  g_assert_cmpstr (sag_bundle_get_weights_sha256 (bundle), ==,
                   "94b32fb939a49050761f846c8c891b1fe947a881d06a3aa4d7ed7f2f05e5acfc");
  g_assert_false (sag_bundle_is_trained (bundle));
  g_assert_null (sag_bundle_get_folder (bundle));
  g_assert_cmpstr (sag_bundle_get_name (bundle), ==, "untrained-1");
  g_assert_cmpstr (sag_bundle_get_sha256 (bundle), ==, sag_bundle_get_sha256 (again));
  g_assert_cmpstr (sag_bundle_get_weights_sha256 (bundle), !=,
                   sag_bundle_get_weights_sha256 (other));
  g_assert_cmpint (sag_network_n_tokens (sag_bundle_get_network (bundle)), ==, 24);
  g_assert_true (sag_bundle_read (bundle, "vision_model.model.bn1.weight", 0, 4, values));
  g_assert_cmpfloat (values[3], ==, 1);
  g_assert_true (sag_bundle_read (bundle, "vision_model.model.bn1.running_var", 0, 4, values));
  g_assert_cmpfloat (values[3], >, 1e-3);
  g_assert_cmpint (sag_bundle_get_training (bundle, "Segment lungs in the image.", SAG_HEAD_PATCH),
                   ==, SAG_TRAINING_NEVER);
}

/* The environment names another bundle than the one that ships, or none. */
static void
test_default (void)
{
  g_autofree char *named = NULL;

  g_setenv ("SAGITTA_BUNDLE", "", TRUE);
  g_assert_null (sag_bundle_find_default ());
  g_setenv ("SAGITTA_BUNDLE", "/somewhere", TRUE);
  named = sag_bundle_find_default ();
  g_assert_cmpstr (named, ==, "/somewhere");
}

/* No English text becomes unknown words. */
static void
test_vocabulary (void)
{
  static const char *const texts[] = {
    "Diagnose the presence of pleural effusion around the lungs",
    "Segment left upper pulmonary lobe in the image.",
    "Is there xylophone-like #quartz?! (12%)",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  SagTokenizer *tokenizer;

  g_assert_no_error (error);
  tokenizer = sag_bundle_get_tokenizer (bundle);
  for (gsize t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      gsize              n;
      g_autofree gint32 *ids = sag_tokenizer_encode (tokenizer, texts[t], &n);

      g_assert_cmpuint (n, >, 5);
      if (t < 2)
        g_assert_cmpuint (n, <, 14);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpstr (sag_tokenizer_get_word (tokenizer, ids[i]), !=, "[UNK]");
    }
}

static double
deviation_of (SagBundle *bundle, const char *name)
{
  float  values[2048];
  double square = 0;

  g_assert_true (sag_bundle_read (bundle, name, 0, G_N_ELEMENTS (values), values));
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    square += values[i] * values[i];
  return sqrt (square / G_N_ELEMENTS (values));
}

/* Only embeddings grow, and keep their directions. */
static void
test_embeddings (void)
{
  const SagBundleCreate narrow = { .source.name = "narrow", .seed = 5 };
  const SagBundleCreate wide = { .source.name = "wide", .seed = 5, .embeddings = 0.5 };
  const char           *words = "model.embeddings.word_embeddings.weight";
  const char           *query = "model.encoder.layer.0.attention.self.query.weight";
  char                 *folder = sag_test_dup_folder ();
  g_autofree char      *one = g_build_filename (folder, "narrow", NULL);
  g_autofree char      *two = g_build_filename (folder, "wide", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) first = sag_bundle_create (&narrow, one, &error);
  g_autoptr (SagBundle) second = sag_bundle_create (&wide, two, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (deviation_of (first, words), 0.02, 0.002);
  g_assert_cmpfloat_with_epsilon (deviation_of (second, words), 0.5, 0.05);
  g_assert_cmpfloat_with_epsilon (deviation_of (second, words) / deviation_of (first, words), 25,
                                  1e-4);
  g_assert_cmpfloat (deviation_of (first, query), ==, deviation_of (second, query));
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/create/normal", test_normal);
  g_test_add_func ("/bundle/create/frozen", test_frozen);
  g_test_add_func ("/bundle/create/untrained", test_untrained);
  g_test_add_func ("/bundle/create/default", test_default);
  g_test_add_func ("/bundle/create/vocabulary", test_vocabulary);
  g_test_add_func ("/bundle/create/embeddings", test_embeddings);
  return g_test_run ();
}
