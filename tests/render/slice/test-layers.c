/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/frame.h"

#include "tests/render/slice/scene.h"

#include <math.h>
#include <string.h>

/* An empty patient, 96 x 80 x 64 mm, and cells of 12 x 16 x 16 mm in it. */
static SagGeometry
grid (void)
{
  return sag_geometry_init ((const int32_t[]){ 96, 80, 32 },
                            (const double[]){ 1, 1, 2 },
                            (const double[]){ -47.5, -39.5, -31 });
}

static SagGeometry
cells (void)
{
  return sag_geometry_init ((const int32_t[]){ 6, 4, 3 },
                            (const double[]){ 12, 16, 16 },
                            (const double[]){ -30, -24, -16 });
}

static float
air (const int ijk[3], gpointer user_data)
{
  return -2000;
}

static float
one_cell (const int ijk[3], gpointer user_data)
{
  const int *hot = user_data;

  return ijk[0] == hot[0] && ijk[1] == hot[1] && ijk[2] == hot[2] ? 0.9f : 0.1f;
}

static float
wavy (const int ijk[3], gpointer user_data)
{
  return (float) (0.5 + 0.45 * sin (ijk[0] * 1.3 + ijk[1] * 2.1 + ijk[2] * 0.7));
}

static guint32
over (guint32 source, guint32 pixel)
{
  guint32 out = 0xff000000, rest = 255 - (source >> 24);

  for (int shift = 0; shift <= 16; shift += 8)
    out |= (((source >> shift) & 255) + (2 * ((pixel >> shift) & 255) * rest + 255) / 510) << shift;
  return out;
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
  SagGeometry canonical = grid (), heat = cells ();
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
            scene_new (&canonical, (o * 5) % 48, SAG_SCALAR_INT16, air, NULL);
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
          guint32             lit = over (sag_render_scale_lookup (&map.scale, 0.9), 0xff000000);
          const double        point[3] = { -18.3, 8.3, 0.3 };

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
  SagGeometry canonical = grid (), heat = cells (), turned = scene_turn (&heat, 24, 13);
  int         axis[3];
  gboolean    flip[3];

  for (int g = 0; g < 3; g++)
    for (int plane = 0; plane < 3; plane++)
      for (int raw = 0; raw < 2; raw++)
        {
          int               o = g == 1 ? 22 : 0, n_seen = 0;
          g_autofree float *scores = scene_fill (&heat, o, wavy, NULL);
          g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
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
                inside = score_at (&map, ras, &score);
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
                      pixel, over (sag_render_scale_lookup (&map.scale, score), 0xff000000)),
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
  g_assert_cmpuint (sag_render_scale_lookup (&ramp, 1) >> 24, ==, (guint) (0.65 * 255 + 0.5));
  g_assert_cmphex (sag_render_scale_lookup (&ramp, 7), ==, sag_render_scale_lookup (&ramp, 1));
  for (double score = 0.5; score < 1; score += 0.01)
    g_assert_cmpuint (sag_render_scale_lookup (&ramp, score) >> 24, <=,
                      sag_render_scale_lookup (&ramp, score + 0.01) >> 24);

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
  SagGeometry canonical = grid ();
  SagGeometry heat = sag_geometry_init ((const int32_t[]){ 2, 1, 1 },
                                        (const double[]){ 48, 80, 64 },
                                        (const double[]){ -24, 0, 0 });
  const float scores[] = { -1, 1 };
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
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
   * middle. */
  g_assert_cmphex (row[5], ==, over (sag_render_scale_lookup (&map.scale, 1), 0xff000000));
  g_assert_cmphex (row[90], ==, over (sag_render_scale_lookup (&map.scale, -1), 0xff000000));
  g_assert_cmphex (row[47], ==, 0xff000000);
  g_assert_cmphex (row[35], ==, 0xff000000 | map.scale.colour);
  g_assert_cmphex (row[59], ==, 0xff000000 | map.scale.colour);
  g_assert_cmphex (row[31], !=, 0xff000000 | map.scale.colour);
}

/* An outline is a closed line at the threshold, and not along the outer border of the cells. */
static void
test_outline (void)
{
  SagGeometry canonical = grid (), heat = cells ();
  const int   hot[3] = { 2, 2, 1 };

  for (int raw = 0; raw < 2; raw++)
    {
      g_autofree float *scores = scene_fill (&heat, 0, one_cell, (gpointer) hot);
      g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
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
  SagGeometry           canonical = grid (), turned = scene_turn (&canonical, 30, 0);
  const SagRenderColour colours[] = { 0x40c080, 0xc04020 };

  for (int g = 0; g < 2; g++)
    for (int wide = 0; wide < 2; wide++)
      {
        g_autofree float   *values = scene_fill (&canonical, 0, ball, NULL);
        gsize               n = sag_geometry_n_voxels (&canonical);
        g_autofree guint16 *labels16 = g_new (guint16, n);
        g_autofree guint8  *labels8 = g_new (guint8, n);
        g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
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

static void
test_hatch (void)
{
  SagGeometry canonical = grid (), turned = scene_turn (&canonical, 20, 0);

  for (int g = 0; g < 2; g++)
    for (int scale = 1; scale <= 2; scale++)
      {
        SagGeometry geometry = g ? turned : canonical;
        g_autoptr (SagVolume) volume = scene_new (&geometry, 9, SAG_SCALAR_INT16, air, NULL);
        SagGeometry    box = sag_geometry_init ((const int32_t[]){ 1, 1, 1 },
                                                (const double[]){ 40, 30, 20 },
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
  SagGeometry canonical = grid (), heat = cells (), flat = heat;
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, air, NULL);
  g_autofree float   *scores = scene_fill (&heat, 0, wavy, NULL);
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
  g_test_add_func ("/render/heatmap/cell-position", test_cell_position);
  g_test_add_func ("/render/heatmap/smooth", test_smooth);
  g_test_add_func ("/render/heatmap/difference", test_difference);
  g_test_add_func ("/render/heatmap/outline", test_outline);
  g_test_add_func ("/render/heatmap/scale", test_scale);
  g_test_add_func ("/render/mask/fill-and-outline", test_mask);
  g_test_add_func ("/render/box/hatch", test_hatch);
  g_test_add_func ("/render/layers/elsewhere", test_elsewhere);
  return g_test_run ();
}
