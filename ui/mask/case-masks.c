/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/case-masks-private.h"

#include "model/store/masks.h"
#include "render/slice/colour.h"
#include "ui/case/loss.h"

#include <glib/gi18n.h>

#define DATA "sag-ui-case-masks"

G_DEFINE_FINAL_TYPE (SagUiCaseMasks, sag_ui_case_masks, G_TYPE_OBJECT)

enum
{
  CHANGED,
  SHOWN,
  SAID,
  STEPPED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* Says with the case what would be lost with it. */
void
sag_ui_case_masks_update_loss (SagUiCaseMasks *self)
{
  g_autofree char *work = NULL;
  g_autofree char *sentence = NULL;

  if (self->one == NULL)
    return;
  if (sag_ui_case_masks_is_busy (self))
    /* Translators: the name of a scan. */
    work = g_strdup_printf (_ ("Work on the masks of %s is still under way."),
                            sag_ui_case_get_title (self->one));
  else if (!sag_ui_case_masks_is_kept (self))
    /* Translators: the name of a scan. */
    sentence = g_strdup_printf (_ ("The masks of %s are neither in a project nor in files."),
                                sag_ui_case_get_title (self->one));
  sag_ui_loss_set (self->one, SAG_UI_LOSS_WORK, work);
  sag_ui_loss_set (self->one, "masks", sentence);
}

static void
changed (SagUiCaseMasks *self)
{
  if (sag_mask_set_find (self->set, self->active) < 0)
    {
      g_clear_pointer (&self->active, g_free);
      if (sag_mask_set_get_n (self->set) > 0)
        self->active = g_strdup (sag_mask_set_get_info (self->set, 0)->id);
    }
  sag_ui_case_masks_update_loss (self);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[SHOWN], 0);
}

void
sag_ui_case_masks_said (SagUiCaseMasks *self, char *sentence, gboolean failed)
{
  if (sentence != NULL)
    g_signal_emit (self, signals[SAID], 0, sentence, failed);
  g_free (sentence);
}

void
sag_ui_case_masks_failed (SagUiCaseMasks *self, const GError *error)
{
  sag_ui_case_masks_said (self, g_strdup (error->message), TRUE);
}

/* Steps of the journal. */

typedef struct
{
  SagUiCaseMasks *masks;
  guint           generation;
} Step;

static void take_steps (SagUiCaseMasks *self);

/* One that only the project has is read first; what else is to be undone waits for it. */
static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiCaseMasks) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sag_masks_step_finish (result, &error) && error != NULL)
    {
      sag_ui_case_masks_failed (self, error);
      /* To the journal it is done. */
      take_steps (self);
    }
  changed (self);
  if (self->journal != NULL)
    sag_ui_journal_release (self->journal);
}

static void
go (Step *step, gboolean back)
{
  SagUiCaseMasks *self = step->masks;
  g_autoptr (GError) error = NULL;

  if (step->generation != self->generation)
    return;
  /* Nothing changes behind anybody's back. */
  g_signal_emit (self, signals[STEPPED], 0);
  if (sag_mask_set_get_missing (self->set, back) != 0)
    {
      if (self->journal != NULL)
        sag_ui_journal_hold (self->journal);
      sag_masks_step_async (self->set, back, read_cb, g_object_ref (self));
      return;
    }
  if (!(back ? sag_mask_set_undo (self->set, &error) : sag_mask_set_redo (self->set, &error)))
    sag_ui_case_masks_said (
      self,
      g_strdup (error != NULL ? error->message
                              : _ ("This step is too long ago: its memory went to newer ones.")),
      TRUE);
  changed (self);
}

static void
undo (gpointer data)
{
  go (data, TRUE);
}

static void
redo (gpointer data)
{
  go (data, FALSE);
}

static void
step_free (gpointer data)
{
  g_object_unref (((Step *) data)->masks);
  g_free (data);
}

static const SagUiStepTable table = { undo, redo, step_free };

static Step *
step_new (SagUiCaseMasks *self)
{
  Step *step = g_new (Step, 1);

  *step = (Step){ g_object_ref (self), self->generation };
  return step;
}

void
sag_ui_case_masks_pushed (SagUiCaseMasks *self, const char *title)
{
  if (self->journal != NULL)
    sag_ui_journal_push (self->journal, title, &table, step_new (self));
  changed (self);
}

static gboolean
is_own (const SagUiStepTable *of, gpointer data, gpointer self)
{
  return of == &table && ((Step *) data)->masks == self;
}

/* Steps of a set that is gone. */
static void
forget_steps (SagUiCaseMasks *self)
{
  self->generation++;
  if (self->journal != NULL)
    sag_ui_journal_forget (self->journal, is_own, self);
}

/* What the set brings with it is older than all that was done in the window. */
static void
push_stored (SagUiCaseMasks *self)
{
  const guint n = sag_mask_set_get_n_steps (self->set);
  const guint n_undone = sag_mask_set_get_n_undone (self->set);

  for (guint s = n; self->journal != NULL && s-- > 0;)
    sag_ui_journal_push_below (self->journal, sag_mask_set_get_step_title (self->set, s), &table,
                               step_new (self));
  for (guint s = n; self->journal != NULL && s < n + n_undone; s++)
    sag_ui_journal_push_undone (self->journal, sag_mask_set_get_step_title (self->set, s), &table,
                                step_new (self));
}

static void
take_steps (SagUiCaseMasks *self)
{
  forget_steps (self);
  push_stored (self);
}

SagUiCaseMasks *
sag_ui_case_masks_peek (SagUiCase *one)
{
  SagUiCaseMasks *self = g_object_get_data (G_OBJECT (one), DATA);
  SagVolume      *volume = sag_ui_case_get_volume (one);

  /* The file may hold another scan than when it was first read. */
  if (self != NULL && volume != NULL &&
      !sag_geometry_equal (sag_volume_get_geometry (volume), sag_mask_set_get_geometry (self->set),
                           SAG_SAME_GRID_MM))
    return NULL;
  return self;
}

SagUiCaseMasks *
sag_ui_case_masks_get (SagUiCase *one, SagUiJournal *journal)
{
  SagUiCaseMasks *self = sag_ui_case_masks_peek (one);
  SagVolume      *volume = sag_ui_case_get_volume (one);

  if (self != NULL || volume == NULL)
    return self;
  self = g_object_new (SAG_UI_TYPE_CASE_MASKS, NULL);
  self->set = sag_mask_set_new (sag_volume_get_geometry (volume));
  g_set_weak_pointer (&self->journal, journal);
  g_set_weak_pointer (&self->one, one);
  g_object_set_data_full (G_OBJECT (one), DATA, self, g_object_unref);
  return self;
}

SagMaskSet *
sag_ui_case_masks_get_set (SagUiCaseMasks *self)
{
  return self->set;
}

void
sag_ui_case_masks_set_set (SagUiCaseMasks *self, SagMaskSet *set)
{
  /* Steps may be the last that have them. */
  G_GNUC_UNUSED g_autoptr (SagUiCaseMasks) keep = g_object_ref (self);

  g_return_if_fail (!sag_ui_case_masks_is_busy (self));

  forget_steps (self);
  g_clear_pointer (&self->set, sag_mask_set_free);
  self->set = set;
  push_stored (self);
  changed (self);
}

/* Painted, and in no file as it is now. */
static gboolean
is_only_here (SagUiCaseMasks *self, guint index)
{
  SagMask *mask = sag_mask_set_get_mask (self->set, index);
  SagMask *kept = g_hash_table_lookup (self->kept, sag_mask_set_get_info (self->set, index)->id);

  return kept != NULL ? !sag_mask_equal (kept, mask) : !sag_mask_is_empty (mask);
}

SagMaskSet *
sag_ui_case_masks_dup_own (SagUiCaseMasks *self)
{
  SagMaskSet *own = sag_mask_set_new (sag_mask_set_get_geometry (self->set));

  for (guint m = 0; m < sag_mask_set_get_n (self->set); m++)
    if (is_only_here (self, m))
      sag_mask_set_put (own, sag_mask_set_get_info (self->set, m),
                        sag_mask_set_get_mask (self->set, m));
  return own;
}

void
sag_ui_case_masks_add_all (SagUiCaseMasks *self, SagMaskSet *set)
{
  for (guint m = 0; m < sag_mask_set_get_n (set); m++)
    {
      const SagMaskInfo *info = sag_mask_set_get_info (set, m);

      if (!sag_mask_is_empty (sag_mask_set_get_mask (set, m)))
        sag_ui_case_masks_add (self, info->name, info->key, &info->colour,
                               sag_mask_set_get_mask (set, m));
    }
}

void
sag_ui_case_masks_put_new (SagUiCaseMasks *self, SagMaskSet *set)
{
  for (guint m = 0; m < sag_mask_set_get_n (set); m++)
    if (sag_mask_set_find (self->set, sag_mask_set_get_info (set, m)->id) < 0)
      sag_mask_set_put (self->set, sag_mask_set_get_info (set, m), sag_mask_set_get_mask (set, m));
  changed (self);
}

void
sag_ui_case_masks_give_way (SagUiCaseMasks *self, SagUiCaseMasks *other, SagUiCase *one)
{
  g_autoptr (SagMaskSet) own = sag_ui_case_masks_dup_own (self);
  G_GNUC_UNUSED g_autoptr (SagUiCaseMasks) keep = g_object_ref (self);

  g_return_if_fail (self != other && !sag_ui_case_masks_is_busy (self));

  forget_steps (self);
  g_clear_weak_pointer (&self->one);
  g_set_weak_pointer (&other->one, one);
  g_object_set_data_full (G_OBJECT (one), DATA, g_object_ref (other), g_object_unref);
  sag_ui_case_masks_add_all (other, own);
  sag_ui_case_masks_update_loss (other);
}

guint
sag_ui_case_masks_get_n (SagUiCaseMasks *self)
{
  return sag_mask_set_get_n (self->set);
}

SagMask *
sag_ui_case_masks_get_shown (SagUiCaseMasks *self, guint index)
{
  if (self->live != NULL && sag_mask_set_find (self->set, self->live_id) == (int) index)
    return self->live;
  return sag_mask_set_get_mask (self->set, index);
}

void
sag_ui_case_masks_take_live (SagUiCaseMasks *self, const char *id, SagMask *live)
{
  g_clear_pointer (&self->live, sag_mask_unref);
  g_clear_pointer (&self->live_id, g_free);
  self->live = live;
  self->live_id = g_strdup (id);
  g_signal_emit (self, signals[SHOWN], 0);
}

const char *
sag_ui_case_masks_get_active (SagUiCaseMasks *self)
{
  return self->active;
}

void
sag_ui_case_masks_set_active (SagUiCaseMasks *self, const char *id)
{
  if (g_strcmp0 (id, self->active) == 0 || sag_mask_set_find (self->set, id) < 0)
    return;
  g_free (self->active);
  self->active = g_strdup (id);
  changed (self);
}

int
sag_ui_case_masks_get_active_index (SagUiCaseMasks *self)
{
  return self->active != NULL ? sag_mask_set_find (self->set, self->active) : -1;
}

gboolean
sag_ui_case_masks_check (SagUiCaseMasks *self, const char *id)
{
  const int index = id != NULL ? sag_mask_set_find (self->set, id) : -1;

  if (index < 0)
    return FALSE;
  if (!sag_mask_set_get_info (self->set, (guint) index)->locked)
    return TRUE;
  sag_ui_case_masks_said (
    self,
    /* Translators: the name of a mask. */
    g_strdup_printf (_ ("%s is locked."), sag_mask_set_get_info (self->set, (guint) index)->name),
    TRUE);
  return FALSE;
}

void
sag_ui_case_masks_commit (SagUiCaseMasks *self, const char *title, const char *id, SagMask *mask)
{
  const int index = sag_mask_set_find (self->set, id);
  g_autoptr (GError) error = NULL;

  if (index < 0 || sag_mask_equal (mask, sag_mask_set_get_mask (self->set, (guint) index)))
    return;
  if (sag_mask_set_commit (self->set, title, id, mask, &error))
    sag_ui_case_masks_pushed (self, title);
  else
    sag_ui_case_masks_failed (self, error);
}

static gboolean
has_name (SagUiCaseMasks *self, const char *name)
{
  for (guint m = 0; m < sag_mask_set_get_n (self->set); m++)
    if (g_strcmp0 (sag_mask_set_get_info (self->set, m)->name, name) == 0)
      return TRUE;
  return FALSE;
}

static char *
dup_free_name (SagUiCaseMasks *self)
{
  for (int n = 1;; n++)
    {
      /* Translators: the name of a mask that nobody named; its number. */
      char *name = g_strdup_printf (_ ("Mask %d"), n);

      if (!has_name (self, name))
        return name;
      g_free (name);
    }
}

/* The answer colour that the fewest masks have. */
static guint32
next_colour (SagUiCaseMasks *self)
{
  guint counts[SAG_RENDER_N_ANSWER_COLOURS] = { 0 }, best = 0;

  for (guint m = 0; m < sag_mask_set_get_n (self->set); m++)
    for (guint c = 0; c < SAG_RENDER_N_ANSWER_COLOURS; c++)
      counts[c] += sag_mask_set_get_info (self->set, m)->colour == sag_render_answer_colours[c];
  for (guint c = 1; c < SAG_RENDER_N_ANSWER_COLOURS; c++)
    if (counts[c] < counts[best])
      best = c;
  return sag_render_answer_colours[best];
}

const char *
sag_ui_case_masks_add (
  SagUiCaseMasks *self, const char *name, const char *key, const guint32 *colour, SagMask *mask)
{
  const char      *title = _ ("Mask added");
  g_autofree char *free_name = name == NULL ? dup_free_name (self) : NULL;
  g_autoptr (SagMaskInfo) info = sag_mask_info_new (name != NULL ? name : free_name, key,
                                                    colour != NULL ? *colour : next_colour (self));
  g_autoptr (GError) error = NULL;

  if (!sag_mask_set_add (self->set, title, info, mask, &error))
    {
      sag_ui_case_masks_failed (self, error);
      return NULL;
    }
  g_free (self->active);
  self->active = g_strdup (info->id);
  sag_ui_case_masks_pushed (self, title);
  return self->active;
}

gboolean
sag_ui_case_masks_is_kept (SagUiCaseMasks *self)
{
  if (sag_ui_case_masks_is_busy (self))
    return FALSE;
  if (self->is_stored)
    return TRUE;
  for (guint m = 0; m < sag_mask_set_get_n (self->set); m++)
    if (!sag_mask_is_empty (sag_mask_set_get_mask (self->set, m)) && is_only_here (self, m))
      return FALSE;
  return TRUE;
}

void
sag_ui_case_masks_note_kept (SagUiCaseMasks *self, const char *id, SagMask *mask)
{
  g_hash_table_replace (self->kept, g_strdup (id), sag_mask_ref (mask));
  sag_ui_case_masks_update_loss (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
sag_ui_case_masks_note_left (SagUiCaseMasks *self, const char *id, SagMask *mask)
{
  g_hash_table_replace (self->left, g_strdup (id), sag_mask_ref (mask));
  sag_ui_case_masks_note_kept (self, id, mask);
}

static gboolean
is_left (SagUiCaseMasks *self, guint index)
{
  SagMask *left = g_hash_table_lookup (self->left, sag_mask_set_get_info (self->set, index)->id);

  return left != NULL && sag_mask_equal (left, sag_mask_set_get_mask (self->set, index));
}

void
sag_ui_case_masks_drop_left (SagUiCaseMasks *self, SagMaskSet *set)
{
  const SagGeometry *grid = sag_mask_set_get_geometry (self->set);
  g_autoptr (SagMaskSet) rest = sag_mask_set_new (grid);
  gboolean drops = FALSE;

  for (guint m = 0; m < sag_mask_set_get_n (self->set); m++)
    {
      const SagMaskInfo *info = sag_mask_set_get_info (self->set, m);

      if (is_left (self, m) && sag_mask_set_find (set, info->id) < 0)
        drops = TRUE;
      else
        sag_mask_set_put (rest, info, sag_mask_set_get_mask (self->set, m));
    }
  g_hash_table_remove_all (self->left);
  if (!drops)
    return;
  sag_ui_case_masks_set_set (self, sag_mask_set_new (grid));
  sag_ui_case_masks_add_all (self, rest);
}

void
sag_ui_case_masks_set_stored (SagUiCaseMasks *self, gboolean stored)
{
  self->is_stored = stored;
  sag_ui_case_masks_update_loss (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
sag_ui_case_masks_dispose (GObject *object)
{
  SagUiCaseMasks *self = SAG_UI_CASE_MASKS (object);

  sag_ui_case_masks_drop_jobs (self);
  g_clear_weak_pointer (&self->journal);
  g_clear_weak_pointer (&self->one);
  G_OBJECT_CLASS (sag_ui_case_masks_parent_class)->dispose (object);
}

static void
sag_ui_case_masks_finalize (GObject *object)
{
  SagUiCaseMasks *self = SAG_UI_CASE_MASKS (object);

  g_clear_pointer (&self->live, sag_mask_unref);
  g_free (self->live_id);
  g_free (self->active);
  g_free (self->reader);
  g_hash_table_unref (self->kept);
  g_hash_table_unref (self->left);
  sag_mask_set_free (self->set);
  G_OBJECT_CLASS (sag_ui_case_masks_parent_class)->finalize (object);
}

static void
sag_ui_case_masks_class_init (SagUiCaseMasksClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_case_masks_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_case_masks_finalize;
  signals[CHANGED] = g_signal_new ("changed", SAG_UI_TYPE_CASE_MASKS, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SHOWN] = g_signal_new ("shown", SAG_UI_TYPE_CASE_MASKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  signals[SAID] = g_signal_new ("said", SAG_UI_TYPE_CASE_MASKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  signals[STEPPED] = g_signal_new ("stepped", SAG_UI_TYPE_CASE_MASKS, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_case_masks_init (SagUiCaseMasks *self)
{
  g_queue_init (&self->jobs);
  self->kept =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sag_mask_unref);
  self->left =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sag_mask_unref);
}
