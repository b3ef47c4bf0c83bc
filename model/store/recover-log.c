/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include "model/store/audit.h"
#include "model/store/crc-columns.h"
#include "model/store/labels.h"

#include <string.h>

/* Labels that are gone, by what the log says of them. */

typedef struct
{
  gint64      case_id, task_id;
  const char *reader; /* of the entry */
  char       *text;
  gint64      value, at;
  gboolean    seen;
} Logged;

static void
logged_free (gpointer data)
{
  Logged *one = data;

  g_free (one->text);
  g_free (one);
}

static char *
make_key (gint64 case_id, gint64 task_id, const char *reader)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", case_id, task_id, reader);
}

static gboolean
cut_end (char *text, const char *end)
{
  if (!g_str_has_suffix (text, end))
    return FALSE;
  text[strlen (text) - strlen (end)] = 0;
  return TRUE;
}

/* "case 1 task 2 Ann: present, answer seen, with a side" */
static void
read_label (GHashTable *labels, const SagAuditEntry *entry)
{
  g_autofree char *text = g_strdup (entry->detail);
  g_autofree char *key = NULL;
  char            *end = NULL, *word;
  Logged          *one, *before;
  gint64           case_id, task_id;
  SagLabelValue    value;
  gboolean         seen;

  cut_end (text, ", with a side");
  seen = cut_end (text, ", answer seen");
  word = g_strrstr (text, ": ");
  if (word == NULL || !g_str_has_prefix (text, "case "))
    return;
  *word = 0;
  case_id = g_ascii_strtoll (text + strlen ("case "), &end, 10);
  if (!g_str_has_prefix (end, " task "))
    return;
  task_id = g_ascii_strtoll (end + strlen (" task "), &end, 10);
  if (*end != ' ' || !sag_label_value_parse (word + 2, &value))
    return;
  key = make_key (case_id, task_id, end + 1);
  if (value == SAG_LABEL_VALUE_NONE)
    {
      g_hash_table_remove (labels, key);
      return;
    }
  before = g_hash_table_lookup (labels, key);
  one = g_new0 (Logged, 1);
  *one = (Logged){ .case_id = case_id,
                   .task_id = task_id,
                   .text = g_strdup (entry->detail),
                   .value = (gint64) value,
                   .at = entry->at,
                   .seen = seen || (before != NULL && before->seen) };
  g_hash_table_insert (labels, g_steal_pointer (&key), one);
}

/* "Ann is called Ben now" */
static void
rename_reader (GHashTable *labels, const char *detail)
{
  g_auto (GStrv) names = g_strsplit (detail, " is called ", 2);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer       key, value;

  if (g_strv_length (names) != 2 || !cut_end (names[1], " now"))
    return;
  g_hash_table_iter_init (&iter, labels);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const Logged    *one = value;
      g_autofree char *was = make_key (one->case_id, one->task_id, names[0]);

      if (strcmp (key, was) == 0)
        g_ptr_array_add (keys, g_steal_pointer (&was));
    }
  for (guint k = 0; k < keys->len; k++)
    {
      const Logged    *one = g_hash_table_lookup (labels, g_ptr_array_index (keys, k));
      g_autofree char *now = make_key (one->case_id, one->task_id, names[1]);

      /* Who has a label of his own keeps it. */
      if (g_hash_table_contains (labels, now))
        continue;
      g_hash_table_steal_extended (labels, g_ptr_array_index (keys, k), &key, &value);
      g_free (key);
      g_hash_table_insert (labels, g_steal_pointer (&now), value);
    }
}

static gboolean
is_about (gpointer key, gpointer value, gpointer data)
{
  const Logged *gone = data, *one = value;

  (void) key;
  return gone->case_id == one->case_id || gone->task_id == one->task_id;
}

/* What every label said last, by the log. */
static GHashTable *
read_log (SagRecovery *all, GError **error)
{
  GHashTable *labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, logged_free);
  g_autoptr (GPtrArray) entries = sag_audit_list (all->to, error);

  for (guint e = 0; entries != NULL && e < entries->len; e++)
    {
      const SagAuditEntry *entry = g_ptr_array_index (entries, e);
      Logged               gone = { .case_id = -1, .task_id = -1 };

      if (strcmp (entry->what, "label") == 0)
        read_label (labels, entry);
      else if (strcmp (entry->what, "reader") == 0)
        rename_reader (labels, entry->detail);
      else if (strcmp (entry->what, "case-remove") == 0)
        gone.case_id = g_ascii_strtoll (entry->detail + MIN (strlen (entry->detail), 5), NULL, 10);
      else if (strcmp (entry->what, "task-remove") == 0)
        gone.task_id = g_ascii_strtoll (entry->detail + MIN (strlen (entry->detail), 5), NULL, 10);
      if (gone.case_id >= 0 || gone.task_id >= 0)
        g_hash_table_foreach_remove (labels, is_about, &gone);
    }
  if (entries == NULL)
    g_clear_pointer (&labels, g_hash_table_unref);
  return labels;
}

/* Labels that the index names, or NULL if it cannot be read. */
static GHashTable *
read_index (SagRecovery *all)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *row;
  int           code = SQLITE_ERROR;

  if (sag_recover_prepare (
        all, &row,
        "SELECT case_id, task_id, reader FROM labels INDEXED BY sqlite_autoindex_labels_1"))
    while ((code = sqlite3_step (row)) == SQLITE_ROW)
      g_hash_table_add (keys,
                        make_key (sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1),
                                  sqlite3_column_text (row, 2) != NULL
                                    ? (const char *) sqlite3_column_text (row, 2)
                                    : ""));
  sqlite3_finalize (row);
  return code == SQLITE_DONE ? g_steal_pointer (&keys) : NULL;
}

/* The log knows neither the side nor the place, certainty and comment: the row says where it comes from. */
static gboolean
put_label (SagRecovery *all, const char *key, const Logged *one, GError **error)
{
  const char *reader = strchr (strchr (key, ' ') + 1, ' ') + 1;

  return sag_db_run (all->to, error,
                     "INSERT OR IGNORE INTO labels (case_id, task_id, reader, value, certainty, "
                     "comment, at, active_ms, seen) VALUES (?, ?, ?, ?, -1, "
                     "'(recovered from the log)', ?, 0, ?)",
                     "iisiii", one->case_id, one->task_id, reader, one->value, one->at,
                     (gint64) one->seen);
}

gboolean
sag_recover_put_labels (SagRecovery *all, GError **error)
{
  SagRecoveredTable *table = sag_recover_find_table (all->out, "labels");
  g_autoptr (GHashTable) logged = NULL;
  g_autoptr (GHashTable) told = NULL;
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  g_autoptr (GList) keys = NULL;
  gint64 n_entries = 0;

  /* A log with gaps may lack what was said last. */
  if ((table->n_missing == 0 && !table->at_least) || !sag_audit_verify (all->to, &n_entries, NULL))
    return TRUE;
  logged = read_log (all, error);
  if (logged == NULL)
    return FALSE;
  told = read_index (all);
  keys = g_list_sort (g_hash_table_get_keys (logged), (GCompareFunc) strcmp);
  for (GList *k = keys; k != NULL; k = k->next)
    {
      const Logged *one = g_hash_table_lookup (logged, k->data);

      if (told != NULL && !g_hash_table_contains (told, k->data))
        continue;
      if (!put_label (all, k->data, one, error))
        return FALSE;
      if (sag_db_n_changed (all->to) == 0)
        continue;
      table->n_placed++;
      g_strv_builder_add (texts, one->text);
    }
  all->out->labels = g_strv_builder_end (texts);
  table->n_missing = MAX (table->n_missing, table->n_placed);
  return sag_db_script (all->to, "UPDATE labels SET crc = " SAG_LABEL_CRC " WHERE crc IS NULL",
                        error);
}
