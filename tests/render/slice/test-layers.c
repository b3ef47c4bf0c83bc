/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/frame.h"

#include "tests/render/slice/scene.h"

#include <math.h>
#include <string.h>

static float
ball (const int ijk[3], gpointer user_data)
{
  double d = hypot (hypot (ijk[0] - 40, ijk[1] - 30), (ijk[2] - 16) * 2);

  return d < 12 ? (ijk[0] < 40 ? 1 : 2) : 0;
}

static int
label_under (const SagRenderSlice *slice, const double to_ijk[3][4], int x, int y)
{
  double at[3];
  int    ijk[3];

  scene_pixel_ras (slice, x, y, at);
  sag_geometry_apply (to_ijk, at, at);
  for (int a = 0; a < 3; a++)
    ijk[a] = (int) floor (at[a] + 0.5 + 1e-9);
  return (int) ball (ijk, NULL);
}

static guint32
thirty_percent (guint32 colour)
{
  guint32 out = 0xff000000;

  for (int shift = 0; shift <= 16; shift += 8)
    out |= ((colour >> shift & 255) * 77 + 127) / 255 << shift;
  return out;
}

static void
test_mask (void)
{
  SagGeometry           canonical = scene_patient (), turned = scene_turn (&canonical, 30, 0);
  const SagRenderColour colours[] = { 0x40c080, 0xc04020 };

  for (int g = 0; g < 2; g++)
    for (int wide = 0; wide < 2; wide++)
      {
        g_autofree float   *values = scene_fill (&canonical, 0, ball, NULL);
        gsize               n = sag_geometry_n_voxels (&canonical);
        g_autofree guint16 *labels16 = g_new (guint16, n);
        g_autofree guint8  *labels8 = g_new (guint8, n);
        g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);
        SagRenderMask mask = sag_render_mask_init (
          g ? &turned : &canonical, wide ? SAG_RENDER_LABELS_UINT16 : SAG_RENDER_LABELS_UINT8,
          wide ? (void *) labels16 : (void *) labels8);
        SagRenderView       view = scene_view (&canonical, SAG_RENDER_AXIAL, 288, 240, 1 / 3.0, 1);
        SagRenderFrame      frame = sag_render_frame_init (volume);
        g_autofree guint32 *pixels = NULL;
        double              to_ijk[3][4];
        SagRenderSlice      slice;
        int                 n_inside = 0, n_line = 0;

        for (gsize i = 0; i < n; i++)
          {
            labels16[i] = (guint16) (values[i] > 0 ? values[i] + 300 : 0);
            labels8[i] = (guint8) values[i];
          }
        /* Labels beyond the table take its colours again: 301 and 302 are 1 and 2. */
        mask.colours = colours;
        mask.n_colours = 2;
        frame.masks = &mask;
        frame.n_masks = 1;
        g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
        g_assert_true (sag_geometry_invert (&mask.geometry, to_ijk));
        pixels = scene_draw (&frame, &slice, NULL);
        for (int y = 3; y < 237; y++)
          for (int x = 3; x < 285; x++)
            {
              guint32 pixel = pixels[y * 288 + x];
              int     own = label_under (&slice, to_ijk, x, y), same = TRUE, touches = FALSE;

              for (int dy = -3; dy <= 3; dy++)
                for (int dx = -3; dx <= 3; dx++)
                  {
                    int label = label_under (&slice, to_ijk, x + dx, y + dy);

                    same = same && label == own;
                    touches = touches || (label != own && abs (dx) + abs (dy) == 1);
                  }
              if (own == 0)
                g_assert_cmphex (pixel, ==, 0xff000000);
              else if (touches)
                g_assert_cmphex (pixel, ==, 0xff000000 | colours[own - 1]);
              else if (same)
                g_assert_cmphex (pixel, ==, thirty_percent (colours[own - 1]));
              n_inside += own != 0 && same;
              n_line += own != 0 && touches;
            }
        g_assert_cmpint (n_inside, >, 2000);
        g_assert_cmpint (n_line, >, 200);
      }
}

static float
one_ball (const int ijk[3], gpointer user_data)
{
  return ball (ijk, user_data) > 0;
}

/* A mask in bricks gives the picture of the same voxels as labels, however its grid lies. */
static void
test_bricks (void)
{
  SagGeometry           canonical = scene_patient (), turned = scene_turn (&canonical, 30, 12);
  const SagRenderColour colour = 0x40c080;

  for (int o = 0; o <= SCENE_N_ORIENTATIONS; o++)
    {
      const gboolean     is_turned = o == SCENE_N_ORIENTATIONS;
      int                axis[3];
      gboolean           flip[3];
      SagGeometry        grid = is_turned ? turned : scene_reorder (&canonical, o, axis, flip);
      g_autofree float  *values = scene_fill (&canonical, is_turned ? 0 : o, one_ball, NULL);
      gsize              n = sag_geometry_n_voxels (&grid);
      g_autofree guint8 *labels = g_new (guint8, n);
      g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);
      g_autoptr (SagMask) voxels = NULL;
      int n_coloured = 0;

      for (gsize i = 0; i < n; i++)
        labels[i] = (guint8) values[i];
      voxels = sag_mask_new_from_voxels (&grid, labels);
      for (int plane = 0; plane < SAG_RENDER_N_PLANES; plane++)
        {
          SagRenderView  view = scene_view (&canonical, plane, 120, 110, 0.6, 1);
          SagRenderFrame frame = sag_render_frame_init (volume);
          SagRenderMask  masks[2] = { sag_render_mask_init (&grid, SAG_RENDER_LABELS_UINT8, labels),
                                      sag_render_mask_init_voxels (voxels) };
          guint32       *pixels[2] = { NULL, NULL };
          SagRenderSlice slice;

          g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
          for (int m = 0; m < 2; m++)
            {
              masks[m].colours = &colour;
              masks[m].n_colours = 1;
              frame.masks = &masks[m];
              frame.n_masks = 1;
              pixels[m] = scene_draw (&frame, &slice, NULL);
            }
          for (int i = 0; i < 120 * 110; i++)
            {
              g_assert_cmphex (pixels[0][i], ==, pixels[1][i]);
              n_coloured += pixels[0][i] != 0xff000000;
            }
          g_free (pixels[0]);
          g_free (pixels[1]);
        }
      g_assert_cmpint (n_coloured, >, 1000);
    }
}

static void
test_hatch (void)
{
  SagGeometry canonical = scene_patient (), turned = scene_turn (&canonical, 20, 0);

  for (int g = 0; g < 2; g++)
    for (int scale = 1; scale <= 2; scale++)
      {
        SagGeometry geometry = g ? turned : canonical;
        g_autoptr (SagVolume) volume = scene_new (&geometry, 9, SAG_SCALAR_INT16, scene_air, NULL);
        SagGeometry box =
          sag_geometry_init ((const int32_t[]){ 1, 1, 1 }, (const double[]){ 40, 30, 20 },
                             (const double[]){ 3, -4, 0 });
        SagRenderView  view = scene_view (&geometry, SAG_RENDER_AXIAL, 150, 130, 1, scale);
        SagRenderFrame frame = sag_render_frame_init (volume);
        SagRenderSlice slice;
        double         to_ijk[3][4];

        frame.box = &box;
        g_assert_true (sag_geometry_invert (&geometry, to_ijk));
        for (int away = 0; away < 2; away++)
          {
            g_autofree guint32 *pixels = NULL;
            int                 n_outside = 0;
            double              hatched = 0;

            view.centre_ras_mm[2] = away ? 20 : 1;
            g_assert_true (sag_render_slice_init (&slice, &view, sag_volume_get_geometry (volume)));
            pixels = scene_draw (&frame, &slice, NULL);
            for (int y = 0; y < slice.height; y++)
              for (int x = 0; x < slice.width; x++)
                {
                  guint32  pixel = pixels[y * slice.width + x];
                  double   ras[3], ijk[3];
                  gboolean in_box, in_volume = TRUE;

                  scene_pixel_ras (&slice, x, y, ras);
                  sag_geometry_apply (to_ijk, ras, ijk);
                  in_box = !away && fabs (ras[0] - 3) < 20 - 1e-6 && fabs (ras[1] + 4) < 15 - 1e-6;
                  for (int a = 0; a < 3; a++)
                    in_volume = in_volume && ijk[a] > -0.5 && ijk[a] < geometry.dims[a] - 0.5;
                  if (in_box || !in_volume)
                    g_assert_cmphex (pixel, ==, 0xff000000);
                  else if (fabs (ras[0] - 3) > 20 + 1e-6 || fabs (ras[1] + 4) > 15 + 1e-6 || away)
                    {
                      n_outside++;
                      hatched += (pixel & 255) / 31.0; /* 12 % white */
                      g_assert_cmphex (pixel & 255, <=, 31);
                    }
                }
            /* A line one pixel wide at 45 degrees in every 11 pixels covers 0.129 of them. */
            g_assert_cmpfloat (fabs (hatched / n_outside - G_SQRT2 / 11), <, 0.02);
          }
      }
}

/* Nothing to see is no reason to fail: other patients' grids, empty pictures, NaN everywhere. */
static void
test_elsewhere (void)
{
  SagGeometry canonical = scene_patient (), heat = scene_cells (), flat = heat;
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);
  g_autofree float   *scores = scene_fill (&heat, 0, scene_wavy, NULL);
  g_autofree float   *nothing = g_new (float, sag_geometry_n_voxels (&heat));
  g_autofree guint8  *labels = g_new0 (guint8, sag_geometry_n_voxels (&heat));
  SagRenderHeatmap    maps[4];
  SagRenderMask       masks[3];
  SagRenderFrame      frame = sag_render_frame_init (volume);
  SagRenderView       view = scene_view (&canonical, SAG_RENDER_CORONAL, 90, 90, 1, 1);
  g_autofree guint32 *pixels = NULL;
  SagRenderSlice      slice;

  for (gsize i = 0; i < (gsize) sag_geometry_n_voxels (&heat); i++)
    nothing[i] = NAN;
  memset (labels, 1, sag_geometry_n_voxels (&heat));
  for (int i = 0; i < 4; i++)
    maps[i] = (SagRenderHeatmap){
      .cells = scores, .geometry = heat, .scale = sag_render_scale_init (i), .outline = TRUE
    };
  maps[0].geometry.ijk_to_ras[0][3] += 1000;
  maps[1].geometry.ijk_to_ras[1][3] += 1000;
  for (int c = 0; c < 3; c++)
    flat.ijk_to_ras[c][0] = 0;
  maps[2].geometry = flat;
  maps[3].cells = nothing;
  for (int i = 0; i < 3; i++)
    masks[i] = sag_render_mask_init (&maps[i].geometry, SAG_RENDER_LABELS_UINT8, labels);
  frame.heatmaps = maps;
  frame.n_heatmaps = 4;
  frame.masks = masks;
  frame.n_masks = 3;
  frame.box = &flat;
  g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
  pixels = scene_draw (&frame, &slice, NULL);
  for (int i = 0; i < 90 * 90; i++)
    g_assert_cmphex (pixels[i], ==, 0xff000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/mask/fill-and-outline", test_mask);
  g_test_add_func ("/render/mask/bricks", test_bricks);
  g_test_add_func ("/render/box/hatch", test_hatch);
  g_test_add_func ("/render/layers/elsewhere", test_elsewhere);
  return g_test_run ();
}
