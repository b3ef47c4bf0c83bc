/* SPDX-License-Identifier: Apache-2.0 */

/* What was done to the masks of a set: undo, redo, and the memory that this may take. */

#include "model/mask/mask-set-private.h"

#include "model/core/error.h"

/* Larger steps are packed on another thread. */
#define PACK_AT_ONCE 128

typedef struct
{
  gint64       number;
  char        *title;
  SagMaskStep *step; /* NULL: let go; the project has it */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->title);
  g_clear_pointer (&entry->step, sag_mask_step_unref);
  g_free (entry);
}

GPtrArray *
sag_mask_entries_new (void)
{
  return g_ptr_array_new_with_free_func (entry_free);
}

void
sag_mask_set_set_budget (SagMaskSet     *set,
                         gsize           size_bytes,
                         SagMaskLoadFunc load,
                         gpointer        user_data)
{
  set->budget_bytes = size_bytes;
  set->load = load;
  set->load_data = user_data;
}

void
sag_mask_set_set_kept (SagMaskSet *set, gboolean kept)
{
  set->kept = kept;
}

gboolean
sag_mask_set_is_kept (SagMaskSet *set)
{
  return set->kept;
}

void
sag_mask_set_put_step (SagMaskSet *set, gint64 number, const char *title, gboolean undone)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->number = number;
  entry->title = g_strdup (title);
  g_ptr_array_add (set->entries, entry);
  if (!undone)
    set->position = set->entries->len;
  set->next_number = MAX (set->next_number, number + 1);
}

gsize
sag_mask_set_get_undo_size (SagMaskSet *set)
{
  gsize size = 0;

  for (guint e = 0; e < set->entries->len; e++)
    {
      const Entry *entry = g_ptr_array_index (set->entries, e);

      size += sizeof *entry;
      if (entry->step != NULL)
        size += sag_mask_step_get_size (entry->step);
    }
  return size;
}

static gsize
size_of_entry (const Entry *entry)
{
  return entry->step != NULL ? sag_mask_step_get_size (entry->step) : 0;
}

/* Forgets the oldest steps. */
static void
forget_oldest (SagMaskSet *set, gsize size)
{
  while (size > set->budget_bytes && set->position > 1)
    {
      size -= MIN (size, size_of_entry (g_ptr_array_index (set->entries, 0)));
      g_ptr_array_remove_index (set->entries, 0);
      set->position--;
    }
}

/* Lets go of steps until the rest is within the budget, those first that are farthest from what is undone or redone
 * next; these two always stay. */
static void
keep_budget (SagMaskSet *set)
{
  gsize size = sag_mask_set_get_undo_size (set);
  guint low = 0, high = set->entries->len;

  if (!set->kept || set->load == NULL)
    {
      forget_oldest (set, size);
      return;
    }
  while (size > set->budget_bytes && (low + 1 < set->position || high > set->position + 1))
    {
      const guint before = set->position - MIN (low + 1, set->position);
      const guint after = high - MIN (set->position + 1, high);
      Entry      *entry = g_ptr_array_index (set->entries, before >= after ? low++ : --high);

      size -= MIN (size, size_of_entry (entry));
      g_clear_pointer (&entry->step, sag_mask_step_unref);
    }
}

static void
pack_thread (gpointer data, gpointer user_data)
{
  g_autoptr (SagMaskStep) step = data;

  sag_mask_step_pack (step);
}

static void
pack_later (SagMaskStep *step)
{
  static GThreadPool *pool;
  static gsize        once;
  gsize               n = 0;

  for (guint c = 0; c < sag_mask_step_get_n_changes (step); c++)
    n += sag_mask_step_get_change (step, c)->n_bricks;
  if (n <= PACK_AT_ONCE)
    {
      sag_mask_step_pack (step);
      return;
    }
  if (g_once_init_enter (&once))
    {
      pool = g_thread_pool_new (pack_thread, NULL, 1, FALSE, NULL);
      g_once_init_leave (&once, 1);
    }
  g_thread_pool_push (pool, sag_mask_step_ref (step), NULL);
}

void
sag_mask_set_push (SagMaskSet *set, SagMaskStep *step)
{
  Entry *entry = g_new0 (Entry, 1);
  gint64 forgotten = set->next_number;

  if (set->position < set->entries->len)
    forgotten = ((Entry *) g_ptr_array_index (set->entries, set->position))->number;
  g_ptr_array_set_size (set->entries, (int) set->position);
  entry->number = set->next_number++;
  entry->title = g_strdup (sag_mask_step_get_title (step));
  entry->step = sag_mask_step_ref (step);
  g_ptr_array_add (set->entries, entry);
  set->position = set->entries->len;
  pack_later (step);
  if (set->func != NULL)
    set->func (set, SAG_MASK_STEP_DONE, entry->number, forgotten, step, set->func_data);
  keep_budget (set);
}

static gboolean
need_step (SagMaskSet *set, Entry *entry, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (entry->step != NULL)
    return TRUE;
  if (set->load == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "The step \"%s\" is no longer there.",
                   entry->title);
      return FALSE;
    }
  bytes = set->load (entry->number, set->load_data, error);
  if (bytes != NULL)
    entry->step = sag_mask_step_new_from_bytes (bytes, &set->geometry, error);
  return entry->step != NULL;
}

static gboolean
step_once (SagMaskSet *set, gboolean back, GError **error)
{
  Entry *entry;
  guint  n, c;

  if (back ? set->position == 0 : set->position == set->entries->len)
    return FALSE;
  entry = g_ptr_array_index (set->entries, back ? set->position - 1 : set->position);
  if (!need_step (set, entry, error))
    return FALSE;
  n = sag_mask_step_get_n_changes (entry->step);
  for (c = 0; c < n; c++)
    if (!sag_mask_set_apply (set, entry->step, back ? n - 1 - c : c, back, error))
      return FALSE;
  set->position = back ? set->position - 1 : set->position + 1;
  if (set->func != NULL)
    set->func (set, back ? SAG_MASK_STEP_UNDONE : SAG_MASK_STEP_REDONE, entry->number, 0,
               entry->step, set->func_data);
  if (set->kept && set->load != NULL)
    keep_budget (set);
  return TRUE;
}

gint64
sag_mask_set_get_missing (SagMaskSet *set, gboolean back)
{
  const Entry *entry;

  if (back ? set->position == 0 : set->position == set->entries->len)
    return 0;
  entry = g_ptr_array_index (set->entries, back ? set->position - 1 : set->position);
  return entry->step == NULL ? entry->number : 0;
}

gboolean
sag_mask_set_give_step (SagMaskSet *set, gint64 number, GBytes *bytes, GError **error)
{
  for (guint e = 0; e < set->entries->len; e++)
    {
      Entry *entry = g_ptr_array_index (set->entries, e);

      if (entry->number != number || entry->step != NULL)
        continue;
      entry->step = sag_mask_step_new_from_bytes (bytes, &set->geometry, error);
      return entry->step != NULL;
    }
  return TRUE;
}

gboolean
sag_mask_set_undo (SagMaskSet *set, GError **error)
{
  return step_once (set, TRUE, error);
}

gboolean
sag_mask_set_redo (SagMaskSet *set, GError **error)
{
  return step_once (set, FALSE, error);
}

const char *
sag_mask_set_get_undo_title (SagMaskSet *set)
{
  return set->position > 0 ? ((Entry *) g_ptr_array_index (set->entries, set->position - 1))->title
                           : NULL;
}

const char *
sag_mask_set_get_redo_title (SagMaskSet *set)
{
  return set->position < set->entries->len
           ? ((Entry *) g_ptr_array_index (set->entries, set->position))->title
           : NULL;
}

guint
sag_mask_set_get_n_steps (SagMaskSet *set)
{
  return set->position;
}

guint
sag_mask_set_get_n_all_steps (SagMaskSet *set)
{
  return set->entries->len;
}

void
sag_mask_set_forget_missing (SagMaskSet *set)
{
  guint low = set->position, high = set->position;

  while (low > 0 && ((Entry *) g_ptr_array_index (set->entries, low - 1))->step != NULL)
    low--;
  while (high < set->entries->len &&
         ((Entry *) g_ptr_array_index (set->entries, high))->step != NULL)
    high++;
  g_ptr_array_set_size (set->entries, (int) high);
  if (low > 0)
    g_ptr_array_remove_range (set->entries, 0, low);
  set->position -= low;
}

SagMaskStep *
sag_mask_set_get_step (SagMaskSet *set, guint index, gint64 *number, gboolean *undone)
{
  const Entry *entry;

  if (index >= set->entries->len)
    return NULL;
  entry = g_ptr_array_index (set->entries, index);
  *number = entry->number;
  *undone = index >= set->position;
  return entry->step;
}

guint
sag_mask_set_get_n_undone (SagMaskSet *set)
{
  return set->entries->len - set->position;
}

const char *
sag_mask_set_get_step_title (SagMaskSet *set, guint index)
{
  g_return_val_if_fail (index < set->entries->len, NULL);
  return ((const Entry *) g_ptr_array_index (set->entries, index))->title;
}
