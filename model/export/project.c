/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/export.h"

#include <string.h>

static gboolean
load (SagDb *db, gpointer data, GError **error)
{
  SagProject *project = data;

  project->cases = sag_cases_list (db, error);
  project->tasks = project->cases != NULL ? sag_tasks_list (db, error) : NULL;
  project->labels = project->tasks != NULL ? sag_labels_list (db, 0, error) : NULL;
  project->reviews = project->labels != NULL ? sag_reviews_list (db, 0, error) : NULL;
  return project->reviews != NULL;
}

SagProject *
sag_project_load (SagStore *store, GError **error)
{
  g_autoptr (SagProject) project = g_new0 (SagProject, 1);
  g_autofree char *path = sag_store_dup_path (store);

  project->store = store;
  project->folder = g_path_get_dirname (path);
  return sag_store_run (store, load, project, error) ? g_steal_pointer (&project) : NULL;
}

void
sag_project_free (SagProject *project)
{
  if (project == NULL)
    return;
  g_free (project->folder);
  g_clear_pointer (&project->cases, g_ptr_array_unref);
  g_clear_pointer (&project->tasks, g_ptr_array_unref);
  g_clear_pointer (&project->labels, g_ptr_array_unref);
  g_clear_pointer (&project->reviews, g_ptr_array_unref);
  g_free (project);
}

char *
sag_project_dup_scan (const SagProject *project, const SagCaseRow *one)
{
  return g_canonicalize_filename (one->path, project->folder);
}

/* What every system takes as a file's name. */
static char *
dup_clean (const char *text)
{
  char *name = g_strdup (text);

  for (char *c = name; *c != 0; c++)
    if (g_ascii_iscntrl (*c) || strchr ("/\\:*?\"<>|", *c) != NULL)
      *c = '_';
  if (*name == '.')
    *name = '_';
  return name;
}

/* @name is @other, or could be what becomes of it below. */
static gboolean
may_clash (const char *name, const char *other)
{
  const gsize n = strlen (other);

  if (g_ascii_strncasecmp (name, other, n) != 0)
    return FALSE;
  return name[n] == 0 ||
         (name[n] == '-' && strspn (name + n + 1, "0123456789") == strlen (name + n + 1));
}

char *
sag_project_dup_name (const SagProject *project, const SagCaseRow *one)
{
  g_autofree char *name = dup_clean (one->name);

  for (guint c = 0; c < project->cases->len; c++)
    {
      const SagCaseRow *other = g_ptr_array_index (project->cases, c);
      g_autofree char  *other_name = dup_clean (other->name);

      if (other->id != one->id && may_clash (name, other_name))
        return g_strdup_printf ("%s-%" G_GINT64_FORMAT, name, one->id);
    }
  return g_steal_pointer (&name);
}

const SagTaskRow *
sag_project_find_task (const SagProject *project, const char *key)
{
  for (guint t = 0; key != NULL && t < project->tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (project->tasks, t);

      if (strcmp (task->key, key) == 0)
        return task;
    }
  return NULL;
}

typedef struct
{
  const SagCaseRow *one;
  GPtrArray        *masks;
} LoadMasks;

static gboolean
load_masks (SagDb *db, gpointer data, GError **error)
{
  LoadMasks *job = data;

  job->masks = sag_masks_list (db, job->one->id, NULL, &job->one->geometry, error);
  return job->masks != NULL;
}

GPtrArray *
sag_project_load_masks (const SagProject *project, const SagCaseRow *one, GError **error)
{
  LoadMasks job = { one, NULL };

  if (one->geometry.dims[0] == 0)
    return g_ptr_array_new ();
  return sag_store_run (project->store, load_masks, &job, error) ? job.masks : NULL;
}

SagConsensus
sag_project_get_consensus (const SagProject *project,
                           gint64            case_id,
                           gint64            task_id,
                           const char       *reader)
{
  const SagReviewRow *decision;
  SagConsensus        out = { 0 };

  for (guint l = 0; l < project->labels->len; l++)
    {
      const SagLabelRow *label = g_ptr_array_index (project->labels, l);

      if (label->case_id != case_id || label->task_id != task_id ||
          (reader != NULL && g_strcmp0 (label->reader, reader) != 0))
        continue;
      out.differ |= out.value != SAG_LABEL_VALUE_NONE && out.value != label->value;
      out.value = label->value;
      out.seen |= label->seen;
    }
  if (out.differ)
    out.value = SAG_LABEL_VALUE_NONE;
  decision = reader == NULL ? sag_project_get_decision (project, case_id, task_id, FALSE) : NULL;
  if (decision != NULL)
    {
      out.value = decision->value;
      out.differ = FALSE;
    }
  return out;
}

const SagReviewRow *
sag_project_get_decision (const SagProject *project, gint64 case_id, gint64 task_id, gboolean mask)
{
  for (guint r = project->reviews->len; r > 0; r--)
    {
      const SagReviewRow *review = g_ptr_array_index (project->reviews, r - 1);

      if (review->case_id == case_id && review->task_id == task_id &&
          (mask ? review->mask != NULL : review->value != SAG_LABEL_VALUE_NONE))
        return mask && *review->mask == 0 ? NULL : review;
    }
  return NULL;
}

gboolean
sag_project_is_decision (const SagProject *project, const SagStoredMask *stored)
{
  for (guint r = 0; r < project->reviews->len; r++)
    {
      const SagReviewRow *review = g_ptr_array_index (project->reviews, r);

      if (review->mask != NULL && strcmp (review->mask, stored->info->id) == 0)
        return TRUE;
    }
  return FALSE;
}

const SagStoredMask *
sag_project_find_decided (const SagProject *project,
                          gint64            case_id,
                          const char       *key,
                          GPtrArray        *masks)
{
  const SagTaskRow   *task = sag_project_find_task (project, key);
  const SagReviewRow *decision =
    task != NULL ? sag_project_get_decision (project, case_id, task->id, TRUE) : NULL;

  for (guint m = 0; decision != NULL && m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);

      if (strcmp (stored->info->id, decision->mask) == 0)
        return stored;
    }
  return NULL;
}

void
sag_exported_init (SagExported *exported)
{
  *exported = (SagExported){ .notes = g_ptr_array_new_with_free_func (g_free) };
}

void
sag_exported_clear (SagExported *exported)
{
  g_clear_pointer (&exported->notes, g_ptr_array_unref);
}

gboolean
sag_exported_step (
  SagExported *exported, guint n_done, guint n_all, GCancellable *cancellable, GError **error)
{
  g_atomic_int_set (&exported->n_all, (gint) n_all);
  g_atomic_int_set (&exported->n_done, (gint) n_done);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

void
sag_exported_note (SagExported *exported, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  g_ptr_array_add (exported->notes, g_strdup_vprintf (format, values));
  va_end (values);
}
