/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/worker.h"
#include "tests/render/scene/fixture.h"

#include <string.h>
#include <time.h>

#define SIZE 160

static FixturePatient *patient;

/* What the callback saw. */
typedef struct
{
  guint           n_pictures;
  GBytes         *pixels;
  int             width, height, asked_width;
  SagRenderCamera camera;
  gboolean        is_final;
  guint64         request, asked;
  GThread        *thread;
} Seen;

static void
picture_cb (const SagRenderPicture *picture, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_null (picture->error);
  g_assert_cmpuint (g_bytes_get_size (picture->pixels), ==, picture->stride * picture->height);
  seen->n_pictures++;
  g_clear_pointer (&seen->pixels, g_bytes_unref);
  seen->pixels = g_bytes_ref (picture->pixels);
  seen->width = picture->width;
  seen->height = picture->height;
  seen->asked_width = picture->asked_width;
  seen->camera = picture->camera;
  seen->is_final = picture->is_final;
  g_assert_cmpuint (picture->request, >=, seen->request);
  seen->request = picture->request;
  seen->thread = g_thread_self ();
}

/* Until the newest request is answered. */
static void
wait_final (Seen *seen)
{
  while (!seen->is_final || seen->request < seen->asked)
    g_main_context_iteration (NULL, TRUE);
}

static void
turn_loop (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
}

static SagRenderContent *
patient_content (void)
{
  return sag_render_content_new (patient->volume, patient->lungs);
}

static SagRenderCamera
patient_camera (void)
{
  SagRenderCamera camera = sag_render_camera_init ();

  sag_render_camera_fit (&camera, sag_volume_get_geometry (patient->volume));
  return camera;
}

static guint
count_lit (const Seen *seen)
{
  guint n = 0;

  for (int y = 0; y < seen->height; y++)
    for (int x = 0; x < seen->width; x++)
      n += fixture_pixel (seen->pixels, seen->width, x, y) != 0;
  return n;
}

static void
finish (SagRenderWorker *worker, Seen *seen)
{
  sag_render_worker_free (worker);
  sag_render_worker_wait_all ();
  g_clear_pointer (&seen->pixels, g_bytes_unref);
}

static void
test_picture (void)
{
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  g_autoptr (SagRenderContent) content = patient_content ();

  seen.asked = sag_render_worker_set_content (worker, content);
  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  wait_final (&seen);
  fixture_keep (seen.pixels, SIZE, SIZE, "worker");
  g_assert_cmpint (seen.width, ==, SIZE);
  g_assert_cmpint (seen.height, ==, SIZE);
  g_assert_true (sag_render_camera_equal (&seen.camera, &camera));
  g_assert_true (seen.thread == g_thread_self ());
  g_assert_cmpuint (count_lit (&seen), >, SIZE * SIZE / 5);
  finish (worker, &seen);
}

/* Of many requests the newest counts: fewer pictures than requests, and the last is of the last. */
static void
test_merges (void)
{
  Seen             seen = { 0 };
  SagRenderWorker *worker = sag_render_worker_new (picture_cb, &seen);
  SagRenderCamera  camera = patient_camera ();
  g_autoptr (SagRenderContent) content = patient_content ();

  seen.asked = sag_render_worker_set_content (worker, content);
  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  wait_final (&seen);
  seen.n_pictures = 0;
  for (int n = 0; n < 500; n++)
    {
      sag_render_camera_rotate (&camera, 1, 0);
      seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, TRUE);
    }
  while (!sag_render_camera_equal (&seen.camera, &camera))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (seen.n_pictures, <, 250);
  finish (worker, &seen);
}

/* Nothing is drawn before there is a size, and nothing more once all is drawn. */
static void
test_rests (void)
{
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  g_autoptr (SagRenderContent) content = patient_content ();
  guint   n;
  clock_t before;

  seen.asked = sag_render_worker_set_content (worker, content);
  seen.asked = sag_render_worker_set_view (worker, &camera, 0, 0, 1, FALSE);
  turn_loop (50);
  g_assert_cmpuint (seen.n_pictures, ==, 0);
  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  wait_final (&seen);
  n = seen.n_pictures;
  before = clock ();
  g_usleep (300000);
  /* Of all threads; a spinning one would take the whole of it. */
  g_assert_cmpfloat ((double) (clock () - before) / CLOCKS_PER_SEC, <, 0.1);
  turn_loop (20);
  g_assert_cmpuint (seen.n_pictures, ==, n);
  finish (worker, &seen);
}

/* A moving view may come at half the resolution, but is followed by a full one without being asked for. */
static void
test_sharpens (void)
{
  Seen             seen = { 0 };
  SagRenderWorker *worker = sag_render_worker_new (picture_cb, &seen);
  SagRenderCamera  camera = patient_camera ();
  g_autoptr (SagRenderContent) content = patient_content ();
  const int large = 1600; /* longer than 40 ms on the CPU */

  seen.asked = sag_render_worker_set_content (worker, content);
  seen.asked = sag_render_worker_set_view (worker, &camera, large, large, 2, FALSE);
  wait_final (&seen);
  g_assert_cmpint (seen.width, ==, large);
  sag_render_camera_rotate (&camera, 30, 0);
  seen.asked = sag_render_worker_set_view (worker, &camera, large, large, 2, TRUE);
  wait_final (&seen);
  g_assert_cmpint (seen.width, ==, large);
  g_assert_true (sag_render_camera_equal (&seen.camera, &camera));
  finish (worker, &seen);
}

/* What it had begun may last; then no thread works any more. */
static void
wait_for_rest (void)
{
  const gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  clock_t      before;

  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      before = clock ();
      g_usleep (300000);
    }
  while ((double) (clock () - before) / CLOCKS_PER_SEC > 0.1);
}

/* A view that is hidden while its picture is one of half the resolution: it rests, and is drawn when it is shown. */
static void
test_hidden_while_moving (void)
{
  Seen             seen = { 0 };
  SagRenderWorker *worker = sag_render_worker_new (picture_cb, &seen);
  SagRenderCamera  camera = patient_camera ();
  g_autoptr (SagRenderContent) content = patient_content ();
  const int large = 1600;
  guint     n;

  seen.asked = sag_render_worker_set_content (worker, content);
  seen.asked = sag_render_worker_set_view (worker, &camera, large, large, 2, FALSE);
  wait_final (&seen);
  n = seen.n_pictures;
  sag_render_camera_rotate (&camera, 30, 0);
  seen.asked = sag_render_worker_set_view (worker, &camera, large, large, 2, TRUE);
  while (seen.n_pictures == n)
    g_main_context_iteration (NULL, TRUE);
  seen.asked = sag_render_worker_set_view (worker, &camera, 0, 0, 1, FALSE);
  wait_for_rest ();
  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  wait_final (&seen);
  g_assert_cmpint (seen.width, ==, SIZE);
  finish (worker, &seen);
}

static void
test_parts (void)
{
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  g_autoptr (SagRenderContent) all = patient_content ();
  g_autoptr (SagRenderContent) lungs = patient_content ();
  g_autoptr (SagRenderContent) none = patient_content ();
  g_autoptr (GBytes) first = NULL;
  guint n_all, n_lungs;

  sag_render_content_set_part (lungs, SAG_RENDER_PART_BODY, 0);
  sag_render_content_set_part (none, SAG_RENDER_PART_BODY, 0);
  sag_render_content_set_part (none, SAG_RENDER_PART_LUNGS, 0);
  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  seen.asked = sag_render_worker_set_content (worker, all);
  wait_final (&seen);
  first = g_bytes_ref (seen.pixels);
  n_all = count_lit (&seen);
  seen.asked = sag_render_worker_set_content (worker, lungs);
  wait_final (&seen);
  n_lungs = count_lit (&seen);
  seen.asked = sag_render_worker_set_content (worker, none);
  wait_final (&seen);
  g_assert_cmpuint (count_lit (&seen), ==, 0);
  g_assert_cmpuint (n_lungs, >, 0);
  g_assert_cmpuint (n_lungs, <, n_all);
  seen.asked = sag_render_worker_set_content (worker, all);
  wait_final (&seen);
  g_assert_true (g_bytes_equal (first, seen.pixels));
  finish (worker, &seen);
}

static guint
count_orange (const Seen *seen)
{
  guint n = 0;

  for (int y = 0; y < seen->height; y++)
    for (int x = 0; x < seen->width; x++)
      {
        guint32 pixel = fixture_pixel (seen->pixels, seen->width, x, y);

        n += (int) SAG_RENDER_RED (pixel) - (int) SAG_RENDER_BLUE (pixel) > 60;
      }
  return n;
}

/* A heatmap grows as its threshold falls, and is gone when its opacity is 0. */
static void
test_heatmap (void)
{
  static const double thresholds[3] = { 0.7, 0.5, 0.2 };
  const SagGeometry   cells = fixture_cells ();
  g_autofree float   *scores = fixture_hot (&cells, 1, 2, 1);
  g_autoptr (GBytes) bytes = g_bytes_new (scores, 72 * sizeof *scores);
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  guint                 before = 0;

  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  for (guint t = 0; t <= G_N_ELEMENTS (thresholds); t++)
    {
      g_autoptr (SagRenderContent) content = patient_content ();
      SagRenderHeatmap map = fixture_heatmap (&cells, scores);

      map.scale.threshold = thresholds[MIN (t, 2)];
      map.scale.opacity = t < 3 ? 1 : 0;
      sag_render_content_add_heatmap (content, &map, bytes);
      seen.asked = sag_render_worker_set_content (worker, content);
      wait_final (&seen);
      if (t < 3)
        g_assert_cmpuint (count_orange (&seen), >, before);
      else
        g_assert_cmpuint (count_orange (&seen), ==, 0);
      before = count_orange (&seen);
    }
  finish (worker, &seen);
}

static void
test_mask_cross_box (void)
{
  const SagGeometry *grid = sag_volume_get_geometry (patient->volume);
  gsize              n = sag_geometry_n_voxels (grid);
  guint8            *labels = g_new0 (guint8, n);
  SagRenderMask      mask = sag_render_mask_init (grid, SAG_RENDER_LABELS_UINT8, labels);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (SagRenderContent) content = patient_content ();
  g_autoptr (SagRenderContent) bare = patient_content ();
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  const double          middle[3] = { 0, 0, 0 };

  for (gint32 k = grid->dims[2] / 2; k < grid->dims[2] / 2 + 12; k++)
    for (gint32 j = 30; j < 42; j++)
      for (gint32 i = 20; i < 32; i++)
        labels[i + grid->dims[0] * (j + (gsize) grid->dims[1] * k)] = 1;
  bytes = g_bytes_new_take (labels, n);
  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  seen.asked = sag_render_worker_set_content (worker, bare);
  wait_final (&seen);
  plain = g_bytes_ref (seen.pixels);
  sag_render_content_add_mask (content, &mask, bytes, 1);
  sag_render_content_set_cross (content, middle);
  sag_render_content_set_box (content, grid);
  seen.asked = sag_render_worker_set_content (worker, content);
  wait_final (&seen);
  fixture_keep (seen.pixels, SIZE, SIZE, "worker-mask-cross-box");
  g_assert_cmpuint (count_orange (&seen), >, 20);
  g_assert_false (g_bytes_equal (plain, seen.pixels));
  finish (worker, &seen);
}

/* A mask in bricks, in its own colour; another one with the same place in the list takes its place. */
static void
test_voxels (void)
{
  const SagGeometry    *grid = sag_volume_get_geometry (patient->volume);
  const SagRenderColour orange = 0xe69f00;
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  guint                 counts[3];

  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  for (guint n = 0; n < G_N_ELEMENTS (counts); n++)
    {
      g_autoptr (SagRenderContent) content = patient_content ();
      g_autoptr (SagMask) empty = sag_mask_new (grid);
      g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
      g_autoptr (SagMask) voxels = NULL;
      SagRenderMask mask;

      for (gint32 k = grid->dims[2] / 2; k < grid->dims[2] / 2 + 12; k++)
        for (gint32 j = 30; j < 42; j++)
          sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 20, 24 + 4 * (gint32) n, j, k);
      voxels = sag_mask_edit_snapshot (edit);
      mask = sag_render_mask_init_voxels (voxels);
      mask.colours = &orange;
      mask.n_colours = 1;
      sag_render_content_add_mask (content, &mask, NULL, 1);
      seen.asked = sag_render_worker_set_content (worker, content);
      wait_final (&seen);
      counts[n] = count_orange (&seen);
      g_assert_cmpuint (counts[n], >, n > 0 ? counts[n - 1] : 10);
    }
  finish (worker, &seen);
}

/* Another case takes the place of one whose surfaces are still being made. */
static void
test_replaces_content (void)
{
  Seen                  seen = { 0 };
  SagRenderWorker      *worker = sag_render_worker_new (picture_cb, &seen);
  const SagRenderCamera camera = patient_camera ();
  g_autoptr (SagRenderContent) empty = sag_render_content_new (NULL, NULL);

  seen.asked = sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, FALSE);
  for (int n = 0; n < 20; n++)
    {
      g_autoptr (SagRenderContent) content = patient_content ();

      seen.asked = sag_render_worker_set_content (worker, n % 2 == 0 ? content : empty);
      turn_loop (n);
    }
  wait_final (&seen);
  while (count_lit (&seen) > 0)
    g_main_context_iteration (NULL, TRUE);
  finish (worker, &seen);
}

static void
never_cb (const SagRenderPicture *picture, gpointer user_data)
{
  g_assert_not_reached ();
}

/* Freed at any moment: nobody waits, nothing is delivered afterwards. */
static void
test_free (void)
{
  const SagRenderCamera camera = patient_camera ();

  for (int n = 0; n < 12; n++)
    {
      SagRenderWorker *worker = sag_render_worker_new (never_cb, NULL);
      g_autoptr (SagRenderContent) content = patient_content ();

      sag_render_worker_set_content (worker, content);
      sag_render_worker_set_view (worker, &camera, SIZE, SIZE, 1, n & 1);
      g_usleep (n * n * 1000);
      sag_render_worker_free (worker);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  sag_render_worker_wait_all ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  int code;

  g_test_init (&argc, &argv, NULL);
  if (!sag_render_scene_check (&error))
    {
      g_print ("1..0 # SKIP %s\n", error->message);
      return 0;
    }
  patient = fixture_patient_new ();
  g_test_add_func ("/scene/worker/picture", test_picture);
  g_test_add_func ("/scene/worker/merges", test_merges);
  g_test_add_func ("/scene/worker/rests", test_rests);
  g_test_add_func ("/scene/worker/sharpens", test_sharpens);
  g_test_add_func ("/scene/worker/hidden-while-moving", test_hidden_while_moving);
  g_test_add_func ("/scene/worker/parts", test_parts);
  g_test_add_func ("/scene/worker/heatmap", test_heatmap);
  g_test_add_func ("/scene/worker/mask-cross-box", test_mask_cross_box);
  g_test_add_func ("/scene/worker/voxels", test_voxels);
  g_test_add_func ("/scene/worker/replaces-content", test_replaces_content);
  g_test_add_func ("/scene/worker/free", test_free);
  code = g_test_run ();
  fixture_patient_free (patient);
  return code;
}
