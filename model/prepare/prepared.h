/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/recipe.h"
#include "model/prepare/scope.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagPrepareMaker: makes an input elsewhere than on the processor, the same to the bit.
 * @lung_range_mm: (nullable): what can hold lung along S: slice k of the RAS view lies at k times its spacing
 * @input: out: (x, y, z) of the recipe
 * @geometry: out: where it lies
 * @box_start: out: the standardised voxel, along R, A, S, on which the box starts, @shift_mm included
 *
 * Returns: FALSE if it cannot: the processor then does it, and says what is wrong with the scan if something is
 */
typedef gboolean (*SagPrepareMaker) (gpointer         data,
                                     SagVolume       *volume,
                                     const SagRecipe *recipe,
                                     const double    *lung_range_mm,
                                     const double     shift_mm[3],
                                     GCancellable    *cancellable,
                                     float           *input,
                                     SagGeometry     *geometry,
                                     gint32           box_start[3]);

/**
 * SagPrepareOptions: zero-initialised means: the recipe decides everything.
 * @lungs: (nullable): lung mask (any non-zero) or TotalSegmentator v2 map (lobes 10..14), on the scan's grid or looked
 *   up at the nearest voxel
 * @shift_mm: moves the analysed box along the standardised grid's R, A, S, for a dragged box or a robustness run;
 *   rounded to whole voxels of that grid, and the input's geometry says where it went
 * @keep_standardised: keep the 1 mm volume for sag_prepared_get_standardised(); the processor then does all of it
 * @make, @make_data: (nullable): who makes the input
 */
typedef struct
{
  SagVolume      *lungs;
  double          shift_mm[3];
  gboolean        keep_standardised;
  SagPrepareMaker make;
  gpointer        make_data;
} SagPrepareOptions;

/** SagPrepared: the network's input and the way back. Immutable, atomically reference counted. */
typedef struct _SagPrepared SagPrepared;

/**
 * sag_prepare: runs @recipe on @volume.
 *
 * Errors: SAG_ERROR_MISMATCH (lung mask elsewhere or empty), SAG_ERROR_FORMAT (no body), SAG_ERROR_LIMIT (a scan
 * of more than 10 m, a recipe out of range), SAG_ERROR_ARGUMENT (a shift that is no distance),
 * G_IO_ERROR_CANCELLED.
 * A scan that the model should not be asked about is no error here: look at sag_prepared_get_scope().
 */
SagPrepared *sag_prepare (SagVolume               *volume,
                          const SagRecipe         *recipe,
                          const SagPrepareOptions *options,
                          GCancellable            *cancellable,
                          GError                 **error);

/**
 * sag_prepare_check: whether a scan on @grid and @recipe are within the limits of sag_prepare().
 *
 * Errors: SAG_ERROR_LIMIT
 */
gboolean sag_prepare_check (const SagGeometry *grid, const SagRecipe *recipe, GError **error);

/**
 * sag_prepare_move_box: where a box that starts at standardised voxel @box_start lies after a shift.
 *
 * Errors: SAG_ERROR_ARGUMENT (no distance)
 */
gboolean sag_prepare_move_box (const gint32 box_start[3],
                               const double shift_mm[3],
                               gint32       start[3],
                               GError     **error);

/**
 * sag_prepared_new_air: an input of nothing but air (-1000 HU) where @prepared lies: a control, to see what a model
 * answers about nothing. Its key differs.
 */
SagPrepared *sag_prepared_new_air (const SagPrepared *prepared);

/**
 * sag_prepared_new_kept: what sag_prepare() once made, from what a cache kept of it. Nothing but the verdict is known
 * of the scope.
 * @input: taken: (x, y, z) of the recipe, from g_malloc
 * @lung_source, @key: as sag_prepared_get_lung_source() and sag_prepared_get_key() gave them
 */
SagPrepared *sag_prepared_new_kept (const SagRecipe   *recipe,
                                    float             *input,
                                    const SagGeometry *input_geometry,
                                    SagScopeVerdict    verdict,
                                    const char        *lung_source,
                                    const char        *key);

SagPrepared *sag_prepared_ref (SagPrepared *prepared);
void         sag_prepared_unref (SagPrepared *prepared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagPrepared, sag_prepared_unref)

/** sag_prepared_get_input: (x, y, z) float32 in 0..1, z fastest: x rises to the right, y to anterior, z to superior. */
const float *sag_prepared_get_input (const SagPrepared *prepared);

/**
 * sag_prepared_get_input_geometry: where the input's voxels lie in the scan.
 *
 * Index axes are x, y, z of the input (note: the tensor's memory order is z fastest). Its corners are
 * the analysed box. A heatmap's cells are sag_geometry_coarsen() of it.
 */
const SagGeometry *sag_prepared_get_input_geometry (const SagPrepared *prepared);

const SagRecipe *sag_prepared_get_recipe (const SagPrepared *prepared);
const SagScope  *sag_prepared_get_scope (const SagPrepared *prepared);

/**
 * sag_prepared_get_standardised: the 1 mm RAS volume before the box was cut, a shift left aside: all of it with
 * `upstream`, the training box of it with `paper`; NULL unless it was kept.
 */
SagVolume *sag_prepared_get_standardised (const SagPrepared *prepared);

/**
 * sag_prepared_get_kept: the stored voxels @low <= index < @high that the recipe kept of the scan: what lies beyond the
 * centres of the outermost of them was filled. Known where the processor made the input, as it does with
 * keep_standardised.
 */
void sag_prepared_get_kept (const SagPrepared *prepared, gint32 low[3], gint32 high[3]);

/** sag_prepared_get_lung_source: "mask", "segmented" or "none": what set the z range. */
const char *sag_prepared_get_lung_source (const SagPrepared *prepared);

/** sag_prepared_get_key: 32 hex digits over everything that made the input: voxels, recipe, lungs, shift. */
const char *sag_prepared_get_key (const SagPrepared *prepared);

G_END_DECLS
