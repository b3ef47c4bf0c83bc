/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/masks-private.h"

#include "ui/mask/case-masks-private.h"
#include "ui/mask/mask-task.h"
#include "ui/project/project.h"

#include <glib/gi18n.h>

#define DATA "sag-ui-masks"

G_DEFINE_FINAL_TYPE (SagUiMasks, sag_ui_masks, G_TYPE_OBJECT)

enum
{
  PROP_SIZE_MM = 1,
  PROP_BALL,
  PROP_LIMITS,
  PROP_LOW,
  PROP_HIGH,
  PROP_TOLERANCE,
  PROP_REACH_MM,
  PROP_DISTANCE_MM,
  PROP_FILL,
  PROP_OTHER,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       changed_signal;

void
sag_ui_masks_redraw (SagUiMasks *self)
{
  for (guint i = 0; i < self->views->len; i++)
    gtk_widget_queue_draw (self->views->pdata[i]);
}

void
sag_ui_masks_refresh (SagUiMasks *self)
{
  for (guint i = 0; i < self->views->len; i++)
    sag_ui_slice_view_refresh (self->views->pdata[i]);
}

void
sag_ui_masks_changed (SagUiMasks *self)
{
  sag_ui_masks_update_actions (self);
  sag_ui_masks_refresh_scenes (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
masks_changed_cb (SagUiCaseMasks *masks, SagUiMasks *self)
{
  sag_ui_masks_changed (self);
}

static void
shown_cb (SagUiCaseMasks *masks, SagUiMasks *self)
{
  sag_ui_masks_refresh (self);
}

static void
said_cb (SagUiCaseMasks *masks, const char *sentence, gboolean failed, SagUiMasks *self)
{
  if (self->session != NULL)
    sag_ui_session_say (self->session, sentence);
}

/* Work that is in no project and in no file survives a crash all the same. */
static void
shelter_cb (SagUiCaseMasks *masks, SagUiMasks *self)
{
  if (self->session != NULL && !sag_ui_case_masks_is_kept (masks))
    sag_ui_project_shelter (sag_ui_project_get (self->session));
}

/* A step was undone or redone: it is seen. A case that was closed is opened again. */
static void
stepped_cb (SagUiCaseMasks *masks, SagUiMasks *self)
{
  SagUiCases *cases = self->session != NULL ? sag_ui_session_get_cases (self->session) : NULL;
  g_autoptr (SagUiCase) one = masks->one != NULL ? g_object_ref (masks->one) : NULL;

  if (cases == NULL || one == NULL)
    return;
  if (sag_ui_cases_index_of (cases, one) == G_MAXUINT)
    sag_ui_cases_insert (cases, G_MAXUINT, one);
  sag_ui_cases_set_current (cases, one);
}

SagUiCaseMasks *
sag_ui_masks_take (SagUiMasks *self, SagUiCase *one)
{
  SagUiCaseMasks *masks = sag_ui_case_masks_get (one, sag_ui_session_get_journal (self->session));

  if (masks == NULL || g_signal_handler_find (masks, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0,
                                              0, NULL, (gpointer) stepped_cb, self) != 0)
    return masks;
  g_signal_connect_object (masks, "said", G_CALLBACK (said_cb), self, 0);
  g_signal_connect_object (masks, "stepped", G_CALLBACK (stepped_cb), self, 0);
  g_signal_connect_object (masks, "changed", G_CALLBACK (shelter_cb), self, 0);
  return masks;
}

static void
unset_current (SagUiMasks *self)
{
  if (self->current == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->current, masks_changed_cb, self);
  g_signal_handlers_disconnect_by_func (self->current, shown_cb, self);
  g_clear_object (&self->current);
}

static void
set_current (SagUiMasks *self, SagUiCaseMasks *masks)
{
  if (masks == self->current)
    return;
  unset_current (self);
  if (masks != NULL)
    {
      self->current = g_object_ref (masks);
      g_signal_connect (masks, "changed", G_CALLBACK (masks_changed_cb), self);
      g_signal_connect (masks, "shown", G_CALLBACK (shown_cb), self);
    }
  sag_ui_masks_refresh (self);
  sag_ui_masks_changed (self);
}

SagUiCaseMasks *
sag_ui_masks_get_current (SagUiMasks *self)
{
  return self->current;
}

SagVolume *
sag_ui_masks_get_volume (SagUiMasks *self)
{
  SagUiCase *one = self->session != NULL ? sag_ui_session_get_case (self->session) : NULL;

  return one != NULL && sag_ui_case_get_state (one) == SAG_UI_CASE_READY
           ? sag_ui_case_get_volume (one)
           : NULL;
}

SagUiCaseMasks *
sag_ui_masks_make_current (SagUiMasks *self)
{
  SagUiCase *one = self->session != NULL ? sag_ui_session_get_case (self->session) : NULL;

  if (one == NULL)
    return NULL;
  if (sag_ui_masks_get_volume (self) == NULL)
    {
      sag_ui_session_say (self->session, _ ("The scan is still being read."));
      return NULL;
    }
  set_current (self, sag_ui_masks_take (self, one));
  return self->current;
}

SagUiCaseMasks *
sag_ui_masks_ready (SagUiMasks *self)
{
  SagUiCaseMasks *masks = sag_ui_masks_make_current (self);
  int             index;

  if (masks == NULL)
    return NULL;
  sag_ui_project_shelter (sag_ui_project_get (self->session));
  if (sag_ui_case_masks_get_active (masks) == NULL)
    sag_ui_masks_add (self, masks);
  index = sag_ui_case_masks_get_active_index (masks);
  if (index < 0)
    return NULL;
  /* Nobody should paint what cannot be seen. */
  if (!sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), (guint) index)->visible)
    sag_ui_case_masks_set_visible (masks, sag_ui_case_masks_get_active (masks), TRUE);
  return masks;
}

gboolean
sag_ui_masks_is_paint (SagUiTool tool)
{
  return tool >= SAG_UI_TOOL_BRUSH && tool < SAG_UI_N_TOOLS;
}

SagMaskLimits
sag_ui_masks_get_limits (SagUiMasks *self)
{
  SagMaskLimits limits = { 0 };

  if (self->limits)
    limits = (SagMaskLimits){ .volume = sag_ui_masks_get_volume (self),
                              .low = MIN (self->low, self->high),
                              .high = MAX (self->low, self->high) };
  return limits;
}

guint
sag_ui_masks_begin_readings (SagUiMasks *self, gint64 case_id)
{
  self->readings_case = case_id;
  g_ptr_array_set_size (self->readings, 0);
  g_array_set_size (self->readings_colours, 0);
  sag_ui_masks_refresh (self);
  return ++self->readings_turn;
}

gint64
sag_ui_masks_get_readings_case (SagUiMasks *self)
{
  return self->readings_case;
}

void
sag_ui_masks_add_reading (SagUiMasks *self, guint turn, SagMask *mask, guint32 colour)
{
  if (turn != self->readings_turn)
    return;
  g_ptr_array_add (self->readings, sag_mask_ref (mask));
  g_array_append_val (self->readings_colours, colour);
  sag_ui_masks_refresh (self);
}

SagUiStoredPlace
sag_ui_stored_place (const SagRenderSlice *slice, const SagGeometry *stored)
{
  const int through = slice->axis[2];
  int       axis[3];
  bool      flip[3];

  sag_geometry_nearest_axes (stored, axis, flip);
  return (SagUiStoredPlace){
    .axis = axis[through],
    .index = flip[through] ? slice->n_slices - 1 - slice->index : slice->index,
    .step = flip[through] ? -1 : 1,
  };
}

void
sag_ui_masks_follow_case (SagUiMasks *self)
{
  SagUiCase      *one = self->session != NULL ? sag_ui_session_get_case (self->session) : NULL;
  SagUiCaseMasks *masks = one != NULL ? sag_ui_case_masks_peek (one) : NULL;

  if (masks != self->current)
    sag_ui_masks_stop_drawing (self);
  set_current (self, masks);
}

static void
display_cb (SagUiDisplay *display, guint change, SagUiMasks *self)
{
  SagUiCase *one = sag_ui_display_get_case (display);

  if (change & SAG_UI_CHANGE_CASE)
    {
      if (one != NULL)
        sag_ui_masks_meet (self, one);
      sag_ui_masks_follow_case (self);
    }
  if (change & SAG_UI_CHANGE_TOOL)
    sag_ui_masks_stop_drawing (self);
  if (change & (SAG_UI_CHANGE_CASE | SAG_UI_CHANGE_TOOL | SAG_UI_CHANGE_OVERLAY))
    sag_ui_masks_update_actions (self);
}

static void
touched_cb (SagUiSliceView *view, SagUiMasks *self)
{
  self->touched = view;
}

static void
view_gone_cb (gpointer data, GObject *view)
{
  SagUiMasks *self = data;

  g_ptr_array_remove (self->views, view);
  if (self->touched == (gpointer) view)
    self->touched = NULL;
  if (self->pointer_view == (gpointer) view)
    self->pointer_view = NULL;
  if (self->outline_view == (gpointer) view)
    g_array_set_size (self->outline, 0);
}

/* Escape gives up an outline; measurements put the tool away. */
static gboolean
key_cb (
  GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SagUiMasks *self)
{
  if (key != GDK_KEY_Escape || !sag_ui_masks_stop_drawing (self))
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

void
sag_ui_masks_attach (SagUiMasks *self, SagUiSliceView *view)
{
  GtkEventController *keys;

  if (g_ptr_array_find (self->views, view, NULL))
    return;
  g_ptr_array_add (self->views, view);
  g_object_weak_ref (G_OBJECT (view), view_gone_cb, self);
  g_object_set_data_full (G_OBJECT (view), DATA, g_object_ref (self), g_object_unref);
  g_signal_connect_object (view, "touched", G_CALLBACK (touched_cb), self, 0);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  sag_ui_slice_view_add_layer (view, &sag_ui_mask_layer, self);
}

static void
slices_changed_cb (SagUiViews *views, SagUiMasks *self)
{
  g_autoptr (GPtrArray) slices = sag_ui_views_get_slices (views);

  for (guint i = 0; i < slices->len; i++)
    sag_ui_masks_attach (self, slices->pdata[i]);
}

void
sag_ui_masks_attach_views (SagUiMasks *self, SagUiViews *views)
{
  SagUiSceneView *scene = sag_ui_views_get_scene (views);

  if (scene != NULL)
    sag_ui_masks_attach_scene (self, scene);
  slices_changed_cb (views, self);
  g_signal_connect_object (views, "slices-changed", G_CALLBACK (slices_changed_cb), self, 0);
}

GActionGroup *
sag_ui_masks_get_actions (SagUiMasks *self)
{
  return G_ACTION_GROUP (self->actions);
}

SagUiMasks *
sag_ui_masks_get (SagUiSession *session)
{
  SagUiMasks *self = g_object_get_data (G_OBJECT (session), DATA);
  SagUiCase  *one = sag_ui_session_get_case (session);

  if (self != NULL)
    return self;
  self = g_object_new (SAG_UI_TYPE_MASKS, NULL);
  g_set_weak_pointer (&self->session, session);
  g_signal_connect_object (sag_ui_session_get_display (session), "changed", G_CALLBACK (display_cb),
                           self, 0);
  sag_ui_masks_init_actions (self);
  sag_ui_masks_connect_project (self);
  set_current (self, one != NULL ? sag_ui_case_masks_peek (one) : NULL);
  sag_ui_masks_update_actions (self);
  g_object_set_data_full (G_OBJECT (session), DATA, self, g_object_unref);
  return self;
}

static gpointer
field (SagUiMasks *self, guint id)
{
  switch (id)
    {
    case PROP_SIZE_MM:
      return &self->size_mm;
    case PROP_BALL:
      return &self->ball;
    case PROP_LIMITS:
      return &self->limits;
    case PROP_LOW:
      return &self->low;
    case PROP_HIGH:
      return &self->high;
    case PROP_TOLERANCE:
      return &self->tolerance;
    case PROP_REACH_MM:
      return &self->reach_mm;
    case PROP_DISTANCE_MM:
      return &self->distance_mm;
    case PROP_FILL:
      return &self->fill;
    case PROP_OTHER:
      return &self->other;
    default:
      return NULL;
    }
}

static void
sag_ui_masks_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  gpointer at = field (SAG_UI_MASKS (object), id);

  if (at == NULL)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    g_value_set_double (value, *(double *) at);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(gboolean *) at);
  else
    g_value_set_string (value, *(char **) at);
}

static void
sag_ui_masks_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SagUiMasks *self = SAG_UI_MASKS (object);
  gpointer    at = field (self, id);

  if (at == NULL)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (G_VALUE_HOLDS_DOUBLE (value))
    *(double *) at = g_value_get_double (value);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    *(gboolean *) at = g_value_get_boolean (value);
  else
    {
      g_free (*(char **) at);
      *(char **) at = g_value_dup_string (value);
    }
  g_object_notify_by_pspec (object, pspec);
  if (self->session == NULL)
    return;
  sag_ui_masks_update_actions (self);
  if (id == PROP_FILL)
    sag_ui_masks_refresh (self);
  else
    sag_ui_masks_redraw (self);
}

static void
sag_ui_masks_dispose (GObject *object)
{
  SagUiMasks *self = SAG_UI_MASKS (object);

  for (guint i = 0; i < self->views->len; i++)
    g_object_weak_unref (self->views->pdata[i], view_gone_cb, self);
  g_ptr_array_set_size (self->views, 0);
  sag_ui_masks_leave_scenes (self);
  sag_ui_mask_files_stop (self);
  sag_ui_masks_leave_project (self);
  unset_current (self);
  g_clear_weak_pointer (&self->session);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sag_ui_masks_parent_class)->dispose (object);
}

static void
sag_ui_masks_finalize (GObject *object)
{
  SagUiMasks *self = SAG_UI_MASKS (object);

  g_ptr_array_unref (self->stored);
  g_ptr_array_unref (self->readings);
  g_array_unref (self->readings_colours);
  g_ptr_array_unref (self->views);
  g_ptr_array_unref (self->scenes);
  g_array_unref (self->outline);
  g_free (self->other);
  G_OBJECT_CLASS (sag_ui_masks_parent_class)->finalize (object);
}

static void
add_double (guint id, const char *name, double least, double most, double first)
{
  props[id] = g_param_spec_double (name, NULL, NULL, least, most, first,
                                   G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
}

static void
add_boolean (guint id, const char *name)
{
  props[id] =
    g_param_spec_boolean (name, NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
sag_ui_masks_class_init (SagUiMasksClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sag_ui_masks_dispose;
  object_class->finalize = sag_ui_masks_finalize;
  object_class->get_property = sag_ui_masks_get_property;
  object_class->set_property = sag_ui_masks_set_property;
  add_double (PROP_SIZE_MM, "size-mm", 0.5, 200, 10);
  add_boolean (PROP_BALL, "ball");
  add_boolean (PROP_LIMITS, "limits");
  add_double (PROP_LOW, "low", -32768, 32767, -1000);
  add_double (PROP_HIGH, "high", -32768, 32767, -500);
  add_double (PROP_TOLERANCE, "tolerance", 0, 10000, 100);
  add_double (PROP_REACH_MM, "reach-mm", 0, 2000, 50);
  add_double (PROP_DISTANCE_MM, "distance-mm", 0.1, 50, 2);
  add_double (PROP_FILL, "fill", 0, 1, 0.3);
  props[PROP_OTHER] =
    g_param_spec_string ("other", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_MASKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_masks_init (SagUiMasks *self)
{
  self->views = g_ptr_array_new ();
  self->scenes = g_ptr_array_new ();
  self->stored = g_ptr_array_new ();
  self->readings = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_unref);
  self->readings_colours = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->outline = g_array_new (FALSE, FALSE, sizeof (double[3]));
  self->actions = g_simple_action_group_new ();
}
