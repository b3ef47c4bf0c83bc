/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/series.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/** sag_ui_series_thumbnail_new: (nullable): the middle slice, a CT in the lung window. Any thread. */
GdkTexture *sag_ui_series_thumbnail_new (SagDicomSeries *series);

G_END_DECLS
