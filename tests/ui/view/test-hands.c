/* SPDX-License-Identifier: Apache-2.0 */

/* What hands do to all views at once. */

#include "ui/view/views-private.h"

#include "model/phantom/phantom.h"
#include "render/scene/worker.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"

static SagPhantom *phantom;

typedef struct
{
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiDisplay *display;
  SagUiViews   *views;
  SagUiCase    *cases[2];
  GtkWindow    *window;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->display = sag_ui_session_get_display (self->session);
  self->views = g_object_new (SAG_UI_TYPE_VIEWS, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/nowhere/case-%d.nii.gz", i);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      self->cases[i] = sag_ui_case_new (file);
      sag_ui_case_give (self->cases[i], phantom->image,
                        sag_volume_get_geometry (phantom->image)->dims[2]);
    }
  sag_ui_views_set_session (self->views, self->session);
  sag_ui_display_set_case (self->display, self->cases[0]);
  self->window = sag_test_ui_show (GTK_WIDGET (self->views), 900, 700);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  sag_ui_display_set_case (self->display, NULL);
  g_object_add_weak_pointer (G_OBJECT (self->views), (gpointer *) &self->views);
  gtk_window_destroy (self->window);
  sag_test_ui_until (self->views == NULL);
  sag_ui_engine_close (self->engine);
  for (int i = 0; i < 2; i++)
    g_object_unref (self->cases[i]);
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
}

static SagUiSliceView *
get_view (Fixture *self, SagRenderPlane plane)
{
  g_autoptr (GPtrArray) views = sag_ui_views_get_slices (self->views);

  return views->pdata[plane];
}

static gboolean
is_seen (Fixture *self, SagRenderPlane plane)
{
  return gtk_widget_get_mapped (GTK_WIDGET (get_view (self, plane)));
}

/* The key that hides maps does so while it is held, and leaves alone what was hidden before. */
static void
test_held (Fixture *self, gconstpointer data)
{
  sag_ui_views_key (self->views, TRUE, GDK_KEY_h, 0);
  g_assert_false (sag_ui_display_get_show_overlays (self->display));
  sag_ui_views_key (self->views, TRUE, GDK_KEY_h, 0); /* the keyboard repeats it */
  g_assert_false (sag_ui_display_get_show_overlays (self->display));
  sag_ui_views_key (self->views, FALSE, GDK_KEY_h, 0);
  g_assert_true (sag_ui_display_get_show_overlays (self->display));
  g_object_set (self->display, "show-overlays", FALSE, NULL);
  sag_ui_views_key (self->views, TRUE, GDK_KEY_h, 0);
  sag_ui_views_key (self->views, FALSE, GDK_KEY_h, 0);
  g_assert_false (sag_ui_display_get_show_overlays (self->display));
}

/* A double click on a view gives it all the room, another one gives it back. */
static void
test_double_click (Fixture *self, gconstpointer data)
{
  SagUiSliceView *coronal = get_view (self, SAG_RENDER_CORONAL);

  gtk_widget_grab_focus (GTK_WIDGET (coronal));
  g_signal_emit_by_name (coronal, "activated");
  sag_test_ui_settle ();
  g_assert_true (is_seen (self, SAG_RENDER_CORONAL));
  g_assert_false (is_seen (self, SAG_RENDER_AXIAL));
  g_assert_false (is_seen (self, SAG_RENDER_SAGITTAL));
  g_signal_emit_by_name (coronal, "activated");
  sag_test_ui_settle ();
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    g_assert_true (is_seen (self, p));
}

static int
get_index (Fixture *self, SagRenderPlane plane)
{
  SagRenderSlice slice;

  g_assert_true (sag_ui_slice_view_get_slice (get_view (self, plane), &slice));
  return slice.index;
}

/* Slices play towards the feet and go on from the head; the other views stay. */
static void
test_cine (Fixture *self, gconstpointer data)
{
  GtkWidget *views = GTK_WIDGET (self->views);
  int        coronal = get_index (self, SAG_RENDER_CORONAL), stopped;

  gtk_widget_grab_focus (GTK_WIDGET (get_view (self, SAG_RENDER_AXIAL)));
  g_object_set (self->views, "cine-rate", 60.0, NULL);
  sag_ui_slice_view_go (get_view (self, SAG_RENDER_AXIAL), 2);
  g_assert_true (gtk_widget_activate_action (views, "view.cine", NULL));
  sag_test_ui_until (get_index (self, SAG_RENDER_AXIAL) < 2);
  sag_test_ui_until (get_index (self, SAG_RENDER_AXIAL) > 2);
  g_assert_true (gtk_widget_activate_action (views, "view.cine", NULL));
  stopped = get_index (self, SAG_RENDER_AXIAL);
  sag_test_ui_settle ();
  g_assert_cmpint (get_index (self, SAG_RENDER_AXIAL), ==, stopped);
  g_assert_cmpint (get_index (self, SAG_RENDER_CORONAL), ==, coronal);

  /* Another case does not go on playing. */
  g_assert_true (gtk_widget_activate_action (views, "view.cine", NULL));
  sag_ui_display_set_case (self->display, self->cases[1]);
  sag_test_ui_settle ();
  stopped = get_index (self, SAG_RENDER_AXIAL);
  sag_test_ui_settle ();
  g_assert_cmpint (get_index (self, SAG_RENDER_AXIAL), ==, stopped);
}

int
main (int argc, char *argv[])
{
  const SagPhantomOptions options = { .seed = 3, .spacing_mm = { 6, 6, 6 } };
  int                     code;

  sag_test_ui_init (&argc, &argv);
  phantom = sag_phantom_new (&options);
#define ADD(name, func) g_test_add ("/ui/view/hands/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("held", test_held);
  ADD ("double-click", test_double_click);
  ADD ("cine", test_cine);
#undef ADD
  code = g_test_run ();
  sag_phantom_free (phantom);
  sag_render_worker_wait_all ();
  return code;
}
