/* SPDX-License-Identifier: Apache-2.0 */

/* How work that is in no project of the person's joins one. */

#include "ui/project/project-private.h"

#include "model/store/implicit.h"

#include <glib/gi18n.h>

typedef struct
{
  SagStore    *store;
  SagWorklist *list;
  char        *reader;   /* (nullable): who opened @store */
  SagStore    *implicit; /* (nullable): else nobody has @path open */
  char        *path;
  GPtrArray   *held; /* (nullable) */
  SagAdopted   adopted;
  GError      *left; /* (nullable): why the file still has what joined */
} Adopt;

static void
adopt_free (gpointer data)
{
  Adopt *adopt = data;

  g_clear_pointer (&adopt->list, sag_worklist_free);
  g_clear_pointer (&adopt->held, g_ptr_array_unref);
  g_clear_error (&adopt->left);
  sag_adopted_clear (&adopt->adopted);
  g_free (adopt->reader);
  g_free (adopt->path);
  g_free (adopt);
}

/* A mask that the window brings into the next project itself; the file has it until then. */
typedef struct
{
  char      *id;
  char      *path; /* (nullable): of the file */
  SagUiCase *one;  /* (nullable): weak */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  g_clear_weak_pointer (&held->one);
  g_free (held->id);
  g_free (held->path);
  g_free (held);
}

GPtrArray *
sag_ui_project_held_new (void)
{
  return g_ptr_array_new_with_free_func (held_free);
}

void
sag_ui_project_hold_mask (SagUiProject *self, SagUiCase *one, const char *id)
{
  Held *held = g_new0 (Held, 1);

  held->id = g_strdup (id);
  g_set_weak_pointer (&held->one, one);
  g_ptr_array_add (self->held, held);
}

static char **
dup_ids (GPtrArray *all)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint h = 0; all != NULL && h < all->len; h++)
    g_strv_builder_add (ids, ((const Held *) all->pdata[h])->id);
  return g_strv_builder_end (ids);
}

/* Once the project has it there is no way back: what fails then is another matter. */
static void
adopt_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Adopt       *adopt = data;
  SagWorklist *list = NULL;
  g_auto (GStrv) ids = dup_ids (adopt->held);
  g_autoptr (GError) error = NULL;

  if (adopt->implicit != NULL)
    sag_store_close (g_steal_pointer (&adopt->implicit), &error);
  if (error != NULL || !sag_implicit_adopt (adopt->store, adopt->path, (const char *const *) ids,
                                            &adopt->adopted, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  sag_implicit_drop_joined (adopt->path, &adopt->adopted, NULL, &adopt->left);
  if (sag_store_run (adopt->store, sag_ui_project_load, &list, &error))
    {
      g_clear_pointer (&adopt->list, sag_worklist_free);
      adopt->list = list;
    }
  g_task_return_boolean (task, TRUE);
}

/* Telling */

static char *
dup_left (const SagAdopted *adopted)
{
  g_autofree char *labels = g_strdup_printf (
    ngettext ("%u label that was set before has no place in this project. It is offered at the "
              "next start.",
              "%u labels that were set before have no place in this project. They are offered "
              "at the next start.",
              adopted->n_left),
    adopted->n_left);
  g_autofree char *scans = g_strdup_printf (
    ngettext ("The work on %u scan has no place in this project, which knows another scan there. "
              "It is offered at the next start.",
              "The work on %u scans has no place in this project, which knows other scans there. "
              "It is offered at the next start.",
              adopted->n_scans),
    adopted->n_scans);

  if (adopted->n_left > 0 && adopted->n_scans > 0)
    return g_strdup_printf ("%s %s", labels, scans);
  return adopted->n_left > 0 ? g_steal_pointer (&labels) : g_steal_pointer (&scans);
}

static char *
dup_joined (const SagAdopted *adopted)
{
  g_autofree char *masks =
    g_strdup_printf (ngettext ("%u mask", "%u masks", adopted->n_masks), adopted->n_masks);
  g_autofree char *labels =
    g_strdup_printf (ngettext ("%u label", "%u labels", adopted->n_labels), adopted->n_labels);

  if (adopted->n_masks > 0 && adopted->n_labels > 0)
    /* Translators: "2 masks", then "3 labels" that were there before the project was opened. */
    return g_strdup_printf (_ ("%s and %s joined the project."), masks, labels);
  /* Translators: "2 masks" or "3 labels" that were there before the project was opened. */
  return g_strdup_printf (_ ("%s joined the project."), adopted->n_masks > 0 ? masks : labels);
}

static void
tell_adopted (SagUiProject *self, const Adopt *adopt)
{
  const SagAdopted *adopted = &adopt->adopted;
  g_autofree char  *joined = adopted->n_masks + adopted->n_labels > 0 ? dup_joined (adopted) : NULL;

  if (adopted->n_left + adopted->n_scans > 0)
    {
      g_autofree char *left = dup_left (adopted);
      g_autofree char *both =
        joined != NULL ? g_strdup_printf ("%s %s", joined, left) : g_strdup (left);

      sag_ui_project_say (self, both);
    }
  else if (joined != NULL && self->session != NULL)
    sag_ui_session_say (self->session, joined);
  if (adopt->left != NULL)
    {
      g_autofree char *sentence = g_strdup_printf (
        /* Translators: %s is a whole sentence that says why. */
        _ ("What joined the project is offered again at the next start: %s"), adopt->left->message);

      sag_ui_project_say (self, sentence);
    }
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

/* What was held */

static gboolean
has_mask (const SagAdopted *adopted, const char *id)
{
  return adopted->masks != NULL &&
         g_ptr_array_find_with_equal_func (adopted->masks, id, g_str_equal, NULL);
}

/* Those that only the file has until their scans bring them. */
static void
await_held (SagUiProject *self, Adopt *adopt)
{
  for (guint h = adopt->held->len; h > 0; h--)
    {
      Held *held = adopt->held->pdata[h - 1];

      if (!has_mask (&adopt->adopted, held->id))
        continue;
      g_ptr_array_steal_index_fast (adopt->held, h - 1);
      held->path = g_strdup (adopt->path);
      g_ptr_array_add (self->awaited, held);
    }
}

static void
drop_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Held *held = data;
  g_autoptr (GError) error = NULL;

  /* It is offered again at the next start, and comes beside. */
  if (!sag_implicit_drop_mask (held->path, held->id, &error))
    g_warning ("%s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
dropped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  sag_ui_project_set_busy (SAG_UI_PROJECT (source), -1);
}

static gboolean
do_nothing (SagDb *db, gpointer data, GError **error)
{
  return TRUE;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = ((gpointer *) user_data)[0];
  Held         *held = ((gpointer *) user_data)[1];

  g_free (user_data);
  if (sag_store_run_finish (result, NULL))
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, dropped_cb, NULL);

      g_task_set_task_data (task, held, held_free);
      g_task_run_in_thread (task, drop_thread);
    }
  else
    {
      sag_ui_project_set_busy (self, -1);
      held_free (held);
    }
  g_object_unref (self);
}

void
sag_ui_project_brought (SagUiProject *self, SagUiCase *one)
{
  /* What is held for a scan that was closed stays: nobody brings it. */
  if (one == NULL)
    return;
  for (guint a = self->awaited->len; a > 0; a--)
    {
      Held     *held = self->awaited->pdata[a - 1];
      gpointer *both;

      if (held->one != one)
        continue;
      g_ptr_array_steal_index_fast (self->awaited, a - 1);
      both = g_new (gpointer, 2);
      both[0] = g_object_ref (self);
      both[1] = held;
      sag_ui_project_set_busy (self, 1);
      /* After all that was posted. */
      sag_store_run_async (self->store, do_nothing, NULL, written_cb, both);
    }
}

/* Joining */

static void
adopted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  Adopt        *adopt = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->n_adopting--;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fail_adopting (self, error);
  if (self->session == NULL || self->is_over)
    sag_ui_project_close_behind (self, adopt->store, NULL);
  else
    {
      await_held (self, adopt);
      sag_ui_project_install (self, adopt->store, g_steal_pointer (&adopt->list), FALSE);
      sag_ui_project_tell (self, SAG_UI_PROJECT_OPENED);
      sag_ui_project_follow_reader (self, adopt->reader);
      if (error == NULL)
        tell_adopted (self, adopt);
      sag_ui_project_reload (self);
    }
  self->n_opening--;
  sag_ui_project_set_busy (self, -1);
}

void
sag_ui_project_adopt (SagUiProject *self, SagStore *store, SagWorklist *list, const char *reader)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, adopted_cb, NULL);
  Adopt *adopt = g_new0 (Adopt, 1);

  adopt->store = store;
  adopt->list = list;
  adopt->reader = g_strdup (reader);
  adopt->path = g_strdup (self->unsaved);
  /* As in closing: one that is still on its way would take the place of the project that comes. */
  self->starting++;
  adopt->implicit = sag_ui_project_let_go (self);
  adopt->held = g_steal_pointer (&self->held);
  self->held = sag_ui_project_held_new ();
  sag_ui_project_tell (self, SAG_UI_PROJECT_LIST);
  self->n_opening++;
  self->n_adopting++;
  sag_ui_project_set_busy (self, 1);
  g_task_set_task_data (task, adopt, adopt_free);
  g_task_run_in_thread (task, adopt_thread);
}

/* What was left behind */

static void
tell_imported (SagUiCase *one, gpointer user_data)
{
  SagUiProject *self = user_data;
  const gint64  id = sag_ui_project_get_sure_id (self, one);

  if (id != 0)
    sag_ui_project_imported (self, id);
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
      sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), tell_imported, self);
      sag_ui_project_reload (self);
      tell_adopted (self, adopt);
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
