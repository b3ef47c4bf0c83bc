/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"

G_BEGIN_DECLS

/**
 * SagRecordedResult: what a saved answer says.
 * @logit: NaN for "Segment" texts
 * @cells: (nullable): @n_cells finite scores, if the document holds them
 */
typedef struct
{
  char  *text;
  float  logit;
  float  peak_score;
  float *cells;
  gsize  n_cells;
} SagRecordedResult;

/**
 * SagRecord: a saved answer document, of `ask --json` (one scan) or of the file beside a heatmap.
 * @results: (element-type SagRecordedResult)
 */
typedef struct
{
  char          *case_name;
  GPtrArray     *results;
  SagProvenance *provenance;
} SagRecord;

/** sag_record_load: Errors: SAG_ERROR_FORMAT saying what is missing, G_FILE_ERROR. */
SagRecord *sag_record_load (const char *path, GError **error);
void       sag_record_free (SagRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRecord, sag_record_free)

/**
 * SagReplayDifference: how far a repeated answer is from the recorded one.
 * @logit: absolute difference; 0 for "Segment" texts
 * @cells: largest absolute difference of a score; of the peak score where the document holds no
 *   cells; 0 where the bundle draws no map
 */
typedef struct
{
  double logit;
  double cells;
} SagReplayDifference;

/**
 * sag_replay_compare:
 * Error: SAG_ERROR_MISMATCH if the heatmaps have different grids, or a number is missing
 */
gboolean sag_replay_compare (const SagRecordedResult *recorded,
                             const SagAnswer         *answer,
                             SagReplayDifference     *difference,
                             GError                 **error);

/**
 * sag_replay_explain: what is known to differ between two runs: another scan, another bundle, ...
 *
 * Returns: (transfer full): sentences, NULL-terminated, empty if nothing does
 */
char **sag_replay_explain (const SagProvenance *recorded, const SagProvenance *now);

G_END_DECLS
