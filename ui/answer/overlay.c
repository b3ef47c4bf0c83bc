/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/answer/overlay.h"

#include <math.h>

struct _SagUiOverlay
{
  GObject parent;

  SagUiOverlayKind kind;
  char            *label;
  char            *note;
  char            *brief_note;
  float           *cells;
  SagGeometry      geometry;
  double           peak;
  double           peak_ras_mm[3];
  SagRenderScale   scale;
  gboolean         visible;
  gboolean         raw;
  gboolean         outline;
};

G_DEFINE_FINAL_TYPE (SagUiOverlay, sag_ui_overlay, G_TYPE_OBJECT)

enum
{
  PROP_VISIBLE = 1,
  PROP_COLOUR,
  PROP_MAP,
  PROP_THRESHOLD,
  PROP_OPACITY,
  PROP_RAW,
  PROP_OUTLINE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       changed_signal;

static void
find_peak (SagUiOverlay *self)
{
  gsize  n = (gsize) sag_geometry_n_voxels (&self->geometry);
  gsize  best = 0;
  double highest = -INFINITY;
  double ijk[3];

  for (gsize i = 0; i < n; i++)
    {
      double value = self->cells[i];

      if (self->kind == SAG_UI_OVERLAY_DIFFERENCE)
        value = fabs (value);

      if (value > highest)
        {
          highest = value;
          best = i;
        }
    }
  self->peak = n > 0 ? self->cells[best] : NAN;
  for (int a = 0; a < 3; a++)
    {
      gsize side = (gsize) self->geometry.dims[a];

      ijk[a] = (double) (best % side);
      best /= side;
    }
  sag_geometry_to_ras (&self->geometry, ijk, self->peak_ras_mm);
}

/* Scores have their own range; evidence and differences are stretched to what is there. */
static void
init_scale (SagUiOverlay *self, guint n)
{
  double reach = MAX (fabs (self->peak), 1e-6);

  self->scale = sag_render_scale_init (n);
  if (self->kind == SAG_UI_OVERLAY_SCORE)
    return;
  self->scale.map =
    self->kind == SAG_UI_OVERLAY_DIFFERENCE ? SAG_RENDER_MAP_DIFFERENCE : SAG_RENDER_MAP_RAMP;
  self->scale.high = reach;
  self->scale.threshold = 0.1 * reach;
}

SagUiOverlay *
sag_ui_overlay_new (SagUiOverlayKind   kind,
                    const char        *label,
                    const float       *cells,
                    const SagGeometry *geometry,
                    guint              n)
{
  SagUiOverlay *self = g_object_new (SAG_UI_TYPE_OVERLAY, NULL);

  self->kind = kind;
  self->label = g_strdup (label);
  self->geometry = *geometry;
  self->cells = g_memdup2 (cells, (gsize) sag_geometry_n_voxels (geometry) * sizeof *cells);
  find_peak (self);
  init_scale (self, n);
  return self;
}

SagUiOverlayKind
sag_ui_overlay_get_kind (SagUiOverlay *self)
{
  return self->kind;
}

const char *
sag_ui_overlay_get_label (SagUiOverlay *self)
{
  return self->label;
}

const float *
sag_ui_overlay_get_cells (SagUiOverlay *self)
{
  return self->cells;
}

const SagGeometry *
sag_ui_overlay_get_geometry (SagUiOverlay *self)
{
  return &self->geometry;
}

double
sag_ui_overlay_get_peak (SagUiOverlay *self, double ras_mm[3])
{
  for (int a = 0; a < 3; a++)
    ras_mm[a] = self->peak_ras_mm[a];
  return self->peak;
}

const char *
sag_ui_overlay_get_note (SagUiOverlay *self)
{
  return self->note;
}

const char *
sag_ui_overlay_get_brief_note (SagUiOverlay *self)
{
  return self->brief_note;
}

void
sag_ui_overlay_set_note (SagUiOverlay *self, const char *note, const char *brief)
{
  g_free (self->note);
  g_free (self->brief_note);
  self->note = g_strdup (note);
  self->brief_note = g_strdup (brief);
}

gboolean
sag_ui_overlay_get_visible (SagUiOverlay *self)
{
  return self->visible;
}

void
sag_ui_overlay_set_visible (SagUiOverlay *self, gboolean visible)
{
  g_object_set (self, "visible", visible, NULL);
}

SagRenderColour
sag_ui_overlay_get_colour (SagUiOverlay *self)
{
  return self->scale.colour;
}

SagRenderScale
sag_ui_overlay_get_scale (SagUiOverlay *self)
{
  return self->scale;
}

SagRenderHeatmap
sag_ui_overlay_get_heatmap (SagUiOverlay *self)
{
  return (SagRenderHeatmap){ .cells = self->cells,
                             .geometry = self->geometry,
                             .scale = self->scale,
                             .raw_cells = self->raw,
                             .outline = self->outline };
}

static void
sag_ui_overlay_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiOverlay *self = SAG_UI_OVERLAY (object);

  switch (id)
    {
    case PROP_VISIBLE:
      g_value_set_boolean (value, self->visible);
      break;
    case PROP_COLOUR:
      g_value_set_uint (value, self->scale.colour);
      break;
    case PROP_MAP:
      g_value_set_uint (value, self->scale.map);
      break;
    case PROP_THRESHOLD:
      g_value_set_double (value, self->scale.threshold);
      break;
    case PROP_OPACITY:
      g_value_set_double (value, self->scale.opacity);
      break;
    case PROP_RAW:
      g_value_set_boolean (value, self->raw);
      break;
    case PROP_OUTLINE:
      g_value_set_boolean (value, self->outline);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
assign (SagUiOverlay *self, guint id, const GValue *value)
{
  switch (id)
    {
    case PROP_VISIBLE:
      self->visible = g_value_get_boolean (value);
      return TRUE;
    case PROP_COLOUR:
      self->scale.colour = g_value_get_uint (value);
      return TRUE;
    case PROP_MAP:
      self->scale.map = (SagRenderMap) g_value_get_uint (value);
      return TRUE;
    case PROP_THRESHOLD:
      self->scale.threshold = g_value_get_double (value);
      return TRUE;
    case PROP_OPACITY:
      self->scale.opacity = g_value_get_double (value);
      return TRUE;
    case PROP_RAW:
      self->raw = g_value_get_boolean (value);
      return TRUE;
    case PROP_OUTLINE:
      self->outline = g_value_get_boolean (value);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
sag_ui_overlay_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_auto (GValue) before = G_VALUE_INIT;

  g_value_init (&before, pspec->value_type);
  sag_ui_overlay_get_property (object, id, &before, pspec);
  if (g_param_values_cmp (pspec, &before, value) == 0 ||
      !assign (SAG_UI_OVERLAY (object), id, value))
    return;
  g_object_notify_by_pspec (object, pspec);
  g_signal_emit (object, changed_signal, 0);
}

static void
sag_ui_overlay_finalize (GObject *object)
{
  SagUiOverlay *self = SAG_UI_OVERLAY (object);

  g_free (self->label);
  g_free (self->note);
  g_free (self->brief_note);
  g_free (self->cells);
  G_OBJECT_CLASS (sag_ui_overlay_parent_class)->finalize (object);
}

static void
sag_ui_overlay_class_init (SagUiOverlayClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sag_ui_overlay_get_property;
  object_class->set_property = sag_ui_overlay_set_property;
  object_class->finalize = sag_ui_overlay_finalize;
  props[PROP_VISIBLE] = g_param_spec_boolean ("visible", NULL, NULL, FALSE, flags);
  props[PROP_COLOUR] = g_param_spec_uint ("colour", NULL, NULL, 0, 0xffffff, 0, flags);
  props[PROP_MAP] =
    g_param_spec_uint ("map", NULL, NULL, 0, SAG_RENDER_N_MAPS - 1, SAG_RENDER_MAP_RAMP, flags);
  props[PROP_THRESHOLD] =
    g_param_spec_double ("threshold", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0.5, flags);
  props[PROP_OPACITY] = g_param_spec_double ("opacity", NULL, NULL, 0, 1, 0.65, flags);
  props[PROP_RAW] = g_param_spec_boolean ("raw", NULL, NULL, FALSE, flags);
  props[PROP_OUTLINE] = g_param_spec_boolean ("outline", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_OVERLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_overlay_init (SagUiOverlay *self)
{
}
