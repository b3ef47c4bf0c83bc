/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* import-labels.c reads tables, import-table.c the masks that they name, import-masks.c and import-bin.c the files
 * of those. */

#include "model/dataset/rows.h"
#include "model/export/import.h"

G_BEGIN_DECLS

/**
 * SagMaskRow: a row of a table that names a mask.
 * @path: absolute; @scan: (nullable): absolute: img_file_path
 * @values: (nullable): "10;11": which of the file's make the mask; NULL: all but 0
 * @reader: (nullable): as of labels
 */
typedef struct
{
  const SagCaseRow *one;
  gint64            task_id;
  char             *path;
  char             *scan;
  char             *values;
  char             *reader;
  guint             line;
} SagMaskRow;

/** sag_import_rows: the labels of sag_import_table(). @masks: (element-type SagMaskRow): gets the rows with a mask */
gboolean sag_import_rows (SagProject   *project,
                          const char   *path,
                          const char   *reader,
                          GPtrArray    *masks,
                          SagExported  *imported,
                          GCancellable *cancellable,
                          GError      **error);

/**
 * sag_import_look_at_scans: cases that were never opened, and are called as rows with a content (scan_sha256) that no
 * case has, get theirs, in the project, too. One that cannot be read is left as it is. Errors: G_IO_ERROR_CANCELLED,
 * those of the project
 */
gboolean sag_import_look_at_scans (SagProject   *project,
                                   SagRows      *rows,
                                   SagExported  *imported,
                                   GCancellable *cancellable,
                                   GError      **error);

/**
 * sag_import_read_map: (transfer full): the masks' file, before it is brought on the scan's grid. Errors: as of
 * sag_nifti_load(), and SAG_ERROR_FORMAT: no whole numbers
 */
SagVolume *sag_import_read_map (const char *path, GCancellable *cancellable, GError **error);

/** sag_import_dup_told_name: (nullable): what the .json beside an exported mask calls it. Any thread. */
char *sag_import_dup_told_name (const char *path);

/** sag_import_check_map: whether @map holds whole numbers, not too many of them. @name stands in the message. */
gboolean sag_import_check_map (SagVolume *map, const char *name, GError **error);

/**
 * SagBinPlace: where upstream's .bin of a case lies, found once for all masks of it. Zeros are nothing.
 * @scan: the .bin of the scan; @grid: its voxels, of which only the number is known if there is an @error
 */
typedef struct
{
  const SagCaseRow *one;
  char             *scan;
  SagGeometry       grid;
  GError           *error;
} SagBinPlace;

void sag_bin_place_clear (SagBinPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagBinPlace, sag_bin_place_clear)

/** sag_import_needs_place: whether the row's mask, or its scan, is a .bin: sag_import_read_placed() reads it then. */
gboolean sag_import_needs_place (const SagMaskRow *row);

/**
 * sag_import_read_placed: (transfer full): sag_import_read_map() of such a row.
 *
 * Errors: those of sag_import_read_map(), SAG_ERROR_MISMATCH: nobody can say where the mask lies
 */
SagVolume *sag_import_read_placed (SagBinPlace      *place,
                                   SagProject       *project,
                                   const SagMaskRow *row,
                                   GCancellable     *cancellable,
                                   GError          **error);

/**
 * sag_import_map_mask: (transfer full): what has one of the values, on the scan's grid: the nearest voxel counts.
 * @values: (array length=n_values): none: all but 0
 */
SagMask *sag_import_map_mask (
  SagVolume *map, const SagGeometry *grid, const gint32 *values, gsize n_values, gboolean by_model);

G_END_DECLS
