/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/** SagCliSlices: a viewport over a scan with two heatmaps and a mask; each frame shows another slice. */
typedef struct _SagCliSlices SagCliSlices;

/** sag_cli_slices_new: scores are made up, the mask is what is as light as lung. */
SagCliSlices *sag_cli_slices_new (SagVolume *volume, int n_threads);
void          sag_cli_slices_free (SagCliSlices *self);

/** sag_cli_slices_resize: of the viewport, in device pixels. */
void sag_cli_slices_resize (SagCliSlices *self, int width, int height);

/** sag_cli_slices_draw: one frame. */
void sag_cli_slices_draw (SagCliSlices *self);

G_END_DECLS
