/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/tasks-write.h"

#include "model/store/tasks-kept.h"
#include "ui/project/project-private.h"

#include <glib/gi18n.h>

/* The list before and after; what is shared with the store's thread is written there alone. */
typedef struct
{
  gatomicrefcount ref_count;
  GWeakRef        project;
  guint           serial; /* of the project that was open */
  SagTaskRow     *row;
  SagUiTaskDeed   deed;
  guint           place;
  SagTasksKept   *before;
  SagTasksKept   *after;
} Change;

static void
change_unref (gpointer data)
{
  Change *change = data;

  if (!g_atomic_ref_count_dec (&change->ref_count))
    return;
  g_weak_ref_clear (&change->project);
  sag_task_row_free (change->row);
  g_clear_pointer (&change->before, sag_tasks_kept_free);
  g_clear_pointer (&change->after, sag_tasks_kept_free);
  g_free (change);
}

static Change *
change_ref (Change *change)
{
  g_atomic_ref_count_inc (&change->ref_count);
  return change;
}

static gboolean
write_deed (SagDb *db, Change *change, GError **error)
{
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

/* Keeps the list as it is now in @place. */
static gboolean
keep (SagDb *db, Change *change, SagTasksKept **place, GError **error)
{
  SagTasksKept *kept = sag_tasks_keep (db, change->row->id, error);

  if (kept == NULL)
    return FALSE;
  g_clear_pointer (place, sag_tasks_kept_free);
  *place = kept;
  return TRUE;
}

static gboolean
write_first (SagDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return keep (db, change, &change->before, error) && write_deed (db, change, error);
}

static gboolean
write_undo (SagDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return keep (db, change, &change->after, error) &&
         sag_tasks_bring_back (db, change->before, change->row->id, error);
}

static gboolean
write_redo (SagDb *db, gpointer data, GError **error)
{
  Change *change = data;

  return keep (db, change, &change->before, error) &&
         sag_tasks_bring_back (db, change->after, change->row->id, error);
}

/* Steps */

typedef struct
{
  SagUiProject *project;
  Change       *change;
  SagUiJournal *journal; /* (nullable): it waits for the step; else one is undone or redone */
} Write;

static void go (Change *change, SagStoreFunc func, gboolean is_first);

static void
undo (gpointer change)
{
  go (change, write_undo, FALSE);
}

static void
redo (gpointer change)
{
  go (change, write_redo, FALSE);
}

static const SagUiStepTable table = { undo, redo, change_unref };

static const char *
get_title (SagUiTaskDeed deed)
{
  switch (deed)
    {
    case SAG_UI_TASK_MOVE:
      return _ ("Task moved");
    case SAG_UI_TASK_PUT_ASIDE:
      return _ ("Task put aside");
    case SAG_UI_TASK_REMOVE:
      return _ ("Task removed");
    case SAG_UI_TASK_PUT:
    default:
      return _ ("Task changed");
    }
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Write        *write = user_data;
  SagUiProject *project = write->project;
  g_autoptr (GError) error = NULL;

  if (!sag_store_run_finish (result, &error))
    sag_ui_project_say (project, error->message);
  else if (write->journal != NULL && sag_ui_project_get_serial (project) == write->change->serial)
    sag_ui_journal_push (write->journal, get_title (write->change->deed), &table,
                         change_ref (write->change));
  if (write->journal != NULL)
    sag_ui_journal_release (write->journal);
  g_clear_object (&write->journal);
  sag_ui_project_reload (project);
  change_unref (write->change);
  g_object_unref (project);
  g_free (write);
}

static void
go (Change *change, SagStoreFunc func, gboolean is_first)
{
  g_autoptr (SagUiProject) project = g_weak_ref_get (&change->project);
  Write *write;

  if (project == NULL || sag_ui_project_get_serial (project) != change->serial ||
      sag_ui_project_get_store (project) == NULL || !sag_ui_project_can_write (project))
    return;
  write = g_new (Write, 1);
  *write = (Write){ g_object_ref (project), change_ref (change), NULL };
  if (is_first && project->session != NULL)
    {
      write->journal = g_object_ref (sag_ui_session_get_journal (project->session));
      sag_ui_journal_hold (write->journal);
    }
  sag_store_run_async (sag_ui_project_get_store (project), func, change, written_cb, write);
}

void
sag_ui_tasks_write (SagUiProject *project, const SagTaskRow *task, SagUiTaskDeed deed, guint place)
{
  Change *change = g_new0 (Change, 1);

  g_atomic_ref_count_init (&change->ref_count);
  g_weak_ref_init (&change->project, project);
  change->serial = sag_ui_project_get_serial (project);
  change->row = sag_ui_task_copy (task);
  change->deed = deed;
  change->place = place;
  go (change, write_first, TRUE);
  change_unref (change);
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
