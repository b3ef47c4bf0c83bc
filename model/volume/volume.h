/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/geometry.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagScalar: how voxels are stored in memory. int16 whenever that loses nothing, else float32. */
typedef enum
{
  SAG_SCALAR_INT16,
  SAG_SCALAR_FLOAT32,
} SagScalar;

/**
 * SagVolume:
 *
 * One 3D image on its stored grid, with slope and intercept applied (Hounsfield units for a CT).
 * Immutable and atomically reference counted once a loader has handed it over.
 */
typedef struct _SagVolume SagVolume;

/**
 * SagVoxels: voxels seen through strides, so that a RAS view costs no copy.
 * @origin: the voxel (0, 0, 0) of this view, an int16_t or a float by @scalar
 * @stride: elements from one voxel to the next along each axis of the view; may be negative
 * @geometry: of the view: its dims and its ijk_to_ras
 */
typedef struct
{
  const void *origin;
  SagScalar   scalar;
  gint64      stride[3];
  SagGeometry geometry;
} SagVoxels;

/**
 * sag_volume_new_int16: takes @voxels: g_malloc'ed or aligned_alloc'ed, sag_geometry_n_voxels() of them, i fastest.
 */
SagVolume *sag_volume_new_int16 (const SagGeometry *geometry, gint16 *voxels);
SagVolume *sag_volume_new_float (const SagGeometry *geometry, float *voxels);

SagVolume *sag_volume_ref (SagVolume *volume);
void       sag_volume_unref (SagVolume *volume);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagVolume, sag_volume_unref)

const SagGeometry *sag_volume_get_geometry (const SagVolume *volume);
SagScalar          sag_volume_get_scalar (const SagVolume *volume);

/** sag_volume_get_int16: NULL if the volume is stored as float32. */
const gint16 *sag_volume_get_int16 (const SagVolume *volume);
/** sag_volume_get_float: NULL if the volume is stored as int16. */
const float *sag_volume_get_float (const SagVolume *volume);

/** sag_volume_value: one voxel, for odd places; loops use the typed pointers. */
float sag_volume_value (const SagVolume *volume, int i, int j, int k);

/** sag_volume_view_stored: the voxels as they lie in memory. */
void sag_volume_view_stored (const SagVolume *volume, SagVoxels *view);

/** sag_volume_view_ras: axes reordered and flipped to lie closest to R, A, S; no copy. */
void sag_volume_view_ras (const SagVolume *volume, SagVoxels *view);

/**
 * sag_volume_get_warnings: sentences about what is odd in the file but does not stop its use. While a loader still
 * fills the volume, those that the header gave.
 * Returns: (transfer none): NULL-terminated, maybe empty
 */
const char *const *sag_volume_get_warnings (const SagVolume *volume);

/** sag_volume_get_source_type: how the file stored a voxel, for example "int16" or "float64". */
const char *sag_volume_get_source_type (const SagVolume *volume);

/**
 * sag_volume_get_shown: the values that the file wants to be black and white.
 * Returns: FALSE if it does not say
 */
gboolean sag_volume_get_shown (const SagVolume *volume, double *low, double *high);

/** sag_volume_get_hash: xxh128 of dims, affine and voxels as 32 hex digits; computed once, any thread. */
const char *sag_volume_get_hash (SagVolume *volume);

G_END_DECLS
