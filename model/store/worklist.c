/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/worklist.h"

#include <string.h>

#define HAS_BRICKS "EXISTS (SELECT 1 FROM bricks WHERE mask_id = masks.id)"

static void
item_free (gpointer data)
{
  SagWorkItem *item = data;

  sag_case_row_free (item->one);
  g_free (item->values);
  g_free (item);
}

void
sag_worklist_free (SagWorklist *list)
{
  if (list == NULL)
    return;
  g_clear_pointer (&list->items, g_ptr_array_unref);
  g_clear_pointer (&list->tasks, g_ptr_array_unref);
  g_clear_pointer (&list->aside, g_ptr_array_unref);
  g_free (list);
}

guint
sag_work_item_get_n_readers (const SagWorkItem *item)
{
  return item->n_others + (item->n_labelled + item->n_masks > 0 ? 1 : 0);
}

/* From ids of rows to places in an array. */
static GHashTable *
places_of (GPtrArray *rows, gint64 (*id) (gconstpointer row))
{
  GHashTable *places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint r = 0; r < rows->len; r++)
    {
      const gint64 key = id (g_ptr_array_index (rows, r));

      g_hash_table_insert (places, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (r + 1));
    }
  return places;
}

static gint64
item_id (gconstpointer row)
{
  return ((const SagWorkItem *) row)->one->id;
}

static gint64
task_id (gconstpointer row)
{
  return ((const SagTaskRow *) row)->id;
}

static gboolean
read_labels (SagDb *db, SagWorklist *list, GHashTable *cases, const char *reader, GError **error)
{
  g_autoptr (GHashTable) tasks = places_of (list->tasks, task_id);
  GError *failure = NULL;
  SagRow *row = sag_db_query (
    db, &failure, "SELECT case_id, task_id, value FROM labels WHERE reader = ?", "s", reader);

  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      const gint64 one = sag_row_integer (row, 0), task = sag_row_integer (row, 1);
      const guint  place = GPOINTER_TO_UINT (g_hash_table_lookup (cases, &one));
      const guint  column = GPOINTER_TO_UINT (g_hash_table_lookup (tasks, &task));

      if (place > 0 && column > 0)
        {
          SagWorkItem *item = g_ptr_array_index (list->items, place - 1);

          item->values[column - 1] =
            (guint8) CLAMP (sag_row_integer (row, 2), 0, SAG_N_LABEL_VALUES - 1);
          item->n_labelled += item->values[column - 1] != SAG_LABEL_VALUE_NONE;
        }
    }
  return sag_db_settle (failure, error);
}

/* Counts of things by case: the reader's masks, how many others have done anything, or have painted. An empty mask or
 * label is nothing, but a mask of a task says that there is nothing of it. */
static const struct
{
  const char *query;
  gsize       offset;
} counts[] = {
  { "SELECT case_id, count(*) FROM masks WHERE reader = ? AND " HAS_BRICKS " GROUP BY case_id",
    G_STRUCT_OFFSET (SagWorkItem, n_masks) },
  { "SELECT case_id, count(*) FROM (SELECT case_id, reader FROM labels WHERE value <> 0 UNION "
    "SELECT "
    "case_id, reader FROM masks WHERE " HAS_BRICKS ") WHERE reader <> ? GROUP BY case_id",
    G_STRUCT_OFFSET (SagWorkItem, n_others) },
  { "SELECT case_id, count(DISTINCT reader) FROM masks WHERE reader <> ? AND key IS NOT NULL GROUP "
    "BY case_id",
    G_STRUCT_OFFSET (SagWorkItem, n_painters) },
};

static gboolean
read_counts (
  SagDb *db, SagWorklist *list, GHashTable *cases, const char *reader, gsize which, GError **error)
{
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, &failure, counts[which].query, "s", reader);

  while (failure == NULL && sag_db_next (db, row, &failure))
    {
      const gint64 one = sag_row_integer (row, 0);
      const guint  place = GPOINTER_TO_UINT (g_hash_table_lookup (cases, &one));
      SagWorkItem *item = place > 0 ? g_ptr_array_index (list->items, place - 1) : NULL;

      if (item != NULL)
        G_STRUCT_MEMBER (guint, item, counts[which].offset) = (guint) sag_row_integer (row, 1);
    }
  return sag_db_settle (failure, error);
}

SagWorklist *
sag_worklist_load (SagDb *db, const char *reader, GError **error)
{
  g_autoptr (SagWorklist) list = g_new0 (SagWorklist, 1);
  g_autoptr (GPtrArray) rows = sag_cases_list (db, error);
  g_autoptr (GHashTable) cases = NULL;

  list->tasks = rows != NULL ? sag_tasks_list (db, error) : NULL;
  list->aside = list->tasks != NULL ? sag_tasks_list_aside (db, error) : NULL;
  if (list->aside == NULL)
    return NULL;
  list->items = g_ptr_array_new_with_free_func (item_free);
  for (guint r = 0; r < rows->len; r++)
    {
      SagWorkItem *item = g_new0 (SagWorkItem, 1);

      item->one = g_ptr_array_index (rows, r);
      item->values = g_new0 (guint8, MAX (list->tasks->len, 1));
      g_ptr_array_add (list->items, item);
    }
  g_ptr_array_set_free_func (rows, NULL);
  cases = places_of (list->items, item_id);
  if (reader == NULL)
    reader = sag_db_get_reader (db);
  if (!read_labels (db, list, cases, reader, error))
    return NULL;
  for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
    if (!read_counts (db, list, cases, reader, c, error))
      return NULL;
  return g_steal_pointer (&list);
}

static gboolean
has_text (const char *haystack, const char *folded)
{
  g_autofree char *text = haystack != NULL ? g_utf8_casefold (haystack, -1) : NULL;

  return text != NULL && strstr (text, folded) != NULL;
}

static gboolean
is_wanted (const SagWorklist   *list,
           const SagWorkItem   *item,
           const SagWorkFilter *filter,
           const char          *folded)
{
  if (filter->states != 0 && !(filter->states >> item->one->state & 1))
    return FALSE;
  if (filter->unlabelled && item->n_labelled >= list->tasks->len)
    return FALSE;
  if (filter->task > 0 &&
      (filter->task > list->tasks->len || item->values[filter->task - 1] != filter->value))
    return FALSE;
  return folded == NULL || has_text (item->one->name, folded) ||
         has_text (item->one->patient, folded);
}

GArray *
sag_worklist_filter (const SagWorklist *list, const SagWorkFilter *filter)
{
  GArray          *places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *folded =
    filter->text != NULL && *filter->text != 0 ? g_utf8_casefold (filter->text, -1) : NULL;

  for (guint i = 0; i < list->items->len; i++)
    if (is_wanted (list, g_ptr_array_index (list->items, i), filter, folded))
      g_array_append_val (places, i);
  return places;
}

int
sag_worklist_next_unlabelled (const SagWorklist *list, int place)
{
  for (guint step = 1; step <= list->items->len; step++)
    {
      const guint        next = ((guint) (place + 1) + step - 1) % list->items->len;
      const SagWorkItem *item = g_ptr_array_index (list->items, next);

      if (item->n_labelled < list->tasks->len && (int) next != place)
        return (int) next;
    }
  return -1;
}

void
sag_worklist_get_progress (const SagWorklist *list, SagWorkProgress *progress)
{
  *progress = (SagWorkProgress){ .n_cases = list->items->len };
  for (guint i = 0; i < list->items->len; i++)
    {
      const SagWorkItem *item = g_ptr_array_index (list->items, i);

      progress->n_states[item->one->state]++;
      progress->n_labels += item->n_labelled;
      progress->n_complete += list->tasks->len > 0 && item->n_labelled == list->tasks->len;
    }
}
