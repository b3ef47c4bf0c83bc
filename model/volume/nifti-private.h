/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of the NIfTI reader, for each other, for tests and for the fuzzer. */

#include "model/volume/convert.h"
#include "model/volume/nifti.h"

G_BEGIN_DECLS

#define SAG_NIFTI1_HEADER 348
#define SAG_NIFTI2_HEADER 540

/**
 * SagNiftiHeader: what either version of the header says about the voxels, in the machine's byte
 * order.
 *
 * After sag_nifti_header_parse() dims, format, swap and vox_offset have been checked; places
 * (pixdim, forms) have not.
 *
 * @pair: the voxels are in an .img file
 * @dims: of the first volume, all at least 1; their product fits a gsize, 8-byte numbers included
 * @n_volumes: what the dimensions after the third multiply to
 * @format: type, and slope and intercept as they are to be used
 * @shown: cal_min and cal_max: values that viewers show as black and white; equal if it says none
 * @swap: numbers are stored in the other byte order
 */
typedef struct
{
  gboolean     pair;
  gint32       dims[3];
  guint64      n_volumes;
  SagRawFormat format;
  double       shown[2];
  gboolean     swap;
  guint64      vox_offset;
  int          xyz_units;
  double       pixdim[4];
  int          qform_code;
  int          sform_code;
  double       quatern[3];
  double       qoffset[3];
  double       srow[3][4];
} SagNiftiHeader;

/** sag_nifti_header_size: bytes of the header that begins with the four of @head; 0 if that is no
 * NIfTI. */
gsize sag_nifti_header_size (const guint8 head[4]);

/**
 * sag_nifti_header_parse:
 * @bytes: as many as sag_nifti_header_size() says
 * @name: of the file, for messages
 * @warnings: (element-type utf8): gets sentences
 */
gboolean sag_nifti_header_parse (const guint8   *bytes,
                                 const char     *name,
                                 SagNiftiHeader *header,
                                 GPtrArray      *warnings,
                                 GError        **error);

/** sag_nifti_header_get_geometry: sform before qform before pixdim, with what is odd about it. */
gboolean sag_nifti_header_get_geometry (const SagNiftiHeader *header,
                                        const char           *name,
                                        SagGeometry          *geometry,
                                        GPtrArray            *warnings,
                                        GError              **error);

/** SagNiftiQform: a rotation, spacings and an origin, as a qform has them. */
typedef struct
{
  double quatern[3];
  double qoffset[3];
  double spacing_mm[3];
  double qfac;
} SagNiftiQform;

/** sag_nifti_qform_to_affine: as nifti1.h's METHOD 2. */
void sag_nifti_qform_to_affine (const SagNiftiQform *qform, double affine[3][4]);

/** sag_nifti_qform_from_geometry: the nearest rotation where the grid is sheared; quatern fits
 * float32. */
void sag_nifti_qform_from_geometry (const SagGeometry *geometry, SagNiftiQform *qform);

/**
 * sag_nifti_load_memory: sag_nifti_load() of a file in memory.
 * @image: (nullable): the .img of a pair
 */
SagVolume *sag_nifti_load_memory (const char   *name,
                                  const void   *data,
                                  gsize         size_bytes,
                                  const void   *image,
                                  gsize         image_size_bytes,
                                  SagSlicesFunc on_slices,
                                  gpointer      user_data,
                                  GCancellable *cancellable,
                                  GError      **error);

/** sag_nifti_warn: adds a sentence. */
void sag_nifti_warn (GPtrArray *warnings, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** sag_nifti_dup_number: @value with @decimals, whatever the locale, for sentences. */
char *sag_nifti_dup_number (double value, int decimals);

G_END_DECLS
