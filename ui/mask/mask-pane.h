/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiMaskPane: the tools of masks, and the masks of the current case as a list. */
#define SAG_UI_TYPE_MASK_PANE (sag_ui_mask_pane_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMaskPane, sag_ui_mask_pane, SAG_UI, MASK_PANE, AdwBin)

/** sag_ui_mask_pane_set_session: once, before it is shown. */
void sag_ui_mask_pane_set_session (SagUiMaskPane *self, SagUiSession *session);

G_END_DECLS
