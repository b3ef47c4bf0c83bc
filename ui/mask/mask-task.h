/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/cases.h"
#include "ui/mask/masks.h"

G_BEGIN_DECLS

/*
 * Which task of the project a mask belongs to. Without one it is in no table of readings and in nothing that is trained
 * on.
 */

/** sag_ui_masks_get_tasks: (nullable) (element-type SagTaskRow) (transfer none): the project's, if it has any. */
const GPtrArray *sag_ui_masks_get_tasks (SagUiMasks *self);

/**
 * sag_ui_masks_find_task: (nullable) (transfer none): that of a new mask.
 * @text: (nullable): what it was made from, such as the question of a map; NULL: the task that labels are about now,
 *   else the question of the map that is shown
 */
const SagTaskRow *sag_ui_masks_find_task (SagUiMasks *self, const char *text);

/** sag_ui_masks_add: a new mask of the task that is worked on, which is said. */
void sag_ui_masks_add (SagUiMasks *self, SagUiCaseMasks *masks);

/**
 * sag_ui_masks_dup_task_title: (nullable): what stands below a mask's name; NULL: there is nothing to say.
 * @whole: (out) (transfer full) (nullable): the same at length
 */
char *sag_ui_masks_dup_task_title (SagUiMasks *self, const SagMaskInfo *info, char **whole);

/** SagUiMaskTask: the task of the active mask, which can be chosen; hidden where there is no choice. */
#define SAG_UI_TYPE_MASK_TASK (sag_ui_mask_task_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMaskTask, sag_ui_mask_task, SAG_UI, MASK_TASK, GtkBox)

/** sag_ui_mask_task_update: shows what is active now. */
void sag_ui_mask_task_update (SagUiMaskTask *self, SagUiMasks *masks);

G_END_DECLS
