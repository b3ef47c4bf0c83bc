/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/view.h"

#include <math.h>

static double
dot (const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void
add_scaled (double a[3], const double b[3], double factor)
{
  for (int c = 0; c < 3; c++)
    a[c] += b[c] * factor;
}

static void
normalise (double a[3])
{
  double length = sqrt (dot (a, a));

  for (int c = 0; c < 3; c++)
    a[c] /= length;
}

static void
column (const SagGeometry *geometry, int axis, double out[3])
{
  for (int c = 0; c < 3; c++)
    out[c] = geometry->ijk_to_ras[c][axis];
}

/* Screen axes as unit vectors: along the across axis, and at right angles to it within the
 * slice. / */
static void
slice_axes (SagRenderSlice *slice, double right[3], double down[3])
{
  static const int axes[SAG_RENDER_N_PLANES][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 2, 0 } };
  gboolean         flip = slice->plane == SAG_RENDER_SAGITTAL || !slice->neurological;
  double           through[3];

  for (int c = 0; c < 3; c++)
    slice->axis[c] = axes[slice->plane][c];
  column (&slice->canonical, slice->axis[0], right);
  column (&slice->canonical, slice->axis[1], down);
  column (&slice->canonical, slice->axis[2], through);
  normalise (right);
  add_scaled (down, right, -dot (down, right));
  normalise (down);
  for (int c = 0; c < 3; c++)
    {
      right[c] = flip ? -right[c] : right[c];
      down[c] = -down[c];
    }
  for (int c = 0; c < 3; c++)
    slice->normal[c] =
      right[(c + 1) % 3] * down[(c + 2) % 3] - right[(c + 2) % 3] * down[(c + 1) % 3];
  if (dot (slice->normal, through) < 0)
    for (int c = 0; c < 3; c++)
      slice->normal[c] = -slice->normal[c];
}

/* Moves @point along the through axis (whose other indices it keeps) into the nearest slice. */
static int
snap (const SagGeometry *canonical, const double ras_to_ijk[3][4], int axis, double point[3])
{
  double ijk[3], through[3];
  double index;

  sag_geometry_apply (ras_to_ijk, point, ijk);
  /* Not CLAMP(), which lets NaN pass. */
  index = fmin (fmax (round (ijk[axis]), 0), canonical->dims[axis] - 1);
  column (canonical, axis, through);
  add_scaled (point, through, index - ijk[axis]);
  return (int) index;
}

gboolean
sag_render_slice_init (SagRenderSlice      *slice,
                       const SagRenderView *view,
                       const SagGeometry   *geometry)
{
  double ras_to_ijk[3][4], centre[3], right[3], down[3];

  g_return_val_if_fail (view->width > 0 && view->height > 0, FALSE);
  g_return_val_if_fail (view->scale > 0 && view->mm_per_pixel > 0, FALSE);
  g_return_val_if_fail (view->plane < SAG_RENDER_N_PLANES, FALSE);

  *slice = (SagRenderSlice){ .plane = view->plane,
                             .neurological = view->neurological,
                             .scale = view->scale };
  slice->canonical = sag_geometry_to_canonical (geometry);
  if (!sag_geometry_invert (&slice->canonical, ras_to_ijk))
    return FALSE;
  slice->width = MAX (1, (int) ceil (view->width * view->scale - 1e-6));
  slice->height = MAX (1, (int) ceil (view->height * view->scale - 1e-6));
  slice_axes (slice, right, down);
  for (int c = 0; c < 3; c++)
    {
      centre[c] = view->centre_ras_mm[c];
      slice->right_mm[c] = right[c] * view->mm_per_pixel / view->scale;
      slice->down_mm[c] = down[c] * view->mm_per_pixel / view->scale;
    }
  slice->n_slices = slice->canonical.dims[slice->axis[2]];
  slice->index = snap (&slice->canonical, ras_to_ijk, slice->axis[2], centre);
  for (int c = 0; c < 3; c++)
    slice->origin_mm[c] =
      centre[c] -
      view->scale * (view->width * slice->right_mm[c] + view->height * slice->down_mm[c]) / 2;
  return TRUE;
}

void
sag_render_slice_to_ras (const SagRenderSlice *slice, double x, double y, double ras_mm[3])
{
  for (int c = 0; c < 3; c++)
    ras_mm[c] =
      slice->origin_mm[c] + slice->scale * (x * slice->right_mm[c] + y * slice->down_mm[c]);
}

double
sag_render_slice_from_ras (const SagRenderSlice *slice,
                           const double          ras_mm[3],
                           double               *x,
                           double               *y)
{
  double step = dot (slice->right_mm, slice->right_mm) * slice->scale;
  double offset[3];

  for (int c = 0; c < 3; c++)
    offset[c] = ras_mm[c] - slice->origin_mm[c];
  *x = dot (offset, slice->right_mm) / step;
  *y = dot (offset, slice->down_mm) / step;
  return dot (offset, slice->normal);
}

gboolean
sag_render_slice_steps (const SagRenderSlice *slice,
                        const SagGeometry    *geometry,
                        SagRenderSteps       *steps)
{
  double ras_to_ijk[3][4], first[3];

  if (!sag_geometry_invert (geometry, ras_to_ijk))
    return FALSE;
  for (int c = 0; c < 3; c++)
    first[c] = slice->origin_mm[c] + (slice->right_mm[c] + slice->down_mm[c]) / 2;
  sag_geometry_apply (ras_to_ijk, first, steps->start);
  for (int c = 0; c < 3; c++)
    {
      steps->across[c] = dot (ras_to_ijk[c], slice->right_mm);
      steps->down[c] = dot (ras_to_ijk[c], slice->down_mm);
    }
  return TRUE;
}

void
sag_render_slice_letters (const SagRenderSlice *slice, char letters[5])
{
  static const char plus[] = "RAS", minus[] = "LPI";
  gboolean          flip = slice->plane == SAG_RENDER_SAGITTAL || !slice->neurological;

  letters[0] = (flip ? plus : minus)[slice->axis[0]];
  letters[1] = (flip ? minus : plus)[slice->axis[0]];
  letters[2] = plus[slice->axis[1]];
  letters[3] = minus[slice->axis[1]];
  letters[4] = '\0';
}

const char *
sag_render_plane_name (SagRenderPlane plane)
{
  static const char *const names[SAG_RENDER_N_PLANES] = { "axial", "coronal", "sagittal" };

  g_return_val_if_fail (plane < SAG_RENDER_N_PLANES, NULL);
  return names[plane];
}

/* Size of the slice on the screen, mm: a parallelogram's bounding box when the grid is sheared. */
static void
slice_extent_mm (const SagRenderSlice *slice, double extent[2])
{
  const double *screen[2] = { slice->right_mm, slice->down_mm };

  for (int s = 0; s < 2; s++)
    {
      extent[s] = 0;
      for (int a = 0; a < 2; a++)
        {
          double step[3];

          column (&slice->canonical, slice->axis[a], step);
          extent[s] += fabs (dot (step, screen[s])) * slice->canonical.dims[slice->axis[a]];
        }
      extent[s] /= sqrt (dot (screen[s], screen[s]));
    }
}

void
sag_render_view_fit (SagRenderView *view, const SagGeometry *geometry, double margin)
{
  SagRenderSlice slice;
  double         extent[2], ijk[3];

  if (!sag_render_slice_init (&slice, view, geometry))
    return;
  slice_extent_mm (&slice, extent);
  view->mm_per_pixel = MAX (extent[0] / MAX (1, view->width - 2 * margin),
                            extent[1] / MAX (1, view->height - 2 * margin));
  for (int a = 0; a < 3; a++)
    ijk[a] = (slice.canonical.dims[a] - 1) / 2.0;
  ijk[slice.axis[2]] = slice.index;
  sag_geometry_to_ras (&slice.canonical, ijk, view->centre_ras_mm);
}

void
sag_render_view_pan (SagRenderView *view, const SagGeometry *geometry, double dx, double dy)
{
  SagRenderSlice slice;

  if (!sag_render_slice_init (&slice, view, geometry))
    return;
  /* From the middle of the slice itself: a centre half way between two slices must not change
   * its side. */
  sag_render_slice_to_ras (&slice, view->width / 2.0, view->height / 2.0, view->centre_ras_mm);
  add_scaled (view->centre_ras_mm, slice.right_mm, -dx * view->scale);
  add_scaled (view->centre_ras_mm, slice.down_mm, -dy * view->scale);
}

void
sag_render_view_zoom (
  SagRenderView *view, const SagGeometry *geometry, double factor, double x, double y)
{
  g_return_if_fail (factor > 0);

  view->mm_per_pixel /= factor;
  sag_render_view_pan (view, geometry, (x - view->width / 2.0) * (1 - factor),
                       (y - view->height / 2.0) * (1 - factor));
}

void
sag_render_view_step (SagRenderView *view, const SagGeometry *geometry, int n_slices)
{
  SagRenderSlice slice;
  double         ras_to_ijk[3][4], through[3];
  int            target;

  if (!sag_render_slice_init (&slice, view, geometry) ||
      !sag_geometry_invert (&slice.canonical, ras_to_ijk))
    return;
  target = CLAMP (slice.index + n_slices, 0, slice.n_slices - 1);
  snap (&slice.canonical, ras_to_ijk, slice.axis[2], view->centre_ras_mm);
  column (&slice.canonical, slice.axis[2], through);
  add_scaled (view->centre_ras_mm, through, target - slice.index);
}
