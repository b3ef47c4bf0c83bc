/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

G_BEGIN_DECLS

/** sag_ui_heatmaps_count: how many answers of @one have a map that is shown. */
guint sag_ui_heatmaps_count (SagUiCase *one);

/**
 * sag_ui_heatmaps_save: writes the shown maps of @one into @folder, one after the other, in the background; each with
 * its answer beside it, until all are there or the scan is closed. What came of it is said.
 */
void sag_ui_heatmaps_save (SagUiSession *session,
                           SagUiCase    *one,
                           const char   *folder,
                           GCancellable *cancellable);

G_END_DECLS
