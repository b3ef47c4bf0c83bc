/* SPDX-License-Identifier: Apache-2.0 */
/* Recipe `paper`: section 3.5 of arXiv:2509.01554. What its text leaves open is decided here
 * (MODEL.md section 3).
 *
 *   1. the largest 26-connected component of -150 .. 250 HU
 *   2. per axial slice the convex hull of its voxels' centres; the x-y centre is the mean
 *      of the hulls' centroids, weighted with their areas
 *   3. axial slices whose centres lie at most 5 mm beyond the range of the lungs; without
 *      lungs those of the body
 *   4. HU clamped to +-1000; cubic resampling to 1 mm from the centre of the first voxel
 *      along R, A, S, as far as the last; rounded
 *   5. a box of 416 x 336 x 256 mm centred on the x-y centre and on the middle of the
 *      slices; air beyond the scan
 *
 * Slices and axes are the stored ones that lie closest to R, A, S, so that the result does not
 * depend on how a scan is stored.
 */
#include "model/core/error.h"
#include "model/prepare/components.h"
#include "model/prepare/hull.h"
#include "model/prepare/standard.h"

#include <math.h>

#define LIMIT_HU SAG_STANDARD_LIMIT_HU
#define BODY_LOW_HU SAG_STANDARD_PAPER_LOW_HU
#define BODY_HIGH_HU SAG_STANDARD_PAPER_HIGH_HU
#define MARGIN_MM 5.0

/* Lengths that differ by less are equal; spacings come as float32. */
#define SLACK_MM 1e-4

enum
{
  S = 2, /* of R, A, S */
};

typedef struct
{
  SagComponent measures;
  double       centre[3]; /* stored indices; along S unused */
} Body;

static gboolean
find_body (SagVolume *volume, int axis_s, Body *body, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagComponents) components = NULL;
  SagVoxels stored;
  guint32   label;

  sag_volume_view_stored (volume, &stored);
  components = sag_components_new_in_range (&stored, BODY_LOW_HU, BODY_HIGH_HU, SAG_CONNECT_ALL,
                                            cancellable, error);
  if (components == NULL)
    return FALSE;
  if (!sag_components_find_largest (components, &label))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "The scan holds no body: no voxel lies between %d and %d HU. "
                   "Check that it is a CT in Hounsfield units",
                   BODY_LOW_HU, BODY_HIGH_HU);
      return FALSE;
    }
  sag_components_measure (components, label, &body->measures);
  if (!sag_hull_find_centre (components, label, stored.geometry.dims, axis_s, body->centre))
    for (int a = 0; a < 3; a++)
      body->centre[a] = (body->measures.low[a] + body->measures.high[a] - 1) / 2.0;
  return TRUE;
}

/* Slices along S, counted upwards, whose centres lie in the widened range. */
static gboolean
find_slices (
  const double range_mm[2], double spacing_mm, gint32 n, gint32 *low, gint32 *high, GError **error)
{
  double first = ceil ((range_mm[0] - MARGIN_MM - SLACK_MM) / spacing_mm);
  double last = floor ((range_mm[1] + MARGIN_MM + SLACK_MM) / spacing_mm);

  *low = (gint32) CLAMP (first, 0, n);
  *high = (gint32) CLAMP (last + 1, 0, n);
  if (*low < *high)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "The lungs' range, %.0f to %.0f mm above the lowest slice, lies outside the scan. "
               "Check that mask and scan belong together",
               range_mm[0], range_mm[1]);
  return FALSE;
}

/* Steps of 1 mm from the first voxel along R, A, S, which is the last stored one of a flipped axis.
 */
static void
plan_axis (SagStandard *standard, int a, const double spacing_mm[3])
{
  int    s = standard->axis[a];
  gint32 n = standard->source.geometry.dims[s];

  standard->step[s] = 1 / spacing_mm[s];
  standard->dims[s] = (gint32) floor ((n - 1) * spacing_mm[s] + SLACK_MM) + 1;
  standard->origin[s] =
    standard->flip[a] ? MAX (n - 1 - (standard->dims[s] - 1) * standard->step[s], 0) : 0;
}

/* The nearest start of a box of n voxels about a centre. Of two, which the middle of whole slices
 * often gives, always the higher: the slack keeps rounding errors from choosing. */
static gint32
centred_start (double centre, gint32 n)
{
  return (gint32) floor (centre - (n - 1) / 2.0 + 0.5 + SLACK_MM);
}

/* Places the training box, which is what is kept, and in its middle the network's. */
static void
plan_box (SagStandard     *standard,
          const SagRecipe *recipe,
          const double     centre[3],
          const double     spacing_mm[3])
{
  for (int a = 0; a < 3; a++)
    {
      int    s = standard->axis[a];
      gint32 n = standard->source.geometry.dims[s];
      double index = centre[s] - standard->crop[s];

      if (a == S)
        index = (n - 1) / 2.0;
      else if (standard->flip[a])
        index = n - 1 - index;
      standard->kept_dims[a] = recipe->train_box_mm[a];
      standard->kept_start[a] = centred_start (index * spacing_mm[s], recipe->train_box_mm[a]);
      standard->box_start[a] =
        standard->kept_start[a] + sag_standard_centre (recipe->train_box_mm[a], recipe->box_mm[a]);
    }
}

gboolean
sag_standard_paper_box (SagStandard        *standard,
                        const SagVoxels    *stored,
                        const SagRecipe    *recipe,
                        const SagComponent *body,
                        const double        centre[3],
                        const double        range_mm[2],
                        GError            **error)
{
  const SagGeometry *grid = &stored->geometry;
  gint32             low[3] = { 0, 0, 0 };
  gint32             high[3] = { grid->dims[0], grid->dims[1], grid->dims[2] };
  int                axis[3], s;
  bool               flip[3];
  double             spacing[3];

  sag_geometry_spacing_mm (grid, spacing);
  sag_geometry_nearest_axes (grid, axis, flip);
  s = axis[S];
  low[s] = body->low[s];
  high[s] = body->high[s];
  if (range_mm != NULL)
    {
      gint32 first, end;

      if (!find_slices (range_mm, spacing[s], grid->dims[s], &first, &end, error))
        return FALSE;
      low[s] = flip[S] ? grid->dims[s] - end : first;
      high[s] = flip[S] ? grid->dims[s] - first : end;
    }
  *standard = (SagStandard){
    .slack = 0.5, /* plan_axis() places no voxel outside */
    .source_low = -LIMIT_HU,
    .source_high = LIMIT_HU,
    .low = -LIMIT_HU,
    .high = LIMIT_HU,
    .fill = -LIMIT_HU,
  };
  sag_standard_keep (standard, stored, low, high);
  for (int a = 0; a < 3; a++)
    plan_axis (standard, a, spacing);
  plan_box (standard, recipe, centre, spacing);
  return TRUE;
}

gboolean
sag_standard_paper (SagStandard     *standard,
                    SagVolume       *volume,
                    const SagRecipe *recipe,
                    const double     range_mm[2],
                    GCancellable    *cancellable,
                    GError         **error)
{
  SagVoxels stored;
  int       axis[3];
  bool      flip[3];
  Body      body;

  sag_volume_view_stored (volume, &stored);
  sag_geometry_nearest_axes (&stored.geometry, axis, flip);
  return find_body (volume, axis[S], &body, cancellable, error) &&
         sag_standard_paper_box (standard, &stored, recipe, &body.measures, body.centre, range_mm,
                                 error);
}
