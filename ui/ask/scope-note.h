/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiScopeNote: what stands above all answers of a scan that the model should not, or hardly, be
 * asked about: there before the first number. Invisible for a scan in scope.
 */
#define SAG_UI_TYPE_SCOPE_NOTE (sag_ui_scope_note_get_type ())
G_DECLARE_FINAL_TYPE (SagUiScopeNote, sag_ui_scope_note, SAG_UI, SCOPE_NOTE, AdwBin)

/**
 * sag_ui_scope_note_set:
 * @scope: (nullable): not known yet
 * @forced: the person asked anyway
 */
void sag_ui_scope_note_set (SagUiScopeNote *self, const SagScope *scope, gboolean forced);

/** sag_ui_ask_anyway: after a question back, everything that was refused is asked all the same. */
void sag_ui_ask_anyway (GtkWidget *parent, SagUiAsk *ask, SagUiCase *one);

/** sag_ui_ask_force: the same without the question back. */
void sag_ui_ask_force (SagUiAsk *ask, SagUiCase *one);

G_END_DECLS
