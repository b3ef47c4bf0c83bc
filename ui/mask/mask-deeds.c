/* SPDX-License-Identifier: Apache-2.0 */

/* What is done to a mask as a whole, or at once: the work of the thread of masks. */

#include "model/core/error.h"
#include "model/mask/islands.h"
#include "model/mask/region.h"
#include "model/mask/shape.h"
#include "ui/mask/mask-task.h"
#include "ui/mask/masks-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Parts below this are what a hand leaves by mistake. */
#define SMALL_ML 0.1

/**
 * What the thread needs, all kinds together.
 * @kind: of deed
 * @amount: mm
 * @points: of an outline, see sag_polygon_fill(); of a region its seed
 */
typedef struct
{
  SagUiDeed        kind;
  double           amount;
  int              axis;
  gint32           from;
  gint32           to;
  SagMaskMode      mode;
  SagMaskLimits    limits;
  SagFlood         flood;
  gint32           seed[3];
  double          *points;
  gsize            n_points;
  SagMask         *other;
  SagMaskOperation operation;
  SagUiOverlay    *overlay;
} Order;

static Order *
order_new (SagUiMasks *self)
{
  Order *order = g_new0 (Order, 1);

  order->limits = sag_ui_masks_get_limits (self);
  if (order->limits.volume != NULL)
    sag_volume_ref (order->limits.volume);
  return order;
}

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->limits.volume, sag_volume_unref);
  g_clear_pointer (&order->other, sag_mask_unref);
  g_clear_object (&order->overlay);
  g_free (order->points);
  g_free (order);
}

static SagMask *
fill_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  Order *order = data;
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);

  sag_polygon_fill (edit, order->mode, &order->limits, order->axis, order->from, order->to,
                    order->points, order->n_points, NULL);
  return sag_mask_edit_snapshot (edit);
}

void
sag_ui_masks_fill_outline (SagUiMasks           *self,
                           const SagRenderSlice *slice,
                           const double         *points_mm,
                           gsize                 n_points,
                           gboolean              cuts)
{
  SagUiCaseMasks    *masks = sag_ui_masks_ready (self);
  const SagGeometry *grid;
  SagUiStoredPlace   place;
  double             ras_to_ijk[3][4];
  Order             *order;

  if (masks == NULL)
    return;
  grid = sag_mask_set_get_geometry (sag_ui_case_masks_get_set (masks));
  if (!sag_geometry_invert (grid, ras_to_ijk))
    return;
  place = sag_ui_stored_place (slice, grid);
  order = order_new (self);
  order->mode = cuts ? SAG_MASK_ERASE : SAG_MASK_PAINT;
  order->axis = place.axis;
  order->from = order->to = place.index;
  order->points = g_new (double, 2 * n_points);
  order->n_points = n_points;
  for (gsize p = 0; p < n_points; p++)
    {
      double ijk[3];

      sag_geometry_apply (ras_to_ijk, points_mm + 3 * p, ijk);
      order->points[2 * p] = ijk[place.axis == 0 ? 1 : 0];
      order->points[2 * p + 1] = ijk[place.axis == 2 ? 1 : 2];
    }
  sag_ui_case_masks_run (masks, cuts ? _ ("Outline cut out") : _ ("Outline filled"), fill_func,
                         order, order_free);
}

static SagMask *
flood_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  Order   *order = data;
  gboolean limited = FALSE;
  g_autoptr (SagMask) region =
    sag_flood (order->limits.volume, &order->flood, order->seed, 1, &limited, cancellable, error);

  if (region == NULL)
    return NULL;
  if (limited)
    {
      char mm[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (mm, sizeof mm, "%.0f", order->flood.radius_mm);
      /* Translators: a distance. */
      *note = g_strdup_printf (
        _ ("The region was stopped %s mm from where it began: it may have leaked."), mm);
    }
  return sag_mask_combine (mask, region, SAG_MASK_UNION, error);
}

void
sag_ui_masks_flood (SagUiMasks           *self,
                    const SagRenderSlice *slice,
                    const double          ras_mm[3],
                    gboolean              in_3d)
{
  SagUiCaseMasks    *masks = sag_ui_masks_ready (self);
  SagVolume         *volume = sag_ui_masks_get_volume (self);
  const SagGeometry *grid;
  double             ras_to_ijk[3][4], ijk[3], value;
  Order             *order;

  if (masks == NULL || volume == NULL)
    return;
  grid = sag_volume_get_geometry (volume);
  if (!sag_geometry_invert (grid, ras_to_ijk))
    return;
  sag_geometry_apply (ras_to_ijk, ras_mm, ijk);
  order = order_new (self);
  for (int a = 0; a < 3; a++)
    {
      order->seed[a] = (gint32) floor (ijk[a] + 0.5 + 1e-9);
      if (order->seed[a] < 0 || order->seed[a] >= grid->dims[a])
        {
          order_free (order);
          return;
        }
    }
  if (order->limits.volume == NULL)
    order->limits.volume = sag_volume_ref (volume);
  value = sag_volume_value (volume, order->seed[0], order->seed[1], order->seed[2]);
  order->flood = (SagFlood){
    .low = self->limits ? order->limits.low : value - self->tolerance,
    .high = self->limits ? order->limits.high : value + self->tolerance,
    .radius_mm = self->reach_mm,
    .axis = in_3d ? -1 : sag_ui_stored_place (slice, grid).axis,
  };
  sag_ui_case_masks_run (masks, _ ("Region grown"), flood_func, order, order_free);
}

static SagMask *
deed_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  const Order *order = data;

  switch (order->kind)
    {
    case SAG_UI_DEED_GROW:
      return sag_mask_grow (mask, order->amount, cancellable, error);
    case SAG_UI_DEED_SHRINK:
      return sag_mask_shrink (mask, order->amount, cancellable, error);
    case SAG_UI_DEED_SMOOTH:
      return sag_mask_smooth (mask, order->amount, cancellable, error);
    case SAG_UI_DEED_LARGEST:
      return sag_mask_keep_largest (mask, 1, TRUE);
    case SAG_UI_DEED_DROP_SMALL:
      return sag_mask_remove_small (mask, SMALL_ML, TRUE);
    case SAG_UI_DEED_FILL_HOLES:
      return sag_mask_fill_holes (mask);
    case SAG_UI_DEED_CLEAR:
    default:
      return sag_mask_new (sag_mask_get_geometry (mask));
    }
}

static const char *
deed_title (SagUiDeed deed)
{
  switch (deed)
    {
    case SAG_UI_DEED_GROW:
      return _ ("Mask grown");
    case SAG_UI_DEED_SHRINK:
      return _ ("Mask shrunk");
    case SAG_UI_DEED_SMOOTH:
      return _ ("Mask smoothed");
    case SAG_UI_DEED_LARGEST:
      return _ ("Largest part kept");
    case SAG_UI_DEED_DROP_SMALL:
      return _ ("Small parts removed");
    case SAG_UI_DEED_FILL_HOLES:
      return _ ("Holes filled");
    case SAG_UI_DEED_CLEAR:
    default:
      return _ ("Mask emptied");
    }
}

void
sag_ui_masks_do (SagUiMasks *self, SagUiDeed deed)
{
  SagUiCaseMasks *masks = sag_ui_masks_get_current (self);
  Order          *order;

  if (masks == NULL)
    return;
  order = order_new (self);
  order->kind = deed;
  order->amount = self->distance_mm;
  sag_ui_case_masks_run (masks, deed_title (deed), deed_func, order, order_free);
}

static SagMask *
interpolate_func (
  SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  return sag_mask_interpolate (mask, ((Order *) data)->axis, cancellable, error);
}

void
sag_ui_masks_interpolate (SagUiMasks *self, int axis)
{
  Order *order;

  if (self->current == NULL)
    return;
  order = order_new (self);
  order->axis = axis;
  sag_ui_case_masks_run (self->current, _ ("Slices interpolated"), interpolate_func, order,
                         order_free);
}

static SagMask *
copy_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  const Order *order = data;

  return sag_mask_copy_slice (mask, order->axis, order->from, order->to, error);
}

void
sag_ui_masks_copy_slice (SagUiMasks *self, const SagUiStoredPlace *from, int n_slices)
{
  Order *order;

  if (self->current == NULL)
    return;
  order = order_new (self);
  order->axis = from->axis;
  order->from = from->index;
  order->to = from->index + from->step * n_slices;
  sag_ui_case_masks_run (self->current, _ ("Slice copied"), copy_func, order, order_free);
}

static SagMask *
combine_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  const Order *order = data;

  return sag_mask_combine (mask, order->other, order->operation, error);
}

void
sag_ui_masks_combine (SagUiMasks *self, const char *other, SagMaskOperation operation)
{
  SagMaskSet *set = self->current != NULL ? sag_ui_case_masks_get_set (self->current) : NULL;
  const int   index = set != NULL && other != NULL ? sag_mask_set_find (set, other) : -1;
  Order      *order;

  if (index < 0 || index == sag_ui_case_masks_get_active_index (self->current))
    return;
  order = order_new (self);
  order->other = sag_mask_ref (sag_mask_set_get_mask (set, (guint) index));
  order->operation = operation;
  sag_ui_case_masks_run (self->current, _ ("Masks combined"), combine_func, order, order_free);
}

/* Trilinear between cell centres, constant in the outer half cells; NaN outside. */
static float
score_at (const SagRenderHeatmap *map, const double at[3])
{
  const gint32 *dims = map->geometry.dims;
  gsize         low[3], high[3];
  double        part[3], sum = 0;

  for (int a = 0; a < 3; a++)
    {
      const double clamped = CLAMP (at[a], 0, dims[a] - 1);

      if (at[a] < -0.5 || at[a] > dims[a] - 0.5)
        return NAN;
      low[a] = (gsize) clamped;
      high[a] = MIN (low[a] + 1, (gsize) dims[a] - 1);
      part[a] = clamped - (double) low[a];
    }
  for (int corner = 0; corner < 8; corner++)
    {
      const gsize i = corner & 1 ? high[0] : low[0], j = corner & 2 ? high[1] : low[1],
                  k = corner & 4 ? high[2] : low[2];
      const double weight = (corner & 1 ? part[0] : 1 - part[0]) *
                            (corner & 2 ? part[1] : 1 - part[1]) *
                            (corner & 4 ? part[2] : 1 - part[2]);

      if (weight > 0)
        sum += weight * map->cells[i + (gsize) dims[0] * (j + (gsize) dims[1] * k)];
    }
  return (float) sum;
}

static SagMask *
map_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  const Order           *order = data;
  const SagRenderHeatmap map = sag_ui_overlay_get_heatmap (order->overlay);
  const SagGeometry     *grid = sag_mask_get_geometry (mask);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);
  double ras_to_cell[3][4], to_cell[3][4];

  if (!sag_geometry_invert (&map.geometry, ras_to_cell))
    return NULL;
  sag_geometry_compose (ras_to_cell, grid->ijk_to_ras, to_cell);
  for (gint32 k = 0; k < grid->dims[2]; k++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      for (gint32 j = 0; j < grid->dims[1]; j++)
        for (gint32 i = 0, first = -1; i <= grid->dims[0]; i++)
          {
            double   at[3];
            gboolean in = FALSE;

            if (i < grid->dims[0])
              {
                sag_geometry_apply (to_cell, (const double[]){ i, j, k }, at);
                in = score_at (&map, at) >= map.scale.threshold;
              }
            if (in && first < 0)
              first = i;
            else if (!in && first >= 0)
              {
                sag_mask_edit_span (edit, SAG_MASK_PAINT_AS_MODEL, &order->limits, first, i - 1, j,
                                    k);
                first = -1;
              }
          }
    }
  return sag_mask_edit_snapshot (edit);
}

void
sag_ui_masks_from_map (SagUiMasks *self, SagUiOverlay *overlay)
{
  SagUiCaseMasks   *masks = sag_ui_masks_make_current (self);
  const SagTaskRow *task;
  Order            *order;

  if (masks == NULL)
    return;
  if (!self->limits)
    {
      /* The cells are centimetres wide. */
      sag_ui_session_say (self->session,
                          _ ("A map alone is too coarse: set limits of values first."));
      return;
    }
  order = order_new (self);
  order->overlay = g_object_ref (overlay);
  task = sag_ui_masks_find_task (self, sag_ui_overlay_get_label (overlay));
  sag_ui_case_masks_run_new (masks, sag_ui_overlay_get_label (overlay),
                             task != NULL ? task->key : NULL, map_func, order, order_free);
}
