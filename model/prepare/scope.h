/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/lungs.h"

G_BEGIN_DECLS

/** SagScopeVerdict: may the model be asked about this scan? `out` gives no number unless forced. */
typedef enum
{
  SAG_SCOPE_IN,
  SAG_SCOPE_DOUBTFUL,
  SAG_SCOPE_OUT,
} SagScopeVerdict;

/**
 * SagContrast: what a DICOM header says; else a guess from the density between the lungs, where the heart and the
 * vessels are.
 */
typedef enum
{
  SAG_CONTRAST_UNKNOWN,
  SAG_CONTRAST_NONE,
  SAG_CONTRAST_ENHANCED,
} SagContrast;

/**
 * SagScope: what the scan looks like to somebody who must say whether the model's numbers mean
 * anything.
 * @lungs_found: two lungs, or one
 * @lung_ml: air-holding lung volume, patient's left and right; 0 if not found
 * @lung_share_in_box: part of the lung voxels that lie inside the analysed box, 0..1; NaN without
 * lungs
 * @slice_thickness_mm: the largest spacing of the stored grid, or what a DICOM header says where that is more
 * @reasons: sentences for people; with the verdict `in` only what is worth knowing all the same
 */
typedef struct
{
  SagScopeVerdict verdict;
  gboolean        lungs_found;
  double          left_lung_ml;
  double          right_lung_ml;
  double          lung_share_in_box;
  double          slice_thickness_mm;
  SagContrast     contrast;
  char          **reasons;
} SagScope;

/**
 * sag_scope_init: looks at a scan and judges it.
 * @scope: (out): clear with sag_scope_clear()
 * @lungs: what sag_lungs_segment() found in @volume
 * @box: (nullable): a grid whose corners are the analysed box; NULL if there is none yet
 * @mask_share: part of a lung mask of the person's own that lies in the box, which then counts
 * instead of what was found; NaN without such a mask
 *
 * `out`: no lungs, no Hounsfield units, a label map, less than 6 cm of a body, the tips of the
 * lungs only, or no lung in the box. `doubtful`: one lung, lungs cut off by the scan, less than 95
 * % of them in the box, slices more than 5 mm apart, less than 15 cm of a body, a child's size. A
 * few milliseconds.
 */
void sag_scope_init (SagScope          *scope,
                     SagVolume         *volume,
                     const SagLungs    *lungs,
                     const SagGeometry *box,
                     double             mask_share);
void sag_scope_clear (SagScope *scope);

/** sag_scope_verdict_to_string: "in", "doubtful" or "out". */
const char *sag_scope_verdict_to_string (SagScopeVerdict verdict);
const char *sag_contrast_to_string (SagContrast contrast);

G_END_DECLS
