/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/memory-file.h"

#include "model/dicom/input.h"

#define MAX_ENTRIES 16
#define MAX_BYTES (1 << 20)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The input is an archive, whose first entries are unpacked. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  int              fd;
  g_autofree char *path = memory_file (data, size, &fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDicomZip) zip = NULL;

  zip = sag_dicom_zip_open (path, &error);
  g_assert_true ((zip != NULL) == (error == NULL));
  for (guint i = 0; zip != NULL && i < MIN (sag_dicom_zip_get_entries (zip)->len, MAX_ENTRIES); i++)
    {
      const SagDicomPlace place = { path, path, zip, sag_dicom_zip_get_entries (zip)->pdata[i] };
      g_autoptr (SagDicomInput) input = sag_dicom_input_open (&place, NULL);
      gsize n_have;

      if (input != NULL)
        sag_dicom_input_want (input, MAX_BYTES, &n_have);
    }
  close (fd);
  return 0;
}
