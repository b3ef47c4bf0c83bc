/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiViews: the views of the current case in their layout: axial, coronal, sagittal and 3D. */
#define SAG_UI_TYPE_VIEWS (sag_ui_views_get_type ())
G_DECLARE_FINAL_TYPE (SagUiViews, sag_ui_views, SAG_UI, VIEWS, AdwBin)

/** sag_ui_views_set_session: once, before it is shown. */
void sag_ui_views_set_session (SagUiViews *self, SagUiSession *session);

/**
 * sag_ui_views_get_header: (transfer none): the views' own controls in the header bar: layout and
 * window menus. The window places it.
 */
GtkWidget *sag_ui_views_get_header (SagUiViews *self);

G_END_DECLS
