/* SPDX-License-Identifier: Apache-2.0 */

/* What hands do to all views at once. */

#include "ui/view/views-private.h"

#include "tests/ui/support.h"
#include "tests/ui/view/views-fixture.h"

/* The key that hides maps does so while it is held, and leaves alone what was hidden before. */
static void
test_held (ViewsFixture *self, gconstpointer data)
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
test_double_click (ViewsFixture *self, gconstpointer data)
{
  SagUiSliceView *coronal = views_get_view (self, 0, SAG_RENDER_CORONAL);

  gtk_widget_grab_focus (GTK_WIDGET (coronal));
  g_signal_emit_by_name (coronal, "activated");
  sag_test_ui_settle ();
  g_assert_true (views_is_seen (self, 0, SAG_RENDER_CORONAL));
  g_assert_false (views_is_seen (self, 0, SAG_RENDER_AXIAL));
  g_assert_false (views_is_seen (self, 0, SAG_RENDER_SAGITTAL));
  g_signal_emit_by_name (coronal, "activated");
  sag_test_ui_settle ();
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    g_assert_true (views_is_seen (self, 0, p));
}

static int
get_index (ViewsFixture *self, SagRenderPlane plane)
{
  SagRenderSlice slice;

  g_assert_true (sag_ui_slice_view_get_slice (views_get_view (self, 0, plane), &slice));
  return slice.index;
}

/* Slices play towards the feet and go on from the head; the other views stay. */
static void
test_cine (ViewsFixture *self, gconstpointer data)
{
  GtkWidget *views = GTK_WIDGET (self->views);
  int        coronal = get_index (self, SAG_RENDER_CORONAL), stopped;

  gtk_widget_grab_focus (GTK_WIDGET (views_get_view (self, 0, SAG_RENDER_AXIAL)));
  g_object_set (self->views, "cine-rate", 60.0, NULL);
  sag_ui_slice_view_go (views_get_view (self, 0, SAG_RENDER_AXIAL), 2);
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
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/view/hands/" name, ViewsFixture, NULL, views_set_up, func, views_tear_down)
  ADD ("held", test_held);
  ADD ("double-click", test_double_click);
  ADD ("cine", test_cine);
#undef ADD
  return views_run ();
}
