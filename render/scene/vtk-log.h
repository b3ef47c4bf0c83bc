/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SagRenderLogFunc: one message of VTK, without a newline at its end. Any thread. */
typedef void (*SagRenderLogFunc) (const char *message, gpointer user_data);

/**
 * sag_render_vtk_set_log: where VTK's warnings and errors go; NULL: to g_debug(). For the whole
 * process. @func may be called until it is replaced.
 */
void sag_render_vtk_set_log (SagRenderLogFunc func, gpointer user_data);

/** sag_render_vtk_log_install: takes VTK's messages off stderr, once. Private to render/scene. */
void sag_render_vtk_log_install (void);

G_END_DECLS
