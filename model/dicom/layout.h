/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/input.h"

G_BEGIN_DECLS

/** SagDicomSyntax: how the data set is written. */
typedef enum
{
  SAG_DICOM_IMPLICIT,
  SAG_DICOM_EXPLICIT,
  SAG_DICOM_BIG_ENDIAN,
} SagDicomSyntax;

/** SagDicomCodec: how the pixels are compressed. */
typedef enum
{
  SAG_DICOM_NATIVE,
  SAG_DICOM_RLE,
  SAG_DICOM_JPEG,
  SAG_DICOM_JPEG_LS,
  SAG_DICOM_JPEG_2000,
  SAG_DICOM_OTHER_CODEC,
} SagDicomCodec;

/**
 * SagDicomLayout: where the parts of a DICOM file are.
 * @transfer_syntax: the UID; empty where the file has no meta header
 * @data_offset: where the data set begins
 * @pixel_offset: where the element with the pixels begins, or where the data set ends
 * @pixel_value_offset, @pixel_bytes: what it holds; the rest of the file when it is encapsulated
 * @has_pixels: FALSE: there is no such element
 */
typedef struct
{
  char           transfer_syntax[65];
  SagDicomSyntax syntax;
  SagDicomCodec  codec;
  gsize          data_offset;
  gsize          pixel_offset;
  guint64        pixel_value_offset;
  guint64        pixel_bytes;
  gboolean       has_pixels;
} SagDicomLayout;

/** sag_dicom_looks_like: whether these first bytes (some 300) may be a DICOM file's, with or without a meta header. */
gboolean sag_dicom_looks_like (const guint8 *head, gsize n_head);

/**
 * sag_dicom_layout_read: walks over the elements up to the pixels, so that no other reader meets a length that is
 * not there or sequences without end. Undoes a deflated data set.
 *
 * Error: SAG_ERROR_FORMAT or SAG_ERROR_UNSUPPORTED, whose message goes on after the file's name ("ends within its
 * header ...")
 */
gboolean sag_dicom_layout_read (SagDicomInput *input, SagDicomLayout *layout, GError **error);

/** SagDicomFragments: which bytes of encapsulated pixels are which frame's. Immutable. */
typedef struct _SagDicomFragments SagDicomFragments;

/**
 * sag_dicom_fragments_new: looks at every fragment once.
 * @bytes: from the value of the pixel element on
 * @n_frames: as the header says
 */
SagDicomFragments *sag_dicom_fragments_new (const guint8 *bytes, gsize n_bytes, int n_frames);
void               sag_dicom_fragments_free (SagDicomFragments *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDicomFragments, sag_dicom_fragments_free)

/**
 * sag_dicom_fragments_dup_frame: its code stream, out of the same @bytes.
 * Returns: (transfer full) (nullable): NULL if it is not there
 */
GByteArray *
sag_dicom_fragments_dup_frame (const SagDicomFragments *table, const guint8 *bytes, int frame);

G_END_DECLS
