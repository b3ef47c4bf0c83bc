/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiAskPane: the entry for a task, and the answers as cards, starred ones first, then the newest.
 *
 * Puts the action group "ask" on its window: "ask.focus", "ask.catalogue", "ask.read-first"
 * (boolean state), "ask.again-all", "ask.force", and those of SagUiCard ("ask.peak" and so on) for
 * the selected card, or else the topmost answer.
 *
 * Signal "compare" (SagUiOverlay, SagUiOverlay): show the two maps side by side.
 */
#define SAG_UI_TYPE_ASK_PANE (sag_ui_ask_pane_get_type ())
G_DECLARE_FINAL_TYPE (SagUiAskPane, sag_ui_ask_pane, SAG_UI, ASK_PANE, AdwBin)

/** sag_ui_ask_pane_set_session: once, before it is shown. */
void sag_ui_ask_pane_set_session (SagUiAskPane *self, SagUiSession *session);

/** sag_ui_ask_pane_get_ask: (nullable) (transfer none). */
SagUiAsk *sag_ui_ask_pane_get_ask (SagUiAskPane *self);

/** sag_ui_ask_pane_ask: as if the person had typed @text and pressed Enter. (nullable) (transfer none): its result. */
SagUiResult *sag_ui_ask_pane_ask (SagUiAskPane *self, const char *text);

G_END_DECLS
