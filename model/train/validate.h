/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/index.h"
#include "model/engine/table.h"
#include "model/train/texts.h"

G_BEGIN_DECLS

/**
 * SagTrainValidation: how well the network does on scans that it does not learn from.
 * @auroc, @aupr: means over the findings with labels of both kinds, however they are asked for, @n_tasks of them; NaN
 *   if there is none
 * @hit: share of the rows with something in the mask, @n_masks, whose highest cell meets it; NaN without any
 * @class_loss, @patch_loss: means over the rows of each kind, NaN without any; the focal loss ten times, as in training
 * @task_auroc: (n_tasks of the index): of the question's finding in all wordings; NaN with fewer than
 *   SAG_METRICS_FEWEST of a kind
 */
typedef struct
{
  double  auroc;
  double  aupr;
  gsize   n_tasks;
  double  hit;
  gsize   n_masks;
  double  class_loss;
  double  patch_loss;
  double *task_auroc;
} SagTrainValidation;

void sag_train_validation_clear (SagTrainValidation *validation);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagTrainValidation, sag_train_validation_clear)

/** sag_train_validation_score: what the best checkpoint is chosen by: the mean AUROC, else the share of hits, else
 * minus the loss. */
double sag_train_validation_score (const SagTrainValidation *validation);
/** sag_train_validation_loss: of both kinds together, which decides between equal scores. */
double sag_train_validation_loss (const SagTrainValidation *validation);

/**
 * SagTrainJudge: what a validation needs.
 * @table: an inference engine
 * @n_scans: so many of @index at most, evenly spread over it
 * @model: (nullable): whose tokens the store has, so that nothing needs to be encoded
 */
typedef struct
{
  const SagEngineTable *table;
  SagEngineOptions      options;
  const SagNetwork     *network;
  SagScanStore         *store;
  SagIndex             *index;
  SagTrainTexts        *texts;
  gsize                 n_scans;
  const char           *model;
} SagTrainJudge;

/** sag_train_validation_scan: which of @n scans is number @i of the @n_asked that a validation asks. */
gsize sag_train_validation_scan (gsize n, gsize n_asked, gsize i);

/** sag_train_validate: asks a network. @weights: as it is now. Errors: SAG_ERROR_ENGINE, those of the store,
 * G_IO_ERROR_CANCELLED */
gboolean sag_train_validate (const SagTrainJudge   *judge,
                             const SagWeightSource *weights,
                             SagTrainValidation    *validation,
                             GCancellable          *cancellable,
                             GError               **error);

G_END_DECLS
