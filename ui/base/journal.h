/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SagUiStepTable: what a kind of step can do.
 * @undo, @redo: put things back, and forth again; may be called many times in turn. Without @redo
 *   (NULL) a step is forgotten once it is undone
 * @destroy: (nullable): frees the step's data
 */
typedef struct
{
  void (*undo) (gpointer data);
  void (*redo) (gpointer data);
  GDestroyNotify destroy;
} SagUiStepTable;

/**
 * SagUiJournal: what was done in a window and can be undone: measurements, moves of the analysed
 * box, cards, labels.
 *
 * Lives on the main thread. The oldest steps are forgotten beyond 1,000. A step's data must not
 * hold a reference to what owns the journal.
 *
 * Signal "changed": another step is next.
 */
#define SAG_UI_TYPE_JOURNAL (sag_ui_journal_get_type ())
G_DECLARE_FINAL_TYPE (SagUiJournal, sag_ui_journal, SAG_UI, JOURNAL, GObject)

#define SAG_UI_JOURNAL_MAX 1000

SagUiJournal *sag_ui_journal_new (void);

/**
 * sag_ui_journal_push: notes a step that has just been done; what was undone before can no longer be
 * redone. Ignored (and @data freed) while a step is being undone or redone.
 * @title: what was done, in the person's language: "Ruler drawn"
 * @table: static
 * @data: (transfer full)
 */
void sag_ui_journal_push (SagUiJournal         *self,
                          const char           *title,
                          const SagUiStepTable *table,
                          gpointer              data);

/**
 * sag_ui_journal_push_below: notes a step of long ago, older than all that are there: what was undone stays, and the
 * person's own steps are undone first. Ignored (and @data freed) if there are too many.
 */
void sag_ui_journal_push_below (SagUiJournal         *self,
                                const char           *title,
                                const SagUiStepTable *table,
                                gpointer              data);

/** sag_ui_journal_push_undone: the same for a step that was undone long ago: it is redone after all others. */
void sag_ui_journal_push_undone (SagUiJournal         *self,
                                 const char           *title,
                                 const SagUiStepTable *table,
                                 gpointer              data);

/** sag_ui_journal_forget: drops the steps for which @is says TRUE; not while one is being undone or redone. */
void sag_ui_journal_forget (SagUiJournal *self,
                            gboolean (*is) (const SagUiStepTable *table,
                                            gpointer              data,
                                            gpointer              user_data),
                            gpointer user_data);

/**
 * sag_ui_journal_undo, sag_ui_journal_redo: the next step.
 * Returns: FALSE if there is none
 */
gboolean sag_ui_journal_undo (SagUiJournal *self);
gboolean sag_ui_journal_redo (SagUiJournal *self);

/**
 * sag_ui_journal_hold: a step is on its way: undo and redo wait until it is there, and as many
 * sag_ui_journal_release() came.
 */
void sag_ui_journal_hold (SagUiJournal *self);
void sag_ui_journal_release (SagUiJournal *self);

/** sag_ui_journal_get_undo_title: (nullable): of the step that would be undone; NULL if there is none. */
const char *sag_ui_journal_get_undo_title (SagUiJournal *self);
/** sag_ui_journal_get_redo_title: (nullable). */
const char *sag_ui_journal_get_redo_title (SagUiJournal *self);

G_END_DECLS
