/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/readings/share.h"

#include "model/store/share.h"

#include <glib/gi18n.h>

typedef struct
{
  SagStore *store;
  char     *path;
  char     *reader;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_free (work->path);
  g_free (work->reader);
  g_free (work);
}

static void
start (SagUiProject       *project,
       const char         *path,
       const char         *reader,
       GTaskThreadFunc     func,
       GAsyncReadyCallback done,
       GTask              *outer)
{
  g_autoptr (GTask) task = g_task_new (project, NULL, done, outer);
  Work *work = g_new (Work, 1);

  *work = (Work){ sag_ui_project_get_store (project), g_strdup (path), g_strdup (reader) };
  g_task_set_task_data (task, work, work_free);
  sag_ui_project_hold (project);
  g_task_run_in_thread (task, func);
}

/* What waits comes into the copy. */
static void
split_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work            *work = data;
  GError          *error = NULL;
  g_autofree char *from = sag_store_dup_path (work->store);

  if ((sag_store_is_read_only (work->store) || sag_store_flush (work->store, &error)) &&
      sag_store_split (from, work->path, work->reader, FALSE, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
split_cb (GObject *project, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  sag_ui_project_release (SAG_UI_PROJECT (project));
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (outer, TRUE);
  else
    g_task_return_error (outer, error);
}

void
sag_ui_share_split_async (SagUiProject       *project,
                          const char         *path,
                          const char         *reader,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_return_if_fail (sag_ui_project_get_store (project) != NULL);
  start (project, path, reader, split_thread, split_cb,
         g_task_new (project, NULL, callback, user_data));
}

gboolean
sag_ui_share_split_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Merging */

/* @text: (transfer full) */
static void
add_count (GStrvBuilder *all, guint n, char *text)
{
  if (n > 0)
    g_strv_builder_add (all, text);
  g_free (text);
}

/* "New here: 1 case, 3 labels." */
static char *
dup_new (const SagMerged *merged)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *list = NULL;

  add_count (all, merged->n_cases,
             /* Translators: how many of these came into a project from a copy of it. */
             g_strdup_printf (ngettext ("%u case", "%u cases", merged->n_cases), merged->n_cases));
  add_count (all, merged->n_tasks,
             /* Translators: how many of these came into a project from a copy of it. */
             g_strdup_printf (ngettext ("%u task", "%u tasks", merged->n_tasks), merged->n_tasks));
  add_count (
    all, merged->n_labels,
    /* Translators: how many of these came into a project from a copy of it. */
    g_strdup_printf (ngettext ("%u label", "%u labels", merged->n_labels), merged->n_labels));
  add_count (all, merged->n_masks,
             /* Translators: how many of these came into a project from a copy of it. */
             g_strdup_printf (ngettext ("%u mask", "%u masks", merged->n_masks), merged->n_masks));
  add_count (all, merged->n_others,
             g_strdup_printf (
               /* Translators: how many of these came into a project from a copy of it. */
               ngettext ("%u answer, measurement or review", "%u answers, measurements or reviews",
                         merged->n_others),
               merged->n_others));
  parts = g_strv_builder_end (all);
  if (parts[0] == NULL)
    return g_strdup (_ ("Nothing in the copy is new here."));
  list = g_strjoinv (", ", parts);
  /* Translators: a list such as "1 case, 3 labels": what came into a project from a copy of it. */
  return g_strdup_printf (_ ("New here: %s."), list);
}

static char **
dup_sentences (const SagMerged *merged)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autofree char *first = NULL;
  g_autofree char *same = NULL;

  first = dup_new (merged);
  g_strv_builder_add (all, first);
  if (merged->conflicts->len > 0)
    {
      same = g_strdup_printf (
        /* Translators: a list of what differs follows. */
        ngettext ("%u difference. What was here stays:", "%u differences. What was here stays:",
                  merged->conflicts->len),
        merged->conflicts->len);
      g_strv_builder_add (all, same);
    }
  for (guint c = 0; c < merged->conflicts->len; c++)
    g_strv_builder_add (all, g_ptr_array_index (merged->conflicts, c));
  return g_strv_builder_end (all);
}

static void
merge_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work   *work = data;
  GError *error = NULL;
  g_auto (SagMerged) merged = { 0 };

  if (sag_store_merge (work->store, work->path, &merged, &error))
    g_task_return_pointer (task, dup_sentences (&merged), (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
}

/* Masks of the reader's that came in join those that are shown. */
static void
tell_imported (SagUiProject *project)
{
  SagWorklist *list = sag_ui_project_get_list (project);

  for (guint i = 0; list != NULL && i < list->items->len; i++)
    sag_ui_project_imported (project,
                             ((SagWorkItem *) g_ptr_array_index (list->items, i))->one->id);
}

static void
merge_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *project = SAG_UI_PROJECT (source);
  const Work   *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GTask) outer = user_data;
  GError        *error = NULL;
  char         **sentences = g_task_propagate_pointer (G_TASK (result), &error);
  const gboolean same = work->store == sag_ui_project_get_store (project);

  sag_ui_project_release (project);
  if (sentences == NULL)
    {
      g_task_return_error (outer, error);
      return;
    }
  if (same)
    {
      tell_imported (project);
      sag_ui_project_reload (project);
    }
  g_task_return_pointer (outer, sentences, (GDestroyNotify) g_strfreev);
}

void
sag_ui_share_merge_async (SagUiProject       *project,
                          const char         *path,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_return_if_fail (sag_ui_project_get_store (project) != NULL);
  start (project, path, NULL, merge_thread, merge_cb,
         g_task_new (project, NULL, callback, user_data));
}

char **
sag_ui_share_merge_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
