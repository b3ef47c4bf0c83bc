/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

G_BEGIN_DECLS

/* What becomes of the tasks of a project. */

typedef enum
{
  SAG_UI_TASK_PUT,       /* added, or changed */
  SAG_UI_TASK_MOVE,      /* to another place; one that was put aside comes back */
  SAG_UI_TASK_PUT_ASIDE, /* asked no longer; its labels stay */
  SAG_UI_TASK_REMOVE,    /* with its labels */
} SagUiTaskDeed;

/**
 * sag_ui_tasks_write: behind; the list is read again afterwards, and the window's journal undoes it. Nothing in a
 * project that is only looked at.
 * @task: copied
 * @place: where it is moved; beyond the end: to the end
 */
void
sag_ui_tasks_write (SagUiProject *project, const SagTaskRow *task, SagUiTaskDeed deed, guint place);

/** sag_ui_task_copy: (transfer full). */
SagTaskRow *sag_ui_task_copy (const SagTaskRow *task);

G_END_DECLS
