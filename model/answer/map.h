/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"

G_BEGIN_DECLS

/**
 * sag_map_compute: values of a coarse grid (cells or tokens) on a grid of the person's choice.
 * @values: (nx, ny, nz) of @geometry, x fastest
 * @smooth: trilinear between centres, else the value whose block holds the voxel
 *
 * Returns: (transfer full): float32 voxels of @target, i fastest; NaN outside @geometry, where
 * nothing was asked. Errors: G_IO_ERROR_FAILED (no memory), SAG_ERROR_ENGINE, G_IO_ERROR_CANCELLED
 */
float *sag_map_compute (SagEngine         *engine,
                        const SagGeometry *geometry,
                        const float       *values,
                        const SagGeometry *target,
                        gboolean           smooth,
                        GCancellable      *cancellable,
                        GError           **error);

/**
 * sag_map_save: the same into a NIfTI file, read back and compared before it takes its name.
 * Errors: also those of sag_nifti_save()
 */
gboolean sag_map_save (SagEngine         *engine,
                       const SagGeometry *geometry,
                       const float       *values,
                       const SagGeometry *target,
                       gboolean           smooth,
                       const char        *path,
                       const char        *description,
                       GCancellable      *cancellable,
                       GError           **error);

/**
 * sag_case_dup_name: "scan" of "/a/b/scan.nii.gz": the base name without .nii .gz .hdr .img, as
 * valid UTF-8.
 */
char *sag_case_dup_name (const char *path);

G_END_DECLS
