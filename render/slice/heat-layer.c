/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/heat-layer.h"

#include <math.h>

#define OUTLINE_PX 1.5

/* A row of scores, with one pixel before and one after the picture for the outline's slopes. */
typedef struct
{
  int    y;
  int    begin; /* pixels that lie in the grid, counted from pixel -1 */
  int    end;
  float *scores;
} Row;

struct _SagRenderHeatScratch
{
  float            *line;    /* one row of the sheet, between two of its rows */
  SagRenderColumns *columns; /* of a sheared grid */
  Row               rows[3];
  guint16          *coverage;
};

static void
fill_table (SagRenderTable *table, const SagRenderScale *scale)
{
  double   first = sag_render_scale_first (scale), last = sag_render_scale_last (scale);
  gboolean two_sided = scale->map == SAG_RENDER_MAP_DIFFERENCE;
  double   length = last > first ? last - first : 1e-6;

  table->first = (float) first;
  table->per_score = (float) ((SAG_RENDER_TABLE - 1) / length);
  table->above = (float) scale->threshold;
  table->below = two_sided ? (float) -scale->threshold : -INFINITY;
  for (int i = 0; i < SAG_RENDER_TABLE; i++)
    {
      double score = first + length * i / (SAG_RENDER_TABLE - 1);

      if (!two_sided)
        score = MAX (score, scale->threshold);
      table->colours[i] = sag_render_scale_lookup (scale, score);
    }
}

/* The layer's cells in the slice: between the two nearest planes of cells, or one of them. */
static float *
cut_sheet (const SagRenderHeatmap *map, const SagRenderFlat *flat)
{
  const gsize stride[3] = { 1, map->geometry.dims[0],
                            (gsize) map->geometry.dims[0] * map->geometry.dims[1] };
  double      place = CLAMP (flat->through, 0, flat->dims[2] - 1);
  int         plane = (int) (map->raw_cells ? place + 0.5 + SAG_RENDER_INDEX_EPSILON : place);
  float       t = map->raw_cells ? 0 : (float) (place - plane);
  float      *sheet = g_new (float, (gsize) flat->n[0] * flat->n[1]);

  plane = MIN (plane, flat->dims[2] - 1);
  for (int v = 0; v < flat->n[1]; v++)
    for (int u = 0; u < flat->n[0]; u++)
      {
        const float *cell = map->cells + stride[flat->axis[0]] * (u + flat->first[0]) +
                            stride[flat->axis[1]] * (v + flat->first[1]) +
                            stride[flat->axis[2]] * plane;
        float value = cell[0];

        if (t > 0)
          value += (cell[stride[flat->axis[2]]] - value) * t;
        sheet[(gsize) v * flat->n[0] + u] = value;
      }
  return sheet;
}

void
sag_render_heat_layer_init (SagRenderHeatLayer     *layer,
                            const SagRenderHeatmap *map,
                            const SagRenderSlice   *slice)
{
  const gint32 *dims = map->geometry.dims;

  *layer =
    (SagRenderHeatLayer){ .map = map, .kernels = sag_render_kernels_get (), .width = slice->width };
  g_return_if_fail (map->cells != NULL && dims[0] > 0 && dims[1] > 0 && dims[2] > 0);
  g_return_if_fail (sag_geometry_n_voxels (&map->geometry) <= G_MAXINT32);

  if (map->scale.opacity <= 0 || !sag_render_slice_steps (slice, &map->geometry, &layer->steps))
    return;
  layer->outline_px = map->outline && !map->raw_cells ? (float) (OUTLINE_PX * slice->scale) : 0;
  layer->is_flat =
    sag_render_flat_init (&layer->flat, &layer->steps, dims, slice->width, slice->height);
  if (layer->is_flat && !sag_render_flat_sees (&layer->flat))
    return;
  layer->visible = TRUE;
  layer->table = g_new (SagRenderTable, 1);
  fill_table (layer->table, &map->scale);
  if (!layer->is_flat)
    return;
  layer->sheet = cut_sheet (map, &layer->flat);
  layer->columns = sag_render_columns_new (slice->width + 2);
  sag_render_columns_fill (layer->columns, &layer->flat, -1, slice->width + 2, 0, !map->raw_cells);
}

void
sag_render_heat_layer_clear (SagRenderHeatLayer *layer)
{
  g_free (layer->table);
  g_free (layer->sheet);
  sag_render_columns_free (layer->columns);
}

SagRenderHeatScratch *
sag_render_heat_scratch_new (const SagRenderHeatLayer *layer)
{
  SagRenderHeatScratch *scratch = g_new0 (SagRenderHeatScratch, 1);

  scratch->line = g_new (float, layer->is_flat ? layer->flat.n[0] + 1 : 1);
  if (layer->is_flat && layer->flat.shear != 0)
    scratch->columns = sag_render_columns_new (layer->width + 2);
  for (int i = 0; i < 3; i++)
    scratch->rows[i] = (Row){ G_MININT, 0, 0, g_new (float, layer->width + 2) };
  scratch->coverage = g_new (guint16, layer->width);
  return scratch;
}

void
sag_render_heat_scratch_free (SagRenderHeatScratch *scratch)
{
  if (scratch == NULL)
    return;
  g_free (scratch->line);
  sag_render_columns_free (scratch->columns);
  for (int i = 0; i < 3; i++)
    g_free (scratch->rows[i].scores);
  g_free (scratch->coverage);
  g_free (scratch);
}

static gboolean
can_be_seen (const SagRenderTable *table, float score)
{
  return score >= table->above || score <= table->below;
}

/* Narrows the pixels to those beside a sample that can be seen: what lies between others cannot
 * be. / */
static void
narrow (const SagRenderTable   *table,
        const float            *line,
        int                     n,
        const SagRenderColumns *columns,
        int                    *begin,
        int                    *end)
{
  int first = 0, last = n - 1;

  while (first < n && !can_be_seen (table, line[first]))
    first++;
  while (last > first && !can_be_seen (table, line[last]))
    last--;
  while (*begin < *end && (columns->index[*begin] < first - 1 || columns->index[*begin] > last))
    ++*begin;
  while (*begin < *end && (columns->index[*end - 1] < first - 1 || columns->index[*end - 1] > last))
    --*end;
}

static void
flat_scores (const SagRenderHeatLayer *layer, SagRenderHeatScratch *scratch, Row *row)
{
  const SagRenderFlat    *flat = &layer->flat;
  const SagRenderColumns *columns = layer->columns;
  gboolean                linear = !layer->map->raw_cells;
  float                   t;
  int                     v = sag_render_flat_row (flat, row->y, linear, &t);

  row->begin = row->end = 0;
  if (v < 0)
    return;
  if (scratch->columns != NULL)
    {
      columns = scratch->columns;
      sag_render_columns_fill (scratch->columns, flat, -1, layer->width + 2, row->y, linear);
    }
  row->begin = columns->begin;
  row->end = columns->end;

  const float *a = layer->sheet + (gsize) v * flat->n[0], *b = t > 0 ? a + flat->n[0] : a;

  layer->kernels->lerp_rows (a, b, t, flat->n[0], scratch->line);
  if (layer->outline_px <= 0)
    narrow (layer->table, scratch->line, flat->n[0], columns, &row->begin, &row->end);
  layer->kernels->sample (scratch->line, columns->index + row->begin,
                          columns->fraction + row->begin, row->end - row->begin,
                          row->scores + row->begin);
}

static void
free_scores (const SagRenderHeatLayer *layer, Row *row)
{
  SagRenderSteps shifted = layer->steps;
  float          start[3], step[3];

  for (int a = 0; a < 3; a++)
    shifted.start[a] -= shifted.across[a];
  sag_render_span (&shifted, layer->map->geometry.dims, row->y, layer->width + 2, &row->begin,
                   &row->end);
  for (int a = 0; a < 3; a++)
    {
      start[a] =
        (float) (shifted.start[a] + row->begin * shifted.across[a] + row->y * shifted.down[a]);
      step[a] = (float) shifted.across[a];
    }
  layer->kernels->sample_space (layer->map->cells, layer->map->geometry.dims, start, step,
                                layer->map->raw_cells, row->end - row->begin,
                                row->scores + row->begin);
}

/* The scores of pixel row @y; NaN outside the grid if the outline needs to know. */
static const Row *
get_row (const SagRenderHeatLayer *layer, SagRenderHeatScratch *scratch, int y)
{
  Row *row = &scratch->rows[(y + 3) % 3];

  if (row->y == y)
    return row;
  row->y = y;
  if (layer->is_flat)
    flat_scores (layer, scratch, row);
  else
    free_scores (layer, row);
  if (layer->outline_px > 0)
    for (int x = 0; x < layer->width + 2; x++)
      if (x < row->begin || x >= row->end)
        row->scores[x] = NAN;
  return row;
}

static void
draw_outline (const SagRenderHeatLayer *layer,
              SagRenderHeatScratch     *scratch,
              int                       y,
              float                     level,
              int                       first,
              int                       last,
              guint32                  *pixels)
{
  layer->kernels->contour (get_row (layer, scratch, y - 1)->scores + 1,
                           get_row (layer, scratch, y)->scores + 1,
                           get_row (layer, scratch, y + 1)->scores + 1, layer->width, level,
                           layer->outline_px, scratch->coverage);
  layer->kernels->paint (layer->map->scale.colour, scratch->coverage + first, last - first,
                         pixels + first);
}

void
sag_render_heat_layer_row (const SagRenderHeatLayer *layer,
                           SagRenderHeatScratch     *scratch,
                           int                       y,
                           int                       first,
                           int                       last,
                           guint32                  *pixels)
{
  const SagRenderScale *scale = &layer->map->scale;
  const Row            *row = get_row (layer, scratch, y);
  int                   begin = MAX (row->begin, first + 1), end = MIN (row->end, last + 1);

  if (end > begin)
    layer->kernels->colour (row->scores + begin, end - begin, layer->table, pixels + begin - 1);
  if (layer->outline_px <= 0 || last <= first)
    return;
  draw_outline (layer, scratch, y, (float) scale->threshold, first, last, pixels);
  if (scale->map == SAG_RENDER_MAP_DIFFERENCE)
    draw_outline (layer, scratch, y, (float) -scale->threshold, first, last, pixels);
}
