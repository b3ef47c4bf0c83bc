/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/grid.h"
#include "model/phantom/subject.h"

G_BEGIN_DECLS

/** SagCanvas: what was painted, in canonical order, R fastest. */
typedef struct
{
  float  *hu;
  guint8 *labels;
  guint8 *organs;
} SagCanvas;

void sag_canvas_clear (SagCanvas *canvas);

/**
 * sag_canvas_paint: paints the patient's solids on the voxels of @grid: free of noise.
 * @as_drawn: the grid lies in the patient before bending and turning, where solids are drawn
 */
void sag_canvas_paint (SagCanvas        *canvas,
                       const SagSubject *subject,
                       const SagGrid    *grid,
                       gboolean          as_drawn);

/** sag_phantom_new_anatomical: sag_phantom_new() where options say anatomical. */
SagPhantom *sag_phantom_new_anatomical (const SagPhantomOptions *options);

G_END_DECLS
