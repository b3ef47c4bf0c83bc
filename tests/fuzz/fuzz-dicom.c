/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/pixels.h"
#include "model/dicom/series.h"

#define MAX_PIXELS (1 << 18)
#define MAX_FRAMES 4

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
read_frames (SagDicomInput *input, const SagDicomHeader *header)
{
  const SagDicomValues values = { header->frames[0].slope, header->frames[0].intercept, TRUE,
                                  -1024 };
  const gint64         n = (gint64) header->rows * header->columns;
  g_autofree float    *out = NULL;

  if (n > MAX_PIXELS)
    return;
  out = g_new (float, n);
  for (int frame = 0; frame < MIN (header->n_frames, MAX_FRAMES); frame++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree void *raw = sag_dicom_pixels_read (input, NULL, header, frame, &error);

      g_assert_true ((raw != NULL) == (error == NULL));
      if (raw == NULL)
        continue;
      sag_dicom_pixels_to_float (header, &values, raw, out);
      sag_dicom_pixels_to_int16 (header, &values, raw, (gint16 *) out);
    }
}

/* The input is a file, which becomes a series of one file. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (SagDicomInput) input = sag_dicom_input_new_for_memory (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_file_unref);
  g_autoptr (GPtrArray) all = NULL;
  SagDicomHeader *header = sag_dicom_header_read (input, &error);

  g_assert_true ((header != NULL) == (error == NULL));
  if (header == NULL)
    return 0;
  if (sag_dicom_header_explain (header) == NULL)
    read_frames (input, header);
  g_ptr_array_add (files, sag_dicom_file_new (g_new0 (SagDicomPlace, 1), header));
  all = sag_dicom_series_group (files, NULL);
  g_assert_cmpuint (all->len, >, 0);
  for (guint i = 0; i < all->len; i++)
    {
      const SagDicomSeries *series = all->pdata[i];
      double                inverse[3][4];

      if (series->problem == NULL)
        g_assert_true (sag_geometry_invert (&series->geometry, inverse));
    }
  return 0;
}
