/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"
#include "model/store/labels.h"

G_BEGIN_DECLS

/* Answers, measurements and reviews of a project. All functions run on the store's thread. */

/**
 * SagAnswerRow: what a model said, as `ask --json` prints it, with its cells.
 * @bundle: SHA-256
 * @cells: (nullable): float32 scores of the cells, little endian, whose grid the JSON names
 */
typedef struct
{
  gint64  id;
  gint64  case_id;
  gint64  at;
  char   *text;
  char   *bundle;
  char   *json;
  GBytes *cells;
} SagAnswerRow;

void sag_answer_row_free (SagAnswerRow *row);

/** sag_answers_put: one for each text and bundle; a newer one takes its place. */
gboolean sag_answers_put (SagDb *db, const SagAnswerRow *row, GError **error);
/**
 * sag_answers_list: (transfer full) (element-type SagAnswerRow).
 * Error: also SAG_ERROR_FORMAT: a row does not fit its CRC-32C
 */
GPtrArray *sag_answers_list (SagDb *db, gint64 case_id, GError **error);

/** SagMeasurementRow: @json: what the window draws and shows. */
typedef struct
{
  char  *uuid;
  gint64 case_id;
  char  *reader;
  gint64 at;
  char  *json;
} SagMeasurementRow;

void sag_measurement_row_free (SagMeasurementRow *row);

/** sag_measurements_put: adds or changes the one with its UUID. */
gboolean sag_measurements_put (SagDb *db, const SagMeasurementRow *row, GError **error);
gboolean sag_measurements_remove (SagDb *db, const char *uuid, GError **error);
/** sag_measurements_list: (transfer full) (element-type SagMeasurementRow). */
GPtrArray *sag_measurements_list (SagDb *db, gint64 case_id, GError **error);

/**
 * SagReviewRow: a second look: a comment on a case, or what counts for one task where readers differ. Of several about
 * the same the latest counts.
 * @uuid: NULL when it is put anew
 * @task_id: 0: the case as a whole
 * @value: SAG_LABEL_VALUE_NONE: no word
 * @mask: (nullable): UUID of the mask that counts; "": none of those before counts any more
 */
typedef struct
{
  char         *uuid;
  gint64        case_id;
  gint64        task_id;
  char         *reader;
  SagLabelValue value;
  char         *comment;
  gint64        at;
  char         *mask;
} SagReviewRow;

void sag_review_row_free (SagReviewRow *row);

gboolean sag_reviews_put (SagDb *db, const SagReviewRow *row, GError **error);
/**
 * sag_reviews_forget: readers differ again: words, or masks, that counted for a task of a case are taken back. The
 * masks themselves stay, and are no readings.
 */
gboolean
sag_reviews_forget (SagDb *db, gint64 case_id, gint64 task_id, gboolean masks, GError **error);
/** sag_reviews_list: (transfer full) (element-type SagReviewRow): of one case, or of all with 0; oldest first. */
GPtrArray *sag_reviews_list (SagDb *db, gint64 case_id, GError **error);

G_END_DECLS
