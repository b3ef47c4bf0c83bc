/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/engine.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiApplication: the program: one process, one engine, any number of windows. */
#define SAG_UI_TYPE_APPLICATION (sag_ui_application_get_type ())
G_DECLARE_FINAL_TYPE (SagUiApplication, sag_ui_application, SAG_UI, APPLICATION, AdwApplication)

/** sag_ui_application_new: @open and its data as for sag_ui_engine_new(). */
SagUiApplication *
sag_ui_application_new (SagUiEngineOpen open, gpointer user_data, GDestroyNotify destroy);

/** sag_ui_application_get_engine: (transfer none): what its windows share. */
SagUiEngine *sag_ui_application_get_engine (SagUiApplication *self);

/** sag_ui_application_set_bundle: the folder to begin with instead of the one used last; before it runs. */
void sag_ui_application_set_bundle (SagUiApplication *self, const char *folder);

G_END_DECLS
