/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The inside of SagRenderContent: private to render/scene. */

#include "render/scene/content.h"

G_BEGIN_DECLS

#define SAG_RENDER_N_LABELS 65536

typedef struct
{
  SagRenderHeatmap map; /* its cells are those of @cells */
  GBytes          *cells;
} SagRenderContentHeatmap;

/* @labels or @voxels is what @mask's pointer is to; the other is NULL. */
typedef struct
{
  SagRenderMask    mask; /* its colours are @colours */
  GBytes          *labels;
  SagMask         *voxels;
  SagRenderColour *colours;
  double           opacity;
} SagRenderContentMask;

struct _SagRenderContent
{
  gatomicrefcount n_references;
  SagVolume      *volume;
  SagVolume      *lungs;
  double          part[SAG_RENDER_N_PARTS];
  GArray         *heatmaps; /* of SagRenderContentHeatmap */
  GArray         *masks;    /* of SagRenderContentMask */
  gboolean        has_cross;
  double          cross_ras_mm[3];
  gboolean        has_box;
  SagGeometry     box;
};

/** sag_render_content_same_volumes: what takes long to compute is the same in both. */
gboolean sag_render_content_same_volumes (const SagRenderContent *a, const SagRenderContent *b);

G_END_DECLS
