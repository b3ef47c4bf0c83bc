/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/library.h"

#include "model/core/error.h"

/* A build without DCMTK: everything says so. */

static gboolean
refuse (GError **error)
{
  g_set_error_literal (
    error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
    "is a DICOM file, and this build of Sagitta reads none. Install libdcmtk-dev and "
    "libopenjp2-7-dev and build again, or convert the series with dcm2niix.");
  return FALSE;
}

gboolean
sag_dicom_is_supported (void)
{
  return FALSE;
}

gboolean
sag_dicom_library_parse (const guint8 *bytes, SagDicomHeader *header, GError **error)
{
  return refuse (error);
}

GPtrArray *
sag_dicom_library_read_directory (const guint8 *bytes, const SagDicomLayout *layout, GError **error)
{
  refuse (error);
  return NULL;
}

gboolean
sag_dicom_library_decode (const SagDicomHeader *header,
                          const guint8         *stream,
                          gsize                 n_stream,
                          void                 *out,
                          gsize                 n_out,
                          GError              **error)
{
  return refuse (error);
}

gboolean
sag_dicom_jpeg2000_decode (const SagDicomHeader *header,
                           const guint8         *stream,
                           gsize                 n_stream,
                           void                 *out,
                           gsize                 n_out,
                           GError              **error)
{
  return refuse (error);
}
