/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/plugin-prepare.h"

#include "model/engine/status.h"
#include "model/prepare/prepared.h"
#include "model/prepare/standard-run.h"

#include <math.h>

enum
{
  S = 2, /* of R, A, S */
};

static bool
fail_with (SagStatus *status, GError *error)
{
  sag_status_fail (status, SAG_STATUS_INVALID, "%s.", error->message);
  g_error_free (error);
  return false;
}

bool
sag_plugin_prepare_search (const SagPrepareRequest *request,
                           SagPrepareSearch        *search,
                           SagStatus               *status)
{
  GError *error = NULL;
  int     axis[3];
  bool    flip[3];

  for (int a = 0; a < 3; a++)
    if (request->geometry.dims[a] < 1)
      return sag_status_fail (status, SAG_STATUS_INVALID, "A scan without voxels has no body.");
  if (!sag_prepare_check (&request->geometry, &request->recipe, &error))
    return fail_with (status, error);
  if (request->recipe.kind == SAG_RECIPE_UPSTREAM)
    {
      *search = (SagPrepareSearch){ SAG_STANDARD_UPSTREAM_BODY_HU, INFINITY, -1 };
      return true;
    }
  sag_geometry_nearest_axes (&request->geometry, axis, flip);
  *search = (SagPrepareSearch){ SAG_STANDARD_PAPER_LOW_HU, SAG_STANDARD_PAPER_HIGH_HU, axis[S] };
  return true;
}

/* The range along S as slices of the stored k axis, which `upstream` cuts. */
static bool
find_slices (const SagPrepareRequest *request, gint32 slices[2], SagStatus *status)
{
  gint32 n = request->geometry.dims[2], low, high;
  double spacing[3];
  int    axis[3];
  bool   flip[3];

  sag_geometry_nearest_axes (&request->geometry, axis, flip);
  sag_geometry_spacing_mm (&request->geometry, spacing);
  if (axis[S] != 2)
    return sag_status_fail (status, SAG_STATUS_UNSUPPORTED,
                            "The recipe cuts slices, but this scan is not stored slice by slice.");
  low = (gint32) CLAMP (rint (request->lung_range_mm[0] / spacing[2]), 0, n - 1);
  high = (gint32) CLAMP (rint (request->lung_range_mm[1] / spacing[2]), 0, n - 1);
  slices[0] = flip[S] ? n - 1 - high : low;
  slices[1] = flip[S] ? n - 1 - low : high;
  return true;
}

static bool
plan_upstream (const SagPrepareRequest *request,
               const SagVoxels         *stored,
               const SagComponent      *body,
               SagStandard             *standard,
               SagStatus               *status)
{
  GError *error = NULL;
  gint32  slices[2];

  if (request->has_lung_range && !find_slices (request, slices, status))
    return false;
  if (!sag_standard_upstream_box (standard, stored, &request->recipe, body,
                                  request->has_lung_range ? slices : NULL, &error))
    return fail_with (status, error);
  standard->low = -SAG_STANDARD_LIMIT_HU;
  standard->high = SAG_STANDARD_LIMIT_HU;
  return true;
}

static bool
plan_paper (const SagPrepareRequest *request,
            const SagVoxels         *stored,
            const SagPrepareBody    *found,
            const SagComponent      *body,
            SagStandard             *standard,
            SagStatus               *status)
{
  GError *error = NULL;
  double  centre[3];

  for (int a = 0; a < 3; a++)
    centre[a] = found->has_centre ? found->centre[a] : (body->low[a] + body->high[a] - 1) / 2.0;
  if (sag_standard_paper_box (standard, stored, &request->recipe, body, centre,
                              request->has_lung_range ? request->lung_range_mm : NULL, &error))
    return true;
  return fail_with (status, error);
}

static void
show_axes (SagPreparePlan *plan, const SagStandardPlan *input)
{
  for (int a = 0; a < 3; a++)
    {
      const SagSplineAxis *spline = &input->splines[a];
      const SagAreaAxis   *area = &input->areas[a];

      plan->splines[a] =
        (SagPrepareSpline){ spline->n_in,       spline->n_out, spline->n_inside, spline->first_in,
                            spline->on_samples, spline->taps,  spline->weights };
      plan->areas[a] = (SagPrepareArea){ area->n_out, area->low, area->high, area->size };
      plan->stride[a] = input->stride[a];
    }
  plan->origin = input->origin;
}

bool
sag_plugin_prepare_plan (const SagPrepareRequest *request,
                         const SagPrepareBody    *found,
                         SagPreparePlan          *plan,
                         SagStatus               *status)
{
  SagVoxels    stored = { .scalar = request->is_float ? SAG_SCALAR_FLOAT32 : SAG_SCALAR_INT16,
                          .geometry = request->geometry,
                          .origin = request->voxels };
  SagComponent body = { .n_voxels = found->n_voxels };
  GError      *error = NULL;
  SagStandard  standard;
  gint32       start[3];

  if (found->n_voxels == 0)
    return sag_status_fail (
      status, SAG_STATUS_INVALID,
      "The scan holds no body: no voxel has a tissue's HU. Check that it is a CT in Hounsfield "
      "units.");
  for (int a = 0; a < 3; a++)
    {
      stored.stride[a] = a == 0 ? 1 : stored.stride[a - 1] * request->geometry.dims[a - 1];
      body.low[a] = found->low[a];
      body.high[a] = found->high[a];
      body.index_sum[a] = found->index_sum[a];
    }
  if (request->recipe.kind == SAG_RECIPE_UPSTREAM
        ? !plan_upstream (request, &stored, &body, &standard, status)
        : !plan_paper (request, &stored, found, &body, &standard, status))
    return false;
  if (!sag_prepare_move_box (standard.box_start, request->shift_mm, start, &error))
    return fail_with (status, error);
  *plan = (SagPreparePlan){
    .source_low = standard.source_low,
    .source_high = standard.source_high,
    .low = standard.low,
    .high = standard.high,
    .clamps_to_range = request->recipe.kind == SAG_RECIPE_UPSTREAM,
    .truncate = standard.truncate,
    .fill = standard.fill,
    .input_geometry = sag_standard_input_geometry (&standard, &request->recipe, start),
    .owner = g_new0 (SagStandardPlan, 1),
  };
  for (int a = 0; a < 3; a++)
    {
      plan->box_start[a] = start[a];
      plan->first[a] = standard.crop[a];
      plan->n[a] = standard.source.geometry.dims[a];
    }
  sag_standard_plan_init (plan->owner, &standard, &request->recipe, start);
  plan->covered = ((SagStandardPlan *) plan->owner)->covered;
  if (plan->covered)
    show_axes (plan, plan->owner);
  return true;
}

void
sag_plugin_prepare_plan_clear (SagPreparePlan *plan)
{
  if (plan->owner != NULL)
    sag_standard_plan_clear (plan->owner);
  g_clear_pointer (&plan->owner, g_free);
}
