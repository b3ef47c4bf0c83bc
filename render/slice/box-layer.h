/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The analysed box in one picture: private to render/slice. */

#include "render/slice/kernels.h"
#include "render/slice/sheet.h"

G_BEGIN_DECLS

/** SagRenderBoxLayer: what all threads read. */
typedef struct
{
  const SagRenderKernels *kernels;
  int                     width;
  SagRenderSteps          box;
  gint32                  box_dims[3];
  SagRenderSteps          volume;
  gint32                  volume_dims[3];
  int                     period;
  guint16                *pattern; /* (period + width): alpha along a row */
} SagRenderBoxLayer;

/** sag_render_box_layer_init: FALSE if the box has no volume. */
gboolean sag_render_box_layer_init (SagRenderBoxLayer    *layer,
                                    const SagGeometry    *box,
                                    const SagRenderSlice *slice);
void     sag_render_box_layer_clear (SagRenderBoxLayer *layer);

/** sag_render_box_layer_row: hatches what lies in the volume and not in the box. */
void sag_render_box_layer_row (const SagRenderBoxLayer *layer, int y, guint32 *pixels);

#define SAG_RENDER_BOX_CORNERS 10

/**
 * sag_render_box_polygon: where a grid cuts a slice, limited to the viewport and @margin logical
 * pixels around it.
 * @corners: in logical pixels, in order
 *
 * Returns: how many corners; 0 if they do not meet
 */
int sag_render_box_polygon (const SagRenderSlice *slice,
                            const SagGeometry    *box,
                            double                margin,
                            double                corners[SAG_RENDER_BOX_CORNERS][2]);

G_END_DECLS
