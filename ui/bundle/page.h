/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiBundlePage: what a bundle is, where it comes from, what it was trained on, what it cannot. */
#define SAG_UI_TYPE_BUNDLE_PAGE (sag_ui_bundle_page_get_type ())
G_DECLARE_FINAL_TYPE (SagUiBundlePage, sag_ui_bundle_page, SAG_UI, BUNDLE_PAGE, AdwBin)

GtkWidget *sag_ui_bundle_page_new (void);

/** sag_ui_bundle_page_set_bundle: @bundle NULL: nothing. */
void sag_ui_bundle_page_set_bundle (SagUiBundlePage *self, SagBundle *bundle);

G_END_DECLS
