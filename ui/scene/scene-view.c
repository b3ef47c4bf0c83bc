/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view.h"

#include "ui/scene/scene-view-private.h"

#include <glib/gi18n.h>

/* How long a crosshair that moves waits for its lines in 3D, and a mask for its surface. */
#define SOON_MS 200

G_DEFINE_FINAL_TYPE (SagUiSceneView, sag_ui_scene_view, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_BODY,
  PROP_LUNGS,
  PROP_MASKS,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  ACTIVATED,
  TOUCHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

GtkWidget *
sag_ui_scene_view_new (void)
{
  return g_object_new (SAG_UI_TYPE_SCENE_VIEW, NULL);
}

SagUiDisplay *
sag_ui_scene_view_get_display (SagUiSceneView *self)
{
  return self->display;
}

void
sag_ui_scene_view_get_camera (SagUiSceneView *self, SagRenderCamera *camera)
{
  *camera = self->camera;
}

GdkTexture *
sag_ui_scene_view_get_texture (SagUiSceneView *self)
{
  return self->texture;
}

const char *
sag_ui_scene_view_get_problem (SagUiSceneView *self)
{
  return self->problem;
}

gboolean
sag_ui_scene_view_is_still (SagUiSceneView *self)
{
  return self->is_still && !self->content_dirty && !self->view_dirty && self->soon_id == 0 &&
         (self->lungs_known || self->volume == NULL);
}

double
sag_ui_scene_view_mm_per_pixel (SagUiSceneView *self)
{
  return sag_render_camera_mm_per_pixel (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                                         gtk_widget_get_height (GTK_WIDGET (self)));
}

/* Only a scan that was read to its end: its surfaces are kept by its content. */
static SagVolume *
find_volume (SagUiSceneView *self)
{
  SagUiCase *one = self->display != NULL ? sag_ui_display_get_case (self->display) : NULL;

  return one != NULL && sag_ui_case_get_state (one) == SAG_UI_CASE_READY
           ? sag_ui_case_get_volume (one)
           : NULL;
}

static void
meet_volume (SagUiSceneView *self)
{
  SagVolume *volume = find_volume (self);

  if (volume == self->volume)
    return;
  sag_ui_scene_view_drop_lungs (self);
  g_clear_pointer (&self->volume, sag_volume_unref);
  if (volume != NULL)
    {
      self->volume = sag_volume_ref (volume);
      sag_render_camera_fit (&self->camera, sag_volume_get_geometry (volume));
    }
  g_clear_object (&self->texture);
  self->first_request = G_MAXUINT64;
  gtk_widget_set_visible (self->menu_button, volume != NULL && self->problem == NULL);
  sag_ui_scene_view_describe (self);
  sag_ui_scene_view_request (self, TRUE);
  sag_ui_scene_view_request (self, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
soon_cb (gpointer user_data)
{
  SagUiSceneView *self = user_data;

  self->soon_id = 0;
  sag_ui_scene_view_request (self, TRUE);
  return G_SOURCE_REMOVE;
}

/* While slices are scrolled or painted on, the processor is theirs. */
void
sag_ui_scene_view_refresh (SagUiSceneView *self)
{
  if (self->volume == NULL)
    return;
  self->is_still = FALSE;
  if (self->soon_id == 0)
    self->soon_id = g_timeout_add (SOON_MS, soon_cb, self);
}

void
sag_ui_scene_view_add_layer (SagUiSceneView *self, SagUiSceneAddFunc add, gpointer data)
{
  const SagUiSceneLayer layer = { add, data };

  g_array_append_val (self->layers, layer);
  sag_ui_scene_view_refresh (self);
}

static void
changed_cb (SagUiDisplay *display, guint change, SagUiSceneView *self)
{
  if (change & SAG_UI_CHANGE_CASE)
    meet_volume (self);
  if (change & (SAG_UI_CHANGE_CASE | SAG_UI_CHANGE_OVERLAY))
    sag_ui_scene_view_update_notes (self);
  if (self->volume != NULL && change & SAG_UI_CHANGE_OVERLAY)
    sag_ui_scene_view_request (self, TRUE);
  if (change & SAG_UI_CHANGE_CROSS)
    sag_ui_scene_view_refresh (self);
  if (change & SAG_UI_CHANGE_OVERLAY)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sag_ui_scene_view_set_display (SagUiSceneView *self, SagUiDisplay *display)
{
  if (display == self->display)
    return;
  if (self->display != NULL)
    g_signal_handlers_disconnect_by_data (self->display, self);
  g_set_object (&self->display, display);
  if (display != NULL)
    g_signal_connect (display, "changed", G_CALLBACK (changed_cb), self);
  meet_volume (self);
  sag_ui_scene_view_update_notes (self);
  if (self->volume != NULL)
    sag_ui_scene_view_request (self, TRUE);
}

void
sag_ui_scene_view_set_watermark (SagUiSceneView *self, const char *sentence)
{
  if (g_strcmp0 (sentence, self->watermark) == 0)
    return;
  g_free (self->watermark);
  self->watermark = g_strdup (sentence);
  sag_ui_scene_view_update_notes (self);
}

/* Its keys act wherever the focus is in the window. */
static void
sag_ui_scene_view_root (GtkWidget *widget)
{
  SagUiSceneView *self = SAG_UI_SCENE_VIEW (widget);

  GTK_WIDGET_CLASS (sag_ui_scene_view_parent_class)->root (widget);
  gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (widget)), "scene",
                                  G_ACTION_GROUP (self->actions));
}

static void
sag_ui_scene_view_unroot (GtkWidget *widget)
{
  gtk_widget_insert_action_group (GTK_WIDGET (gtk_widget_get_root (widget)), "scene", NULL);
  GTK_WIDGET_CLASS (sag_ui_scene_view_parent_class)->unroot (widget);
}

static void
sag_ui_scene_view_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  *minimum = 64;
  *natural = 320;
}

/* Each child takes its corner or the middle; what has no room is left out. */
static void
sag_ui_scene_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int      least_width, least_height;
      gboolean fits;

      if (!gtk_widget_get_visible (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least_width, NULL, NULL, NULL);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, MAX (width, least_width), &least_height,
                          NULL, NULL, NULL);
      fits = least_width <= width && least_height <= height;
      gtk_widget_set_child_visible (child, fits);
      if (fits)
        gtk_widget_allocate (child, width, height, baseline, NULL);
    }
  sag_ui_scene_view_request (SAG_UI_SCENE_VIEW (widget), FALSE);
}

static void
sag_ui_scene_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sag_ui_scene_view_parent_class)->map (widget);
  sag_ui_scene_view_request (SAG_UI_SCENE_VIEW (widget), TRUE);
  sag_ui_scene_view_request (SAG_UI_SCENE_VIEW (widget), FALSE);
}

/* What nobody sees is not drawn, and nothing is computed for it. */
static void
sag_ui_scene_view_unmap (GtkWidget *widget)
{
  SagUiSceneView *self = SAG_UI_SCENE_VIEW (widget);

  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (widget, self->tick_id);
  self->tick_id = 0;
  self->drag = SAG_UI_SCENE_DRAG_NONE;
  self->moving = FALSE;
  if (self->worker != NULL)
    sag_render_worker_set_view (self->worker, &self->camera, 0, 0, 1, FALSE);
  GTK_WIDGET_CLASS (sag_ui_scene_view_parent_class)->unmap (widget);
}

static void
scale_cb (GtkWidget *widget, GParamSpec *pspec, gpointer user_data)
{
  sag_ui_scene_view_request (SAG_UI_SCENE_VIEW (widget), FALSE);
}

static double *
field (SagUiSceneView *self, guint id)
{
  switch (id)
    {
    case PROP_BODY:
      return &self->part[SAG_RENDER_PART_BODY];
    case PROP_LUNGS:
      return &self->part[SAG_RENDER_PART_LUNGS];
    case PROP_MASKS:
      return &self->masks;
    default:
      return NULL;
    }
}

static void
sag_ui_scene_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  const double *at = field (SAG_UI_SCENE_VIEW (object), id);

  if (at != NULL)
    g_value_set_double (value, *at);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_scene_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  double *at = field (SAG_UI_SCENE_VIEW (object), id);

  if (at == NULL)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (*at == g_value_get_double (value))
    return;
  *at = g_value_get_double (value);
  g_object_notify_by_pspec (object, pspec);
  sag_ui_scene_view_request (SAG_UI_SCENE_VIEW (object), TRUE);
}

static void
sag_ui_scene_view_dispose (GObject *object)
{
  SagUiSceneView *self = SAG_UI_SCENE_VIEW (object);
  GtkWidget      *child;

  g_clear_pointer (&self->worker, sag_render_worker_free);
  g_clear_handle_id (&self->soon_id, g_source_remove);
  if (self->display != NULL)
    g_signal_handlers_disconnect_by_data (self->display, self);
  g_clear_object (&self->display);
  sag_ui_scene_view_drop_lungs (self);
  g_clear_pointer (&self->volume, sag_volume_unref);
  g_clear_object (&self->texture);
  g_clear_object (&self->actions);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sag_ui_scene_view_parent_class)->dispose (object);
}

static void
sag_ui_scene_view_finalize (GObject *object)
{
  SagUiSceneView *self = SAG_UI_SCENE_VIEW (object);

  g_array_unref (self->layers);
  g_free (self->watermark);
  g_free (self->problem);
  G_OBJECT_CLASS (sag_ui_scene_view_parent_class)->finalize (object);
}

static void
sag_ui_scene_view_class_init (SagUiSceneViewClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const int       flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sag_ui_scene_view_get_property;
  object_class->set_property = sag_ui_scene_view_set_property;
  object_class->dispose = sag_ui_scene_view_dispose;
  object_class->finalize = sag_ui_scene_view_finalize;
  widget_class->measure = sag_ui_scene_view_measure;
  widget_class->size_allocate = sag_ui_scene_view_size_allocate;
  widget_class->root = sag_ui_scene_view_root;
  widget_class->unroot = sag_ui_scene_view_unroot;
  widget_class->map = sag_ui_scene_view_map;
  widget_class->unmap = sag_ui_scene_view_unmap;
  widget_class->snapshot = sag_ui_scene_view_snapshot;
  gtk_widget_class_set_css_name (widget_class, "scene-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  props[PROP_BODY] = g_param_spec_double ("body", NULL, NULL, 0, 2, 1, flags);
  props[PROP_LUNGS] = g_param_spec_double ("lungs", NULL, NULL, 0, 2, 1, flags);
  props[PROP_MASKS] = g_param_spec_double ("masks", NULL, NULL, 0, 1, 1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[ACTIVATED] = g_signal_new ("activated", SAG_UI_TYPE_SCENE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TOUCHED] = g_signal_new ("touched", SAG_UI_TYPE_SCENE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
build_children (SagUiSceneView *self)
{
  self->problem_label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->problem_label), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->problem_label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (self->problem_label), 36);
  gtk_widget_set_halign (self->problem_label, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->problem_label, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->problem_label, "problem");
  gtk_widget_set_visible (self->problem_label, FALSE);
  gtk_widget_set_parent (self->problem_label, GTK_WIDGET (self));
  self->notes = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_set_halign (self->notes, GTK_ALIGN_END);
  gtk_widget_set_valign (self->notes, GTK_ALIGN_END);
  gtk_widget_set_can_target (self->notes, FALSE);
  gtk_widget_add_css_class (self->notes, "notes");
  gtk_widget_set_parent (self->notes, GTK_WIDGET (self));
  self->menu_button = sag_ui_scene_view_build_menu (self);
  gtk_widget_set_visible (self->menu_button, FALSE);
  gtk_widget_set_parent (self->menu_button, GTK_WIDGET (self));
}

static void
sag_ui_scene_view_init (SagUiSceneView *self)
{
  self->camera = sag_render_camera_init ();
  self->hover = -1;
  for (int p = 0; p < SAG_RENDER_N_PARTS; p++)
    self->part[p] = 1;
  self->masks = 1;
  self->layers = g_array_new (FALSE, FALSE, sizeof (SagUiSceneLayer));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("3D view"), -1);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_cb), NULL);
  self->actions = g_simple_action_group_new ();
  sag_ui_scene_view_init_actions (self);
  build_children (self);
  sag_ui_scene_view_init_input (self);
  sag_ui_scene_view_describe (self);
}
