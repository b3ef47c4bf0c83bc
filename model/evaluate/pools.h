/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/run.h"

G_BEGIN_DECLS

/**
 * SagPool: questions that ask the same thing in other words, and so are one task of a report. Those that a bundle was
 * trained on word for word make another pool than the rest.
 * @text: the only sentence; of several the catalogue's for this finding, else the first
 * @sentences: (element-type utf8): all of them; of the evaluation
 * @detects: a map answers
 * @training: of the sentences by the head that answers; of those that were not trained the best
 */
typedef struct
{
  char       *text;
  GPtrArray  *sentences;
  gboolean    detects;
  gboolean    verbatim;
  SagTraining training;
  char       *mask_key;
} SagPool;

/**
 * sag_pools_new: sorts the rows of an evaluation.
 *
 * Labels of two sentences belong together where sag_catalogue_same_finding() says so, masks where they have the same
 * values in the same kind of file.
 * @bundle: whose training counts
 * @by_sentence: every sentence is a task of its own
 * @pool_of_row: (out) (transfer full): (n rows)
 *
 * Returns: (transfer full) (element-type SagPool)
 */
GPtrArray *sag_pools_new (const SagEvaluation *evaluation,
                          SagBundle           *bundle,
                          gboolean             by_sentence,
                          guint              **pool_of_row);

G_END_DECLS
