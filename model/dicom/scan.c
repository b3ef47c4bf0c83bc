/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/scan.h"

#include "model/core/file.h"

#include <string.h>

SagVolume *
sag_scan_load (const char   *reference,
               char        **case_name,
               SagSlicesFunc on_slices,
               gpointer      user_data,
               GCancellable *cancellable,
               GError      **error)
{
  g_autofree char *key = NULL, *path = sag_dicom_parse_reference (reference, &key);
  g_autofree char *name = sag_file_dup_display_name (path);
  const char      *paths[] = { path, NULL };
  g_autoptr (SagDicomIndex) index = NULL;
  SagDicomSeries *series;

  if (case_name != NULL)
    *case_name = NULL;
  if (key == NULL && !sag_dicom_is_path (path))
    return sag_nifti_load (path, on_slices, user_data, cancellable, error);
  index = sag_dicom_index_new (paths, NULL, NULL, cancellable, error);
  if (index == NULL)
    return NULL;
  series = sag_dicom_index_find (index, key, name, error);
  if (series == NULL)
    return NULL;
  if (case_name != NULL)
    *case_name = sag_dicom_series_dup_case_name (series);
  return sag_dicom_load (series, on_slices, user_data, cancellable, error);
}
