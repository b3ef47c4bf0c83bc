/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

#define SAG_BIN_MOST_SIDE 4096
#define SAG_BIN_MOST_VOXELS ((gint64) 1 << 29)

/**
 * sag_bin_load: upstream's own format of a standardised scan: 1 mm, axes R, A, S, int16 HU.
 *
 *   OFFSET  SIZE  MEANING
 *   0       4     "ZST0" (zstd-compressed voxels) or "RAW0"
 *   4       12    three uint32: voxels along R, A, S
 *   16            int16 voxels in C order (S fastest), all little endian
 *
 * The file knows no place in the patient: index 0 lies at 0 mm.
 *
 * Errors: SAG_ERROR_FORMAT naming the file, SAG_ERROR_LIMIT, G_FILE_ERROR
 */
SagVolume *sag_bin_load (const char *path, GError **error);

/** sag_bin_save: writes "ZST0" from an int16 volume whose axes are R, A, S (any spacing: the format has none). */
gboolean sag_bin_save (SagVolume *volume, const char *path, GError **error);

G_END_DECLS
