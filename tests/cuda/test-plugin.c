/* SPDX-License-Identifier: Apache-2.0 */

/* The plugin in this program: it loads everywhere, and says in a sentence what it cannot do. */

#include "app/common/engine.h"
#include "model/core/error.h"
#include "model/cpu/cpu.h"
#include "model/engine/plugin.h"

#include "tests/support/test.h"

static void
assert_sentence (const char *message)
{
  g_assert_true (g_ascii_isupper (message[0]));
  g_assert_null (strchr (message, '\n'));
  g_assert_cmpuint (strlen (message), >, 20);
}

static void
test_loads (void)
{
  g_autoptr (GError) error = NULL;
  const SagPlugin *plugin = sag_plugin_get_cuda (&error);

  if (plugin == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      assert_sentence (error->message);
      g_test_skip ("this build has no GPU engine");
      return;
    }
  g_assert_cmpuint (plugin->abi, ==, SAG_PLUGIN_ABI);
  g_assert_cmpuint (plugin->engine->abi, ==, SAG_ENGINE_ABI);
  g_assert_cmpstr (plugin->engine->id, ==, "cuda");
  g_assert_true (sag_plugin_get_cuda (&error) == plugin);
}

/* With a card there is a table; without, one sentence, and the engine itself says the same. */
static void
test_device (void)
{
  g_autoptr (GError) error = NULL;
  SagPluginDevice       device = { .name = "" };
  const SagEngineTable *table = sag_plugin_find_cuda_device (0, &device, &error);

  if (table != NULL)
    {
      g_assert_cmpint (device.major * 10 + device.minor, >=, 75);
      g_assert_cmpstr (device.name, !=, "");
      g_assert_null (sag_plugin_find_cuda_device (999, &device, &error));
    }
  assert_sentence (error->message);
}

static void
test_choice (void)
{
  g_autoptr (GError) error = NULL;
  gboolean         have_card = sag_plugin_find_cuda_device (0, NULL, NULL) != NULL, worth_saying;
  SagEngineOptions options = { .precision = SAG_PRECISION_FAST };
  g_autofree char *note = NULL;

  g_assert_true (sag_app_engine_pick (SAG_APP_ENGINE_CPU, &options, &note, NULL, &error) ==
                 sag_cpu_get_table ());
  g_assert_null (note);
  g_assert_cmpint (options.precision, ==, SAG_PRECISION_FAST);
  if (have_card)
    {
      g_test_skip ("this machine has a GPU");
      return;
    }
  g_assert_true (sag_app_engine_pick (SAG_APP_ENGINE_AUTO, &options, &note, &worth_saying,
                                      &error) == sag_cpu_get_table ());
  g_assert_no_error (error);
  g_assert_cmpint (options.precision, ==, SAG_PRECISION_FP32);
  assert_sentence (note);
  g_assert_null (sag_app_engine_pick (SAG_APP_ENGINE_CUDA, &options, NULL, NULL, &error));
  g_assert_cmpstr (error->message, ==, note);
}

static void
test_words (void)
{
  SagAppEngine choice;
  SagPrecision precision;
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_app_engine_parse (NULL, &choice, &error));
  g_assert_cmpint (choice, ==, SAG_APP_ENGINE_AUTO);
  g_assert_true (sag_app_engine_parse ("cuda", &choice, &error));
  g_assert_cmpint (choice, ==, SAG_APP_ENGINE_CUDA);
  g_assert_false (sag_app_engine_parse ("gpu", &choice, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "gpu");
  g_assert_true (sag_app_precision_parse (NULL, &precision, &error));
  g_assert_cmpint (precision, ==, SAG_PRECISION_FP32);
  g_assert_true (sag_app_precision_parse ("fast", &precision, &error));
  g_assert_cmpint (precision, ==, SAG_PRECISION_FAST);
  g_assert_false (sag_app_precision_parse ("fp16", &precision, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "fp16");
}

/* A library that is none, and one that is no plugin. */
static void
test_strange_libraries (void)
{
  g_autofree char *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "libsagitta-cuda.so", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "no library", -1, NULL));
  g_assert_null (sag_plugin_open (path, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "does not load");
  g_assert_null (sag_plugin_open ("libm.so.6", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "another release");
  sag_test_remove_folder (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/plugin/loads", test_loads);
  g_test_add_func ("/cuda/plugin/device", test_device);
  g_test_add_func ("/cuda/plugin/choice", test_choice);
  g_test_add_func ("/cuda/plugin/words", test_words);
  g_test_add_func ("/cuda/plugin/strange-libraries", test_strange_libraries);
  return g_test_run ();
}
