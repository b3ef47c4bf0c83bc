/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/create.h"
#include "model/bundle/manifest.h"
#include "model/core/error.h"
#include "tests/support/test.h"

#include <locale.h>
#include <math.h>
#include <string.h>

/* A whole manifest: that of the untrained bundle, with everything that it leaves out. */
static SagManifest *
make_manifest (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (3, &error);
  SagManifest *manifest;

  g_assert_no_error (error);
  manifest = sag_manifest_copy (sag_bundle_get_manifest (bundle));
  sag_manifest_add_task (manifest, "Diagnose \"it\"", SAG_HEAD_CLASS, 0.125, 0.8296);
  sag_manifest_add_task (manifest, "Segment \303\251 in the image.", SAG_HEAD_PATCH, NAN, NAN);
  manifest->lora_scaling = 1.0 / 3;
  manifest->data_license = g_strdup ("CC-BY-NC-SA-4.0");
  manifest->trained = TRUE;
  manifest->recipe.kind = SAG_RECIPE_PAPER;
  return manifest;
}

static void
test_round_trip (void)
{
  g_autoptr (SagManifest) manifest = make_manifest ();
  g_autofree char *text = sag_manifest_to_json (manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagManifest) back = sag_manifest_parse (text, strlen (text), "bundle.json", &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  again = sag_manifest_to_json (back);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpmem (&back->network, sizeof back->network, &manifest->network,
                   sizeof manifest->network);
  g_assert_cmpmem (&back->recipe, sizeof back->recipe, &manifest->recipe, sizeof manifest->recipe);
  g_assert_true (back->lora_scaling == 1.0 / 3);
  g_assert_cmpuint (back->tasks->len, ==, 2);
  g_assert_true (isnan (((const SagBundleTask *) back->tasks->pdata[1])->auroc));
  g_assert_cmpstr (((const SagBundleTask *) back->tasks->pdata[1])->text, ==,
                   "Segment \303\251 in the image.");
  g_assert_null (back->permitted_use);
}

/* German numbers and Turkish letters change nothing. */
static void
test_locale (void)
{
  g_autoptr (SagManifest) manifest = make_manifest ();
  g_autofree char *plain = sag_manifest_to_json (manifest);
  g_autofree char *other = NULL;
  g_autoptr (SagManifest) back = NULL;
  g_autoptr (GError) error = NULL;

  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL && setlocale (LC_ALL, "tr_TR.UTF-8") == NULL)
    {
      g_test_skip ("neither a German nor a Turkish locale here");
      return;
    }
  other = sag_manifest_to_json (manifest);
  back = sag_manifest_parse (plain, strlen (plain), "bundle.json", &error);
  setlocale (LC_ALL, "C");
  g_assert_no_error (error);
  g_assert_cmpstr (plain, ==, other);
  g_assert_true (back->lora_scaling == 1.0 / 3);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *old;
    const char *new;
    int         code;
    const char *part;
  } cases[] = {
    { "\"sagitta-bundle\"", "\"other\"", SAG_ERROR_UNSUPPORTED, "format \"other\" version 1" },
    { "\"version\": 1", "\"version\": 2", SAG_ERROR_UNSUPPORTED, "version 2; this program reads" },
    { "\"trained\": true", "\"trained\": 1", SAG_ERROR_FORMAT, "\"trained\" is not true or false" },
    { "\"heads\": 4", "\"heads\": 5", SAG_ERROR_FORMAT,
      "5 heads do not divide the hidden width 64" },
    { "\"heads\": 4", "\"heads\": 0", SAG_ERROR_FORMAT, "number of heads is 0" },
    { "\"words\": ", "\"words\": 99999", SAG_ERROR_FORMAT, "the number of words" },
    { "\"kind\": \"bert\"", "\"kind\": \"t5\"", SAG_ERROR_UNSUPPORTED, "\"t5\"" },
    { "\"kind\": \"paper\"", "\"kind\": \"own\"", SAG_ERROR_UNSUPPORTED, "upstream and paper" },
    { "\"stride\": 2", "\"stride\": 3", SAG_ERROR_FORMAT, "stride of a block is 3" },
    { "\"kernel\": 3", "\"kernel\": -3", SAG_ERROR_FORMAT, "\"kernel\" is -3" },
    { "\"box_mm\": [384", "\"box_mm\": [0", SAG_ERROR_FORMAT, "empty" },
    { "\"input\": [128", "\"input\": [1e3", SAG_ERROR_FORMAT, "\"input\" is not a whole number" },
    { "\"cells\": [4, 4, 4]", "\"cells\": [4, 4]", SAG_ERROR_FORMAT, "2 numbers instead of 3" },
    { "\"head\": \"patch\"", "\"head\": \"cls\"", SAG_ERROR_FORMAT, "neither class nor patch" },
    { "\"auroc\": 0.8296", "\"auroc\": 1.5", SAG_ERROR_FORMAT, "does not lie between 0 and 1" },
    { "\"prevalence\": 0.125", "\"prevalence\": \"x\"", SAG_ERROR_FORMAT, "not a finite number" },
    { "\"seed\": \"3\"", "\"seed\": 3", SAG_ERROR_FORMAT, "\"seed\" is not a text" },
    { "\"vocab.txt\"", "\"words.txt\"", SAG_ERROR_FORMAT, "\"vocab.txt\" is missing" },
    { "\"sha256\": \"", "\"sha256\": \"x", SAG_ERROR_FORMAT, "64 lower-case hex digits" },
    { "\"name\"", "\"format\"", SAG_ERROR_FORMAT, "\"format\" twice" },
    { "\"license\"", "\"licence\"", SAG_ERROR_FORMAT, "\"license\" is missing" },
  };
  g_autoptr (SagManifest) manifest = make_manifest ();
  g_autofree char *text = sag_manifest_to_json (manifest);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (text, cases[i].old, 2);
      g_autofree char *bad = NULL;
      g_autoptr (GError) error = NULL;

      if (parts[1] == NULL)
        g_error ("the manifest does not hold %s", cases[i].old);
      bad = g_strconcat (parts[0], cases[i].new, parts[1], NULL);
      g_assert_null (sag_manifest_parse (bad, strlen (bad), "bundle.json", &error));
      sag_test_assert_error (error, SAG_ERROR, cases[i].code, cases[i].part);
    }
}

/* Cut anywhere, or with any one character changed, it is read or refused, never more. */
static void
test_damaged (void)
{
  g_autoptr (SagManifest) manifest = make_manifest ();
  g_autofree char *text = sag_manifest_to_json (manifest);
  gsize            size_bytes = strlen (text);
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (gsize keep = 0; keep + 2 < size_bytes; keep += 7)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sag_manifest_parse (text, keep, "bundle.json", &error));
      g_assert_nonnull (error);
    }
  for (int i = 0; i < 3000; i++)
    {
      g_autofree char *bad = g_strdup (text);
      g_autoptr (GError) error = NULL;
      g_autoptr (SagManifest) back = NULL;

      bad[g_rand_int_range (random, 0, (gint32) size_bytes)] =
        (char) g_rand_int_range (random, 1, 256);
      back = sag_manifest_parse (bad, size_bytes, "bundle.json", &error);
      g_assert_true ((back == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/manifest/round-trip", test_round_trip);
  g_test_add_func ("/bundle/manifest/locale", test_locale);
  g_test_add_func ("/bundle/manifest/refused", test_refused);
  g_test_add_func ("/bundle/manifest/damaged", test_damaged);
  return g_test_run ();
}
