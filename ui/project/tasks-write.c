/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/tasks-write.h"

typedef struct
{
  SagUiProject *project;
  SagTaskRow   *row;
  SagUiTaskDeed deed;
  guint         place;
} Change;

static gboolean
write_change (SagDb *db, gpointer data, GError **error)
{
  Change *change = data;

  switch (change->deed)
    {
    case SAG_UI_TASK_MOVE:
      return sag_tasks_move (db, change->row->id, change->place, error);
    case SAG_UI_TASK_PUT_ASIDE:
      return sag_tasks_put_aside (db, change->row->id, error);
    case SAG_UI_TASK_REMOVE:
      return sag_tasks_remove (db, change->row->id, error);
    case SAG_UI_TASK_PUT:
    default:
      return sag_tasks_put (db, change->row, error);
    }
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  g_autoptr (GError) error = NULL;

  if (!sag_store_run_finish (result, &error))
    g_signal_emit_by_name (change->project, "problem", error->message);
  sag_ui_project_reload (change->project);
  sag_task_row_free (change->row);
  g_object_unref (change->project);
  g_free (change);
}

void
sag_ui_tasks_write (SagUiProject *project, const SagTaskRow *task, SagUiTaskDeed deed, guint place)
{
  Change *change;

  if (!sag_ui_project_can_write (project))
    return;
  change = g_new (Change, 1);
  *change = (Change){ g_object_ref (project), sag_ui_task_copy (task), deed, place };
  sag_store_run_async (sag_ui_project_get_store (project), write_change, change, written_cb,
                       change);
}

SagTaskRow *
sag_ui_task_copy (const SagTaskRow *task)
{
  SagTaskRow *copy = g_memdup2 (task, sizeof *task);

  copy->key = g_strdup (task->key);
  copy->wording = g_strdup (task->wording);
  copy->snomed = g_strdup (task->snomed);
  copy->shortcut = g_strdup (task->shortcut);
  return copy;
}
