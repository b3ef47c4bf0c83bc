/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_render_display_check: VTK ends the program where it finds no X display or no OpenGL, so both
 * are tried before. For render/scene and the self-test; any thread.
 *
 * Errors: SAG_ERROR_UNSUPPORTED, one sentence
 */
gboolean sag_render_display_check (GError **error);

G_END_DECLS
