/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The C face of the C++ library that knows DICOM's header elements and codecs. Where Sagitta is built without it, only
 * sag_dicom_is_supported() does anything. */

#include "model/dicom/header.h"

G_BEGIN_DECLS

/** sag_dicom_is_supported: FALSE in a build without the library. */
gboolean sag_dicom_is_supported (void);

/**
 * sag_dicom_library_parse: reads the elements before the pixels.
 * @bytes: @header's layout was read from them; they reach to its pixel_offset
 * @header: (inout): its layout is filled; the rest is
 *
 * Nothing is judged but that the library could read it. Error: SAG_ERROR_FORMAT, goes on after the file's name
 */
gboolean sag_dicom_library_parse (const guint8 *bytes, SagDicomHeader *header, GError **error);

/**
 * sag_dicom_library_read_directory: the files that a DICOMDIR lists.
 * Returns: (transfer full) (element-type utf8): relative paths with "/", as listed
 */
GPtrArray *sag_dicom_library_read_directory (const guint8         *bytes,
                                             const SagDicomLayout *layout,
                                             GError              **error);

/**
 * sag_dicom_library_decode: one frame of JPEG or JPEG-LS.
 * @stream: its code stream, of even length
 * @out: columns * rows numbers of bits_allocated bits, in the machine's order
 *
 * Any thread. Error: SAG_ERROR_FORMAT, goes on after the file's name
 */
gboolean sag_dicom_library_decode (const SagDicomHeader *header,
                                   const guint8         *stream,
                                   gsize                 n_stream,
                                   void                 *out,
                                   gsize                 n_out,
                                   GError              **error);

/** sag_dicom_jpeg2000_decode: the same of JPEG 2000. */
gboolean sag_dicom_jpeg2000_decode (const SagDicomHeader *header,
                                    const guint8         *stream,
                                    gsize                 n_stream,
                                    void                 *out,
                                    gsize                 n_out,
                                    GError              **error);

G_END_DECLS
