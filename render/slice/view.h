/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/geometry.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagRenderPlane: which two axes of the volume lie on the screen.
 *
 * The planes are the volume's own, after its axes were reordered to lie closest to R, A and S: an
 * axial slice holds the R and A axes, a coronal one R and S, a sagittal one A and S. So a slice
 * always shows voxels as they were stored, also when the grid is oblique or sheared; the
 * millimetres on the screen are true.
 */
typedef enum
{
  SAG_RENDER_AXIAL,
  SAG_RENDER_CORONAL,
  SAG_RENDER_SAGITTAL,
} SagRenderPlane;

#define SAG_RENDER_N_PLANES 3

/**
 * SagRenderView: what a viewport shows. A plain value; the widget and the command line both fill it
 * in.
 * @neurological: patient's right on screen right; otherwise (radiological) on screen left.
 *   Anterior is always up in axial slices, superior up in the others, anterior on the left in
 *   sagittal ones.
 * @centre_ras_mm: the point in the middle of the viewport; it also chooses the slice (the nearest
 *   one)
 * @mm_per_pixel: of logical pixels
 * @width: in logical pixels
 * @height: in logical pixels
 * @scale: device pixels for one logical pixel; 0.5 gives the half resolution for dragging
 */
typedef struct
{
  SagRenderPlane plane;
  gboolean       neurological;
  double         centre_ras_mm[3];
  double         mm_per_pixel;
  int            width;
  int            height;
  double         scale;
} SagRenderView;

/**
 * SagRenderSlice: a view applied to a volume: which slice it is, and where each device pixel lies.
 * @width: in device pixels
 * @height: in device pixels
 * @scale: device pixels for one logical pixel
 * @axis: of the canonical (R, A, S) grid: the one across the screen, the one up it, the one
 *   through it
 * @index: the slice, 0-based along @axis[2] of the canonical grid, so rising to R, A or S
 * @n_slices: along @axis[2]
 * @origin_mm: RAS of the top left corner of the top left pixel
 * @right_mm: RAS step to the next device pixel on the right; along @axis[0]
 * @down_mm: RAS step to the next device pixel below; at right angles to @right_mm
 * @normal: unit vector, pointing to R, A or S
 * @canonical: the volume's grid, reordered
 */
typedef struct
{
  SagRenderPlane plane;
  gboolean       neurological;
  int            width;
  int            height;
  double         scale;
  int            axis[3];
  int            index;
  int            n_slices;
  double         origin_mm[3];
  double         right_mm[3];
  double         down_mm[3];
  double         normal[3];
  SagGeometry    canonical;
} SagRenderSlice;

/**
 * sag_render_slice_init: finds the slice that @view shows of the volume on @geometry (stored or
 * canonical).
 *
 * A centre in front of or behind the volume shows the first or last slice.
 *
 * Returns: FALSE if the geometry has no volume
 */
gboolean sag_render_slice_init (SagRenderSlice      *slice,
                                const SagRenderView *view,
                                const SagGeometry   *geometry);

/** sag_render_slice_to_ras: (@x, @y) in logical pixels from the top left corner of the viewport. */
void sag_render_slice_to_ras (const SagRenderSlice *slice, double x, double y, double ras_mm[3]);

/**
 * sag_render_slice_from_ras: the logical pixel straight above a point.
 *
 * Returns: how far the point lies from the slice, mm, positive towards R, A or S
 */
double sag_render_slice_from_ras (const SagRenderSlice *slice,
                                  const double          ras_mm[3],
                                  double               *x,
                                  double               *y);

/**
 * SagRenderSteps: the voxel indices of some grid under the device pixels of a slice.
 *
 * The index under the centre of device pixel (x, y) is start + x * across + y * down, for any grid.
 */
typedef struct
{
  double start[3];
  double across[3];
  double down[3];
} SagRenderSteps;

/** sag_render_slice_steps: FALSE if @geometry has no volume. */
gboolean sag_render_slice_steps (const SagRenderSlice *slice,
                                 const SagGeometry    *geometry,
                                 SagRenderSteps       *steps);

/**
 * sag_render_slice_letters: the patient's side at the left, right, top and bottom edge, for example
 * "RLAP".
 */
void sag_render_slice_letters (const SagRenderSlice *slice, char letters[5]);

/** sag_render_plane_name: "axial", "coronal", "sagittal". */
const char *sag_render_plane_name (SagRenderPlane plane);

/**
 * sag_render_view_fit: shows the whole slice with @margin logical pixels around it; the slice
 * itself stays.
 */
void sag_render_view_fit (SagRenderView *view, const SagGeometry *geometry, double margin);

/**
 * sag_render_view_pan: what was under a pixel is afterwards (@dx, @dy) logical pixels from there.
 */
void sag_render_view_pan (SagRenderView *view, const SagGeometry *geometry, double dx, double dy);

/**
 * sag_render_view_zoom: @factor > 1 enlarges; what lies under logical pixel (@x, @y) stays there.
 */
void sag_render_view_zoom (
  SagRenderView *view, const SagGeometry *geometry, double factor, double x, double y);

/** sag_render_view_step: moves by @n_slices towards R, A or S, and not beyond the last slice. */
void sag_render_view_step (SagRenderView *view, const SagGeometry *geometry, int n_slices);

G_END_DECLS
