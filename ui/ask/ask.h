/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/opinion.h"
#include "ui/session/session.h"

G_BEGIN_DECLS

/**
 * SagUiAsk: what everything that asks in one window shares: how common findings are, whether the
 * reader comes first, and the work that goes on behind a card. No widgets.
 *
 * Properties: "read-first" (boolean): numbers and maps stay hidden until the reader has set a
 * label; "prevalence" (double): of every task that has none of its own; negative for none.
 *
 * Signals: "changed" (SagUiResult, nullable): a card must be drawn again, or (NULL) all of them;
 * "compare" (SagUiOverlay, SagUiOverlay): two maps are to be shown side by side; "labelled"
 * (SagUiCase, string, uint): the reader said a SagUiLabel of a text; what was hidden still is.
 */
#define SAG_UI_TYPE_ASK (sag_ui_ask_get_type ())
G_DECLARE_FINAL_TYPE (SagUiAsk, sag_ui_ask, SAG_UI, ASK, GObject)

SagUiAsk *sag_ui_ask_new (SagUiSession *session);

SagUiSession *sag_ui_ask_get_session (SagUiAsk *self);
/** sag_ui_ask_get_engine: (transfer none). */
SagUiEngine *sag_ui_ask_get_engine (SagUiAsk *self);
/** sag_ui_ask_get_case: (nullable) (transfer none): the current one. */
SagUiCase *sag_ui_ask_get_case (SagUiAsk *self);

gboolean sag_ui_ask_get_read_first (SagUiAsk *self);
void     sag_ui_ask_set_read_first (SagUiAsk *self, gboolean read_first);

/** sag_ui_ask_change_reader: somebody else reads now: what was said and seen of all open cases is not theirs. */
void sag_ui_ask_change_reader (SagUiAsk *self);

/**
 * sag_ui_ask_is_hidden: the answer to @text must not be shown yet: the reader comes first and has
 * neither set a label nor seen an answer to this text before.
 */
gboolean sag_ui_ask_is_hidden (SagUiAsk *self, SagUiCase *one, const char *text);

/** sag_ui_ask_set_label: the reader's own word; reveals what was hidden. */
void sag_ui_ask_set_label (SagUiAsk *self, SagUiCase *one, const char *text, SagUiLabel label);

/**
 * sag_ui_ask_watch: from now on every result of @one gets its prevalence, and is hidden or revealed
 * as the mode says, as soon as it changes. Once a case.
 */
void sag_ui_ask_watch (SagUiAsk *self, SagUiCase *one);

double sag_ui_ask_get_prevalence (SagUiAsk *self);
/** sag_ui_ask_set_prevalence: for all tasks that have none of their own; negative: none. */
void sag_ui_ask_set_prevalence (SagUiAsk *self, double prevalence);
/** sag_ui_ask_get_prevalence_of: what counts for @text; negative: nobody said. */
double sag_ui_ask_get_prevalence_of (SagUiAsk *self, const char *text);
/** sag_ui_ask_has_own_prevalence: @text has one of its own. */
gboolean sag_ui_ask_has_own_prevalence (SagUiAsk *self, const char *text);
/** sag_ui_ask_set_prevalence_of: of this text only; negative: that of all again. */
void sag_ui_ask_set_prevalence_of (SagUiAsk *self, const char *text, double prevalence);

/** sag_ui_ask_dup_note: (nullable): the watermark of the open bundle for the current case. */
char *sag_ui_ask_dup_note (SagUiAsk *self);
/** sag_ui_ask_dup_note_of: (nullable): the same for @result of @one; NULL if it is another bundle's. */
char *sag_ui_ask_dup_note_of (SagUiAsk *self, SagUiCase *one, SagUiResult *result);

/** sag_ui_ask_get_training: what the open bundle's list says; `unknown` while none is open. */
SagTraining sag_ui_ask_get_training (SagUiAsk *self, const char *text, SagHead head);

/** sag_ui_ask_remove: takes a result and its maps away; undoable. */
void sag_ui_ask_remove (SagUiAsk *self, SagUiCase *one, SagUiResult *result);

/** sag_ui_ask_evidence, sag_ui_ask_robust: start the work; a failure is said as a toast. */
void sag_ui_ask_evidence (SagUiAsk *self, SagUiCase *one, SagUiResult *result);
void sag_ui_ask_robust (SagUiAsk *self, SagUiCase *one, SagUiResult *result);

/** sag_ui_ask_again_all: asks every stale result once more; how many. */
guint sag_ui_ask_again_all (SagUiAsk *self, SagUiCase *one);

/** sag_ui_ask_compare: asks whoever shows views, with signal "compare", to show two maps side by side. */
void sag_ui_ask_compare (SagUiAsk *self, SagUiOverlay *a, SagUiOverlay *b);

G_END_DECLS
