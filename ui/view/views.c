/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views-private.h"

#include "ui/base/settings.h"
#include "ui/scene/scene-view.h"

#include <glib/gi18n.h>

#define ROOT_DATA "sag-ui-views"

G_DEFINE_FINAL_TYPE (SagUiViews, sag_ui_views, ADW_TYPE_BIN)

enum
{
  PROP_LAYOUT = 1,
  PROP_MAIN,
  PROP_CINE_RATE,
  PROP_COMPARING,
  PROP_LINKED,
  PROP_ALIGNED,
  PROP_CHECKER,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       slices_signal;

static const char *const layout_names[] = { "quad", "large", "single" };
static const char *const cell_names[SAG_UI_N_CELLS] = { "axial", "coronal", "sagittal", "scene" };

SagUiViews *
sag_ui_views_find (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return root != NULL ? g_object_get_data (G_OBJECT (root), ROOT_DATA) : NULL;
}

GtkWidget *
sag_ui_views_get_header (SagUiViews *self)
{
  return self->header;
}

SagUiSliceView *
sag_ui_views_get_active (SagUiViews *self)
{
  return self->active;
}

GPtrArray *
sag_ui_views_get_slices (SagUiViews *self)
{
  GPtrArray *views = g_ptr_array_new ();

  for (int s = 0; s < 2; s++)
    for (int p = 0; self->sides[s].box != NULL && p < SAG_RENDER_N_PLANES; p++)
      g_ptr_array_add (views, sag_ui_side_get_view (&self->sides[s], p));
  return views;
}

SagUiSceneView *
sag_ui_views_get_scene (SagUiViews *self)
{
  GtkWidget *scene = self->sides[0].cells[SAG_UI_CELL_SCENE];

  return scene != NULL ? SAG_UI_SCENE_VIEW (scene) : NULL;
}

static void
update_side (SagUiViews *self, SagUiSide *side)
{
  GtkWidget      *scene = side->cells[SAG_UI_CELL_SCENE];
  SagUiGridLayout layout = self->layout;
  int             main = self->main;

  if (self->comparing && main == SAG_UI_CELL_SCENE)
    main = SAG_RENDER_AXIAL;
  if (self->comparing && layout != SAG_UI_GRID_SINGLE)
    layout = SAG_UI_GRID_STACK;
  if (scene != NULL)
    gtk_widget_set_visible (scene, !self->comparing);
  sag_ui_view_grid_set (SAG_UI_VIEW_GRID (side->grid), layout, side->cells[main]);
}

void
sag_ui_views_update (SagUiViews *self)
{
  for (int s = 0; s < 2; s++)
    if (self->sides[s].box != NULL)
      {
        gtk_widget_set_visible (self->sides[s].box, s == 0 || self->comparing);
        update_side (self, &self->sides[s]);
      }
}

static void
watermark (SagUiViews *self)
{
  for (int s = 0; s < 2; s++)
    {
      SagUiSide       *side = &self->sides[s];
      SagUiCase       *one = side->display != NULL ? sag_ui_display_get_case (side->display) : NULL;
      SagUiEngine     *engine = sag_ui_session_get_engine (self->session);
      g_autofree char *sentence = NULL;

      if (one != NULL)
        sentence = sag_ui_engine_dup_watermark (engine, one);
      for (int p = 0; side->box != NULL && p < SAG_RENDER_N_PLANES; p++)
        sag_ui_slice_view_set_watermark (sag_ui_side_get_view (side, p), sentence,
                                         sag_ui_engine_get_brief_watermark (engine));
      if (side->cells[SAG_UI_CELL_SCENE] != NULL)
        sag_ui_scene_view_set_watermark (SAG_UI_SCENE_VIEW (side->cells[SAG_UI_CELL_SCENE]),
                                         sentence);
    }
}

static void
bundle_cb (SagUiEngine *engine, SagUiViews *self)
{
  watermark (self);
}

static void
changed_cb (SagUiDisplay *display, guint change, SagUiViews *self)
{
  if (change & SAG_UI_CHANGE_CASE)
    watermark (self);
  if (change & SAG_UI_CHANGE_WINDOW)
    sag_ui_views_update_header (self);
}

static void
mouse_cb (GSettings *settings, const char *key, SagUiViews *self)
{
  g_autoptr (GPtrArray) views = sag_ui_views_get_slices (self);

  for (guint i = 0; i < views->len; i++)
    sag_ui_slice_view_set_mouse (views->pdata[i], (SagUiMouse) g_settings_get_enum (settings, key));
}

static void
slices_changed_cb (SagUiViews *self, gpointer user_data)
{
  watermark (self);
  mouse_cb (sag_ui_settings_get (), "keymap", self);
}

static void
bind_settings (SagUiViews *self, SagUiDisplay *display)
{
  GSettings *settings = sag_ui_settings_get ();

  g_settings_bind (settings, "interpolate", display, "interpolate", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "neurological", display, "neurological", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "layout", self, "layout", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "cine-rate", self, "cine-rate", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::keymap", G_CALLBACK (mouse_cb), self, 0);
  mouse_cb (settings, "keymap", self);
}

void
sag_ui_views_set_session (SagUiViews *self, SagUiSession *session)
{
  SagUiDisplay *display = sag_ui_session_get_display (session);

  g_return_if_fail (self->session == NULL);
  self->session = g_object_ref (session);
  sag_ui_side_set_display (&self->sides[0], display);
  g_signal_connect_object (display, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (sag_ui_session_get_engine (session), "bundle-changed",
                           G_CALLBACK (bundle_cb), self, 0);
  g_signal_connect (self, "slices-changed", G_CALLBACK (slices_changed_cb), NULL);
  bind_settings (self, display);
  sag_ui_views_connect_display (self);
  sag_ui_views_fill_header (self);
  watermark (self);
}

static void
set_layout (SagUiViews *self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (layout_names); i++)
    if (g_strcmp0 (name, layout_names[i]) == 0)
      self->layout = (SagUiGridLayout) i;
  sag_ui_views_update (self);
}

static void
set_main (SagUiViews *self, const char *name)
{
  for (int i = 0; i < SAG_UI_N_CELLS; i++)
    if (g_strcmp0 (name, cell_names[i]) == 0)
      self->main = i;
  sag_ui_views_update (self);
}

static void
set_cine_rate (SagUiViews *self, double rate)
{
  self->cine_rate = rate;
  for (int s = 0; s < 2; s++)
    for (int p = 0; self->sides[s].box != NULL && p < SAG_RENDER_N_PLANES; p++)
      sag_ui_view_cell_set_rate (SAG_UI_VIEW_CELL (self->sides[s].cells[p]), rate);
}

static void
sag_ui_views_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiViews *self = SAG_UI_VIEWS (object);

  switch (id)
    {
    case PROP_LAYOUT:
      g_value_set_string (value, layout_names[self->layout]);
      break;
    case PROP_MAIN:
      g_value_set_string (value, cell_names[self->main]);
      break;
    case PROP_CINE_RATE:
      g_value_set_double (value, self->cine_rate);
      break;
    case PROP_COMPARING:
      g_value_set_boolean (value, self->comparing);
      break;
    case PROP_LINKED:
      g_value_set_boolean (value, self->linked);
      break;
    case PROP_ALIGNED:
      g_value_set_boolean (value, self->align.aligned);
      break;
    case PROP_CHECKER:
      g_value_set_boolean (value, self->align.checker);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sag_ui_views_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SagUiViews *self = SAG_UI_VIEWS (object);

  switch (id)
    {
    case PROP_LAYOUT:
      set_layout (self, g_value_get_string (value));
      break;
    case PROP_MAIN:
      set_main (self, g_value_get_string (value));
      break;
    case PROP_CINE_RATE:
      set_cine_rate (self, g_value_get_double (value));
      break;
    case PROP_LINKED:
      self->linked = g_value_get_boolean (value);
      sag_ui_views_link_by_hand (self);
      sag_ui_views_relink (self);
      break;
    case PROP_ALIGNED:
      sag_ui_views_set_aligned (self, g_value_get_boolean (value));
      break;
    case PROP_CHECKER:
      sag_ui_views_set_checker (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint                  keyval,
                guint                  code,
                GdkModifierType        state,
                SagUiViews            *self)
{
  sag_ui_views_key (self, TRUE, keyval, state);
  return GDK_EVENT_PROPAGATE;
}

static void
key_released_cb (GtkEventControllerKey *controller,
                 guint                  keyval,
                 guint                  code,
                 GdkModifierType        state,
                 SagUiViews            *self)
{
  sag_ui_views_key (self, FALSE, keyval, state);
}

/* The release of a held key goes to whichever window is active then. */
static void
active_cb (GtkWindow *window, GParamSpec *pspec, SagUiViews *self)
{
  if (!gtk_window_is_active (window))
    sag_ui_views_stop_peeking (self);
}

static void
sag_ui_views_root (GtkWidget *widget)
{
  SagUiViews *self = SAG_UI_VIEWS (widget);

  GTK_WIDGET_CLASS (sag_ui_views_parent_class)->root (widget);
  self->root = GTK_WIDGET (gtk_widget_get_root (widget));
  g_object_set_data (G_OBJECT (self->root), ROOT_DATA, self);
  sag_ui_views_hold_actions (self, TRUE);
  gtk_widget_insert_action_group (self->root, "view", G_ACTION_GROUP (self->actions));
  self->keys = gtk_event_controller_key_new ();
  g_signal_connect (self->keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (self->keys, "key-released", G_CALLBACK (key_released_cb), self);
  gtk_widget_add_controller (self->root, self->keys);
  if (GTK_IS_WINDOW (self->root))
    g_signal_connect (self->root, "notify::is-active", G_CALLBACK (active_cb), self);
}

static void
sag_ui_views_unroot (GtkWidget *widget)
{
  SagUiViews *self = SAG_UI_VIEWS (widget);

  g_signal_handlers_disconnect_by_data (self->root, self);
  gtk_widget_remove_controller (self->root, self->keys);
  gtk_widget_insert_action_group (self->root, "view", NULL);
  sag_ui_views_hold_actions (self, FALSE);
  g_object_set_data (G_OBJECT (self->root), ROOT_DATA, NULL);
  self->root = NULL;
  self->keys = NULL;
  GTK_WIDGET_CLASS (sag_ui_views_parent_class)->unroot (widget);
}

static void
sag_ui_views_dispose (GObject *object)
{
  SagUiViews *self = SAG_UI_VIEWS (object);

  sag_ui_views_finish_compare (self);
  self->active = NULL;
  for (int s = 0; s < 2; s++)
    {
      if (self->sides[s].box != NULL)
        sag_ui_side_set_display (&self->sides[s], NULL);
      self->sides[s].box = NULL;
    }
  g_clear_object (&self->session);
  g_clear_object (&self->header);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sag_ui_views_parent_class)->dispose (object);
}

static void
sag_ui_views_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_VIEWS (object)->bindings);
  G_OBJECT_CLASS (sag_ui_views_parent_class)->finalize (object);
}

static void
sag_ui_views_class_init (SagUiViewsClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = sag_ui_views_get_property;
  object_class->set_property = sag_ui_views_set_property;
  object_class->dispose = sag_ui_views_dispose;
  object_class->finalize = sag_ui_views_finalize;
  widget_class->root = sag_ui_views_root;
  widget_class->unroot = sag_ui_views_unroot;
  props[PROP_LAYOUT] = g_param_spec_string ("layout", NULL, NULL, "quad", flags);
  props[PROP_MAIN] = g_param_spec_string ("main", NULL, NULL, "axial", flags);
  props[PROP_CINE_RATE] = g_param_spec_double ("cine-rate", NULL, NULL, 1, 60, 15, flags);
  props[PROP_COMPARING] = g_param_spec_boolean ("comparing", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_LINKED] = g_param_spec_boolean ("linked", NULL, NULL, TRUE, flags);
  props[PROP_ALIGNED] = g_param_spec_boolean ("aligned", NULL, NULL, FALSE, flags);
  props[PROP_CHECKER] = g_param_spec_boolean ("checker", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  slices_signal = g_signal_new ("slices-changed", SAG_UI_TYPE_VIEWS, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_views_init (SagUiViews *self)
{
  self->cine_rate = 15;
  self->linked = TRUE;
  self->bindings = g_ptr_array_new ();
  self->sides_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_set_homogeneous (GTK_BOX (self->sides_box), TRUE);
  sag_ui_side_init (self, &self->sides[0], TRUE);
  gtk_box_append (GTK_BOX (self->sides_box), self->sides[0].box);
  self->active = sag_ui_side_get_view (&self->sides[0], SAG_RENDER_AXIAL);
  adw_bin_set_child (ADW_BIN (self), self->sides_box);
  sag_ui_views_init_actions (self);
  self->header = g_object_ref_sink (sag_ui_views_build_header (self));
  sag_ui_views_update (self);
}
