/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/raster.h"

#include "model/phantom/phantom.h"
#include "tests/ui/support.h"

#define N_REQUESTS 20

static SagPhantom *phantom;

static SagRenderView
make_view (SagVolume *volume, SagRenderPlane plane, int width, int height)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  SagRenderView      view = { .plane = plane, .width = width, .height = height, .scale = 1 };
  double             ijk[3];

  for (int a = 0; a < 3; a++)
    ijk[a] = geometry->dims[a] / 2;
  view.mm_per_pixel = 1;
  sag_geometry_to_ras (geometry, ijk, view.centre_ras_mm);
  sag_render_view_fit (&view, geometry, 0);
  return view;
}

/* What came back, in order: the job's window level tells them apart. */
typedef struct
{
  GArray *levels;
  int     width;
  int     height;
} Received;

static void
receive_cb (const SagUiSliceJob *job, SagUiSlicePicture *picture, gpointer user_data)
{
  Received *received = user_data;

  g_array_append_val (received->levels, job->window.level);
  received->width = gdk_texture_get_width (picture->frame);
  received->height = gdk_texture_get_height (picture->frame);
}

static SagUiSliceJob *
make_job (int size, double level)
{
  SagRenderView  view = make_view (phantom->image, SAG_RENDER_AXIAL, size, size);
  SagUiSliceJob *job = sag_ui_slice_job_new (phantom->image, &view);

  job->window.level = level;
  return job;
}

static void
test_newest_wins (void)
{
  Received     slow = { g_array_new (FALSE, FALSE, sizeof (double)) };
  Received     fast = { g_array_new (FALSE, FALSE, sizeof (double)) };
  SagUiRaster *first = sag_ui_raster_new (receive_cb, &slow);
  SagUiRaster *second = sag_ui_raster_new (receive_cb, &fast);
  double       before = -1;

  sag_ui_raster_request (first, make_job (4000, 1), FALSE);
  for (int i = 0; i < N_REQUESTS; i++)
    sag_ui_raster_request (second, make_job (100, i), FALSE);
  g_assert_true (sag_ui_raster_is_busy (second));
  sag_test_ui_until (!sag_ui_raster_is_busy (first) && !sag_ui_raster_is_busy (second));

  g_assert_cmpint (slow.levels->len, ==, 1);
  g_assert_cmpint (fast.levels->len, >=, 1);
  g_assert_cmpint (fast.levels->len, <, N_REQUESTS);
  for (guint i = 0; i < fast.levels->len; i++)
    {
      g_assert_cmpfloat (g_array_index (fast.levels, double, i), >, before);
      before = g_array_index (fast.levels, double, i);
    }
  g_assert_cmpfloat (before, ==, N_REQUESTS - 1);
  g_assert_cmpfloat (sag_ui_raster_guess_ms (first, 1e6), >, 0);
  sag_ui_raster_free (first);
  sag_ui_raster_free (second);
  g_array_unref (slow.levels);
  g_array_unref (fast.levels);
}

static void
test_draft (void)
{
  Received       received = { g_array_new (FALSE, FALSE, sizeof (double)) };
  SagUiRaster   *raster = sag_ui_raster_new (receive_cb, &received);
  SagUiSliceJob *job = make_job (201, 0);

  job->is_draft = TRUE;
  sag_ui_raster_request (raster, job, FALSE);
  sag_test_ui_until (received.levels->len == 1);
  g_assert_cmpint (received.width, ==, 101);
  job = make_job (201, 0);
  job->view.scale = 2;
  sag_ui_raster_request (raster, job, FALSE);
  sag_test_ui_until (received.levels->len == 2);
  g_assert_cmpint (received.width, ==, 402);
  g_assert_cmpint (received.height, ==, 402);
  sag_ui_raster_free (raster);
  g_array_unref (received.levels);
}

/* The view goes while its pictures are drawn, and waits for none of them. */
static void
test_free_while_drawing (void)
{
  Received     received = { g_array_new (FALSE, FALSE, sizeof (double)) };
  SagUiRaster *witness;

  for (int i = 0; i < N_REQUESTS; i++)
    {
      SagUiRaster *raster = sag_ui_raster_new (receive_cb, &received);

      sag_ui_raster_request (raster, make_job (900, i), FALSE);
      if (i % 2)
        g_usleep (500);
      sag_ui_raster_request (raster, make_job (900, i), TRUE);
      sag_ui_raster_free (raster);
    }
  witness = sag_ui_raster_new (receive_cb, &received);
  sag_ui_raster_request (witness, make_job (16, 7), FALSE);
  sag_test_ui_until (received.levels->len > 0);
  g_assert_cmpint (received.levels->len, ==, 1);
  g_assert_cmpfloat (g_array_index (received.levels, double, 0), ==, 7);
  sag_ui_raster_free (witness);
  g_array_unref (received.levels);
}

static guint32
surface_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *row = cairo_image_surface_get_data (surface) +
                      (gsize) y * (gsize) cairo_image_surface_get_stride (surface);

  return ((const guint32 *) row)[x] & 0xffffff;
}

/* What was not read is black, whatever the memory holds, in every plane and storage order. */
static void
test_unread_is_black (void)
{
  static const char *const orientations[] = { "RAS", "LPS", "IAR", "SRP", "ASL" };

  for (guint o = 0; o < G_N_ELEMENTS (orientations); o++)
    {
      SagPhantomOptions options = { .orientation = orientations[o], .spacing_mm = { 4, 4, 4 } };
      g_autoptr (SagPhantom) turned = sag_phantom_new (&options);
      const SagGeometry *stored = sag_volume_get_geometry (turned->image);
      double             to_ijk[3][4];
      int                n_ready = stored->dims[2] / 2 + 1, n_planes_cut = 0;

      g_assert_true (sag_geometry_invert (stored, to_ijk));
      for (int plane = 0; plane < SAG_RENDER_N_PLANES; plane++)
        {
          SagRenderView view = make_view (turned->image, plane, 120, 90);
          g_autoptr (SagUiSliceJob) job = sag_ui_slice_job_new (turned->image, &view);
          cairo_surface_t *surface;
          SagRenderSlice   slice;
          int              n_grey = 0, n_unread = 0;

          job->n_slices_ready = n_ready;
          job->window = (SagRenderWindow){ 4000, -2000 }; /* nothing of a scan is black */
          g_assert_true (sag_render_slice_init (&slice, &view, stored));
          surface = sag_ui_slice_job_paint (job, NULL);
          for (int y = 0; y < slice.height; y++)
            for (int x = 0; x < slice.width; x++)
              {
                double ras[3], ijk[3];

                sag_render_slice_to_ras (&slice, x + 0.5, y + 0.5, ras);
                sag_geometry_apply (to_ijk, ras, ijk);
                if (ijk[2] > n_ready - 1 + 1e-3)
                  {
                    g_assert_cmphex (surface_pixel (surface, x, y), ==, 0);
                    n_unread++;
                  }
                else
                  n_grey += surface_pixel (surface, x, y) != 0;
              }
          g_assert_cmpint (n_grey, >, 500);
          n_planes_cut += n_unread > 0;
          cairo_surface_destroy (surface);
        }
      /* One plane shows a stored slice, which was read; the other two are cut by what was not. */
      g_assert_cmpint (n_planes_cut, ==, 2);
    }
}

/* Squares in turn, from the top left one on: in the others the scan itself. */
static void
test_checker (void)
{
  SagRenderView     view = make_view (phantom->image, SAG_RENDER_AXIAL, 230, 200);
  SagPhantomOptions options = { .findings = SAG_FINDING_EFFUSION_LEFT, .enhanced = TRUE };
  g_autoptr (SagPhantom) other = sag_phantom_new (&options);
  g_autoptr (SagUiSliceJob) own = sag_ui_slice_job_new (phantom->image, &view);
  g_autoptr (SagUiSliceJob) theirs = sag_ui_slice_job_new (other->image, &view);
  g_autoptr (SagUiSliceJob) both = sag_ui_slice_job_new (phantom->image, &view);
  cairo_surface_t *pictures[3];
  int              n_differ = 0;

  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (phantom->image),
                                     sag_volume_get_geometry (other->image), 0));
  both->checker = sag_volume_ref (other->image);
  pictures[0] = sag_ui_slice_job_paint (own, NULL);
  pictures[1] = sag_ui_slice_job_paint (theirs, NULL);
  pictures[2] = sag_ui_slice_job_paint (both, NULL);
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 230; x++)
      {
        gboolean is_theirs = (x / 56 + y / 56) % 2 == 0;

        g_assert_cmphex (surface_pixel (pictures[2], x, y), ==,
                         surface_pixel (pictures[is_theirs], x, y));
        n_differ +=
          surface_pixel (pictures[0], x, y) != surface_pixel (pictures[1], x, y) && is_theirs;
      }
  g_assert_cmpint (n_differ, >, 1000);
  for (int i = 0; i < 3; i++)
    cairo_surface_destroy (pictures[i]);
}

int
main (int argc, char **argv)
{
  SagPhantomOptions options = { .findings = SAG_FINDING_NODULE };
  int               status;

  sag_test_ui_init (&argc, &argv);
  phantom = sag_phantom_new (&options);
  g_test_add_func ("/ui/view/raster/checker", test_checker);
  g_test_add_func ("/ui/view/raster/newest-wins", test_newest_wins);
  g_test_add_func ("/ui/view/raster/draft", test_draft);
  g_test_add_func ("/ui/view/raster/free-while-drawing", test_free_while_drawing);
  g_test_add_func ("/ui/view/raster/unread-is-black", test_unread_is_black);
  status = g_test_run ();
  sag_phantom_free (phantom);
  return status;
}
