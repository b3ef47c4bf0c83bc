/* SPDX-License-Identifier: Apache-2.0 */
/* bench-scene [SIZE]: the 3D view of a scan of 512 x 512 x 275 with two heatmaps, crosshair and box in a picture of
 * SIZE x SIZE (600) pixels: surfaces, the first picture, and turning. Needs an X display. */

#include "model/phantom/phantom.h"
#include "model/prepare/lungs.h"
#include "render/scene/scene.h"
#include "render/scene/surfaces.h"
#include "render/scene/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N_TURNS 60

typedef struct
{
  GMainLoop *loop;
  double     first_ms, final_ms, start_ms, last_ms;
  GArray    *gaps_ms;
  GArray    *draws_ms;
  guint64    wanted;
  gboolean   until_final;
} Bench;

static double
now_ms (void)
{
  return g_get_monotonic_time () / 1000.0;
}

static void
picture_cb (const SagRenderPicture *picture, gpointer user_data)
{
  Bench *bench = user_data;
  double now = now_ms ();

  if (picture->error != NULL)
    {
      printf ("%s\n", picture->error->message);
      exit (77);
    }
  if (bench->first_ms == 0)
    bench->first_ms = now - bench->start_ms;
  if (bench->until_final && (!picture->is_final || picture->request < bench->wanted))
    return;
  bench->final_ms = now - bench->start_ms;
  g_array_append_val (bench->draws_ms, picture->draw_ms);
  g_main_loop_quit (bench->loop);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
rank (GArray *values, double share)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, (guint) (share * (values->len - 1)));
}

static GBytes *
waves (const SagGeometry *cells, double phase)
{
  gsize  n = sag_geometry_n_voxels (cells);
  float *scores = g_new (float, n);

  for (gsize c = 0; c < n; c++)
    scores[c] = (float) (0.5 + 0.5 * sin (c % 32 / 3.0 + phase) * cos (c / 640.0));
  return g_bytes_new_take (scores, n * sizeof *scores);
}

static void
add_maps (SagRenderContent *content, const SagGeometry *grid)
{
  const double middle[3] = { (grid->dims[0] - 1) / 2.0, (grid->dims[1] - 1) / 2.0,
                             (grid->dims[2] - 1) / 2.0 };
  double       at[3];
  SagGeometry  cells;

  sag_geometry_to_ras (grid, middle, at);
  cells = sag_geometry_init ((const int32_t[]){ 32, 20, 16 }, (const double[]){ 12, 16, 16 },
                             (const double[]){ at[0] - 186, at[1] - 152, at[2] - 120 });
  for (guint m = 0; m < 2; m++)
    {
      g_autoptr (GBytes) scores = waves (&cells, m);
      SagRenderHeatmap map = { .geometry = cells, .scale = sag_render_scale_init (m) };

      map.scale.threshold = 0.8;
      sag_render_content_add_heatmap (content, &map, scores);
    }
  sag_render_content_set_cross (content, at);
  sag_render_content_set_box (content, &cells);
}

static void
bench_surfaces (const SagVolume *volume, const SagVolume *lungs)
{
  double start = now_ms ();
  g_autoptr (SagRenderMesh) body = sag_render_body_mesh (volume, NULL, NULL);
  double middle = now_ms ();
  g_autoptr (SagRenderMesh) mesh = sag_render_lungs_mesh (lungs, NULL, NULL);

  printf ("body surface %.0f ms, %zu triangles; lungs %.0f ms, %zu\n", middle - start,
          body->n_triangles, now_ms () - middle, mesh->n_triangles);
}

static void
bench_pictures (SagVolume *volume, SagVolume *lungs, int size)
{
  g_autoptr (SagRenderContent) content = sag_render_content_new (volume, lungs);
  Bench            bench = { .loop = g_main_loop_new (NULL, FALSE), .until_final = TRUE };
  SagRenderCamera  camera = sag_render_camera_init ();
  SagRenderWorker *worker = sag_render_worker_new (picture_cb, &bench);

  bench.draws_ms = g_array_new (FALSE, FALSE, sizeof (double));
  bench.gaps_ms = g_array_new (FALSE, FALSE, sizeof (double));
  add_maps (content, sag_volume_get_geometry (volume));
  sag_render_camera_fit (&camera, sag_volume_get_geometry (volume));
  bench.start_ms = now_ms ();
  sag_render_worker_set_content (worker, content);
  bench.wanted = sag_render_worker_set_view (worker, &camera, size, size, 1, FALSE);
  g_main_loop_run (bench.loop);
  printf ("%d x %d: first picture %.0f ms, with all surfaces %.0f ms\n", size, size, bench.first_ms,
          bench.final_ms);
  for (int moving = 0; moving < 2; moving++)
    {
      bench.until_final = !moving;
      g_array_set_size (bench.draws_ms, 0);
      g_array_set_size (bench.gaps_ms, 0);
      for (int n = 0; n < N_TURNS; n++)
        {
          double start = now_ms (), gap;

          sag_render_camera_rotate (&camera, 6, 0.5);
          bench.wanted = sag_render_worker_set_view (worker, &camera, size, size, 1, moving);
          g_main_loop_run (bench.loop);
          gap = now_ms () - start;
          g_array_append_val (bench.gaps_ms, gap);
        }
      printf (
        "turning, %s: %.1f ms a picture (95 %%: %.1f), %.0f a second; drawing alone %.1f ms\n",
        moving ? "as fast as it may be coarse" : "each at full resolution",
        rank (bench.gaps_ms, 0.5), rank (bench.gaps_ms, 0.95), 1000 / rank (bench.gaps_ms, 0.5),
        rank (bench.draws_ms, 0.5));
    }
  sag_render_worker_free (worker);
  sag_render_worker_wait_all ();
  g_main_loop_unref (bench.loop);
  g_array_unref (bench.draws_ms);
  g_array_unref (bench.gaps_ms);
}

int
main (int argc, char *argv[])
{
  const SagPhantomOptions options = {
    .seed = 7,
    .findings = SAG_FINDING_EFFUSION_LEFT,
    .spacing_mm = { 0.81, 0.59, 1.25 },
  };
  int size = argc > 1 ? atoi (argv[1]) : 600;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagPhantom) phantom = NULL;
  g_autoptr (SagLungs) lungs = NULL;
  const gint32 *dims;

  if (size < 1 || size > 16384)
    {
      fprintf (stderr, "Usage: bench-scene [SIZE]\n");
      return 2;
    }
  if (!sag_render_scene_check (&error))
    {
      printf ("%s\n", error->message);
      return 77;
    }
  phantom = sag_phantom_new (&options);
  dims = sag_volume_get_geometry (phantom->image)->dims;
  lungs = sag_lungs_segment (phantom->image, NULL, NULL);
  printf ("a phantom of %d x %d x %d\n", dims[0], dims[1], dims[2]);
  bench_surfaces (phantom->image, lungs->mask);
  bench_pictures (phantom->image, lungs->mask, size);
  return 0;
}
