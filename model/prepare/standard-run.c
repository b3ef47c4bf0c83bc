/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/standard-run.h"

#include "model/core/error.h"
#include "model/core/pool.h"
#include "model/prepare/area.h"
#include "model/prepare/resampler.h"

#include <stdlib.h>

#define AIR_HU (-1000)

/* Outputs of the network's input along the stored k axis that are made at once: a cache line of
 * them. */
#define SLAB 16

/* Planes of the standardised volume that are made at once. */
#define VOLUME_SLAB 32

/* A window of standardised voxels along the stored axes: where it starts, and the part that the
 * scan covers. */
typedef struct
{
  gint32 start[3];
  gint32 first[3];
  gint32 n[3];
} Window;

static gboolean
window_init (Window            *window,
             const SagStandard *standard,
             const gint32       start[3],
             const gint32       dims[3])
{
  gboolean covered = TRUE;

  for (int a = 0; a < 3; a++)
    {
      int s = standard->axis[a];

      window->start[s] = standard->flip[a] ? standard->dims[s] - (start[a] + dims[a]) : start[a];
      window->first[s] = CLAMP (window->start[s], 0, standard->dims[s]);
      window->n[s] = CLAMP (window->start[s] + dims[a], 0, standard->dims[s]) - window->first[s];
      covered &= window->n[s] > 0;
    }
  return covered;
}

static SagResampler *
resampler_new (const SagStandard *standard, const Window *window, gint32 n_planes)
{
  SagResampling what = {
    .source = standard->source,
    .slack = standard->slack,
    .source_low = standard->source_low,
    .source_high = standard->source_high,
    .low = standard->low,
    .high = standard->high,
    .truncate = standard->truncate,
    .fill = standard->fill,
    .portable = standard->portable,
  };

  for (int s = 0; s < 3; s++)
    {
      what.origin[s] = standard->origin[s];
      what.step[s] = standard->step[s];
      what.first[s] = window->first[s];
      what.n[s] = window->n[s];
    }
  return sag_resampler_new (&what, n_planes);
}

static float *
input_new (const SagRecipe *recipe)
{
  gsize n = (gsize) recipe->input[0] * recipe->input[1] * recipe->input[2];

  return aligned_alloc (64, (n * sizeof (float) + 63) & ~(gsize) 63);
}

/* Buffer axes of the pooling, and how the result is addressed in buffer order; returns the element
 * that is the result's origin. */
static gint64
plan_pooling (const SagRecipe *recipe,
              const int        axis[3],
              const gboolean   flip[3],
              const gint32     offset[3],
              const gint32     n_buffer[3],
              SagAreaAxis      axes[3],
              gint64           stride[3])
{
  const gint64 pitch[3] = { (gint64) recipe->input[1] * recipe->input[2], recipe->input[2], 1 };
  gint64       origin = 0;

  for (int a = 0; a < 3; a++)
    {
      int s = axis[a];

      sag_area_axis_init (&axes[s], recipe->box_mm[a], recipe->input[a], flip[a], offset[s],
                          n_buffer[s]);
      stride[s] = flip[a] ? -pitch[a] : pitch[a];
      if (flip[a])
        origin += pitch[a] * (recipe->input[a] - 1);
    }
  return origin;
}

static void
clear_axes (SagAreaAxis axes[3])
{
  for (int s = 0; s < 3; s++)
    sag_area_axis_clear (&axes[s]);
}

static gint32
most_planes (const SagAreaAxis *axis)
{
  gint32 most = 1;

  for (gint32 first = 0; first < axis->n_out; first += SLAB)
    {
      gint32 low, high;

      sag_area_axis_needs (axis, first, MIN (SLAB, axis->n_out - first), &low, &high);
      most = MAX (most, high - low);
    }
  return most;
}

static gboolean
make_slabs (const SagStandard *standard,
            const Window      *window,
            const SagAreaAxis  axes[3],
            const gint64       stride[3],
            float             *out,
            GCancellable      *cancellable,
            GError           **error)
{
  gint32 n_planes = most_planes (&axes[2]);
  g_autoptr (SagResampler) resampler = resampler_new (standard, window, n_planes);
  g_autofree gint16 *planes = g_new (gint16, (gsize) n_planes * window->n[0] * window->n[1]);

  for (gint32 first = 0; first < axes[2].n_out; first += SLAB)
    {
      gint32 n = MIN (SLAB, axes[2].n_out - first), low, high;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      sag_area_axis_needs (&axes[2], first, n, &low, &high);
      if (high > low)
        sag_resampler_get (resampler, low, high - low, planes);
      sag_area_pool (axes, first, n, planes, low, window->n[0], window->n[1], stride, out);
    }
  return TRUE;
}

float *
sag_standard_make_input (const SagStandard *standard,
                         const SagRecipe   *recipe,
                         const gint32       box_start[3],
                         GCancellable      *cancellable,
                         GError           **error)
{
  Window      window;
  gint32      offset[3];
  gint64      stride[3];
  SagAreaAxis axes[3];
  gboolean    done = TRUE;
  float      *input = input_new (recipe), *origin;

  if (!window_init (&window, standard, box_start, recipe->box_mm))
    {
      for (gint64 x = 0; x < (gint64) recipe->input[0] * recipe->input[1] * recipe->input[2]; x++)
        input[x] = 0;
      return input;
    }
  for (int s = 0; s < 3; s++)
    offset[s] = window.start[s] - window.first[s];
  origin =
    input + plan_pooling (recipe, standard->axis, standard->flip, offset, window.n, axes, stride);
  done = make_slabs (standard, &window, axes, stride, origin, cancellable, error);
  clear_axes (axes);
  if (!done)
    g_clear_pointer (&input, free);
  return input;
}

void
sag_standard_plan_init (SagStandardPlan   *plan,
                        const SagStandard *standard,
                        const SagRecipe   *recipe,
                        const gint32       box_start[3])
{
  Window window;
  gint32 offset[3];

  *plan =
    (SagStandardPlan){ .covered = window_init (&window, standard, box_start, recipe->box_mm) };
  if (!plan->covered)
    return;
  for (int s = 0; s < 3; s++)
    {
      offset[s] = window.start[s] - window.first[s];
      sag_spline_axis_init (&plan->splines[s], standard->source.geometry.dims[s],
                            standard->origin[s], standard->step[s], standard->slack,
                            window.first[s], window.n[s]);
    }
  plan->origin = plan_pooling (recipe, standard->axis, standard->flip, offset, window.n,
                               plan->areas, plan->stride);
}

void
sag_standard_plan_clear (SagStandardPlan *plan)
{
  for (int s = 0; s < 3; s++)
    sag_spline_axis_clear (&plan->splines[s]);
  clear_axes (plan->areas);
}

float *
sag_standard_pool_volume (SagVolume *volume, const SagRecipe *recipe, const gint32 box_start[3])
{
  static const int      axis[3] = { 0, 1, 2 };
  static const gboolean flip[3] = { FALSE, FALSE, FALSE };
  const gint32         *dims = sag_volume_get_geometry (volume)->dims;
  gint64                stride[3];
  SagAreaAxis           axes[3];
  float                *input = input_new (recipe);

  plan_pooling (recipe, axis, flip, box_start, dims, axes, stride);
  sag_area_pool (axes, 0, axes[2].n_out, sag_volume_get_int16 (volume), 0, dims[0], dims[1], stride,
                 input);
  clear_axes (axes);
  return input;
}

typedef struct
{
  const gint16 *planes;
  gint32        n_i;
  gint32        n_j;
  gint64        stride[3];
  gint16       *out;
} PlaceJob;

static void
place_plane (gsize item, guint worker, gpointer data)
{
  const PlaceJob *job = data;
  const gint16   *row = job->planes + item * job->n_i * job->n_j;

  for (gint32 j = 0; j < job->n_j; j++, row += job->n_i)
    {
      gint16 *out = job->out + job->stride[2] * (gint64) item + job->stride[1] * j;

      for (gint32 i = 0; i < job->n_i; i++)
        out[job->stride[0] * i] = row[i];
    }
}

/* Makes the covered part of @window plane by plane into @voxels, a RAS volume of @kept_dims. */
static gboolean
make_planes (const SagStandard *standard,
             const Window      *window,
             gint16            *voxels,
             GCancellable      *cancellable,
             GError           **error)
{
  const gint32 *dims = standard->kept_dims;
  const gint64  pitch[3] = { 1, dims[0], (gint64) dims[0] * dims[1] };
  g_autoptr (SagResampler) resampler = resampler_new (standard, window, VOLUME_SLAB);
  g_autofree gint16 *planes = g_new (gint16, (gsize) VOLUME_SLAB * window->n[0] * window->n[1]);
  PlaceJob           job = { .planes = planes, .n_i = window->n[0], .n_j = window->n[1] };
  gint64             origin = 0;

  for (int a = 0; a < 3; a++)
    {
      int    s = standard->axis[a];
      gint32 first = window->first[s] - window->start[s];

      job.stride[s] = standard->flip[a] ? -pitch[a] : pitch[a];
      origin += pitch[a] * (standard->flip[a] ? dims[a] - 1 - first : first);
    }
  for (gint32 first = 0; first < window->n[2]; first += VOLUME_SLAB)
    {
      gint32 n = MIN (VOLUME_SLAB, window->n[2] - first);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      sag_resampler_get (resampler, first, n, planes);
      job.out = voxels + origin + job.stride[2] * first;
      sag_pool_run (sag_pool_get_default (), n, place_plane, &job);
    }
  return TRUE;
}

SagVolume *
sag_standard_make_volume (const SagStandard *standard, GCancellable *cancellable, GError **error)
{
  static const double whole[3] = { 1, 1, 1 };
  SagGeometry         grid =
    sag_standard_geometry (standard, standard->kept_start, whole, standard->kept_dims);
  gint64             n_voxels = sag_geometry_n_voxels (&grid);
  g_autofree gint16 *voxels = n_voxels < G_MAXINT32 ? g_try_new (gint16, n_voxels) : NULL;
  Window             window;

  if (voxels == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "At 1 mm the scan has %d x %d x %d voxels, more than Sagitta keeps. Cut the "
                   "scan to the chest",
                   grid.dims[0], grid.dims[1], grid.dims[2]);
      return NULL;
    }
  for (gint64 v = 0; v < n_voxels; v++)
    voxels[v] = AIR_HU;
  if (window_init (&window, standard, standard->kept_start, standard->kept_dims) &&
      !make_planes (standard, &window, voxels, cancellable, error))
    return NULL;
  return sag_volume_new_int16 (&grid, g_steal_pointer (&voxels));
}
