/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/render/scene/fixture.h"

#include "render/scene/surfaces.h"

#include <cairo.h>

FixturePatient *
fixture_patient_new (void)
{
  const SagPhantomOptions options = {
    .seed = 3,
    .findings = SAG_FINDING_EFFUSION_LEFT,
    .spacing_mm = { 4, 4, 4 },
  };
  FixturePatient *patient = g_new0 (FixturePatient, 1);
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (SagLungs) lungs = sag_lungs_segment (phantom->image, NULL, NULL);

  g_assert_nonnull (lungs->mask);
  patient->volume = sag_volume_ref (phantom->image);
  patient->lungs = sag_volume_ref (lungs->mask);
  patient->body_mesh = sag_render_body_mesh (patient->volume, NULL, NULL);
  patient->lungs_mesh = sag_render_lungs_mesh (patient->lungs, NULL, NULL);
  g_assert_nonnull (patient->body_mesh);
  g_assert_nonnull (patient->lungs_mesh);
  return patient;
}

void
fixture_patient_free (FixturePatient *patient)
{
  sag_volume_unref (patient->volume);
  sag_volume_unref (patient->lungs);
  sag_render_mesh_unref (patient->body_mesh);
  sag_render_mesh_unref (patient->lungs_mesh);
  g_free (patient);
}

SagGeometry
fixture_cells (void)
{
  return sag_geometry_init ((const int32_t[]){ 6, 4, 3 }, (const double[]){ 12, 16, 16 },
                            (const double[]){ -30, -24, -16 });
}

SagGeometry
fixture_flip (const SagGeometry *geometry, int axis)
{
  SagGeometry flipped = *geometry;

  for (int c = 0; c < 3; c++)
    {
      double step = geometry->ijk_to_ras[c][axis];

      flipped.ijk_to_ras[c][axis] = -step;
      flipped.ijk_to_ras[c][3] += step * (geometry->dims[axis] - 1);
    }
  return flipped;
}

float *
fixture_hot (const SagGeometry *cells, int i, int j, int k)
{
  gsize  n = sag_geometry_n_voxels (cells);
  float *scores = g_new (float, n);

  for (gsize at = 0; at < n; at++)
    scores[at] = 0.1f;
  scores[i + cells->dims[0] * (j + (gsize) cells->dims[1] * k)] = 0.9f;
  return scores;
}

SagRenderHeatmap
fixture_heatmap (const SagGeometry *cells, const float *scores)
{
  return (SagRenderHeatmap){
    .cells = scores,
    .geometry = *cells,
    .scale = sag_render_scale_init (0),
  };
}

SagRenderMesh *
fixture_box_mesh (const double low_mm[3], const double high_mm[3])
{
  SagGeometry      cell = { .dims = { 1, 1, 1 } };
  const float      score = 1;
  SagRenderHeatmap map;

  for (int a = 0; a < 3; a++)
    {
      cell.ijk_to_ras[a][a] = high_mm[a] - low_mm[a];
      cell.ijk_to_ras[a][3] = (low_mm[a] + high_mm[a]) / 2;
    }
  map = fixture_heatmap (&cell, &score);
  map.raw_cells = TRUE;
  return sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
}

guint32
fixture_pixel (GBytes *pixels, int width, int x, int y)
{
  gsize         size;
  const guint8 *data = g_bytes_get_data (pixels, &size);
  const guint8 *at = data + 4 * ((gsize) y * width + x);

  g_assert_true (x >= 0 && x < width && y >= 0 && 4 * ((gsize) y * width + x) < size);
  g_assert_cmpint (at[3], ==, 255);
  return at[0] << 16 | at[1] << 8 | at[2];
}

void
fixture_keep (GBytes *pixels, int width, int height, const char *name)
{
  const char      *folder = g_getenv ("SAGITTA_PICTURES");
  cairo_surface_t *surface;
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      ((guint32 *) (void *) (cairo_image_surface_get_data (surface) +
                             (gsize) y * cairo_image_surface_get_stride (surface)))[x] =
        fixture_pixel (pixels, width, x, y);
  cairo_surface_mark_dirty (surface);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
}
