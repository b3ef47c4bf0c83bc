/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/measure/measurement.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiMeasurement
{
  GObject parent;

  char        *label;
  SagUiMeasure state;
};

G_DEFINE_FINAL_TYPE (SagUiMeasurement, sag_ui_measurement, G_TYPE_OBJECT)

enum
{
  PROP_LABEL = 1,
  PROP_VALUE,
  PROP_PLACE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* The axis of the canonical grid that runs through a slice of each plane. */
static const int through[SAG_RENDER_N_PLANES] = { 2, 1, 0 };

void
sag_ui_measure_compute (SagUiMeasure *measure, const SagVolume *volume)
{
  SagMeasureEllipse ellipse;

  measure->has_statistics = FALSE;
  if (measure->kind == SAG_RENDER_RULER)
    measure->value = sag_measure_length_mm (measure->points_mm[0], measure->points_mm[1]);
  if (measure->kind == SAG_RENDER_ANGLE)
    measure->value = sag_measure_angle_degrees (measure->points_mm[0], measure->points_mm[1],
                                                measure->points_mm[2]);
  if (measure->kind != SAG_RENDER_ELLIPSE)
    return;
  for (int c = 0; c < 3; c++)
    {
      ellipse.centre_mm[c] = measure->points_mm[0][c];
      for (int e = 0; e < 2; e++)
        ellipse.semi_axis_mm[e][c] = measure->points_mm[1 + e][c] - measure->points_mm[0][c];
    }
  measure->statistics =
    (SagMeasureStatistics){ .area_mm2 = sag_measure_ellipse_area_mm2 (&ellipse) };
  measure->value = NAN;
  if (volume == NULL)
    return;
  sag_measure_ellipse (volume, through[measure->plane], measure->slice, &ellipse,
                       &measure->statistics);
  measure->value = measure->statistics.mean;
  measure->has_statistics = TRUE;
}

void
sag_ui_measure_middle (const SagUiMeasure *measure, double ras_mm[3])
{
  const guint n =
    measure->kind == SAG_RENDER_ELLIPSE ? 1 : sag_render_measure_n_points (measure->kind);

  for (int c = 0; c < 3; c++)
    {
      ras_mm[c] = 0;
      for (guint p = 0; p < n; p++)
        ras_mm[c] += measure->points_mm[p][c] / n;
    }
}

const char *
sag_ui_measure_get_kind_name (SagRenderMeasureKind kind)
{
  return kind == SAG_RENDER_RULER   ? _ ("Ruler")
         : kind == SAG_RENDER_ANGLE ? _ ("Angle")
                                    : _ ("Ellipse");
}

/* With a decimal point in every locale; @for_people: and a true minus sign. */
static char *
format (double value, int decimals, gboolean for_people)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], pattern[8];

  if (isnan (value))
    return g_strdup (for_people ? "–" : "");
  g_snprintf (pattern, sizeof pattern, "%%.%df", decimals);
  g_ascii_formatd (buffer, sizeof buffer, pattern, value);
  /* A rounded zero has no sign. */
  if (buffer[0] == '-' && strspn (buffer + 1, "0.") == strlen (buffer + 1))
    return g_strdup (buffer + 1);
  return for_people && buffer[0] == '-' ? g_strconcat ("−", buffer + 1, NULL) : g_strdup (buffer);
}

static char *
dup_ellipse_value (const SagUiMeasure *measure)
{
  const SagMeasureStatistics *statistics = &measure->statistics;
  g_autofree char            *mean = format (statistics->mean, 0, TRUE);
  g_autofree char            *sd = format (statistics->sd, 0, TRUE);
  g_autofree char            *minimum = format (statistics->minimum, 0, TRUE);
  g_autofree char            *maximum = format (statistics->maximum, 0, TRUE);
  g_autofree char *area = format (statistics->area_mm2, statistics->area_mm2 < 100 ? 1 : 0, TRUE);

  if (!measure->has_statistics)
    return g_strdup_printf ("%s mm²", area);
  /* Translators: mean and standard deviation, lowest and highest value in Hounsfield units, area. */
  return g_strdup_printf (_ ("mean %s ± %s HU\nmin %s  max %s\n%s mm²"), mean, sd, minimum, maximum,
                          area);
}

char *
sag_ui_measure_dup_value (const SagUiMeasure *measure)
{
  g_autofree char *number = NULL;

  if (measure->kind == SAG_RENDER_ELLIPSE)
    return dup_ellipse_value (measure);
  number = format (measure->value, 1, TRUE);
  return measure->kind == SAG_RENDER_RULER ? g_strdup_printf ("%s mm", number)
                                           : g_strdup_printf ("%s°", number);
}

SagUiMeasurement *
sag_ui_measurement_new (const char *label, const SagUiMeasure *state)
{
  SagUiMeasurement *self = g_object_new (SAG_UI_TYPE_MEASUREMENT, "label", label, NULL);

  self->state = *state;
  return self;
}

const char *
sag_ui_measurement_get_label (SagUiMeasurement *self)
{
  return self->label;
}

void
sag_ui_measurement_set_label (SagUiMeasurement *self, const char *label)
{
  if (g_strcmp0 (label, self->label) == 0)
    return;
  g_free (self->label);
  self->label = g_strdup (label);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LABEL]);
}

const SagUiMeasure *
sag_ui_measurement_get_state (SagUiMeasurement *self)
{
  return &self->state;
}

void
sag_ui_measurement_set_state (SagUiMeasurement *self, const SagUiMeasure *state)
{
  self->state = *state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALUE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLACE]);
}

static const char *
get_plane_name (SagRenderPlane plane)
{
  return plane == SAG_RENDER_AXIAL     ? _ ("axial")
         : plane == SAG_RENDER_CORONAL ? _ ("coronal")
                                       : _ ("sagittal");
}

static char *
dup_place (const SagUiMeasure *state)
{
  /* Translators: a plane and the number of a slice: "axial 134". */
  return g_strdup_printf (_ ("%s %d"), get_plane_name (state->plane), state->slice + 1);
}

char *
sag_ui_measurements_dup_text (GListModel *measurements)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (measurements); i++)
    {
      g_autoptr (SagUiMeasurement) one = g_list_model_get_item (measurements, i);
      g_autofree char *value = sag_ui_measure_dup_value (&one->state);
      g_autofree char *place = dup_place (&one->state);

      g_strdelimit (value, "\n", ' ');
      g_string_append_printf (text, "%s: %s (%s)\n", one->label, value, place);
    }
  return g_string_free (text, FALSE);
}

static void
append_quoted (GString *csv, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);

  g_string_append_printf (csv, "\"%s\"", doubled);
}

static void
append_number (GString *csv, gboolean is_known, double value)
{
  g_autofree char *number = is_known ? format (value, 3, FALSE) : g_strdup ("");

  g_string_append_printf (csv, ",%s", number);
}

static void
append_row (GString *csv, SagUiMeasurement *one, const char *case_name)
{
  static const char *const    kinds[] = { "ruler", "angle", "ellipse" };
  static const char *const    units[] = { "mm", "degrees", "HU" };
  const SagUiMeasure         *state = &one->state;
  const SagMeasureStatistics *statistics = &state->statistics;

  append_quoted (csv, case_name);
  g_string_append_c (csv, ',');
  append_quoted (csv, one->label);
  g_string_append_printf (csv, ",%s,%s,%d", kinds[state->kind],
                          sag_render_plane_name (state->plane), state->slice + 1);
  append_number (csv, TRUE, state->value);
  g_string_append_printf (csv, ",%s", units[state->kind]);
  append_number (csv, state->has_statistics, statistics->sd);
  append_number (csv, state->has_statistics, statistics->minimum);
  append_number (csv, state->has_statistics, statistics->maximum);
  if (state->has_statistics)
    g_string_append_printf (csv, ",%" G_GINT64_FORMAT, statistics->n_voxels);
  else
    g_string_append_c (csv, ',');
  append_number (csv, state->kind == SAG_RENDER_ELLIPSE, statistics->area_mm2);
  for (guint p = 0; p < SAG_RENDER_MEASURE_POINTS; p++)
    for (int c = 0; c < 3; c++)
      append_number (csv, p < sag_render_measure_n_points (state->kind), state->points_mm[p][c]);
  g_string_append (csv, "\r\n");
}

char *
sag_ui_measurements_dup_csv (GListModel *measurements, const char *case_name)
{
  GString *csv =
    g_string_new ("case,label,kind,plane,slice,value,unit,sd_hu,min_hu,max_hu,voxels,area_mm2,"
                  "r1_mm,a1_mm,s1_mm,r2_mm,a2_mm,s2_mm,r3_mm,a3_mm,s3_mm\r\n");

  for (guint i = 0; i < g_list_model_get_n_items (measurements); i++)
    {
      g_autoptr (SagUiMeasurement) one = g_list_model_get_item (measurements, i);

      append_row (csv, one, case_name);
    }
  return g_string_free (csv, FALSE);
}

static void
sag_ui_measurement_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiMeasurement *self = SAG_UI_MEASUREMENT (object);

  if (id == PROP_LABEL)
    g_value_set_string (value, self->label);
  else if (id == PROP_VALUE)
    g_value_take_string (value, sag_ui_measure_dup_value (&self->state));
  else if (id == PROP_PLACE)
    g_value_take_string (value, dup_place (&self->state));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_measurement_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LABEL)
    sag_ui_measurement_set_label (SAG_UI_MEASUREMENT (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_measurement_finalize (GObject *object)
{
  g_free (SAG_UI_MEASUREMENT (object)->label);
  G_OBJECT_CLASS (sag_ui_measurement_parent_class)->finalize (object);
}

static void
sag_ui_measurement_class_init (SagUiMeasurementClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sag_ui_measurement_get_property;
  object_class->set_property = sag_ui_measurement_set_property;
  object_class->finalize = sag_ui_measurement_finalize;
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READWRITE | flags);
  props[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, G_PARAM_READABLE | flags);
  props[PROP_PLACE] = g_param_spec_string ("place", NULL, NULL, NULL, G_PARAM_READABLE | flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sag_ui_measurement_init (SagUiMeasurement *self)
{
}
