/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/series-thumbnail.h"

#include "model/dicom/dicom.h"
#include "ui/case/thumbnail.h"

#include <string.h>

#define LUNG_LEVEL_HU (-600)
#define LUNG_WIDTH_HU 1500.0

/* What is black and white: the lung window of a CT, else what the values span. */
static void
choose_window (const SagDicomHeader *header, const float *values, gsize n, float window[2])
{
  window[0] = LUNG_LEVEL_HU - LUNG_WIDTH_HU / 2;
  window[1] = LUNG_LEVEL_HU + LUNG_WIDTH_HU / 2;
  if (strcmp (header->kind, "CT") == 0)
    return;
  window[0] = window[1] = values[0];
  for (gsize i = 1; i < n; i++)
    {
      window[0] = MIN (window[0], values[i]);
      window[1] = MAX (window[1], values[i]);
    }
}

/* The mean of the pixels that fall into one of the picture's. */
static float
mean_of (
  const float *values, int columns, const double from[2], const double to[2], const int limit[2])
{
  const int x0 = CLAMP ((int) from[0], 0, limit[0] - 1), x1 = CLAMP ((int) to[0], x0 + 1, limit[0]);
  const int y0 = CLAMP ((int) from[1], 0, limit[1] - 1), y1 = CLAMP ((int) to[1], y0 + 1, limit[1]);
  float     sum = 0;

  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      sum += values[(gsize) y * columns + x];
  return sum / ((x1 - x0) * (y1 - y0));
}

GdkTexture *
sag_ui_series_thumbnail_new (SagDicomSeries *series)
{
  const SagDicomHeader *header = series->header;
  const SagDicomFrame  *frame = &header->frames[0];
  const int             size = SAG_UI_THUMBNAIL_SIZE;
  const gsize           stride = 4 * (gsize) size;
  const int             limit[2] = { header->columns, header->rows };
  const double          width_mm = limit[0] * frame->spacing_mm[0],
               height_mm = limit[1] * frame->spacing_mm[1];
  const double      mm_per_pixel = MAX (width_mm, height_mm) / size;
  g_autofree float *values = sag_dicom_read_slice (series, series->slices->len / 2, NULL);
  float             window[2];
  guint8           *pixels;
  g_autoptr (GBytes) bytes = NULL;

  if (values == NULL)
    return NULL;
  choose_window (header, values, (gsize) limit[0] * limit[1], window);
  pixels = g_malloc0 (stride * size);
  bytes = g_bytes_new_take (pixels, stride * size);
  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      {
        const double left_mm = x * mm_per_pixel - (size * mm_per_pixel - width_mm) / 2;
        const double top_mm = y * mm_per_pixel - (size * mm_per_pixel - height_mm) / 2;
        const double from[2] = { left_mm / frame->spacing_mm[0], top_mm / frame->spacing_mm[1] };
        const double to[2] = { (left_mm + mm_per_pixel) / frame->spacing_mm[0],
                               (top_mm + mm_per_pixel) / frame->spacing_mm[1] };
        guint8      *pixel = pixels + y * stride + 4 * x;
        float        grey = 0;

        if (left_mm >= 0 && left_mm < width_mm && top_mm >= 0 && top_mm < height_mm)
          grey = 255 * (mean_of (values, limit[0], from, to, limit) - window[0]) /
                 MAX (window[1] - window[0], 1e-6f);
        pixel[0] = pixel[1] = pixel[2] = (guint8) CLAMP (grey, 0, 255);
        pixel[3] = 255;
      }
  return gdk_memory_texture_new (size, size, GDK_MEMORY_R8G8B8A8, bytes, stride);
}
