/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/dicom.h"

G_BEGIN_DECLS

/**
 * sag_scan_load: opens whatever a person names: a NIfTI file as sag_nifti_load() does, or a folder, archive,
 * DICOMDIR or
 * file of DICOM, of which it takes the series after "#", else the one that suits the model best.
 * @case_name: (out) (optional) (nullable) (transfer full): what files made of it are called after; NULL for NIfTI,
 *   whose
 *   own name serves
 *
 * A choice among several series is told by a warning of the volume, and so is how many files and folders could not be
 * read; neither names them. Errors: of sag_nifti_load(),
 * sag_dicom_index_new(), sag_dicom_index_find() and sag_dicom_load()
 */
SagVolume *sag_scan_load (const char   *reference,
                          char        **case_name,
                          SagSlicesFunc on_slices,
                          gpointer      user_data,
                          GCancellable *cancellable,
                          GError      **error);

/**
 * sag_scan_load_exact: sag_scan_load() for who keeps what was taken: another scan that comes into the folder later does
 * not change what @exact means.
 * @exact: (out) (optional) (nullable) (transfer full): "PLACE#KEY" of a series in a folder, or in a file of
 *   several; else @reference, whose content alone says what it is; NULL with an error
 */
SagVolume *sag_scan_load_exact (const char   *reference,
                                char        **exact,
                                char        **case_name,
                                SagSlicesFunc on_slices,
                                gpointer      user_data,
                                GCancellable *cancellable,
                                GError      **error);

G_END_DECLS
