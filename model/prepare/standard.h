/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/lung-mask.h"
#include "model/prepare/recipe.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagStandard: what a recipe decided about a scan, before a voxel is resampled.
 *
 * The standardised grid has 1 mm steps along the stored axes. Its boxes are counted along R, A, S.
 *
 * @source: the stored voxels that the recipe kept
 * @crop: index of the first of them in the scan
 * @axis, @flip: for R, A, S: the stored axis, and whether it runs the other way
 * @origin: stored voxel, counted from the first kept, on which standardised voxel 0 of a stored
 * axis lies
 * @step: stored voxels per standardised one, along the stored axes
 * @slack: see sag_spline_axis_init()
 * @dims: standardised voxels along the stored axes
 * @source_low, @source_high: Hounsfield units are clamped to this before they are resampled
 * @low, @high: and to this after
 * @truncate: the fraction is cut off towards zero; else values are rounded
 * @fill: Hounsfield units beyond the centre of the last voxel
 * @portable: resample without AVX2, for tests
 * @box_start: standardised voxel, counted along R, A, S, on which the analysed box starts; may be
 * negative
 * @kept_start, @kept_dims: the part that sag_prepared_get_standardised() shows
 */
typedef struct
{
  SagVoxels source;
  gint32    crop[3];
  int       axis[3];
  gboolean  flip[3];
  double    origin[3];
  double    step[3];
  double    slack;
  gint32    dims[3];
  double    source_low;
  double    source_high;
  float     low;
  float     high;
  gboolean  truncate;
  gint16    fill;
  gboolean  portable;
  gint32    box_start[3];
  gint32    kept_start[3];
  gint32    kept_dims[3];
} SagStandard;

/**
 * sag_standard_upstream: the public code's choices (standardize_nii.py; MODEL.md section 3).
 * @lungs: (nullable): cuts the stored k axis to first .. last - 1 lung slice, as the code does
 *
 * Errors: SAG_ERROR_FORMAT (no body), SAG_ERROR_MISMATCH (no slice between first and last lung
 * slice), G_IO_ERROR_CANCELLED
 */
gboolean sag_standard_upstream (SagStandard       *standard,
                                SagVolume         *volume,
                                const SagRecipe   *recipe,
                                const SagLungMask *lungs,
                                GCancellable      *cancellable,
                                GError           **error);

/**
 * sag_standard_paper: the paper's, section 3.5, as we read it (MODEL.md section 3).
 * @range_mm: (nullable): what can hold lung along S: slice k of the RAS view lies at k times its
 * spacing. NULL takes the slices of the body
 *
 * Errors: SAG_ERROR_FORMAT (no body), SAG_ERROR_MISMATCH (range outside the scan),
 * G_IO_ERROR_CANCELLED
 */
gboolean sag_standard_paper (SagStandard     *standard,
                             SagVolume       *volume,
                             const SagRecipe *recipe,
                             const double     range_mm[2],
                             GCancellable    *cancellable,
                             GError         **error);

/** sag_standard_keep: keeps the stored voxels @low <= index < @high and finds the axes; called by
 * the recipes. */
void sag_standard_keep (SagStandard *standard,
                        SagVolume   *volume,
                        const gint32 low[3],
                        const gint32 high[3]);

/** sag_standard_centre: where a box of @n_box voxels starts that is padded or centre-cropped from
 * @n voxels. */
gint32 sag_standard_centre (gint32 n, gint32 n_box);

/**
 * sag_standard_geometry: a grid of @dims voxels of @factor standardised voxels each, along R, A, S,
 * whose corner is that of standardised voxel @start.
 */
SagGeometry sag_standard_geometry (const SagStandard *standard,
                                   const gint32       start[3],
                                   const double       factor[3],
                                   const gint32       dims[3]);

G_END_DECLS
