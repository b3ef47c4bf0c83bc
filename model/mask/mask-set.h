/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/step.h"

G_BEGIN_DECLS

/**
 * SagMaskSet: the masks of one case, and what was done to them.
 *
 * One owner. Masks may overlap. A stroke paints a SagMaskEdit of the mask that it changes, whose
 * snapshots are drawn meanwhile; commit makes it one step. Everything can be undone and redone.
 */
typedef struct _SagMaskSet SagMaskSet;

/** What happened to a step. */
typedef enum
{
  SAG_MASK_STEP_DONE,
  SAG_MASK_STEP_UNDONE,
  SAG_MASK_STEP_REDONE,
} SagMaskEvent;

/**
 * SagMaskSetFunc: a step was done, undone or redone; the set shows the masks as they are now.
 * @number: of the step: rising, never used twice
 * @forgotten: with SAG_MASK_STEP_DONE: steps from this number up to @number - 1 had been undone, and
 *   can no longer be redone
 */
typedef void (*SagMaskSetFunc) (SagMaskSet  *set,
                                SagMaskEvent event,
                                gint64       number,
                                gint64       forgotten,
                                SagMaskStep *step,
                                gpointer     user_data);

/** SagMaskLoadFunc: (transfer full): the bytes of a step that the listener got before; NULL with an error. */
typedef GBytes *(*SagMaskLoadFunc) (gint64 number, gpointer user_data, GError **error);

SagMaskSet *sag_mask_set_new (const SagGeometry *geometry);
void        sag_mask_set_free (SagMaskSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagMaskSet, sag_mask_set_free)

/**
 * sag_mask_set_listen: one listener, such as the project; NULL: none.
 * @destroy: (nullable): of @user_data, when another one comes or the set goes
 */
void sag_mask_set_listen (SagMaskSet    *set,
                          SagMaskSetFunc func,
                          gpointer       user_data,
                          GDestroyNotify destroy);

/** sag_mask_set_get_listener: (nullable): the user data, if @func is who listens. */
gpointer sag_mask_set_get_listener (SagMaskSet *set, SagMaskSetFunc func);

/** Memory that steps may take. */
#define SAG_MASK_UNDO_BYTES ((gsize) 50 * 1000 * 1000)

/**
 * sag_mask_set_set_budget: how much memory steps may take; SAG_MASK_UNDO_BYTES at first.
 * @load: (nullable): gets back a step whose bytes were let go, or that came with sag_mask_set_put_step()
 */
void sag_mask_set_set_budget (SagMaskSet     *set,
                              gsize           size_bytes,
                              SagMaskLoadFunc load,
                              gpointer        user_data);

/**
 * sag_mask_set_set_kept: whether all that the set shows and all its steps are somewhere else too, as in a project, and
 * will be: to keep the budget steps are then let go, to be loaded again; else, as at first, the oldest are forgotten.
 */
void     sag_mask_set_set_kept (SagMaskSet *set, gboolean kept);
gboolean sag_mask_set_is_kept (SagMaskSet *set);

const SagGeometry *sag_mask_set_get_geometry (SagMaskSet *set);
guint              sag_mask_set_get_n (SagMaskSet *set);
/** sag_mask_set_get_info: (transfer none): as long as nothing changes. */
const SagMaskInfo *sag_mask_set_get_info (SagMaskSet *set, guint index);
/** sag_mask_set_get_mask: (transfer none). */
SagMask *sag_mask_set_get_mask (SagMaskSet *set, guint index);
/** sag_mask_set_find: the index of the mask called @id; -1 if there is none. */
int sag_mask_set_find (SagMaskSet *set, const char *id);

/** sag_mask_set_add: @mask (nullable: empty) is added below the others, as a step. */
gboolean sag_mask_set_add (
  SagMaskSet *set, const char *title, const SagMaskInfo *info, SagMask *mask, GError **error);
gboolean sag_mask_set_remove (SagMaskSet *set, const char *title, const char *id, GError **error);
/** sag_mask_set_move: to place @index of the list. */
gboolean
sag_mask_set_move (SagMaskSet *set, const char *title, const char *id, guint index, GError **error);
/** sag_mask_set_change_info: name, key, colour, lock and visibility of the mask that @info names. */
gboolean sag_mask_set_change_info (SagMaskSet        *set,
                                   const char        *title,
                                   const SagMaskInfo *info,
                                   GError           **error);
/**
 * sag_mask_set_commit: the mask becomes @mask, as a step; none if nothing differs.
 * Errors: SAG_ERROR_ARGUMENT: no such mask, or it is locked; SAG_ERROR_MISMATCH: another grid
 */
gboolean sag_mask_set_commit (
  SagMaskSet *set, const char *title, const char *id, SagMask *mask, GError **error);

/** sag_mask_set_put: a mask that is there from the start, as from a project: no step. */
void sag_mask_set_put (SagMaskSet *set, const SagMaskInfo *info, SagMask *mask);
/**
 * sag_mask_set_put_step: a step from a project, oldest first: its bytes will be asked for.
 * @undone: it waits for redo
 */
void sag_mask_set_put_step (SagMaskSet *set, gint64 number, const char *title, gboolean undone);

/**
 * sag_mask_set_undo, sag_mask_set_redo: the next step.
 * Returns: FALSE with no error if there is none; with one if it could not be read
 */
gboolean sag_mask_set_undo (SagMaskSet *set, GError **error);
gboolean sag_mask_set_redo (SagMaskSet *set, GError **error);
/** sag_mask_set_get_missing: the number of the step that undo (@back) or redo would first have to read; 0: none. */
gint64 sag_mask_set_get_missing (SagMaskSet *set, gboolean back);
/** sag_mask_set_give_step: the bytes of a step that is missing. Error: SAG_ERROR_FORMAT */
gboolean sag_mask_set_give_step (SagMaskSet *set, gint64 number, GBytes *bytes, GError **error);
/** sag_mask_set_get_undo_title: (nullable): what would be undone. */
const char *sag_mask_set_get_undo_title (SagMaskSet *set);
const char *sag_mask_set_get_redo_title (SagMaskSet *set);
/** sag_mask_set_get_undo_size: bytes that the steps take. */
gsize sag_mask_set_get_undo_size (SagMaskSet *set);
/**
 * sag_mask_set_get_step: any step, oldest first, those that wait for redo last.
 * @undone: (out): it waits for redo
 * Returns: (transfer none) (nullable): NULL if its bytes were let go, or beyond the last
 */
SagMaskStep *sag_mask_set_get_step (SagMaskSet *set, guint index, gint64 *number, gboolean *undone);

/** sag_mask_set_get_n_steps: how many could be undone. */
guint sag_mask_set_get_n_steps (SagMaskSet *set);
/** sag_mask_set_get_n_undone: how many could be redone. */
guint sag_mask_set_get_n_undone (SagMaskSet *set);
/** sag_mask_set_get_step_title: of any step, oldest first, those that wait for redo last. */
const char *sag_mask_set_get_step_title (SagMaskSet *set, guint index);
/** sag_mask_set_get_n_all_steps: with those that wait for redo. */
guint sag_mask_set_get_n_all_steps (SagMaskSet *set);
/** sag_mask_set_forget_missing: steps whose bytes were let go, and those that lie behind them. */
void sag_mask_set_forget_missing (SagMaskSet *set);

G_END_DECLS
