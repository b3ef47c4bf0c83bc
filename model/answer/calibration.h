/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"
#include "model/core/json-writer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What a bundle's numbers mean among the cases of one place: a file of its own, for bundles never change. It lies
 * beside the bundle's folder as NAME.calibration.json, or where that cannot be written in the user's data folder,
 * sagitta/calibrations/SHA256.json, and counts only for the bundle with the SHA-256 that it names.
 */

/** SAG_CALIBRATION_FEWEST: positives, and negatives, that a task needs. */
#define SAG_CALIBRATION_FEWEST 20
/** SAG_CALIBRATION_POINTS: quantiles of each kind: 0 %, 1 %, ... 100 %. */
#define SAG_CALIBRATION_POINTS 101

/** SagCalibrationBin: as SagReliabilityBin: the mean probability before, and the share of positives. */
typedef struct
{
  gsize  n;
  double mean;
  double share;
} SagCalibrationBin;

/**
 * SagCalibrationTask: of one text.
 * @bias, @slope: calibrated logit = bias + slope * logit
 * @quantiles: of the logits of negatives and of positives, rising
 * @bins: (element-type SagCalibrationBin): the reliability diagram
 * @date: "2026-11-22"
 */
typedef struct
{
  char   *text;
  gsize   n_positives;
  gsize   n_negatives;
  double  bias;
  double  slope;
  double  quantiles[2][SAG_CALIBRATION_POINTS];
  GArray *bins;
  char   *date;
} SagCalibrationTask;

/** SagCalibration: of one bundle. Immutable once it is shared; atomically reference counted. */
typedef struct _SagCalibration SagCalibration;

SagCalibration *sag_calibration_new (const char *bundle_sha256);
SagCalibration *sag_calibration_ref (SagCalibration *calibration);
void            sag_calibration_unref (SagCalibration *calibration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCalibration, sag_calibration_unref)

/** sag_calibration_add: @task: (transfer full): replaces the one of the same text. Before it is shared. */
void                sag_calibration_add (SagCalibration *calibration, SagCalibrationTask *task);
SagCalibrationTask *sag_calibration_task_new (const char *text);
void                sag_calibration_task_free (SagCalibrationTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCalibrationTask, sag_calibration_task_free)

/** sag_calibration_get_sha256: (nullable): of the file that it was read from or written to. */
const char               *sag_calibration_get_sha256 (const SagCalibration *calibration);
const char               *sag_calibration_get_bundle (const SagCalibration *calibration);
gsize                     sag_calibration_get_n_tasks (const SagCalibration *calibration);
const SagCalibrationTask *sag_calibration_get_task (const SagCalibration *calibration, gsize task);
/** sag_calibration_find_task: (nullable): verbatim. */
const SagCalibrationTask *sag_calibration_find_task (const SagCalibration *calibration,
                                                     const char           *text);

/** sag_calibration_probability: of a positive, among cases like those it was made of. */
double sag_calibration_probability (const SagCalibrationTask *task, double logit);
/** sag_calibration_share_below: share of the negatives (@kind 0) or positives (1) that scored less, 0..1. */
double sag_calibration_share_below (const SagCalibrationTask *task, int kind, double logit);

/** sag_calibration_load: Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED, G_FILE_ERROR */
SagCalibration *sag_calibration_load (const char *path, GError **error);
/** sag_calibration_save: @path: (nullable): where the bundle's is looked for first and can be written.
 * @saved: (out) (optional) (transfer full): where it lies */
gboolean sag_calibration_save (
  SagCalibration *calibration, SagBundle *bundle, const char *path, char **saved, GError **error);

/**
 * sag_calibration_remove: from now on no calibration is found for @bundle. Where the file beside the bundle cannot be
 * taken away an empty one of this person's own comes before it.
 *
 * Errors: G_FILE_ERROR
 */
gboolean sag_calibration_remove (SagBundle *bundle, GError **error);

/** sag_calibration_find: (nullable): that of a bundle, if there is one; what is damaged or another bundle's is none. */
SagCalibration *sag_calibration_find (SagBundle *bundle);

G_END_DECLS
