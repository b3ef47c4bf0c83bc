/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include "model/phantom/phantom.h"
#include "render/scene/worker.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/answer/overlay.h"

#include <math.h>

#define SIZE 420

static char *folder;

/* A case that was read, a display that shows it, and the view in a window. */
typedef struct
{
  SagUiCase      *one;
  SagUiDisplay   *display;
  SagUiSceneView *view;
  GtkWindow      *window;
} Fixture;

static SagUiCase *
new_case (guint64 seed, double spacing_mm)
{
  const SagPhantomOptions options = {
    .seed = seed,
    .findings = SAG_FINDING_EFFUSION_LEFT,
    .spacing_mm = { spacing_mm, spacing_mm, spacing_mm },
  };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autofree char *name = g_strdup_printf ("phantom-%u", (guint) seed);
  g_autofree char *file_name = g_strconcat (name, ".nii.gz", NULL);
  g_autoptr (GFile) file = g_file_new_build_filename (folder, file_name, NULL);
  GError *error = NULL;

  sag_phantom_write (phantom, &options, folder, name, &error);
  g_assert_no_error (error);
  return sag_ui_case_new (file);
}

static SagUiCase *
read_case (guint64 seed, double spacing_mm)
{
  SagUiCase *one = new_case (seed, spacing_mm);

  sag_ui_case_load (one);
  sag_test_ui_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  return one;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->one = read_case (3, 4);
  fixture->display = sag_ui_display_new ();
  fixture->view = SAG_UI_SCENE_VIEW (sag_ui_scene_view_new ());
  sag_ui_scene_view_set_display (fixture->view, fixture->display);
  fixture->window = sag_test_ui_show (GTK_WIDGET (fixture->view), SIZE, SIZE);
  sag_ui_display_set_case (fixture->display, fixture->one);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (view), &view);
  gtk_window_destroy (fixture->window);
  sag_test_ui_until (view == NULL);
  g_clear_object (&fixture->display);
  g_clear_object (&fixture->one);
  sag_render_worker_wait_all ();
}

static void
wait_still (Fixture *fixture)
{
  sag_test_ui_until (sag_ui_scene_view_is_still (fixture->view) &&
                     sag_ui_scene_view_get_texture (fixture->view) != NULL);
}

static SagRenderCamera
camera_of (Fixture *fixture)
{
  SagRenderCamera camera;

  sag_ui_scene_view_get_camera (fixture->view, &camera);
  return camera;
}

/* Pixels of the newest picture that are bright, or that are orange. */
static guint
count (Fixture *fixture, gboolean orange)
{
  GdkTexture        *texture = sag_ui_scene_view_get_texture (fixture->view);
  int                width = gdk_texture_get_width (texture);
  gsize              n = (gsize) width * gdk_texture_get_height (texture);
  g_autofree guint8 *pixels = g_malloc (4 * n);
  guint              found = 0;

  gdk_texture_download (texture, pixels, 4 * (gsize) width); /* B G R A */
  for (gsize p = 0; p < n; p++)
    found += orange ? pixels[4 * p + 2] - pixels[4 * p] > 60 : pixels[4 * p + 1] > 40;
  return found;
}

static void
keep_picture (Fixture *fixture, const char *name)
{
  g_autofree char *full =
    g_strdup_printf ("%s-%dx", name, gtk_widget_get_scale_factor (GTK_WIDGET (fixture->view)));
  cairo_surface_t *surface;

  sag_test_ui_settle ();
  surface = sag_test_ui_picture (GTK_WIDGET (fixture->view), full);
  cairo_surface_destroy (surface);
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (fixture->view));

  wait_still (fixture);
  g_assert_cmpint (gdk_texture_get_width (sag_ui_scene_view_get_texture (fixture->view)), ==,
                   SIZE * scale);
  g_assert_cmpuint (count (fixture, FALSE), >, SIZE * SIZE * scale * scale / 20);
  g_assert_null (sag_ui_scene_view_get_problem (fixture->view));
  keep_picture (fixture, "scene");
}

static void
test_actions (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->view);
  double     span_mm;

  wait_still (fixture);
  g_assert_true (gtk_widget_activate_action (widget, "scene.view", "s", "left"));
  g_assert_cmpfloat (camera_of (fixture).azimuth_degrees, ==, 90);
  g_assert_true (gtk_widget_activate_action (widget, "scene.view", "s", "inferior"));
  g_assert_cmpfloat (camera_of (fixture).elevation_degrees, ==, -90);
  g_assert_true (gtk_widget_activate_action (widget, "scene.view", "s", "from somewhere"));
  g_assert_cmpfloat (camera_of (fixture).elevation_degrees, ==, -90);
  span_mm = camera_of (fixture).span_mm;
  g_assert_true (gtk_widget_activate_action (widget, "scene.zoom", "d", 2.0));
  g_assert_cmpfloat_with_epsilon (camera_of (fixture).span_mm, span_mm / 2, 1e-9);
  g_assert_true (gtk_widget_activate_action (widget, "scene.zoom", "d", -1.0));
  g_assert_cmpfloat_with_epsilon (camera_of (fixture).span_mm, span_mm / 2, 1e-9);
  g_assert_true (gtk_widget_activate_action (widget, "scene.fit", NULL));
  g_assert_cmpfloat_with_epsilon (camera_of (fixture).span_mm, span_mm, 1e-9);
  g_assert_cmpfloat (camera_of (fixture).elevation_degrees, ==, -90);
  wait_still (fixture);
  keep_picture (fixture, "scene-inferior");
}

static gpointer
find_controller (Fixture *fixture, GType type)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (fixture->view));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (all, i);

      if (G_OBJECT_TYPE (controller) == type)
        return controller; /* the widget keeps it */
    }
  g_assert_not_reached ();
}

static gboolean
press (Fixture *fixture, guint keyval, GdkModifierType state)
{
  gboolean used = FALSE;

  g_signal_emit_by_name (find_controller (fixture, GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed",
                         keyval, 0, state, &used);
  return used;
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  double span_mm;

  wait_still (fixture);
  span_mm = camera_of (fixture).span_mm;
  g_assert_true (press (fixture, GDK_KEY_Right, 0));
  g_assert_cmpfloat (camera_of (fixture).azimuth_degrees, ==, -5);
  g_assert_true (press (fixture, GDK_KEY_Left, GDK_SHIFT_MASK));
  g_assert_cmpfloat (camera_of (fixture).azimuth_degrees, ==, 10);
  g_assert_true (press (fixture, GDK_KEY_Down, 0));
  g_assert_cmpfloat (camera_of (fixture).elevation_degrees, ==, 5);
  g_assert_true (press (fixture, GDK_KEY_Up, 0));
  g_assert_cmpfloat (camera_of (fixture).elevation_degrees, ==, 0);
  g_assert_true (press (fixture, GDK_KEY_plus, 0));
  g_assert_cmpfloat (camera_of (fixture).span_mm, <, span_mm);
  g_assert_true (press (fixture, GDK_KEY_equal, 0));
  g_assert_cmpfloat (camera_of (fixture).span_mm, ==, span_mm);
  /* Everything else belongs to others. */
  g_assert_false (press (fixture, GDK_KEY_p, 0));
  g_assert_false (press (fixture, GDK_KEY_Left, GDK_CONTROL_MASK));
}

static void
drag (Fixture *fixture, double x, double y, double dx, double dy)
{
  gpointer gesture = find_controller (fixture, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (gesture, "drag-begin", x, y);
  g_signal_emit_by_name (gesture, "drag-update", dx / 2, dy / 2);
  g_signal_emit_by_name (gesture, "drag-update", dx, dy);
  g_signal_emit_by_name (gesture, "drag-end", dx, dy);
}

static void
count_cb (gpointer view, guint *n)
{
  ++*n;
}

static void
test_drag (Fixture *fixture, gconstpointer data)
{
  guint n_touched = 0;

  g_signal_connect (fixture->view, "touched", G_CALLBACK (count_cb), &n_touched);
  wait_still (fixture);
  drag (fixture, 200, 200, 50, 0);
  g_assert_cmpfloat_with_epsilon (camera_of (fixture).azimuth_degrees, -20, 1e-9);
  drag (fixture, 200, 200, 0, 25);
  g_assert_cmpfloat_with_epsilon (camera_of (fixture).elevation_degrees, 10, 1e-9);
  g_assert_cmpuint (n_touched, >=, 2);
  /* A trembling click turns nothing. */
  drag (fixture, 200, 200, 2, 1);
  g_assert_cmpfloat_with_epsilon (camera_of (fixture).azimuth_degrees, -20, 1e-9);
  wait_still (fixture);
  g_assert_cmpint (gdk_texture_get_width (sag_ui_scene_view_get_texture (fixture->view)), ==,
                   SIZE * gtk_widget_get_scale_factor (GTK_WIDGET (fixture->view)));
  keep_picture (fixture, "scene-dragged");
}

/* A click on the letter on the right looks from there: from the front that is the patient's left. */
static void
test_letters (Fixture *fixture, gconstpointer data)
{
  wait_still (fixture);
  drag (fixture, 6 + 44 + 32, SIZE - 6 - 44, 0, 0);
  g_assert_cmpfloat (camera_of (fixture).azimuth_degrees, ==, 90);
  g_object_set (fixture->display, "show-marks", FALSE, NULL);
  drag (fixture, 6 + 44 + 32, SIZE - 6 - 44, 0, 0);
  g_assert_cmpfloat (camera_of (fixture).azimuth_degrees, ==, 90);
}

static SagUiOverlay *
add_overlay (Fixture *fixture)
{
  const SagGeometry cells =
    sag_geometry_init ((const int32_t[]){ 6, 4, 3 }, (const double[]){ 12, 16, 16 },
                       (const double[]){ -30, -24, -16 });
  float         scores[72];
  SagUiOverlay *overlay;

  for (int c = 0; c < 72; c++)
    scores[c] = c % 6 < 2 ? 0.9f : 0.1f;
  overlay = sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, "a task", scores, &cells, 0);
  sag_ui_overlay_set_visible (overlay, TRUE);
  g_list_store_append (sag_ui_case_get_overlays (fixture->one), overlay);
  return overlay;
}

static GtkWidget *
find_label (GtkWidget *root, const char *text)
{
  if (GTK_IS_LABEL (root) && g_strcmp0 (gtk_label_get_label (GTK_LABEL (root)), text) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_overlay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagUiOverlay) overlay = NULL;
  guint large, small;

  wait_still (fixture);
  g_assert_cmpuint (count (fixture, TRUE), ==, 0);
  overlay = add_overlay (fixture);
  sag_ui_overlay_set_note (overlay, "A sentence about the map.", NULL);
  sag_ui_scene_view_set_watermark (fixture->view, "A demonstration");
  sag_test_ui_settle ();
  wait_still (fixture);
  large = count (fixture, TRUE);
  g_assert_cmpuint (large, >, 100);
  g_assert_nonnull (find_label (GTK_WIDGET (fixture->view), "A demonstration"));
  g_assert_nonnull (find_label (GTK_WIDGET (fixture->view), "A sentence about the map."));
  keep_picture (fixture, "scene-overlay");
  g_object_set (overlay, "threshold", 0.8, NULL);
  sag_test_ui_settle ();
  wait_still (fixture);
  small = count (fixture, TRUE);
  g_assert_cmpuint (small, >, 0);
  g_assert_cmpuint (small, <, large);
  sag_ui_overlay_set_visible (overlay, FALSE);
  sag_test_ui_settle ();
  wait_still (fixture);
  g_assert_cmpuint (count (fixture, TRUE), ==, 0);
  g_assert_null (find_label (GTK_WIDGET (fixture->view), "A sentence about the map."));
}

/* The lines follow the crosshair, once for many moves. */
static void
test_cross (Fixture *fixture, gconstpointer data)
{
  guint lit;

  g_object_set (fixture->view, "body", 0.0, "lungs", 0.0, NULL);
  sag_test_ui_settle ();
  wait_still (fixture);
  lit = count (fixture, FALSE);
  g_assert_cmpuint (lit, >, 100);
  for (int n = 0; n < 20; n++)
    sag_ui_display_set_cross (fixture->display, (const double[]){ 2 * n, 0, 0 });
  g_assert_false (sag_ui_scene_view_is_still (fixture->view));
  wait_still (fixture);
  g_assert_cmpuint (count (fixture, FALSE), >, 100);
  g_object_set (fixture->display, "show-cross", FALSE, NULL);
  sag_test_ui_settle ();
  wait_still (fixture);
  g_assert_cmpuint (count (fixture, FALSE), ==, 0);
}

static void
test_parts (Fixture *fixture, gconstpointer data)
{
  guint usual;

  g_object_set (fixture->display, "show-cross", FALSE, NULL);
  wait_still (fixture);
  usual = count (fixture, FALSE);
  g_object_set (fixture->view, "body", 0.0, NULL);
  sag_test_ui_settle ();
  wait_still (fixture);
  g_assert_cmpuint (count (fixture, FALSE), <, usual);
  g_object_set (fixture->view, "lungs", 0.0, NULL);
  sag_test_ui_settle ();
  wait_still (fixture);
  g_assert_cmpuint (count (fixture, FALSE), ==, 0);
}

/* Another case is fitted; the side from which one looks stays. */
static void
test_other_case (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagUiCase) other = read_case (8, 5);
  double span_mm;

  wait_still (fixture);
  sag_ui_scene_view_look (fixture->view, SAG_RENDER_VIEW_LEFT);
  sag_ui_scene_view_zoom (fixture->view, 3);
  span_mm = camera_of (fixture).span_mm;
  sag_ui_display_set_case (fixture->display, other);
  g_assert_null (sag_ui_scene_view_get_texture (fixture->view));
  wait_still (fixture);
  g_assert_cmpfloat (camera_of (fixture).azimuth_degrees, ==, 90);
  g_assert_cmpfloat (camera_of (fixture).span_mm, >, 2 * span_mm);
  sag_ui_display_set_case (fixture->display, NULL);
  g_assert_null (sag_ui_scene_view_get_texture (fixture->view));
  sag_test_ui_settle ();
}

/* A scan that is shown while it is read appears once that is done, without anything else to come: no model is open. */
static void
test_read_while_shown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagUiCase) other = new_case (8, 5);

  sag_ui_case_load (other);
  sag_ui_display_set_case (fixture->display, other);
  g_assert_cmpint (sag_ui_case_get_state (other), ==, SAG_UI_CASE_LOADING);
  sag_test_ui_until (sag_ui_case_get_state (other) == SAG_UI_CASE_READY);
  g_assert_true (fixture->view->volume == sag_ui_case_get_volume (other));
  wait_still (fixture);
  g_assert_cmpuint (count (fixture, FALSE), >, SIZE * SIZE / 20);
}

/* A picture of the scan before that was on its way comes to nothing; what went wrong is told all the same. */
static void
test_late_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagUiCase) other = read_case (8, 5);
  g_autoptr (GBytes) pixels = g_bytes_new_take (g_malloc0 (4), 4);
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "No memory");
  SagRenderPicture late = {
    .pixels = pixels, .width = 1, .height = 1, .stride = 4, .is_final = TRUE
  };

  wait_still (fixture);
  late.request = fixture->view->request;
  sag_ui_display_set_case (fixture->display, other);
  sag_ui_scene_view_take_picture (fixture->view, &late);
  g_assert_null (sag_ui_scene_view_get_texture (fixture->view));
  sag_test_ui_until (fixture->view->request > late.request);
  sag_ui_scene_view_take_picture (fixture->view, &late);
  g_assert_false (sag_ui_scene_view_is_still (fixture->view));
  wait_still (fixture);
  g_assert_cmpint (gdk_texture_get_width (sag_ui_scene_view_get_texture (fixture->view)), >, 1);
  late.pixels = NULL;
  late.error = error;
  sag_ui_scene_view_take_picture (fixture->view, &late);
  g_assert_cmpstr (sag_ui_scene_view_get_problem (fixture->view), ==, "No memory");
}

/* The widget goes while surfaces are being made. */
static void
test_goes (void)
{
  for (int n = 0; n < 6; n++)
    {
      Fixture fixture;

      set_up (&fixture, NULL);
      for (int turn = 0; turn < n * 3; turn++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (3000);
        }
      tear_down (&fixture, NULL);
    }
}

/* A window of another size gets a picture of that size. */
static void
test_resize (Fixture *fixture, gconstpointer data)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (fixture->view));

  wait_still (fixture);
  gtk_window_set_default_size (fixture->window, 300, 260);
  sag_test_ui_until (gtk_widget_get_width (GTK_WIDGET (fixture->view)) == 300);
  sag_test_ui_settle ();
  wait_still (fixture);
  g_assert_cmpint (gdk_texture_get_width (sag_ui_scene_view_get_texture (fixture->view)), ==,
                   300 * scale);
  g_assert_cmpint (gdk_texture_get_height (sag_ui_scene_view_get_texture (fixture->view)), ==,
                   260 * scale);
  keep_picture (fixture, "scene-small");
  gtk_window_set_default_size (fixture->window, 64, 64);
  sag_test_ui_until (gtk_widget_get_width (GTK_WIDGET (fixture->view)) < 100);
  sag_test_ui_settle ();
  wait_still (fixture);
  keep_picture (fixture, "scene-tiny");
}

/* What nobody sees makes no picture. */
static void
test_hidden (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GdkTexture) before = NULL;

  wait_still (fixture);
  gtk_widget_set_visible (GTK_WIDGET (fixture->view), FALSE);
  g_set_object (&before, sag_ui_scene_view_get_texture (fixture->view));
  sag_ui_scene_view_rotate (fixture->view, 30, 0);
  sag_test_ui_settle ();
  g_assert_true (before == sag_ui_scene_view_get_texture (fixture->view));
  gtk_widget_set_visible (GTK_WIDGET (fixture->view), TRUE);
  sag_test_ui_settle ();
  wait_still (fixture);
  g_assert_true (before != sag_ui_scene_view_get_texture (fixture->view));
}

/* Xlib looks for the display by its name each time; GTK has its own connection already. */
static void
test_no_display (void)
{
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  Fixture          fixture;

  g_unsetenv ("DISPLAY");
  set_up (&fixture, NULL);
  sag_test_ui_until (sag_ui_scene_view_get_problem (fixture.view) != NULL);
  g_assert_nonnull (strstr (sag_ui_scene_view_get_problem (fixture.view), "X display"));
  g_assert_true (gtk_widget_get_mapped (
    find_label (GTK_WIDGET (fixture.view), sag_ui_scene_view_get_problem (fixture.view))));
  keep_picture (&fixture, "scene-no-display");
  sag_ui_scene_view_rotate (fixture.view, 10, 10);
  sag_test_ui_settle ();
  tear_down (&fixture, NULL);
  if (display != NULL)
    g_setenv ("DISPLAY", display, TRUE);
}

/* As in the program, so that the pictures are what people see. */
static void
load_style (void)
{
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (style, "/io/github/sagittact/Sagitta/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
}

int
main (int argc, char *argv[])
{
  int code;

  sag_test_ui_init (&argc, &argv);
  load_style ();
  folder = sag_test_dup_folder ();
#define ADD(name, func) g_test_add ("/ui/scene/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("picture", test_picture);
  ADD ("actions", test_actions);
  ADD ("keys", test_keys);
  ADD ("drag", test_drag);
  ADD ("letters", test_letters);
  ADD ("overlay", test_overlay);
  ADD ("cross", test_cross);
  ADD ("parts", test_parts);
  ADD ("other-case", test_other_case);
  ADD ("read-while-shown", test_read_while_shown);
  ADD ("late-picture", test_late_picture);
  ADD ("resize", test_resize);
  ADD ("hidden", test_hidden);
#undef ADD
  g_test_add_func ("/ui/scene/goes", test_goes);
  g_test_add_func ("/ui/scene/no-display", test_no_display);
  code = g_test_run ();
  sag_test_remove_folder (folder);
  return code;
}
