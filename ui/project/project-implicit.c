/* SPDX-License-Identifier: Apache-2.0 */

/* Work that is in no project of the person's: where it goes, and what was left behind; how it joins one is in
 * project-adopt.c. */

#include "ui/project/project-private.h"

#include "model/store/implicit.h"
#include "ui/case/loss.h"

#include <glib/gi18n.h>

/* As many scans of work that was left behind are opened at once. */
#define MOST_SCANS 20

typedef struct
{
  char        *path; /* (nullable): of work that was left behind; else anew */
  char        *reader;
  GFile       *save_as;
  guint        starting;
  SagStore    *store;
  SagWorklist *list;
} Start;

static void
start_free (gpointer data)
{
  Start *start = data;

  g_clear_pointer (&start->list, sag_worklist_free);
  g_clear_pointer (&start->store, sag_store_free);
  g_clear_object (&start->save_as);
  g_free (start->path);
  g_free (start->reader);
  g_free (start);
}

/* Who had no name yet has the one of who works now. */
static gboolean
name_reader (SagDb *db, gpointer name, GError **error)
{
  return sag_readers_rename (db, g_get_user_name (), name, error);
}

static void
start_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Start *start = data;
  g_autoptr (GError) error = NULL;

  start->store = start->path != NULL
                   ? sag_store_open (start->path, SAG_STORE_WRITE, start->reader, &error)
                   : sag_implicit_create (start->reader, &error);
  if (start->store != NULL && sag_store_need_writable (start->store, &error) &&
      (g_strcmp0 (start->reader, g_get_user_name ()) == 0 ||
       sag_store_run (start->store, name_reader, start->reader, &error)) &&
      sag_store_run (start->store, sag_ui_project_load, &start->list, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
has_work (const SagWorkItem *item)
{
  return item->n_masks > 0 || item->n_labelled > 0 || item->n_others > 0;
}

static void
open_scans (SagUiProject *self)
{
  gint64 last = 0;
  guint  n = 0;

  for (guint i = 0; i < self->list->items->len && n < MOST_SCANS; i++)
    {
      const SagWorkItem *item = g_ptr_array_index (self->list->items, i);
      g_autoptr (GFile) file = NULL;

      if (!has_work (item))
        continue;
      file = sag_ui_project_dup_scan (self, item->one);
      sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);
      last = item->one->id;
      n++;
    }
  if (last != 0)
    sag_ui_project_go (self, last);
}

/* One that nobody waits for any more goes, unless it has work in it. */
static void
give_up (SagUiProject *self, Start *start)
{
  char *path = start->path == NULL ? sag_store_dup_path (start->store) : NULL;

  sag_ui_project_close_behind (self, g_steal_pointer (&start->store), path);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  Start        *start = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->is_starting = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      /* There is no place for one; or only that file cannot be opened. */
      self->has_failed |= start->path == NULL;
      sag_ui_project_say (self, error->message);
    }
  else if (self->session == NULL || self->store != NULL || self->starting != start->starting)
    give_up (self, start);
  else
    {
      sag_ui_project_install (self, g_steal_pointer (&start->store), g_steal_pointer (&start->list),
                              TRUE);
      sag_ui_project_follow_reader (self, start->reader);
      if (start->path != NULL)
        open_scans (self);
      if (start->save_as != NULL)
        sag_ui_project_save_as (self, start->save_as);
    }
  sag_ui_project_set_busy (self, -1);
}

static void
begin (SagUiProject *self, const char *path, GFile *save_as)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, started_cb, NULL);
  Start *start = g_new0 (Start, 1);

  start->path = g_strdup (path);
  start->reader = g_strdup (sag_ui_project_get_reader (self));
  start->starting = self->starting;
  start->save_as = save_as != NULL ? g_object_ref (save_as) : NULL;
  self->is_starting = TRUE;
  sag_ui_project_set_busy (self, 1);
  g_task_set_task_data (task, start, start_free);
  g_task_run_in_thread (task, start_thread);
}

void
sag_ui_project_shelter (SagUiProject *self)
{
  if (self->store == NULL && self->session != NULL && !self->is_starting && self->n_opening == 0 &&
      !self->is_over && !self->has_failed)
    begin (self, NULL, NULL);
}

gboolean
sag_ui_project_is_sheltered (SagUiProject *self)
{
  return self->is_implicit && !sag_ui_project_is_stuck (self);
}

/* A scan that it refused, or has not met yet, has no place in it. */
static gboolean
has_place (SagUiCase *one, gpointer self)
{
  return sag_ui_project_is_sheltered (self) && sag_ui_project_get_sure_id (self, one) != 0;
}

void
sag_ui_project_watch_losses (SagUiProject *self, gboolean watch)
{
  sag_ui_loss_set_shelter (sag_ui_session_get_cases (self->session), watch ? has_place : NULL,
                           self);
}

void
sag_ui_project_set_keep (SagUiProject *self, gboolean keep)
{
  self->keeps = keep;
}

void
sag_ui_project_end (SagUiProject *self)
{
  self->is_over = TRUE;
  sag_ui_project_close (self);
}

/* What the window shows says itself what would be lost. */
char *
sag_ui_project_dup_loss (SagUiProject *self)
{
  guint       n = 0;
  const char *name = NULL;

  for (guint i = 0; self->is_implicit && i < self->list->items->len; i++)
    {
      const SagWorkItem *item = g_ptr_array_index (self->list->items, i);

      if (!has_work (item) || sag_ui_project_is_open (self, item->one->id))
        continue;
      n++;
      name = item->one->name;
    }
  if (n == 0)
    return NULL;
  if (n == 1)
    /* Translators: the name of a scan. */
    return g_strdup_printf (_ ("Masks or labels of %s, which is not open, are in no project."),
                            name);
  return g_strdup_printf (
    ngettext ("Masks or labels of %u scan that is not open are in no project.",
              "Masks or labels of %u scans that are not open are in no project.", n),
    n);
}

/* What was left behind */

void
sag_ui_project_open_found (SagUiProject *self, const char *path, GFile *save_as)
{
  if (self->store == NULL && self->n_adopting == 0 && !self->is_over)
    begin (self, path, save_as);
}
