/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/capture.h"

#include "model/phantom/phantom.h"
#include "tests/support/test.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/export/export.h"
#include "ui/measure/measures.h"

#define WIDTH 360
#define HEIGHT 300

static SagPhantom *phantom;

typedef struct
{
  SagUiEngine    *engine;
  SagUiSession   *session;
  SagUiSliceView *view;
  GtkWindow      *window;
  char           *folder;
  GAsyncResult   *result;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/scan.nii.gz");
  GtkWidget  *view = sag_ui_slice_view_new (SAG_RENDER_CORONAL);
  SagUiCases *cases;
  SagUiCase  *one;

  self->folder = sag_test_dup_folder ();
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  cases = sag_ui_session_get_cases (self->session);
  one = sag_ui_cases_add (cases, file);
  sag_ui_case_give (one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  sag_ui_cases_set_current (cases, one);
  self->view = SAG_UI_SLICE_VIEW (view);
  sag_ui_slice_view_set_display (self->view, sag_ui_session_get_display (self->session));
  sag_ui_measures_attach (sag_ui_measures_get (self->session), self->view);
  self->window = sag_test_ui_show (view, WIDTH, HEIGHT);
  sag_test_ui_until (sag_ui_slice_view_is_still (self->view));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->result);
  gtk_window_destroy (self->window);
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
  sag_test_remove_folder (self->folder);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_null (self->result);
  self->result = g_object_ref (result);
}

/* What a person saves is what they see, with the note, at any scale. */
static void
test_slice (Fixture *self, gconstpointer data)
{
  SagRenderSlice slice;
  SagUiMeasure   ruler = { .kind = SAG_RENDER_RULER, .plane = SAG_RENDER_CORONAL };

  g_assert_true (sag_ui_slice_view_get_slice (self->view, &slice));
  ruler.slice = slice.index;
  sag_render_slice_to_ras (&slice, 100.5, 150.5, ruler.points_mm[0]);
  sag_render_slice_to_ras (&slice, 160.5, 150.5, ruler.points_mm[1]);
  sag_ui_measures_add (sag_ui_measures_get (self->session), sag_ui_session_get_case (self->session),
                       &ruler);
  sag_ui_measures_choose (sag_ui_measures_get (self->session), NULL);
  for (int scale = 1; scale <= 2; scale++)
    {
      g_autoptr (SagUiCapture) capture = sag_ui_capture_slice (self->view, scale);
      cairo_surface_t *picture = sag_ui_capture_paint (capture);

      g_assert_cmpint (cairo_image_surface_get_width (picture), ==, WIDTH * scale);
      g_assert_cmpint (cairo_image_surface_get_height (picture), ==, HEIGHT * scale);
      g_assert_cmphex (sag_test_ui_pixel (picture, 130 * scale, 150 * scale), ==,
                       SAG_UI_MEASURE_COLOUR);
      g_assert_cmphex (sag_test_ui_pixel (picture, 130 * scale, 140 * scale), !=,
                       SAG_UI_MEASURE_COLOUR);
      cairo_surface_destroy (picture);
    }
}

static void
test_save (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "picture.png", NULL);
  g_autoptr (GError) error = NULL;
  cairo_surface_t *picture;

  sag_ui_capture_save_async (sag_ui_capture_slice (self->view, 2), path, NULL, done_cb, self);
  sag_test_ui_until (self->result != NULL);
  g_assert_true (sag_ui_capture_save_finish (self->result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sag_test_count_files (self->folder), ==, 1);
  picture = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (picture), ==, 2 * WIDTH);
  cairo_surface_destroy (picture);
}

static void
test_bad_place (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "none", "picture.png", NULL);
  g_autoptr (GError) error = NULL;

  sag_ui_capture_save_async (sag_ui_capture_slice (self->view, 1), path, NULL, done_cb, self);
  sag_test_ui_until (self->result != NULL);
  g_assert_false (sag_ui_capture_save_finish (self->result, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_cmpuint (sag_test_count_files (self->folder), ==, 0);
}

static void
test_texture (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint32 *pixels = g_new (guint32, WIDTH * HEIGHT);

  sag_ui_capture_texture_async (sag_ui_capture_slice (self->view, 1), NULL, done_cb, self);
  sag_test_ui_until (self->result != NULL);
  texture = sag_ui_capture_texture_finish (self->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, WIDTH);
  gdk_texture_download (texture, (guchar *) pixels, WIDTH * 4);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    g_assert_cmphex (pixels[i] >> 24, ==, 0xff);
}

static void
test_window (Fixture *self, gconstpointer data)
{
  g_autoptr (SagUiCapture) capture =
    sag_ui_capture_window (GTK_WIDGET (self->window), "Demonstration", 1);
  cairo_surface_t *picture = sag_ui_capture_paint (capture);
  const char      *folder = g_getenv ("SAGITTA_PICTURES");
  int              height = cairo_image_surface_get_height (picture), n_bright = 0;

  g_assert_cmpint (height, >, HEIGHT);
  for (int y = HEIGHT; y < height; y++)
    for (int x = 0; x < WIDTH; x++)
      n_bright += (sag_test_ui_pixel (picture, x, y) >> 16) > 128;
  g_assert_cmpint (n_bright, >, 100); /* the words below */
  if (folder != NULL)
    {
      g_autofree char *path = g_build_filename (folder, "window.png", NULL);

      g_assert_cmpint (cairo_surface_write_to_png (picture, path), ==, CAIRO_STATUS_SUCCESS);
    }
  cairo_surface_destroy (picture);
}

static void
test_nothing_yet (void)
{
  GtkWidget *view = g_object_ref_sink (sag_ui_slice_view_new (SAG_RENDER_AXIAL));

  g_assert_null (sag_ui_capture_slice (SAG_UI_SLICE_VIEW (view), 1));
  g_object_unref (view);
}

static void
test_names (void)
{
  g_autofree char *name = sag_ui_export_dup_name ("a/b: c", "axial-3", ".png");

  g_assert_cmpstr (name, ==, "a_b_ c-axial-3.png");
}

int
main (int argc, char **argv)
{
  const SagPhantomOptions options = { .seed = 3, .spacing_mm = { 2, 2, 4 } };
  int                     code;

  sag_test_ui_init (&argc, &argv);
  phantom = sag_phantom_new (&options);
#define ADD(name, function)                                                                        \
  g_test_add ("/ui/export/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("slice", test_slice);
  ADD ("save", test_save);
  ADD ("bad-place", test_bad_place);
  ADD ("texture", test_texture);
  ADD ("window", test_window);
#undef ADD
  g_test_add_func ("/ui/export/nothing-yet", test_nothing_yet);
  g_test_add_func ("/ui/export/names", test_names);
  code = g_test_run ();
  sag_phantom_free (phantom);
  return code;
}
