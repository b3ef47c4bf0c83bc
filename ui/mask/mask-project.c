/* SPDX-License-Identifier: Apache-2.0 */

/* Masks and the project of the window. As soon as a scan is a case of the project, the reader's masks come
 * from there, and every step goes there. What was painted before is adopted: with all that can be
 * undone if the reader has no masks of the case yet, else as masks beside those. What another project has stays
 * there. Another reader begins with masks of
 * their own: what others painted is not shown. */

#include "model/store/masks.h"
#include "ui/mask/case-masks-private.h"
#include "ui/mask/masks-private.h"
#include "ui/project/project.h"

#include <glib/gi18n.h>

/* How often masks that are being painted are asked whether they are done. */
#define BUSY_MS 50
#define AGAIN "sag-ui-masks-again"

typedef struct
{
  SagUiMasks     *self;
  SagUiCaseMasks *masks;
  SagUiCase      *one;
  SagStore       *store; /* only compared, until it is known to be open */
  gint64          id;
  char           *reader;
  SagMaskSet     *set;
} Meeting;

static void
meeting_free (gpointer data)
{
  Meeting *meeting = data;

  g_clear_pointer (&meeting->set, sag_mask_set_free);
  g_object_unref (meeting->self);
  g_object_unref (meeting->masks);
  g_clear_object (&meeting->one);
  g_free (meeting->reader);
  g_free (meeting);
}

static SagUiProject *
get_project (SagUiMasks *self)
{
  return self->session != NULL ? sag_ui_project_get (self->session) : NULL;
}

static void
gone_cb (gpointer data, GObject *masks)
{
  g_ptr_array_remove_fast (((SagUiMasks *) data)->stored, masks);
}

static void
changed_cb (SagUiCaseMasks *masks, SagUiMasks *self)
{
  SagUiProject *project = get_project (self);
  SagMaskSet   *set = sag_ui_case_masks_get_set (masks);
  guint         n = 0;

  for (guint m = 0; m < sag_mask_set_get_n (set); m++)
    n += !sag_mask_is_empty (sag_mask_set_get_mask (set, m));
  if (project != NULL && sag_ui_project_can_write (project))
    sag_ui_project_painted (project, masks->case_id, n,
                            sag_mask_set_get_n_steps (set) + sag_mask_set_get_n_undone (set) > 0);
}

/* A mask that the project has, too, was painted on meanwhile. */
static void
go_on (SagUiCaseMasks *masks, SagMaskSet *own, guint m)
{
  const SagMaskInfo *info = sag_mask_set_get_info (own, m);
  SagMaskSet        *set = sag_ui_case_masks_get_set (masks);
  const int          index = sag_mask_set_find (set, info->id);
  SagMask           *mask = sag_mask_set_get_mask (own, m);

  if (!sag_mask_set_get_info (set, (guint) index)->locked)
    sag_ui_case_masks_commit (masks, _ ("Painted without the project"), info->id, mask);
  else if (!sag_mask_equal (mask, sag_mask_set_get_mask (set, (guint) index)))
    sag_ui_case_masks_add (masks, info->name, info->key, &info->colour, mask);
}

/* What was painted without the project joins what the project has. @is_theirs: the person's, who finds it again. */
static void
join (SagUiCaseMasks *masks, const Meeting *meeting, SagMaskSet *set, gboolean is_theirs)
{
  SagMaskSet *before = sag_ui_case_masks_get_set (masks);
  g_autoptr (SagMaskSet) own = sag_ui_case_masks_dup_own (masks);
  g_autoptr (SagMaskSet) beside = sag_mask_set_new (sag_mask_set_get_geometry (set));

  for (guint m = 0; m < sag_mask_set_get_n (before); m++)
    if (sag_mask_set_find (set, sag_mask_set_get_info (before, m)->id) < 0)
      sag_mask_set_put (beside, sag_mask_set_get_info (before, m),
                        sag_mask_set_get_mask (before, m));
  sag_masks_attach (meeting->store, meeting->id, meeting->reader, set);
  sag_ui_case_masks_set_set (masks, set);
  /* A project that is only looked at has them. */
  for (guint m = 0; is_theirs && m < sag_mask_set_get_n (set); m++)
    sag_ui_case_masks_note_kept (masks, sag_mask_set_get_info (set, m)->id,
                                 sag_mask_set_get_mask (set, m));
  for (guint m = 0; m < sag_mask_set_get_n (own); m++)
    if (sag_mask_set_find (set, sag_mask_set_get_info (own, m)->id) >= 0)
      go_on (masks, own, m);
  sag_ui_case_masks_add_all (masks, beside);
}

static gboolean
is_new (SagMaskSet *set)
{
  return sag_mask_set_get_n (set) == 0 && sag_mask_set_get_undo_title (set) == NULL &&
         sag_mask_set_get_redo_title (set) == NULL;
}

/* (nullable): the masks that another scan of the same case already has: one that was closed, or the same file
 * elsewhere. */
static SagUiCaseMasks *
find_other (SagUiMasks *self, const Meeting *meeting)
{
  for (guint s = 0; s < self->stored->len; s++)
    {
      SagUiCaseMasks *other = self->stored->pdata[s];

      if (other != meeting->masks && other->store == meeting->store &&
          other->case_id == meeting->id && g_strcmp0 (other->reader, meeting->reader) == 0)
        return other;
    }
  return NULL;
}

static void
take (Meeting *meeting)
{
  SagUiMasks     *self = meeting->self;
  SagUiCaseMasks *other = find_other (self, meeting);
  SagUiProject   *project = get_project (self);
  SagMaskSet     *own;
  const gboolean  can_write = sag_ui_project_can_write (project);
  const gboolean  is_theirs = sag_ui_project_get_store (project) != NULL;

  if (other != NULL)
    {
      sag_ui_case_masks_give_way (meeting->masks, other, meeting->one);
      sag_ui_masks_follow_case (self);
      return;
    }
  sag_ui_case_masks_drop_left (meeting->masks, meeting->set);
  own = sag_ui_case_masks_get_set (meeting->masks);
  if (!is_new (meeting->set))
    join (meeting->masks, meeting, g_steal_pointer (&meeting->set), is_theirs);
  else if (!is_new (own) && can_write)
    sag_masks_adopt_later (meeting->store, meeting->id, meeting->reader, own);
  else
    {
      sag_masks_attach (meeting->store, meeting->id, meeting->reader, own);
      if (!is_new (own))
        sag_masks_note_unwritten (own);
    }
  sag_ui_case_masks_set_stored (meeting->masks, can_write && is_theirs);
  g_ptr_array_add (self->stored, meeting->masks);
  g_object_weak_ref (G_OBJECT (meeting->masks), gone_cb, self);
  g_signal_connect_object (meeting->masks, "changed", G_CALLBACK (changed_cb), self, 0);
  changed_cb (meeting->masks, self);
  sag_ui_masks_follow_case (self);
}

/* Not while a stroke is on its way. */
static gboolean
take_cb (gpointer data)
{
  Meeting *meeting = data;

  if (meeting->masks->store != meeting->store || meeting->masks->case_id != meeting->id ||
      g_strcmp0 (meeting->masks->reader, meeting->reader) != 0 ||
      get_project (meeting->self) == NULL ||
      sag_ui_project_get_home (get_project (meeting->self)) != meeting->store)
    return G_SOURCE_REMOVE;
  if (sag_ui_case_masks_is_busy (meeting->masks))
    return G_SOURCE_CONTINUE;
  take (meeting);
  return G_SOURCE_REMOVE;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Meeting *meeting = user_data;
  g_autoptr (GError) error = NULL;

  meeting->set = sag_masks_load_finish (result, &error);
  if (meeting->set == NULL)
    {
      /* Another time it may go. */
      if (meeting->masks->store == meeting->store &&
          g_strcmp0 (meeting->masks->reader, meeting->reader) == 0)
        meeting->masks->store = NULL;
      if (meeting->self->session != NULL)
        sag_ui_session_say (meeting->self->session, error->message);
      meeting_free (meeting);
      return;
    }
  if (take_cb (meeting) == G_SOURCE_CONTINUE)
    g_timeout_add_full (G_PRIORITY_DEFAULT, BUSY_MS, take_cb, meeting, meeting_free);
  else
    meeting_free (meeting);
}

static void leave (SagUiMasks *self, SagUiCaseMasks *masks);

/* The scan turned out to be another case: what belongs to the one before stays there. */
static void
part (SagUiMasks *self, SagUiCaseMasks *masks)
{
  g_autoptr (SagMaskSet) own = sag_ui_case_masks_dup_own (masks);

  if (g_ptr_array_remove_fast (self->stored, masks))
    {
      g_object_weak_unref (G_OBJECT (masks), gone_cb, self);
      leave (self, masks);
    }
  sag_ui_case_masks_set_set (masks, sag_mask_set_new (sag_mask_set_get_geometry (own)));
  sag_ui_case_masks_add_all (masks, own);
}

/* Somebody else works now: what the reader before painted is in the project, and stays there. What was not there yet
 * goes on to wait; but in a project that is only looked at it is nowhere, and nothing takes its place. */
static void
hand_over (SagUiMasks *self, SagUiCaseMasks *masks)
{
  const gboolean is_kept = masks->is_stored || sag_ui_project_can_write (get_project (self));
  g_autoptr (SagMaskSet) own = is_kept ? NULL : sag_ui_case_masks_dup_own (masks);

  if (!g_ptr_array_remove_fast (self->stored, masks))
    return;
  g_object_weak_unref (G_OBJECT (masks), gone_cb, self);
  leave (self, masks);
  sag_ui_case_masks_set_set (
    masks, sag_mask_set_new (sag_mask_set_get_geometry (sag_ui_case_masks_get_set (masks))));
  if (own != NULL)
    sag_ui_case_masks_add_all (masks, own);
}

typedef struct
{
  SagUiMasks *self;
  SagUiCase  *one;
} Again;

static void
again_free (gpointer data)
{
  Again *again = data;

  g_object_set_data (G_OBJECT (again->one), AGAIN, NULL);
  g_object_unref (again->one);
  g_object_unref (again->self);
  g_free (again);
}

static gboolean
again_cb (gpointer data)
{
  Again          *again = data;
  SagUiCaseMasks *masks = sag_ui_case_masks_peek (again->one);

  if (masks != NULL && sag_ui_case_masks_is_busy (masks))
    return G_SOURCE_CONTINUE;
  if (again->self->session != NULL)
    sag_ui_masks_meet (again->self, again->one);
  return G_SOURCE_REMOVE;
}

/* A stroke is on its way. */
static void
meet_again (SagUiMasks *self, SagUiCase *one)
{
  Again *again;

  if (g_object_get_data (G_OBJECT (one), AGAIN) != NULL)
    return;
  g_object_set_data (G_OBJECT (one), AGAIN, self);
  again = g_new (Again, 1);
  *again = (Again){ g_object_ref (self), g_object_ref (one) };
  g_timeout_add_full (G_PRIORITY_DEFAULT, BUSY_MS, again_cb, again, again_free);
}

/* A project that was only looked at, or was nobody's, is the person's now, elsewhere: it gets what was painted
 * meanwhile. */
static void
go_on_elsewhere (SagUiMasks *self, SagUiCaseMasks *masks, SagUiProject *project)
{
  if (masks->is_stored || !sag_ui_project_can_write (project) ||
      sag_ui_project_get_store (project) == NULL || !g_ptr_array_find (self->stored, masks, NULL))
    return;
  sag_masks_write_later (sag_ui_case_masks_get_set (masks));
  sag_ui_case_masks_set_stored (masks, TRUE);
  changed_cb (masks, self);
}

void
sag_ui_masks_meet (SagUiMasks *self, SagUiCase *one)
{
  SagUiProject   *project = get_project (self);
  SagStore       *store = project != NULL ? sag_ui_project_get_home (project) : NULL;
  const gint64    id = store != NULL ? sag_ui_project_get_sure_id (project, one) : 0;
  const char     *reader = store != NULL ? sag_ui_project_get_reader (project) : NULL;
  SagUiCaseMasks *masks;
  Meeting        *meeting;

  if (id == 0 || sag_ui_case_get_state (one) != SAG_UI_CASE_READY)
    return;
  masks = sag_ui_masks_take (self, one);
  if (masks == NULL)
    return;
  if (masks->store == store && masks->case_id == id && g_strcmp0 (masks->reader, reader) == 0)
    {
      go_on_elsewhere (self, masks, project);
      return;
    }
  if (masks->store == store && sag_ui_case_masks_is_busy (masks))
    {
      meet_again (self, one);
      return;
    }
  if (masks->store == store && masks->case_id != id)
    part (self, masks);
  else if (masks->store == store)
    hand_over (self, masks);
  masks->store = store;
  masks->case_id = id;
  g_free (masks->reader);
  masks->reader = g_strdup (reader);
  meeting = g_new0 (Meeting, 1);
  meeting->self = g_object_ref (self);
  meeting->masks = g_object_ref (masks);
  meeting->one = g_object_ref (one);
  meeting->store = store;
  meeting->id = id;
  meeting->reader = g_strdup (reader);
  sag_masks_load_async (store, id, reader,
                        sag_mask_set_get_geometry (sag_ui_case_masks_get_set (masks)), loaded_cb,
                        meeting);
}

static void
met_cb (SagUiProject *project, SagUiCase *one, SagUiMasks *self)
{
  sag_ui_masks_meet (self, one);
}

static void
meet_all (SagUiMasks *self)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      sag_ui_masks_meet (self, one);
    }
}

static void
opened_cb (SagUiProject *project, SagUiMasks *self)
{
  meet_all (self);
}

static gboolean
is_any_busy (SagUiMasks *self)
{
  for (guint s = 0; s < self->stored->len; s++)
    if (sag_ui_case_masks_is_busy (self->stored->pdata[s]))
      return TRUE;
  return FALSE;
}

/* Work that is under way is the reader's who began it. */
static gboolean
change_reader_cb (gpointer data)
{
  SagUiMasks   *self = data;
  SagUiProject *project = get_project (self);

  if (project == NULL)
    return G_SOURCE_REMOVE;
  if (is_any_busy (self))
    return G_SOURCE_CONTINUE;
  for (guint s = self->stored->len; s > 0; s--)
    {
      g_autoptr (SagUiCaseMasks) masks = g_object_ref (self->stored->pdata[s - 1]);

      if (g_strcmp0 (masks->reader, sag_ui_project_get_reader (project)) == 0)
        continue;
      hand_over (self, masks);
      masks->store = NULL;
      g_clear_pointer (&masks->reader, g_free); /* until they are met again */
    }
  meet_all (self);
  return G_SOURCE_REMOVE;
}

static void
reader_cb (SagUiProject *project, SagUiMasks *self)
{
  sag_ui_masks_stop_drawing (self);
  if (change_reader_cb (self) == G_SOURCE_CONTINUE)
    g_timeout_add_full (G_PRIORITY_DEFAULT, BUSY_MS, change_reader_cb, g_object_ref (self),
                        g_object_unref);
}

/* Masks that were imported join those that are shown, which would otherwise be written over them one day. */
static void
imported_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Meeting *meeting = user_data;
  g_autoptr (GError) error = NULL;

  meeting->set = sag_masks_load_finish (result, &error);
  if (meeting->set != NULL && meeting->masks->store == meeting->store &&
      meeting->masks->case_id == meeting->id &&
      g_strcmp0 (meeting->masks->reader, meeting->reader) == 0)
    sag_ui_case_masks_put_new (meeting->masks, meeting->set);
  meeting_free (meeting);
}

static void
imported_cb (SagUiProject *project, gint64 id, SagUiMasks *self)
{
  SagStore *store = sag_ui_project_get_home (project);

  for (guint s = 0; s < self->stored->len; s++)
    {
      SagUiCaseMasks *masks = self->stored->pdata[s];
      Meeting        *meeting;

      if (masks->store != store || masks->case_id != id)
        continue;
      meeting = g_new0 (Meeting, 1);
      *meeting = (Meeting){
        .self = g_object_ref (self), .masks = g_object_ref (masks), .store = store, .id = id
      };
      meeting->reader = g_strdup (masks->reader);
      sag_masks_load_async (store, id, meeting->reader,
                            sag_mask_set_get_geometry (sag_ui_case_masks_get_set (masks)),
                            imported_loaded_cb, meeting);
    }
}

/* What the project has is not lost, unless it waits for a disk that takes nothing; from now on it could be. */
static void
leave (SagUiMasks *self, SagUiCaseMasks *masks)
{
  SagMaskSet    *set = sag_ui_case_masks_get_set (masks);
  SagUiProject  *project = get_project (self);
  const gboolean is_safe =
    masks->is_stored && project != NULL && !sag_ui_project_is_stuck (project);

  g_signal_handlers_disconnect_by_func (masks, changed_cb, self);
  sag_masks_detach (set);
  masks->store = NULL;
  for (guint m = 0; is_safe && m < sag_mask_set_get_n (set); m++)
    sag_ui_case_masks_note_left (masks, sag_mask_set_get_info (set, m)->id,
                                 sag_mask_set_get_mask (set, m));
  sag_ui_case_masks_set_stored (masks, FALSE);
}

/* What a scan that is there has brings itself into the next project. */
static void
hold_own (SagUiProject *project, SagUiCaseMasks *masks)
{
  g_autoptr (SagMaskSet) own = sag_ui_case_masks_dup_own (masks);

  if (masks->one == NULL || sag_ui_case_get_state (masks->one) != SAG_UI_CASE_READY ||
      !sag_ui_project_is_open (project, masks->case_id))
    return;
  for (guint m = 0; m < sag_mask_set_get_n (own); m++)
    sag_ui_project_hold_mask (project, masks->one, sag_mask_set_get_info (own, m)->id);
}

/* Those that are still being read. */
static void
forget_readings (SagUiMasks *self)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);
      SagUiCaseMasks *masks = sag_ui_case_masks_peek (one);

      if (masks != NULL)
        masks->store = NULL;
    }
}

/* A project that ends with its session closes when the session's cases are gone. */
static void
closing_cb (SagUiProject *project, SagUiMasks *self)
{
  for (guint s = 0; s < self->stored->len; s++)
    hold_own (project, self->stored->pdata[s]);
  while (self->stored->len > 0)
    {
      SagUiCaseMasks *masks = self->stored->pdata[self->stored->len - 1];

      g_object_weak_unref (G_OBJECT (masks), gone_cb, self);
      g_ptr_array_set_size (self->stored, (int) self->stored->len - 1);
      leave (self, masks);
    }
  if (self->session != NULL)
    forget_readings (self);
}

static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiMasks *self)
{
  if (self->session == NULL)
    return;
  sag_ui_masks_meet (self, one);
  /* Voxels to count came, or went. */
  if (one == sag_ui_session_get_case (self->session))
    sag_ui_masks_changed (self);
}

static void
items_cb (GListModel *cases, guint position, guint removed, guint added, SagUiMasks *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      g_signal_handlers_disconnect_by_func (one, state_cb, self);
      g_signal_connect_object (one, "notify::state", G_CALLBACK (state_cb), self, 0);
      state_cb (one, NULL, self);
    }
}

void
sag_ui_masks_connect_project (SagUiMasks *self)
{
  SagUiProject *project = get_project (self);
  GListModel   *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  g_signal_connect_object (cases, "items-changed", G_CALLBACK (items_cb), self, 0);
  items_cb (cases, 0, 0, g_list_model_get_n_items (cases), self);

  g_signal_connect_object (project, "met", G_CALLBACK (met_cb), self, 0);
  g_signal_connect_object (project, "imported", G_CALLBACK (imported_cb), self, 0);
  g_signal_connect_object (project, "reader", G_CALLBACK (reader_cb), self, 0);
  g_signal_connect_object (project, "opened", G_CALLBACK (opened_cb), self, 0);
  g_signal_connect_object (project, "closing", G_CALLBACK (closing_cb), self, 0);
}

void
sag_ui_masks_leave_project (SagUiMasks *self)
{
  for (guint i = 0; i < self->stored->len; i++)
    g_object_weak_unref (self->stored->pdata[i], gone_cb, self);
  g_ptr_array_set_size (self->stored, 0);
}
