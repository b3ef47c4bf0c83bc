/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/engine-support.h"

#include "model/bundle/create.h"
#include "model/cpu/cpu.h"
#include "tests/ui/support.h"

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  const SagEngineOptions options = { .n_threads = 1 };

  return sag_engine_open (sag_cpu_get_table (), bundle, &options, error);
}

SagUiSession *
sag_test_ui_session (void)
{
  g_autoptr (SagUiEngine) engine = sag_ui_engine_new (open_engine, NULL, NULL);

  sag_ui_engine_open_async (engine, NULL, NULL, NULL);
  sag_test_ui_until (sag_ui_engine_get_state (engine) == SAG_UI_ENGINE_IDLE);
  return sag_ui_session_new (engine);
}

void
sag_test_ui_close (SagUiSession *session)
{
  sag_ui_engine_close (sag_ui_session_get_engine (session));
  g_object_unref (session);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

char *
sag_test_ui_bundle (const char *folder, const char *name, guint64 seed)
{
  SagBundleCreate create = { .seed = seed };
  char           *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autoptr (SagBundle) bundle = sag_bundle_create (&create, path, &error);

  g_assert_no_error (error);
  return path;
}

char *
sag_test_ui_broken_bundle (const char *folder, const char *name)
{
  char            *path = sag_test_ui_bundle (folder, name, 9);
  g_autofree char *weights = g_build_filename (path, "model.safetensors", NULL);

  g_assert_true (g_file_set_contents (weights, "cut", 3, NULL));
  return path;
}

SagEngine *
sag_test_ui_open_none (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "No engine in this test.");
  return NULL;
}
