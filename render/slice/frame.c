/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/frame.h"

#include "render/slice/box-layer.h"
#include "render/slice/heat-layer.h"
#include "render/slice/kernels.h"
#include "render/slice/mask-layer.h"
#include "render/slice/sheet.h"

#include <math.h>

/* Rows of pixels that one item of work paints. */
#define TILE_ROWS 32

#define RAW_OUTLINE_PX 1.5

/* Everything that a thread writes for itself. */
typedef struct
{
  float                 *line;
  float                 *values;
  SagRenderColumns      *columns; /* of a sheared volume */
  SagRenderHeatScratch **heat;
  SagRenderMaskScratch **mask;
} Scratch;

typedef struct
{
  const SagRenderFrame   *frame;
  const SagRenderSlice   *slice;
  const SagRenderKernels *kernels;
  guint8                 *pixels;
  gsize                   stride_bytes;
  SagRenderFlat           flat;
  SagRenderColumns       *columns;
  float                  *sheet; /* NULL if nothing of the volume is in the picture */
  SagRenderHeatLayer     *heat;
  SagRenderMask          *cell_outlines; /* of raw heatmaps: the first of the mask layers */
  guint                   n_outlines;
  SagRenderMaskLayer     *mask;
  guint                   n_masks;
  gboolean                has_box;
  SagRenderBoxLayer       box;
  Scratch                *scratch; /* one for each worker, filled when it first works */
} Job;

SagRenderFrame
sag_render_frame_init (const SagVolume *volume)
{
  return (SagRenderFrame){ .volume = volume, .window = { 1500, -600 } };
}

SagRenderMask
sag_render_mask_init (const SagGeometry *geometry, SagRenderLabels type, const void *labels)
{
  return (SagRenderMask){
    .labels = labels,
    .type = type,
    .geometry = *geometry,
    .fill = 0.3,
    .outline_px = 1.5,
  };
}

SagRenderMask
sag_render_mask_init_voxels (const SagMask *voxels)
{
  SagRenderMask mask =
    sag_render_mask_init (sag_mask_get_geometry (voxels), SAG_RENDER_LABELS_UINT8, NULL);

  mask.voxels = voxels;
  return mask;
}

/* The slices of the slab around the shown one. */
static void
slab_slices (const SagRenderFrame *frame, const SagRenderSlice *slice, int *first, int *last)
{
  const double (*m)[4] = slice->canonical.ijk_to_ras;
  int    through = slice->axis[2], reach = 0;
  double spacing_mm = 0;

  for (int c = 0; c < 3; c++)
    spacing_mm += m[c][through] * slice->normal[c];
  if (frame->slab != SAG_RENDER_SLAB_NONE && frame->slab_mm > 0)
    reach = (int) MIN (frame->slab_mm / 2 / fabs (spacing_mm) + 1e-6, slice->n_slices);
  *first = MAX (0, slice->index - reach);
  *last = MIN (slice->n_slices - 1, slice->index + reach);
}

static void
cut_volume (Job *job, SagPool *pool)
{
  const SagRenderSlice *slice = job->slice;
  gboolean              linear = !job->frame->nearest;
  SagRenderSteps        steps;
  SagVoxels             voxels;
  int                   first, last;

  sag_volume_view_ras (job->frame->volume, &voxels);
  if (!sag_render_slice_steps (slice, &voxels.geometry, &steps) ||
      !sag_render_flat_init (&job->flat, &steps, voxels.geometry.dims, slice->width,
                             slice->height) ||
      !sag_render_flat_sees (&job->flat))
    return;
  slab_slices (job->frame, slice, &first, &last);
  job->sheet = sag_render_sheet_cut (&voxels, &job->flat, job->frame->slab, first, last, pool);
  job->columns = sag_render_columns_new (slice->width);
  sag_render_columns_fill (job->columns, &job->flat, 0, slice->width, 0, linear);
}

/* Raw cells at or above the threshold as a label volume without a fill. */
static SagRenderMask
cell_outline (const SagRenderHeatmap *map)
{
  gsize         n = (gsize) sag_geometry_n_voxels (&map->geometry);
  guint8       *labels = g_new (guint8, n);
  SagRenderMask mask = sag_render_mask_init (&map->geometry, SAG_RENDER_LABELS_UINT8, labels);

  for (gsize i = 0; i < n; i++)
    labels[i] = sag_render_scale_lookup (&map->scale, map->cells[i]) != 0;
  mask.fill = 0;
  mask.outline_px = RAW_OUTLINE_PX;
  mask.colours = &map->scale.colour;
  mask.n_colours = 1;
  return mask;
}

static void
init_layers (Job *job)
{
  const SagRenderFrame *frame = job->frame;

  job->heat = g_new0 (SagRenderHeatLayer, frame->n_heatmaps);
  job->cell_outlines = g_new0 (SagRenderMask, frame->n_heatmaps);
  job->mask = g_new0 (SagRenderMaskLayer, frame->n_heatmaps + frame->n_masks);
  for (guint i = 0; i < frame->n_heatmaps; i++)
    {
      const SagRenderHeatmap *map = &frame->heatmaps[i];

      sag_render_heat_layer_init (&job->heat[i], map, job->slice);
      if (!job->heat[i].visible || !map->outline || !map->raw_cells)
        continue;
      job->cell_outlines[job->n_outlines] = cell_outline (map);
      sag_render_mask_layer_init (&job->mask[job->n_masks++],
                                  &job->cell_outlines[job->n_outlines++], job->slice);
    }
  for (guint i = 0; i < frame->n_masks; i++)
    sag_render_mask_layer_init (&job->mask[job->n_masks++], &frame->masks[i], job->slice);
  job->has_box =
    frame->box != NULL && sag_render_box_layer_init (&job->box, frame->box, job->slice);
}

static void
clear_layers (Job *job)
{
  for (guint i = 0; i < job->frame->n_heatmaps; i++)
    {
      sag_render_heat_layer_clear (&job->heat[i]);
      g_free ((void *) job->cell_outlines[i].labels);
    }
  for (guint i = 0; i < job->n_masks; i++)
    sag_render_mask_layer_clear (&job->mask[i]);
  if (job->has_box)
    sag_render_box_layer_clear (&job->box);
  g_free (job->heat);
  g_free (job->cell_outlines);
  g_free (job->mask);
  g_free (job->sheet);
  sag_render_columns_free (job->columns);
}

static void
init_scratch (const Job *job, Scratch *scratch)
{
  int width = job->slice->width;

  scratch->values = g_new (float, width);
  if (job->sheet != NULL)
    scratch->line = g_new (float, job->flat.n[0] + 1);
  if (job->sheet != NULL && job->flat.shear != 0)
    scratch->columns = sag_render_columns_new (width);
  scratch->heat = g_new0 (SagRenderHeatScratch *, job->frame->n_heatmaps);
  for (guint i = 0; i < job->frame->n_heatmaps; i++)
    if (job->heat[i].visible)
      scratch->heat[i] = sag_render_heat_scratch_new (&job->heat[i]);
  scratch->mask = g_new0 (SagRenderMaskScratch *, job->n_masks);
  for (guint i = 0; i < job->n_masks; i++)
    if (job->mask[i].visible)
      scratch->mask[i] = sag_render_mask_scratch_new (&job->mask[i]);
}

static void
clear_scratch (const Job *job, Scratch *scratch)
{
  if (scratch->values == NULL)
    return;
  for (guint i = 0; i < job->frame->n_heatmaps; i++)
    sag_render_heat_scratch_free (scratch->heat[i]);
  for (guint i = 0; i < job->n_masks; i++)
    sag_render_mask_scratch_free (scratch->mask[i]);
  g_free (scratch->heat);
  g_free (scratch->mask);
  sag_render_columns_free (scratch->columns);
  g_free (scratch->line);
  g_free (scratch->values);
}

/* The pixels from @first to before @last lie in the volume. */
static void
volume_row (const Job *job, Scratch *scratch, int y, guint32 *pixels, int *first, int *last)
{
  const SagRenderWindow  *window = &job->frame->window;
  const SagRenderColumns *columns = job->columns;
  double                  width = MAX (window->width, 1e-3);
  int                     begin = 0, end = 0, row = -1;
  float                   t;

  if (job->sheet != NULL)
    row = sag_render_flat_row (&job->flat, y, !job->frame->nearest, &t);
  if (row >= 0)
    {
      const float *a = job->sheet + (gsize) row * job->flat.n[0],
                  *b = t > 0 ? a + job->flat.n[0] : a;

      if (scratch->columns != NULL)
        {
          columns = scratch->columns;
          sag_render_columns_fill (scratch->columns, &job->flat, 0, job->slice->width, y,
                                   !job->frame->nearest);
        }
      begin = columns->begin;
      end = columns->end;
      job->kernels->lerp_rows (a, b, t, job->flat.n[0], scratch->line);
      job->kernels->sample (scratch->line, columns->index + begin, columns->fraction + begin,
                            end - begin, scratch->values);
      job->kernels->window (scratch->values, end - begin, (float) (window->level - width / 2),
                            (float) width, job->frame->invert ? 0xffffff : 0, pixels + begin);
    }
  for (int x = 0; x < begin; x++)
    pixels[x] = 0xff000000;
  for (int x = end; x < job->slice->width; x++)
    pixels[x] = 0xff000000;
  *first = begin;
  *last = end;
}

static void
tile_cb (gsize item, guint worker, gpointer data)
{
  Job     *job = data;
  Scratch *scratch = &job->scratch[worker];
  int      end = MIN ((int) (item + 1) * TILE_ROWS, job->slice->height);

  if (scratch->values == NULL)
    init_scratch (job, scratch);
  for (int y = (int) item * TILE_ROWS; y < end; y++)
    {
      guint32 *pixels = (guint32 *) (job->pixels + (gsize) y * job->stride_bytes);
      int      first, last;

      volume_row (job, scratch, y, pixels, &first, &last);
      for (guint i = 0; i < job->frame->n_heatmaps; i++)
        if (job->heat[i].visible)
          sag_render_heat_layer_row (&job->heat[i], scratch->heat[i], y, first, last, pixels);
      for (guint i = 0; i < job->n_masks; i++)
        if (job->mask[i].visible)
          {
            gboolean outlines_cells = i < job->n_outlines;

            sag_render_mask_layer_row (&job->mask[i], scratch->mask[i], y,
                                       outlines_cells ? first : 0,
                                       outlines_cells ? last : job->slice->width, pixels);
          }
      if (job->has_box)
        sag_render_box_layer_row (&job->box, y, pixels);
    }
}

void
sag_render_frame_draw (const SagRenderFrame *frame,
                       const SagRenderSlice *slice,
                       SagPool              *pool,
                       guint8               *pixels,
                       gsize                 stride_bytes)
{
  guint n_workers = pool ? sag_pool_get_n_threads (pool) : 1;
  Job   job = { frame, slice, sag_render_kernels_get (), pixels, stride_bytes };

  g_return_if_fail (frame != NULL && frame->volume != NULL && slice != NULL && pixels != NULL);
  g_return_if_fail (stride_bytes >= (gsize) slice->width * 4 && stride_bytes % 4 == 0);

  cut_volume (&job, pool);
  init_layers (&job);
  job.scratch = g_new0 (Scratch, n_workers);
  sag_render_run (pool, (slice->height + TILE_ROWS - 1) / TILE_ROWS, tile_cb, &job);
  for (guint i = 0; i < n_workers; i++)
    clear_scratch (&job, &job.scratch[i]);
  g_free (job.scratch);
  clear_layers (&job);
}
