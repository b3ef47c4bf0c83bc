/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

G_BEGIN_DECLS

/** SagUiWorkRow: a case in the worklist. */
#define SAG_UI_TYPE_WORK_ROW (sag_ui_work_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiWorkRow, sag_ui_work_row, SAG_UI, WORK_ROW, GObject)

/** sag_ui_work_row_get_item: (transfer none): as it is now; good until the project's next signal. */
const SagWorkItem *sag_ui_work_row_get_item (SagUiWorkRow *self);

/**
 * SagUiWorklist: the cases of the open project that pass a filter, in the project's order. A
 * GListModel of SagUiWorkRow, made as they are looked at, so that thousands cost nothing.
 */
#define SAG_UI_TYPE_WORKLIST (sag_ui_worklist_get_type ())
G_DECLARE_FINAL_TYPE (SagUiWorklist, sag_ui_worklist, SAG_UI, WORKLIST, GObject)

SagUiWorklist *sag_ui_worklist_new (SagUiProject *project);

/** sag_ui_worklist_set_filter: @filter: copied. */
void sag_ui_worklist_set_filter (SagUiWorklist *self, const SagWorkFilter *filter);
/** sag_ui_worklist_find: the position of a case; -1 if the filter hides it. */
int sag_ui_worklist_find (SagUiWorklist *self, gint64 case_id);
/** sag_ui_worklist_is_changing: during "items-changed" of a list that was read or filtered anew. */
gboolean sag_ui_worklist_is_changing (SagUiWorklist *self);

G_END_DECLS
