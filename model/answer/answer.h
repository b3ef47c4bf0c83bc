/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/provenance.h"

G_BEGIN_DECLS

/**
 * SagAnswer: what the model said to one text about one scan, and what that is worth.
 *
 * Immutable, atomically reference counted.
 *
 * @text: the task, verbatim
 * @ids, @n_ids: the text as the tokenizer of the bundle gave it
 * @has_class: FALSE for "Segment" texts of a model that draws maps: the class head never saw them in
 *   training, so no class number exists
 * @logit, @probability: the class head's number: a probability under the training mix (negatives
 *   sampled 1:1)
 * @calibration: (nullable): of this text, owned by @provenance; NULL: the number is uncalibrated
 * @calibrated: with it, the probability of a positive among cases like those of the calibration
 * @above: with it, the share of its negatives [0] and positives [1] that scored less
 * @class_head, @patch_head: what the bundle's task list says about this text
 * @has_map: FALSE for a multi-label bundle, which scores no cells
 * @cell_dims, @cells: (nullable without a map): (nx, ny, nz) scores 0..1 of the patch head, x fastest. Scores, not
 *   probabilities: focal loss bends them, and a cell's target is the maximum of its 12 x 16 x 16 mm
 * @cell_geometry: where the cells lie; integer indices are cell centres
 * @peak_score, @peak_ras_mm: the highest cell and its centre; NaN without a map
 */
typedef struct
{
  char   *text;
  gint32 *ids;
  gsize   n_ids;

  gboolean    has_class;
  float       logit;
  float       probability;
  SagTraining class_head;
  SagTraining patch_head;

  const SagCalibrationTask *calibration;
  float                     calibrated;
  float                     above[2];

  gboolean    has_map;
  gint32      cell_dims[3];
  float      *cells;
  SagGeometry cell_geometry;
  float       peak_score;
  double      peak_ras_mm[3];

  SagProvenance *provenance;
} SagAnswer;

SagAnswer *sag_answer_ref (SagAnswer *answer);
void       sag_answer_unref (SagAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagAnswer, sag_answer_unref)

/**
 * sag_answer_ask: asks every text about one encoded scan.
 *
 * Returns: (transfer full) (element-type SagAnswer): in the order of @texts; NULL on error, as
 * sag_engine_ask()
 */
GPtrArray *sag_answer_ask (SagEngine         *engine,
                           SagTokens         *tokens,
                           const char *const *texts,
                           gsize              n_texts,
                           SagProvenance     *provenance,
                           GCancellable      *cancellable,
                           GError           **error);

/**
 * sag_answer_dup_id: task slug and 8 hex digits of SHA-256 over text and bundle:
 * "pleural-effusion-1f3a9c04".
 */
char *sag_answer_dup_id (const SagAnswer *answer);

/** sag_answer_sigmoid: 1 / (1 + exp (-logit)). */
float sag_answer_sigmoid (float logit);

/**
 * sag_answer_write: the members of a result object as `ask --json` prints it.
 * @heatmap: (nullable): the file that holds the map
 */
void sag_answer_write (const SagAnswer *answer, const char *heatmap, SagJsonWriter *writer);

G_END_DECLS
