/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/project-private.h"

#include "model/store/implicit.h"
#include "ui/base/trace.h"

#include <glib/gi18n.h>
#include <string.h>

#define SETTLE_MS 50

/* Closing */

typedef struct
{
  SagStore *store;
  char     *remove;
} Close;

static void
close_free (gpointer data)
{
  g_free (((Close *) data)->remove);
  g_free (data);
}

static void
close_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Close *close = data;
  g_autoptr (GError) error = NULL;
  gboolean done = sag_store_close (close->store, &error);

  if (close->remove != NULL)
    {
      /* Nobody wants it: what was not written need not be. */
      g_clear_error (&error);
      done = sag_implicit_remove (close->remove, &error);
    }
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_warning ("%s", error->message);
      sag_ui_project_say (self, error->message);
    }
  sag_ui_project_set_busy (self, -1);
}

static void
close_behind (SagUiProject *self, Close *close)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, closed_cb, NULL);

  sag_ui_project_set_busy (self, 1);
  g_task_set_task_data (task, close, close_free);
  g_task_run_in_thread (task, close_thread);
}

void
sag_ui_project_close_behind (SagUiProject *self, SagStore *store, char *remove)
{
  Close *close = g_new (Close, 1);

  *close = (Close){ store, remove };
  if (self->n_holds > 0)
    self->held_stores = g_slist_prepend (self->held_stores, close);
  else
    close_behind (self, close);
}

void
sag_ui_project_hold (SagUiProject *self)
{
  self->n_holds++;
  sag_ui_project_set_busy (self, 1);
}

void
sag_ui_project_release (SagUiProject *self)
{
  g_return_if_fail (self->n_holds > 0);

  if (--self->n_holds == 0)
    {
      for (GSList *item = self->held_stores; item != NULL; item = item->next)
        close_behind (self, item->data);
      g_clear_pointer (&self->held_stores, g_slist_free);
    }
  sag_ui_project_set_busy (self, -1);
}

SagStore *
sag_ui_project_let_go (SagUiProject *self)
{
  SagStore *store = self->store;

  g_ptr_array_set_size (self->held, 0);
  g_ptr_array_set_size (self->awaited, 0);
  sag_ui_project_tell (self, SAG_UI_PROJECT_CLOSING);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->saving_id, g_source_remove);
  self->opening++;
  self->is_reloading = self->reload_again = self->is_stuck = FALSE;
  self->store = NULL;
  self->is_implicit = self->is_new = FALSE;
  g_clear_pointer (&self->unsaved, g_free);
  sag_ui_project_take_list (self, NULL);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->title, g_free);
  sag_ui_project_set_note (self, NULL);
  sag_store_set_trouble (store, NULL, NULL);
  return store;
}

void
sag_ui_project_close (SagUiProject *self)
{
  char *remove = NULL;

  self->starting++;
  if (self->store == NULL)
    return;
  if (self->is_implicit && !self->keeps)
    remove = g_strdup (self->unsaved);
  sag_ui_project_close_behind (self, sag_ui_project_let_go (self), remove);
  sag_ui_project_notify (self, SAG_UI_PROJECT_STORE);
  sag_ui_project_notify (self, SAG_UI_PROJECT_TITLE);
  sag_ui_project_notify (self, SAG_UI_PROJECT_SAVING);
  sag_ui_project_tell (self, SAG_UI_PROJECT_LIST);
  sag_ui_project_tell (self, SAG_UI_PROJECT_TASKS);
}

/* Opening */

typedef struct
{
  char        *path;
  char        *reader;
  gboolean     create;
  SagStore    *store;
  SagWorklist *list;
} Open;

static void
open_free (gpointer data)
{
  Open *open = data;

  g_clear_pointer (&open->list, sag_worklist_free);
  g_clear_pointer (&open->store, sag_store_free);
  g_free (open->path);
  g_free (open->reader);
  g_free (open);
}

static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Open *open = data;
  g_autoptr (GError) error = NULL;

  open->store = sag_store_open (open->path, open->create ? SAG_STORE_CREATE : SAG_STORE_WRITE,
                                open->reader, &error);
  if (open->store != NULL && sag_store_run (open->store, sag_ui_project_load, &open->list, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
sag_ui_project_set_place (SagUiProject *self)
{
  g_autofree char *path = sag_store_dup_path (self->store);

  g_free (self->folder);
  g_free (self->title);
  self->folder = g_path_get_dirname (path);
  self->title = self->is_implicit ? NULL : g_filename_display_basename (path);
  if (self->title != NULL && g_str_has_suffix (self->title, SAG_UI_PROJECT_SUFFIX))
    self->title[strlen (self->title) - strlen (SAG_UI_PROJECT_SUFFIX)] = 0;
  sag_ui_project_notify (self, SAG_UI_PROJECT_TITLE);
}

void
sag_ui_project_install (SagUiProject *self,
                        SagStore     *store,
                        SagWorklist  *list,
                        gboolean      is_implicit)
{
  self->opening++;
  self->store = store;
  self->is_implicit = is_implicit;
  self->keeps = self->is_new = FALSE;
  self->unsaved = is_implicit ? sag_store_dup_path (store) : NULL;
  self->cancellable = g_cancellable_new ();
  sag_store_set_trouble (store, sag_ui_project_trouble, self);
  sag_ui_project_set_place (self);
  sag_ui_project_take_list (self, list);
  sag_ui_project_set_note (self, sag_store_get_why_read_only (store));
  sag_ui_trace ("project", "cases", (double) list->items->len, NULL);
  sag_ui_project_notify (self, SAG_UI_PROJECT_STORE);
  sag_ui_project_tell (self, SAG_UI_PROJECT_LIST);
  sag_ui_project_tell (self, SAG_UI_PROJECT_TASKS);
  sag_ui_project_meet_all (self);
}

/* Another project would take the place of one whose work is not on disk. */
static gboolean
may_leave (SagUiProject *self)
{
  g_autofree char *sentence = NULL;

  if (!sag_ui_project_is_stuck (self))
    return TRUE;
  if (self->is_implicit)
    sentence = g_strdup (_ ("What you did is not saved yet. Save it in a new project first."));
  else
    /* Translators: the name of a project. */
    sentence =
      g_strdup_printf (_ ("The work in %s is not saved yet. Save it elsewhere, or close that "
                          "project, before another one is opened."),
                       self->title);
  sag_ui_project_say (self, sentence);
  return FALSE;
}

static void
take_opened (SagUiProject *self, Open *open)
{
  if (self->is_implicit && !sag_store_is_read_only (open->store))
    {
      sag_ui_project_adopt (self, g_steal_pointer (&open->store), g_steal_pointer (&open->list),
                            open->reader);
      return;
    }
  /* What can only be looked at takes nothing. */
  self->keeps = TRUE;
  sag_ui_project_close (self);
  sag_ui_project_install (self, g_steal_pointer (&open->store), g_steal_pointer (&open->list),
                          FALSE);
  self->is_new = open->create;
  sag_ui_project_tell (self, SAG_UI_PROJECT_OPENED);
  sag_ui_project_follow_reader (self, open->reader);
}

/* Not while what has no name is being saved under one. */
static gboolean
settle_cb (gpointer user_data)
{
  SagUiProject *self = g_task_get_source_object (user_data);
  Open         *open = g_task_get_task_data (user_data);

  if ((self->is_implicit && self->n_holds > 0) || self->n_adopting > 0)
    return G_SOURCE_CONTINUE;
  if (self->session != NULL && !self->is_over && may_leave (self))
    take_opened (self, open);
  self->n_opening--;
  sag_ui_project_set_busy (self, -1);
  return G_SOURCE_REMOVE;
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      sag_ui_project_say (self, error->message);
      self->n_opening--;
      sag_ui_project_set_busy (self, -1);
    }
  else if (settle_cb (result) == G_SOURCE_CONTINUE)
    g_timeout_add_full (G_PRIORITY_DEFAULT, SETTLE_MS, settle_cb, g_object_ref (result),
                        g_object_unref);
}

void
sag_ui_project_open (SagUiProject *self, GFile *file, gboolean create)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *now = self->store != NULL ? sag_store_dup_path (self->store) : NULL;
  Open            *open;

  if (path == NULL)
    {
      sag_ui_project_say (self, _ ("A project must lie in a folder of this computer or of a share "
                                   "that is mounted. Choose another place."));
      return;
    }
  if (create && self->is_implicit)
    {
      sag_ui_project_save_as (self, file);
      return;
    }
  if (g_strcmp0 (path, now) == 0 || !may_leave (self))
    return;
  open = g_new0 (Open, 1);
  open->path = g_steal_pointer (&path);
  open->reader = g_strdup (sag_ui_project_get_reader (self));
  open->create = create;
  task = g_task_new (self, NULL, opened_cb, NULL);
  self->n_opening++;
  sag_ui_project_set_busy (self, 1);
  g_task_set_task_data (task, open, open_free);
  g_task_run_in_thread (task, open_thread);
}

/* Elsewhere */

typedef struct
{
  SagStore *store;
  char     *path;
  char     *remove; /* (nullable): the implicit project that it was */
} SaveAs;

static void
save_as_free (gpointer data)
{
  g_free (((SaveAs *) data)->path);
  g_free (((SaveAs *) data)->remove);
  g_free (data);
}

static void
save_as_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SaveAs *save = data;
  g_autoptr (GError) error = NULL;

  if (sag_store_save_as (save->store, save->path, &error))
    {
      if (save->remove != NULL && !sag_implicit_remove (save->remove, &error))
        g_warning ("%s", error->message);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
saved_as_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  SaveAs       *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  sag_ui_project_release (self);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    sag_ui_project_say (self, error->message);
  else if (save->store == self->store)
    {
      self->is_implicit = FALSE;
      self->is_new = save->remove != NULL;
      g_clear_pointer (&self->unsaved, g_free);
      sag_ui_project_set_place (self);
      self->is_stuck = FALSE;
      sag_ui_project_set_note (self, NULL);
      sag_ui_project_watch_saving (self);
      sag_ui_project_notify (self, SAG_UI_PROJECT_STORE);
      if (save->remove != NULL)
        {
          sag_ui_project_tell (self, SAG_UI_PROJECT_LIST);
          sag_ui_project_tell (self, SAG_UI_PROJECT_TASKS);
        }
      sag_ui_project_meet_again (self);
      if (save->remove != NULL)
        {
          sag_ui_project_reload (self);
          sag_ui_project_tell (self, SAG_UI_PROJECT_OPENED);
        }
    }
  sag_ui_project_set_busy (self, -1);
}

/* A store is not closed before it has moved. */
void
sag_ui_project_save_as (SagUiProject *self, GFile *file)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, saved_as_cb, NULL);
  SaveAs *save;

  if (self->store == NULL || g_file_peek_path (file) == NULL)
    return;
  save = g_new0 (SaveAs, 1);
  save->store = self->store;
  save->path = g_file_get_path (file);
  save->remove = self->is_implicit ? g_strdup (self->unsaved) : NULL;
  sag_ui_project_hold (self);
  sag_ui_project_set_busy (self, 1);
  g_task_set_task_data (task, save, save_as_free);
  g_task_run_in_thread (task, save_as_thread);
}
