/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/decisions.h"

#include "model/core/error.h"
#include "model/store/cases.h"
#include "model/store/masks.h"
#include "model/store/records.h"

#include <string.h>

gboolean
sag_decide_label (SagDb *db, gint64 case_id, gint64 task_id, SagLabelValue value, GError **error)
{
  const SagReviewRow row = { .case_id = case_id, .task_id = task_id, .value = value };

  if ((guint) value < SAG_N_LABEL_VALUES && value != SAG_LABEL_VALUE_NONE)
    return sag_reviews_put (db, &row, error);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "A decision is a label.");
  return FALSE;
}

static SagTaskRow *
find_task (GPtrArray *tasks, gint64 id)
{
  for (guint t = 0; t < tasks->len; t++)
    if (((SagTaskRow *) g_ptr_array_index (tasks, t))->id == id)
      return g_ptr_array_index (tasks, t);
  return NULL;
}

static const SagStoredMask *
find_mask (GPtrArray *all, const char *uuid, GError **error)
{
  for (guint m = 0; m < all->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (all, m);

      if (g_strcmp0 (stored->info->id, uuid) == 0)
        return stored;
    }
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "The mask %s is no longer there. Look at the readings again.", uuid);
  return NULL;
}

/* @out: (transfer full) (nullable): nothing yet. */
static SagMask *
combine (SagMask *out, SagMask *mask, SagMaskOperation operation, GError **error)
{
  SagMask *both;

  if (out == NULL)
    return sag_mask_ref (mask);
  both = sag_mask_combine (out, mask, operation, error);
  sag_mask_unref (out);
  return both;
}

/* What one reader painted of it, together. */
static SagMask *
combine_reader (GPtrArray *all, const char *const *masks, const char *reader, GError **error)
{
  SagMask *out = NULL;

  for (guint m = 0; masks[m] != NULL; m++)
    {
      const SagStoredMask *stored = find_mask (all, masks[m], error);

      if (stored == NULL)
        {
          g_clear_pointer (&out, sag_mask_unref);
          return NULL;
        }
      if (strcmp (stored->reader, reader) != 0)
        continue;
      out = combine (out, stored->mask, SAG_MASK_UNION, error);
      if (out == NULL)
        return NULL;
    }
  return out;
}

static SagMask *
combine_all (GPtrArray *all, const char *const *masks, SagMaskOperation operation, GError **error)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);
  SagMask *out = NULL;

  for (guint m = 0; masks[m] != NULL; m++)
    {
      const SagStoredMask *stored = find_mask (all, masks[m], error);
      g_autoptr (SagMask) whole = NULL;

      if (stored != NULL && !g_hash_table_add (done, stored->reader))
        continue;
      whole = stored != NULL ? combine_reader (all, masks, stored->reader, error) : NULL;
      if (whole == NULL)
        {
          g_clear_pointer (&out, sag_mask_unref);
          return NULL;
        }
      out = combine (out, whole, operation, error);
      if (out == NULL)
        return NULL;
    }
  return out;
}

gboolean
sag_decide_mask (SagDb             *db,
                 gint64             case_id,
                 gint64             task_id,
                 const char *const *masks,
                 SagMaskOperation   operation,
                 const char        *name,
                 char             **uuid,
                 GError           **error)
{
  g_autoptr (SagCaseRow) one = sag_cases_get (db, case_id, error);
  g_autoptr (GPtrArray) tasks = one != NULL ? sag_tasks_list (db, error) : NULL;
  g_autoptr (GPtrArray) all =
    tasks != NULL ? sag_masks_list (db, case_id, NULL, &one->geometry, error) : NULL;
  const SagTaskRow *task = all != NULL ? find_task (tasks, task_id) : NULL;
  g_autoptr (SagMask) mask = NULL;
  g_autoptr (SagMaskInfo) info = NULL;
  SagReviewRow review = { .case_id = case_id, .task_id = task_id };

  if (all == NULL)
    return FALSE;
  if (task == NULL || masks[0] == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "The task is no longer there. Look at the readings again.");
      return FALSE;
    }
  mask = combine_all (all, masks, operation, error);
  if (mask == NULL)
    return FALSE;
  info = sag_mask_info_new (name, task->key, task->colour);
  review.mask = info->id;
  if (!sag_masks_put (db, case_id, info, mask, NULL, error) ||
      !sag_reviews_put (db, &review, error))
    return FALSE;
  if (uuid != NULL)
    {
      g_free (*uuid);
      *uuid = g_strdup (info->id);
    }
  return TRUE;
}
