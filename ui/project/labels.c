/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-private.h"

#include "ui/base/settings.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (SagUiLabels, sag_ui_labels, G_TYPE_OBJECT)

static guint changed_signal;
static guint settle_signal;

void
sag_ui_labels_changed (SagUiLabels *self)
{
  g_signal_emit (self, changed_signal, 0);
}

GPtrArray *
sag_ui_labels_rows_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sag_label_row_free);
}

SagWorkItem *
sag_ui_labels_get_item (SagUiLabels *self, gint64 case_id)
{
  const int place = sag_ui_project_find_item (self->project, case_id);

  return place >= 0 ? g_ptr_array_index (sag_ui_project_get_list (self->project)->items, place)
                    : NULL;
}

int
sag_ui_labels_find_task (SagUiLabels *self, gint64 task_id)
{
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    if (sag_ui_project_get_task (self->project, t)->id == task_id)
      return (int) t;
  return -1;
}

/* Saying */

gboolean
sag_ui_labels_is_ready (SagUiLabels *self)
{
  return self->rows != NULL;
}

gboolean
sag_ui_labels_can_set (SagUiLabels *self)
{
  return self->rows != NULL && self->rows->len > 0 && sag_ui_project_can_write (self->project) &&
         sag_ui_project_get_sure_id (self->project, self->one) == self->case_id &&
         /* Somebody else works now: their labels are on their way. */
         g_strcmp0 (((const SagLabelRow *) self->rows->pdata[0])->reader,
                    sag_ui_project_get_reader (self->project)) == 0;
}

SagUiProject *
sag_ui_labels_get_project (SagUiLabels *self)
{
  return self->project;
}

const SagLabelRow *
sag_ui_labels_get_row (SagUiLabels *self, guint place)
{
  g_return_val_if_fail (self->rows != NULL && place < self->rows->len, NULL);
  return g_ptr_array_index (self->rows, place);
}

guint
sag_ui_labels_get_n_set (SagUiLabels *self)
{
  guint n = 0;

  for (guint t = 0; self->rows != NULL && t < self->rows->len; t++)
    n += sag_ui_labels_get_row (self, t)->value != SAG_LABEL_VALUE_NONE;
  return n;
}

guint
sag_ui_labels_get_active (SagUiLabels *self)
{
  return self->active;
}

void
sag_ui_labels_set_active (SagUiLabels *self, guint place)
{
  const guint n = sag_ui_project_get_n_tasks (self->project);

  place = n > 0 ? MIN (place, n - 1) : 0;
  if (place == self->active)
    return;
  g_signal_emit (self, settle_signal, 0);
  self->active = place;
  sag_ui_labels_changed (self);
}

/* The next task without a label, from @place on and round; @place itself if there is none. */
static guint
next_task (SagUiLabels *self, guint place)
{
  for (guint s = 1; s <= self->rows->len; s++)
    {
      const guint next = (place + s) % self->rows->len;

      if (sag_ui_labels_get_row (self, next)->value == SAG_LABEL_VALUE_NONE)
        return next;
    }
  return place;
}

static void
set_at (SagUiLabels *self, guint place, SagLabelValue value)
{
  GPtrArray *after;

  if (sag_ui_labels_get_row (self, place)->value == value)
    return;
  after = sag_ui_labels_rows_new ();
  g_ptr_array_add (after, sag_ui_labels_create_row (self, place, value));
  sag_ui_labels_change (self, after, _ ("Label"));
}

void
sag_ui_labels_set (SagUiLabels *self, SagLabelValue value)
{
  const guint place = self->active;

  if (!sag_ui_labels_can_set (self))
    return;
  g_signal_emit (self, settle_signal, 0);
  set_at (self, place, value);
  if (value != SAG_LABEL_VALUE_NONE)
    sag_ui_labels_set_active (self, next_task (self, place));
}

/* (nullable): nothing is as good as empty */
static const char *
or_null (const char *text)
{
  return text != NULL && *text != 0 ? text : NULL;
}

static gboolean
has_details (const SagLabelRow *row, const SagUiLabelDetails *details)
{
  return g_strcmp0 (row->side, details->side) == 0 && row->certainty == details->certainty &&
         g_strcmp0 (row->location, or_null (details->location)) == 0 &&
         g_strcmp0 (row->comment, or_null (details->comment)) == 0;
}

void
sag_ui_labels_set_details (SagUiLabels *self, guint place, const SagUiLabelDetails *details)
{
  const SagLabelRow *now;
  SagLabelRow       *row;
  GPtrArray         *after;

  if (!sag_ui_labels_can_set (self))
    return;
  now = place < self->rows->len ? sag_ui_labels_get_row (self, place) : NULL;
  if (now == NULL || sag_ui_labels_find_task (self, now->task_id) != (int) place)
    return; /* the tasks have changed meanwhile */
  if (now->value == SAG_LABEL_VALUE_NONE || has_details (now, details))
    return;
  after = sag_ui_labels_rows_new ();
  row = sag_ui_labels_create_row (self, place, now->value);
  g_free (row->side);
  g_free (row->location);
  g_free (row->comment);
  row->side = g_strdup (details->side);
  row->location = g_strdup (or_null (details->location));
  row->comment = g_strdup (or_null (details->comment));
  row->certainty = details->certainty;
  g_ptr_array_add (after, row);
  sag_ui_labels_change (self, after, _ ("Label’s details"));
}

void
sag_ui_labels_rest_absent (SagUiLabels *self)
{
  GPtrArray *after;

  if (!sag_ui_labels_can_set (self) || sag_ui_labels_get_n_set (self) == self->rows->len)
    return;
  g_signal_emit (self, settle_signal, 0);
  after = sag_ui_labels_rows_new ();
  for (guint t = 0; t < self->rows->len; t++)
    if (sag_ui_labels_get_row (self, t)->value == SAG_LABEL_VALUE_NONE)
      g_ptr_array_add (after, sag_ui_labels_create_row (self, t, SAG_LABEL_VALUE_ABSENT));
  sag_ui_labels_change (self, after, _ ("Rest absent"));
}

gboolean
sag_ui_labels_has_last (SagUiLabels *self)
{
  return self->last != NULL;
}

void
sag_ui_labels_as_last (SagUiLabels *self)
{
  GPtrArray *after;

  if (!sag_ui_labels_can_set (self) || self->last == NULL)
    return;
  g_signal_emit (self, settle_signal, 0);
  after = sag_ui_labels_rows_new ();
  for (guint r = 0; r < self->last->len; r++)
    {
      const SagLabelRow *row = g_ptr_array_index (self->last, r);
      const int          place = sag_ui_labels_find_task (self, row->task_id);

      if (place < 0 || row->value == SAG_LABEL_VALUE_NONE ||
          sag_ui_labels_get_row (self, (guint) place)->value != SAG_LABEL_VALUE_NONE)
        continue;
      g_ptr_array_add (after, sag_ui_labels_create_row (self, (guint) place, row->value));
    }
  if (after->len > 0)
    sag_ui_labels_change (self, after, _ ("As the last case"));
  else
    g_ptr_array_unref (after);
}

static gint64
id_at (SagWorklist *list, int place)
{
  return ((SagWorkItem *) g_ptr_array_index (list->items, place))->one->id;
}

gint64
sag_ui_labels_find_next (SagUiLabels *self)
{
  SagWorklist *list = sag_ui_project_get_list (self->project);
  int          place;

  if (list == NULL)
    return 0;
  place =
    sag_worklist_next_unlabelled (list, sag_ui_project_find_item (self->project, self->case_id));
  if (place < 0)
    place = sag_worklist_next_unlabelled (list, -1);
  return place >= 0 ? id_at (list, place) : 0;
}

/* Those after the current case, and round; not the case itself. */
static void
read_ahead (SagUiLabels *self)
{
  SagWorklist *list = sag_ui_project_get_list (self->project);
  const int    from = sag_ui_project_find_item (self->project, self->case_id);
  int          place = from;
  gint64       ids[SAG_UI_CASES_AHEAD];
  guint        n = 0;

  while (list != NULL && n < SAG_UI_CASES_AHEAD)
    {
      place = sag_worklist_next_unlabelled (list, place);
      if (place < 0 || place == from || (n > 0 && id_at (list, place) == ids[0]))
        break;
      ids[n++] = id_at (list, place);
    }
  if (n > 0)
    sag_ui_project_ahead (self->project, ids, n);
}

gboolean
sag_ui_labels_go_next (SagUiLabels *self)
{
  const gint64 id = sag_ui_labels_find_next (self);

  if (id != 0 && id != self->case_id)
    sag_ui_project_go (self->project, id);
  return id != 0;
}

/* Reading */

typedef struct
{
  SagUiLabels *self;
  guint        reading;
  guint        n_edits;
  gint64       case_id;
  GPtrArray   *all;
  GPtrArray   *seen;
} Load;

static gboolean
load_rows (SagDb *db, gpointer data, GError **error)
{
  Load *load = data;

  g_clear_pointer (&load->all, g_ptr_array_unref);
  g_clear_pointer (&load->seen, g_ptr_array_unref);
  load->all = sag_labels_list (db, load->case_id, error);
  load->seen = load->all != NULL ? sag_seen_list (db, load->case_id, error) : NULL;
  return load->seen != NULL;
}

static SagLabelRow *
take_row (SagUiLabels *self, const GPtrArray *all, gint64 task_id)
{
  const char  *reader = sag_ui_project_get_reader (self->project);
  SagLabelRow *row;

  for (guint r = 0; r < all->len; r++)
    {
      const SagLabelRow *one = g_ptr_array_index (all, r);

      if (one->task_id == task_id && g_strcmp0 (one->reader, reader) == 0)
        return sag_label_row_copy (one);
    }
  row = g_new0 (SagLabelRow, 1);
  row->case_id = self->case_id;
  row->task_id = task_id;
  row->reader = g_strdup (reader);
  row->certainty = -1;
  return row;
}

/* Read again, a case keeps its active task. */
static void
take_rows (SagUiLabels *self, const GPtrArray *all)
{
  const gboolean again = self->rows != NULL;

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->rows = sag_ui_labels_rows_new ();
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    g_ptr_array_add (self->rows,
                     take_row (self, all, sag_ui_project_get_task (self->project, t)->id));
  sag_ui_labels_take_early (self);
  for (guint t = 0; t < self->rows->len; t++)
    sag_ui_labels_tell_card (self, t);
  if (again)
    return;
  self->active = self->rows->len > 0 ? next_task (self, self->rows->len - 1) : 0;
  if (self->rows->len == sag_ui_labels_get_n_set (self))
    self->active = 0;
}

static void start_reading (SagUiLabels *self);

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (SagUiLabels) self = load->self;
  g_autoptr (GError) error = NULL;
  gboolean done = sag_store_run_finish (result, &error);

  if (load->reading == self->reading && self->one != NULL)
    {
      if (!done)
        g_signal_emit_by_name (self->project, "problem", error->message);
      else if (load->n_edits != self->n_edits)
        start_reading (self);
      else
        {
          sag_ui_labels_take_seen (self, load->seen);
          take_rows (self, load->all);
        }
      read_ahead (self);
      sag_ui_labels_changed (self);
    }
  g_clear_pointer (&load->all, g_ptr_array_unref);
  g_clear_pointer (&load->seen, g_ptr_array_unref);
  g_free (load);
}

static void
start_reading (SagUiLabels *self)
{
  SagStore *store = sag_ui_project_get_store (self->project);
  Load     *load;

  if (store == NULL)
    return;
  load = g_new0 (Load, 1);
  load->self = g_object_ref (self);
  load->reading = ++self->reading;
  load->n_edits = self->n_edits;
  load->case_id = self->case_id;
  sag_store_read_async (store, load_rows, load, loaded_cb, load);
}

/* Whether the present reader said what is there: not before the case was read anew after a change of readers. */
static gboolean
is_own (SagUiLabels *self)
{
  for (guint t = 0; t < self->rows->len; t++)
    {
      const SagLabelRow *row = sag_ui_labels_get_row (self, t);

      if (row->value != SAG_LABEL_VALUE_NONE)
        return g_strcmp0 (row->reader, sag_ui_project_get_reader (self->project)) == 0;
    }
  return FALSE;
}

/* What was said of the case that is left can be said of the next at once. */
static void
leave (SagUiLabels *self, gboolean is_other)
{
  if (self->rows != NULL)
    g_signal_emit (self, settle_signal, 0);
  sag_ui_labels_note_seen (self);
  sag_ui_labels_flush_active (self);
  if (is_other && sag_ui_labels_get_n_set (self) > 0 && is_own (self))
    {
      g_clear_pointer (&self->last, g_ptr_array_unref);
      self->last = g_steal_pointer (&self->rows);
    }
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->one);
  self->case_id = 0;
  self->reading++;
}

static gint64
get_current_id (SagUiLabels *self)
{
  return self->session != NULL
           ? sag_ui_project_get_sure_id (self->project, sag_ui_session_get_case (self->session))
           : 0;
}

static void
read_case (SagUiLabels *self)
{
  const gint64 id = get_current_id (self);

  leave (self, id != self->case_id);
  if (id != 0)
    {
      self->case_id = id;
      self->one = g_object_ref (sag_ui_session_get_case (self->session));
      start_reading (self);
    }
  sag_ui_labels_changed (self);
}

static void
current_cb (SagUiLabels *self)
{
  if (get_current_id (self) != self->case_id ||
      (self->one != NULL && self->one != sag_ui_session_get_case (self->session)))
    read_case (self);
}

/* Labels may have come from elsewhere. */
static void
labels_cb (SagUiProject *project, gint64 case_id, SagUiLabels *self)
{
  if (case_id == 0 && self->one != NULL)
    start_reading (self);
}

static void
reader_cb (SagUiLabels *self)
{
  if (self->session == NULL)
    return;
  /* Who has no project yet is one person, under another name. */
  if (sag_ui_project_get_store (self->project) == NULL)
    {
      sag_ui_labels_rename_early (self);
      return;
    }
  /* What is being read was said and shown to the reader before; "tasks" reads anew. */
  self->reading++;
  g_clear_pointer (&self->last, g_ptr_array_unref);
  sag_ui_labels_forget_steps (self);
  sag_ui_labels_forget_seen (self);
  if (self->ask != NULL)
    sag_ui_ask_change_reader (self->ask);
}

static void
closing_cb (SagUiLabels *self)
{
  leave (self, TRUE);
  g_clear_pointer (&self->last, g_ptr_array_unref);
}

/* One mode with cards */

static void
bind_mode (SagUiLabels *self)
{
  const gboolean open = sag_ui_project_get_store (self->project) != NULL;

  if (self->ask == NULL)
    return;
  g_settings_unbind (self->ask, "read-first");
  g_settings_bind (sag_ui_settings_get (), open ? "blind-first" : "read-first", self->ask,
                   "read-first", G_SETTINGS_BIND_DEFAULT);
}

/* A label that was set on a card. */
static void
labelled_cb (SagUiAsk *ask, SagUiCase *one, const char *text, guint label, SagUiLabels *self)
{
  if (self->is_quiet)
    return;
  if (one != self->one || !sag_ui_labels_can_set (self) || !sag_ui_labels_is_task (self, text))
    {
      const gboolean is_new = sag_ui_labels_note_early (self, one, text, (SagUiLabel) label);

      sag_ui_labels_shelter (self, one, text);
      if (is_new && sag_ui_labels_is_ready (self))
        sag_ui_labels_say_homeless (self, text);
      return;
    }
  for (guint t = 0; t < self->rows->len; t++)
    if (sag_ui_labels_same_text (text, sag_ui_project_get_task (self->project, t)->wording))
      for (int v = 0; v < SAG_N_LABEL_VALUES; v++)
        if ((guint) sag_ui_labels_card_label ((SagLabelValue) v) == label &&
            sag_ui_labels_get_row (self, t)->value != (SagLabelValue) v)
          set_at (self, t, (SagLabelValue) v);
}

void
sag_ui_labels_set_ask (SagUiLabels *self, SagUiAsk *ask)
{
  g_set_weak_pointer (&self->ask, ask);
  g_signal_connect_object (ask, "labelled", G_CALLBACK (labelled_cb), self, 0);
  g_signal_connect_object (ask, "changed", G_CALLBACK (sag_ui_labels_note_seen), self,
                           G_CONNECT_SWAPPED);
  bind_mode (self);
}

SagUiLabels *
sag_ui_labels_get (SagUiSession *session)
{
  SagUiLabels *self = g_object_get_data (G_OBJECT (session), "sag-ui-labels");

  if (self != NULL)
    return self;
  self = g_object_new (SAG_UI_TYPE_LABELS, NULL);
  g_set_weak_pointer (&self->session, session);
  self->project = g_object_ref (sag_ui_project_get (session));
  g_object_set_data_full (G_OBJECT (session), "sag-ui-labels", self, g_object_unref);
  g_signal_connect_object (sag_ui_session_get_cases (session), "notify::current",
                           G_CALLBACK (current_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "met", G_CALLBACK (current_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "reader", G_CALLBACK (reader_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "closing", G_CALLBACK (closing_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "labels", G_CALLBACK (labels_cb), self, 0);
  g_signal_connect_object (self->project, "tasks", G_CALLBACK (read_case), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "notify::store", G_CALLBACK (bind_mode), self,
                           G_CONNECT_SWAPPED);
  sag_ui_labels_watch_implicit (self);
  read_case (self);
  return self;
}

static void
sag_ui_labels_dispose (GObject *object)
{
  SagUiLabels *self = SAG_UI_LABELS (object);

  if (self->project != NULL)
    closing_cb (self);
  g_clear_weak_pointer (&self->session);
  g_clear_weak_pointer (&self->ask);
  g_clear_object (&self->project);
  G_OBJECT_CLASS (sag_ui_labels_parent_class)->dispose (object);
}

static void
sag_ui_labels_class_init (SagUiLabelsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_labels_dispose;
  settle_signal = g_signal_new ("settle", SAG_UI_TYPE_LABELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_LABELS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_labels_init (SagUiLabels *self)
{
}
