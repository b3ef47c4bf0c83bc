/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/surfaces.h"

#include "render/scene/body.h"

#include <string.h>

#define BODY_STEP_MM 3.0
#define LABEL_STEP_MM 2.0
#define LEVEL 0.5f /* of the share of a label */

/* Regions of up to this many voxels in their box are cut at full resolution. */
#define FINE_VOXELS (64 * 64 * 64)

static SagRenderMesh *
contour_or_cancel (SagRenderField *field, double level, GCancellable *cancellable, GError **error)
{
  if (field == NULL)
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    }
  return sag_render_mesh_contour (field, level, cancellable, error);
}

SagRenderMesh *
sag_render_body_mesh (const SagVolume *volume, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagRenderField) field = sag_render_body_field (volume, BODY_STEP_MM, cancellable);

  return contour_or_cancel (field, SAG_RENDER_SKIN_HU, cancellable, error);
}

#define N_LABELS 65536

/* Labels of any type, read one at a time. */
typedef struct
{
  SagGeometry geometry;
  enum
  {
    LABELS_UINT8,
    LABELS_UINT16,
    LABELS_INT16,
    LABELS_FLOAT,
  } type;
  const void *labels;
} Labels;

/* The label of a voxel; what a volume holds is 1 wherever it is not 0. */
static inline guint
labels_get (const Labels *labels, gsize at)
{
  switch (labels->type)
    {
    case LABELS_UINT8:
      return ((const guint8 *) labels->labels)[at];
    case LABELS_UINT16:
      return ((const guint16 *) labels->labels)[at];
    case LABELS_INT16:
      return ((const gint16 *) labels->labels)[at] > 0;
    default:
      return ((const float *) labels->labels)[at] > 0.5f;
    }
}

static void
box_add (SagRenderLabelBox *box, gint32 i, gint32 j, gint32 k)
{
  const gint32 here[3] = { i, j, k };

  for (int a = 0; a < 3; a++)
    {
      box->low[a] = box->label != 0 ? MIN (box->low[a], here[a]) : here[a];
      box->high[a] = box->label != 0 ? MAX (box->high[a], here[a]) : here[a];
    }
}

static GArray *
labels_boxes (const Labels *labels, GCancellable *cancellable)
{
  const gint32                 *dims = labels->geometry.dims;
  g_autofree SagRenderLabelBox *boxes = g_new0 (SagRenderLabelBox, N_LABELS);
  GArray                       *found = g_array_new (FALSE, FALSE, sizeof *boxes);
  gsize                         at = 0;

  for (gint32 k = 0; k < dims[2] && !g_cancellable_is_cancelled (cancellable); k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++, at++)
        {
          guint label = labels_get (labels, at);

          if (label == 0)
            continue;
          box_add (&boxes[label], i, j, k);
          boxes[label].label = label;
        }
  for (guint label = 1; label < N_LABELS; label++)
    if (boxes[label].label != 0)
      g_array_append_val (found, boxes[label]);
  return found;
}

/* Blocks of a cut-out of the grid, of which nothing is known yet. */
static SagRenderField *
empty_field (const SagGeometry *geometry, const SagRenderLabelBox *box, const gint32 factor[3])
{
  const double    corner[3] = { box->low[0], box->low[1], box->low[2] };
  SagGeometry     cut = *geometry;
  double          origin[3];
  SagRenderField *field;

  sag_geometry_to_ras (geometry, corner, origin);
  for (int a = 0; a < 3; a++)
    {
      cut.dims[a] = box->high[a] - box->low[a] + 1;
      cut.ijk_to_ras[a][3] = origin[a];
    }
  cut = sag_geometry_coarsen (&cut, factor);
  field = sag_render_field_new (&cut);
  memset (field->values, 0, sizeof (float) * sag_render_field_n (field));
  return field;
}

/* The blocks of row @j, @k of the cut-out. */
static float *
field_row (const SagRenderField *field, const gint32 factor[3], gint32 j, gint32 k)
{
  const gint32 *dims = field->geometry.dims;

  return field->values + ((gsize) (k / factor[2]) * dims[1] + j / factor[1]) * dims[0];
}

/* The share of hits in each block of a cut-out of the grid. */
static SagRenderField *
labels_field (const Labels            *labels,
              const SagRenderLabelBox *box,
              const gint32             factor[3],
              GCancellable            *cancellable)
{
  const gint32 *low = box->low, *high = box->high;
  const gsize   row = labels->geometry.dims[0], plane = row * labels->geometry.dims[1];
  g_autoptr (SagRenderField) field = empty_field (&labels->geometry, box, factor);

  for (gint32 k = 0; k <= high[2] - low[2]; k++)
    {
      if (g_cancellable_is_cancelled (cancellable))
        return NULL;
      for (gint32 j = 0; j <= high[1] - low[1]; j++)
        {
          gsize  from = low[0] + (j + low[1]) * row + (k + low[2]) * plane;
          float *to = field_row (field, factor, j, k);

          for (gint32 i = 0; i <= high[0] - low[0]; i++)
            if (labels_get (labels, from + i) == box->label)
              to[i / factor[0]] += 1.0f / (factor[0] * factor[1] * factor[2]);
        }
    }
  return g_steal_pointer (&field);
}

/* Voxels that are wholly of the label stay within its surface, be they ever so few: smoothing alone would make thin and
 * small things vanish. @smooth is @field with two voxels more on either side. */
static void
keep_small (SagRenderField *smooth, const SagRenderField *field)
{
  const gint32 *dims = field->geometry.dims, *wide = smooth->geometry.dims;
  const float  *share = field->values;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      {
        float *to = smooth->values + 2 + wide[0] * (j + 2 + (gsize) wide[1] * (k + 2));

        for (gint32 i = 0; i < dims[0]; i++, share++)
          to[i] = MAX (to[i], 1.1f * LEVEL * *share);
      }
}

static void
choose_factor (const SagGeometry *geometry, const SagRenderLabelBox *box, gint32 factor[3])
{
  gsize n = 1;

  for (int a = 0; a < 3; a++)
    {
      n *= box->high[a] - box->low[a] + 1;
      factor[a] = 1;
    }
  if (n > FINE_VOXELS)
    sag_render_block_factor (geometry, LABEL_STEP_MM, factor);
}

/* The surface of what fills half of its surroundings. @field: (nullable): NULL: cancelled */
static SagRenderMesh *
shares_mesh (const SagRenderField *field,
             guint                 n_passes,
             gboolean              keep,
             GCancellable         *cancellable,
             GError              **error)
{
  g_autoptr (SagRenderField) padded = NULL;
  g_autoptr (SagRenderField) smooth = NULL;

  if (field == NULL)
    return contour_or_cancel (NULL, 0, cancellable, error);
  padded = sag_render_field_pad (field, 3, 0);
  /* What is smoothed must fall to nothing before the border. */
  smooth = sag_render_field_pad (padded, 3, 0);
  sag_render_field_smooth (smooth, n_passes, cancellable);
  if (keep)
    keep_small (smooth, field);
  return contour_or_cancel (smooth, LEVEL, cancellable, error);
}

static SagRenderMesh *
labels_mesh (const Labels            *labels,
             const SagRenderLabelBox *box,
             guint                    n_passes,
             gboolean                 keep,
             GCancellable            *cancellable,
             GError                 **error)
{
  gint32 factor[3];
  g_autoptr (SagRenderField) field = NULL;

  choose_factor (&labels->geometry, box, factor);
  field = labels_field (labels, box, factor, cancellable);
  return shares_mesh (field, n_passes, keep, cancellable, error);
}

SagRenderMesh *
sag_render_lungs_mesh (const SagVolume *mask, GCancellable *cancellable, GError **error)
{
  gboolean     is_int = sag_volume_get_scalar (mask) == SAG_SCALAR_INT16;
  const Labels labels = {
    .geometry = *sag_volume_get_geometry (mask),
    .type = is_int ? LABELS_INT16 : LABELS_FLOAT,
    .labels = is_int ? (const void *) sag_volume_get_int16 (mask) : sag_volume_get_float (mask),
  };
  g_autoptr (GArray) boxes = labels_boxes (&labels, cancellable);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (boxes->len == 0)
    return sag_render_mesh_new_take (0, NULL, NULL, 0, NULL);
  return labels_mesh (&labels, &g_array_index (boxes, SagRenderLabelBox, 0), 2, FALSE, cancellable,
                      error);
}

static Labels
labels_of_mask (const SagRenderMask *mask)
{
  return (Labels){
    .geometry = mask->geometry,
    .type = mask->type == SAG_RENDER_LABELS_UINT8 ? LABELS_UINT8 : LABELS_UINT16,
    .labels = mask->labels,
  };
}

GArray *
sag_render_label_boxes (const SagRenderMask *mask, GCancellable *cancellable)
{
  const Labels labels = labels_of_mask (mask);
  g_autoptr (GArray) boxes = labels_boxes (&labels, cancellable);

  return g_cancellable_is_cancelled (cancellable) ? NULL : g_steal_pointer (&boxes);
}

SagRenderMesh *
sag_render_label_mesh (const SagRenderMask     *mask,
                       const SagRenderLabelBox *box,
                       GCancellable            *cancellable,
                       GError                 **error)
{
  const Labels labels = labels_of_mask (mask);

  return labels_mesh (&labels, box, 1, TRUE, cancellable, error);
}

/* Adds the voxels of brick @place of the mask to the blocks that begin at @low. */
static void
add_brick (SagRenderField *field,
           const SagBrick *brick,
           const gint32    place[3],
           const gint32    low[3],
           const gint32    factor[3])
{
  const float share = 1.0f / (float) (factor[0] * factor[1] * factor[2]);
  gint32      from[3];

  for (int a = 0; a < 3; a++)
    from[a] = place[a] * SAG_BRICK_SIDE - low[a];
  for (gint32 r = 0; r < SAG_BRICK_ROWS; r++)
    {
      float *to;

      if (brick->rows[r] == 0)
        continue;
      to = field_row (field, factor, from[1] + r % SAG_BRICK_SIDE, from[2] + r / SAG_BRICK_SIDE);
      for (guint32 rest = brick->rows[r]; rest != 0; rest &= rest - 1)
        to[(from[0] + __builtin_ctz (rest)) / factor[0]] += share;
    }
}

static SagRenderField *
voxels_field (const SagMask           *voxels,
              const SagRenderLabelBox *box,
              const gint32             factor[3],
              GCancellable            *cancellable)
{
  gint32 dims[3];
  g_autoptr (SagRenderField) field = empty_field (sag_mask_get_geometry (voxels), box, factor);

  sag_mask_get_brick_dims (voxels, dims);
  for (gsize b = 0; b < sag_mask_get_n_bricks (voxels); b++)
    {
      const SagBrick *brick = sag_mask_get_brick (voxels, b);
      const gint32    place[3] = {
           (gint32) (b % (gsize) dims[0]),
           (gint32) (b / (gsize) dims[0] % (gsize) dims[1]),
           (gint32) (b / (gsize) dims[0] / (gsize) dims[1]),
      };

      if (g_cancellable_is_cancelled (cancellable))
        return NULL;
      if (brick != NULL)
        add_brick (field, brick, place, box->low, factor);
    }
  return g_steal_pointer (&field);
}

SagRenderMesh *
sag_render_voxels_mesh (const SagMask *voxels, GCancellable *cancellable, GError **error)
{
  SagRenderLabelBox box = { .label = 1 };
  SagMaskBox        extent;
  gint32            factor[3];
  g_autoptr (SagRenderField) field = NULL;

  if (!sag_mask_get_extent (voxels, &extent))
    return sag_render_mesh_new_take (0, NULL, NULL, 0, NULL);
  for (int a = 0; a < 3; a++)
    {
      box.low[a] = extent.first[a];
      box.high[a] = extent.end[a] - 1;
    }
  choose_factor (sag_mask_get_geometry (voxels), &box, factor);
  field = voxels_field (voxels, &box, factor, cancellable);
  return shares_mesh (field, 1, TRUE, cancellable, error);
}
