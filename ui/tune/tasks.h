/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"
#include "ui/tune/choice.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiTuneTasks: the tasks of the open project as a table: chosen or not, present, absent, masks.
 *
 * Signal "changed": others are chosen.
 */
#define SAG_UI_TYPE_TUNE_TASKS (sag_ui_tune_tasks_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneTasks, sag_ui_tune_tasks, SAG_UI, TUNE_TASKS, GtkWidget)

GtkWidget *sag_ui_tune_tasks_new (SagUiProject *project);

/** sag_ui_tune_tasks_dup_chosen: (transfer full): keys. */
char **sag_ui_tune_tasks_dup_chosen (SagUiTuneTasks *self);
void   sag_ui_tune_tasks_set_chosen (SagUiTuneTasks *self, const char *key, gboolean chosen);
/** sag_ui_tune_tasks_show: what there is of each. @counts: (nullable) */
void sag_ui_tune_tasks_show (SagUiTuneTasks *self, const SagUiTuneCounts *counts);

G_END_DECLS
