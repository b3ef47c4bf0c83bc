/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-slices.h"

#include "render/slice/frame.h"

#include <math.h>

#define N_MAPS 2

struct _SagCliSlices
{
  SagVolume       *volume;
  SagPool         *pool;
  guint8          *labels;
  float           *scores[N_MAPS];
  SagRenderHeatmap maps[N_MAPS];
  SagRenderMask    mask;
  SagRenderFrame   frame;
  SagRenderView    view;
  guint8          *pixels;
  double           middle_mm;
  guint            n_drawn;
};

static gboolean
is_lung (double hu)
{
  return hu > -950 && hu < -500;
}

static void
make_mask (SagCliSlices *self)
{
  const SagGeometry *geometry = sag_volume_get_geometry (self->volume);
  const gint16      *shorts = sag_volume_get_int16 (self->volume);
  const float       *floats = sag_volume_get_float (self->volume);
  gsize              n = (gsize) sag_geometry_n_voxels (geometry);

  self->labels = g_new (guint8, n);
  for (gsize i = 0; i < n; i++)
    self->labels[i] = is_lung (shorts != NULL ? shorts[i] : floats[i]);
  self->mask = sag_render_mask_init (geometry, SAG_RENDER_LABELS_UINT8, self->labels);
}

/* Cells of 12 x 16 x 16 mm around the middle of the volume, with waves in them. */
static void
make_maps (SagCliSlices *self, const double middle[3])
{
  static const gint32 dims[3] = { 32, 20, 16 };
  static const double spacing[3] = { 12, 16, 16 };
  double              origin[3];
  SagGeometry         cells;
  gsize               n;

  for (int a = 0; a < 3; a++)
    origin[a] = middle[a] - spacing[a] * (dims[a] - 1) / 2;
  cells = sag_geometry_init (dims, spacing, origin);
  n = (gsize) sag_geometry_n_voxels (&cells);
  for (int m = 0; m < N_MAPS; m++)
    {
      self->scores[m] = g_new (float, n);
      for (gsize c = 0; c < n; c++)
        self->scores[m][c] = 0.5f + 0.5f * sinf ((float) (c % 32) / 3 + m) * cosf ((float) c / 128);
      self->maps[m] = (SagRenderHeatmap){
        .cells = self->scores[m],
        .geometry = cells,
        .scale = sag_render_scale_init (m),
      };
    }
}

SagCliSlices *
sag_cli_slices_new (SagVolume *volume, int n_threads)
{
  SagCliSlices      *self = g_new0 (SagCliSlices, 1);
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  double             middle[3];

  for (int a = 0; a < 3; a++)
    middle[a] = (geometry->dims[a] - 1) / 2.0;
  sag_geometry_to_ras (geometry, middle, middle);
  self->volume = sag_volume_ref (volume);
  self->pool = sag_pool_new (n_threads);
  self->middle_mm = middle[2];
  make_mask (self);
  make_maps (self, middle);
  self->frame = sag_render_frame_init (volume);
  self->frame.heatmaps = self->maps;
  self->frame.n_heatmaps = N_MAPS;
  self->frame.masks = &self->mask;
  self->frame.n_masks = 1;
  return self;
}

void
sag_cli_slices_free (SagCliSlices *self)
{
  if (self == NULL)
    return;
  for (int m = 0; m < N_MAPS; m++)
    g_free (self->scores[m]);
  g_free (self->labels);
  g_free (self->pixels);
  sag_pool_free (self->pool);
  sag_volume_unref (self->volume);
  g_free (self);
}

void
sag_cli_slices_resize (SagCliSlices *self, int width, int height)
{
  g_free (self->pixels);
  self->pixels = g_malloc ((gsize) width * height * 4);
  self->view = (SagRenderView){
    .plane = SAG_RENDER_AXIAL, .width = width, .height = height, .scale = 1, .mm_per_pixel = 1
  };
  sag_render_view_fit (&self->view, sag_volume_get_geometry (self->volume), 0);
}

void
sag_cli_slices_draw (SagCliSlices *self)
{
  SagRenderSlice slice;

  self->view.centre_ras_mm[2] = self->middle_mm - 60 + 7 * (self->n_drawn++ % 17);
  sag_render_slice_init (&slice, &self->view, sag_volume_get_geometry (self->volume));
  sag_render_frame_draw (&self->frame, &slice, self->pool, self->pixels,
                         (gsize) self->view.width * 4);
}
