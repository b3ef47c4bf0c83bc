/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* import-labels.c reads tables, import-table.c the masks that they name, import-masks.c the files of those. */

#include "model/export/import.h"

G_BEGIN_DECLS

/**
 * SagMaskRow: a row of a table that names a mask.
 * @path: absolute; @values: (nullable): "10;11": which of the file's make the mask; NULL: all but 0
 * @reader: (nullable): as of labels
 */
typedef struct
{
  const SagCaseRow *one;
  gint64            task_id;
  char             *path;
  char             *values;
  char             *reader;
  guint             line;
} SagMaskRow;

/** sag_import_rows: sag_import_labels(). @masks: (nullable) (element-type SagMaskRow): gets the rows with a mask */
gboolean sag_import_rows (SagProject  *project,
                          const char  *path,
                          const char  *reader,
                          GPtrArray   *masks,
                          SagExported *imported,
                          GError     **error);

/**
 * sag_import_read_map: (transfer full): the masks' file, before it is brought on the scan's grid. Errors: as of
 * sag_nifti_load(), and SAG_ERROR_FORMAT: no whole numbers
 */
SagVolume *sag_import_read_map (const char *path, GCancellable *cancellable, GError **error);

/**
 * sag_import_map_mask: (transfer full): what has one of the values, on the scan's grid: the nearest voxel counts.
 * @values: (array length=n_values): none: all but 0
 */
SagMask *sag_import_map_mask (
  SagVolume *map, const SagGeometry *grid, const gint32 *values, gsize n_values, gboolean by_model);

G_END_DECLS
