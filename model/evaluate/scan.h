/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/run.h"

G_BEGIN_DECLS

/**
 * SagScanAsked: one scan of an evaluation. For model/evaluate/run.c alone.
 * @rows, @which: (array length=n): all rows, and the numbers of those of this scan; their answers are written
 * @engines, @recipes: (array length=n_models): queues of engines that are free, and how they want a scan prepared
 * @visions: (array length=n_models): of sag_bundle_dup_vision_key(); NULL where tokens are neither kept nor shared
 * @has_map: (array length=n_models): which draw maps
 * @keep_empty, @cache: as SagEvaluateOptions has it
 * @verdict, @synthetic, @n_unknown: out
 * @cell_ml: out: (n_models): volume of a cell
 * @engine_failed: out: an error is the engine's or the question's, not the scan's
 * @cache_error: out: (nullable): why something could not be kept; the scan is answered all the same
 */
typedef struct
{
  SagEvaluationRow       *rows;
  const guint            *which;
  gsize                   n;
  GAsyncQueue *const     *engines;
  const SagRecipe *const *recipes;
  char *const            *visions;
  gsize                   n_models;
  const gboolean         *has_map;
  gboolean                keep_empty;
  SagCache               *cache;
  SagScopeVerdict         verdict;
  gboolean                synthetic;
  gsize                   n_unknown;
  double                  cell_ml[SAG_EVALUATE_MOST_MODELS];
  gboolean                engine_failed;
  GError                 *cache_error;
} SagScanAsked;

/** sag_scan_ask: loads, prepares, encodes and asks; masks after that. Any thread. */
gboolean sag_scan_ask (SagScanAsked *asked, GCancellable *cancellable, GError **error);

G_END_DECLS
