/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/cases.h"

G_BEGIN_DECLS

/* The list of tasks as it was, so that it can be again. All functions run on the store's thread. */

typedef struct _SagTasksKept SagTasksKept;

/** sag_tasks_keep: all tasks, and what was said to the one with @id (0: none), which may go. */
SagTasksKept *sag_tasks_keep (SagDb *db, gint64 id, GError **error);
void          sag_tasks_kept_free (SagTasksKept *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTasksKept, sag_tasks_kept_free)

/**
 * sag_tasks_bring_back: the task with @id is as it was: gone, or there with its id, its words, and what was said to it
 * if it was gone and sag_tasks_keep() was called for it. Others keep their words and what was said to them; those that
 * were there have their old places.
 *
 * Error: also SAG_ERROR_ARGUMENT: another task has its key by now
 */
gboolean sag_tasks_bring_back (SagDb *db, const SagTasksKept *kept, gint64 id, GError **error);

G_END_DECLS
