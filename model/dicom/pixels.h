/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/header.h"

G_BEGIN_DECLS

/**
 * sag_dicom_pixels_read: the stored numbers of one frame, decompressed.
 * @input: that @header was read from, or another of the same place
 * @fragments: (nullable): of compressed pixels, if they are known; @input must then be in memory
 *
 * Returns: (transfer full) (nullable): columns * rows numbers of bits_allocated bits in the machine's order, for
 *   g_free(); NULL with an error that goes on after the file's name
 */
void *sag_dicom_pixels_read (SagDicomInput           *input,
                             const SagDicomFragments *fragments,
                             const SagDicomHeader    *header,
                             int                      frame,
                             GError                 **error);

/** SAG_DICOM_MOST_STREAM_BYTES: of a file with compressed pixels. */
#define SAG_DICOM_MOST_STREAM_BYTES ((guint64) 1 << 31)

/** SagDicomRange: what is done to stored numbers on the way to values. */
typedef struct
{
  double   slope;
  double   intercept;
  gboolean replaces_padding; /* numbers that are @header's padding become @air */
  float    air;
} SagDicomValues;

/**
 * sag_dicom_pixels_to_float: @raw as values: bits outside the stored ones dropped, sign extended, slope and intercept
 * applied in double precision.
 */
void sag_dicom_pixels_to_float (const SagDicomHeader *header,
                                const SagDicomValues *values,
                                const void           *raw,
                                float                *out);

/** sag_dicom_pixels_to_int16: the same. FALSE, with @out undefined, unless every value is a whole number in range. */
gboolean sag_dicom_pixels_to_int16 (const SagDicomHeader *header,
                                    const SagDicomValues *values,
                                    const void           *raw,
                                    gint16               *out);

G_END_DECLS
