/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/mask-layer.h"

#include <math.h>
#include <string.h>

/* The widest outline, device pixels. */
#define MAX_REACH 12

/* Labels of one row of pixels, from pixel -reach to width + reach. */
typedef struct
{
  int      y;
  int      sheet_row; /* -1 if none */
  int      begin;     /* pixels with a label, counted from pixel -reach */
  int      end;
  guint16 *labels;
} Row;

struct _SagRenderMaskScratch
{
  SagRenderColumns *columns; /* of a sheared grid */
  Row               rows[2 * MAX_REACH + 1];
  guint16          *coverage;
};

static guint16
label_at (const SagRenderMask *mask, gsize index)
{
  if (mask->type == SAG_RENDER_LABELS_UINT8)
    return ((const guint8 *) mask->labels)[index];
  return ((const guint16 *) mask->labels)[index];
}

static int
plane_of (const SagRenderFlat *flat)
{
  return (int) CLAMP (flat->through + 0.5 + SAG_RENDER_INDEX_EPSILON, 0, flat->dims[2] - 1);
}

/* The same of a mask in bricks; NULL if the slice has none of its voxels. */
static guint16 *
cut_bricks (const SagMask *voxels, const SagRenderFlat *flat)
{
  const gint32 *dims = sag_mask_get_geometry (voxels)->dims;
  const int     lower = MIN (flat->axis[0], flat->axis[1]);
  const gsize   n = (gsize) flat->dims[0] * (gsize) flat->dims[1];
  const gsize   stride[2] = { flat->axis[0] == lower ? 1 : (gsize) dims[lower],
                            flat->axis[1] == lower ? 1 : (gsize) dims[lower] };
  g_autofree guint8  *pixels = g_malloc0 (n);
  g_autofree guint16 *sheet = NULL;

  sag_mask_fill_slice (voxels, flat->axis[2], plane_of (flat), 1, pixels);
  if (memchr (pixels, 1, n) == NULL)
    return NULL;
  sheet = g_new (guint16, (gsize) flat->n[0] * flat->n[1]);
  for (int v = 0; v < flat->n[1]; v++)
    {
      const gsize first = stride[1] * (v + flat->first[1]) + stride[0] * flat->first[0];

      for (int u = 0; u < flat->n[0]; u++)
        sheet[(gsize) v * flat->n[0] + u] = pixels[first + stride[0] * u];
    }
  return g_steal_pointer (&sheet);
}

static guint16 *
cut_sheet (const SagRenderMask *mask, const SagRenderFlat *flat)
{
  const gsize stride[3] = { 1, mask->geometry.dims[0],
                            (gsize) mask->geometry.dims[0] * mask->geometry.dims[1] };
  int         plane = plane_of (flat);
  guint16    *sheet = g_new (guint16, (gsize) flat->n[0] * flat->n[1]);

  for (int v = 0; v < flat->n[1]; v++)
    {
      gsize index = stride[flat->axis[0]] * flat->first[0] +
                    stride[flat->axis[1]] * (v + flat->first[1]) + stride[flat->axis[2]] * plane;

      for (int u = 0; u < flat->n[0]; u++)
        sheet[(gsize) v * flat->n[0] + u] = label_at (mask, index + stride[flat->axis[0]] * u);
    }
  return sheet;
}

static int
compare_offsets (gconstpointer a, gconstpointer b)
{
  return ((const SagRenderOffset *) b)->coverage - ((const SagRenderOffset *) a)->coverage;
}

/* A pixel next to a different one is covered wholly; further in, as far as the line still
 * reaches it. */
static void
make_offsets (SagRenderMaskLayer *layer, double line_px)
{
  int reach = (int) CLAMP (ceil (line_px), 0, MAX_REACH);

  layer->offsets = g_new (SagRenderOffset, (2 * reach + 1) * (2 * reach + 1));
  for (int dy = -reach; dy <= reach; dy++)
    for (int dx = -reach; dx <= reach; dx++)
      {
        double coverage = CLAMP (line_px + 1 - hypot (dx, dy), 0, 1) * 255;

        if ((dx != 0 || dy != 0) && coverage >= 1)
          layer->offsets[layer->n_offsets++] = (SagRenderOffset){ dx, dy, (guint16) coverage };
      }
  layer->reach = layer->n_offsets > 0 ? reach : 0;
  qsort (layer->offsets, layer->n_offsets, sizeof *layer->offsets, compare_offsets);
}

static void
make_colours (SagRenderMaskLayer *layer)
{
  const SagRenderMask   *mask = layer->mask;
  const SagRenderColour *colours = mask->colours ? mask->colours : sag_render_answer_colours;
  guint                  n_colours = mask->colours ? mask->n_colours : SAG_RENDER_N_ANSWER_COLOURS;
  guint                  n_labels = mask->type == SAG_RENDER_LABELS_UINT8 ? 0x100 : 0x10000;

  layer->colours = g_new0 (SagRenderColour, n_labels);
  for (guint label = 1, c = 0; label < n_labels; label++, c = c + 1 < n_colours ? c + 1 : 0)
    layer->colours[label] = colours[c];
}

void
sag_render_mask_layer_init (SagRenderMaskLayer   *layer,
                            const SagRenderMask  *mask,
                            const SagRenderSlice *slice)
{
  const gint32 *dims = mask->geometry.dims;

  *layer = (SagRenderMaskLayer){ .mask = mask,
                                 .kernels = sag_render_kernels_get (),
                                 .width = slice->width };
  g_return_if_fail ((mask->labels != NULL || mask->voxels != NULL) && dims[0] > 0 && dims[1] > 0 &&
                    dims[2] > 0);
  g_return_if_fail (mask->colours == NULL || mask->n_colours > 0);

  if (!sag_render_slice_steps (slice, &mask->geometry, &layer->steps))
    return;
  layer->is_flat =
    sag_render_flat_init (&layer->flat, &layer->steps, dims, slice->width, slice->height);
  if (layer->is_flat && !sag_render_flat_sees (&layer->flat))
    return;
  if (layer->is_flat && mask->voxels != NULL)
    layer->sheet = cut_bricks (mask->voxels, &layer->flat);
  if (layer->is_flat && mask->voxels != NULL && layer->sheet == NULL)
    return;
  layer->visible = TRUE;
  make_offsets (layer, mask->outline_px * slice->scale);
  make_colours (layer);
  if (!layer->is_flat)
    return;
  if (layer->sheet == NULL)
    layer->sheet = cut_sheet (mask, &layer->flat);
  layer->columns = sag_render_columns_new (slice->width + 2 * layer->reach);
  sag_render_columns_fill (layer->columns, &layer->flat, -layer->reach,
                           slice->width + 2 * layer->reach, 0, FALSE);
}

void
sag_render_mask_layer_clear (SagRenderMaskLayer *layer)
{
  g_free (layer->sheet);
  g_free (layer->offsets);
  g_free (layer->colours);
  sag_render_columns_free (layer->columns);
}

SagRenderMaskScratch *
sag_render_mask_scratch_new (const SagRenderMaskLayer *layer)
{
  SagRenderMaskScratch *scratch = g_new0 (SagRenderMaskScratch, 1);
  int                   n = layer->width + 2 * layer->reach;

  if (layer->is_flat && layer->flat.shear != 0)
    scratch->columns = sag_render_columns_new (n);
  for (int i = 0; i < 2 * layer->reach + 1; i++)
    scratch->rows[i] = (Row){ .y = G_MININT, .labels = g_new (guint16, n) };
  scratch->coverage = g_new (guint16, layer->width);
  return scratch;
}

void
sag_render_mask_scratch_free (SagRenderMaskScratch *scratch)
{
  if (scratch == NULL)
    return;
  sag_render_columns_free (scratch->columns);
  for (guint i = 0; i < G_N_ELEMENTS (scratch->rows); i++)
    g_free (scratch->rows[i].labels);
  g_free (scratch->coverage);
  g_free (scratch);
}

static void
flat_labels (const SagRenderMaskLayer *layer, SagRenderMaskScratch *scratch, Row *row)
{
  const SagRenderColumns *columns = layer->columns;
  int                     n = layer->width + 2 * layer->reach;
  float                   none;

  row->sheet_row = sag_render_flat_row (&layer->flat, row->y, FALSE, &none);
  row->begin = row->end = 0;
  if (row->sheet_row < 0)
    return;
  if (scratch->columns != NULL)
    {
      columns = scratch->columns;
      sag_render_columns_fill (scratch->columns, &layer->flat, -layer->reach, n, row->y, FALSE);
    }

  const guint16 *line = layer->sheet + (gsize) row->sheet_row * layer->flat.n[0];

  row->begin = columns->begin;
  row->end = columns->end;
  for (int x = row->begin; x < row->end; x++)
    row->labels[x] = line[columns->index[x]];
}

static void
free_labels (const SagRenderMaskLayer *layer, Row *row)
{
  const SagRenderMask *mask = layer->mask;
  const gint32        *dims = mask->geometry.dims;
  SagRenderSteps       shifted = layer->steps;

  for (int a = 0; a < 3; a++)
    shifted.start[a] -= layer->reach * shifted.across[a];
  sag_render_span (&shifted, dims, row->y, layer->width + 2 * layer->reach, &row->begin, &row->end);
  for (int x = row->begin; x < row->end; x++)
    {
      gsize at[3];

      for (int a = 0; a < 3; a++)
        {
          double place = shifted.start[a] + x * shifted.across[a] + row->y * shifted.down[a];

          at[a] = (gsize) CLAMP (place + 0.5 + SAG_RENDER_INDEX_EPSILON, 0, dims[a] - 1);
        }
      row->labels[x] =
        mask->voxels != NULL
          ? sag_mask_get (mask->voxels, (gint32) at[0], (gint32) at[1], (gint32) at[2])
          : label_at (mask, at[0] + dims[0] * (at[1] + dims[1] * at[2]));
    }
}

/* The same sheet row again, as in every enlarged picture: the pixels repeat. */
static gboolean
repeat (const SagRenderMaskLayer   *layer,
        const SagRenderMaskScratch *scratch,
        const Row                  *before,
        Row                        *row)
{
  float none;

  if (!layer->is_flat || scratch->columns != NULL || before->y != row->y - 1 ||
      before->sheet_row < 0 ||
      sag_render_flat_row (&layer->flat, row->y, FALSE, &none) != before->sheet_row)
    return FALSE;
  row->begin = before->begin;
  row->end = before->end;
  row->sheet_row = before->sheet_row;
  memcpy (row->labels, before->labels, (layer->width + 2 * layer->reach) * sizeof *row->labels);
  return TRUE;
}

static const Row *
get_row (const SagRenderMaskLayer *layer, SagRenderMaskScratch *scratch, int y)
{
  int  n_rows = 2 * layer->reach + 1, n = layer->width + 2 * layer->reach;
  Row *row = &scratch->rows[(y + n_rows) % n_rows];

  if (row->y == y)
    return row;
  row->y = y;
  row->sheet_row = -1;
  if (n_rows > 1 && repeat (layer, scratch, &scratch->rows[(y + n_rows - 1) % n_rows], row))
    return row;
  if (layer->is_flat)
    flat_labels (layer, scratch, row);
  else
    free_labels (layer, row);
  memset (row->labels, 0, row->begin * sizeof *row->labels);
  memset (row->labels + row->end, 0, (n - row->end) * sizeof *row->labels);
  while (row->begin < row->end && row->labels[row->begin] == 0)
    row->begin++;
  while (row->begin < row->end && row->labels[row->end - 1] == 0)
    row->end--;
  return row;
}

void
sag_render_mask_layer_row (const SagRenderMaskLayer *layer,
                           SagRenderMaskScratch     *scratch,
                           int                       y,
                           int                       first,
                           int                       last,
                           guint32                  *pixels)
{
  const SagRenderMask *mask = layer->mask;
  const guint16       *around[2 * MAX_REACH + 1] = { NULL };
  const Row           *row;
  int                  begin, end;

  for (int dy = -layer->reach; dy <= layer->reach; dy++)
    around[dy + layer->reach] = get_row (layer, scratch, y + dy)->labels;
  row = get_row (layer, scratch, y);
  begin = MAX (row->begin, first + layer->reach);
  end = MIN (row->end, last + layer->reach);
  if (end <= begin)
    return;
  for (int i = 0; i < 2 * layer->reach + 1; i++)
    around[i] += begin;
  layer->kernels->edges (around + layer->reach, end - begin, layer->offsets, layer->n_offsets,
                         scratch->coverage);
  layer->kernels->paint_labels (row->labels + begin, scratch->coverage, end - begin, layer->colours,
                                (guint32) (CLAMP (mask->fill, 0, 1) * 255 + 0.5),
                                pixels + begin - layer->reach);
}
