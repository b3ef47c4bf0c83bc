/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/input.h"

G_BEGIN_DECLS

/**
 * SagDicomFound: places that may be DICOM files.
 * @places: (element-type SagDicomPlace)
 * @unread: (element-type utf8): folders that could not be read
 * @too_deep: (element-type utf8): folders that were left out, so many are around them
 * @locked: (element-type utf8): archives of which some files are locked, or compressed as nobody reads here
 */
typedef struct
{
  GPtrArray *places;
  GPtrArray *unread;
  GPtrArray *too_deep;
  GPtrArray *locked;
} SagDicomFound;

/**
 * sag_dicom_find: everything below @path: itself, a folder's files, an archive's entries, what a DICOMDIR lists.
 * Appends to @found. FALSE with an error if @path itself cannot be opened.
 */
gboolean
sag_dicom_find (const char *path, SagDicomFound *found, GCancellable *cancellable, GError **error);

/**
 * sag_dicom_list_files: the files behind what sag_dicom_find() finds: those of a folder, or what a DICOMDIR lists and
 * itself; any other file alone, or with the other one of its .hdr/.img pair.
 *
 * Returns: (transfer full) (element-type filename): in an order that is always the same. Errors: G_FILE_ERROR: a
 *   folder cannot be read, lies too deep in others, or holds no file
 */
GPtrArray *sag_dicom_list_files (const char *path, GError **error);

G_END_DECLS
