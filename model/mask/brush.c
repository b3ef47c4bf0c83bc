/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/brush.h"

#include "model/mask/mask-private.h"

#include <math.h>

/* A stroke is a capsule: all points within a radius of a segment. It is convex, so that a row of
 * voxels meets it in one span: the union of what it shares with the two end balls and with the
 * cylinder between them. */

typedef struct
{
  double from[3];
  double along[3]; /* to the other end */
  double length2;
  double radius2;
} Capsule;

typedef struct
{
  double low;
  double high;
} Span;

static double
dot (const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void
subtract (const double a[3], const double b[3], double out[3])
{
  for (int c = 0; c < 3; c++)
    out[c] = a[c] - b[c];
}

/* Where a t^2 + 2 b t + c <= 0. */
static gboolean
solve (double a, double b, double c, Span *span)
{
  const double d = b * b - a * c;

  if (a < 1e-12)
    {
      *span = (Span){ -INFINITY, INFINITY };
      return c <= 0;
    }
  if (d < 0)
    return FALSE;
  *span = (Span){ (-b - sqrt (d)) / a, (-b + sqrt (d)) / a };
  return TRUE;
}

static void
join (Span *span, const Span *other)
{
  span->low = MIN (span->low, other->low);
  span->high = MAX (span->high, other->high);
}

/* The part of the line @start + t @step within a ball. */
static gboolean
cut_ball (const double start[3], const double step[3], const double c[3], double r2, Span *span)
{
  double w[3];

  subtract (start, c, w);
  return solve (dot (step, step), dot (step, w), dot (w, w) - r2, span);
}

static gboolean
cut_cylinder (const Capsule *capsule, const double start[3], const double step[3], Span *span)
{
  double w[3], step_along = dot (step, capsule->along), w_along, l2 = capsule->length2;

  subtract (start, capsule->from, w);
  w_along = dot (w, capsule->along);
  if (!solve (dot (step, step) - step_along * step_along / l2,
              dot (step, w) - step_along * w_along / l2,
              dot (w, w) - w_along * w_along / l2 - capsule->radius2, span))
    return FALSE;
  if (fabs (step_along) < 1e-12)
    return w_along >= 0 && w_along <= l2;
  else
    {
      const double a = -w_along / step_along, b = (l2 - w_along) / step_along;

      span->low = MAX (span->low, MIN (a, b));
      span->high = MIN (span->high, MAX (a, b));
    }
  return span->low <= span->high;
}

static gboolean
cut_capsule (const Capsule *capsule, const double start[3], const double step[3], Span *span)
{
  Span     one;
  double   to[3];
  gboolean any = FALSE;

  *span = (Span){ INFINITY, -INFINITY };
  for (int c = 0; c < 3; c++)
    to[c] = capsule->from[c] + capsule->along[c];
  if (cut_ball (start, step, capsule->from, capsule->radius2, &one))
    any = TRUE, join (span, &one);
  if (capsule->length2 < 1e-12)
    return any;
  if (cut_ball (start, step, to, capsule->radius2, &one))
    any = TRUE, join (span, &one);
  if (cut_cylinder (capsule, start, step, &one))
    any = TRUE, join (span, &one);
  return any;
}

/* Whole numbers that a double may be turned into without harm. */
static gint32
to_index (double value, gint32 dim)
{
  return (gint32) CLAMP (value, -1.0, (double) dim);
}

/* The voxels that the capsule can reach. */
static gboolean
capsule_box (const Capsule     *capsule,
             const SagGeometry *grid,
             const double       ras_to_ijk[3][4],
             SagMaskBox        *box)
{
  double to[3], a_ijk[3], b_ijk[3];

  for (int c = 0; c < 3; c++)
    to[c] = capsule->from[c] + capsule->along[c];
  sag_geometry_apply (ras_to_ijk, capsule->from, a_ijk);
  sag_geometry_apply (ras_to_ijk, to, b_ijk);
  for (int a = 0; a < 3; a++)
    {
      const double *row = ras_to_ijk[a];
      const double  reach = sqrt (dot (row, row) * capsule->radius2) + 1e-6;

      box->first[a] = to_index (ceil (MIN (a_ijk[a], b_ijk[a]) - reach), grid->dims[a]);
      box->end[a] = to_index (floor (MAX (a_ijk[a], b_ijk[a]) + reach), grid->dims[a]) + 1;
    }
  return sag_mask_box_clip (box, grid);
}

static gboolean
paint_capsule (SagMaskEdit       *edit,
               const SagBrush    *brush,
               const SagGeometry *grid,
               const Capsule     *capsule,
               const SagMaskBox  *box)
{
  const double step[3] = { grid->ijk_to_ras[0][0], grid->ijk_to_ras[1][0], grid->ijk_to_ras[2][0] };
  gboolean     any = FALSE;

  for (gint32 k = box->first[2]; k < box->end[2]; k++)
    for (gint32 j = box->first[1]; j < box->end[1]; j++)
      {
        const double ijk[3] = { 0, j, k };
        double       start[3];
        Span         span;
        gint32       first, last;

        sag_geometry_to_ras (grid, ijk, start);
        if (!cut_capsule (capsule, start, step, &span))
          continue;
        first = to_index (ceil (span.low - 1e-7), grid->dims[0]);
        last = to_index (floor (span.high + 1e-7), grid->dims[0]);
        any |= sag_mask_edit_span (edit, brush->mode, &brush->limits, MAX (first, box->first[0]),
                                   MIN (last, box->end[0] - 1), j, k);
      }
  return any;
}

/* The voxel under a point. */
static gboolean
paint_voxel (SagMaskEdit       *edit,
             const SagBrush    *brush,
             const SagGeometry *grid,
             const double       ras_to_ijk[3][4],
             const double       point[3],
             SagMaskBox        *changed)
{
  double     ijk[3];
  SagMaskBox box;

  sag_geometry_apply (ras_to_ijk, point, ijk);
  for (int a = 0; a < 3; a++)
    {
      box.first[a] = to_index (floor (ijk[a] + 0.5), grid->dims[a]);
      box.end[a] = box.first[a] + 1;
    }
  if (!sag_mask_box_clip (&box, grid) ||
      !sag_mask_edit_span (edit, brush->mode, &brush->limits, box.first[0], box.first[0],
                           box.first[1], box.first[2]))
    return FALSE;
  sag_mask_box_add (changed, &box);
  return TRUE;
}

static const SagGeometry *
edit_grid (SagMaskEdit *edit)
{
  return sag_mask_get_geometry (sag_mask_edit_peek (edit));
}

/* Both ends in the slice that the first is nearest to. */
static void
flatten (
  const SagGeometry *grid, const double ras_to_ijk[3][4], int axis, double from[3], double to[3])
{
  double ijk[3], slice;

  sag_geometry_apply (ras_to_ijk, from, ijk);
  slice = ijk[axis] = floor (ijk[axis] + 0.5);
  sag_geometry_to_ras (grid, ijk, from);
  sag_geometry_apply (ras_to_ijk, to, ijk);
  ijk[axis] = slice;
  sag_geometry_to_ras (grid, ijk, to);
}

gboolean
sag_brush_stroke (SagMaskEdit    *edit,
                  const SagBrush *brush,
                  const double    from[3],
                  const double    to[3],
                  SagMaskBox     *changed)
{
  const SagGeometry *grid = edit_grid (edit);
  double             ras_to_ijk[3][4], a[3] = { from[0], from[1], from[2] };
  double             b[3] = { to[0], to[1], to[2] };
  Capsule            capsule = { .radius2 = brush->radius_mm * brush->radius_mm };
  SagMaskBox         box, none = SAG_MASK_BOX_EMPTY;
  gboolean           any = FALSE;

  for (int c = 0; c < 3; c++)
    if (!isfinite (a[c]) || !isfinite (b[c]))
      return FALSE;
  if (changed == NULL)
    changed = &none;
  if (!(brush->radius_mm >= 0) || !sag_geometry_invert (grid, ras_to_ijk))
    return FALSE;
  if (brush->shape == SAG_BRUSH_DISC)
    flatten (grid, ras_to_ijk, brush->axis, a, b);
  for (int c = 0; c < 3; c++)
    {
      capsule.from[c] = a[c];
      capsule.along[c] = b[c] - a[c];
    }
  capsule.length2 = dot (capsule.along, capsule.along);
  if (capsule_box (&capsule, grid, ras_to_ijk, &box))
    {
      if (brush->shape == SAG_BRUSH_DISC)
        {
          double ijk[3];

          sag_geometry_apply (ras_to_ijk, a, ijk);
          box.first[brush->axis] = to_index (floor (ijk[brush->axis] + 0.5), G_MAXINT32 - 1);
          box.end[brush->axis] = box.first[brush->axis] + 1;
        }
      any = sag_mask_box_clip (&box, grid) && paint_capsule (edit, brush, grid, &capsule, &box);
      if (any)
        sag_mask_box_add (changed, &box);
    }
  any |= paint_voxel (edit, brush, grid, ras_to_ijk, a, changed);
  any |= paint_voxel (edit, brush, grid, ras_to_ijk, b, changed);
  return any;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Where the outline crosses the line v = @v, in rising order. */
static void
find_crossings (const double *points, gsize n, double v, GArray *crossings)
{
  g_array_set_size (crossings, 0);
  for (gsize p = 0; p < n; p++)
    {
      const double *a = points + 2 * p, *b = points + 2 * ((p + 1) % n);

      if ((a[1] <= v) != (b[1] <= v))
        {
          const double u = a[0] + (v - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);

          g_array_append_val (crossings, u);
        }
    }
  g_array_sort (crossings, compare_doubles);
}

typedef struct
{
  SagMaskEdit         *edit;
  SagMaskMode          mode;
  const SagMaskLimits *limits;
  int                  axis;
  gint32               slice;
} Fill;

/* Voxels first..last along the lower axis of a slice, at @v of the higher one. */
static gboolean
fill_run (const Fill *fill, gint32 first, gint32 last, gint32 v)
{
  gboolean any = FALSE;

  if (fill->axis == 2)
    return sag_mask_edit_span (fill->edit, fill->mode, fill->limits, first, last, v, fill->slice);
  if (fill->axis == 1)
    return sag_mask_edit_span (fill->edit, fill->mode, fill->limits, first, last, fill->slice, v);
  for (gint32 j = first; j <= last; j++)
    any |=
      sag_mask_edit_span (fill->edit, fill->mode, fill->limits, fill->slice, fill->slice, j, v);
  return any;
}

static gboolean
fill_line (
  const Fill *fill, const SagGeometry *grid, const GArray *crossings, gint32 v, SagMaskBox *changed)
{
  const int u_axis = fill->axis == 0 ? 1 : 0, v_axis = fill->axis == 2 ? 1 : 2;
  gboolean  any = FALSE;

  for (guint c = 0; c + 1 < crossings->len; c += 2)
    {
      const gint32 dim = grid->dims[u_axis];
      const gint32 first = MAX (to_index (ceil (g_array_index (crossings, double, c)), dim), 0);
      const gint32 last =
        MIN (to_index (floor (g_array_index (crossings, double, c + 1)), dim), dim - 1);
      SagMaskBox box;

      if (first > last || !fill_run (fill, first, last, v))
        continue;
      any = TRUE;
      box.first[fill->axis] = fill->slice;
      box.first[u_axis] = first;
      box.first[v_axis] = v;
      box.end[fill->axis] = fill->slice + 1;
      box.end[u_axis] = last + 1;
      box.end[v_axis] = v + 1;
      sag_mask_box_add (changed, &box);
    }
  return any;
}

gboolean
sag_polygon_fill (SagMaskEdit         *edit,
                  SagMaskMode          mode,
                  const SagMaskLimits *limits,
                  int                  axis,
                  gint32               first,
                  gint32               last,
                  const double        *points,
                  gsize                n_points,
                  SagMaskBox          *changed)
{
  const SagGeometry *grid = edit_grid (edit);
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (double));
  SagMaskBox none = SAG_MASK_BOX_EMPTY;
  gboolean   any = FALSE;

  g_return_val_if_fail (axis >= 0 && axis < 3, FALSE);
  for (gsize p = 0; p < 2 * n_points; p++)
    if (!isfinite (points[p]))
      return FALSE;
  if (changed == NULL)
    changed = &none;
  for (gint32 v = 0; n_points > 2 && v < grid->dims[axis == 2 ? 1 : 2]; v++)
    {
      find_crossings (points, n_points, v, crossings);
      for (gint32 s = MAX (first, 0); s <= MIN (last, grid->dims[axis] - 1); s++)
        any |= fill_line (&(Fill){ edit, mode, limits, axis, s }, grid, crossings, v, changed);
    }
  return any;
}
