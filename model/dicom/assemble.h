/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/series.h"
#include "model/volume/origin.h"

G_BEGIN_DECLS

/** SagDicomGrid: the volume that slices are put into. @air: what stands where no slice reaches. */
typedef struct
{
  gint32    dims[3];
  SagScalar scalar;
  float     air;
} SagDicomGrid;

gsize sag_dicom_grid_slice_bytes (const SagDicomGrid *grid);

/**
 * sag_dicom_shift: a slice of @header's size, shifted within its plane onto the grid, linear between pixels.
 * @values: (columns * rows); @out: a slice of the grid
 *
 * Returns: FALSE for a value that int16 cannot hold
 */
gboolean sag_dicom_shift (const SagDicomGrid   *grid,
                          const SagDicomHeader *header,
                          const double          offset_mm[2],
                          const double          spacing_mm[2],
                          const float          *values,
                          void                 *out);

/** sag_dicom_blend: @out = (1 - @weight) * @below + @weight * @above, slices of the grid; whole numbers are rounded. */
void sag_dicom_blend (
  const SagDicomGrid *grid, const void *below, const void *above, double weight, void *out);

/** sag_dicom_origin_new: what the volume keeps of its series. */
SagOrigin *sag_dicom_origin_new (const SagDicomSeries *series);

G_END_DECLS
