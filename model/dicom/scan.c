/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/scan.h"

#include "model/core/file.h"
#include "model/volume/volume-private.h"

#include <string.h>

/* A person who named a folder must know which of its scans this is. */
static void
tell_choice (SagVolume            *volume,
             const SagDicomIndex  *index,
             const SagDicomSeries *chosen,
             const char           *name)
{
  const char *const *before = sag_volume_get_warnings (volume);
  g_autoptr (GPtrArray) all = g_ptr_array_new_null_terminated (8, g_free, TRUE);
  guint n_scans = 0;

  for (guint i = 0; i < index->series->len; i++)
    n_scans += ((const SagDicomSeries *) index->series->pdata[i])->problem == NULL;
  if (n_scans < 2)
    return;
  g_ptr_array_add (all, g_strdup_printf ("%s holds %u scans: this is number %d, which suits the "
                                         "model best. %s#NUMBER opens another.",
                                         name, n_scans, chosen->number, name));
  for (gsize i = 0; before[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (before[i]));
  sag_volume_set_warnings (volume, (const char *const *) all->pdata);
}

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
  SagVolume      *volume;

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
  volume = sag_dicom_load (series, on_slices, user_data, cancellable, error);
  if (volume != NULL && key == NULL)
    tell_choice (volume, index, series, name);
  return volume;
}
