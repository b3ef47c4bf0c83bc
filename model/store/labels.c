/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/labels.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/crc-columns.h"
#include "model/store/db-private.h"
#include "model/store/schema.h"
#include "model/store/seen.h"

static const char *const value_names[] = { "none",   "present",       "absent",
                                           "unsure", "not evaluable", "censored" };

const char *
sag_label_value_to_string (SagLabelValue value)
{
  g_return_val_if_fail ((guint) value < SAG_N_LABEL_VALUES, NULL);
  return value_names[value];
}

gboolean
sag_label_value_parse (const char *text, SagLabelValue *value)
{
  static const struct
  {
    const char   *word;
    SagLabelValue value;
  } others[] = {
    { "", SAG_LABEL_VALUE_NONE },
    { "1", SAG_LABEL_VALUE_PRESENT },
    { "0", SAG_LABEL_VALUE_ABSENT },
    { "true", SAG_LABEL_VALUE_PRESENT },
    { "false", SAG_LABEL_VALUE_ABSENT },
    { "yes", SAG_LABEL_VALUE_PRESENT },
    { "no", SAG_LABEL_VALUE_ABSENT },
    { "1.0", SAG_LABEL_VALUE_PRESENT },
    { "0.0", SAG_LABEL_VALUE_ABSENT },
    { "not-evaluable", SAG_LABEL_VALUE_NOT_EVALUABLE },
    { "not_evaluable", SAG_LABEL_VALUE_NOT_EVALUABLE },
  };

  if (text == NULL)
    text = "";
  for (int v = 0; v < SAG_N_LABEL_VALUES; v++)
    if (g_ascii_strcasecmp (text, value_names[v]) == 0)
      {
        *value = (SagLabelValue) v;
        return TRUE;
      }
  for (gsize o = 0; o < G_N_ELEMENTS (others); o++)
    if (g_ascii_strcasecmp (text, others[o].word) == 0)
      {
        *value = others[o].value;
        return TRUE;
      }
  return FALSE;
}

SagLabelRow *
sag_label_row_copy (const SagLabelRow *row)
{
  SagLabelRow *copy = g_memdup2 (row, sizeof *row);

  copy->reader = g_strdup (row->reader);
  copy->side = g_strdup (row->side);
  copy->location = g_strdup (row->location);
  copy->comment = g_strdup (row->comment);
  copy->bundle = g_strdup (row->bundle);
  return copy;
}

void
sag_label_row_free (SagLabelRow *row)
{
  if (row == NULL)
    return;
  g_free (row->reader);
  g_free (row->side);
  g_free (row->location);
  g_free (row->comment);
  g_free (row->bundle);
  g_free (row);
}

static gboolean
check (const SagLabelRow *row, GError **error)
{
  static const char *const sides[] = { "left", "right", "both", NULL };

  if ((guint) row->value >= SAG_N_LABEL_VALUES || row->certainty < -1 || row->certainty > 100)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "A label's certainty is 0 to 100, not %d, and its value one of six.",
                 row->certainty);
  else if (row->side != NULL && !g_strv_contains (sides, row->side))
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "A label's side is left, right or both, not \"%s\".", row->side);
  else
    return TRUE;
  return FALSE;
}

static gboolean
put_value (SagDb *db, const SagLabelRow *row, const char *reader, GError **error)
{
  if (row->value == SAG_LABEL_VALUE_NONE)
    return sag_db_run (db, error,
                       "DELETE FROM labels WHERE case_id = ? AND task_id = ? AND reader = ?", "iis",
                       row->case_id, row->task_id, reader);
  if (
    !sag_db_run (
      db, error,
      "INSERT INTO labels (case_id, task_id, reader, value, side, location, certainty, comment, "
      "at, "
      "active_ms, seen, bundle) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_id, "
      "task_id, reader) DO UPDATE SET value = excluded.value, side = excluded.side, location = "
      "excluded.location, certainty = excluded.certainty, comment = excluded.comment, at = "
      "excluded.at, active_ms = excluded.active_ms, seen = max (seen, excluded.seen), bundle = "
      "ifnull (excluded.bundle, bundle)",
      "iisissisiiis", row->case_id, row->task_id, reader, (gint64) row->value, row->side,
      row->location, (gint64) row->certainty, row->comment, row->at > 0 ? row->at : sag_db_now (db),
      MAX (row->active_ms, 0), (gint64) (row->seen ? 1 : 0), row->bundle))
    return FALSE;
  return sag_db_run (db, error,
                     "UPDATE labels SET crc = " SAG_LABEL_CRC
                     " WHERE case_id = ? AND task_id = ? AND reader = ?",
                     "iis", row->case_id, row->task_id, reader);
}

gboolean
sag_labels_put (SagDb *db, const SagLabelRow *row, GError **error)
{
  const char *reader = row->reader != NULL ? row->reader : sag_db_get_reader (db);

  return check (row, error) && put_value (db, row, reader, error) &&
         sag_db_run (db, error, "UPDATE cases SET state = 1 WHERE id = ? AND state = 0", "i",
                     row->case_id) &&
         sag_audit_add (db, error, "label",
                        "case %" G_GINT64_FORMAT " task %" G_GINT64_FORMAT " %s: %s%s%s",
                        row->case_id, row->task_id, reader, value_names[row->value],
                        row->seen ? ", answer seen" : "", row->side != NULL ? ", with a side" : "");
}

gboolean
sag_labels_rest_absent (
  SagDb *db, gint64 case_id, const char *reader, gboolean seen, const char *bundle, GError **error)
{
  g_autoptr (GArray) tasks = g_array_new (FALSE, FALSE, sizeof (gint64));
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, error,
                              "SELECT id FROM tasks WHERE id NOT IN (SELECT task_id FROM labels "
                              "WHERE case_id = ? AND reader = ?) ORDER BY position",
                              "is", case_id, reader != NULL ? reader : sag_db_get_reader (db));

  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    {
      const gint64 id = sag_row_integer (row, 0);

      g_array_append_val (tasks, id);
    }
  for (guint t = 0; failure == NULL && t < tasks->len; t++)
    {
      const SagLabelRow label = { .case_id = case_id,
                                  .task_id = g_array_index (tasks, gint64, t),
                                  .reader = (char *) reader,
                                  .value = SAG_LABEL_VALUE_ABSENT,
                                  .certainty = -1,
                                  .seen = seen,
                                  .bundle = (char *) bundle };

      sag_labels_put (db, &label, &failure);
    }
  return sag_db_settle (failure, error);
}

static SagLabelRow *
read_label (SagRow *row)
{
  SagLabelRow *label = g_new0 (SagLabelRow, 1);

  label->id = sag_row_integer (row, 0);
  label->case_id = sag_row_integer (row, 1);
  label->task_id = sag_row_integer (row, 2);
  label->reader = sag_row_dup_text (row, 3);
  label->value = (SagLabelValue) CLAMP (sag_row_integer (row, 4), 0, SAG_N_LABEL_VALUES - 1);
  label->side = sag_row_dup_text (row, 5);
  label->location = sag_row_dup_text (row, 6);
  label->certainty = (int) CLAMP (sag_row_integer (row, 7), -1, 100);
  label->comment = sag_row_dup_text (row, 8);
  label->at = sag_row_integer (row, 9);
  label->active_ms = sag_row_integer (row, 10);
  label->seen = sag_row_integer (row, 11) != 0;
  label->bundle = sag_row_dup_text (row, 12);
  return label;
}

GPtrArray *
sag_labels_list (SagDb *db, gint64 case_id, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_label_row_free);
  GError *failure = NULL;
  SagRow *row;

  if (!sag_schema_need_version (db, error))
    return NULL;
  row = sag_db_query (
    db, error,
    db->version == 1
      ? "SELECT id, case_id, task_id, reader, value, side, location, certainty, comment, at, "
        "active_ms, seen, bundle FROM labels WHERE ?1 = 0 OR case_id = ?1 ORDER BY case_id, "
        "task_id, reader"
      : "SELECT id, case_id, task_id, reader, value, side, location, certainty, comment, at, "
        "active_ms, seen, bundle, crc FROM labels WHERE ?1 = 0 OR case_id = ?1 ORDER BY case_id, "
        "task_id, reader",
    "i", case_id);

  if (row == NULL)
    return NULL;
  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      SagLabelRow *label = read_label (row);

      g_ptr_array_add (out, label);
      if (label->reader == NULL ||
          (db->version != 1 &&
           sag_row_crc (row, SAG_N_LABEL_COLUMNS) != sag_row_integer (row, SAG_N_LABEL_COLUMNS)))
        {
          sag_db_set_damaged (db, "a label", &failure);
          sag_db_end (row);
        }
    }
  if (failure == NULL)
    return g_steal_pointer (&out);
  g_propagate_error (error, failure);
  return NULL;
}

char **
sag_labels_list_readers (SagDb *db, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GError *failure = NULL;
  SagRow *row = sag_db_query (
    db, error, "SELECT reader FROM labels UNION SELECT reader FROM masks ORDER BY reader", "");

  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    {
      g_autofree char *reader = sag_row_dup_text (row, 0);

      if (reader != NULL)
        g_strv_builder_add (builder, reader);
    }
  if (failure == NULL)
    return g_strv_builder_end (builder);
  g_propagate_error (error, failure);
  return NULL;
}

gboolean
sag_readers_rename (SagDb *db, const char *from, const char *to, GError **error)
{
  /* Steps hang on all masks of their journal: two of them do not become one. */
  return sag_db_run (db, error,
                     "DELETE FROM steps WHERE reader IN (?1, ?2) AND case_id IN (SELECT case_id "
                     "FROM masks WHERE reader IN (?1, ?2) GROUP BY case_id HAVING count(DISTINCT "
                     "reader) > 1)",
                     "ss", from, to) &&
         sag_db_run (db, error, "UPDATE steps SET reader = ?2 WHERE reader = ?1", "ss", from, to) &&
         sag_db_run (db, error,
                     "UPDATE OR IGNORE labels SET reader = ?2, crc = " SAG_LABEL_CRC_BY (
                       "?2") " WHERE reader = ?1 AND crc = " SAG_LABEL_CRC,
                     "ss", from, to) &&
         sag_db_run (db, error,
                     "UPDATE masks SET reader = ?2, crc = " SAG_MASK_CRC_BY (
                       "?2", "position") " WHERE reader = ?1 AND crc = " SAG_MASK_CRC,
                     "ss", from, to) &&
         sag_db_run (db, error, "UPDATE measurements SET reader = ?2 WHERE reader = ?1", "ss", from,
                     to) &&
         sag_db_run (db, error, "UPDATE reviews SET reader = ?2 WHERE reader = ?1", "ss", from,
                     to) &&
         sag_seen_hand_on (db, from, to, error) &&
         sag_audit_add (db, error, "reader", "%s is called %s now", from, to);
}
