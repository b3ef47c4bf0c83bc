/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/components.h"
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

/** The body: components of voxels from here on (`upstream`), or in this range (`paper`). The first is the smallest
 * value that (HU + 150) / 400 * 255 takes to 1. */
#define SAG_STANDARD_UPSTREAM_BODY_HU (400.0 / 255.0 - 150.0)
#define SAG_STANDARD_PAPER_LOW_HU (-150)
#define SAG_STANDARD_PAPER_HIGH_HU 250

/** SAG_STANDARD_LIMIT_HU: what no voxel exceeds once it is standardised. */
#define SAG_STANDARD_LIMIT_HU 1000

/**
 * sag_standard_upstream_box: sag_standard_upstream() once the body is known, but for the range that voxels are
 * clamped to: that of the kept voxels and 0, within +-SAG_STANDARD_LIMIT_HU.
 * @stored: all voxels of the scan
 * @slices: (nullable): first and last lung slice along the stored k axis
 */
gboolean sag_standard_upstream_box (SagStandard        *standard,
                                    const SagVoxels    *stored,
                                    const SagRecipe    *recipe,
                                    const SagComponent *body,
                                    const gint32        slices[2],
                                    GError            **error);

/**
 * sag_standard_paper_box: sag_standard_paper() once the body is known.
 * @stored: all voxels of the scan
 * @centre: the body's, in stored indices; along S unused
 */
gboolean sag_standard_paper_box (SagStandard        *standard,
                                 const SagVoxels    *stored,
                                 const SagRecipe    *recipe,
                                 const SagComponent *body,
                                 const double        centre[3],
                                 const double        range_mm[2],
                                 GError            **error);

/** sag_standard_keep: keeps the stored voxels @low <= index < @high of @stored and finds the axes; called by the
 * recipes. */
void sag_standard_keep (SagStandard     *standard,
                        const SagVoxels *stored,
                        const gint32     low[3],
                        const gint32     high[3]);

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

/** sag_standard_input_geometry: where the network's input lies whose box starts at standardised voxel @start. */
SagGeometry sag_standard_input_geometry (const SagStandard *standard,
                                         const SagRecipe   *recipe,
                                         const gint32       start[3]);

G_END_DECLS
