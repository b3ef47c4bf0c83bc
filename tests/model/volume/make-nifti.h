/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

#include <nifti1.h>

G_BEGIN_DECLS

/** make_nifti_header: ni x nj x nk voxels of 2 x 2 x 3 mm, sform and qform alike, RAS; for tests to
 * spoil. */
nifti_1_header make_nifti_header (int ni, int nj, int nk, int datatype, int voxel_bytes);

/** make_nifti: a .nii of @header and @voxels. */
GByteArray *make_nifti (const nifti_1_header *header, const void *voxels, gsize voxel_bytes);

/** make_gzip: @data as one gzip member. */
GByteArray *make_gzip (const void *data, gsize size_bytes);

/** make_noise: @n int16 values without pattern, the same for the same @seed. */
gint16 *make_noise (gsize n, guint32 seed);

/**
 * MakeSpoilt: a change to a header, and what must be said about it.
 * @code: the SagError of what does not open
 */
typedef struct
{
  const char *said;
  int         code;
  void (*spoil) (nifti_1_header *header);
} MakeSpoilt;

/** MAKE_SPOIL: a function for MakeSpoilt; @statement changes the header @h. */
#define MAKE_SPOIL(name, statement)                                                                \
  static void name (nifti_1_header *h) { statement; }

/** make_nifti_assert_said: one of @volume's warnings holds @part. */
void make_nifti_assert_said (const SagVolume *volume, const char *part);

G_END_DECLS
