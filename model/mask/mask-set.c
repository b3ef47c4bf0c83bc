/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/mask-set.h"

#include "model/core/error.h"

/* Larger steps are packed on another thread. */
#define PACK_AT_ONCE 128

typedef struct
{
  SagMaskInfo *info;
  SagMask     *mask;
} Item;

typedef struct
{
  gint64       number;
  char        *title;
  SagMaskStep *step; /* NULL: let go; the project has it */
} Entry;

struct _SagMaskSet
{
  SagGeometry     geometry;
  GPtrArray      *items;
  GPtrArray      *entries;
  guint           position; /* entries before it are done */
  gint64          next_number;
  gsize           budget_bytes;
  gboolean        kept; /* somebody has all steps: they can be let go and loaded again */
  SagMaskSetFunc  func;
  gpointer        func_data;
  GDestroyNotify  func_destroy;
  SagMaskLoadFunc load;
  gpointer        load_data;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  sag_mask_info_free (item->info);
  sag_mask_unref (item->mask);
  g_free (item);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->title);
  g_clear_pointer (&entry->step, sag_mask_step_unref);
  g_free (entry);
}

SagMaskSet *
sag_mask_set_new (const SagGeometry *geometry)
{
  SagMaskSet *set = g_new0 (SagMaskSet, 1);

  set->geometry = *geometry;
  set->items = g_ptr_array_new_with_free_func (item_free);
  set->entries = g_ptr_array_new_with_free_func (entry_free);
  set->next_number = 1;
  set->budget_bytes = SAG_MASK_UNDO_BYTES;
  return set;
}

void
sag_mask_set_free (SagMaskSet *set)
{
  if (set == NULL)
    return;
  sag_mask_set_listen (set, NULL, NULL, NULL);
  g_ptr_array_unref (set->items);
  g_ptr_array_unref (set->entries);
  g_free (set);
}

void
sag_mask_set_listen (SagMaskSet    *set,
                     SagMaskSetFunc func,
                     gpointer       user_data,
                     GDestroyNotify destroy)
{
  if (set->func_destroy != NULL)
    set->func_destroy (set->func_data);
  set->func = func;
  set->func_data = user_data;
  set->func_destroy = destroy;
}

gpointer
sag_mask_set_get_listener (SagMaskSet *set, SagMaskSetFunc func)
{
  return set->func == func ? set->func_data : NULL;
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

const SagGeometry *
sag_mask_set_get_geometry (SagMaskSet *set)
{
  return &set->geometry;
}

guint
sag_mask_set_get_n (SagMaskSet *set)
{
  return set->items->len;
}

static Item *
get_item (SagMaskSet *set, guint index)
{
  return g_ptr_array_index (set->items, index);
}

const SagMaskInfo *
sag_mask_set_get_info (SagMaskSet *set, guint index)
{
  g_return_val_if_fail (index < set->items->len, NULL);
  return get_item (set, index)->info;
}

SagMask *
sag_mask_set_get_mask (SagMaskSet *set, guint index)
{
  g_return_val_if_fail (index < set->items->len, NULL);
  return get_item (set, index)->mask;
}

int
sag_mask_set_find (SagMaskSet *set, const char *id)
{
  for (guint i = 0; i < set->items->len; i++)
    if (g_strcmp0 (get_item (set, i)->info->id, id) == 0)
      return (int) i;
  return -1;
}

static void
insert_item (SagMaskSet *set, guint index, const SagMaskInfo *info, SagMask *mask)
{
  Item *item = g_new (Item, 1);

  item->info = sag_mask_info_copy (info);
  item->mask = sag_mask_ref (mask);
  g_ptr_array_insert (set->items, (int) MIN (index, set->items->len), item);
}

void
sag_mask_set_put (SagMaskSet *set, const SagMaskInfo *info, SagMask *mask)
{
  insert_item (set, set->items->len, info, mask);
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

static void
push (SagMaskSet *set, SagMaskStep *step)
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

static Item *
need_item (SagMaskSet *set, const char *id, guint *index, GError **error)
{
  const int found = sag_mask_set_find (set, id);

  if (found < 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "There is no such mask.");
      return NULL;
    }
  *index = (guint) found;
  return get_item (set, *index);
}

static gboolean
check_grid (SagMaskSet *set, SagMask *mask, GError **error)
{
  if (sag_geometry_equal (sag_mask_get_geometry (mask), &set->geometry, 0.01))
    return TRUE;
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                       "The mask does not lie on the grid of the scan.");
  return FALSE;
}

gboolean
sag_mask_set_add (
  SagMaskSet *set, const char *title, const SagMaskInfo *info, SagMask *mask, GError **error)
{
  g_autoptr (SagMask) new = mask != NULL ? sag_mask_ref (mask) : sag_mask_new (&set->geometry);
  g_autoptr (SagMaskStep) step = NULL;
  const guint place = set->items->len;

  if (!check_grid (set, new, error))
    return FALSE;
  if (info->id == NULL || sag_mask_set_find (set, info->id) >= 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "This mask is already there.");
      return FALSE;
    }
  insert_item (set, place, info, new);
  step = sag_mask_step_new (title);
  sag_mask_step_add (step, NULL, NULL, info, new, (guint[]){ place, place });
  push (set, step);
  return TRUE;
}

gboolean
sag_mask_set_remove (SagMaskSet *set, const char *title, const char *id, GError **error)
{
  guint index;
  Item *item = need_item (set, id, &index, error);
  g_autoptr (SagMaskStep) step = NULL;

  if (item == NULL)
    return FALSE;
  step = sag_mask_step_new (title);
  sag_mask_step_add (step, item->info, item->mask, NULL, NULL, (guint[]){ index, index });
  g_ptr_array_remove_index (set->items, index);
  push (set, step);
  return TRUE;
}

gboolean
sag_mask_set_move (SagMaskSet *set, const char *title, const char *id, guint index, GError **error)
{
  guint from;
  Item *item = need_item (set, id, &from, error);
  g_autoptr (SagMaskStep) step = NULL;

  if (item == NULL)
    return FALSE;
  index = MIN (index, set->items->len - 1);
  if (index == from)
    return TRUE;
  step = sag_mask_step_new (title);
  sag_mask_step_add (step, item->info, item->mask, item->info, item->mask,
                     (guint[]){ from, index });
  g_ptr_array_insert (set->items, (int) index, g_ptr_array_steal_index (set->items, from));
  push (set, step);
  return TRUE;
}

gboolean
sag_mask_set_change_info (SagMaskSet        *set,
                          const char        *title,
                          const SagMaskInfo *info,
                          GError           **error)
{
  guint index;
  Item *item = need_item (set, info->id, &index, error);
  g_autoptr (SagMaskStep) step = NULL;

  if (item == NULL)
    return FALSE;
  if (sag_mask_info_equal (item->info, info))
    return TRUE;
  step = sag_mask_step_new (title);
  sag_mask_step_add (step, item->info, item->mask, info, item->mask, (guint[]){ index, index });
  sag_mask_info_free (item->info);
  item->info = sag_mask_info_copy (info);
  push (set, step);
  return TRUE;
}

gboolean
sag_mask_set_commit (
  SagMaskSet *set, const char *title, const char *id, SagMask *mask, GError **error)
{
  guint index;
  Item *item = need_item (set, id, &index, error);
  g_autoptr (SagMaskStep) step = NULL;

  if (item == NULL || !check_grid (set, mask, error))
    return FALSE;
  if (item->info->locked)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "\"%s\" is locked; unlock it first.",
                   item->info->name);
      return FALSE;
    }
  if (sag_mask_equal (item->mask, mask))
    return TRUE;
  step = sag_mask_step_new (title);
  sag_mask_step_add (step, item->info, item->mask, item->info, mask, (guint[]){ index, index });
  sag_mask_unref (item->mask);
  item->mask = sag_mask_ref (mask);
  push (set, step);
  return TRUE;
}

/* One change of a step, there or back. */
static gboolean
apply_change (SagMaskSet *set, SagMaskStep *step, guint c, gboolean back, GError **error)
{
  const SagMaskChange *change = sag_mask_step_get_change (step, c);
  const SagMaskInfo   *info = back ? change->before : change->after;
  const int            index = sag_mask_set_find (set, change->id);
  g_autoptr (SagMask) mask = NULL;

  if (!sag_mask_step_apply (step, c, index >= 0 ? get_item (set, (guint) index)->mask : NULL, back,
                            &mask, error))
    return FALSE;
  if (index >= 0)
    g_ptr_array_remove_index (set->items, (guint) index);
  if (info != NULL)
    insert_item (set, change->position[back ? 0 : 1], info, mask);
  return TRUE;
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
    if (!apply_change (set, entry->step, back ? n - 1 - c : c, back, error))
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
