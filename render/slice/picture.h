/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whole pictures: what `sagitta-cli render` writes. Fill in a SagRenderPicture and save it:
 *
 *   SagRenderPicture picture = sag_render_picture_init (volume);
 *
 *   picture.layout = SAG_RENDER_LAYOUT_GRID;
 *   picture.answers = answers;
 *   picture.n_answers = n;
 *   if (!sag_render_picture_save (&picture, "out.png", sag_pool_get_default (), &error))
 *     ...
 */

#include "render/slice/frame.h"
#include "render/slice/marks.h"
#include "render/slice/panel.h"
#include "render/slice/view.h"

#include <cairo.h>

G_BEGIN_DECLS

/**
 * SagRenderLayout:
 * @SAG_RENDER_LAYOUT_PLANE: one slice, with the answers as a legend in its corner
 * @SAG_RENDER_LAYOUT_GRID: axial, coronal, sagittal and a panel of answers, two by two
 */
typedef enum
{
  SAG_RENDER_LAYOUT_PLANE,
  SAG_RENDER_LAYOUT_GRID,
} SagRenderLayout;

/** The largest picture, device pixels along a side. */
#define SAG_RENDER_PICTURE_MAX 16384

/**
 * SagRenderPicture: a picture to be made. All pointers are borrowed.
 * @frame: volume, window, heatmaps, masks, box; shared by all slices of a grid
 * @width: in logical pixels
 * @height: in logical pixels
 * @scale: device pixels for one logical pixel
 * @plane: of SAG_RENDER_LAYOUT_PLANE
 * @at_ras_mm: the point through which the slices go
 * @zoom: 1 shows the whole slice around the volume's middle; more enlarges around @at_ras_mm
 * @cross: marks the point
 * @readout: writes the value and position of the point
 * @title: (nullable): the case's name
 * @subtitle: (nullable): for example dims and spacing
 * @answers: newest first
 * @notes: on every slice, and on the panel: what the model is and is not
 * @footer: (nullable): of the panel: bundle, engine, version
 */
typedef struct
{
  SagRenderFrame         frame;
  SagRenderLayout        layout;
  int                    width;
  int                    height;
  double                 scale;
  SagRenderPlane         plane;
  gboolean               neurological;
  double                 at_ras_mm[3];
  double                 zoom;
  gboolean               cross;
  gboolean               readout;
  const char            *title;
  const char            *subtitle;
  const SagRenderAnswer *answers;
  guint                  n_answers;
  const SagRenderNote   *notes;
  guint                  n_notes;
  const char            *footer;
} SagRenderPicture;

/**
 * sag_render_picture_init: the volume's middle in the lung window as a grid of 1440 x 900, with a
 * cross, its readout and "Research use, not a medical device".
 */
SagRenderPicture sag_render_picture_init (const SagVolume *volume);

/**
 * sag_render_picture_draw:
 * @pool: (nullable)
 *
 * Needs no display. Any thread.
 *
 * Errors: SAG_ERROR_ARGUMENT (a size that is not 16 .. SAG_RENDER_PICTURE_MAX device pixels a side,
 * a scale outside 0.25 .. 8, a zoom that is not positive, a point that is not finite),
 * SAG_ERROR_FORMAT (a volume whose affine has no volume)
 *
 * Returns: an opaque image surface; free with cairo_surface_destroy()
 */
cairo_surface_t *
sag_render_picture_draw (const SagRenderPicture *picture, SagPool *pool, GError **error);

/**
 * sag_render_picture_save: draws, and writes a PNG through a temporary file; @path only ever names
 * a whole picture.
 *
 * Errors: those of sag_render_picture_draw(); G_FILE_ERROR and G_IO_ERROR of writing
 */
gboolean sag_render_picture_save (const SagRenderPicture *picture,
                                  const char             *path,
                                  SagPool                *pool,
                                  GError                **error);

/** sag_render_surface_save: any image surface as PNG, in the same way. */
gboolean sag_render_surface_save (cairo_surface_t *surface, const char *path, GError **error);

G_END_DECLS
