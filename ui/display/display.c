/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/display/display.h"

#include "render/slice/presets.h"
#include "ui/answer/overlay.h"

#include <math.h>

struct _SagUiDisplay
{
  GObject parent;

  SagUiCase      *one;
  SagGeometry     geometry; /* of the volume that the cross was last put into */
  gboolean        has_geometry;
  double          cross_ras_mm[3];
  double          pointer_ras_mm[3];
  gboolean        has_pointer;
  SagRenderWindow window;
  gboolean        invert;
  gboolean        interpolate;
  gboolean        neurological;
  gboolean        show_cross;
  gboolean        show_overlays;
  gboolean        show_box;
  gboolean        show_marks;
  SagRenderSlab   slab;
  double          slab_mm;
  SagUiTool       tool;
  SagUiOverlay   *only;
  SagVolume      *checker;
  GPtrArray      *watched; /* overlays whose "changed" is listened to */
};

G_DEFINE_FINAL_TYPE (SagUiDisplay, sag_ui_display, G_TYPE_OBJECT)

enum
{
  PROP_CASE = 1,
  PROP_WINDOW_WIDTH,
  PROP_WINDOW_LEVEL,
  PROP_INVERT,
  PROP_INTERPOLATE,
  PROP_NEUROLOGICAL,
  PROP_SHOW_CROSS,
  PROP_SHOW_OVERLAYS,
  PROP_SHOW_BOX,
  PROP_SHOW_MARKS,
  PROP_SLAB,
  PROP_SLAB_MM,
  PROP_TOOL,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       changed_signal;

static const SagUiChange changes[N_PROPS] = {
  [PROP_WINDOW_WIDTH] = SAG_UI_CHANGE_WINDOW,   [PROP_WINDOW_LEVEL] = SAG_UI_CHANGE_WINDOW,
  [PROP_INVERT] = SAG_UI_CHANGE_WINDOW,         [PROP_INTERPOLATE] = SAG_UI_CHANGE_WINDOW,
  [PROP_NEUROLOGICAL] = SAG_UI_CHANGE_WINDOW,   [PROP_SHOW_CROSS] = SAG_UI_CHANGE_OVERLAY,
  [PROP_SHOW_OVERLAYS] = SAG_UI_CHANGE_OVERLAY, [PROP_SHOW_BOX] = SAG_UI_CHANGE_OVERLAY,
  [PROP_SHOW_MARKS] = SAG_UI_CHANGE_OVERLAY,    [PROP_SLAB] = SAG_UI_CHANGE_WINDOW,
  [PROP_SLAB_MM] = SAG_UI_CHANGE_WINDOW,        [PROP_TOOL] = SAG_UI_CHANGE_TOOL,
};

static void
changed (SagUiDisplay *self, guint change)
{
  g_signal_emit (self, changed_signal, 0, change);
}

SagUiDisplay *
sag_ui_display_new (void)
{
  return g_object_new (SAG_UI_TYPE_DISPLAY, NULL);
}

SagUiCase *
sag_ui_display_get_case (SagUiDisplay *self)
{
  return self->one;
}

SagVolume *
sag_ui_display_get_volume (SagUiDisplay *self)
{
  return self->one != NULL ? sag_ui_case_get_volume (self->one) : NULL;
}

static void
overlay_cb (SagUiOverlay *overlay, SagUiDisplay *self)
{
  changed (self, SAG_UI_CHANGE_OVERLAY);
}

static void
unwatch (gpointer overlay, gpointer self)
{
  g_signal_handlers_disconnect_by_data (overlay, self);
}

static void
watch_overlays (SagUiDisplay *self)
{
  GListModel *overlays =
    self->one != NULL ? G_LIST_MODEL (sag_ui_case_get_overlays (self->one)) : NULL;
  guint n = overlays != NULL ? g_list_model_get_n_items (overlays) : 0;

  g_ptr_array_foreach (self->watched, unwatch, self);
  g_ptr_array_set_size (self->watched, 0);
  for (guint i = 0; i < n; i++)
    {
      SagUiOverlay *overlay = g_list_model_get_item (overlays, i);

      g_signal_connect (overlay, "changed", G_CALLBACK (overlay_cb), self);
      g_ptr_array_add (self->watched, overlay);
    }
}

static void
overlays_cb (GListModel *model, guint position, guint removed, guint added, SagUiDisplay *self)
{
  watch_overlays (self);
  changed (self, SAG_UI_CHANGE_OVERLAY);
}

static void
marks_cb (GListModel *model, guint position, guint removed, guint added, SagUiDisplay *self)
{
  changed (self, SAG_UI_CHANGE_OVERLAY);
}

static void
middle (const SagGeometry *geometry, double ras_mm[3])
{
  double ijk[3];

  for (int a = 0; a < 3; a++)
    {
      int index = (geometry->dims[a] - 1) / 2; /* a voxel's centre */

      ijk[a] = index;
    }
  sag_geometry_to_ras (geometry, ijk, ras_mm);
}

/* Another volume of the same case (float after int16) keeps the cross where it is. */
static void
meet_volume (SagUiDisplay *self)
{
  SagVolume         *volume = sag_ui_display_get_volume (self);
  const SagGeometry *geometry = volume != NULL ? sag_volume_get_geometry (volume) : NULL;

  if (geometry == NULL)
    return;
  if (!self->has_geometry)
    middle (geometry, self->cross_ras_mm);
  self->geometry = *geometry;
  self->has_geometry = TRUE;
}

static void
slices_cb (SagUiCase *one, SagUiDisplay *self)
{
  meet_volume (self);
  changed (self, SAG_UI_CHANGE_CASE);
}

static void
case_notify_cb (SagUiCase *one, GParamSpec *pspec, SagUiDisplay *self)
{
  meet_volume (self);
  changed (self, SAG_UI_CHANGE_CASE | SAG_UI_CHANGE_OVERLAY);
}

static void
leave_case (SagUiDisplay *self)
{
  if (self->one == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->one, self);
  g_signal_handlers_disconnect_by_data (sag_ui_case_get_overlays (self->one), self);
  g_signal_handlers_disconnect_by_data (sag_ui_case_get_measurements (self->one), self);
  g_clear_object (&self->one);
}

void
sag_ui_display_set_case (SagUiDisplay *self, SagUiCase *one)
{
  if (one == self->one)
    return;
  leave_case (self);
  self->has_geometry = FALSE;
  g_clear_object (&self->only);
  if (one != NULL)
    {
      self->one = g_object_ref (one);
      g_signal_connect (one, "slices", G_CALLBACK (slices_cb), self);
      g_signal_connect (one, "notify::volume", G_CALLBACK (case_notify_cb), self);
      g_signal_connect (one, "notify::prepared", G_CALLBACK (case_notify_cb), self);
      /* Some show only what was read to its end, which nothing above tells without a model. */
      g_signal_connect (one, "notify::state", G_CALLBACK (case_notify_cb), self);
      g_signal_connect (sag_ui_case_get_overlays (one), "items-changed", G_CALLBACK (overlays_cb),
                        self);
      g_signal_connect (sag_ui_case_get_measurements (one), "items-changed", G_CALLBACK (marks_cb),
                        self);
    }
  watch_overlays (self);
  meet_volume (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CASE]);
  changed (self, SAG_UI_CHANGE_CASE | SAG_UI_CHANGE_CROSS | SAG_UI_CHANGE_OVERLAY);
}

void
sag_ui_display_get_cross (SagUiDisplay *self, double ras_mm[3])
{
  memcpy (ras_mm, self->cross_ras_mm, sizeof self->cross_ras_mm);
}

void
sag_ui_display_set_cross (SagUiDisplay *self, const double ras_mm[3])
{
  double ras_to_ijk[3][4];
  double ijk[3];

  if (!self->has_geometry || !sag_geometry_invert (&self->geometry, ras_to_ijk))
    return;
  sag_geometry_apply (ras_to_ijk, ras_mm, ijk);
  for (int a = 0; a < 3; a++)
    {
      if (!isfinite (ijk[a]))
        return;
      ijk[a] = CLAMP (ijk[a], 0, self->geometry.dims[a] - 1);
    }
  sag_geometry_to_ras (&self->geometry, ijk, self->cross_ras_mm);
  changed (self, SAG_UI_CHANGE_CROSS);
}

gboolean
sag_ui_display_get_pointer (SagUiDisplay *self, double ras_mm[3])
{
  if (self->has_pointer)
    memcpy (ras_mm, self->pointer_ras_mm, sizeof self->pointer_ras_mm);
  return self->has_pointer;
}

void
sag_ui_display_set_pointer (SagUiDisplay *self, const double *ras_mm)
{
  if (ras_mm == NULL && !self->has_pointer)
    return;
  self->has_pointer = ras_mm != NULL;
  if (ras_mm != NULL)
    memcpy (self->pointer_ras_mm, ras_mm, sizeof self->pointer_ras_mm);
  changed (self, SAG_UI_CHANGE_POINTER);
}

SagRenderWindow
sag_ui_display_get_window (SagUiDisplay *self)
{
  return self->window;
}

void
sag_ui_display_set_window (SagUiDisplay *self, SagRenderWindow window)
{
  g_object_set (self, "window-width", window.width, "window-level", window.level, NULL);
}

gboolean
sag_ui_display_get_invert (SagUiDisplay *self)
{
  return self->invert;
}

gboolean
sag_ui_display_get_interpolate (SagUiDisplay *self)
{
  return self->interpolate;
}

gboolean
sag_ui_display_get_neurological (SagUiDisplay *self)
{
  return self->neurological;
}

gboolean
sag_ui_display_get_show_cross (SagUiDisplay *self)
{
  return self->show_cross;
}

gboolean
sag_ui_display_get_show_overlays (SagUiDisplay *self)
{
  return self->show_overlays;
}

gboolean
sag_ui_display_get_show_box (SagUiDisplay *self)
{
  return self->show_box;
}

gboolean
sag_ui_display_get_show_marks (SagUiDisplay *self)
{
  return self->show_marks;
}

SagRenderSlab
sag_ui_display_get_slab (SagUiDisplay *self)
{
  return self->slab;
}

double
sag_ui_display_get_slab_mm (SagUiDisplay *self)
{
  return self->slab_mm;
}

SagUiTool
sag_ui_display_get_tool (SagUiDisplay *self)
{
  return self->tool;
}

void
sag_ui_display_set_only (SagUiDisplay *self, gpointer overlay)
{
  if (!g_set_object (&self->only, overlay))
    return;
  changed (self, SAG_UI_CHANGE_OVERLAY);
}

void
sag_ui_display_set_checker (SagUiDisplay *self, SagVolume *other)
{
  if (other == self->checker)
    return;
  g_clear_pointer (&self->checker, sag_volume_unref);
  self->checker = other != NULL ? sag_volume_ref (other) : NULL;
  changed (self, SAG_UI_CHANGE_OVERLAY);
}

SagVolume *
sag_ui_display_get_checker (SagUiDisplay *self)
{
  return self->checker;
}

GPtrArray *
sag_ui_display_get_shown (SagUiDisplay *self)
{
  GPtrArray *shown = g_ptr_array_new_with_free_func (g_object_unref);

  if (!self->show_overlays)
    return shown;
  if (self->only != NULL)
    g_ptr_array_add (shown, g_object_ref (self->only));
  else
    for (guint i = 0; i < self->watched->len; i++)
      if (sag_ui_overlay_get_visible (self->watched->pdata[i]))
        g_ptr_array_add (shown, g_object_ref (self->watched->pdata[i]));
  return shown;
}

static gpointer
field (SagUiDisplay *self, guint id)
{
  switch (id)
    {
    case PROP_WINDOW_WIDTH:
      return &self->window.width;
    case PROP_WINDOW_LEVEL:
      return &self->window.level;
    case PROP_INVERT:
      return &self->invert;
    case PROP_INTERPOLATE:
      return &self->interpolate;
    case PROP_NEUROLOGICAL:
      return &self->neurological;
    case PROP_SHOW_CROSS:
      return &self->show_cross;
    case PROP_SHOW_OVERLAYS:
      return &self->show_overlays;
    case PROP_SHOW_BOX:
      return &self->show_box;
    case PROP_SHOW_MARKS:
      return &self->show_marks;
    case PROP_SLAB:
      return &self->slab;
    case PROP_SLAB_MM:
      return &self->slab_mm;
    case PROP_TOOL:
      return &self->tool;
    default:
      return NULL;
    }
}

static void
sag_ui_display_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiDisplay *self = SAG_UI_DISPLAY (object);
  gpointer      at = field (self, id);

  if (id == PROP_CASE)
    g_value_set_object (value, self->one);
  else if (at == NULL)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(gboolean *) at);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    g_value_set_double (value, *(double *) at);
  else
    g_value_set_uint (value, *(guint *) at);
}

static gboolean
store (gpointer at, const GValue *value)
{
  gboolean differs;

  if (G_VALUE_HOLDS_DOUBLE (value))
    {
      differs = *(double *) at != g_value_get_double (value);
      *(double *) at = g_value_get_double (value);
    }
  else
    {
      guint new_value = G_VALUE_HOLDS_BOOLEAN (value) ? (guint) g_value_get_boolean (value)
                                                      : g_value_get_uint (value);

      differs = *(guint *) at != new_value;
      *(guint *) at = new_value;
    }
  return differs;
}

static void
sag_ui_display_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SagUiDisplay *self = SAG_UI_DISPLAY (object);
  gpointer      at = field (self, id);

  if (id == PROP_CASE)
    {
      sag_ui_display_set_case (self, g_value_get_object (value));
      return;
    }
  if (at == NULL)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (!store (at, value))
    return;
  g_object_notify_by_pspec (object, pspec);
  changed (self, changes[id]);
}

static void
sag_ui_display_dispose (GObject *object)
{
  SagUiDisplay *self = SAG_UI_DISPLAY (object);

  g_ptr_array_foreach (self->watched, unwatch, self);
  g_ptr_array_set_size (self->watched, 0);
  leave_case (self);
  g_clear_object (&self->only);
  g_clear_pointer (&self->checker, sag_volume_unref);
  G_OBJECT_CLASS (sag_ui_display_parent_class)->dispose (object);
}

static void
sag_ui_display_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_DISPLAY (object)->watched);
  G_OBJECT_CLASS (sag_ui_display_parent_class)->finalize (object);
}

static void
install_flag (guint id, const char *name, gboolean initial)
{
  props[id] =
    g_param_spec_boolean (name, NULL, NULL, initial,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_CASE] = g_param_spec_object ("case", NULL, NULL, SAG_UI_TYPE_CASE, flags);
  props[PROP_WINDOW_WIDTH] =
    g_param_spec_double ("window-width", NULL, NULL, 1, 100000, 1500, flags);
  props[PROP_WINDOW_LEVEL] =
    g_param_spec_double ("window-level", NULL, NULL, -100000, 100000, -600, flags);
  install_flag (PROP_INVERT, "invert", FALSE);
  install_flag (PROP_INTERPOLATE, "interpolate", TRUE);
  install_flag (PROP_NEUROLOGICAL, "neurological", FALSE);
  install_flag (PROP_SHOW_CROSS, "show-cross", TRUE);
  install_flag (PROP_SHOW_OVERLAYS, "show-overlays", TRUE);
  install_flag (PROP_SHOW_BOX, "show-box", TRUE);
  install_flag (PROP_SHOW_MARKS, "show-marks", TRUE);
  props[PROP_SLAB] =
    g_param_spec_uint ("slab", NULL, NULL, 0, SAG_RENDER_SLAB_MEAN, SAG_RENDER_SLAB_NONE, flags);
  props[PROP_SLAB_MM] = g_param_spec_double ("slab-mm", NULL, NULL, 0, 500, 10, flags);
  props[PROP_TOOL] =
    g_param_spec_uint ("tool", NULL, NULL, 0, SAG_UI_N_TOOLS - 1, SAG_UI_TOOL_NONE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sag_ui_display_class_init (SagUiDisplayClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = sag_ui_display_get_property;
  object_class->set_property = sag_ui_display_set_property;
  object_class->dispose = sag_ui_display_dispose;
  object_class->finalize = sag_ui_display_finalize;
  install_properties (object_class);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_DISPLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
sag_ui_display_init (SagUiDisplay *self)
{
  gsize n_presets;

  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->window = sag_render_presets (&n_presets)[0].window;
  self->interpolate = TRUE;
  self->show_cross = TRUE;
  self->show_overlays = TRUE;
  self->show_box = TRUE;
  self->show_marks = TRUE;
  self->slab_mm = 10;
}
