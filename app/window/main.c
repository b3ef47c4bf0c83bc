/* SPDX-License-Identifier: Apache-2.0 */
#include "app/common/engine.h"
#include "ui/window/application.h"

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, char **note, GError **error)
{
  return sag_app_engine_open (bundle, SAG_APP_ENGINE_AUTO, NULL, note, NULL, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (SagUiApplication) application = sag_ui_application_new (open_engine, NULL, NULL);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
