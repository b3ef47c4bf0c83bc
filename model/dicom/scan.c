/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/scan.h"

#include "model/core/file.h"
#include "model/volume/volume-private.h"

#include <string.h>

static guint
count_scans (const SagDicomIndex *index)
{
  guint n = 0;

  for (guint i = 0; i < index->series->len; i++)
    n += ((const SagDicomSeries *) index->series->pdata[i])->problem == NULL;
  return n;
}

/* A person who named a folder must know which of its scans this is. The folder's name is not said: it may be
 * the patient's, and what is said here goes into files. */
static void
tell_choice (GPtrArray *told, guint n_scans, const SagDicomSeries *chosen)
{
  if (n_scans > 1)
    g_ptr_array_add (told,
                     g_strdup_printf ("The folder or file holds %u scans: this is number %d, "
                                      "which suits the model best. #NUMBER after its path opens "
                                      "another.",
                                      n_scans, chosen->number));
}

/* What could not be read may have been slices of this scan: nobody can tell. */
static void
tell_left_out (GPtrArray *told, const SagDicomIndex *index)
{
  const guint n = index->problems->len;

  if (n == 1)
    g_ptr_array_add (told, g_strdup ("1 file or folder beside this scan, maybe a part of it, could "
                                     "not be read and was left out; sagitta-cli dicom list says "
                                     "why."));
  else if (n > 1)
    g_ptr_array_add (told, g_strdup_printf ("%u files or folders beside this scan, maybe parts of "
                                            "it, could not be read and were left out; sagitta-cli "
                                            "dicom list says why.",
                                            n));
}

static void
add_warnings (SagVolume *volume, GPtrArray *told)
{
  const char *const *before = sag_volume_get_warnings (volume);

  if (told->len == 0)
    return;
  for (gsize i = 0; before[i] != NULL; i++)
    g_ptr_array_add (told, g_strdup (before[i]));
  sag_volume_set_warnings (volume, (const char *const *) told->pdata);
}

SagVolume *
sag_scan_load_exact (const char   *reference,
                     char        **exact,
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
  g_autoptr (GPtrArray) told = g_ptr_array_new_null_terminated (4, g_free, TRUE);
  SagDicomSeries *series;
  SagVolume      *volume;

  if (exact != NULL)
    *exact = NULL;
  if (case_name != NULL)
    *case_name = NULL;
  if (key == NULL && !sag_dicom_is_path (path))
    {
      volume = sag_nifti_load (path, on_slices, user_data, cancellable, error);
      if (volume != NULL && exact != NULL)
        *exact = g_strdup (reference);
      return volume;
    }
  index = sag_dicom_index_new (paths, NULL, NULL, cancellable, error);
  if (index == NULL)
    return NULL;
  series = sag_dicom_index_find (index, key, name, error);
  if (series == NULL)
    return NULL;
  volume = sag_dicom_load (series, on_slices, user_data, cancellable, error);
  if (volume == NULL)
    return NULL;
  if (exact != NULL)
    *exact = g_file_test (path, G_FILE_TEST_IS_DIR) || key != NULL || count_scans (index) > 1
               ? g_strconcat (path, "#", series->key, NULL)
               : g_strdup (path);
  if (case_name != NULL)
    *case_name = sag_dicom_series_dup_case_name (series);
  if (key == NULL)
    tell_choice (told, count_scans (index), series);
  tell_left_out (told, index);
  add_warnings (volume, told);
  return volume;
}

SagVolume *
sag_scan_load (const char   *reference,
               char        **case_name,
               SagSlicesFunc on_slices,
               gpointer      user_data,
               GCancellable *cancellable,
               GError      **error)
{
  return sag_scan_load_exact (reference, NULL, case_name, on_slices, user_data, cancellable, error);
}
