/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/* Labels of a project. All functions run on the store's thread (store.h). */

/** SagLabelValue: what a reader says. Censored: it was looked at, and must not be used. */
typedef enum
{
  SAG_LABEL_VALUE_NONE,
  SAG_LABEL_VALUE_PRESENT,
  SAG_LABEL_VALUE_ABSENT,
  SAG_LABEL_VALUE_UNSURE,
  SAG_LABEL_VALUE_NOT_EVALUABLE,
  SAG_LABEL_VALUE_CENSORED,
} SagLabelValue;
#define SAG_N_LABEL_VALUES 6

/** sag_label_value_to_string: "none", "present", "absent", "unsure", "not evaluable", "censored". */
const char *sag_label_value_to_string (SagLabelValue value);
/** sag_label_value_parse: also "1", "0", "true", "false", "yes", "no", "not-evaluable" and "". */
gboolean sag_label_value_parse (const char *text, SagLabelValue *value);

/**
 * SagLabelRow: what one reader says to one task about one case.
 * @reader: NULL when it is put: who works
 * @side: (nullable): "left", "right", "both"
 * @location, @comment, @bundle: (nullable)
 * @certainty: 0..100; -1: not said
 * @at: milliseconds since 1970; 0 when it is put: now
 * @active_ms: for how long the reader looked at the case before
 * @seen: a model's answer had been seen; @bundle: its SHA-256
 */
typedef struct
{
  gint64        id;
  gint64        case_id;
  gint64        task_id;
  char         *reader;
  SagLabelValue value;
  char         *side;
  char         *location;
  int           certainty;
  char         *comment;
  gint64        at;
  gint64        active_ms;
  gboolean      seen;
  char         *bundle;
} SagLabelRow;

SagLabelRow *sag_label_row_copy (const SagLabelRow *row);
void         sag_label_row_free (SagLabelRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLabelRow, sag_label_row_free)

/**
 * sag_labels_put: sets, changes, or (SAG_LABEL_VALUE_NONE) takes back the reader's label. A label that was set after an
 * answer had been seen stays marked so, whatever a later one says.
 */
gboolean sag_labels_put (SagDb *db, const SagLabelRow *row, GError **error);

/**
 * sag_labels_rest_absent: what @reader has not labelled in a case becomes absent.
 * Returns: FALSE with an error
 */
gboolean sag_labels_rest_absent (
  SagDb *db, gint64 case_id, const char *reader, gboolean seen, const char *bundle, GError **error);

/** sag_labels_list: (transfer full) (element-type SagLabelRow): of one case, or of all with 0. */
GPtrArray *sag_labels_list (SagDb *db, gint64 case_id, GError **error);

/**
 * sag_readers_rename: what @from labelled, painted and measured is @to's from now on; where @to already has a label it
 * stays, and so does @from's.
 */
gboolean sag_readers_rename (SagDb *db, const char *from, const char *to, GError **error);

/** sag_labels_list_readers: (transfer full): who has labelled or painted, sorted. */
char **sag_labels_list_readers (SagDb *db, GError **error);

G_END_DECLS
