/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/** SagConnectivity: which neighbours of a voxel belong to its component. */
typedef enum
{
  SAG_CONNECT_FACES, /* 6: those that share a face */
  SAG_CONNECT_ALL,   /* 26: those that share a face, an edge or a corner */
} SagConnectivity;

/**
 * SagRun: voxels @start .. @end - 1 of one row along i.
 * @label: the component they belong to
 */
typedef struct
{
  gint32  start;
  gint32  end;
  guint32 label;
} SagRun;

/**
 * SagComponent: measures of one component.
 * @low, @high: its bounding box along i, j, k: low <= index < high
 * @index_sum: sums of its voxels' i, j and k; divided by @n_voxels they are the centroid
 */
typedef struct
{
  gint64 n_voxels;
  gint32 low[3];
  gint32 high[3];
  gint64 index_sum[3];
} SagComponent;

/**
 * SagComponents: the connected components of a mask, kept as runs along i. Immutable once made.
 *
 * Labels count from 0 in the order in which the components' first voxels lie in memory (i fastest),
 * whatever the number of threads. Memory: 12 bytes a run, and a row index.
 */
typedef struct _SagComponents SagComponents;

/**
 * SagRowFunc: writes one row of the mask.
 * @bits: (ni + 63) / 64 words to fill; bit b of word w is voxel i = 64 w + b. Bits beyond ni are
 * ignored
 *
 * Called once for every row, from several threads.
 */
typedef void (*SagRowFunc) (gint32 j, gint32 k, guint64 *bits, gpointer data);

/**
 * sag_components_new: labels the mask that @row describes, on the default pool.
 *
 * Errors: SAG_ERROR_LIMIT (2^32 voxels or more), G_IO_ERROR_CANCELLED
 */
SagComponents *sag_components_new (const gint32    dims[3],
                                   SagConnectivity connectivity,
                                   SagRowFunc      row,
                                   gpointer        data,
                                   GCancellable   *cancellable,
                                   GError        **error);

/**
 * sag_components_new_in_range: labels the voxels of @voxels with @low <= value <= @high; NaN is
 * never in range.
 *
 * Indices are those of the view. Fastest where stride[0] is 1, as in sag_volume_view_stored().
 */
SagComponents *sag_components_new_in_range (const SagVoxels *voxels,
                                            double           low,
                                            double           high,
                                            SagConnectivity  connectivity,
                                            GCancellable    *cancellable,
                                            GError         **error);

void sag_components_free (SagComponents *components);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagComponents, sag_components_free)

guint32 sag_components_get_n (const SagComponents *components);

/** sag_components_get_size: voxels of component @label. */
gint64 sag_components_get_size (const SagComponents *components, guint32 label);

/**
 * sag_components_find_largest: the component with most voxels.
 *
 * Of several equal ones, that whose first voxel comes first when k runs fastest and i slowest: what
 * `numpy.argmax` over `skimage.measure.label` picks of an array indexed [i, j, k] in C order.
 *
 * Returns: FALSE if the mask is empty
 */
gboolean sag_components_find_largest (const SagComponents *components, guint32 *label);

void
sag_components_measure (const SagComponents *components, guint32 label, SagComponent *measures);

/**
 * sag_components_get_runs: the runs of one row, from low to high i, of all components.
 * @n_runs: (out)
 *
 * Returns: (transfer none): at least one voxel that is in no run lies between two of them
 */
const SagRun *
sag_components_get_runs (const SagComponents *components, gint32 j, gint32 k, gsize *n_runs);

G_END_DECLS
