/* SPDX-License-Identifier: Apache-2.0 */
#include "app/common/engine.h"
#include "ui/base/language.h"
#include "ui/base/settings.h"
#include "ui/window/application.h"

/* What the person chose, for the engine thread. */
static struct
{
  GMutex       lock;
  SagAppEngine engine;
  int          n_threads;
} choice;

static void
choice_cb (GSettings *settings, const char *key, gpointer user_data)
{
  static const SagAppEngine engines[] = {
    [SAG_UI_ENGINE_CHOICE_AUTO] = SAG_APP_ENGINE_AUTO,
    [SAG_UI_ENGINE_CHOICE_CPU] = SAG_APP_ENGINE_CPU,
    [SAG_UI_ENGINE_CHOICE_CUDA] = SAG_APP_ENGINE_CUDA,
  };

  g_mutex_lock (&choice.lock);
  choice.engine = engines[g_settings_get_enum (settings, "engine")];
  choice.n_threads = (int) g_settings_get_uint (settings, "threads");
  g_mutex_unlock (&choice.lock);
}

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, char **note, GError **error)
{
  SagEngineOptions options = { 0 };
  SagAppEngine     engine;

  g_mutex_lock (&choice.lock);
  engine = choice.engine;
  options.n_threads = choice.n_threads;
  g_mutex_unlock (&choice.lock);
  return sag_app_engine_open (bundle, engine, &options, note, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (SagUiApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  GSettings *settings;
  int        code;

  sag_ui_language_init ();
  if (!sag_ui_settings_open (&error))
    {
      g_printerr ("sagitta: %s\n", error->message);
      return 1;
    }
  settings = sag_ui_settings_get ();
  g_signal_connect (settings, "changed::engine", G_CALLBACK (choice_cb), NULL);
  g_signal_connect (settings, "changed::threads", G_CALLBACK (choice_cb), NULL);
  choice_cb (settings, NULL, NULL);
  application = sag_ui_application_new (open_engine, NULL, NULL);
  code = g_application_run (G_APPLICATION (application), argc, argv);
  sag_ui_settings_close ();
  return code;
}
