/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/** Device pixels of a thumbnail's side; shown half as large, it is sharp on a 2x screen too. */
#define SAG_UI_THUMBNAIL_SIZE 112

/** sag_ui_thumbnail_new: (nullable): the middle axial slice in the lung window. Any thread. */
GdkTexture *sag_ui_thumbnail_new (const SagVolume *volume);

G_END_DECLS
