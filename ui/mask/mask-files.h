/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/mask/masks.h"

G_BEGIN_DECLS

/* Masks from and to files, and a folder that other tools write into. Actions in the group "mask":
 *  "open": masks and label maps (NIfTI), each value a mask; ITK-SNAP's table beside a file names them
 *  "save", "save-all": NIfTI on the scan's grid, read back
 *  "watch": a folder: what appears in it with the name of the scan is opened by itself; once more ends it
 */

void sag_ui_mask_files_add_actions (SagUiMasks *masks, GActionMap *actions);

/**
 * sag_ui_mask_files_open: each file's masks are added to the current case.
 * @files: (element-type GFile)
 * @by_model: their voxels are marked as a model's
 */
void sag_ui_mask_files_open (SagUiMasks *masks, GListModel *files, gboolean by_model);

/** sag_ui_mask_files_dup_name: CASE__NAME-HEX__mask.nii.gz, as exports of projects call it. */
char *sag_ui_mask_files_dup_name (SagUiMasks *masks, guint index);

/** sag_ui_mask_files_save: @index of the current case, to @file. */
void sag_ui_mask_files_save (SagUiMasks *masks, guint index, GFile *file);

/** sag_ui_mask_files_save_all: each non-empty mask of the current case, into @folder. */
void sag_ui_mask_files_save_all (SagUiMasks *masks, GFile *folder);

/** sag_ui_mask_files_watch: @folder NULL: none. */
void sag_ui_mask_files_watch (SagUiMasks *masks, GFile *folder);

/** sag_ui_mask_files_fits: whether a file called @name may be a mask of the scan called @scan. */
gboolean sag_ui_mask_files_fits (const char *name, const char *scan);

G_END_DECLS
