/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/dicom.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiSeriesWindow: which of the series that were found shall be opened: patients, studies and series with
 * a picture each; the one that suits the model best is marked.
 *
 * Signal "chosen" (GPtrArray of SagDicomSeries): at least one; the window then closes.
 */
#define SAG_UI_TYPE_SERIES_WINDOW (sag_ui_series_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiSeriesWindow, sag_ui_series_window, SAG_UI, SERIES_WINDOW, AdwWindow)

SagUiSeriesWindow *sag_ui_series_window_new (GtkWindow *parent, SagDicomIndex *index);

/** sag_ui_series_window_get_index: (transfer none): what it shows. */
SagDicomIndex *sag_ui_series_window_get_index (SagUiSeriesWindow *self);

G_END_DECLS
