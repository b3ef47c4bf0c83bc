/* SPDX-License-Identifier: Apache-2.0 */

/* Work that is in no project of the person's: where it goes, how it joins one, and what was left behind. */

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
      self->has_failed = TRUE;
      sag_ui_project_say (self, error->message);
    }
  else if (self->session == NULL || self->store != NULL || self->starting != start->starting)
    give_up (self, start);
  else
    {
      sag_ui_project_install (self, g_steal_pointer (&start->store), g_steal_pointer (&start->list),
                              TRUE);
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

static gboolean
is_sheltered (gpointer self)
{
  return sag_ui_project_is_sheltered (self);
}

void
sag_ui_project_watch_losses (SagUiProject *self, gboolean watch)
{
  sag_ui_loss_set_shelter (sag_ui_session_get_cases (self->session), watch ? is_sheltered : NULL,
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

void
sag_ui_project_hold_mask (SagUiProject *self, const char *id)
{
  g_ptr_array_add (self->held, g_strdup (id));
}

/* Joining a project */

typedef struct
{
  SagStore    *store;
  SagWorklist *list;
  SagStore    *implicit; /* (nullable): else nobody has @path open */
  char        *path;
  GStrv        held;
  SagAdopted   adopted;
} Adopt;

static void
adopt_free (gpointer data)
{
  Adopt *adopt = data;

  g_clear_pointer (&adopt->list, sag_worklist_free);
  g_strfreev (adopt->held);
  g_free (adopt->path);
  g_free (adopt);
}

static void
adopt_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Adopt *adopt = data;
  g_autoptr (GError) error = NULL;

  if (adopt->implicit != NULL)
    sag_store_close (g_steal_pointer (&adopt->implicit), &error);
  if (error == NULL &&
      sag_implicit_adopt (adopt->store, adopt->path, (const char *const *) adopt->held,
                          &adopt->adopted, &error) &&
      (adopt->adopted.n_left > 0 || sag_implicit_remove (adopt->path, &error)))
    sag_store_run (adopt->store, sag_ui_project_load, &adopt->list, &error);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
tell_adopted (SagUiProject *self, const SagAdopted *adopted)
{
  g_autofree char *masks = NULL;
  g_autofree char *labels = NULL;
  g_autofree char *sentence = NULL;

  if (adopted->n_left > 0)
    {
      sentence = g_strdup_printf (
        ngettext ("%u label that was set before has no place in this project. It is offered at the "
                  "next start.",
                  "%u labels that were set before have no place in this project. They are offered "
                  "at the next start.",
                  adopted->n_left),
        adopted->n_left);
      sag_ui_project_say (self, sentence);
      return;
    }
  if (self->session == NULL || adopted->n_masks + adopted->n_labels == 0)
    return;
  masks = g_strdup_printf (ngettext ("%u mask", "%u masks", adopted->n_masks), adopted->n_masks);
  labels =
    g_strdup_printf (ngettext ("%u label", "%u labels", adopted->n_labels), adopted->n_labels);
  if (adopted->n_masks > 0 && adopted->n_labels > 0)
    /* Translators: "2 masks", then "3 labels" that were there before the project was opened. */
    sentence = g_strdup_printf (_ ("%s and %s joined the project."), masks, labels);
  else
    /* Translators: "2 masks" or "3 labels" that were there before the project was opened. */
    sentence =
      g_strdup_printf (_ ("%s joined the project."), adopted->n_masks > 0 ? masks : labels);
  sag_ui_session_say (self->session, sentence);
}

static void
fail_adopting (SagUiProject *self, const GError *error)
{
  g_autofree char *sentence = g_strdup_printf (
    /* Translators: %s is a whole sentence that says why. */
    _ ("Work from before did not join the project, and is offered at the next start: %s"),
    error->message);

  sag_ui_project_say (self, sentence);
}

static void
adopted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  Adopt        *adopt = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fail_adopting (self, error);
  if (self->session == NULL || self->is_over)
    sag_ui_project_close_behind (self, adopt->store, NULL);
  else
    {
      sag_ui_project_install (self, adopt->store, g_steal_pointer (&adopt->list), FALSE);
      sag_ui_project_tell (self, SAG_UI_PROJECT_OPENED);
      if (error == NULL)
        tell_adopted (self, &adopt->adopted);
    }
  self->n_opening--;
  sag_ui_project_set_busy (self, -1);
}

void
sag_ui_project_adopt (SagUiProject *self, SagStore *store, SagWorklist *list)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, adopted_cb, NULL);
  Adopt *adopt = g_new0 (Adopt, 1);

  adopt->store = store;
  adopt->list = list;
  adopt->path = sag_store_dup_path (self->store);
  adopt->implicit = sag_ui_project_let_go (self);
  g_ptr_array_add (self->held, NULL);
  adopt->held = g_strdupv ((char **) self->held->pdata);
  g_ptr_array_set_size (self->held, 0);
  sag_ui_project_tell (self, SAG_UI_PROJECT_LIST);
  self->n_opening++;
  sag_ui_project_set_busy (self, 1);
  g_task_set_task_data (task, adopt, adopt_free);
  g_task_run_in_thread (task, adopt_thread);
}

/* What was left behind */

void
sag_ui_project_open_found (SagUiProject *self, const char *path, GFile *save_as)
{
  if (self->store == NULL && !self->is_over)
    begin (self, path, save_as);
}

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  Adopt        *adopt = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fail_adopting (self, error);
  else if (adopt->store == self->store && self->session != NULL)
    {
      GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

      for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
        {
          g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);
          const gint64 id = sag_ui_project_get_sure_id (self, one);

          if (id != 0)
            sag_ui_project_imported (self, id);
        }
      sag_ui_project_reload (self);
      tell_adopted (self, &adopt->adopted);
    }
  sag_ui_project_release (self);
}

void
sag_ui_project_take_found (SagUiProject *self, const char *path)
{
  g_autoptr (GTask) task = NULL;
  Adopt *adopt;

  if (!sag_ui_project_can_write (self) || self->is_implicit)
    return;
  adopt = g_new0 (Adopt, 1);
  adopt->store = self->store;
  adopt->path = g_strdup (path);
  sag_ui_project_hold (self);
  task = g_task_new (self, NULL, taken_cb, NULL);
  g_task_set_task_data (task, adopt, adopt_free);
  g_task_run_in_thread (task, adopt_thread);
}
