/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/header.h"

G_BEGIN_DECLS

/**
 * sag_dicom_rle_decode: one frame of RLE.
 * @out: columns * rows numbers of bits_allocated bits, in the machine's order
 *
 * Error: SAG_ERROR_FORMAT, goes on after the file's name
 */
gboolean sag_dicom_rle_decode (
  const SagDicomHeader *header, const guint8 *stream, gsize n_stream, void *out, GError **error);

G_END_DECLS
