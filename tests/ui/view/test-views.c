/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/support.h"
#include "tests/ui/view/views-fixture.h"
#include "ui/scene/scene-view.h"

static void
test_layouts (ViewsFixture *self, gconstpointer data)
{
  GtkWidget *scene = sag_test_ui_find_type (GTK_WIDGET (self->views), SAG_UI_TYPE_SCENE_VIEW);
  int        quad_width;

  g_assert_nonnull (scene);
  g_assert_true (sag_ui_views_find (scene) == self->views);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    g_assert_true (views_is_seen (self, 0, p));
  g_assert_true (gtk_widget_get_mapped (scene));
  quad_width = gtk_widget_get_width (GTK_WIDGET (views_get_view (self, 0, SAG_RENDER_AXIAL)));

  views_act (self, "view.layout::large");
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (views_get_view (self, 0, SAG_RENDER_AXIAL))),
                   >, quad_width + 50);
  g_assert_true (views_is_seen (self, 0, SAG_RENDER_SAGITTAL));

  views_act (self, "view.main::coronal");
  g_assert_true (views_is_seen (self, 0, SAG_RENDER_CORONAL));
  g_assert_false (views_is_seen (self, 0, SAG_RENDER_AXIAL));
  g_assert_false (gtk_widget_get_mapped (scene));
  g_assert_true (sag_ui_views_get_active (self->views) ==
                 views_get_view (self, 0, SAG_RENDER_CORONAL));

  views_act (self, "view.maximise");
  g_assert_true (views_is_seen (self, 0, SAG_RENDER_AXIAL));
  views_act (self, "view.main::scene");
  g_assert_true (gtk_widget_get_mapped (scene));
  g_assert_false (views_is_seen (self, 0, SAG_RENDER_AXIAL));
  views_act (self, "view.layout::quad");
  g_assert_true (views_is_seen (self, 0, SAG_RENDER_AXIAL));
}

static void
test_actions (ViewsFixture *self, gconstpointer data)
{
  SagRenderSlice  slice;
  SagRenderWindow window;
  int             index;

  gtk_widget_grab_focus (GTK_WIDGET (views_get_view (self, 0, SAG_RENDER_SAGITTAL)));
  g_assert_true (
    sag_ui_slice_view_get_slice (views_get_view (self, 0, SAG_RENDER_SAGITTAL), &slice));
  index = slice.index;
  views_act (self, "view.step(3)");
  sag_ui_slice_view_get_slice (views_get_view (self, 0, SAG_RENDER_SAGITTAL), &slice);
  g_assert_cmpint (slice.index, ==, index + 3);
  views_act (self, "view.step(-65536)");
  sag_ui_slice_view_get_slice (views_get_view (self, 0, SAG_RENDER_SAGITTAL), &slice);
  g_assert_cmpint (slice.index, ==, 0);

  views_act (self, "view.preset(1)");
  window = sag_ui_display_get_window (self->display);
  g_assert_cmpfloat (window.width, ==, 400);
  g_assert_cmpfloat (window.level, ==, 40);
  views_act (self, "view.invert");
  g_assert_true (sag_ui_display_get_invert (self->display));
  views_act (self, "view.slab(uint32 1)");
  g_assert_cmpint (sag_ui_display_get_slab (self->display), ==, SAG_RENDER_SLAB_MAXIMUM);
  views_act (self, "view.slab-mm(20.0)");
  g_assert_cmpfloat (sag_ui_display_get_slab_mm (self->display), ==, 20);
}

static void
test_peek_and_opacity (ViewsFixture *self, gconstpointer data)
{
  g_autoptr (SagUiOverlay) overlay = NULL;

  views_add_overlay (self, "a");
  overlay = g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_overlays (self->cases[0])), 0);
  sag_ui_overlay_set_visible (overlay, TRUE);
  g_object_set (overlay, "opacity", 0.5, NULL);
  views_act (self, "view.opacity(0.1)");
  g_assert_cmpfloat_with_epsilon (sag_ui_overlay_get_scale (overlay).opacity, 0.6, 1e-9);
  views_act (self, "view.opacity(-0.9)");
  g_assert_cmpfloat_with_epsilon (sag_ui_overlay_get_scale (overlay).opacity, 0.05, 1e-9);
  views_act (self, "view.overlays");
  g_assert_false (sag_ui_display_get_show_overlays (self->display));
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/view/views/" name, ViewsFixture, NULL, views_set_up, func, views_tear_down)

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  ADD ("layouts", test_layouts);
  ADD ("actions", test_actions);
  ADD ("peek-and-opacity", test_peek_and_opacity);
  return views_run ();
}
