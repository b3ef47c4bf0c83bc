/* SPDX-License-Identifier: Apache-2.0 */

/* Work on masks, one job after the other. A stroke is a job that grows while it is drawn: each time
 * the thread is free it gets the pieces that came meanwhile, and gives back a mask to show. */

#include "ui/mask/case-masks-private.h"
#include "ui/mask/mask-work.h"

typedef struct
{
  double from[3];
  double to[3];
} Piece;

/**
 * @masks: kept while the thread works
 * @id: of the mask; NULL: a new one, called @name
 * @before: what it began from
 * @result: what came of it; of a stroke, so far
 * @coming, @going: (element-type Piece): of a stroke: for the thread, and what it works on
 * @is_over: of a stroke: nothing more comes
 * @is_dropped: nobody wants it any more
 */
struct _SagUiMaskJob
{
  SagUiCaseMasks *masks;
  char           *id;
  char           *name;
  char           *key;
  char           *title;
  SagMask        *before;
  SagMask        *result;
  gboolean        is_dropped;

  gboolean     is_stroke;
  gboolean     is_over;
  SagBrush     brush;
  SagMaskEdit *edit;
  GArray      *coming;
  GArray      *going;

  SagUiMaskFunc  func;
  gpointer       data;
  GDestroyNotify destroy;
  GCancellable  *cancellable;
  char          *note;
  GError        *error;
};

static void pump (SagUiCaseMasks *self);

static void
job_free (SagUiMaskJob *job)
{
  if (job->destroy != NULL)
    job->destroy (job->data);
  g_clear_pointer (&job->before, sag_mask_unref);
  g_clear_pointer (&job->result, sag_mask_unref);
  g_clear_pointer (&job->edit, sag_mask_edit_free);
  g_clear_pointer (&job->brush.limits.volume, sag_volume_unref);
  g_clear_pointer (&job->brush.limits.within, sag_mask_unref);
  g_clear_pointer (&job->brush.limits.outside, sag_mask_unref);
  g_clear_pointer (&job->coming, g_array_unref);
  g_clear_pointer (&job->going, g_array_unref);
  g_clear_object (&job->cancellable);
  g_clear_error (&job->error);
  g_free (job->note);
  g_free (job->id);
  g_free (job->name);
  g_free (job->key);
  g_free (job->title);
  g_free (job);
}

static void
stroke_thread (gpointer data)
{
  SagUiMaskJob *job = data;

  if (job->edit == NULL)
    job->edit = sag_mask_edit_new (job->before);
  for (guint p = 0; p < job->going->len; p++)
    {
      const Piece *piece = &g_array_index (job->going, Piece, p);

      sag_brush_stroke (job->edit, &job->brush, piece->from, piece->to, NULL);
    }
  g_array_set_size (job->going, 0);
  g_clear_pointer (&job->result, sag_mask_unref);
  job->result = sag_mask_edit_snapshot (job->edit);
}

static void
func_thread (gpointer data)
{
  SagUiMaskJob *job = data;

  if (!g_cancellable_set_error_if_cancelled (job->cancellable, &job->error))
    job->result = job->func (job->before, job->data, &job->note, job->cancellable, &job->error);
}

/* The first job is over: its mask is in the list, or it never was. */
static void
finish (SagUiCaseMasks *self)
{
  SagUiMaskJob *job = g_queue_pop_head (&self->jobs);
  SagUiJournal *journal = self->journal;

  if (job == self->stroke)
    self->stroke = NULL;
  if (job->error != NULL && !g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sag_ui_case_masks_said (self, g_strdup (job->error->message), TRUE);
  if (job->result != NULL && !job->is_dropped && job->id != NULL)
    sag_ui_case_masks_commit (self, job->title, job->id, job->result);
  else if (job->result != NULL && !job->is_dropped)
    sag_ui_case_masks_add (self, job->name, job->key, NULL, job->result);
  if (job->is_stroke)
    sag_ui_case_masks_take_live (self, NULL, NULL);
  if (!job->is_dropped)
    sag_ui_case_masks_said (self, g_steal_pointer (&job->note), FALSE);
  job_free (job);
  sag_ui_case_masks_update_loss (self);
  pump (self);
  if (journal != NULL)
    sag_ui_journal_release (journal);
}

static void
done_cb (gpointer data)
{
  SagUiMaskJob *job = data;
  g_autoptr (SagUiCaseMasks) self = job->masks;

  self->is_running = FALSE;
  if (job->is_stroke && !job->is_dropped)
    sag_ui_case_masks_take_live (self, job->id, sag_mask_ref (job->result));
  if (job->is_stroke)
    pump (self);
  else
    finish (self);
}

static void
begin (SagUiCaseMasks *self, SagUiMaskJob *job, void (*work) (gpointer data))
{
  self->is_running = TRUE;
  job->masks = g_object_ref (self);
  sag_ui_mask_work (work, done_cb, job);
}

/* The mask as it is now; FALSE if it went meanwhile. */
static gboolean
take_before (SagUiCaseMasks *self, SagUiMaskJob *job)
{
  const int index = job->id != NULL ? sag_mask_set_find (self->set, job->id) : -1;

  if (job->before != NULL)
    return TRUE;
  if (job->id == NULL)
    job->before = sag_mask_new (sag_mask_set_get_geometry (self->set));
  else if (index >= 0)
    job->before = sag_mask_ref (sag_mask_set_get_mask (self->set, (guint) index));
  return job->before != NULL;
}

static void
pump (SagUiCaseMasks *self)
{
  SagUiMaskJob *job = g_queue_peek_head (&self->jobs);

  if (job == NULL || self->is_running)
    return;
  if (job->is_dropped || !take_before (self, job))
    {
      job->is_dropped = TRUE;
      if (!job->is_stroke || job->is_over)
        finish (self);
      return;
    }
  if (!job->is_stroke)
    begin (self, job, func_thread);
  else if (job->coming->len > 0)
    {
      GArray *empty = job->going;

      job->going = job->coming;
      job->coming = empty;
      begin (self, job, stroke_thread);
    }
  else if (job->is_over)
    finish (self);
}

static void
enqueue (SagUiCaseMasks *self, SagUiMaskJob *job)
{
  if (self->journal != NULL)
    sag_ui_journal_hold (self->journal);
  g_queue_push_tail (&self->jobs, job);
  sag_ui_case_masks_update_loss (self);
  pump (self);
}

gboolean
sag_ui_case_masks_begin (SagUiCaseMasks *self, const char *title, const SagBrush *brush)
{
  SagUiMaskJob *job;

  if (self->stroke != NULL)
    sag_ui_case_masks_end (self, TRUE);
  if (!sag_ui_case_masks_check (self, self->active))
    return FALSE;
  job = g_new0 (SagUiMaskJob, 1);
  job->is_stroke = TRUE;
  job->id = g_strdup (self->active);
  job->title = g_strdup (title);
  job->brush = *brush;
  if (brush->limits.volume != NULL)
    sag_volume_ref (brush->limits.volume);
  if (brush->limits.within != NULL)
    sag_mask_ref (brush->limits.within);
  if (brush->limits.outside != NULL)
    sag_mask_ref (brush->limits.outside);
  job->coming = g_array_new (FALSE, FALSE, sizeof (Piece));
  job->going = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->stroke = job;
  enqueue (self, job);
  return TRUE;
}

void
sag_ui_case_masks_draw (SagUiCaseMasks *self, const double from[3], const double to[3])
{
  const Piece piece = { { from[0], from[1], from[2] }, { to[0], to[1], to[2] } };

  if (self->stroke == NULL)
    return;
  g_array_append_val (self->stroke->coming, piece);
  pump (self);
}

void
sag_ui_case_masks_end (SagUiCaseMasks *self, gboolean keep)
{
  SagUiMaskJob *stroke = g_steal_pointer (&self->stroke);

  if (stroke == NULL)
    return;
  stroke->is_over = TRUE;
  stroke->is_dropped = stroke->is_dropped || !keep;
  pump (self);
}

static SagUiMaskJob *
new_func (const char *title, SagUiMaskFunc func, gpointer data, GDestroyNotify destroy)
{
  SagUiMaskJob *job = g_new0 (SagUiMaskJob, 1);

  job->title = g_strdup (title);
  job->func = func;
  job->data = data;
  job->destroy = destroy;
  job->cancellable = g_cancellable_new ();
  return job;
}

gboolean
sag_ui_case_masks_run_on (SagUiCaseMasks *self,
                          const char     *id,
                          const char     *title,
                          SagUiMaskFunc   func,
                          gpointer        data,
                          GDestroyNotify  destroy)
{
  SagUiMaskJob *job = new_func (title, func, data, destroy);

  if (!sag_ui_case_masks_check (self, id))
    {
      job_free (job);
      return FALSE;
    }
  job->id = g_strdup (id);
  enqueue (self, job);
  return TRUE;
}

gboolean
sag_ui_case_masks_run (SagUiCaseMasks *self,
                       const char     *title,
                       SagUiMaskFunc   func,
                       gpointer        data,
                       GDestroyNotify  destroy)
{
  return sag_ui_case_masks_run_on (self, self->active, title, func, data, destroy);
}

void
sag_ui_case_masks_run_new (SagUiCaseMasks *self,
                           const char     *name,
                           const char     *key,
                           SagUiMaskFunc   func,
                           gpointer        data,
                           GDestroyNotify  destroy)
{
  SagUiMaskJob *job = new_func (NULL, func, data, destroy);

  job->name = g_strdup (name);
  job->key = g_strdup (key);
  enqueue (self, job);
}

gboolean
sag_ui_case_masks_is_busy (SagUiCaseMasks *self)
{
  return !g_queue_is_empty (&self->jobs);
}

void
sag_ui_case_masks_cancel (SagUiCaseMasks *self)
{
  for (GList *item = self->jobs.head; item != NULL; item = item->next)
    {
      SagUiMaskJob *job = item->data;

      if (job->cancellable == NULL)
        continue;
      job->is_dropped = TRUE;
      g_cancellable_cancel (job->cancellable);
    }
  pump (self);
}

/* Only what waits for nobody: a job that the thread has keeps the masks. */
void
sag_ui_case_masks_drop_jobs (SagUiCaseMasks *self)
{
  SagUiMaskJob *job;

  self->stroke = NULL;
  while ((job = g_queue_pop_head (&self->jobs)) != NULL)
    {
      job_free (job);
      if (self->journal != NULL)
        sag_ui_journal_release (self->journal);
    }
}
