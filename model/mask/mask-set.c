/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/mask-set.h"

#include "model/core/error.h"
#include "model/mask/mask-set-private.h"

typedef struct
{
  SagMaskInfo *info;
  SagMask     *mask;
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  sag_mask_info_free (item->info);
  sag_mask_unref (item->mask);
  g_free (item);
}

SagMaskSet *
sag_mask_set_new (const SagGeometry *geometry)
{
  SagMaskSet *set = g_new0 (SagMaskSet, 1);

  set->geometry = *geometry;
  set->items = g_ptr_array_new_with_free_func (item_free);
  set->entries = sag_mask_entries_new ();
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
  if (sag_geometry_equal (sag_mask_get_geometry (mask), &set->geometry, SAG_SAME_GRID_MM))
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
  sag_mask_set_push (set, step);
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
  sag_mask_set_push (set, step);
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
  sag_mask_set_push (set, step);
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
  sag_mask_set_push (set, step);
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
  sag_mask_set_push (set, step);
  return TRUE;
}

gboolean
sag_mask_set_apply (SagMaskSet *set, SagMaskStep *step, guint c, gboolean back, GError **error)
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
