/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiCatalogueWindow: every known task asked about one case, as a table to sort and to filter.
 * Prognostic tasks are hidden until they are wanted.
 *
 * Signal "ask" (string): a row was activated: a card is wanted.
 */
#define SAG_UI_TYPE_CATALOGUE_WINDOW (sag_ui_catalogue_window_get_type ())
G_DECLARE_FINAL_TYPE (
  SagUiCatalogueWindow, sag_ui_catalogue_window, SAG_UI, CATALOGUE_WINDOW, AdwWindow)

/** sag_ui_catalogue_window_new: asks at once. */
GtkWindow *sag_ui_catalogue_window_new (SagUiAsk *ask, SagUiCase *one);

/** sag_ui_catalogue_window_get_rows: (transfer none) (element-type SagUiCatalogueRow): as shown now. */
GListModel *sag_ui_catalogue_window_get_rows (SagUiCatalogueWindow *self);
/** sag_ui_catalogue_window_get_case: (transfer none). */
SagUiCase *sag_ui_catalogue_window_get_case (SagUiCatalogueWindow *self);
gboolean   sag_ui_catalogue_window_is_asking (SagUiCatalogueWindow *self);

G_END_DECLS
