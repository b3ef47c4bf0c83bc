/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One heatmap in one picture: private to render/slice. */

#include "render/slice/frame.h"
#include "render/slice/kernels.h"
#include "render/slice/sheet.h"

G_BEGIN_DECLS

/**
 * SagRenderHeatLayer: what all threads read.
 * @visible: FALSE if nothing of it is in the picture; the rest is then unset
 * @is_flat: cut into @sheet; otherwise each pixel looks its cells up in space
 */
typedef struct
{
  const SagRenderHeatmap *map;
  const SagRenderKernels *kernels;
  int                     width;
  float                   outline_px;
  gboolean                visible;
  gboolean                is_flat;
  SagRenderTable         *table;
  SagRenderSteps          steps;
  SagRenderFlat           flat;
  float                  *sheet;
  SagRenderColumns       *columns;
} SagRenderHeatLayer;

/** SagRenderHeatScratch: what one thread writes. */
typedef struct _SagRenderHeatScratch SagRenderHeatScratch;

void sag_render_heat_layer_init (SagRenderHeatLayer     *layer,
                                 const SagRenderHeatmap *map,
                                 const SagRenderSlice   *slice);
void sag_render_heat_layer_clear (SagRenderHeatLayer *layer);

SagRenderHeatScratch *sag_render_heat_scratch_new (const SagRenderHeatLayer *layer);
void                  sag_render_heat_scratch_free (SagRenderHeatScratch *scratch);

/** sag_render_heat_layer_row: lays row @y over the opaque @pixels, from @first to before @last. */
void sag_render_heat_layer_row (const SagRenderHeatLayer *layer,
                                SagRenderHeatScratch     *scratch,
                                int                       y,
                                int                       first,
                                int                       last,
                                guint32                  *pixels);

G_END_DECLS
