/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagSlicesFunc: more slices are there.
 * @volume: the volume being filled; slices k < @n_slices_ready of it may be read, the rest not yet
 *
 * Called on the thread that loads, first with 0 once the header is known. Keep a reference to look at it later.
 * When a value turns up that int16 cannot hold, the next call brings another volume, float32, with the slices so
 * far in it. The one of the last call is the one that sag_nifti_load() returns.
 */
typedef void (*SagSlicesFunc) (SagVolume *volume, int n_slices_ready, gpointer user_data);

/**
 * sag_nifti_load: reads NIfTI-1 or NIfTI-2: .nii, .nii.gz, or an .hdr/.img pair (either name), gzipped or not.
 *
 * Everything in the header is checked before it is used. A 4D file gives its first volume and a warning.
 * Every format Sagitta does not read yet (.dcm .nrrd .mha, RGB voxels) is refused with the way out. Voxels that are
 * NaN or infinite stay so (in a float32 volume), and a warning counts them.
 *
 * Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED, SAG_ERROR_LIMIT, G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
SagVolume *sag_nifti_load (const char   *path,
                           SagSlicesFunc on_slices,
                           gpointer      user_data,
                           GCancellable *cancellable,
                           GError      **error);

/**
 * sag_nifti_dup_files: (array zero-terminated=1): what a scan is made of: @path alone, or of an .hdr/.img pair both
 * files, whichever @path names, the header first.
 */
char **sag_nifti_dup_files (const char *path);

/**
 * sag_nifti_hash_files: SHA-256 of sag_nifti_dup_files(): of the one file, or of the hex digits of both.
 *
 * Errors: those of sag_hash_file_sha256()
 */
char *sag_nifti_hash_files (const char *path, GCancellable *cancellable, GError **error);

/** SagNiftiType: what sag_nifti_save() writes. */
typedef enum
{
  SAG_NIFTI_UINT8,
  SAG_NIFTI_INT16,
  SAG_NIFTI_UINT16,
  SAG_NIFTI_FLOAT32,
} SagNiftiType;

/**
 * sag_nifti_save: writes .nii or .nii.gz: sform and qform both set (qform the nearest rotation when the
 * grid is sheared), slope 1, mm. A temporary file, read back and compared before it takes the name.
 *
 * @voxels: (sag_geometry_n_voxels()), i fastest, of the C type that @type names
 * @description: (nullable): at most 79 bytes for the header's descrip
 *
 * Errors: SAG_ERROR_ARGUMENT (another ending, a grid without volume), SAG_ERROR_LIMIT (an axis beyond NIfTI-1's 32767),
 *   G_FILE_ERROR, G_IO_ERROR_FAILED (did not read back), G_IO_ERROR_CANCELLED. After any of them @path is as it was.
 */
gboolean sag_nifti_save (const char        *path,
                         const SagGeometry *geometry,
                         SagNiftiType       type,
                         const void        *voxels,
                         const char        *description,
                         GCancellable      *cancellable,
                         GError           **error);

G_END_DECLS
