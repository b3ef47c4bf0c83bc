/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/picture.h"

#include "model/core/error.h"
#include "model/volume/nifti.h"
#include "tests/render/slice/scene.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static float
body (const int ijk[3], gpointer user_data)
{
  double x = (ijk[0] - 29.5) / 26, y = (ijk[1] - 24.5) / 22;

  return x * x + y * y > 1                               ? -1000
         : fabs (fabs (x) - 0.5) < 0.3 && fabs (y) < 0.6 ? -820 + ijk[2]
                                                         : 40;
}

static SagGeometry
grid (void)
{
  return sag_geometry_init ((const int32_t[]){ 60, 50, 40 }, (const double[]){ 6, 6, 7 },
                            (const double[]){ -177, -147, -700 });
}

/* A picture with everything in it. */
typedef struct
{
  SagVolume       *volume;
  SagGeometry      cells;
  float           *scores;
  SagRenderHeatmap map;
  SagRenderNote    note;
  SagRenderAnswer  answers[40];
  SagRenderPicture picture;
} Scene;

static float
hot (const int ijk[3], gpointer user_data)
{
  return ijk[0] == 10 && ijk[1] == 8 && ijk[2] == 7 ? 0.9f : 0.05f;
}

static void
scene_init (Scene *scene)
{
  static const char *const badges[] = { "other wording", "uncalibrated", NULL };
  SagGeometry              geometry = grid ();

  scene->volume = scene_new (&geometry, 31, SAG_SCALAR_INT16, body, NULL);
  scene->cells = sag_geometry_init ((const int32_t[]){ 32, 20, 16 }, (const double[]){ 12, 16, 16 },
                                    (const double[]){ -186, -152, -680 });
  scene->scores = scene_fill (&scene->cells, 0, hot, NULL);
  scene->map = (SagRenderHeatmap){ .cells = scene->scores,
                                   .geometry = scene->cells,
                                   .scale = sag_render_scale_init (0) };
  scene->note = (SagRenderNote){ "Localisation was not trained for this text.", TRUE, NULL };
  for (int i = 0; i < 40; i++)
    scene->answers[i] = (SagRenderAnswer){
      .colour = sag_render_answer_colours[i % SAG_RENDER_N_ANSWER_COLOURS],
      .task = i % 2 ? "Segment lung nodule in the image."
                    : "Diagnose the presence of <b>pleural effusion</b> & more.",
      .number = i % 2 ? NULL : "0.91",
      .number_words = i % 2 ? NULL : "model probability, balanced training mix",
      .fraction = i % 2 ? NAN : 0.91,
      .reference = i % 3 ? NAN : 0.5,
      .badges = i % 4 ? badges : NULL,
      .notes = &scene->note,
      .n_notes = i % 5 == 0,
      .scale = i % 2 ? &scene->map.scale : NULL,
      .map_max = i % 3 ? 0.87 : NAN,
      .has_peak = i % 2,
    };
  scene->picture = sag_render_picture_init (scene->volume);
  scene->picture.frame.heatmaps = &scene->map;
  scene->picture.frame.n_heatmaps = 1;
  scene->picture.frame.box = &scene->cells;
  scene->picture.answers = scene->answers;
  scene->picture.n_answers = 3;
  scene->picture.title = "case-0001";
  scene->picture.subtitle = "60 x 50 x 40";
  scene->picture.footer = "bundle, engine";
}

static void
scene_clear (Scene *scene)
{
  sag_volume_unref (scene->volume);
  g_free (scene->scores);
}

static gboolean
same_pixels (cairo_surface_t *a, cairo_surface_t *b)
{
  int width = cairo_image_surface_get_width (a), height = cairo_image_surface_get_height (a);

  if (cairo_image_surface_get_width (b) != width || cairo_image_surface_get_height (b) != height)
    return FALSE;
  for (int y = 0; y < height; y++)
    {
      const guint32 *row_a = (void *) (cairo_image_surface_get_data (a) +
                                       (gsize) y * cairo_image_surface_get_stride (a));
      const guint32 *row_b = (void *) (cairo_image_surface_get_data (b) +
                                       (gsize) y * cairo_image_surface_get_stride (b));

      for (int x = 0; x < width; x++)
        if ((row_a[x] & 0xffffff) != (row_b[x] & 0xffffff))
          return FALSE;
    }
  return TRUE;
}

/* What is read back from the PNG is what was drawn. */
static void
test_round_trip (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a picture.png", NULL);

  for (int layout = 0; layout < 2; layout++)
    for (int scale = 1; scale <= 2; scale++)
      {
        g_autoptr (GError) error = NULL;
        cairo_surface_t *drawn, *read;
        Scene            scene;

        scene_init (&scene);
        scene.picture.layout = layout;
        scene.picture.width = 421;
        scene.picture.height = 303;
        scene.picture.scale = scale;
        drawn = sag_render_picture_draw (&scene.picture, sag_pool_get_default (), &error);
        g_assert_no_error (error);
        g_assert_cmpint (cairo_image_surface_get_width (drawn), ==, 421 * scale);
        g_assert_cmpint (cairo_image_surface_get_height (drawn), ==, 303 * scale);
        g_assert_true (sag_render_picture_save (&scene.picture, path, NULL, &error));
        g_assert_no_error (error);
        read = cairo_image_surface_create_from_png (path);
        g_assert_cmpint (cairo_surface_status (read), ==, CAIRO_STATUS_SUCCESS);
        g_assert_true (same_pixels (drawn, read));
        cairo_surface_destroy (drawn);
        cairo_surface_destroy (read);
        scene_clear (&scene);
      }
  sag_test_remove_folder (folder);
}

static void
test_bad_path (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "absent", "out.png", NULL);
  g_autoptr (GError) error = NULL;
  Scene scene;

  scene_init (&scene);
  g_assert_false (sag_render_picture_save (&scene.picture, path, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "out.png"));
  scene_clear (&scene);
  sag_test_remove_folder (folder);
}

static void
test_bad_sizes (void)
{
  const struct
  {
    int         width, height;
    double      scale, zoom;
    const char *words;
  } cases[] = {
    { 0, 100, 1, 1, "16 to" },     { -5, 100, 1, 1, "16 to" },  { 20000, 100, 1, 1, "16 to" },
    { 9000, 9000, 2, 1, "16 to" }, { 100, 15, 1, 1, "16 to" },  { 100, 100, 0, 1, "scale" },
    { 100, 100, NAN, 1, "scale" }, { 100, 100, 9, 1, "scale" }, { 100, 100, 1, 0, "zoom" },
    { 100, 100, 1, NAN, "zoom" },
  };
  Scene scene;

  scene_init (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GError *error = NULL;

      scene.picture.width = cases[i].width;
      scene.picture.height = cases[i].height;
      scene.picture.scale = cases[i].scale;
      scene.picture.zoom = cases[i].zoom;
      g_assert_null (sag_render_picture_draw (&scene.picture, NULL, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, cases[i].words);
    }
  {
    GError *error = NULL;

    scene.picture.zoom = 1;
    scene.picture.at_ras_mm[1] = NAN;
    g_assert_null (sag_render_picture_draw (&scene.picture, NULL, &error));
    sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "finite");
  }
  scene_clear (&scene);
}

/* Any size and any number of answers make a picture; the corners of the views stay black, the
 * pane is a pane. */
static void
test_sizes (void)
{
  const int sizes[][2] = { { 16, 16 },   { 64, 64 },   { 97, 33 },
                           { 200, 700 }, { 640, 400 }, { 1440, 900 } };
  Scene     scene;

  scene_init (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int layout = 0; layout < 2; layout++)
      for (int n = 0; n <= 40; n += 20)
        {
          g_autoptr (GError) error = NULL;
          int              width = sizes[i][0], height = sizes[i][1];
          cairo_surface_t *surface;
          const guint32   *pixels;

          scene.picture.width = width;
          scene.picture.height = height;
          scene.picture.layout = layout;
          scene.picture.n_answers = n;
          surface = sag_render_picture_draw (&scene.picture, NULL, &error);
          g_assert_no_error (error);
          pixels = (const guint32 *) cairo_image_surface_get_data (surface);
          g_assert_cmphex (pixels[0] & 0xffffff, ==, 0);
          if (layout == SAG_RENDER_LAYOUT_GRID)
            {
              int stride = cairo_image_surface_get_stride (surface) / 4;

              g_assert_cmphex (pixels[(height - 1) * stride + width - 1] & 0xffffff, ==, 0x2b2b2f);
              g_assert_cmphex (pixels[(height - 2) / 2 * stride + 1] & 0xffffff, ==, 0x1c1c1c);
            }
          cairo_surface_destroy (surface);
        }
  scene_clear (&scene);
}

/* A real scan stored in twelve ways is one patient: the pictures agree. */
static void
test_storage_orders (void)
{
  static const char *const names[] = { "RAS", "AIL", "ASL", "IAR", "ILP", "LAS",
                                       "LPS", "LSA", "PIR", "RPI", "SPL", "SRA" };
  cairo_surface_t         *first = NULL;
  SagRenderPicture         picture;
  double                   at[3];

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf ("data/nifti-odd/NIfTIspace/%s.nii.gz", names[i]);
      g_autofree char *path = sag_test_shared (name);
      g_autoptr (GError) error = NULL;
      g_autoptr (SagVolume) volume = NULL;
      cairo_surface_t *surface;

      if (path == NULL)
        return;
      volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      picture = sag_render_picture_init (volume);
      picture.width = 600;
      picture.height = 500;
      picture.frame.window = (SagRenderWindow){ 150, 60 };
      if (i == 0)
        memcpy (at, picture.at_ras_mm, sizeof at);
      memcpy (picture.at_ras_mm, at, sizeof at);
      for (int c = 0; c < 3; c++)
        picture.at_ras_mm[c] += 0.3;
      surface = sag_render_picture_draw (&picture, sag_pool_get_default (), &error);
      g_assert_no_error (error);
      if (first == NULL)
        first = surface;
      else
        {
          if (!same_pixels (first, surface))
            g_error ("%s looks different from %s", names[i], names[0]);
          cairo_surface_destroy (surface);
        }
    }
  cairo_surface_destroy (first);
}

/* The nodule of LIDC-IDRI-0314 lies where its radiologists put it: bright in the middle, lung
 * around. */
static void
test_real_nodule (void)
{
  g_autofree char *path = sag_test_shared ("data/ct/lidc-idri-0314_chest_2mm.nii.gz");
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = NULL;
  const double centre[3] = { 57.44, -131.23, -520.36 };

  if (path == NULL)
    return;
  volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (int plane = 0; plane < SAG_RENDER_N_PLANES; plane++)
    {
      SagRenderFrame frame = sag_render_frame_init (volume);
      SagRenderView  view = {
         .plane = plane, .mm_per_pixel = 0.5, .width = 81, .height = 81, .scale = 1
      };
      g_autofree guint32 *pixels = NULL;
      SagRenderSlice      slice;
      double              inside = 0, outside = 0;

      memcpy (view.centre_ras_mm, centre, sizeof centre);
      g_assert_true (sag_render_slice_init (&slice, &view, sag_volume_get_geometry (volume)));
      pixels = scene_draw (&frame, &slice, NULL);
      for (int i = 0; i < 8; i++)
        {
          double angle = i * G_PI / 4;

          inside +=
            (pixels[(int) (40.5 + 8 * sin (angle)) * 81 + (int) (40.5 + 8 * cos (angle))] & 255) /
            8.0;
          outside +=
            (pixels[(int) (40.5 + 30 * sin (angle)) * 81 + (int) (40.5 + 30 * cos (angle))] & 255) /
            8.0;
        }
      g_assert_cmpfloat (inside, >, 190);
      g_assert_cmpfloat (outside, <, 150);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/picture/round-trip", test_round_trip);
  g_test_add_func ("/render/picture/bad-path", test_bad_path);
  g_test_add_func ("/render/picture/bad-sizes", test_bad_sizes);
  g_test_add_func ("/render/picture/sizes", test_sizes);
  g_test_add_func ("/render/picture/storage-orders", test_storage_orders);
  g_test_add_func ("/render/picture/real-nodule", test_real_nodule);
  return g_test_run ();
}
