/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_compare_bundles_menu: (transfer full): the known bundles, newest first, and the one that ships, but not @open:
 * each is "compare.known" with its folder; and "compare.choose", another folder.
 * @open: (nullable)
 */
GMenuModel *sag_ui_compare_bundles_menu (SagBundle *open);

/** sag_ui_compare_bundles_fill: gives @button that menu, as it opens. @engine: a SagUiEngine, which outlives it */
void sag_ui_compare_bundles_fill (GtkMenuButton *button, gpointer engine);

/** sag_ui_compare_bundles_choose: asks for a folder; @chosen gets it with @window as its data. */
void sag_ui_compare_bundles_choose (GtkWindow *window,
                                    void (*chosen) (const char *folder, gpointer window));

G_END_DECLS
