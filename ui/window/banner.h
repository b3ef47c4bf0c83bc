/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiBanner: sentences across the window that stay until they are read: they wrap, can be
 * selected, copied and put away.
 *
 * Property "is-error" (boolean): something failed; otherwise something is odd.
 * Signal "dismissed": the person put it away.
 */
#define SAG_UI_TYPE_BANNER (sag_ui_banner_get_type ())
G_DECLARE_FINAL_TYPE (SagUiBanner, sag_ui_banner, SAG_UI, BANNER, AdwBin)

/** sag_ui_banner_show: these and no others; none hides it. */
void sag_ui_banner_show (SagUiBanner *self, const char *const *sentences);

/** sag_ui_banner_add: one more below those that are shown, unless it is there already. */
void sag_ui_banner_add (SagUiBanner *self, const char *sentence);

/** sag_ui_banner_get_text: (nullable): what is shown now, one sentence a line. */
const char *sag_ui_banner_get_text (SagUiBanner *self);

G_END_DECLS
