/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/cache.h"
#include "model/dataset/manifest.h"
#include "model/engine/engine.h"
#include "model/evaluate/localise.h"
#include "model/prepare/scope.h"

G_BEGIN_DECLS

/** SAG_EVALUATE_MOST_MODELS: one model, or two to compare. */
#define SAG_EVALUATE_MOST_MODELS 2

/**
 * SagEvaluateModel: a bundle, opened once or more often: as many scans are asked at the same time as there are engines.
 * @engines: (array length=n_engines)
 */
typedef struct
{
  SagEngine *const *engines;
  gsize             n_engines;
} SagEvaluateModel;

/** SagEvaluateProgress: @n_done of @n scans are answered. One thread at a time. */
typedef void (*SagEvaluateProgress) (gsize n_done, gsize n, gpointer data);

/**
 * SagEvaluateOptions:
 * @every_split: not only @split
 * @limit: the first so many scans; 0: all
 * @n_lanes: scans that are worked on at the same time; 0: as many as there are cores
 * @cache: (nullable): where prepared scans are kept
 * @keep_empty: a mask without the row's values says that the structure is absent, on real scans, too
 */
typedef struct
{
  SagSplit            split;
  gboolean            every_split;
  guint               limit;
  guint               n_lanes;
  SagCache           *cache;
  gboolean            keep_empty;
  SagEvaluateProgress progress;
  gpointer            data;
} SagEvaluateOptions;

/**
 * SagOutcome: what a model made of a row.
 * @score: of the class head, a logit; where a map answers the highest score of it
 * @peak_ras_mm: centre of the highest cell of the map, whatever answers; NaN where the model draws none
 * @map: where the row has a mask; of a model that draws no map only what is said of the structure holds
 */
typedef struct
{
  double          score;
  double          peak_ras_mm[3];
  SagLocalisation map;
} SagOutcome;

/**
 * SagEvaluationRow:
 * @sample: belongs to the data set
 * @task, @scan, @patient: numbers from 0. A scan without a patient id counts as a patient of its own.
 * @detects: a map answers: a "Segment" text, or a row with a mask and no label, where any model draws maps. One that
 *   does not answers with its class number
 * @answered: FALSE where the scan or its mask could not be read
 * @truth: 1 or 0: the label, from 0.5 up, or where a map answers whether the structure is there; -1 where the row has
 *   none, where the structure lies outside the analysed box, or where a mask is empty and nobody knows whether the
 *   structure is absent or was not drawn: on a phantom, and with the label 0, it is absent
 */
typedef struct
{
  const SagSample *sample;
  guint            task;
  guint            scan;
  guint            patient;
  gboolean         detects;
  gboolean         answered;
  int              truth;
  SagOutcome       outcomes[SAG_EVALUATE_MOST_MODELS];
} SagEvaluationRow;

/** SagEvaluation: every question of a data set, answered. Immutable. */
typedef struct _SagEvaluation SagEvaluation;

/**
 * sag_evaluation_run: loads, prepares and encodes every scan once, and asks it all of its questions. Several scans at
 * a time, on the default pool. Scans that are out of scope are asked, too, and counted.
 *
 * A row whose question, scan and mask stood further up counts once. A scan or mask that cannot be read leaves its rows
 * unanswered; see sag_evaluation_get_failures(). Where no model draws maps, rows with a mask and no label are left out,
 * and masks are not read.
 *
 * Errors: SAG_ERROR_ARGUMENT (no row in the split that can be answered), SAG_ERROR_FORMAT (a row that stood further up
 * with another label, naming the lines), those of sag_engine_encode() and sag_engine_ask(), G_IO_ERROR_CANCELLED
 */
SagEvaluation *sag_evaluation_run (SagDataset               *dataset,
                                   const SagEvaluateModel   *models,
                                   gsize                     n_models,
                                   const SagEvaluateOptions *options,
                                   GCancellable             *cancellable,
                                   GError                  **error);
void           sag_evaluation_free (SagEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagEvaluation, sag_evaluation_free)

/**
 * sag_evaluation_join: evaluations of different patients as one: the parts of a cross-validation, whose second models
 * are different ones. Their data sets must live as long.
 * @parts: (array length=n) (transfer full): all of as many models
 */
SagEvaluation *sag_evaluation_join (SagEvaluation **parts, gsize n);

/**
 * SagEvaluationCounts:
 * @n_repeated: rows that stood further up
 * @has_map: which models draw maps
 * @n_for_maps: rows left out because they have a mask and no label, and no model draws maps
 * @n_unknown: rows left out because their mask is empty, and nothing says that the structure is absent
 * @n_synthetic: scans that are phantoms
 * @n_scope: scans by SagScopeVerdict
 * @seconds: of all the work
 */
typedef struct
{
  gsize    n_rows;
  gsize    n_tasks;
  gsize    n_scans;
  gsize    n_patients;
  gsize    n_models;
  gboolean has_map[SAG_EVALUATE_MOST_MODELS];
  gsize    n_repeated;
  gsize    n_for_maps;
  gsize    n_unknown;
  gsize    n_synthetic;
  gsize    n_scope[3];
  double   cell_ml[SAG_EVALUATE_MOST_MODELS];
  double   seconds;
} SagEvaluationCounts;

/** sag_evaluation_has_maps: whether any model draws maps. */
gboolean sag_evaluation_has_maps (const SagEvaluation *evaluation);
/** sag_evaluation_detects: whether it is a map of model @model that answers the row. */
gboolean
sag_evaluation_detects (const SagEvaluation *evaluation, const SagEvaluationRow *row, gsize model);

const SagEvaluationCounts *sag_evaluation_get_counts (const SagEvaluation *evaluation);
const SagEvaluationRow    *sag_evaluation_get_row (const SagEvaluation *evaluation, gsize row);
/** sag_evaluation_get_task: the question, verbatim; tasks are numbered as they come first in the data set. */
const char *sag_evaluation_get_task (const SagEvaluation *evaluation, gsize task);
/** sag_evaluation_get_cache_error: (nullable): a sentence: why not all could be kept in the cache. */
const char *sag_evaluation_get_cache_error (const SagEvaluation *evaluation);
/** sag_evaluation_get_failures: (transfer none): a sentence for each scan that was not answered. */
const char *const *sag_evaluation_get_failures (const SagEvaluation *evaluation);

G_END_DECLS
