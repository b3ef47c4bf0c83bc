/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/render/scene/fixture.h"

#include "render/scene/surfaces.h"
#include "render/scene/vtk-log.h"

#include <math.h>
#include <string.h>

#define SIZE 240

static SagRenderScene *scene; /* one window for all: opening one takes its time */

static GBytes *
draw (const SagRenderCamera *camera, const char *name)
{
  GError *error = NULL;
  GBytes *pixels = sag_render_scene_draw (scene, camera, SIZE, SIZE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (pixels), ==, SIZE * SIZE * 4);
  fixture_keep (pixels, SIZE, SIZE, name);
  return pixels;
}

static void
show (SagRenderMesh *mesh, SagRenderColour colour, double opacity)
{
  const SagRenderSurface surface = { mesh, colour, opacity, 0, 0 };

  sag_render_scene_set_surfaces (scene, &surface, 1);
}

static void
show_nothing (void)
{
  sag_render_scene_set_surfaces (scene, NULL, 0);
  sag_render_scene_set_lines (scene, NULL, 0);
}

static guint
count_lit (GBytes *pixels, int x0, int x1)
{
  guint n = 0;

  for (int y = 0; y < SIZE; y++)
    for (int x = x0; x < x1; x++)
      n += fixture_pixel (pixels, SIZE, x, y) != 0;
  return n;
}

static void
test_empty (void)
{
  const SagRenderCamera camera = sag_render_camera_init ();
  g_autoptr (GBytes) pixels = NULL;

  show_nothing ();
  pixels = draw (&camera, "empty");
  g_assert_cmpuint (count_lit (pixels, 0, SIZE), ==, 0);
}

/* A box on the patient's left and high up: where each view must show it, to the pixel, and nothing else. */
static void
test_place (void)
{
  const double low[3] = { -80, 20, 40 }, high[3] = { -50, 60, 90 };
  g_autoptr (SagRenderMesh) box = fixture_box_mesh (low, high);

  show_nothing ();
  show (box, 0xffffff, 1);
  for (int v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    {
      SagRenderCamera camera = sag_render_camera_init ();
      double          x[2], y[2];
      g_autoptr (GBytes) pixels = NULL;
      g_autofree char *name =
        g_strdup_printf ("box-%s", sag_render_standard_view_name ((SagRenderStandardView) v));

      camera.span_mm = SIZE; /* 1 mm a pixel */
      sag_render_camera_look (&camera, (SagRenderStandardView) v);
      sag_render_camera_project (&camera, SIZE, SIZE, low, &x[0], &y[0]);
      sag_render_camera_project (&camera, SIZE, SIZE, high, &x[1], &y[1]);
      pixels = draw (&camera, name);
      for (int py = 0; py < SIZE; py++)
        for (int px = 0; px < SIZE; px++)
          {
            double dx = MIN (px + 0.5 - MIN (x[0], x[1]), MAX (x[0], x[1]) - px - 0.5);
            double dy = MIN (py + 0.5 - MIN (y[0], y[1]), MAX (y[0], y[1]) - py - 0.5);

            /* Pixels that the edge runs through may be either. */
            if (MIN (dx, dy) > 0.75)
              g_assert_cmpuint (fixture_pixel (pixels, SIZE, px, py), !=, 0);
            else if (MIN (dx, dy) < -0.75)
              g_assert_cmpuint (fixture_pixel (pixels, SIZE, px, py), ==, 0);
          }
    }
}

/* The phantom's left lung is the smaller one; from the front the patient's left is on the screen's right. */
static void
test_lungs_side (void)
{
  g_autoptr (FixturePatient) patient = fixture_patient_new ();
  SagRenderCamera camera = sag_render_camera_init ();
  g_autoptr (GBytes) front = NULL;
  g_autoptr (GBytes) back = NULL;
  guint left, right;

  sag_render_camera_fit (&camera, sag_volume_get_geometry (patient->volume));
  show_nothing ();
  show (patient->lungs_mesh, 0xffffff, 1);
  front = draw (&camera, "lungs-anterior");
  right = count_lit (front, 0, SIZE / 2);
  left = count_lit (front, SIZE / 2, SIZE);
  g_assert_cmpuint (left, >, SIZE * SIZE / 50);
  g_assert_cmpfloat (right, >, 1.2 * left);
  sag_render_camera_look (&camera, SAG_RENDER_VIEW_POSTERIOR);
  back = draw (&camera, "lungs-posterior");
  /* But for edges that fall on the other of two pixels. */
  g_assert_cmpfloat_with_epsilon (count_lit (back, 0, SIZE / 2), left, left / 200.0);
  g_assert_cmpfloat_with_epsilon (count_lit (back, SIZE / 2, SIZE), right, right / 200.0);
}

/* Half a turn mirrors the outline, pixel by pixel. */
static void
test_half_turn (void)
{
  g_autoptr (FixturePatient) patient = fixture_patient_new ();
  SagRenderCamera camera = sag_render_camera_init ();
  guint           n_differ = 0;

  sag_render_camera_fit (&camera, sag_volume_get_geometry (patient->volume));
  show_nothing ();
  show (patient->body_mesh, 0xffffff, 1);
  {
    g_autoptr (GBytes) front = draw (&camera, "body-anterior");
    g_autoptr (GBytes) back = NULL;

    sag_render_camera_rotate (&camera, 180, 0);
    back = draw (&camera, "body-half-turn");
    for (int y = 0; y < SIZE; y++)
      for (int x = 0; x < SIZE; x++)
        n_differ += (fixture_pixel (front, SIZE, x, y) != 0) !=
                    (fixture_pixel (back, SIZE, SIZE - 1 - x, y) != 0);
    g_assert_cmpuint (count_lit (front, 0, SIZE), >, SIZE * SIZE / 4);
  }
  /* An edge may fall on either of two pixels. */
  g_assert_cmpuint (n_differ, <, SIZE / 4);
}

/* A hot cell shows at its place in its colour, through the lungs and the body. */
static void
test_heatmap_in_patient (void)
{
  g_autoptr (FixturePatient) patient = fixture_patient_new ();
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = fixture_hot (&cells, 1, 2, 1);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
  g_autoptr (SagRenderMesh) heat = NULL;
  const double     middle[3] = { -18, 8, 0 };
  SagRenderSurface surfaces[3];
  SagRenderCamera  camera = sag_render_camera_init ();
  g_autoptr (GBytes) pixels = NULL;
  double  x, y;
  guint32 inside, beside;

  map.raw_cells = TRUE;
  heat = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
  surfaces[0] = (SagRenderSurface){ heat, 0xe69f00, 0.65, 0, 0.5 };
  surfaces[1] = (SagRenderSurface){ patient->lungs_mesh, 0xc6d6e4, 0.25, 0.6, 0.6 };
  surfaces[2] = (SagRenderSurface){ patient->body_mesh, 0xe6cdb4, 0.1, 1, 0.3 };
  show_nothing ();
  sag_render_scene_set_surfaces (scene, surfaces, 3);
  sag_render_camera_rotate (&camera, 20, 10);
  pixels = draw (&camera, "patient-with-heatmap");
  sag_render_camera_project (&camera, SIZE, SIZE, middle, &x, &y);
  inside = fixture_pixel (pixels, SIZE, (int) x, (int) y);
  beside = fixture_pixel (pixels, SIZE, (int) x + 24, (int) y);
  /* Orange: much more red than blue. */
  g_assert_cmpint ((int) SAG_RENDER_RED (inside) - (int) SAG_RENDER_BLUE (inside), >, 60);
  g_assert_cmpint ((int) SAG_RENDER_RED (beside) - (int) SAG_RENDER_BLUE (beside), <, 30);
}

/* What is before something else hides it as far as it is opaque. */
static void
test_depth (void)
{
  const double near_low[3] = { -20, 50, -20 }, near_high[3] = { 20, 60, 20 };
  const double far_low[3] = { -60, -60, -60 }, far_high[3] = { 60, -50, 60 };
  g_autoptr (SagRenderMesh) near_mesh = fixture_box_mesh (near_low, near_high);
  g_autoptr (SagRenderMesh) far_mesh = fixture_box_mesh (far_low, far_high);
  SagRenderSurface surfaces[2] = { { far_mesh, 0x0000ff, 1, 0, 0 },
                                   { near_mesh, 0xff0000, 1, 0, 0 } };
  SagRenderCamera  camera = sag_render_camera_init ();

  camera.span_mm = SIZE;
  show_nothing ();
  for (int turn = 0; turn < 2; turn++)
    for (int glass = 0; glass < 2; glass++)
      {
        g_autoptr (GBytes) pixels = NULL;
        guint32 middle, rim;

        surfaces[1].opacity = glass ? 0.5 : 1;
        sag_render_scene_set_surfaces (scene, surfaces, 2);
        sag_render_camera_look (&camera,
                                turn ? SAG_RENDER_VIEW_POSTERIOR : SAG_RENDER_VIEW_ANTERIOR);
        pixels = draw (&camera, "depth");
        middle = fixture_pixel (pixels, SIZE, SIZE / 2, SIZE / 2);
        rim = fixture_pixel (pixels, SIZE, SIZE / 2 + 40, SIZE / 2);
        g_assert_cmpuint (SAG_RENDER_RED (rim), ==, 0);
        g_assert_cmpuint (SAG_RENDER_BLUE (rim), >, 80);
        if (turn)
          g_assert_cmpuint (middle, ==, rim);
        else
          {
            g_assert_cmpuint (SAG_RENDER_RED (middle), >, 40);
            if (glass)
              g_assert_cmpuint (SAG_RENDER_BLUE (middle), >, 40);
            else
              g_assert_cmpuint (SAG_RENDER_BLUE (middle), ==, 0);
          }
      }
}

/* Glass is clear where it faces the reader and milky where it turns away. */
static void
test_rim (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = fixture_hot (&cells, 2, 2, 1);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
  g_autoptr (SagRenderMesh) mesh = NULL;
  SagRenderSurface surface = { NULL, 0xffffff, 0.1, 1, 0 };
  SagRenderCamera  camera = sag_render_camera_init ();
  double           x, y;
  g_autoptr (GBytes) pixels = NULL;
  guint middle, brightest = 0;

  map.scale.threshold = 0.3;
  mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
  surface.mesh = mesh;
  camera.span_mm = 60;
  show_nothing ();
  sag_render_scene_set_surfaces (scene, &surface, 1);
  sag_render_camera_project (&camera, SIZE, SIZE, (const double[]){ -6, 8, 0 }, &x, &y);
  pixels = draw (&camera, "rim");
  middle = SAG_RENDER_GREEN (fixture_pixel (pixels, SIZE, (int) x, (int) y));
  for (int px = 0; px < SIZE; px++)
    brightest = MAX (brightest, SAG_RENDER_GREEN (fixture_pixel (pixels, SIZE, px, (int) y)));
  g_assert_cmpuint (middle, >, 8);
  g_assert_cmpuint (middle, <, 60);
  g_assert_cmpuint (brightest, >, 2 * middle);
}

static void
test_lines (void)
{
  const float          points[6] = { -50, 0, 20, 50, 0, 20 };
  const SagRenderLines line = { points, 2, 0x00ff00, 1, 1 };
  SagRenderCamera      camera = sag_render_camera_init ();
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (GBytes) gone = NULL;

  camera.span_mm = SIZE;
  show_nothing ();
  sag_render_scene_set_lines (scene, &line, 1);
  pixels = draw (&camera, "line");
  for (int x = 0; x < SIZE; x++)
    {
      guint lit = 0;

      for (int y = 0; y < SIZE; y++)
        if (fixture_pixel (pixels, SIZE, x, y) != 0)
          {
            lit++;
            g_assert_cmpint (abs (y - (SIZE / 2 - 20)), <=, 1);
          }
      if (abs (x - SIZE / 2) < 49)
        g_assert_cmpuint (lit, >, 0);
      else if (abs (x - SIZE / 2) > 52)
        g_assert_cmpuint (lit, ==, 0);
    }
  sag_render_scene_set_lines (scene, NULL, 0);
  gone = draw (&camera, "no-line");
  g_assert_cmpuint (count_lit (gone, 0, SIZE), ==, 0);
}

/* Surfaces come, stay, change and go; what was there before draws the same again. */
static void
test_replace (void)
{
  const double low[3] = { -30, -30, -30 }, high[3] = { 30, 30, 30 };
  const double other_low[3] = { 40, 0, 40 }, other_high[3] = { 80, 30, 70 };
  g_autoptr (SagRenderMesh) mesh = fixture_box_mesh (low, high);
  g_autoptr (SagRenderMesh) other = fixture_box_mesh (other_low, other_high);
  const SagRenderSurface both[2] = { { other, 0xff0000, 1, 0, 0 }, { mesh, 0xffffff, 0.5, 0, 0 } };
  const SagRenderCamera  camera = sag_render_camera_init ();
  g_autoptr (GBytes) first = NULL;

  show_nothing ();
  show (mesh, 0xffffff, 1);
  first = draw (&camera, "replace-first");
  for (int round = 0; round < 3; round++)
    {
      g_autoptr (GBytes) two = NULL;
      g_autoptr (GBytes) again = NULL;

      sag_render_scene_set_surfaces (scene, both, 2);
      two = draw (&camera, "replace-two");
      g_assert_false (g_bytes_equal (first, two));
      g_assert_cmpuint (count_lit (two, 0, SIZE), >, count_lit (first, 0, SIZE));
      show (mesh, 0xffffff, 1);
      again = draw (&camera, "replace-again");
      g_assert_true (g_bytes_equal (first, again));
    }
}

/* A mesh may be given up by everybody else while it is shown. */
static void
test_keeps_mesh (void)
{
  const double          low[3] = { -30, -30, -30 }, high[3] = { 30, 30, 30 };
  SagRenderMesh        *mesh = fixture_box_mesh (low, high);
  const SagRenderCamera camera = sag_render_camera_init ();
  g_autoptr (GBytes) pixels = NULL;

  show_nothing ();
  show (mesh, 0xffffff, 1);
  sag_render_mesh_unref (mesh);
  pixels = draw (&camera, "keeps-mesh");
  g_assert_cmpuint (count_lit (pixels, 0, SIZE), >, 100);
  show_nothing ();
}

static void
test_sizes (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 3, 200 }, { 501, 300 }, { 1300, 7 }, { 64, 64 } };
  const double     low[3] = { -90000, -10, -90000 }, high[3] = { 90000, 10, 90000 };
  g_autoptr (SagRenderMesh) mesh = fixture_box_mesh (low, high);
  const SagRenderCamera camera = sag_render_camera_init ();

  show_nothing ();
  show (mesh, 0xffffff, 1);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      int     width = sizes[s][0], height = sizes[s][1];
      GError *error = NULL;
      g_autoptr (GBytes) pixels = sag_render_scene_draw (scene, &camera, width, height, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (pixels), ==, (gsize) width * height * 4);
      for (int corner = 0; corner < 4; corner++)
        g_assert_cmpuint (
          fixture_pixel (pixels, width, corner & 1 ? width - 1 : 0, corner >> 1 ? height - 1 : 0),
          !=, 0);
    }
}

/* A second window beside the first: each draws what it was given. */
static void
test_two_scenes (void)
{
  const double low[3] = { -30, -30, -30 }, high[3] = { 30, 30, 30 };
  g_autoptr (SagRenderMesh) mesh = fixture_box_mesh (low, high);
  g_autoptr (SagRenderScene) other = sag_render_scene_new (NULL);
  const SagRenderSurface red = { mesh, 0xff0000, 1, 0, 0 };
  const SagRenderCamera  camera = sag_render_camera_init ();

  show_nothing ();
  show (mesh, 0x0000ff, 1);
  sag_render_scene_set_surfaces (other, &red, 1);
  for (int round = 0; round < 2; round++)
    {
      g_autoptr (GBytes) mine = draw (&camera, "two-scenes");
      g_autoptr (GBytes) theirs = sag_render_scene_draw (other, &camera, SIZE, SIZE, NULL);

      g_assert_cmpuint (fixture_pixel (mine, SIZE, SIZE / 2, SIZE / 2) & 0xff0000, ==, 0);
      g_assert_cmpuint (fixture_pixel (theirs, SIZE, SIZE / 2, SIZE / 2) & 0xff, ==, 0);
      g_assert_cmpuint (fixture_pixel (theirs, SIZE, SIZE / 2, SIZE / 2), !=, 0);
    }
}

static void
test_renderer (void)
{
  g_assert_cmpuint (strlen (sag_render_scene_get_renderer (scene)), >, 3);
  if (strstr (sag_render_scene_get_renderer (scene), "llvmpipe") != NULL)
    g_assert_true (sag_render_scene_is_software (scene));
}

/* VTK has nothing to complain about in any of these pictures. */
static guint n_messages;

static void
message_cb (const char *message, gpointer user_data)
{
  g_test_message ("VTK: %s", message);
  n_messages++;
}

static void
test_quiet (void)
{
  g_assert_cmpuint (n_messages, ==, 0);
}

int
main (int argc, char *argv[])
{
  GError *error = NULL;
  int     code;

  g_test_init (&argc, &argv, NULL);
  sag_render_vtk_set_log (message_cb, NULL);
  scene = sag_render_scene_new (&error);
  if (scene == NULL)
    {
      g_print ("1..0 # SKIP %s\n", error->message);
      return 0;
    }
  g_test_add_func ("/scene/scene/empty", test_empty);
  g_test_add_func ("/scene/scene/place", test_place);
  g_test_add_func ("/scene/scene/lungs-side", test_lungs_side);
  g_test_add_func ("/scene/scene/half-turn", test_half_turn);
  g_test_add_func ("/scene/scene/heatmap-in-patient", test_heatmap_in_patient);
  g_test_add_func ("/scene/scene/depth", test_depth);
  g_test_add_func ("/scene/scene/rim", test_rim);
  g_test_add_func ("/scene/scene/lines", test_lines);
  g_test_add_func ("/scene/scene/replace", test_replace);
  g_test_add_func ("/scene/scene/keeps-mesh", test_keeps_mesh);
  g_test_add_func ("/scene/scene/sizes", test_sizes);
  g_test_add_func ("/scene/scene/two-scenes", test_two_scenes);
  g_test_add_func ("/scene/scene/renderer", test_renderer);
  g_test_add_func ("/scene/scene/quiet", test_quiet);
  code = g_test_run ();
  sag_render_scene_free (scene);
  return code;
}
