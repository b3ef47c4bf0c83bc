/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiLabelsPane: the tasks of the project with the reader's label for the current case, and what
 * can be said about the one that is active.
 *
 * Puts the action group "label" on its window: "label.set" (string: a value, "none" to take it
 * back), "label.task" (int: so many tasks on), "label.rest-absent", "label.as-last", "label.next".
 * They are enabled only while the pane is shown: labelling is a mode of its own.
 */
#define SAG_UI_TYPE_LABELS_PANE (sag_ui_labels_pane_get_type ())
G_DECLARE_FINAL_TYPE (SagUiLabelsPane, sag_ui_labels_pane, SAG_UI, LABELS_PANE, AdwBin)

/** sag_ui_labels_pane_set_session: once, before it is shown. */
void sag_ui_labels_pane_set_session (SagUiLabelsPane *self, SagUiSession *session);

/** sag_ui_labels_pane_get_actions: (transfer none). */
GActionGroup *sag_ui_labels_pane_get_actions (SagUiLabelsPane *self);

G_END_DECLS
