/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/slice-view.h"

#include "model/phantom/phantom.h"
#include "render/slice/text.h"
#include "tests/ui/support.h"
#include "ui/answer/overlay.h"

#include <math.h>

#define WIDTH 300
#define HEIGHT 240
#define LETTER_PX 13.0

static SagPhantom *phantom;

typedef struct
{
  SagUiCase      *one;
  SagUiDisplay   *display;
  SagUiSliceView *views[SAG_RENDER_N_PLANES];
  GtkWindow      *window;
} Fixture;

static SagUiCase *
new_case (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/phantom.nii.gz");

  return sag_ui_case_new (file);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->one = new_case ();
  self->display = sag_ui_display_new ();
  sag_ui_display_set_case (self->display, self->one);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      GtkWidget *view = sag_ui_slice_view_new (p);

      self->views[p] = SAG_UI_SLICE_VIEW (view);
      gtk_widget_set_hexpand (view, TRUE);
      sag_ui_slice_view_set_display (self->views[p], self->display);
      gtk_box_append (GTK_BOX (box), view);
    }
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  self->window = sag_test_ui_show (box, 3 * WIDTH, HEIGHT);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (self->window);
  g_object_unref (self->display);
  g_assert_finalize_object (self->one);
}

static void
wait_for (Fixture *self)
{
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    sag_test_ui_until (sag_ui_slice_view_is_still (self->views[p]));
  sag_test_ui_settle ();
}

static void
give_all (Fixture *self)
{
  sag_ui_case_give (self->one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  wait_for (self);
}

static guint8 *
download (GdkTexture *texture)
{
  int     width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  guint8 *pixels = g_malloc ((gsize) width * (gsize) height * 4);

  gdk_texture_download (texture, pixels, (gsize) width * 4);
  return pixels;
}

static guint32
texel (GdkTexture *texture, int x, int y)
{
  g_autofree guint8 *pixels = download (texture);

  return ((guint32 *) pixels)[y * gdk_texture_get_width (texture) + x];
}

/* Each letter of the words is what the same letter drawn alone in its place would be. */
static void
assert_letter (const SagUiSlicePicture *picture, char letter, int edge)
{
  int                width = gdk_texture_get_width (picture->words);
  int                height = gdk_texture_get_height (picture->words);
  g_autofree guint8 *pixels = download (picture->words);
  cairo_surface_t   *alone = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t           *cr = cairo_create (alone);
  const char         text[2] = { letter, '\0' };
  const guint8      *expected;
  double             w, h, x, y, scale = picture->words_scale;
  int                n_lit = 0;

  cairo_scale (cr, scale, scale);
  g_autoptr (PangoLayout) layout = sag_render_text_new (cr, text, LETTER_PX, TRUE, -1, 1);
  sag_render_text_size (layout, &w, &h);
  x = edge == 0 ? 6 : edge == 1 ? width / scale - 6 - w : (width / scale - w) / 2;
  y = edge == 2 ? 5 : edge == 3 ? height / scale - 5 - h : (height / scale - h) / 2;
  sag_render_text_show (cr, layout, x, y, (SagRenderInk){ 0xffffff, 0.95 }, TRUE);
  cairo_surface_flush (alone);
  expected = cairo_image_surface_get_data (alone);
  for (int row = (int) (y * scale); row < (int) ((y + h) * scale); row++)
    for (int column = (int) (x * scale); column < (int) ((x + w) * scale); column++)
      {
        gsize at = ((gsize) row * (gsize) width + (gsize) column) * 4;

        for (int c = 0; c < 4; c++) /* cairo rounds by what else is on the surface */
          g_assert_cmpint (abs (pixels[at + c] - expected[at + c]), <=, 1);
        n_lit += expected[at + 3] > 128;
      }
  g_assert_cmpint (n_lit, >, 20);
  cairo_destroy (cr);
  cairo_surface_destroy (alone);
}

static void
test_letters (Fixture *self, gconstpointer data)
{
  static const char *const expected[2][3] = { { "RLAP", "RLSI", "APSI" },
                                              { "LRAP", "LRSI", "APSI" } };

  give_all (self);
  for (int neurological = 0; neurological < 2; neurological++)
    {
      g_object_set (self->display, "neurological", neurological, NULL);
      sag_test_ui_settle ();
      wait_for (self);
      for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
        for (int edge = 0; edge < 4; edge++)
          assert_letter (sag_ui_slice_view_get_picture (self->views[p]),
                         expected[neurological][p][edge], edge);
    }
}

/* The grey of a known voxel follows DICOM's formula in every window, inverted or not. */
static void
test_window (Fixture *self, gconstpointer data)
{
  static const SagRenderWindow windows[] = {
    { 1500, -600 }, { 400, 40 }, { 2000, 0 }, { 77, -13 }
  };
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);
  const int          voxel[3] = { 97, 80, 70 };
  double             ras[3];
  float              hu = sag_volume_value (phantom->image, voxel[0], voxel[1], voxel[2]);

  give_all (self);
  sag_geometry_to_ras (geometry, (const double[]){ voxel[0], voxel[1], voxel[2] }, ras);
  sag_ui_display_set_cross (self->display, ras);
  g_object_set (self->display, "interpolate", FALSE, NULL);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (windows); i++)
    {
      SagRenderWindow window = windows[i / 2];
      double          grey = CLAMP ((hu - window.level) / window.width + 0.5, 0, 1);
      guint           expected = (guint) (255 * grey + 0.5);

      sag_ui_display_set_window (self->display, window);
      g_object_set (self->display, "invert", i % 2 == 1, NULL);
      expected = i % 2 ? 255 - expected : expected;
      wait_for (self);
      for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
        {
          const SagUiSlicePicture *picture = sag_ui_slice_view_get_picture (self->views[p]);
          double                   x, y, scale = picture->slice.scale;

          sag_render_slice_from_ras (&picture->slice, ras, &x, &y);
          g_assert_cmphex (texel (picture->frame, (int) (x * scale), (int) (y * scale)), ==,
                           0xff000000 | expected * 0x010101);
        }
    }
}

static gboolean
is_blue (guint32 pixel)
{
  return (int) (pixel & 255) > (int) (pixel >> 16 & 255) + 40;
}

/* Moving the cross in one plane moves the slices of the others and the lines on all. */
static void
test_cross (Fixture *self, gconstpointer data)
{
  const double place[3] = { 42.3, -31.7, 25.1 };
  double       cross[3];

  give_all (self);
  sag_ui_display_set_cross (self->display, place);
  wait_for (self);
  sag_ui_display_get_cross (self->display, cross);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      const SagUiSlicePicture *picture = sag_ui_slice_view_get_picture (self->views[p]);
      cairo_surface_t         *surface;
      double                   x, y, distance;
      int                      scale = (int) picture->words_scale, column, row;

      distance = sag_render_slice_from_ras (&picture->slice, cross, &x, &y);
      g_assert_cmpfloat (fabs (distance), <=, 1.0 + 1e-9); /* half of 2 mm */
      surface = sag_test_ui_picture (GTK_WIDGET (self->views[p]), "cross");
      column = (int) floor (x * scale);
      row = (int) floor (y * scale);
      /* Away from letters, numbers and the middle. */
      for (int at = 70 * scale; at < (int) (y - 12) * scale; at++)
        {
          g_assert_true (is_blue (sag_test_ui_pixel (surface, column, at)));
          g_assert_false (is_blue (sag_test_ui_pixel (surface, column - 1, at)));
          g_assert_false (is_blue (sag_test_ui_pixel (surface, column + scale, at)));
        }
      for (int at = 30 * scale; at < (int) (x - 12) * scale; at++)
        g_assert_true (is_blue (sag_test_ui_pixel (surface, at, row)));
      g_assert_false (is_blue (sag_test_ui_pixel (surface, column, row)));
      cairo_surface_destroy (surface);
    }
  g_object_set (self->display, "show-cross", FALSE, NULL);
  wait_for (self);
}

/* Scores of one exactly in the box of a nodule: lit pixels are those whose centres lie in it. */
static void
test_heatmap (Fixture *self, gconstpointer data)
{
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);
  gsize              n = (gsize) sag_geometry_n_voxels (geometry);
  g_autofree float  *cells = g_new0 (float, n);
  double             low[3], high[3], middle[3];
  g_autoptr (SagUiOverlay) overlay = NULL;

  g_assert_true (sag_phantom_get_box (phantom, SAG_PHANTOM_NODULE, low, high));
  for (gsize i = 0; i < n; i++)
    {
      double ijk[3] = { (double) (i % (gsize) geometry->dims[0]),
                        (double) (i / (gsize) geometry->dims[0] % (gsize) geometry->dims[1]),
                        (double) (i / (gsize) geometry->dims[0] / (gsize) geometry->dims[1]) };
      double ras[3];

      sag_geometry_to_ras (geometry, ijk, ras);
      cells[i] = 1;
      for (int a = 0; a < 3; a++)
        if (ras[a] < low[a] || ras[a] > high[a])
          cells[i] = 0;
    }
  overlay = sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, "nodule", cells, geometry, 0);
  g_object_set (overlay, "visible", TRUE, "raw", TRUE, "opacity", 1.0, NULL);
  g_list_store_append (sag_ui_case_get_overlays (self->one), overlay);
  give_all (self);
  for (int a = 0; a < 3; a++)
    middle[a] = (low[a] + high[a]) / 2;
  sag_ui_display_set_cross (self->display, middle);
  wait_for (self);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      const SagUiSlicePicture *picture = sag_ui_slice_view_get_picture (self->views[p]);
      g_autofree guint8       *pixels = download (picture->frame);
      guint32                  lit = 0xff000000 | sag_ui_overlay_get_colour (overlay);
      int                      n_lit = 0;

      for (int y = 0; y < picture->slice.height; y++)
        for (int x = 0; x < picture->slice.width; x++)
          {
            guint32  pixel = ((guint32 *) pixels)[y * picture->slice.width + x];
            double   ras[3];
            gboolean inside = TRUE, on_border = FALSE;

            sag_render_slice_to_ras (&picture->slice, (x + 0.5) / picture->slice.scale,
                                     (y + 0.5) / picture->slice.scale, ras);
            for (int a = 0; a < 3; a++)
              {
                inside = inside && ras[a] > low[a] && ras[a] < high[a];
                on_border =
                  on_border || fabs (ras[a] - low[a]) < 1e-6 || fabs (ras[a] - high[a]) < 1e-6;
              }
            if (on_border)
              continue;
            if (inside)
              g_assert_cmphex (pixel, ==, lit);
            else
              g_assert_cmphex (pixel, !=, lit);
            n_lit += inside;
          }
      g_assert_cmpint (n_lit, >, 10);
    }
}

/* While a scan is read: the first slice at once, then the wanted one; never what was not read. */
static void
test_partial (Fixture *self, gconstpointer data)
{
  int            n = sag_volume_get_geometry (phantom->image)->dims[2];
  SagRenderSlice slice;

  sag_ui_case_give (self->one, phantom->image, 0);
  sag_test_ui_settle ();
  g_assert_null (sag_ui_slice_view_get_picture (self->views[0]));
  sag_ui_case_give (self->one, phantom->image, 1);
  sag_test_ui_until (sag_ui_slice_view_get_picture (self->views[0]) != NULL);
  wait_for (self);
  g_assert_cmpint (sag_ui_slice_view_get_picture (self->views[0])->slice.index, ==, 0);
  g_assert_true (sag_ui_slice_view_get_slice (self->views[0], &slice));
  g_assert_cmpint (slice.index, ==, (n - 1) / 2);

  /* Who goes to a slice that is not there is told so, and not shown another one. */
  sag_ui_slice_view_go (self->views[0], n - 5);
  sag_test_ui_until (sag_ui_slice_view_get_picture (self->views[0]) == NULL);
  sag_ui_case_give (self->one, phantom->image, n - 3);
  sag_test_ui_until (sag_ui_slice_view_get_picture (self->views[0]) != NULL);
  wait_for (self);
  g_assert_cmpint (sag_ui_slice_view_get_picture (self->views[0])->slice.index, ==, n - 5);
  give_all (self);
  g_assert_cmpint (sag_ui_slice_view_get_picture (self->views[0])->slice.index, ==, n - 5);
}

/* Pictures have the device's pixels: under GDK_SCALE=2 twice the view's. */
static void
test_scale (Fixture *self, gconstpointer data)
{
  give_all (self);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      GtkWidget               *widget = GTK_WIDGET (self->views[p]);
      int                      factor = gtk_widget_get_scale_factor (widget);
      const SagUiSlicePicture *picture = sag_ui_slice_view_get_picture (self->views[p]);

      g_assert_cmpint (gdk_texture_get_width (picture->frame), ==,
                       factor * gtk_widget_get_width (widget));
      g_assert_cmpint (gdk_texture_get_height (picture->frame), ==,
                       factor * gtk_widget_get_height (widget));
      g_assert_cmpint (gdk_texture_get_width (picture->words), ==,
                       factor * gtk_widget_get_width (widget));
    }
}

static GtkEventController *
find_controller (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
        return controller; /* the widget keeps it */
    }
  g_assert_not_reached ();
}

/* Steps, ends, fitting and zooming; the view keeps its place while the cross moves. */
static void
test_moving (Fixture *self, gconstpointer data)
{
  SagRenderSlice slice;
  SagRenderView  fitted, view;

  give_all (self);
  sag_ui_slice_view_step (self->views[1], 1000);
  g_assert_true (sag_ui_slice_view_get_slice (self->views[1], &slice));
  g_assert_cmpint (slice.index, ==, slice.n_slices - 1);
  sag_ui_slice_view_step (self->views[1], -3);
  sag_ui_slice_view_get_slice (self->views[1], &slice);
  g_assert_cmpint (slice.index, ==, slice.n_slices - 4);

  sag_ui_slice_view_get_view (self->views[0], &fitted);
  sag_ui_slice_view_zoom (self->views[0], 2);
  sag_ui_slice_view_get_view (self->views[0], &view);
  g_assert_cmpfloat_with_epsilon (view.mm_per_pixel, fitted.mm_per_pixel / 2, 1e-12);
  sag_ui_slice_view_fit (self->views[0]);
  sag_ui_slice_view_get_view (self->views[0], &view);
  g_assert_cmpfloat_with_epsilon (view.mm_per_pixel, fitted.mm_per_pixel, 1e-12);
  wait_for (self);
}

/* A drag with the left button: to the right is wider, down is a higher level; Escape undoes it. */
static void
test_drag_window (Fixture *self, gconstpointer data)
{
  GtkWidget          *widget = GTK_WIDGET (self->views[0]);
  GtkEventController *drag = find_controller (widget, GTK_TYPE_GESTURE_DRAG);
  SagRenderWindow     window;

  give_all (self);
  sag_ui_display_set_window (self->display, (SagRenderWindow){ 400, 40 });
  g_signal_emit_by_name (drag, "drag-begin", 100.0, 100.0);
  g_signal_emit_by_name (drag, "drag-update", 30.0, 20.0);
  window = sag_ui_display_get_window (self->display);
  g_assert_cmpfloat (window.width, ==, 430);
  g_assert_cmpfloat (window.level, ==, 60);
  g_signal_emit_by_name (drag, "drag-end", 30.0, 20.0);
  g_assert_cmpfloat (sag_ui_display_get_window (self->display).width, ==, 430);
  wait_for (self);
}

static int
get_index (Fixture *self, SagRenderPlane plane)
{
  SagRenderSlice slice;

  g_assert_true (sag_ui_slice_view_get_slice (self->views[plane], &slice));
  return slice.index;
}

static void
scroll (Fixture *self, double dx, double dy)
{
  GtkEventController *wheel =
    find_controller (GTK_WIDGET (self->views[0]), GTK_TYPE_EVENT_CONTROLLER_SCROLL);
  gboolean used = FALSE;

  g_signal_emit_by_name (wheel, "scroll", dx, dy, &used);
  g_assert_true (used);
}

/* A notch of the wheel is a slice, down towards the feet; a fine wheel adds up to one. */
static void
test_wheel (Fixture *self, gconstpointer data)
{
  int first;

  give_all (self);
  first = get_index (self, 0);
  scroll (self, 0, 1);
  g_assert_cmpint (get_index (self, 0), ==, first - 1);
  scroll (self, 0, -3);
  g_assert_cmpint (get_index (self, 0), ==, first + 2);
  for (int n = 0; n < 4; n++)
    scroll (self, 0, 0.25);
  g_assert_cmpint (get_index (self, 0), ==, first + 1);
  scroll (self, 0, 10000);
  g_assert_cmpint (get_index (self, 0), ==, 0);
}

static void
count_cb (gpointer view, guint *n)
{
  ++*n;
}

/* A double click asks for more room; with a tool in the hand it is two places. */
static void
test_double_click (Fixture *self, gconstpointer data)
{
  GtkEventController *click = find_controller (GTK_WIDGET (self->views[0]), GTK_TYPE_GESTURE_CLICK);
  guint               n_activated = 0;

  give_all (self);
  g_signal_connect (self->views[0], "activated", G_CALLBACK (count_cb), &n_activated);
  g_signal_emit_by_name (click, "pressed", 1, 50.0, 50.0);
  g_assert_cmpuint (n_activated, ==, 0);
  g_signal_emit_by_name (click, "pressed", 2, 50.0, 50.0);
  g_assert_cmpuint (n_activated, ==, 1);
  g_object_set (self->display, "tool", SAG_UI_TOOL_RULER, NULL);
  g_signal_emit_by_name (click, "pressed", 2, 50.0, 50.0);
  g_assert_cmpuint (n_activated, ==, 1);
}

/* The patient's place under the pointer, and what is written of it: the value of that very voxel. */
static void
test_pointer (Fixture *self, gconstpointer data)
{
  const SagGeometry  *geometry = sag_volume_get_geometry (phantom->image);
  GtkEventController *motion =
    find_controller (GTK_WIDGET (self->views[1]), GTK_TYPE_EVENT_CONTROLLER_MOTION);
  cairo_surface_t *before, *after;
  SagRenderSlice   slice;
  double           at[3], ijk[3], ras_to_ijk[3][4], x, y;
  int              n_changed = 0, scale;

  give_all (self);
  g_assert_false (sag_ui_display_get_pointer (self->display, at));
  before = sag_test_ui_picture (GTK_WIDGET (self->views[1]), "pointer-none");
  g_assert_true (sag_ui_slice_view_get_slice (self->views[1], &slice));
  g_signal_emit_by_name (motion, "motion", 150.0, 100.0);
  g_assert_true (sag_ui_display_get_pointer (self->display, at));
  g_assert_cmpfloat (fabs (sag_render_slice_from_ras (&slice, at, &x, &y)), <, 1e-6);
  g_assert_cmpfloat_with_epsilon (x, 150, 1e-6);
  g_assert_cmpfloat_with_epsilon (y, 100, 1e-6);
  g_assert_true (sag_geometry_invert (geometry, ras_to_ijk));
  sag_geometry_apply (ras_to_ijk, at, ijk);
  for (int a = 0; a < 3; a++)
    g_assert_true (ijk[a] > -0.5 && ijk[a] < geometry->dims[a] - 0.5);
  sag_test_ui_settle ();
  after = sag_test_ui_picture (GTK_WIDGET (self->views[1]), "pointer");
  scale = gtk_widget_get_scale_factor (GTK_WIDGET (self->views[1]));
  /* Words in the corner at the top left. */
  for (int row = 4 * scale; row < 50 * scale; row++)
    for (int column = 8 * scale; column < 120 * scale; column++)
      n_changed +=
        sag_test_ui_pixel (before, column, row) != sag_test_ui_pixel (after, column, row);
  g_assert_cmpint (n_changed, >, 100);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
  g_signal_emit_by_name (motion, "leave");
  g_assert_false (sag_ui_display_get_pointer (self->display, at));
}

/* What each shown map is, in its colour, lowest first; nothing of those that are hidden. */
static void
test_legend (Fixture *self, gconstpointer data)
{
  const SagGeometry cells = sag_geometry_init (
    (const int32_t[]){ 2, 2, 2 }, (const double[]){ 40, 40, 40 }, (const double[]){ 0, 0, 0 });
  const float    scores[8] = { 0.9f };
  SagUiSliceJob *job;
  g_autoptr (SagUiOverlay) first =
    sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, "a first task", scores, &cells, 0);
  g_autoptr (SagUiOverlay) second =
    sag_ui_overlay_new (SAG_UI_OVERLAY_EVIDENCE, "a second task", scores, &cells, 1);
  guint n_first = 0;

  give_all (self);
  sag_ui_overlay_set_visible (first, TRUE);
  sag_ui_overlay_set_visible (second, TRUE);
  g_list_store_append (sag_ui_case_get_overlays (self->one), first);
  g_list_store_append (sag_ui_case_get_overlays (self->one), second);
  job = sag_ui_slice_view_dup_job (self->views[0], 1);
  g_assert_cmpuint (job->legend->len, ==, 2);
  for (guint l = 0; l < 2; l++)
    {
      const SagRenderLegend *legend = &g_array_index (job->legend, SagRenderLegend, l);
      gboolean               is_first = g_str_equal (legend->text, "a first task");

      n_first += is_first;
      g_assert_cmphex (legend->colour, ==, sag_ui_overlay_get_colour (is_first ? first : second));
      g_assert_cmpstr (legend->values, ==, is_first ? "score" : "fall of the logit");
    }
  g_assert_cmpuint (n_first, ==, 1);
  sag_ui_slice_job_free (job);
  g_object_set (self->display, "show-overlays", FALSE, NULL);
  job = sag_ui_slice_view_dup_job (self->views[0], 1);
  g_assert_cmpuint (job->legend->len, ==, 0);
  sag_ui_slice_job_free (job);
  wait_for (self);
}

static void
test_finalise (void)
{
  for (int i = 0; i < 6; i++)
    {
      g_autoptr (SagUiCase) one = new_case ();
      g_autoptr (SagUiDisplay) display = sag_ui_display_new ();
      GtkWidget *view = sag_ui_slice_view_new (i % 3);
      GtkWindow *window = sag_test_ui_show (view, 700, 600);

      g_object_ref (view);
      sag_ui_display_set_case (display, one);
      sag_ui_slice_view_set_display (SAG_UI_SLICE_VIEW (view), display);
      sag_ui_case_give (one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
      for (int turn = 0; turn < i; turn++)
        sag_test_ui_turn (G_MAXINT64);
      gtk_window_destroy (window);
      g_assert_finalize_object (view);
      g_assert_finalize_object (g_steal_pointer (&display));
    }
  sag_test_ui_settle ();
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/view/slice-view/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  SagPhantomOptions options = { .findings = SAG_FINDING_NODULE };
  int               status;

  sag_test_ui_init (&argc, &argv);
  phantom = sag_phantom_new (&options);
  ADD ("letters", test_letters);
  ADD ("window", test_window);
  ADD ("cross", test_cross);
  ADD ("heatmap", test_heatmap);
  ADD ("partial", test_partial);
  ADD ("scale", test_scale);
  ADD ("moving", test_moving);
  ADD ("drag-window", test_drag_window);
  ADD ("wheel", test_wheel);
  ADD ("double-click", test_double_click);
  ADD ("pointer", test_pointer);
  ADD ("legend", test_legend);
  g_test_add_func ("/ui/view/slice-view/finalise", test_finalise);
  status = g_test_run ();
  sag_phantom_free (phantom);
  return status;
}
