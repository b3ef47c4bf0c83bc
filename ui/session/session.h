/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/base/journal.h"
#include "ui/case/cases.h"
#include "ui/engine/engine.h"
#include "ui/display/display.h"

G_BEGIN_DECLS

/**
 * SagUiSession: what the panes of one window share: its cases, the engine, and the display of the
 * current case. The display follows the current case; a case that is ready is prepared and encoded
 * ahead.
 *
 * Signal "toast" (string, boolean): a sentence for the person, said by any pane; and whether what it
 * tells can be undone.
 */
#define SAG_UI_TYPE_SESSION (sag_ui_session_get_type ())
G_DECLARE_FINAL_TYPE (SagUiSession, sag_ui_session, SAG_UI, SESSION, GObject)

/** sag_ui_session_new: keeps a reference to @engine, which windows of a program share. */
SagUiSession *sag_ui_session_new (SagUiEngine *engine);

SagUiEngine  *sag_ui_session_get_engine (SagUiSession *self);
SagUiCases   *sag_ui_session_get_cases (SagUiSession *self);
SagUiDisplay *sag_ui_session_get_display (SagUiSession *self);
/** sag_ui_session_get_case: (nullable) (transfer none): the current one. */
SagUiCase *sag_ui_session_get_case (SagUiSession *self);

/** sag_ui_session_say: a toast. */
void sag_ui_session_say (SagUiSession *self, const char *sentence);

/** SagUiUndo: puts back what was there before. */
typedef void (*SagUiUndo) (gpointer user_data);

/** sag_ui_session_say_done: a toast with "Undo", which undoes the journal's newest step. */
void sag_ui_session_say_done (SagUiSession *self, const char *sentence);

/**
 * sag_ui_session_offer: a toast with a button; signal "offer" (string, string, string).
 * @label: of the button
 * @action: its detailed name
 */
void sag_ui_session_offer (SagUiSession *self,
                           const char   *sentence,
                           const char   *label,
                           const char   *action);

/** sag_ui_session_get_journal: (transfer none): what can be undone and redone in this window. */
SagUiJournal *sag_ui_session_get_journal (SagUiSession *self);

/**
 * sag_ui_session_say_undoable: a toast with "Undo" for what was just done, which Ctrl+Z takes back
 * too; a step of the journal that cannot be redone.
 * @destroy: (nullable): of @user_data, called once, undone or not
 */
void sag_ui_session_say_undoable (SagUiSession  *self,
                                  const char    *sentence,
                                  SagUiUndo      undo,
                                  gpointer       user_data,
                                  GDestroyNotify destroy);
/** sag_ui_session_undo: takes back the newest; FALSE if there is none. */
gboolean sag_ui_session_undo (SagUiSession *self);

G_END_DECLS
