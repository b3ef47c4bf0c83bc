/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** sag_ui_demo_get_file: (transfer full): where the demo case is or will be, in the caches. */
GFile *sag_ui_demo_get_file (void);

/** sag_ui_demo_get_tasks: (transfer none) (array zero-terminated=1): what is asked of it, the last on top. */
const char *const *sag_ui_demo_get_tasks (void);

/**
 * sag_ui_demo_make_async: makes the demo case unless it is there: a synthetic phantom with an
 * effusion on the left, no patient. In the background, about a second.
 */
void sag_ui_demo_make_async (GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
/** Returns: (transfer full): the scan. Errors: those of sag_phantom_write(). */
GFile *sag_ui_demo_make_finish (GAsyncResult *result, GError **error);

G_END_DECLS
