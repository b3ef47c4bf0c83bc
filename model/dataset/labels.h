/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/grid.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagLabelSet: values of a mask whose union is one truth.
 * @n: 0 means every value but 0
 */
typedef struct
{
  const gint32 *values;
  gsize         n;
} SagLabelSet;

/** Numbers that sag_label_numbers() gives: nothing, a value that no set names, and the first named one. */
enum
{
  SAG_LABEL_NONE,
  SAG_LABEL_OTHER,
  SAG_LABEL_FIRST,
};

/**
 * SagLabelMap: a mask's voxels as small numbers on a grid, z fastest, and what each number belongs to.
 * @voxels: (dims)
 * @members: (n_sets, 256): whether a number belongs to a set
 */
typedef struct
{
  gint32  dims[3];
  guint8 *voxels;
  gsize   n_sets;
  guint8 (*members)[256];
} SagLabelMap;

/**
 * sag_label_numbers: turns the voxels of @mask into numbers.
 * @voxels: (out): as the mask stores them, i fastest; g_free() it
 * @members: (out): (n_sets, 256); g_free() it
 * @counts: out: (n_sets): voxels of each set in the whole mask
 *
 * Errors: SAG_ERROR_LIMIT for sets that name more than 254 values
 */
gboolean sag_label_numbers (SagVolume         *mask,
                            const SagLabelSet *sets,
                            gsize              n_sets,
                            guint8           **voxels,
                            guint8 (**members)[256],
                            guint64 *counts,
                            GError **error);

/**
 * sag_labels_resample: looks each voxel of @target up at the nearest voxel of the mask; halfway goes to the higher
 * stored index, as scipy does; outside is SAG_LABEL_NONE.
 * @out: (target->dims), z fastest
 */
void sag_labels_resample (const guint8      *voxels,
                          const SagGeometry *mask,
                          const SagGeometry *target,
                          guint8            *out);

/**
 * sag_labels_cut: makes voxels of @target SAG_LABEL_NONE that lie beyond the centres of the stored voxels @low ..
 * @high - 1 of @scan: preparing filled the image there.
 * @voxels: (target->dims), z fastest
 */
void sag_labels_cut (const SagGeometry *target,
                     const SagGeometry *scan,
                     const gint32       low[3],
                     const gint32       high[3],
                     guint8            *voxels);

/**
 * sag_labels_targets: cell targets: the share of the set in each voxel of the input by area averaging, then the
 * maximum in each cell. From labels on the recipe's box at 1 mm this is what upstream makes.
 * @map: labels on the extent of the input, on any grid at least as fine
 * @which: (nullable) (array length=n): sets of @map; NULL means the first @n
 * @targets: out: (n, n_tokens, cells)
 */
void sag_labels_targets (
  const SagSampleGrid *grid, const SagLabelMap *map, const gsize *which, gsize n, float *targets);

G_END_DECLS
