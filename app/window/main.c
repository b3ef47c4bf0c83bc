/* SPDX-License-Identifier: Apache-2.0 */
#include "app/common/engine.h"
#include "model/core/error.h"
#include "render/scene/worker.h"
#include "ui/base/language.h"
#include "ui/base/settings.h"
#include "ui/window/application.h"

#include <glib/gi18n.h>

#define MOST_THREADS 1024

/* Choice: what computes. What the command line says holds for this run, else the settings do. The
 * engine thread reads the atomic integers. */
typedef struct
{
  SagUiApplication *application;
  char             *engine_name;
  char             *precision_name;
  int               n_threads_said;
  char             *bundle;
  int               engine;    /* atomic, a SagAppEngine */
  int               precision; /* atomic, a SagPrecision */
  int               n_threads; /* atomic */
} Choice;

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  Choice                *choice = user_data;
  const SagEngineOptions options = {
    .precision = (SagPrecision) g_atomic_int_get (&choice->precision),
    .n_threads = g_atomic_int_get (&choice->n_threads),
  };

  return sag_app_engine_open (bundle, (SagAppEngine) g_atomic_int_get (&choice->engine), &options,
                              &note->sentence, &note->unasked, error);
}

static void
read_settings (Choice *choice, GSettings *settings)
{
  if (choice->engine_name == NULL)
    g_atomic_int_set (&choice->engine, g_settings_get_enum (settings, "engine"));
  /* In the preferences it is the GPU's. */
  if (choice->precision_name == NULL)
    g_atomic_int_set (&choice->precision, choice->engine == SAG_APP_ENGINE_CPU
                                            ? SAG_PRECISION_FP32
                                            : g_settings_get_enum (settings, "precision"));
  if (choice->n_threads_said == 0)
    g_atomic_int_set (&choice->n_threads, (int) g_settings_get_uint (settings, "threads"));
}

static void
settings_cb (GSettings *settings, const char *key, Choice *choice)
{
  int before[] = { choice->engine, choice->n_threads, choice->precision };

  read_settings (choice, settings);
  if (before[0] != choice->engine || before[1] != choice->n_threads ||
      before[2] != choice->precision)
    sag_ui_engine_reopen (sag_ui_application_get_engine (choice->application));
}

static int
fail (GError *error)
{
  g_printerr ("sagitta: %s\n", error->message);
  g_error_free (error);
  return 2;
}

static int
options_cb (GApplication *application, GVariantDict *dict, Choice *choice)
{
  GError      *error = NULL;
  SagAppEngine engine;
  SagPrecision precision;

  if (!sag_app_engine_parse (choice->engine_name, &engine, &error) ||
      !sag_app_precision_parse (choice->precision_name, &precision, &error))
    return fail (error);
  if (choice->n_threads_said < 0 || choice->n_threads_said > MOST_THREADS)
    return fail (g_error_new (SAG_ERROR, SAG_ERROR_ARGUMENT,
                              _ ("--threads takes a number from 1 to %d."), MOST_THREADS));
  g_atomic_int_set (&choice->engine, engine);
  g_atomic_int_set (&choice->precision, precision);
  g_atomic_int_set (&choice->n_threads, choice->n_threads_said);
  sag_ui_application_set_bundle (choice->application, choice->bundle);
  if (choice->engine_name != NULL)
    sag_ui_settings_override ("engine");
  if (choice->precision_name != NULL)
    sag_ui_settings_override ("precision");
  if (choice->n_threads_said != 0)
    sag_ui_settings_override ("threads");
  read_settings (choice, sag_ui_settings_get ());
  g_signal_connect (sag_ui_settings_get (), "changed::engine", G_CALLBACK (settings_cb), choice);
  g_signal_connect (sag_ui_settings_get (), "changed::precision", G_CALLBACK (settings_cb), choice);
  g_signal_connect (sag_ui_settings_get (), "changed::threads", G_CALLBACK (settings_cb), choice);
  return -1;
}

int
main (int argc, char **argv)
{
  Choice             choice = { 0 };
  const GOptionEntry entries[] = {
    { "engine", 'e', 0, G_OPTION_ARG_STRING, &choice.engine_name,
      N_ ("What computes: auto, cpu or cuda"), N_ ("NAME") },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &choice.precision_name,
      N_ ("fp32, or fast with 16-bit values (GPU only)"), N_ ("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &choice.n_threads_said,
      N_ ("Threads of the CPU engine; all by default"), N_ ("N") },
    { "bundle", 'b', 0, G_OPTION_ARG_FILENAME, &choice.bundle, N_ ("Folder of the model"),
      N_ ("DIR") },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int code;

  sag_ui_language_init ();
  if (!sag_ui_settings_open (&error))
    {
      g_printerr ("sagitta: %s\n", error->message);
      return 1;
    }
  choice.application = sag_ui_application_new (open_engine, &choice, NULL);
  g_application_add_main_option_entries (G_APPLICATION (choice.application), entries);
  g_signal_connect (choice.application, "handle-local-options", G_CALLBACK (options_cb), &choice);
  code = g_application_run (G_APPLICATION (choice.application), argc, argv);
  g_signal_handlers_disconnect_by_data (sag_ui_settings_get (), &choice);
  g_object_unref (choice.application);
  /* Threads that draw in 3D must not see the libraries go from under them. */
  sag_render_worker_wait_all ();
  sag_ui_settings_close ();
  g_free (choice.engine_name);
  g_free (choice.precision_name);
  g_free (choice.bundle);
  return code;
}
