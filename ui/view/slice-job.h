/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* From a slice view to its picture: private to ui/view. */

#include "ui/view/slice-view.h"

G_BEGIN_DECLS

/**
 * sag_ui_slice_job_of: a snapshot of everything that @self shows now.
 *
 * Returns: (transfer full) (nullable): NULL if nothing of the slice was read yet
 */
SagUiSliceJob *sag_ui_slice_job_of (SagUiSliceView *self, double scale);

void sag_ui_slice_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/** sag_ui_slice_view_describe: tells assistive technology what is shown. */
void sag_ui_slice_view_describe (SagUiSliceView *self);

/** sag_ui_slice_view_trace: the picture that just came, @wait_ms after it was asked for. */
void sag_ui_slice_view_trace (SagUiSliceView *self, double wait_ms);

G_END_DECLS
