/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/cases.h"
#include "model/store/labels.h"

G_BEGIN_DECLS

/**
 * SagWorkItem: a case in the list.
 * @values: of the reader, one SagLabelValue for each task
 * @n_labelled: tasks that the reader has labelled
 * @n_masks: of the reader, those that are not empty
 * @n_others: how many other readers have labelled or painted anything
 * @n_painters: how many other readers have painted for a task
 */
typedef struct
{
  SagCaseRow *one;
  guint8     *values;
  guint       n_labelled;
  guint       n_masks;
  guint       n_others;
  guint       n_painters;
} SagWorkItem;

/**
 * sag_work_item_get_n_readers: how many have labelled or painted anything. A mask without a voxel is nothing here,
 * though for a task it says that there is nothing of it: who has done no more than that is counted in @n_painters only.
 */
guint sag_work_item_get_n_readers (const SagWorkItem *item);

/** SagWorklist: all cases of a project as one reader sees them. One owner; any thread once it is loaded. */
typedef struct
{
  GPtrArray *items; /* SagWorkItem */
  GPtrArray *tasks; /* SagTaskRow */
  GPtrArray *aside; /* SagTaskRow: those that were put aside */
} SagWorklist;

/** sag_worklist_load: on the store's thread. @reader: (nullable): who works */
SagWorklist *sag_worklist_load (SagDb *db, const char *reader, GError **error);
void         sag_worklist_free (SagWorklist *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagWorklist, sag_worklist_free)

/**
 * SagWorkFilter: all that is said must hold; zero-filled: everything.
 * @states: bits 1 << SagCaseState; 0: any
 * @text: (nullable): in the case's or patient's name, whatever the case of letters
 * @task: its place in the list + 1; 0: none. Its label must then be @value
 * @unlabelled: some task has no label yet
 */
typedef struct
{
  guint         states;
  const char   *text;
  guint         task;
  SagLabelValue value;
  gboolean      unlabelled;
} SagWorkFilter;

/** sag_worklist_filter: (transfer full) (element-type guint): places in @list->items. */
GArray *sag_worklist_filter (const SagWorklist *list, const SagWorkFilter *filter);

/** sag_worklist_next_unlabelled: the place of the next case after @place with a task to label; -1 if there is none. */
int sag_worklist_next_unlabelled (const SagWorklist *list, int place);

/** SagWorkProgress: how far the work is. */
typedef struct
{
  guint n_cases;
  guint n_states[SAG_N_CASE_STATES];
  guint n_complete; /* every task labelled */
  guint n_labels;
} SagWorkProgress;

void sag_worklist_get_progress (const SagWorklist *list, SagWorkProgress *progress);

G_END_DECLS
