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

/** sag_tasks_bring_back: the list is as it was; a task that comes back has its id and what was said to it. */
gboolean sag_tasks_bring_back (SagDb *db, const SagTasksKept *kept, GError **error);

G_END_DECLS
