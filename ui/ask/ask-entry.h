/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SAG_UI_ASK_PAUSE_MS: how long typing rests before a complete catalogue sentence is asked. */
#define SAG_UI_ASK_PAUSE_MS 250

/**
 * SagUiAskEntry: where a task is typed, with completion from the catalogue below it.
 *
 * Down and Up choose, Tab takes over, Enter asks (and selects the text, so that the next one takes its
 * place), Escape closes the list and then leaves.
 *
 * Signals: "ask" (string): Enter; "ask-live" (string): typing paused at a catalogue sentence;
 * "emptied": nothing is left of the text; "leave": back to the views.
 */
#define SAG_UI_TYPE_ASK_ENTRY (sag_ui_ask_entry_get_type ())
G_DECLARE_FINAL_TYPE (SagUiAskEntry, sag_ui_ask_entry, SAG_UI, ASK_ENTRY, AdwBin)

/** sag_ui_ask_entry_set_ask: once, before it is shown. */
void sag_ui_ask_entry_set_ask (SagUiAskEntry *self, SagUiAsk *ask);

/** sag_ui_ask_entry_set_text: as if typed, with the focus in it: a catalogue sentence answers live. */
void        sag_ui_ask_entry_set_text (SagUiAskEntry *self, const char *text);
const char *sag_ui_ask_entry_get_text (SagUiAskEntry *self);

G_END_DECLS
