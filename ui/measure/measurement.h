/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/measure.h"
#include "render/slice/measure-marks.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SagUiMeasure: a measurement as a value: where it lies, and what it measures there.
 * @slice: 0-based, of the canonical grid along @plane's third axis
 * @points_mm: RAS, on the slice: of a ruler both ends; of an angle end, vertex, end; of an ellipse
 *   the middle and an end of each axis
 * @value: mm, degrees, or the mean
 * @has_statistics: @statistics and the mean are known: the voxels were there
 */
typedef struct
{
  SagRenderMeasureKind kind;
  SagRenderPlane       plane;
  int                  slice;
  double               points_mm[SAG_RENDER_MEASURE_POINTS][3];
  double               value;
  gboolean             has_statistics;
  SagMeasureStatistics statistics;
} SagUiMeasure;

/** sag_ui_measure_compute: the value from the points. @volume: (nullable): whole; without it no statistics. */
void sag_ui_measure_compute (SagUiMeasure *measure, const SagVolume *volume);

/** sag_ui_measure_middle: a point in the middle of it, on its slice. */
void sag_ui_measure_middle (const SagUiMeasure *measure, double ras_mm[3]);

/** sag_ui_measure_dup_value: as it stands beside the drawing: "42.3 mm"; of an ellipse three lines. */
char *sag_ui_measure_dup_value (const SagUiMeasure *measure);

/** sag_ui_measure_get_kind_name: "Ruler", "Angle", "Ellipse". */
const char *sag_ui_measure_get_kind_name (SagRenderMeasureKind kind);

/**
 * SagUiMeasurement: a measurement of a case.
 *
 * Lives on the main thread. Properties: "label" (string, read-write: what the person calls it),
 * "value" (string, read-only), "place" (string, read-only: "axial 134").
 */
#define SAG_UI_TYPE_MEASUREMENT (sag_ui_measurement_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMeasurement, sag_ui_measurement, SAG_UI, MEASUREMENT, GObject)

SagUiMeasurement *sag_ui_measurement_new (const char *label, const SagUiMeasure *state);

const char         *sag_ui_measurement_get_label (SagUiMeasurement *self);
void                sag_ui_measurement_set_label (SagUiMeasurement *self, const char *label);
const SagUiMeasure *sag_ui_measurement_get_state (SagUiMeasurement *self);
void sag_ui_measurement_set_state (SagUiMeasurement *self, const SagUiMeasure *state);

/** The colour of all measurements: light green, which no answer has. */
#define SAG_UI_MEASURE_COLOUR 0x8ff0a4

/**
 * sag_ui_measurements_dup_text: (element-type SagUiMeasurement): one line a measurement, for people.
 */
char *sag_ui_measurements_dup_text (GListModel *measurements);

/**
 * sag_ui_measurements_dup_csv: (element-type SagUiMeasurement): a table with a head, for programs:
 * decimal points and plain minus signs in every locale, RFC 4180 quotes.
 */
char *sag_ui_measurements_dup_csv (GListModel *measurements, const char *case_name);

G_END_DECLS
