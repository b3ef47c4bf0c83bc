/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/frame.h"

#include "tests/render/slice/scene.h"

#include <math.h>
#include <string.h>

static float
one_cell (const int ijk[3], gpointer user_data)
{
  const int *hot = user_data;

  return ijk[0] == hot[0] && ijk[1] == hot[1] && ijk[2] == hot[2] ? 0.9f : 0.1f;
}

/* The score at a point by the definition, in doubles. FALSE outside the cells. */
static gboolean
score_at (const SagRenderHeatmap *map, const double ras_mm[3], double *score)
{
  const gint32 *dims = map->geometry.dims;
  double        to_ijk[3][4], at[3], t[3];
  int           low[3];

  g_assert_true (sag_geometry_invert (&map->geometry, to_ijk));
  sag_geometry_apply (to_ijk, ras_mm, at);
  for (int a = 0; a < 3; a++)
    {
      if (at[a] < -0.5 || at[a] >= dims[a] - 0.5)
        return FALSE;
      at[a] = map->raw_cells ? round (at[a]) : CLAMP (at[a], 0, dims[a] - 1);
      low[a] = MIN ((int) at[a], MAX (dims[a] - 2, 0));
      t[a] = at[a] - low[a];
    }
  *score = 0;
  for (int c = 0; c < 8; c++)
    {
      double weight = 1;
      gsize  index = 0, stride = 1;

      for (int a = 0; a < 3; a++)
        {
          weight *= (c >> a) & 1 ? t[a] : 1 - t[a];
          index += stride * (low[a] + ((c >> a) & 1));
          stride *= dims[a];
        }
      if (weight > 0)
        *score += weight * map->cells[index];
    }
  return TRUE;
}

/* In grid(). */
static gboolean
in_volume (const double ras_mm[3])
{
  return fabs (ras_mm[0]) < 48 && fabs (ras_mm[1]) < 40 && fabs (ras_mm[2]) < 32;
}

static int
channel_difference (guint32 a, guint32 b)
{
  int worst = 0;

  for (int shift = 0; shift <= 24; shift += 8)
    worst = MAX (worst, abs ((int) ((a >> shift) & 255) - (int) ((b >> shift) & 255)));
  return worst;
}

/* The box of one raw cell, to the pixel, in every storage order of both grids and at two scales. */
static void
test_cell_position (void)
{
  SagGeometry canonical = scene_patient (), heat = scene_cells ();
  const int   hot[3] = { 1, 2, 1 };
  /* centres -30 + 12, -24 + 32, -16 + 16, so R -24..-12, A 0..16, S -8..8 */
  const double low[3] = { -24, 0, -8 }, high[3] = { -12, 16, 8 };

  for (int plane = 0; plane < 3; plane++)
    for (int scale = 1; scale <= 2; scale++)
      for (int o = 0; o < SCENE_N_ORIENTATIONS; o++)
        {
          int               axis[3], n_lit = 0;
          gboolean          flip[3];
          g_autofree float *scores = scene_fill (&heat, o, one_cell, (gpointer) hot);
          g_autoptr (SagVolume) volume =
            scene_new (&canonical, (o * 5) % 48, SAG_SCALAR_INT16, scene_air, NULL);
          SagRenderHeatmap map = {
            .cells = scores,
            .geometry = scene_reorder (&heat, o, axis, flip),
            .scale = sag_render_scale_init (0),
            .raw_cells = TRUE,
          };
          SagRenderView       view = scene_view (&canonical, plane, 150, 140, 0.75, scale);
          SagRenderFrame      frame = sag_render_frame_init (volume);
          g_autofree guint32 *pixels = NULL;
          SagRenderSlice      slice;
          guint32      lit = scene_over (sag_render_scale_lookup (&map.scale, 0.9), 0xff000000);
          const double point[3] = { -18.3, 8.3, 0.3 };

          memcpy (view.centre_ras_mm, point, sizeof point);
          frame.heatmaps = &map;
          frame.n_heatmaps = 1;
          g_assert_true (sag_render_slice_init (&slice, &view, sag_volume_get_geometry (volume)));
          pixels = scene_draw (&frame, &slice, NULL);
          for (int y = 0; y < slice.height; y++)
            for (int x = 0; x < slice.width; x++)
              {
                double   ras[3];
                gboolean inside = TRUE, on_border = FALSE;

                scene_pixel_ras (&slice, x, y, ras);
                for (int a = 0; a < 3; a++)
                  {
                    inside = inside && ras[a] >= low[a] && ras[a] < high[a];
                    on_border =
                      on_border || fabs (ras[a] - low[a]) < 1e-6 || fabs (ras[a] - high[a]) < 1e-6;
                  }
                if (on_border)
                  continue;
                g_assert_cmphex (pixels[y * slice.width + x], ==, inside ? lit : 0xff000000);
                n_lit += inside;
              }
          g_assert_cmpint (n_lit, >, 200 * scale * scale);
        }
}

/* Smooth scores against the definition: cells along the volume, stored in another order, and
 * turned against it. */
static void
test_smooth (void)
{
  SagGeometry canonical = scene_patient (), heat = scene_cells (),
              turned = scene_turn (&heat, 24, 13);
  int      axis[3];
  gboolean flip[3];

  for (int g = 0; g < 3; g++)
    for (int plane = 0; plane < 3; plane++)
      for (int raw = 0; raw < 2; raw++)
        {
          int               o = g == 1 ? 22 : 0, n_seen = 0;
          g_autofree float *scores = scene_fill (&heat, o, scene_wavy, NULL);
          g_autoptr (SagVolume) volume =
            scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);
          SagRenderHeatmap map = {
            .cells = scores,
            .geometry = g == 2 ? turned : scene_reorder (&heat, o, axis, flip),
            .scale = sag_render_scale_init (1),
            .raw_cells = raw,
          };
          SagRenderView       view = scene_view (&canonical, plane, 120, 120, 0.93, 1);
          SagRenderFrame      frame = sag_render_frame_init (volume);
          g_autofree guint32 *pixels = NULL;
          SagRenderSlice      slice;

          map.scale.threshold = 0.4;
          frame.heatmaps = &map;
          frame.n_heatmaps = 1;
          g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
          pixels = scene_draw (&frame, &slice, NULL);
          for (int y = 0; y < slice.height; y++)
            for (int x = 0; x < slice.width; x++)
              {
                guint32  pixel = pixels[y * slice.width + x];
                double   ras[3], score = NAN, nudged[3], other = NAN;
                gboolean inside, steady = TRUE;

                scene_pixel_ras (&slice, x, y, ras);
                inside = score_at (&map, ras, &score) && in_volume (ras);
                /* Not on a border between cells, nor at the threshold, where rounding decides. */
                for (int n = 0; n < 8 && steady; n++)
                  {
                    for (int a = 0; a < 3; a++)
                      nudged[a] = ras[a] + ((n >> a) & 1 ? 1e-4 : -1e-4);
                    steady =
                      score_at (&map, nudged, &other) == inside &&
                      (!inside || (fabs (other - score) < 1e-3 && fabs (score - 0.4) > 1e-4));
                  }
                if (!steady)
                  continue;
                if (!inside || score < 0.4)
                  g_assert_cmphex (pixel, ==, 0xff000000);
                else
                  g_assert_cmpint (
                    channel_difference (
                      pixel, scene_over (sag_render_scale_lookup (&map.scale, score), 0xff000000)),
                    <=, 1);
                n_seen += inside && score >= 0.4;
              }
          g_assert_cmpint (n_seen, >, 500);
        }
}

static void
test_scale (void)
{
  SagRenderScale ramp = sag_render_scale_init (0), map = ramp;

  g_assert_cmphex (sag_render_answer_colours[0], ==, 0xe69f00);
  g_assert_cmphex (ramp.colour, ==, 0xe69f00);
  g_assert_cmphex (sag_render_scale_init (8).colour, ==, 0x56b4e9);
  g_assert_cmphex (sag_render_scale_lookup (&ramp, 0.4999), ==, 0);
  g_assert_cmphex (sag_render_scale_lookup (&ramp, NAN), ==, 0);
  g_assert_cmpuint (sag_render_scale_lookup (&ramp, 1) >> 24, ==, 166);
  g_assert_cmphex (sag_render_scale_lookup (&ramp, 7), ==, sag_render_scale_lookup (&ramp, 1));
  for (int i = 50; i < 100; i++)
    g_assert_cmpuint (sag_render_scale_lookup (&ramp, i * 0.01) >> 24, <=,
                      sag_render_scale_lookup (&ramp, (i + 1) * 0.01) >> 24);

  map.opacity = 1;
  map.threshold = 0;
  map.map = SAG_RENDER_MAP_INFERNO;
  g_assert_cmphex (sag_render_scale_lookup (&map, 0), ==, 0xff000004);
  g_assert_cmphex (sag_render_scale_lookup (&map, 1), ==, 0xfffcffa4);
  map.map = SAG_RENDER_MAP_VIRIDIS;
  g_assert_cmphex (sag_render_scale_lookup (&map, 0.5), ==, 0xff21908c);
  map.map = SAG_RENDER_MAP_CIVIDIS;
  g_assert_cmphex (sag_render_scale_lookup (&map, 1), ==, 0xffffea46);

  map.map = SAG_RENDER_MAP_DIFFERENCE;
  map.threshold = 0.2;
  map.high = 0.5;
  g_assert_cmphex (sag_render_scale_lookup (&map, 0.1), ==, 0);
  g_assert_cmphex (sag_render_scale_lookup (&map, -0.1), ==, 0);
  g_assert_cmphex (sag_render_scale_lookup (&map, 0.5), ==, 0xffb2182b);
  g_assert_cmphex (sag_render_scale_lookup (&map, -0.5), ==, 0xff2166ac);
  g_assert_cmpfloat (sag_render_scale_first (&map), ==, -0.5);
}

/* A difference map shows both signs, and a line at both thresholds. */
static void
test_difference (void)
{
  SagGeometry canonical = scene_patient ();
  SagGeometry heat = sag_geometry_init (
    (const int32_t[]){ 2, 1, 1 }, (const double[]){ 48, 80, 64 }, (const double[]){ -24, 0, 0 });
  const float scores[] = { -1, 1 };
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);
  SagRenderHeatmap map = {
    .cells = scores, .geometry = heat, .scale = sag_render_scale_init (3), .outline = TRUE
  };
  SagRenderView       view = scene_view (&canonical, SAG_RENDER_AXIAL, 96, 80, 1, 1);
  SagRenderFrame      frame = sag_render_frame_init (volume);
  g_autofree guint32 *pixels = NULL;
  const guint32      *row;
  SagRenderSlice      slice;

  map.scale.map = SAG_RENDER_MAP_DIFFERENCE;
  map.scale.threshold = 0.5;
  view.centre_ras_mm[0] -= 0.5;
  frame.heatmaps = &map;
  frame.n_heatmaps = 1;
  g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
  pixels = scene_draw (&frame, &slice, NULL);
  row = pixels + 40 * 96;
  /* Patient's right, the second cell, is on the left; scores pass +-0.5 at 12 mm from the
   * middle. / */
  g_assert_cmphex (row[5], ==, scene_over (sag_render_scale_lookup (&map.scale, 1), 0xff000000));
  g_assert_cmphex (row[90], ==, scene_over (sag_render_scale_lookup (&map.scale, -1), 0xff000000));
  g_assert_cmphex (row[47], ==, 0xff000000);
  g_assert_cmphex (row[35], ==, 0xff000000 | map.scale.colour);
  g_assert_cmphex (row[59], ==, 0xff000000 | map.scale.colour);
  g_assert_cmphex (row[31], !=, 0xff000000 | map.scale.colour);
}

/* Cells that reach beyond the volume, as those of a padded box do, show within it only. */
static void
test_beyond (void)
{
  SagGeometry       canonical = scene_patient (), heat = scene_cells ();
  g_autofree float *scores = g_new (float, sag_geometry_n_voxels (&heat));
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);

  for (gsize i = 0; i < (gsize) sag_geometry_n_voxels (&heat); i++)
    scores[i] = i % 3 ? 0.9f : 0.1f;
  heat.ijk_to_ras[0][3] += 20;
  heat.ijk_to_ras[1][3] -= 20;
  for (int raw = 0; raw < 2; raw++)
    for (int plane = 0; plane < 3; plane++)
      {
        SagRenderHeatmap    map = { .cells = scores,
                                    .geometry = heat,
                                    .scale = sag_render_scale_init (0),
                                    .raw_cells = raw,
                                    .outline = TRUE };
        SagRenderView       view = scene_view (&canonical, plane, 160, 150, 1, 1);
        SagRenderFrame      frame = sag_render_frame_init (volume);
        g_autofree guint32 *pixels = NULL;
        SagRenderSlice      slice;
        int                 n_lit = 0;

        frame.heatmaps = &map;
        frame.n_heatmaps = 1;
        g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
        pixels = scene_draw (&frame, &slice, NULL);
        for (int y = 0; y < 150; y++)
          for (int x = 0; x < 160; x++)
            {
              double ras[3];

              scene_pixel_ras (&slice, x, y, ras);
              if (in_volume (ras))
                n_lit += pixels[y * 160 + x] != 0xff000000;
              else
                g_assert_cmphex (pixels[y * 160 + x], ==, 0xff000000);
            }
        g_assert_cmpint (n_lit, >, 100);
      }
}

/* An outline is a closed line at the threshold, and not along the outer border of the cells. */
static void
test_outline (void)
{
  SagGeometry canonical = scene_patient (), heat = scene_cells ();
  const int   hot[3] = { 2, 2, 1 };

  for (int raw = 0; raw < 2; raw++)
    {
      g_autofree float *scores = scene_fill (&heat, 0, one_cell, (gpointer) hot);
      g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, scene_air, NULL);
      SagRenderHeatmap    map = { .cells = scores,
                                  .geometry = heat,
                                  .scale = sag_render_scale_init (0),
                                  .raw_cells = raw,
                                  .outline = TRUE };
      SagRenderView       view = scene_view (&canonical, SAG_RENDER_AXIAL, 192, 160, 0.5, 1);
      SagRenderFrame      frame = sag_render_frame_init (volume);
      g_autofree guint32 *pixels = NULL;
      SagRenderSlice      slice;
      int                 n_runs = 0, first = -1, last = -1;

      frame.heatmaps = &map;
      frame.n_heatmaps = 1;
      view.centre_ras_mm[2] = 0;
      g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
      pixels = scene_draw (&frame, &slice, NULL);
      for (int x = 1; x < 192; x++)
        {
          /* Brighter than the fill can be. */
          gboolean line = (pixels[64 * 192 + x] >> 16 & 255) > 150;
          gboolean before = (pixels[64 * 192 + x - 1] >> 16 & 255) > 150;

          n_runs += line && !before;
          first = line && first < 0 ? x : first;
          last = line ? x : last;
        }
      g_assert_cmpint (n_runs, ==, 2);
      /* The cell spans R -12..0, half a pixel a mm: pixels 96..119. Smooth: 0.5 is half way to
       * the next centre. */
      g_assert_cmpint (abs (first - 96), <=, 1);
      g_assert_cmpint (abs (last - 119), <=, 1);
      for (int x = 0; x < 192; x++)
        g_assert_cmphex (pixels[x], ==, 0xff000000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/heatmap/cell-position", test_cell_position);
  g_test_add_func ("/render/heatmap/smooth", test_smooth);
  g_test_add_func ("/render/heatmap/difference", test_difference);
  g_test_add_func ("/render/heatmap/beyond-the-volume", test_beyond);
  g_test_add_func ("/render/heatmap/outline", test_outline);
  g_test_add_func ("/render/heatmap/scale", test_scale);
  return g_test_run ();
}
