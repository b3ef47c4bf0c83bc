/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/view/views-fixture.h"

#include "render/scene/worker.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"

SagPhantom *views_phantoms[2];

static int
n_slices (int i)
{
  return sag_volume_get_geometry (views_phantoms[i]->image)->dims[2];
}

void
views_set_up (ViewsFixture *self, gconstpointer data)
{
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->display = sag_ui_session_get_display (self->session);
  self->views = g_object_new (SAG_UI_TYPE_VIEWS, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/nowhere/case-%d.nii.gz", i);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (SagUiCase) one = sag_ui_case_new (file);

      sag_ui_case_give (one, views_phantoms[i]->image, n_slices (i));
      self->cases[i] = g_object_ref (one);
    }
  sag_ui_views_set_session (self->views, self->session);
  sag_ui_display_set_case (self->display, self->cases[0]);
  self->window = sag_test_ui_show (GTK_WIDGET (self->views), 900, 700);
}

void
views_tear_down (ViewsFixture *self, gconstpointer data)
{
  sag_ui_display_set_case (self->display, NULL);
  g_object_add_weak_pointer (G_OBJECT (self->views), (gpointer *) &self->views);
  gtk_window_destroy (self->window);
  sag_test_ui_until (self->views == NULL); /* a thread that aligns has to hear that it need not */
  sag_ui_engine_close (self->engine);
  for (int i = 0; i < 2; i++)
    g_object_unref (self->cases[i]);
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
}

SagUiSliceView *
views_get_view (ViewsFixture *self, int side, SagRenderPlane plane)
{
  g_autoptr (GPtrArray) views = sag_ui_views_get_slices (self->views);

  g_assert_cmpint (views->len, >, (guint) side * SAG_RENDER_N_PLANES);
  return views->pdata[side * SAG_RENDER_N_PLANES + (int) plane];
}

gboolean
views_is_seen (ViewsFixture *self, int side, SagRenderPlane plane)
{
  return gtk_widget_get_mapped (GTK_WIDGET (views_get_view (self, side, plane)));
}

void
views_act (ViewsFixture *self, const char *detailed)
{
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;

  g_assert_true (g_action_parse_detailed_name (detailed, &name, &target, NULL));
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (self->views), name, target));
  sag_test_ui_settle ();
}

SagUiOverlay *
views_new_overlay (const char *label)
{
  const int32_t dims[3] = { 4, 4, 4 };
  const float   cells[64] = { 0.9f };
  SagGeometry   geometry =
    sag_geometry_init (dims, (const double[]){ 12, 16, 16 }, (const double[]){ 0, 0, 0 });

  return sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, label, cells, &geometry, 0);
}

void
views_add_overlay (ViewsFixture *self, const char *label)
{
  g_autoptr (SagUiOverlay) overlay = views_new_overlay (label);

  g_list_store_append (sag_ui_case_get_overlays (self->cases[0]), overlay);
}

int
views_run (void)
{
  SagPhantomOptions options = { .spacing_mm = { 4, 4, 4 } };
  int               status;

  for (int i = 0; i < 2; i++)
    {
      options.seed = (guint64) i + 1;
      if (i == 1) /* nothing to align by */
        options.findings = SAG_FINDING_NO_LEFT_LUNG | SAG_FINDING_NO_RIGHT_LUNG;
      views_phantoms[i] = sag_phantom_new (&options);
    }
  status = g_test_run ();
  for (int i = 0; i < 2; i++)
    sag_phantom_free (views_phantoms[i]);
  sag_render_worker_wait_all ();
  return status;
}
