/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/thumbnail.h"

#include "render/slice/frame.h"

GdkTexture *
sag_ui_thumbnail_new (const SagVolume *volume)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  const int          size = SAG_UI_THUMBNAIL_SIZE;
  const gsize        stride = 4 * (gsize) size;
  SagRenderFrame     frame = sag_render_frame_init (volume);
  SagRenderView      view = { SAG_RENDER_AXIAL, .width = size, .height = size, .scale = 1,
                              .mm_per_pixel = 1 };
  SagRenderSlice     slice;
  double             middle[3];
  guint8            *pixels;
  g_autoptr (GBytes) bytes = NULL;

  for (int a = 0; a < 3; a++)
    middle[a] = 0.5 * (geometry->dims[a] - 1);
  sag_geometry_to_ras (geometry, middle, view.centre_ras_mm);
  sag_render_view_fit (&view, geometry, 0);
  if (!sag_render_slice_init (&slice, &view, geometry))
    return NULL;
  pixels = g_malloc (stride * size);
  bytes = g_bytes_new_take (pixels, stride * size);
  sag_render_frame_draw (&frame, &slice, NULL, pixels, stride);
  return gdk_memory_texture_new (size, size, GDK_MEMORY_DEFAULT, bytes, stride);
}
