/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include "model/core/error.h"
#include "ui/base/trace.h"
#include "ui/scene/lungs.h"

#include <glib/gi18n.h>
#include <math.h>

/* Where one stands, in words. */
static char *
place_in_words (const SagRenderCamera *camera)
{
  double around = fabs (camera->azimuth_degrees), up = fabs (camera->elevation_degrees);

  if (camera->azimuth_degrees >= 0 && camera->elevation_degrees >= 0)
    /* Translators: from where the patient is seen in 3D. 0 degrees is the front, 90 the side, 180
     * the back; then how far above (90 degrees: over the head). */
    return g_strdup_printf (_ ("Seen from %.0f° around to the patient’s left, %.0f° above."),
                            around, up);
  if (camera->azimuth_degrees >= 0)
    /* Translators: as above; then how far below (90 degrees: under the feet). */
    return g_strdup_printf (_ ("Seen from %.0f° around to the patient’s left, %.0f° below."),
                            around, up);
  if (camera->elevation_degrees >= 0)
    /* Translators: as above, on the other side. */
    return g_strdup_printf (_ ("Seen from %.0f° around to the patient’s right, %.0f° above."),
                            around, up);
  /* Translators: as above, on the other side. */
  return g_strdup_printf (_ ("Seen from %.0f° around to the patient’s right, %.0f° below."), around,
                          up);
}

void
sag_ui_scene_view_describe (SagUiSceneView *self)
{
  g_autofree char *words = NULL;

  if (self->problem != NULL)
    words = g_strdup (self->problem);
  else if (self->volume == NULL)
    words = g_strdup (_ ("Nothing is open."));
  else
    words = place_in_words (&self->camera);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
}

static void
show_problem (SagUiSceneView *self, const char *sentence)
{
  g_free (self->problem);
  self->problem = g_strdup (sentence);
  gtk_label_set_label (GTK_LABEL (self->problem_label), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->problem_label, sentence != NULL);
  gtk_widget_set_visible (self->menu_button, sentence == NULL && self->volume != NULL);
  sag_ui_scene_view_update_notes (self);
  sag_ui_scene_view_describe (self);
}

static void
take_error (SagUiSceneView *self, const SagRenderPicture *picture)
{
  if (picture->pixels != NULL)
    {
      g_debug ("3D: %s", picture->error->message);
      return;
    }
  if (g_error_matches (picture->error, SAG_ERROR, SAG_ERROR_UNSUPPORTED))
    show_problem (self, _ ("The 3D view needs an X display with OpenGL 3.2, which is not to be "
                           "found here. Everything else works without."));
  else
    show_problem (self, picture->error->message);
  gtk_widget_set_tooltip_text (self->problem_label, picture->error->message);
  self->is_still = TRUE;
  self->lungs_known = TRUE;
}

static void
lungs_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiSceneView) self = g_weak_ref_get (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) lungs = sag_ui_lungs_find_finish (result, &error);

  g_weak_ref_clear (user_data);
  g_free (user_data);
  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_debug ("3D: %s", error->message);
  g_clear_object (&self->lungs_cancellable);
  self->lungs_known = TRUE;
  self->lungs = g_steal_pointer (&lungs);
  sag_ui_scene_view_request (self, TRUE);
}

/* After the first picture: the body is there sooner, and preparation had its turn. */
static void
find_lungs (SagUiSceneView *self)
{
  GWeakRef *weak;

  if (self->volume == NULL || self->lungs_known || self->lungs_cancellable != NULL)
    return;
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  self->lungs_cancellable = g_cancellable_new ();
  sag_ui_lungs_find_async (self->volume, self->lungs_cancellable, lungs_cb, weak);
}

void
sag_ui_scene_view_drop_lungs (SagUiSceneView *self)
{
  if (self->lungs_cancellable != NULL)
    g_cancellable_cancel (self->lungs_cancellable);
  g_clear_object (&self->lungs_cancellable);
  g_clear_pointer (&self->lungs, sag_volume_unref);
  self->lungs_known = FALSE;
}

void
sag_ui_scene_view_take_picture (SagUiSceneView *self, const SagRenderPicture *picture)
{
  if (picture->error != NULL)
    take_error (self, picture);
  if (picture->pixels != NULL && picture->request >= self->first_request)
    {
      g_clear_object (&self->texture);
      self->texture = gdk_memory_texture_new (picture->width, picture->height, GDK_MEMORY_R8G8B8A8,
                                              picture->pixels, picture->stride);
      self->texture_camera = picture->camera;
      self->is_still = picture->is_final && picture->request == self->request;
      sag_ui_trace ("scene-frame", "ms", picture->draw_ms, "width", (double) picture->width,
                    "height", (double) picture->height, "final", (double) picture->is_final, NULL);
      if (self->is_still)
        find_lungs (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
picture_cb (const SagRenderPicture *picture, gpointer user_data)
{
  sag_ui_scene_view_take_picture (user_data, picture);
}

/* What the worker is to draw, once in a frame of the window. */
static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SagUiSceneView *self = SAG_UI_SCENE_VIEW (widget);
  int             scale = gtk_widget_get_scale_factor (widget);

  self->tick_id = 0;
  if (self->worker == NULL)
    self->worker = sag_render_worker_new (picture_cb, self);
  if (self->content_dirty)
    {
      g_autoptr (SagRenderContent) content = sag_ui_scene_view_make_content (self);

      self->request = sag_render_worker_set_content (self->worker, content);
      if (self->first_request == G_MAXUINT64)
        self->first_request = self->request;
    }
  if (self->view_dirty)
    self->request = sag_render_worker_set_view (
      self->worker, &self->camera, gtk_widget_get_width (widget) * scale,
      gtk_widget_get_height (widget) * scale, scale, self->moving);
  self->content_dirty = self->view_dirty = FALSE;
  self->is_still = FALSE;
  return G_SOURCE_REMOVE;
}

void
sag_ui_scene_view_request (SagUiSceneView *self, gboolean content)
{
  self->content_dirty |= content;
  self->view_dirty |= !content;
  if (self->tick_id == 0 && self->problem == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}
