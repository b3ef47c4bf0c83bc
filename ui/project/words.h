/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/worklist.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a project's words are for people. */

/** sag_ui_project_get_value_title: "Present"; of none: "no label". */
const char *sag_ui_project_get_value_title (SagLabelValue value);
/** sag_ui_project_get_value_hint: a sentence. */
const char *sag_ui_project_get_value_hint (SagLabelValue value);
/** sag_ui_project_get_state_title: "new", "in progress", "done", "reviewed". */
const char *sag_ui_project_get_state_title (SagCaseState state);

/**
 * sag_ui_project_dup_task_trigger: (nullable) (transfer full): the key that chooses a task: its own,
 * else Alt and its number.
 */
GtkShortcutTrigger *sag_ui_project_dup_task_trigger (const SagTaskRow *task, guint place);
/** sag_ui_project_dup_task_key: (nullable): the same as people read it. */
char *sag_ui_project_dup_task_key (const SagTaskRow *task, guint place);

G_END_DECLS
