/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/statistics.h"
#include "ui/mask/case-masks.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** SagUiMaskRow: a mask in the list: colour, name, task, what it measures, eye, lock, bin. F2 renames it. */
#define SAG_UI_TYPE_MASK_ROW (sag_ui_mask_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMaskRow, sag_ui_mask_row, SAG_UI, MASK_ROW, GtkListBoxRow)

GtkWidget  *sag_ui_mask_row_new (SagUiCaseMasks *masks, const char *id);
const char *sag_ui_mask_row_get_id (SagUiMaskRow *self);

/**
 * sag_ui_mask_row_update: shows the mask as it is now; its statistics follow.
 * @volume: (nullable): of the scan
 * @task: (nullable): what to say of the task that it belongs to; @whole_task: (nullable): the same at length
 */
void sag_ui_mask_row_update (SagUiMaskRow *self,
                             SagVolume    *volume,
                             const char   *task,
                             const char   *whole_task);

/** sag_ui_mask_statistics_dup_text: "12.3 ml, mean −812 HU, 40 × 32 × 55 mm". */
char *sag_ui_mask_statistics_dup_text (const SagMaskStatistics *statistics);

G_END_DECLS
