/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the drawing thread does with a job: private to ui/view/raster.c. */

#include "ui/view/raster.h"

G_BEGIN_DECLS

/** sag_ui_slice_job_draw: fills in @picture. Any thread, one at a time on a job. */
void sag_ui_slice_job_draw (SagUiSliceJob *job, SagPool *pool, SagUiSlicePicture *picture);

/** sag_ui_slice_job_fill: the renderer's frame of a job; borrows from it. */
SagRenderFrame sag_ui_slice_job_frame (const SagUiSliceJob *job);

G_END_DECLS
