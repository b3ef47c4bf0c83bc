/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_ui_tune_adopt_async: copies the bundle of a run to the person's own bundles, byte for byte; it then is what the
 * report measured. A copy that is there already is taken.
 * @run: folder of the run
 */
void sag_ui_tune_adopt_async (const char         *run,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
/** Returns: (transfer full): the copy, opened and checked. Errors: those of files, a full disk too, and bundles */
SagBundle *sag_ui_tune_adopt_finish (GAsyncResult *result, GError **error);

/**
 * sag_ui_tune_find_parent_async: the model that the bundle of a run began from, among the known ones and the one that
 * ships, by the hash that its provenance names.
 */
void sag_ui_tune_find_parent_async (const char         *run,
                                    const char         *hint,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
/** Returns: (transfer full): in a folder. Errors: G_IO_ERROR_NOT_FOUND: it is nowhere */
SagBundle *sag_ui_tune_find_parent_finish (GAsyncResult *result, GError **error);

G_END_DECLS
