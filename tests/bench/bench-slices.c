/* SPDX-License-Identifier: Apache-2.0 */
/* Times slice frames of a 512 x 512 x 275 volume with two heatmaps and a mask: wall clock and
 * processor time, the median of many frames, each through another slice. `bench-slices [frames]
 * [threads]`. */

#include "render/slice/frame.h"
#include "render/slice/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct
{
  SagVolume       *volume;
  SagGeometry      cells;
  float           *scores[2];
  guint8          *labels;
  SagRenderHeatmap maps[2];
  SagRenderMask    mask;
} Scene;

static gint16
chest (double x, double y, double z, guint32 noise)
{
  double lung = hypot (fabs (x) - 0.42, y * 0.7) / 0.3, spine = hypot (x, y + 0.45) / 0.09;
  double hu = x * x / 0.72 + y * y / 0.5 > 1 ? -1000
              : lung < 1 && fabs (z) < 0.9   ? -820
              : spine < 1                    ? 700
                                             : 40;

  return (gint16) (hu + (noise >> 24 & 31) - 16);
}

static void
make_scene (Scene *scene)
{
  const int32_t dims[3] = { 512, 512, 275 };
  SagGeometry   geometry =
    sag_geometry_init (dims, (const double[]){ 0.7, 0.7, 1 }, (const double[]){ -179, -179, -137 });
  gsize   n = (gsize) sag_geometry_n_voxels (&geometry), at = 0;
  gint16 *voxels = g_new (gint16, n);
  guint32 noise = 1;

  scene->labels = g_new (guint8, n);
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++, at++)
        {
          double x = i / 256.0 - 1, y = j / 256.0 - 1, z = k / 137.5 - 1;

          noise = noise * 1664525u + 1013904223u;
          voxels[at] = chest (x, y, z, noise);
          scene->labels[at] = voxels[at] > -900 && voxels[at] < -700 ? (x < 0 ? 1 : 2) : 0;
        }
  scene->volume = sag_volume_new_int16 (&geometry, voxels);
  scene->mask = sag_render_mask_init (&geometry, SAG_RENDER_LABELS_UINT8, scene->labels);
  scene->cells = sag_geometry_init ((const int32_t[]){ 32, 20, 16 }, (const double[]){ 12, 16, 16 },
                                    (const double[]){ -186, -152, -120 });
  n = (gsize) sag_geometry_n_voxels (&scene->cells);
  for (int m = 0; m < 2; m++)
    {
      scene->scores[m] = g_new (float, n);
      for (gsize c = 0; c < n; c++)
        scene->scores[m][c] =
          (float) (0.5 + 0.5 * sin ((double) (c % 32) / 3 + m) * cos ((double) (c / 32 % 20) / 4));
      scene->maps[m] = (SagRenderHeatmap){ scene->scores[m], scene->cells,
                                           sag_render_scale_init (m), FALSE, FALSE };
    }
}

static double
cpu_ms (void)
{
  struct rusage use;

  getrusage (RUSAGE_SELF, &use);
  return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3 +
         (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (double *values, int n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

static void
bench (const char           *name,
       const SagRenderFrame *frame,
       const SagRenderMarks *marks,
       SagRenderPlane        plane,
       int                   width,
       int                   height,
       int                   n_frames,
       SagPool              *pool)
{
  const SagGeometry *geometry = sag_volume_get_geometry (frame->volume);
  g_autofree double *wall = g_new (double, n_frames), *cpu = g_new (double, n_frames);
  cairo_surface_t   *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  SagRenderView      view = {
         .plane = plane, .width = width, .height = height, .scale = 1, .mm_per_pixel = 1
  };

  sag_render_view_fit (&view, geometry, 0);
  view.mm_per_pixel = 358.4 / MIN (width, height);
  for (int i = 0; i < n_frames; i++)
    {
      gint64         started = g_get_monotonic_time ();
      double         used = cpu_ms ();
      SagRenderSlice slice;

      view.centre_ras_mm[plane == SAG_RENDER_AXIAL     ? 2
                         : plane == SAG_RENDER_CORONAL ? 1
                                                       : 0] = -60 + 120.0 * i / n_frames;
      sag_render_slice_init (&slice, &view, geometry);
      sag_render_frame_draw (frame, &slice, pool, cairo_image_surface_get_data (surface),
                             cairo_image_surface_get_stride (surface));
      if (marks != NULL)
        {
          cairo_t *cr = cairo_create (surface);

          cairo_surface_mark_dirty (surface);
          sag_render_marks_draw (cr, frame, &slice, marks);
          cairo_destroy (cr);
          cairo_surface_flush (surface);
        }
      wall[i] = (g_get_monotonic_time () - started) / 1e3;
      cpu[i] = cpu_ms () - used;
    }
  g_print ("%-44s %4d x %-4d  wall %6.2f ms   cpu %6.2f ms\n", name, width, height,
           median (wall, n_frames), median (cpu, n_frames));
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  int n_frames = argc > 1 ? CLAMP (atoi (argv[1]), 1, 10000) : 25;
  g_autoptr (SagPool) pool = sag_pool_new (argc > 2 ? CLAMP (atoi (argv[2]), 0, 256) : 0);
  SagRenderMarks   marks = { .letters = TRUE, .position = TRUE, .scale_bar = TRUE, .cross = TRUE };
  SagRenderFrame   frame, empty;
  SagRenderHeatmap turned[2];
  Scene            scene;

  make_scene (&scene);
  g_print ("%u threads, %d frames each, medians\n", sag_pool_get_n_threads (pool), n_frames);
  empty = frame = sag_render_frame_init (scene.volume);
  bench ("CT, axial", &frame, NULL, SAG_RENDER_AXIAL, 1000, 1000, n_frames, pool);
  bench ("CT, coronal", &frame, NULL, SAG_RENDER_CORONAL, 1000, 1000, n_frames, pool);
  bench ("CT, sagittal", &frame, NULL, SAG_RENDER_SAGITTAL, 1000, 1000, n_frames, pool);
  frame.heatmaps = scene.maps;
  frame.n_heatmaps = 2;
  bench ("CT, 2 heatmaps, axial", &frame, NULL, SAG_RENDER_AXIAL, 1000, 1000, n_frames, pool);
  frame.masks = &scene.mask;
  frame.n_masks = 1;
  bench ("CT, 2 heatmaps, mask, axial", &frame, NULL, SAG_RENDER_AXIAL, 1000, 1000, n_frames, pool);
  bench ("CT, 2 heatmaps, mask, coronal", &frame, NULL, SAG_RENDER_CORONAL, 1000, 1000, n_frames,
         pool);
  bench ("CT, 2 heatmaps, mask, sagittal", &frame, NULL, SAG_RENDER_SAGITTAL, 1000, 1000, n_frames,
         pool);
  bench ("CT, 2 heatmaps, mask, axial", &frame, NULL, SAG_RENDER_AXIAL, 3840, 2160, n_frames, pool);
  frame.box = &scene.cells;
  scene.maps[0].outline = scene.maps[1].outline = TRUE;
  bench ("the same with outlines and hatch", &frame, NULL, SAG_RENDER_AXIAL, 1000, 1000, n_frames,
         pool);
  bench ("the same with letters, text and cross", &frame, &marks, SAG_RENDER_AXIAL, 1000, 1000,
         n_frames, pool);
  memcpy (turned, scene.maps, sizeof turned);
  for (int m = 0; m < 2; m++)
    {
      turned[m].outline = FALSE;
      turned[m].geometry.ijk_to_ras[0][1] = 2;
      turned[m].geometry.ijk_to_ras[1][0] = -2;
    }
  empty.heatmaps = turned;
  empty.n_heatmaps = 2;
  bench ("CT, 2 heatmaps turned against it", &empty, NULL, SAG_RENDER_AXIAL, 1000, 1000, n_frames,
         pool);

  sag_volume_unref (scene.volume);
  g_free (scene.labels);
  for (int m = 0; m < 2; m++)
    g_free (scene.scores[m]);
  return 0;
}
