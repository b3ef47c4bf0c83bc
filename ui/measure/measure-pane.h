/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiMeasurePane: the measurements of the current case as a list. */
#define SAG_UI_TYPE_MEASURE_PANE (sag_ui_measure_pane_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMeasurePane, sag_ui_measure_pane, SAG_UI, MEASURE_PANE, AdwBin)

/** sag_ui_measure_pane_set_session: once, before it is shown. */
void sag_ui_measure_pane_set_session (SagUiMeasurePane *self, SagUiSession *session);

G_END_DECLS
