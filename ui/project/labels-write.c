/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* A longer pause is no work. */
#define PAUSE_US (30 * G_USEC_PER_SEC)

/* Texts that differ only in capitals and outer spaces ask the same. */
gboolean
sag_ui_labels_same_text (const char *a, const char *b)
{
  g_autofree char *one = g_utf8_casefold (a, -1);
  g_autofree char *other = g_utf8_casefold (b, -1);

  return strcmp (g_strstrip (one), g_strstrip (other)) == 0;
}

/* Cards */

SagUiLabel
sag_ui_labels_card_label (SagLabelValue value)
{
  static const SagUiLabel labels[] = {
    SAG_UI_LABEL_NONE,   SAG_UI_LABEL_PRESENT,       SAG_UI_LABEL_ABSENT,
    SAG_UI_LABEL_UNSURE, SAG_UI_LABEL_NOT_EVALUABLE, SAG_UI_LABEL_CENSORED,
  };

  return labels[value];
}

/* The answer to the task may be shown from now on. */
void
sag_ui_labels_tell_card (SagUiLabels *self, guint place)
{
  const SagLabelRow *row = g_ptr_array_index (self->rows, place);
  const char        *text = sag_ui_project_get_task (self->project, place)->wording;

  if (self->ask == NULL ||
      sag_ui_opinion_get (self->one, text)->label == sag_ui_labels_card_label (row->value) ||
      (row->value == SAG_LABEL_VALUE_NONE && sag_ui_labels_has_early (self, place)))
    return;
  self->is_quiet = TRUE;
  if (row->seen)
    sag_ui_opinion_see (self->one, text, row->bundle);
  sag_ui_ask_set_label (self->ask, self->one, text, sag_ui_labels_card_label (row->value));
  self->is_quiet = FALSE;
}

typedef struct
{
  SagUiLabels *self;
  guint        place;
} About;

/* Whether an answer to @text tells something about a task: it is its own text, or nobody's. */
static gboolean
is_about (const char *text, gpointer user_data)
{
  About *about = user_data;

  for (guint t = 0; t < sag_ui_project_get_n_tasks (about->self->project); t++)
    if (sag_ui_labels_same_text (text, sag_ui_project_get_task (about->self->project, t)->wording))
      return t == about->place;
  return TRUE;
}

/* Time */

static gboolean
write_active (SagDb *db, gpointer data, GError **error)
{
  const gint64 *both = data;

  return sag_cases_add_active (db, both[0], both[1], error);
}

void
sag_ui_labels_flush_active (SagUiLabels *self)
{
  const gint64 both[2] = { self->case_id, self->active_us / 1000 };
  SagWorkItem *item = sag_ui_labels_get_item (self, self->case_id);

  self->touched_us = 0;
  self->active_us = 0;
  if (both[1] <= 0 || item == NULL)
    return;
  item->one->active_ms += both[1];
  sag_ui_project_post (self->project, write_active, g_memdup2 (both, sizeof both), g_free);
}

void
sag_ui_labels_touch (SagUiLabels *self, gint64 now_us)
{
  if (self->case_id != 0 && self->touched_us != 0 && now_us - self->touched_us <= PAUSE_US)
    self->active_us += now_us - self->touched_us;
  self->touched_us = now_us;
}

gint64
sag_ui_labels_get_active_ms (SagUiLabels *self)
{
  SagWorkItem *item = sag_ui_labels_get_item (self, self->case_id);

  return (item != NULL ? item->one->active_ms : 0) + self->active_us / 1000;
}

/* Writing */

typedef struct
{
  gint64       case_id;
  SagCaseState state;
} State;

static gboolean
write_state (SagDb *db, gpointer data, GError **error)
{
  const State *state = data;

  return sag_cases_set_state (db, state->case_id, state->state, error);
}

void
sag_ui_labels_set_state (SagUiLabels *self, gint64 case_id, SagCaseState state)
{
  SagWorkItem *item = sag_ui_labels_get_item (self, case_id);
  State       *data;

  if (item == NULL || item->one->state == state || !sag_ui_project_can_write (self->project))
    return;
  item->one->state = state;
  data = g_new (State, 1);
  *data = (State){ case_id, state };
  sag_ui_project_post (self->project, write_state, data, g_free);
  g_signal_emit_by_name (self->project, "labels", case_id);
}

/* A step of the journal: what the person said of a case as a whole. */
typedef struct
{
  GWeakRef     self;
  guint        serial;
  gint64       case_id;
  SagCaseState before;
  SagCaseState after;
} StateStep;

static void
put_state (StateStep *step, SagCaseState state)
{
  g_autoptr (SagUiLabels) self = g_weak_ref_get (&step->self);

  if (self != NULL && sag_ui_project_get_serial (self->project) == step->serial)
    sag_ui_labels_set_state (self, step->case_id, state);
}

static void
undo_state (gpointer data)
{
  put_state (data, ((StateStep *) data)->before);
}

static void
redo_state (gpointer data)
{
  put_state (data, ((StateStep *) data)->after);
}

static void
state_step_free (gpointer data)
{
  g_weak_ref_clear (&((StateStep *) data)->self);
  g_free (data);
}

static const SagUiStepTable state_table = { undo_state, redo_state, state_step_free };

void
sag_ui_labels_choose_state (SagUiLabels *self, gint64 case_id, SagCaseState state)
{
  SagWorkItem *item = sag_ui_labels_get_item (self, case_id);
  StateStep   *step;

  if (item == NULL || item->one->state == state || !sag_ui_project_can_write (self->project))
    return;
  step = g_new0 (StateStep, 1);
  g_weak_ref_init (&step->self, self);
  step->serial = sag_ui_project_get_serial (self->project);
  step->case_id = case_id;
  step->before = item->one->state;
  step->after = state;
  sag_ui_labels_set_state (self, case_id, state);
  sag_ui_journal_push (sag_ui_session_get_journal (self->session), _ ("State of a case"),
                       &state_table, step);
}

static gboolean
write_rows (SagDb *db, gpointer data, GError **error)
{
  GPtrArray *rows = data;

  for (guint r = 0; r < rows->len; r++)
    if (!sag_labels_put (db, g_ptr_array_index (rows, r), error))
      return FALSE;
  return TRUE;
}

static GPtrArray *
copy_rows (const GPtrArray *rows)
{
  GPtrArray *copy = sag_ui_labels_rows_new ();

  for (guint r = 0; r < rows->len; r++)
    g_ptr_array_add (copy, sag_label_row_copy (g_ptr_array_index (rows, r)));
  return copy;
}

/* A case is done for whoever has said all of it first: what another reader has yet to say does not lower that.
 * Untouched is what has neither labels nor masks of anybody. */
static SagCaseState
choose_state (const SagWorkItem *item, guint n_tasks)
{
  if (item->n_labelled == n_tasks)
    return SAG_CASE_DONE;
  if (item->one->state == SAG_CASE_DONE && item->n_others > 0)
    return SAG_CASE_DONE;
  return item->n_labelled + item->n_others + item->n_masks > 0 ? SAG_CASE_IN_PROGRESS
                                                               : SAG_CASE_NEW;
}

/* What was reviewed stays so. */
static void
follow_state (SagUiLabels *self, SagWorkItem *item)
{
  if (item->one->state != SAG_CASE_REVIEWED)
    sag_ui_labels_set_state (self, item->one->id,
                             choose_state (item, sag_ui_project_get_n_tasks (self->project)));
}

void
sag_ui_labels_apply (SagUiLabels *self, gint64 case_id, const GPtrArray *rows)
{
  SagWorkItem *item = sag_ui_labels_get_item (self, case_id);
  const char  *reader = sag_ui_project_get_reader (self->project);

  self->n_edits++;
  sag_ui_project_post (self->project, write_rows, copy_rows (rows),
                       (GDestroyNotify) g_ptr_array_unref);
  for (guint r = 0; r < rows->len; r++)
    {
      const SagLabelRow *row = g_ptr_array_index (rows, r);
      const int          place = sag_ui_labels_find_task (self, row->task_id);

      /* An undo may write what another reader said: that is shown to nobody else. */
      if (place < 0 || g_strcmp0 (row->reader, reader) != 0)
        continue;
      if (item != NULL)
        {
          item->n_labelled -= item->values[place] != SAG_LABEL_VALUE_NONE;
          item->values[place] = (guint8) row->value;
          item->n_labelled += row->value != SAG_LABEL_VALUE_NONE;
        }
      if (case_id == self->case_id && self->rows != NULL && (guint) place < self->rows->len &&
          g_strcmp0 (((const SagLabelRow *) self->rows->pdata[place])->reader, reader) == 0)
        {
          sag_label_row_free (g_ptr_array_index (self->rows, place));
          g_ptr_array_index (self->rows, place) = sag_label_row_copy (row);
          sag_ui_labels_tell_card (self, (guint) place);
        }
    }
  if (item != NULL)
    follow_state (self, item);
  g_signal_emit_by_name (self->project, "labels", case_id);
  sag_ui_labels_changed (self);
}

/* A step of the journal: rows of one case before and after. */
typedef struct
{
  GWeakRef   self;
  guint      serial; /* of the project that was open */
  gint64     case_id;
  GPtrArray *before;
  GPtrArray *after;
} Step;

static void
put_back (Step *step, const GPtrArray *rows)
{
  g_autoptr (SagUiLabels) self = g_weak_ref_get (&step->self);

  if (self == NULL || sag_ui_project_get_serial (self->project) != step->serial)
    return;
  sag_ui_labels_apply (self, step->case_id, rows);
  if (step->case_id != self->case_id)
    sag_ui_project_go (self->project, step->case_id);
}

static void
undo (gpointer data)
{
  put_back (data, ((Step *) data)->before);
}

static void
redo (gpointer data)
{
  put_back (data, ((Step *) data)->after);
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_weak_ref_clear (&step->self);
  g_ptr_array_unref (step->before);
  g_ptr_array_unref (step->after);
  g_free (step);
}

static const SagUiStepTable table = { undo, redo, step_free };

static gboolean
is_labels (const SagUiStepTable *of, gpointer data, gpointer user_data)
{
  return of == &table;
}

void
sag_ui_labels_forget_steps (SagUiLabels *self)
{
  sag_ui_journal_forget (sag_ui_session_get_journal (self->session), is_labels, NULL);
}

/* @after: (transfer full): rows of the current case */
void
sag_ui_labels_change (SagUiLabels *self, GPtrArray *after, const char *title)
{
  Step *step = g_new0 (Step, 1);

  g_weak_ref_init (&step->self, self);
  step->serial = sag_ui_project_get_serial (self->project);
  step->case_id = self->case_id;
  step->after = after;
  step->before = sag_ui_labels_rows_new ();
  for (guint r = 0; r < after->len; r++)
    {
      const SagLabelRow *row = g_ptr_array_index (after, r);
      const guint        place = (guint) sag_ui_labels_find_task (self, row->task_id);

      g_ptr_array_add (step->before, sag_label_row_copy (g_ptr_array_index (self->rows, place)));
    }
  sag_ui_labels_apply (self, self->case_id, after);
  sag_ui_journal_push (sag_ui_session_get_journal (self->session), title, &table, step);
}

/* What the reader says now of a task, on top of what there is. */
SagLabelRow *
sag_ui_labels_create_row (SagUiLabels *self, guint place, SagLabelValue value)
{
  SagLabelRow *row = sag_label_row_copy (g_ptr_array_index (self->rows, place));
  About        about = { self, place };
  const char  *bundle = sag_ui_opinion_find_seen (self->one, is_about, &about);

  row->value = value;
  row->at = g_get_real_time () / 1000;
  row->active_ms = sag_ui_labels_get_active_ms (self);
  row->seen |= bundle != NULL;
  if (bundle != NULL)
    {
      g_free (row->bundle);
      row->bundle = g_strdup (bundle);
    }
  return row;
}
