/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The part of a grid that lies in a slice, as two dimensions: private to render/slice.
 *
 * Where a grid's axes run along the screen's (always for the volume itself, nearly always for
 * what was computed from it), a layer is cut once per frame into a small image of its own
 * samples, the sheet, and each row of pixels is then sampled from one or two rows of it. */

#include "model/core/pool.h"
#include "model/volume/volume.h"
#include "render/slice/frame.h"
#include "render/slice/view.h"

G_BEGIN_DECLS

/* Indices that lie on a border but for rounding count as inside. */
#define SAG_RENDER_INDEX_EPSILON 1e-9

/**
 * SagRenderFlat: a grid whose axes run along the screen's.
 * @axis: of the grid: across the screen, down it, through it
 * @dims: voxels along @axis
 * @start: index across and down under the centre of device pixel (0, 0)
 * @across: index across for each pixel to the right
 * @shear: index across for each pixel down; not 0 for sheared grids only
 * @down: index down for each pixel down
 * @through: index through
 * @first: lowest index across and down that the picture needs; sheets start there
 * @n: how many indices it needs; one of them is 0 if it sees nothing of the grid
 */
typedef struct
{
  int    axis[3];
  int    dims[3];
  double start[2];
  double across;
  double shear;
  double down;
  double through;
  int    first[2];
  int    n[2];
} SagRenderFlat;

/** sag_render_flat_init: FALSE if the grid is turned against the screen. */
gboolean sag_render_flat_init (
  SagRenderFlat *flat, const SagRenderSteps *steps, const gint32 dims[3], int width, int height);

/** sag_render_flat_sees: whether some pixel of a @width x @height picture may lie in the grid. */
gboolean sag_render_flat_sees (const SagRenderFlat *flat);

/**
 * SagRenderColumns: for each pixel of a row, where in a sheet's row it lies.
 * @begin: first pixel that lies in the grid
 * @end: one after the last
 * @index: (for begin <= x < end): sample at or left of the pixel
 * @fraction: (for begin <= x < end): of the way to the next one; 0 for nearest samples
 */
typedef struct
{
  int     begin;
  int     end;
  gint32 *index;
  float  *fraction;
} SagRenderColumns;

/** sag_render_columns_new: room for @n pixels. */
SagRenderColumns *sag_render_columns_new (int n);
void              sag_render_columns_free (SagRenderColumns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderColumns, sag_render_columns_free)

/** sag_render_columns_fill: for pixels @first .. @first + @n - 1 of row @y; all count from @first.
 */
void sag_render_columns_fill (
  SagRenderColumns *columns, const SagRenderFlat *flat, int first, int n, int y, gboolean linear);

/**
 * sag_render_flat_row: the sheet row of pixel row @y.
 * @fraction: of the way to the next row; 0 for nearest samples
 *
 * Returns: -1 outside the grid
 */
int sag_render_flat_row (const SagRenderFlat *flat, int y, gboolean linear, float *fraction);

/**
 * sag_render_sheet_cut: (flat->n[1], flat->n[0]) values of a volume's slice, or of the slab @slice0
 * .. @slice1.
 */
float *sag_render_sheet_cut (const SagVoxels     *voxels,
                             const SagRenderFlat *flat,
                             SagRenderSlab        slab,
                             int                  slice0,
                             int                  slice1,
                             SagPool             *pool);

/**
 * sag_render_span: the pixels of row @y that lie in a grid of @dims, for any direction of the
 * grid's axes.
 * @begin: 0 .. @width
 * @end: >= @begin
 */
void sag_render_span (
  const SagRenderSteps *steps, const gint32 dims[3], int y, int width, int *begin, int *end);

/** sag_render_run: sag_pool_run(), also without a pool. */
void sag_render_run (SagPool *pool, gsize n_items, SagPoolFunc func, gpointer data);

G_END_DECLS
