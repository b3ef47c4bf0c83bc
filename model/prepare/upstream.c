/* SPDX-License-Identifier: Apache-2.0 */
/* Recipe `upstream`: what howchihlee/uniferum, img_utils/standardize_nii.py, does with nilearn's
 * resample_img.
 *
 *   1. the largest 26-connected component of HU >= -148.43 (soft-tissue window scaled to uint8,
 *      above 0)
 *   2. a box symmetric about its centroid, rounded half to even, that holds it, clamped to the scan
 *   3. with a lung mask: stored k axis from the first lung slice up to, without, the last
 *   4. cubic resampling to 1 mm along the stored axes; ceil ((n - 1) spacing) + 1 voxels, so that
 *      the last of an axis usually lies beyond the last voxel's centre and is filled with 0 HU
 *   5. clip to the range of the box's values and 0, to float32, truncate, clip to +-1000; then
 *      reorder to RAS
 *
 * Spacings pass through the header's float32, and the last voxel's place through the affine's
 * inverse: both decide by their last bit whether a voxel is filled, so the same products are
 * formed here.
 */
#include "model/core/error.h"
#include "model/core/pool.h"
#include "model/prepare/components.h"
#include "model/prepare/standard.h"

#include <math.h>

#define LIMIT_HU ((float) SAG_STANDARD_LIMIT_HU)
#define BODY_HU SAG_STANDARD_UPSTREAM_BODY_HU

typedef struct
{
  const SagVoxels *voxels;
  float           *low;
  float           *high; /* per worker */
} RangeJob;

static gboolean
find_body (SagVolume *volume, SagComponent *body, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagComponents) components = NULL;
  SagVoxels stored;
  guint32   label;

  sag_volume_view_stored (volume, &stored);
  components =
    sag_components_new_in_range (&stored, BODY_HU, INFINITY, SAG_CONNECT_ALL, cancellable, error);
  if (components == NULL)
    return FALSE;
  if (!sag_components_find_largest (components, &label))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "The scan holds no body: no voxel reaches %.0f HU. Check that it is a CT in "
                   "Hounsfield units",
                   ceil (BODY_HU));
      return FALSE;
    }
  sag_components_measure (components, label, body);
  return TRUE;
}

static void
symmetric_box (const SagComponent *body, const gint32 dims[3], gint32 low[3], gint32 high[3])
{
  for (int a = 0; a < 3; a++)
    {
      gint32 centre = (gint32) rint ((double) body->index_sum[a] / (double) body->n_voxels);
      gint32 reach = MAX (centre - body->low[a], body->high[a] - centre);

      low[a] = MAX (centre - reach, 0);
      high[a] = MIN (centre + reach, dims[a]);
    }
}

static gboolean
cut_to_lungs (const gint32 slices[2], gint32 low[3], gint32 high[3], GError **error)
{
  low[2] = MAX (low[2], slices[0]);
  high[2] = MIN (high[2], slices[1]);
  if (low[2] < high[2])
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "The lung mask leaves no slice of the body: its lungs lie in slices %d to %d. "
               "Check that mask and scan belong together",
               slices[0], slices[1]);
  return FALSE;
}

/* Steps along an axis that lies along one patient axis, formed like LAPACK's inverse of such an
 * affine. */
static void
plan_straight_axis (SagStandard *standard, int a, double element, float spacing)
{
  gint32 n = standard->source.geometry.dims[a];
  double scaled = element * (1.0 / (double) spacing);

  standard->step[a] = (1.0 / element) * scaled;
  standard->dims[a] = (gint32) ceil ((1.0 / scaled) * element * (n - 1)) + 1;
}

static void
plan_axis (SagStandard *standard, int a, gboolean straight, double element)
{
  gint32 n = standard->source.geometry.dims[a];
  double spacing[3];

  sag_geometry_spacing_mm (&standard->source.geometry, spacing);
  if (straight)
    {
      plan_straight_axis (standard, a, element, (float) spacing[a]);
      return;
    }
  standard->step[a] = 1.0 / (double) (float) spacing[a];
  standard->dims[a] = (gint32) ceil ((double) (float) spacing[a] * (n - 1) - standard->slack) + 1;
}

static void
plan_grid (SagStandard *standard)
{
  const SagGeometry *source = &standard->source.geometry;
  gboolean           straight = TRUE;
  double             element[3] = { 0 };

  for (int a = 0; a < 3; a++)
    {
      int n_elements = 0;

      for (int r = 0; r < 3; r++)
        if (source->ijk_to_ras[r][a] != 0)
          {
            element[a] = source->ijk_to_ras[r][a];
            n_elements++;
          }
      straight &= n_elements == 1;
    }
  standard->slack = straight ? 0 : 1e-9;
  for (int a = 0; a < 3; a++)
    plan_axis (standard, a, straight, element[a]);
}

static void
int16_range (const gint16 *row, gint32 n, float *low, float *high)
{
  gint16 least = row[0], most = row[0];

  for (gint32 i = 1; i < n; i++)
    {
      least = MIN (least, row[i]);
      most = MAX (most, row[i]);
    }
  *low = MIN (*low, least);
  *high = MAX (*high, most);
}

static void
float_range (const float *row, gint32 n, float *low, float *high)
{
  for (gint32 i = 0; i < n; i++)
    {
      *low = row[i] < *low ? row[i] : *low; /* false for NaN */
      *high = row[i] > *high ? row[i] : *high;
    }
}

/* Widens the worker's range by one plane, unless it is wide enough to change nothing. */
static void
plane_range (gsize item, guint worker, gpointer data)
{
  const RangeJob  *job = data;
  const SagVoxels *v = job->voxels;
  float           *low = &job->low[worker], *high = &job->high[worker];

  for (gint32 j = 0; j < v->geometry.dims[1] && (*low > -LIMIT_HU || *high < LIMIT_HU); j++)
    {
      gint64 start = v->stride[1] * j + v->stride[2] * (gint64) item;

      if (v->scalar == SAG_SCALAR_INT16)
        int16_range ((const gint16 *) v->origin + start, v->geometry.dims[0], low, high);
      else
        float_range ((const float *) v->origin + start, v->geometry.dims[0], low, high);
    }
}

/* Range of the box's values and 0, within +-1000. */
static void
plan_clip (SagStandard *standard)
{
  SagPool          *pool = sag_pool_get_default ();
  guint             n_threads = sag_pool_get_n_threads (pool);
  g_autofree float *low = g_new0 (float, n_threads), *high = g_new0 (float, n_threads);
  RangeJob          job = { &standard->source, low, high };

  sag_pool_run (pool, standard->source.geometry.dims[2], plane_range, &job);
  standard->low = standard->high = 0;
  for (guint w = 0; w < n_threads; w++)
    {
      standard->low = MIN (standard->low, low[w]);
      standard->high = MAX (standard->high, high[w]);
    }
  standard->low = MAX (standard->low, -LIMIT_HU);
  standard->high = MIN (standard->high, LIMIT_HU);
}

gboolean
sag_standard_upstream_box (SagStandard        *standard,
                           const SagVoxels    *stored,
                           const SagRecipe    *recipe,
                           const SagComponent *body,
                           const gint32        slices[2],
                           GError            **error)
{
  gint32 low[3], high[3];

  symmetric_box (body, stored->geometry.dims, low, high);
  if (slices != NULL && !cut_to_lungs (slices, low, high, error))
    return FALSE;
  *standard = (SagStandard){
    .truncate = TRUE, .fill = 0, .source_low = G_MININT16, .source_high = G_MAXINT16
  };
  sag_standard_keep (standard, stored, low, high);
  plan_grid (standard);
  for (int a = 0; a < 3; a++)
    {
      gint32 n = standard->dims[standard->axis[a]];

      standard->box_start[a] = sag_standard_centre (n, recipe->box_mm[a]);
      standard->kept_dims[a] = n;
    }
  return TRUE;
}

gboolean
sag_standard_upstream (SagStandard       *standard,
                       SagVolume         *volume,
                       const SagRecipe   *recipe,
                       const SagLungMask *lungs,
                       GCancellable      *cancellable,
                       GError           **error)
{
  SagComponent body;
  SagVoxels    stored;
  gint32       slices[2];

  if (!find_body (volume, &body, cancellable, error))
    return FALSE;
  sag_volume_view_stored (volume, &stored);
  if (lungs != NULL)
    sag_lung_mask_get_slices (lungs, 2, &slices[0], &slices[1]);
  if (!sag_standard_upstream_box (standard, &stored, recipe, &body, lungs != NULL ? slices : NULL,
                                  error))
    return FALSE;
  plan_clip (standard);
  return TRUE;
}
