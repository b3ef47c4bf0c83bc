/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/volume-private.h"

#include "model/core/hash.h"
#include "model/volume/origin.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE_BYTES ((gsize) 2 << 20)

struct _SagVolume
{
  gatomicrefcount ref_count;
  SagGeometry     geometry;
  SagScalar       scalar;
  void           *voxels;
  const char     *source_type;
  double          shown[2];
  char          **warnings;      /* atomic */
  GPtrArray      *past_warnings; /* of char **: somebody may still read them */
  char           *hash;          /* atomic, NULL until asked for */
  SagOrigin      *origin;        /* of DICOM */
};

static gsize
scalar_size (SagScalar scalar)
{
  return scalar == SAG_SCALAR_INT16 ? sizeof (gint16) : sizeof (float);
}

void *
sag_volume_alloc_voxels (const SagGeometry *geometry, SagScalar scalar)
{
  gsize size = 1, padded;
  void *voxels;

  for (int a = 0; a < 3; a++)
    if (geometry->dims[a] <= 0 || !g_size_checked_mul (&size, size, geometry->dims[a]))
      return NULL;
  if (!g_size_checked_mul (&size, size, scalar_size (scalar)) ||
      size > G_MAXSSIZE - HUGE_PAGE_BYTES)
    return NULL;
  if (size < 2 * HUGE_PAGE_BYTES)
    return malloc (size);
  padded = (size + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
  voxels = aligned_alloc (HUGE_PAGE_BYTES, padded);
  if (voxels != NULL)
    madvise (voxels, padded, MADV_HUGEPAGE);
  return voxels;
}

static SagVolume *
volume_new (const SagGeometry *geometry, SagScalar scalar, void *voxels)
{
  SagVolume *volume = g_new0 (SagVolume, 1);

  g_atomic_ref_count_init (&volume->ref_count);
  volume->geometry = *geometry;
  volume->scalar = scalar;
  volume->voxels = voxels;
  volume->source_type = scalar == SAG_SCALAR_INT16 ? "int16" : "float32";
  volume->warnings = g_new0 (char *, 1);
  return volume;
}

SagVolume *
sag_volume_new_int16 (const SagGeometry *geometry, gint16 *voxels)
{
  g_return_val_if_fail (geometry != NULL && voxels != NULL, NULL);
  return volume_new (geometry, SAG_SCALAR_INT16, voxels);
}

SagVolume *
sag_volume_new_float (const SagGeometry *geometry, float *voxels)
{
  g_return_val_if_fail (geometry != NULL && voxels != NULL, NULL);
  return volume_new (geometry, SAG_SCALAR_FLOAT32, voxels);
}

SagVolume *
sag_volume_ref (SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  g_atomic_ref_count_inc (&volume->ref_count);
  return volume;
}

void
sag_volume_unref (SagVolume *volume)
{
  g_return_if_fail (volume != NULL);

  if (!g_atomic_ref_count_dec (&volume->ref_count))
    return;
  free (volume->voxels);
  g_strfreev (volume->warnings);
  g_clear_pointer (&volume->past_warnings, g_ptr_array_unref);
  g_clear_pointer (&volume->origin, sag_origin_unref);
  g_free (volume->hash);
  g_free (volume);
}

const SagGeometry *
sag_volume_get_geometry (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  return &volume->geometry;
}

SagScalar
sag_volume_get_scalar (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, SAG_SCALAR_INT16);
  return volume->scalar;
}

const gint16 *
sag_volume_get_int16 (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  return volume->scalar == SAG_SCALAR_INT16 ? volume->voxels : NULL;
}

const float *
sag_volume_get_float (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  return volume->scalar == SAG_SCALAR_FLOAT32 ? volume->voxels : NULL;
}

float
sag_volume_value (const SagVolume *volume, int i, int j, int k)
{
  const gint32 *dims;
  gsize         index;

  g_return_val_if_fail (volume != NULL, 0);
  dims = volume->geometry.dims;
  g_return_val_if_fail (i >= 0 && i < dims[0] && j >= 0 && j < dims[1] && k >= 0 && k < dims[2], 0);

  index = i + (gsize) dims[0] * (j + (gsize) dims[1] * k);
  if (volume->scalar == SAG_SCALAR_INT16)
    return ((const gint16 *) volume->voxels)[index];
  return ((const float *) volume->voxels)[index];
}

void
sag_volume_view_stored (const SagVolume *volume, SagVoxels *view)
{
  g_return_if_fail (volume != NULL && view != NULL);

  view->origin = volume->voxels;
  view->scalar = volume->scalar;
  view->geometry = volume->geometry;
  view->stride[0] = 1;
  view->stride[1] = volume->geometry.dims[0];
  view->stride[2] = (gint64) volume->geometry.dims[0] * volume->geometry.dims[1];
}

void
sag_volume_view_ras (const SagVolume *volume, SagVoxels *view)
{
  SagVoxels stored;
  gint64    first = 0;
  int       axis[3];
  bool      flip[3];

  g_return_if_fail (volume != NULL && view != NULL);

  sag_volume_view_stored (volume, &stored);
  sag_geometry_nearest_axes (&volume->geometry, axis, flip);
  for (int a = 0; a < 3; a++)
    {
      view->stride[a] = flip[a] ? -stored.stride[axis[a]] : stored.stride[axis[a]];
      if (flip[a])
        first += stored.stride[axis[a]] * (volume->geometry.dims[axis[a]] - 1);
    }
  view->origin = (const char *) stored.origin + first * (gint64) scalar_size (volume->scalar);
  view->scalar = volume->scalar;
  view->geometry = sag_geometry_to_canonical (&volume->geometry);
}

void
sag_volume_set_warnings (SagVolume *volume, const char *const *warnings)
{
  char **before;

  g_return_if_fail (volume != NULL);

  before = volume->warnings;
  g_atomic_pointer_set (&volume->warnings, g_strdupv ((char **) warnings));
  if (volume->past_warnings == NULL)
    volume->past_warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_ptr_array_add (volume->past_warnings, before);
}

const char *const *
sag_volume_get_warnings (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  return (const char *const *) g_atomic_pointer_get (&((SagVolume *) volume)->warnings);
}

void
sag_volume_set_source_type (SagVolume *volume, const char *type)
{
  g_return_if_fail (volume != NULL);
  volume->source_type = type;
}

void
sag_volume_set_shown (SagVolume *volume, double low, double high)
{
  g_return_if_fail (volume != NULL);
  volume->shown[0] = low;
  volume->shown[1] = high;
}

gboolean
sag_volume_get_shown (const SagVolume *volume, double *low, double *high)
{
  g_return_val_if_fail (volume != NULL, FALSE);
  *low = volume->shown[0];
  *high = volume->shown[1];
  return *low < *high;
}

void
sag_volume_set_origin (SagVolume *volume, SagOrigin *origin)
{
  g_return_if_fail (volume != NULL && volume->origin == NULL);
  volume->origin = sag_origin_ref (origin);
}

const SagOrigin *
sag_volume_get_origin (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  return volume->origin;
}

const char *
sag_volume_get_source_type (const SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);
  return volume->source_type;
}

/* The hash of the voxels is hashed again with where they lie. */
static char *
compute_hash (const SagVolume *volume)
{
  const SagGeometry *geometry = &volume->geometry;
  const gsize        size = (gsize) sag_geometry_n_voxels (geometry) * scalar_size (volume->scalar);
  g_autofree char   *voxels = sag_hash_voxels (volume->voxels, size);
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_byte_array_append (all, (const guint8 *) geometry->dims, sizeof geometry->dims);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      {
        double value = geometry->ijk_to_ras[r][c] + 0.0; /* -0 and 0 are one place */

        g_byte_array_append (all, (const guint8 *) &value, sizeof value);
      }
  g_byte_array_append (all, (const guint8 *) (volume->scalar == SAG_SCALAR_INT16 ? "s" : "f"), 1);
  g_byte_array_append (all, (const guint8 *) voxels, strlen (voxels));
  return sag_hash_voxels (all->data, all->len);
}

const char *
sag_volume_get_hash (SagVolume *volume)
{
  g_return_val_if_fail (volume != NULL, NULL);

  if (g_atomic_pointer_get (&volume->hash) == NULL)
    {
      char *hash = compute_hash (volume);

      if (!g_atomic_pointer_compare_and_exchange (&volume->hash, NULL, hash))
        g_free (hash);
    }
  return g_atomic_pointer_get (&volume->hash);
}
