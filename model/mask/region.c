/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/region.h"

#include "model/core/error.h"
#include "model/mask/mask-private.h"
#include "model/mask/statistics.h"

#include <math.h>

/* Spans along i, taken from a queue, first come first served: the region grows evenly, so that a
 * limit keeps what is near the seeds. */

typedef struct
{
  gint32 i, j, k;
} Place;

typedef struct
{
  const SagVolume   *volume;
  const SagGeometry *grid;
  const SagFlood    *flood;
  SagMaskEdit       *edit;
  SagMask           *region; /* what edit changes */
  double             seed_mm[3];
  gint64             n_left;
  gboolean           limited;
  GQueue             places;
} Growth;

static gboolean
is_allowed (Growth *growth, gint32 i, gint32 j, gint32 k)
{
  const SagFlood *flood = growth->flood;
  const float     value = sag_volume_value (growth->volume, i, j, k);

  if (!(value >= flood->low && value <= flood->high) ||
      (flood->within != NULL && !sag_mask_get (flood->within, i, j, k)) ||
      (flood->outside != NULL && sag_mask_get (flood->outside, i, j, k)))
    return FALSE;
  if (flood->radius_mm > 0)
    {
      double ras[3], d2 = 0;

      sag_geometry_to_ras (growth->grid, (double[]){ i, j, k }, ras);
      for (int c = 0; c < 3; c++)
        d2 += (ras[c] - growth->seed_mm[c]) * (ras[c] - growth->seed_mm[c]);
      if (d2 > flood->radius_mm * flood->radius_mm)
        {
          growth->limited = TRUE;
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
is_new (Growth *growth, gint32 i, gint32 j, gint32 k)
{
  return !sag_mask_get (growth->region, i, j, k) && is_allowed (growth, i, j, k);
}

/* Begins of the new spans of row (j, k) that touch first..last. */
static void
look_at_row (Growth *growth, gint32 first, gint32 last, gint32 j, gint32 k)
{
  gboolean inside = FALSE;

  if (j < 0 || k < 0 || j >= growth->grid->dims[1] || k >= growth->grid->dims[2])
    return;
  for (gint32 i = MAX (first, 0); i <= MIN (last, growth->grid->dims[0] - 1); i++)
    {
      const gboolean now = is_new (growth, i, j, k);

      if (now && !inside)
        {
          Place *place = g_new (Place, 1);

          *place = (Place){ i, j, k };
          g_queue_push_tail (&growth->places, place);
        }
      inside = now;
    }
}

static void
look_around (Growth *growth, gint32 first, gint32 last, gint32 j, gint32 k)
{
  const int axis = growth->flood->axis, reach = growth->flood->corners ? 1 : 0;

  for (gint32 dk = -1; dk <= 1; dk++)
    for (gint32 dj = -1; dj <= 1; dj++)
      if ((dj != 0 || dk != 0) && (growth->flood->corners || dj == 0 || dk == 0) &&
          !(axis == 1 && dj != 0) && !(axis == 2 && dk != 0))
        look_at_row (growth, first - (axis == 0 ? 0 : reach), last + (axis == 0 ? 0 : reach),
                     j + dj, k + dk);
}

static void
take (Growth *growth, const Place *place)
{
  gint32 first = place->i, last = place->i;

  if (!is_new (growth, place->i, place->j, place->k))
    return;
  while (growth->flood->axis != 0 && first > 0 && is_new (growth, first - 1, place->j, place->k))
    first--;
  while (growth->flood->axis != 0 && last + 1 < growth->grid->dims[0] &&
         is_new (growth, last + 1, place->j, place->k))
    last++;
  if (last - first + 1 > growth->n_left)
    {
      growth->limited = TRUE;
      last = (gint32) (first + growth->n_left - 1);
    }
  if (last < first)
    return;
  sag_mask_edit_span (growth->edit, SAG_MASK_PAINT, NULL, first, last, place->j, place->k);
  growth->n_left -= last - first + 1;
  look_around (growth, first, last, place->j, place->k);
}

static gint64
most_voxels (const SagGeometry *grid, double volume_ml)
{
  gint64 all = sag_geometry_n_voxels (grid);

  if (!(volume_ml > 0))
    return all;
  volume_ml /= sag_mask_voxel_ml (grid);
  return volume_ml < (double) all ? (gint64) volume_ml : all;
}

static void
plant (Growth *growth, const gint32 *seeds, gsize n_seeds)
{
  gboolean first = TRUE;

  for (gsize s = 0; s < n_seeds; s++, seeds += 3)
    {
      Place *place;

      if (seeds[0] < 0 || seeds[1] < 0 || seeds[2] < 0 || seeds[0] >= growth->grid->dims[0] ||
          seeds[1] >= growth->grid->dims[1] || seeds[2] >= growth->grid->dims[2])
        continue;
      if (first)
        sag_geometry_to_ras (growth->grid, (double[]){ seeds[0], seeds[1], seeds[2] },
                             growth->seed_mm);
      first = FALSE;
      place = g_new (Place, 1);
      *place = (Place){ seeds[0], seeds[1], seeds[2] };
      g_queue_push_tail (&growth->places, place);
    }
}

SagMask *
sag_flood (SagVolume      *volume,
           const SagFlood *flood,
           const gint32   *seeds,
           gsize           n_seeds,
           gboolean       *limited,
           GCancellable   *cancellable,
           GError        **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  g_autoptr (SagMask) empty = sag_mask_new (grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  Growth growth = { .volume = volume, .grid = grid, .flood = flood, .edit = edit };
  gsize  n_taken = 0;

  growth.region = sag_mask_edit_peek (edit);
  growth.n_left = most_voxels (grid, flood->volume_ml);
  g_queue_init (&growth.places);
  plant (&growth, seeds, n_seeds);
  while (!g_queue_is_empty (&growth.places) && growth.n_left > 0)
    {
      g_autofree Place *place = g_queue_pop_head (&growth.places);

      take (&growth, place);
      if (++n_taken % 4096 == 0 && g_cancellable_is_cancelled (cancellable))
        break;
    }
  growth.limited |= growth.n_left == 0 && !g_queue_is_empty (&growth.places);
  g_queue_clear_full (&growth.places, g_free);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (limited != NULL)
    *limited = growth.limited;
  if (!sag_mask_is_empty (growth.region))
    return sag_mask_edit_snapshot (edit);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "Nothing grows from here: no seed lies in the range and its limits.");
  return NULL;
}

SagMask *
sag_mask_new_from_scores (
  const SagVolume *volume, const float *scores, float least, double low, double high)
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  g_autoptr (SagMask) empty = sag_mask_new (grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  const float *score = scores;

  for (gint32 k = 0; k < grid->dims[2]; k++)
    for (gint32 j = 0; j < grid->dims[1]; j++, score += grid->dims[0])
      for (gint32 i = 0; i < grid->dims[0]; i++)
        {
          float hu;

          if (!(score[i] >= least))
            continue;
          hu = sag_volume_value (volume, i, j, k);
          if (hu >= low && hu <= high)
            sag_mask_edit_span (edit, SAG_MASK_PAINT_AS_MODEL, NULL, i, i, j, k);
        }
  return sag_mask_edit_snapshot (edit);
}
