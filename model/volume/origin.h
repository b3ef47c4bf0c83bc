/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/** SagOriginSlice: a slice of the volume: which DICOM instance and frame it came from; @instance_uid NULL: made up. */
typedef struct
{
  char *instance_uid;
  int   frame;
} SagOriginSlice;

/**
 * SagOrigin: the DICOM series that a volume came from: what objects that refer to it must name, and what its header
 * tells about the scan. Atomically reference counted, immutable. Holds no name and no patient's number.
 * @class_uid: SOP class of its instances
 * @slices: (array length=n_slices): by k
 * @grid: rows, columns and places of the files themselves, before a tilt was taken out or gaps were filled
 * @is_resampled: the volume's grid is not that of the files
 * @description: of the series, as the scanner wrote it
 * @study_date: "20240131", or ""
 * @kernel, @contrast, @phase: as the header says, or ""
 * @slice_thickness_mm, @age_years: NaN where not said
 */
typedef struct
{
  char           *study_uid;
  char           *series_uid;
  char           *frame_of_reference_uid;
  char           *class_uid;
  SagOriginSlice *slices;
  int             n_slices;
  GPtrArray      *forgotten; /* of char *: somebody may still read them */
  SagGeometry     grid;
  gboolean        is_resampled;
  char           *description;
  char           *study_date;
  char           *kernel;
  char           *contrast;
  char           *phase;
  double          slice_thickness_mm;
  double          age_years;
} SagOrigin;

/** sag_origin_new: all empty, with @n_slices. To be filled before anyone else sees it. */
SagOrigin *sag_origin_new (int n_slices);
/**
 * sag_origin_forget_slice: slice @k could not be read and was made up. For the loader alone, while others may look
 * whether there is an instance.
 */
void sag_origin_forget_slice (SagOrigin *origin, int k);

SagOrigin *sag_origin_ref (SagOrigin *origin);
void       sag_origin_unref (SagOrigin *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagOrigin, sag_origin_unref)

/** sag_volume_get_origin: (nullable) (transfer none): NULL unless the volume came from DICOM. */
const SagOrigin *sag_volume_get_origin (const SagVolume *volume);

G_END_DECLS
