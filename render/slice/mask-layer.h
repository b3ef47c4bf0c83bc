/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One label volume in one picture: private to render/slice. */

#include "render/slice/frame.h"
#include "render/slice/kernels.h"
#include "render/slice/sheet.h"

G_BEGIN_DECLS

/**
 * SagRenderMaskLayer: what all threads read.
 * @visible: FALSE if nothing of it is in the picture; the rest is then unset
 * @is_flat: cut into @sheet; otherwise each pixel looks its label up in space
 * @reach: rows and pixels around one that its outline depends on
 */
typedef struct
{
  const SagRenderMask    *mask;
  const SagRenderKernels *kernels;
  int                     width;
  gboolean                visible;
  gboolean                is_flat;
  SagRenderSteps          steps;
  SagRenderFlat           flat;
  guint16                *sheet;
  SagRenderColour        *colours; /* of every label that there may be, from 0 */
  SagRenderColumns       *columns;
  int                     reach;
  SagRenderOffset        *offsets;
  int                     n_offsets;
} SagRenderMaskLayer;

/** SagRenderMaskScratch: what one thread writes. */
typedef struct _SagRenderMaskScratch SagRenderMaskScratch;

void sag_render_mask_layer_init (SagRenderMaskLayer   *layer,
                                 const SagRenderMask  *mask,
                                 const SagRenderSlice *slice);
void sag_render_mask_layer_clear (SagRenderMaskLayer *layer);

SagRenderMaskScratch *sag_render_mask_scratch_new (const SagRenderMaskLayer *layer);
void                  sag_render_mask_scratch_free (SagRenderMaskScratch *scratch);

/** sag_render_mask_layer_row: lays row @y over the opaque @pixels, from @first to before @last. */
void sag_render_mask_layer_row (const SagRenderMaskLayer *layer,
                                SagRenderMaskScratch     *scratch,
                                int                       y,
                                int                       first,
                                int                       last,
                                guint32                  *pixels);

G_END_DECLS
