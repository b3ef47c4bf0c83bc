/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/records.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/crc32c.h"
#include "model/store/db-private.h"
#include "model/store/schema.h"

#include <string.h>

void
sag_answer_row_free (SagAnswerRow *row)
{
  if (row == NULL)
    return;
  g_free (row->text);
  g_free (row->bundle);
  g_free (row->json);
  g_clear_pointer (&row->cells, g_bytes_unref);
  g_free (row);
}

void
sag_measurement_row_free (SagMeasurementRow *row)
{
  if (row == NULL)
    return;
  g_free (row->uuid);
  g_free (row->reader);
  g_free (row->json);
  g_free (row);
}

void
sag_review_row_free (SagReviewRow *row)
{
  if (row == NULL)
    return;
  g_free (row->uuid);
  g_free (row->reader);
  g_free (row->comment);
  g_free (row->mask);
  g_free (row);
}

static guint32
answer_crc (const char *json, GBytes *cells)
{
  gsize       size = 0;
  const void *data = cells != NULL ? g_bytes_get_data (cells, &size) : NULL;

  return sag_crc32c (sag_crc32c (0, json, strlen (json)), data, size);
}

gboolean
sag_answers_put (SagDb *db, const SagAnswerRow *row, GError **error)
{
  return sag_db_run (db, error,
                     "INSERT OR REPLACE INTO answers (case_id, at, text, bundle, json, cells, crc) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?)",
                     "iisssbi", row->case_id, row->at > 0 ? row->at : sag_db_now (db), row->text,
                     row->bundle, row->json, row->cells,
                     (gint64) answer_crc (row->json, row->cells)) &&
         sag_audit_add (db, error, "answer", "case %" G_GINT64_FORMAT " bundle %s", row->case_id,
                        row->bundle);
}

static SagAnswerRow *
read_answer (SagDb *db, SagRow *row, GError **error)
{
  SagAnswerRow *answer = g_new0 (SagAnswerRow, 1);
  gsize         size;
  const void   *cells = sag_row_blob (row, 6, &size);

  answer->id = sag_row_integer (row, 0);
  answer->case_id = sag_row_integer (row, 1);
  answer->at = sag_row_integer (row, 2);
  answer->text = sag_row_dup_text (row, 3);
  answer->bundle = sag_row_dup_text (row, 4);
  answer->json = sag_row_dup_text (row, 5);
  answer->cells = cells != NULL ? g_bytes_new (cells, size) : NULL;
  if (answer->text != NULL && answer->bundle != NULL && answer->json != NULL &&
      answer_crc (answer->json, answer->cells) == sag_row_integer (row, 7))
    return answer;
  sag_answer_row_free (answer);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s is damaged: an answer does not fit its checksum. Recover it with: sagitta-cli "
               "project recover.",
               sag_db_get_name (db));
  return NULL;
}

/* Moves a failure on; frees nothing. */
static GPtrArray *
finish (GPtrArray *out, GError *failure, GError **error)
{
  if (failure == NULL)
    return out;
  g_ptr_array_unref (out);
  g_propagate_error (error, failure);
  return NULL;
}

GPtrArray *
sag_answers_list (SagDb *db, gint64 case_id, GError **error)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_answer_row_free);
  GError    *failure = NULL;
  SagRow    *row = sag_db_query (db, &failure,
                                 "SELECT id, case_id, at, text, bundle, json, cells, crc FROM "
                                    "answers WHERE case_id = ? ORDER BY id",
                                 "i", case_id);

  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      SagAnswerRow *answer = read_answer (db, row, &failure);

      if (answer != NULL)
        g_ptr_array_add (out, answer);
      else
        sag_db_end (row);
    }
  return finish (out, failure, error);
}

gboolean
sag_measurements_put (SagDb *db, const SagMeasurementRow *row, GError **error)
{
  return sag_db_run (
           db, error,
           "INSERT INTO measurements (uuid, case_id, reader, at, json) VALUES (?, ?, ?, "
           "?, ?) ON CONFLICT (uuid) DO UPDATE SET at = excluded.at, json = excluded.json",
           "sisis", row->uuid, row->case_id,
           row->reader != NULL ? row->reader : sag_db_get_reader (db),
           row->at > 0 ? row->at : sag_db_now (db), row->json) &&
         sag_audit_add (db, error, "measurement", "case %" G_GINT64_FORMAT " %s", row->case_id,
                        row->uuid);
}

gboolean
sag_measurements_remove (SagDb *db, const char *uuid, GError **error)
{
  return sag_db_run (db, error, "DELETE FROM measurements WHERE uuid = ?", "s", uuid) &&
         sag_audit_add (db, error, "measurement-remove", "%s", uuid);
}

GPtrArray *
sag_measurements_list (SagDb *db, gint64 case_id, GError **error)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_measurement_row_free);
  GError    *failure = NULL;
  SagRow    *row = sag_db_query (
       db, &failure,
       "SELECT uuid, case_id, reader, at, json FROM measurements WHERE case_id = ? ORDER BY id", "i",
       case_id);

  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      SagMeasurementRow *one = g_new0 (SagMeasurementRow, 1);

      one->uuid = sag_row_dup_text (row, 0);
      one->case_id = sag_row_integer (row, 1);
      one->reader = sag_row_dup_text (row, 2);
      one->at = sag_row_integer (row, 3);
      one->json = sag_row_dup_text (row, 4);
      g_ptr_array_add (out, one);
      if (one->uuid == NULL || one->json == NULL || one->reader == NULL)
        {
          sag_db_set_impossible (db, "a measurement of case", one->case_id, &failure);
          sag_db_end (row);
        }
    }
  return finish (out, failure, error);
}

gboolean
sag_reviews_put (SagDb *db, const SagReviewRow *row, GError **error)
{
  g_autofree char *uuid = row->uuid != NULL ? g_strdup (row->uuid) : g_uuid_string_random ();

  return sag_db_run (db, error,
                     "INSERT OR REPLACE INTO reviews (uuid, case_id, task_id, reader, value, "
                     "comment, at, mask) VALUES (?, ?, nullif (?, 0), ?, ?, ?, ?, ?)",
                     "siisisis", uuid, row->case_id, row->task_id,
                     row->reader != NULL ? row->reader : sag_db_get_reader (db),
                     (gint64) row->value, row->comment, row->at > 0 ? row->at : sag_db_now (db),
                     row->mask) &&
         sag_audit_add (db, error, "review", "case %" G_GINT64_FORMAT " task %" G_GINT64_FORMAT,
                        row->case_id, row->task_id);
}

gboolean
sag_reviews_forget (SagDb *db, gint64 case_id, gint64 task_id, gboolean masks, GError **error)
{
  const SagReviewRow none = { .case_id = case_id, .task_id = task_id, .mask = (char *) "" };

  /* The masks stay, and the rows that name them, by which they are known as no readings. */
  return (masks ? sag_reviews_put (db, &none, error)
                : sag_db_run (db, error,
                              "DELETE FROM reviews WHERE case_id = ? AND task_id = ? AND mask IS "
                              "NULL AND value <> 0",
                              "ii", case_id, task_id)) &&
         sag_audit_add (db, error, "review-forget",
                        "case %" G_GINT64_FORMAT " task %" G_GINT64_FORMAT, case_id, task_id);
}

GPtrArray *
sag_reviews_list (SagDb *db, gint64 case_id, GError **error)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_review_row_free);
  GError    *failure = NULL;
  SagRow    *row = NULL;

  if (sag_schema_need_version (db, &failure))
    row = sag_db_query (
      db, &failure,
      db->version < 3
        ? "SELECT uuid, case_id, task_id, reader, value, comment, at, NULL FROM reviews WHERE ?1 = "
          "0 OR case_id = ?1 ORDER BY at, id"
        : "SELECT uuid, case_id, task_id, reader, value, comment, at, mask FROM reviews WHERE ?1 = "
          "0 OR case_id = ?1 ORDER BY at, id",
      "i", case_id);

  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      SagReviewRow *one = g_new0 (SagReviewRow, 1);

      one->uuid = sag_row_dup_text (row, 0);
      one->case_id = sag_row_integer (row, 1);
      one->task_id = sag_row_integer (row, 2);
      one->reader = sag_row_dup_text (row, 3);
      one->value = (SagLabelValue) CLAMP (sag_row_integer (row, 4), 0, SAG_N_LABEL_VALUES - 1);
      one->comment = sag_row_dup_text (row, 5);
      one->at = sag_row_integer (row, 6);
      one->mask = sag_row_dup_text (row, 7);
      g_ptr_array_add (out, one);
      if (one->reader == NULL)
        {
          sag_db_set_impossible (db, "a decision of case", one->case_id, &failure);
          sag_db_end (row);
        }
    }
  return finish (out, failure, error);
}
