/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/export/export.h"

G_BEGIN_DECLS

/* What comes into a project from other tools. All or nothing for each file. */

/**
 * sag_import_mask: a mask or label map as masks of a case.
 * @case_id: whose; its scan must have been opened once
 * @path: NIfTI, on the scan's grid or another one over the same patient: then the nearest voxel counts, which is said
 * @table: (nullable): names and colours: ITK-SNAP's label descriptions, or CSV with the columns id
 *   and name (TotalSegmentator)
 * @key: (nullable): the task that all of them belong to; NULL: see sag_import_name_tasks()
 * @by_model: the voxels are marked as a model's
 *
 * One value: one mask, called as the .json beside it says, else as the file; several: one for each.
 * Errors: SAG_ERROR_MISMATCH: nothing of it lies in the scan
 */
gboolean sag_import_mask (SagProject   *project,
                          gint64        case_id,
                          const char   *path,
                          const char   *table,
                          const char   *key,
                          gboolean      by_model,
                          SagExported  *imported,
                          GCancellable *cancellable,
                          GError      **error);

/**
 * sag_import_read_masks: the masks of such a file, without a project. Any thread.
 * @grid, @scan: of the scan, and what it is called
 * @infos: (element-type SagMaskInfo), @masks: (element-type SagMask): what is found is added to them; without @key
 *   of a file with one value with the task that a .json beside it tells, as exports of masks write it
 */
gboolean sag_import_read_masks (const char        *path,
                                const char        *table,
                                const char        *key,
                                gboolean           by_model,
                                const SagGeometry *grid,
                                const char        *scan,
                                GPtrArray         *infos,
                                GPtrArray         *masks,
                                SagExported       *imported,
                                GCancellable      *cancellable,
                                GError           **error);

/**
 * sag_import_find_task: (nullable) (transfer none): the one of @tasks (SagTaskRow) that a label's name means: its key,
 * its wording or its short name, whatever the capitals and the signs between words. NULL: none, or several.
 */
const SagTaskRow *sag_import_find_task (const GPtrArray *tasks, const char *name);

/**
 * sag_import_name_tasks: the masks of a file, @infos from @first on, get the task that a key they came with, their
 * name, or (of a file with one mask) the file's name tells; others get none. A file may begin with its scan's name.
 * @tasks: (element-type SagTaskRow)
 * Returns: how many have one now
 */
guint sag_import_name_tasks (
  const GPtrArray *tasks, const char *path, const char *scan, GPtrArray *infos, guint first);

/** sag_import_dup_told_key: (nullable): the task that the .json beside an exported mask tells. Any thread. */
char *sag_import_dup_told_key (const char *path);

/**
 * sag_import_table: a table of labels: what sag_export_labels() writes as CSV; or a manifest as `train` reads them
 * (question, img_file_path, label): then questions become tasks. And the masks that a table of samples names:
 * mask_file_path (NIfTI, from the table's folder on) and mask_values ("10;11", which of the file's voxels; none: all
 * but 0) become a mask of the row's task. A row's split becomes that of a case that has none.
 *
 * Labels come all or none; masks one after the other, so that an import that was stopped can be begun again: what is
 * there stays, and is noted, as are scans that are not in the project or were never opened, masks on another grid than
 * their scan (the nearest voxel counts), and files that cannot be read.
 * Masks and scans may be upstream's .bin, which know no place: they are taken where the scan's .bin is what
 * sag_export_upstream() makes of the case, and "Segment:KEY" means the task of that key, if the project has one.
 * @reader: (nullable): whose work this is where the table does not say: who works
 * @by_model: the voxels are marked as a model's
 */
gboolean sag_import_table (SagProject   *project,
                           const char   *path,
                           const char   *reader,
                           gboolean      by_model,
                           SagExported  *imported,
                           GCancellable *cancellable,
                           GError      **error);

G_END_DECLS
