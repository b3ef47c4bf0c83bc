/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_ui_renderer_choose: where OpenGL is drawn by the processor, windows are drawn without it: GTK
 * then takes a few milliseconds for what goes through llvmpipe in eighty. Before the first window;
 * $GSK_RENDERER, if it is set, stays as it is.
 */
void sag_ui_renderer_choose (void);

G_END_DECLS
