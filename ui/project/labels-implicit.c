/* SPDX-License-Identifier: Apache-2.0 */

/* Labels of answers while no project is open: each text becomes a task of the implicit one, which the person sees when
 * it has become theirs. */

#include "ui/project/labels-private.h"

#include "model/core/hash.h"
#include "ui/case/loss.h"

#include <glib/gi18n.h>
#include <string.h>

#define COLOUR 0x56B4E9
#define DATA "sag-ui-labels-implicit"
#define TOUCHED "sag-ui-labels-touched"

/* Writing */

typedef struct
{
  char        *text;
  SagLabelRow *row;
} One;

static void
one_free (gpointer data)
{
  One *one = data;

  g_free (one->text);
  sag_label_row_free (one->row);
  g_free (one);
}

/* The task that asks @text; 0: there is none, and none was made. */
static gboolean
find_task (SagDb *db, const char *text, gboolean make, gint64 *id, GError **error)
{
  g_autofree char *hash = sag_hash_sha256 (text, strlen (text));
  g_autofree char *key = g_strdup_printf ("text-%.8s", hash);
  SagTaskRow       task = { .key = key, .wording = (char *) text, .colour = COLOUR };

  if (!sag_db_integer (db, 0, id, error, "SELECT id FROM tasks WHERE wording = ?", "s", text))
    return FALSE;
  if (*id != 0 || !make)
    return TRUE;
  if (!sag_tasks_put (db, &task, error))
    return FALSE;
  *id = task.id;
  return TRUE;
}

static gboolean
write_all (SagDb *db, gpointer data, GError **error)
{
  const GPtrArray *all = data;

  for (guint a = 0; a < all->len; a++)
    {
      const One *one = g_ptr_array_index (all, a);

      if (!find_task (db, one->text, one->row->value != SAG_LABEL_VALUE_NONE, &one->row->task_id,
                      error) ||
          (one->row->task_id != 0 && !sag_labels_put (db, one->row, error)))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  gint64     case_id;
  guint      serial;
  gboolean   is_implicit;
  GPtrArray *all;
} Gather;

/* @row: (transfer full) */
static void
add (Gather *gather, const char *text, SagLabelRow *row)
{
  One *one = g_new (One, 1);

  row->case_id = gather->case_id;
  row->certainty = -1;
  row->at = g_get_real_time () / 1000;
  *one = (One){ g_strdup (text), row };
  g_ptr_array_add (gather->all, one);
}

static void
gather (SagUiEarly *early, gpointer user_data)
{
  Gather      *gather = user_data;
  SagLabelRow *row;

  if (early->posted == gather->serial || (!gather->is_implicit && early->asks != gather->serial))
    return;
  early->posted = gather->serial;
  row = g_new0 (SagLabelRow, 1);
  row->reader = g_strdup (early->reader);
  for (int v = 0; v < SAG_N_LABEL_VALUES; v++)
    if (sag_ui_labels_card_label ((SagLabelValue) v) == early->label)
      row->value = (SagLabelValue) v;
  row->seen = early->seen;
  row->bundle = g_strdup (early->bundle);
  add (gather, early->text, row);
}

static void
gather_taken_back (SagUiLabels *self, Gather *gather, const char *text)
{
  SagLabelRow *row = g_new0 (SagLabelRow, 1);

  row->reader = g_strdup (sag_ui_project_get_reader (self->project));
  add (gather, text, row);
}

static gboolean
is_implicit (SagUiLabels *self)
{
  return sag_ui_project_get_store (self->project) == NULL &&
         sag_ui_project_can_write (self->project);
}

typedef struct
{
  gboolean has_project;
  guint    n;
} Count;

/* What was written to one without a name is in the project that came of it, or is offered at the next start. */
static void
count (SagUiEarly *early, gpointer user_data)
{
  Count *count = user_data;

  count->n += !count->has_project || early->posted == 0;
}

void
sag_ui_labels_update_loss (SagUiLabels *self, SagUiCase *one)
{
  Count            all = { sag_ui_project_get_store (self->project) != NULL, 0 };
  g_autofree char *sentence = NULL;

  sag_ui_labels_foreach_early (one, count, &all);
  if (all.n > 0)
    sentence = g_strdup_printf (
      /* Translators: how many labels, and the name of a scan. */
      ngettext ("%u label of %s is in no project.", "%u labels of %s are in no project.", all.n),
      all.n, sag_ui_case_get_title (one));
  sag_ui_loss_set (one, "labels", sentence);
}

/* Texts about which the person said something since: what is read comes too late. */
static GHashTable *
get_touched (SagUiCase *one)
{
  GHashTable *touched = g_object_get_data (G_OBJECT (one), TOUCHED);

  if (touched == NULL)
    {
      touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (one), TOUCHED, touched,
                              (GDestroyNotify) g_hash_table_unref);
    }
  return touched;
}

void
sag_ui_labels_shelter (SagUiLabels *self, SagUiCase *one, const char *text)
{
  Gather all = { sag_ui_project_get_sure_id (self->project, one),
                 sag_ui_project_get_serial (self->project), is_implicit (self), NULL };

  if (text != NULL)
    g_hash_table_add (get_touched (one), g_strdup (text));
  if (sag_ui_project_get_store (self->project) == NULL)
    sag_ui_project_shelter (self->project);
  if (all.case_id != 0 && sag_ui_project_can_write (self->project))
    {
      all.all = g_ptr_array_new_with_free_func (one_free);
      sag_ui_labels_foreach_early (one, gather, &all);
      if (all.is_implicit && text != NULL &&
          sag_ui_opinion_get (one, text)->label == SAG_UI_LABEL_NONE)
        gather_taken_back (self, &all, text);
      if (all.all->len == 0)
        g_ptr_array_unref (all.all);
      else
        {
          sag_ui_project_post (self->project, write_all, all.all,
                               (GDestroyNotify) g_ptr_array_unref);
          sag_ui_project_reload (self->project);
        }
    }
  sag_ui_labels_update_loss (self, one);
}

/* Reading what was left behind */

typedef struct
{
  SagUiLabels *self;
  SagUiCase   *one;
  guint        serial;
  gint64       case_id;
  GPtrArray   *labels;
  GPtrArray   *tasks;
  GPtrArray   *seen;
} Load;

static void
clear_loaded (Load *load)
{
  g_clear_pointer (&load->labels, g_ptr_array_unref);
  g_clear_pointer (&load->tasks, g_ptr_array_unref);
  g_clear_pointer (&load->seen, g_ptr_array_unref);
}

static gboolean
load_all (SagDb *db, gpointer data, GError **error)
{
  Load *load = data;

  clear_loaded (load);
  load->labels = sag_labels_list (db, load->case_id, error);
  load->tasks = load->labels != NULL ? sag_tasks_list (db, error) : NULL;
  load->seen = load->tasks != NULL ? sag_seen_list (db, load->case_id, error) : NULL;
  return load->seen != NULL;
}

static const char *
get_wording (const GPtrArray *tasks, gint64 id)
{
  for (guint t = 0; t < tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (tasks, t);

      if (task->id == id)
        return task->wording;
    }
  return NULL;
}

/* What is said now counts more than what was left behind. */
static void
take_label (const Load *load, const SagLabelRow *row)
{
  SagUiLabels     *self = load->self;
  const char      *text = get_wording (load->tasks, row->task_id);
  const SagUiLabel label = sag_ui_labels_card_label (row->value);

  if (text == NULL || label == SAG_UI_LABEL_NONE ||
      g_strcmp0 (row->reader, sag_ui_project_get_reader (self->project)) != 0 ||
      sag_ui_opinion_get (load->one, text)->label != SAG_UI_LABEL_NONE ||
      g_hash_table_contains (get_touched (load->one), text))
    return;
  if (row->seen)
    sag_ui_opinion_see (load->one, text, row->bundle);
  self->is_quiet = TRUE;
  if (self->ask != NULL)
    sag_ui_ask_set_label (self->ask, load->one, text, label);
  else
    sag_ui_opinion_set_label (load->one, text, label);
  self->is_quiet = FALSE;
  sag_ui_labels_note_left (self, load->one, text, row);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GError) error = NULL;

  if (!sag_store_run_finish (result, &error))
    g_signal_emit_by_name (load->self->project, "problem", error->message);
  else if (load->serial == sag_ui_project_get_serial (load->self->project) &&
           is_implicit (load->self))
    {
      for (guint l = 0; l < load->labels->len; l++)
        take_label (load, g_ptr_array_index (load->labels, l));
      for (guint s = 0; s < load->seen->len; s++)
        {
          const SagSeenRow *row = g_ptr_array_index (load->seen, s);

          sag_ui_opinion_see (load->one, row->text, row->bundle);
        }
      sag_ui_labels_update_loss (load->self, load->one);
    }
  clear_loaded (load);
  g_object_unref (load->one);
  g_object_unref (load->self);
  g_free (load);
}

static void
met_cb (SagUiProject *project, SagUiCase *one, SagUiLabels *self)
{
  const guint  serial = sag_ui_project_get_serial (project);
  const gint64 id = sag_ui_project_get_sure_id (project, one);
  Load        *load;

  sag_ui_labels_update_loss (self, one);
  if (one == self->one)
    sag_ui_labels_take_early (self);
  if (id == 0 || !sag_ui_project_can_write (project))
    return;
  sag_ui_labels_shelter (self, one, NULL);
  if (!is_implicit (self))
    return;
  if (GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (one), DATA)) == serial)
    return;
  g_object_set_data (G_OBJECT (one), DATA, GUINT_TO_POINTER (serial));
  load = g_new0 (Load, 1);
  *load = (Load){ g_object_ref (self), g_object_ref (one), serial, id, NULL, NULL, NULL };
  sag_store_read_async (sag_ui_project_get_home (project), load_all, load, loaded_cb, load);
}

static void
update_case (SagUiCase *one, gpointer self)
{
  sag_ui_labels_update_loss (self, one);
}

static void
store_cb (SagUiProject *project, GParamSpec *pspec, SagUiLabels *self)
{
  if (self->session != NULL)
    sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), update_case, self);
}

static void
ask (SagUiEarly *early, gpointer serial)
{
  early->asks = GPOINTER_TO_UINT (serial);
}

static void
bring_in (SagUiCase *one, gpointer user_data)
{
  SagUiLabels *self = user_data;

  sag_ui_labels_foreach_early (one, ask,
                               GUINT_TO_POINTER (sag_ui_project_get_serial (self->project)));
  sag_ui_labels_shelter (self, one, NULL);
}

/* A new project gets tasks for the labels that there are: that is what it was made for. */
static void
opened_cb (SagUiProject *project, SagUiLabels *self)
{
  if (self->session == NULL || !sag_ui_project_can_write (project))
    return;
  sag_ui_labels_drop_posted (self);
  if (sag_ui_project_is_new (project))
    sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), bring_in, self);
}

void
sag_ui_labels_watch_implicit (SagUiLabels *self)
{
  g_signal_connect_object (self->project, "met", G_CALLBACK (met_cb), self, 0);
  g_signal_connect_object (self->project, "notify::store", G_CALLBACK (store_cb), self, 0);
  g_signal_connect_object (self->project, "opened", G_CALLBACK (opened_cb), self, 0);
}
