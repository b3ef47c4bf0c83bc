/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/journal.h"

typedef struct
{
  char                 *title;
  const SagUiStepTable *table;
  gpointer              data;
} Step;

struct _SagUiJournal
{
  GObject parent;

  GPtrArray *steps; /* of Step, oldest first */
  guint      n_done;
  gboolean   is_busy;
  guint      n_holds;
  GQueue     waiting; /* what was asked for meanwhile: GINT_TO_POINTER (is it undo) */
};

G_DEFINE_FINAL_TYPE (SagUiJournal, sag_ui_journal, G_TYPE_OBJECT)

static guint changed_signal;

static void
step_free (gpointer data)
{
  Step *step = data;

  if (step->table->destroy != NULL)
    step->table->destroy (step->data);
  g_free (step->title);
  g_free (step);
}

SagUiJournal *
sag_ui_journal_new (void)
{
  return g_object_new (SAG_UI_TYPE_JOURNAL, NULL);
}

void
sag_ui_journal_push (SagUiJournal         *self,
                     const char           *title,
                     const SagUiStepTable *table,
                     gpointer              data)
{
  Step *step = g_new (Step, 1);

  *step = (Step){ g_strdup (title), table, data };
  if (self->is_busy)
    {
      step_free (step);
      return;
    }
  g_ptr_array_set_size (self->steps, (int) self->n_done);
  if (self->n_done == SAG_UI_JOURNAL_MAX)
    g_ptr_array_remove_index (self->steps, 0);
  g_ptr_array_add (self->steps, step);
  self->n_done = self->steps->len;
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
is_full (SagUiJournal *self)
{
  return self->is_busy || self->steps->len >= SAG_UI_JOURNAL_MAX;
}

void
sag_ui_journal_push_below (SagUiJournal         *self,
                           const char           *title,
                           const SagUiStepTable *table,
                           gpointer              data)
{
  Step *step = g_new (Step, 1);

  *step = (Step){ g_strdup (title), table, data };
  if (is_full (self))
    {
      step_free (step);
      return;
    }
  g_ptr_array_insert (self->steps, 0, step);
  self->n_done++;
  g_signal_emit (self, changed_signal, 0);
}

void
sag_ui_journal_push_undone (SagUiJournal         *self,
                            const char           *title,
                            const SagUiStepTable *table,
                            gpointer              data)
{
  Step *step = g_new (Step, 1);

  *step = (Step){ g_strdup (title), table, data };
  if (is_full (self))
    {
      step_free (step);
      return;
    }
  g_ptr_array_add (self->steps, step);
  g_signal_emit (self, changed_signal, 0);
}

void
sag_ui_journal_forget (SagUiJournal *self,
                       gboolean (*is) (const SagUiStepTable *table,
                                       gpointer              data,
                                       gpointer              user_data),
                       gpointer user_data)
{
  if (self->is_busy)
    return;
  for (guint s = self->steps->len; s-- > 0;)
    {
      const Step *step = g_ptr_array_index (self->steps, s);

      if (!is (step->table, step->data, user_data))
        continue;
      self->n_done -= s < self->n_done;
      g_ptr_array_remove_index (self->steps, s);
    }
  g_signal_emit (self, changed_signal, 0);
}

static Step *
get_step (SagUiJournal *self, guint index)
{
  return index < self->steps->len ? g_ptr_array_index (self->steps, index) : NULL;
}

gboolean
sag_ui_journal_undo (SagUiJournal *self)
{
  Step *step = self->n_done > 0 ? get_step (self, self->n_done - 1) : NULL;

  if (self->n_holds > 0)
    {
      g_queue_push_tail (&self->waiting, GINT_TO_POINTER (TRUE));
      return TRUE;
    }
  if (step == NULL || self->is_busy)
    return FALSE;
  self->is_busy = TRUE;
  step->table->undo (step->data);
  self->is_busy = FALSE;
  self->n_done--;
  if (step->table->redo == NULL)
    g_ptr_array_remove_index (self->steps, self->n_done);
  g_signal_emit (self, changed_signal, 0);
  return TRUE;
}

gboolean
sag_ui_journal_redo (SagUiJournal *self)
{
  Step *step = get_step (self, self->n_done);

  if (self->n_holds > 0)
    {
      g_queue_push_tail (&self->waiting, GINT_TO_POINTER (FALSE));
      return TRUE;
    }
  if (step == NULL || self->is_busy)
    return FALSE;
  self->is_busy = TRUE;
  step->table->redo (step->data);
  self->is_busy = FALSE;
  self->n_done++;
  g_signal_emit (self, changed_signal, 0);
  return TRUE;
}

void
sag_ui_journal_hold (SagUiJournal *self)
{
  self->n_holds++;
}

void
sag_ui_journal_release (SagUiJournal *self)
{
  g_return_if_fail (self->n_holds > 0);

  self->n_holds--;
  while (self->n_holds == 0 && self->waiting.length > 0)
    if (GPOINTER_TO_INT (g_queue_pop_head (&self->waiting)))
      sag_ui_journal_undo (self);
    else
      sag_ui_journal_redo (self);
}

const char *
sag_ui_journal_get_undo_title (SagUiJournal *self)
{
  return self->n_done > 0 ? get_step (self, self->n_done - 1)->title : NULL;
}

const char *
sag_ui_journal_get_redo_title (SagUiJournal *self)
{
  Step *step = get_step (self, self->n_done);

  return step != NULL ? step->title : NULL;
}

static void
sag_ui_journal_finalize (GObject *object)
{
  g_queue_clear (&SAG_UI_JOURNAL (object)->waiting);
  g_ptr_array_unref (SAG_UI_JOURNAL (object)->steps);
  G_OBJECT_CLASS (sag_ui_journal_parent_class)->finalize (object);
}

static void
sag_ui_journal_class_init (SagUiJournalClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_journal_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_JOURNAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_journal_init (SagUiJournal *self)
{
  self->steps = g_ptr_array_new_with_free_func (step_free);
}
