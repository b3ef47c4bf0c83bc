/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/brush.h"
#include "model/mask/mask-set.h"
#include "ui/base/journal.h"
#include "ui/case/case.h"

G_BEGIN_DECLS

/**
 * SagUiCaseMasks: the masks of one case, and the work on them.
 *
 * Work is done one piece after the other on a thread of its own, in the order in which it was asked
 * for; each piece becomes a step that the window's journal undoes. While some is under way, undo
 * waits for it. Lives on the main thread; kept by the case, and by what the journal can undo.
 *
 * Signals:
 *  "changed": the list, a name, a look, what a mask holds, or where it is kept;
 *  "shown": a picture of the masks is out of date; also while a stroke is drawn;
 *  "said" (string, boolean): a sentence for the person; whether it tells of a failure;
 *  "stepped": a step of theirs is being undone or redone: the person should see the case.
 */
#define SAG_UI_TYPE_CASE_MASKS (sag_ui_case_masks_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCaseMasks, sag_ui_case_masks, SAG_UI, CASE_MASKS, GObject)

/**
 * sag_ui_case_masks_get: (nullable) (transfer none): made when it is first asked for.
 * @journal: of the window that the case is in
 * Returns: NULL while the grid of the scan is unknown
 */
SagUiCaseMasks *sag_ui_case_masks_get (SagUiCase *one, SagUiJournal *journal);

/** sag_ui_case_masks_peek: (nullable) (transfer none): only if there is one already. */
SagUiCaseMasks *sag_ui_case_masks_peek (SagUiCase *one);

/** sag_ui_case_masks_get_set: (transfer none): to look at; what is below changes it. */
SagMaskSet *sag_ui_case_masks_get_set (SagUiCaseMasks *self);

/**
 * sag_ui_case_masks_set_set: the masks that a project has of the case take the place of those that
 * are there; what it can undo and redo is older than all that the journal has. Not while something is under way.
 * @set: (transfer full)
 */
void sag_ui_case_masks_set_set (SagUiCaseMasks *self, SagMaskSet *set);

guint sag_ui_case_masks_get_n (SagUiCaseMasks *self);

/** sag_ui_case_masks_get_shown: (transfer none): the mask at @index with what is drawn on it just now. */
SagMask *sag_ui_case_masks_get_shown (SagUiCaseMasks *self, guint index);

/** sag_ui_case_masks_get_active: (nullable): the id of the mask that tools change. */
const char *sag_ui_case_masks_get_active (SagUiCaseMasks *self);
void        sag_ui_case_masks_set_active (SagUiCaseMasks *self, const char *id);
/** sag_ui_case_masks_get_active_index: -1 if there is no mask. */
int sag_ui_case_masks_get_active_index (SagUiCaseMasks *self);

/** sag_ui_case_masks_is_busy: work is under way or waits. */
gboolean sag_ui_case_masks_is_busy (SagUiCaseMasks *self);

/* The list. Each is a step. A sentence says what failed. */

/**
 * sag_ui_case_masks_add: below the others; becomes the active one.
 * @name: (nullable): NULL: "Mask N"
 * @key: (nullable): of the task that it belongs to
 * @colour: (nullable): NULL: the next answer colour
 * @mask: (nullable): empty
 * Returns: its id; (nullable): NULL if it failed
 */
const char *sag_ui_case_masks_add (
  SagUiCaseMasks *self, const char *name, const char *key, const guint32 *colour, SagMask *mask);
void sag_ui_case_masks_remove (SagUiCaseMasks *self, const char *id);
void sag_ui_case_masks_rename (SagUiCaseMasks *self, const char *id, const char *name);
/** sag_ui_case_masks_set_key: @key: (nullable): the task that it belongs to. */
void sag_ui_case_masks_set_key (SagUiCaseMasks *self, const char *id, const char *key);
void sag_ui_case_masks_set_colour (SagUiCaseMasks *self, const char *id, guint32 colour);
void sag_ui_case_masks_set_locked (SagUiCaseMasks *self, const char *id, gboolean locked);
void sag_ui_case_masks_set_visible (SagUiCaseMasks *self, const char *id, gboolean visible);
void sag_ui_case_masks_move (SagUiCaseMasks *self, const char *id, guint index);

/* Strokes. */

/**
 * sag_ui_case_masks_begin: a stroke on the active mask; its pieces follow.
 * @title: what it is, for undo
 * Returns: FALSE if there is no such mask, or it is locked, which is said
 */
gboolean sag_ui_case_masks_begin (SagUiCaseMasks *self, const char *title, const SagBrush *brush);
/** sag_ui_case_masks_draw: a piece of it; RAS mm. */
void sag_ui_case_masks_draw (SagUiCaseMasks *self, const double from[3], const double to[3]);
/** sag_ui_case_masks_end: @keep FALSE: it never was. */
void sag_ui_case_masks_end (SagUiCaseMasks *self, gboolean keep);

/* Everything else. */

/**
 * SagUiMaskFunc: on another thread: makes a mask of @mask.
 * @note: (out): (transfer full): a sentence that the person should hear when it is done
 * Returns: (transfer full): NULL with an error, or without one for nothing to do
 */
typedef SagMask *(*SagUiMaskFunc) (
  SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error);

/**
 * sag_ui_case_masks_run: changes the active mask.
 * @data: (transfer full): freed with @destroy
 * Returns: FALSE if there is no such mask, or it is locked, which is said; @data is freed
 */
gboolean sag_ui_case_masks_run (SagUiCaseMasks *self,
                                const char     *title,
                                SagUiMaskFunc   func,
                                gpointer        data,
                                GDestroyNotify  destroy);

/** sag_ui_case_masks_run_on: the same of the mask called @id (nullable), whichever is active. */
gboolean sag_ui_case_masks_run_on (SagUiCaseMasks *self,
                                   const char     *id,
                                   const char     *title,
                                   SagUiMaskFunc   func,
                                   gpointer        data,
                                   GDestroyNotify  destroy);

/**
 * sag_ui_case_masks_run_new: the same, of an empty mask, for a new one.
 * @name: of it
 * @key: (nullable): of the task that it belongs to
 */
void sag_ui_case_masks_run_new (SagUiCaseMasks *self,
                                const char     *name,
                                const char     *key,
                                SagUiMaskFunc   func,
                                gpointer        data,
                                GDestroyNotify  destroy);

/** sag_ui_case_masks_cancel: the work that is under way and what waits; not a stroke. */
void sag_ui_case_masks_cancel (SagUiCaseMasks *self);

/* What would be lost. */

/** sag_ui_case_masks_is_kept: nothing was painted that is neither in a project nor in a file. */
gboolean sag_ui_case_masks_is_kept (SagUiCaseMasks *self);
/** sag_ui_case_masks_note_kept: @mask (as it was then) of @id is in a file now. */
void sag_ui_case_masks_note_kept (SagUiCaseMasks *self, const char *id, SagMask *mask);
/** sag_ui_case_masks_set_stored: every step goes into a project: nothing can be lost. */
void sag_ui_case_masks_set_stored (SagUiCaseMasks *self, gboolean stored);

G_END_DECLS
