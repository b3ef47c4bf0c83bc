/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * sag_ui_lungs_find_async: segments the lungs of a scan on another thread, for their surface.
 * @volume: complete
 */
void sag_ui_lungs_find_async (SagVolume          *volume,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

/**
 * sag_ui_lungs_find_finish:
 * Returns: (transfer full) (nullable): the mask; NULL without an error if there are no lungs
 *
 * Errors: SAG_ERROR_LIMIT, G_IO_ERROR_CANCELLED
 */
SagVolume *sag_ui_lungs_find_finish (GAsyncResult *result, GError **error);

G_END_DECLS
