/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-private.h"

#include "model/core/json-writer.h"
#include "model/store/records.h"

#include <string.h>

#define DATA "sag-ui-labels-seen"
#define ANSWERS "sag-ui-labels-answers"

/* What the open project knows was seen of @one. */
static GHashTable *
get_known (SagUiLabels *self)
{
  const guint serial = sag_ui_project_get_serial (self->project);
  GHashTable *known = g_object_get_data (G_OBJECT (self->one), DATA);

  if (known == NULL)
    {
      known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (self->one), DATA, known,
                              (GDestroyNotify) g_hash_table_unref);
    }
  /* The serial stands under an empty text, which nobody asks. */
  if (GPOINTER_TO_UINT (g_hash_table_lookup (known, "")) != serial)
    g_hash_table_remove_all (known);
  g_hash_table_insert (known, g_strdup (""), GUINT_TO_POINTER (serial));
  return known;
}

typedef struct
{
  gint64 case_id;
  char  *text;
  char  *bundle;
  char  *reader; /* who may not be who works when it is written */
} Seen;

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_free (seen->text);
  g_free (seen->bundle);
  g_free (seen->reader);
  g_free (seen);
}

static gboolean
write_seen (SagDb *db, gpointer data, GError **error)
{
  const Seen      *seen = data;
  g_autofree char *reader = g_strdup (sag_db_get_reader (db));
  gboolean         done;

  sag_db_set_reader (db, seen->reader);
  done = sag_seen_add (db, seen->case_id, seen->text, seen->bundle, error);
  sag_db_set_reader (db, reader);
  return done;
}

/* Answers */

static char *
dup_json (const SagAnswer *answer)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "notice", "Research use, not a medical device");
  sag_answer_write (answer, NULL, writer);
  sag_geometry_write_json (&answer->cell_geometry, writer, "cell_geometry");
  sag_json_begin_object (writer, "provenance");
  sag_provenance_write (answer->provenance, writer);
  sag_json_end_object (writer);
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

static GBytes *
dup_cells (const SagAnswer *answer)
{
  const gsize n = (gsize) sag_geometry_n_voxels (&answer->cell_geometry);
  guint32    *bits = g_new (guint32, n);

  memcpy (bits, answer->cells, n * sizeof *bits);
  for (gsize i = 0; i < n; i++)
    bits[i] = GUINT32_TO_LE (bits[i]);
  return g_bytes_new_take (bits, n * sizeof *bits);
}

static gboolean
write_answer (SagDb *db, gpointer row, GError **error)
{
  return sag_answers_put (db, row, error);
}

/* Which answers the open project has of @one, by text. */
static GHashTable *
get_answers (SagUiLabels *self)
{
  const guint serial = sag_ui_project_get_serial (self->project);
  GHashTable *answers = g_object_get_data (G_OBJECT (self->one), ANSWERS);

  if (answers == NULL ||
      GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (self->one), ANSWERS "-serial")) != serial)
    {
      answers =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sag_answer_unref);
      g_object_set_data_full (G_OBJECT (self->one), ANSWERS, answers,
                              (GDestroyNotify) g_hash_table_unref);
      g_object_set_data (G_OBJECT (self->one), ANSWERS "-serial", GUINT_TO_POINTER (serial));
    }
  return answers;
}

/* What was shown can be looked at again, and exported. */
static void
note_answer (SagUiLabels *self, SagAnswer *answer)
{
  GHashTable   *answers = get_answers (self);
  SagAnswerRow *row;

  if (g_hash_table_lookup (answers, answer->text) == answer ||
      answer->provenance->bundle_sha256 == NULL)
    return;
  g_hash_table_replace (answers, g_strdup (answer->text), sag_answer_ref (answer));
  row = g_new0 (SagAnswerRow, 1);
  row->case_id = self->case_id;
  row->at = g_get_real_time () / 1000;
  row->text = g_strdup (answer->text);
  row->bundle = g_strdup (answer->provenance->bundle_sha256);
  row->json = dup_json (answer);
  row->cells = answer->has_map ? dup_cells (answer) : NULL;
  sag_ui_project_post (self->project, write_answer, row, (GDestroyNotify) sag_answer_row_free);
}

static void
note (const char *text, const char *bundle, SagAnswer *answer, gpointer user_data)
{
  SagUiLabels *self = user_data;
  Seen        *seen;

  if (answer != NULL)
    note_answer (self, answer);
  if (!g_hash_table_insert (get_known (self), g_strdup (text), NULL))
    return;
  seen = g_new (Seen, 1);
  *seen = (Seen){ self->case_id, g_strdup (text), g_strdup (bundle),
                  g_strdup (sag_ui_project_get_reader (self->project)) };
  sag_ui_project_post (self->project, write_seen, seen, seen_free);
}

void
sag_ui_labels_note_seen (SagUiLabels *self)
{
  if (self->one != NULL && self->case_id != 0 && sag_ui_project_can_write (self->project))
    sag_ui_opinion_foreach_seen (self->one, note, self);
}

static void
forget (SagUiCase *one, gpointer user_data)
{
  g_object_set_data (G_OBJECT (one), DATA, NULL);
}

void
sag_ui_labels_forget_seen (SagUiLabels *self)
{
  sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), forget, NULL);
}

void
sag_ui_labels_take_seen (SagUiLabels *self, const GPtrArray *rows)
{
  for (guint r = 0; r < rows->len; r++)
    {
      const SagSeenRow *row = g_ptr_array_index (rows, r);

      g_hash_table_insert (get_known (self), g_strdup (row->text), NULL);
      sag_ui_opinion_see (self->one, row->text, row->bundle);
    }
  sag_ui_labels_note_seen (self);
}
