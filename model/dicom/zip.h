/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagDicomZip:
 *
 * The list of files in a zip archive, and the archive kept open: what is in it is read where it lies, nothing is
 * unpacked to disk. Immutable and atomically reference counted.
 */
typedef struct _SagDicomZip SagDicomZip;

/**
 * SagDicomZipEntry: one file of an archive.
 * @name: as stored, for messages only: it is never used as a path
 * @offset: of its local header in the archive
 * @packed_bytes, @size_bytes: as stored and once unpacked, as the archive says
 * @deflated: else stored as it is
 */
typedef struct
{
  char    *name;
  guint64  offset;
  guint64  packed_bytes;
  guint64  size_bytes;
  gboolean deflated;
} SagDicomZipEntry;

/**
 * sag_dicom_zip_open: reads the archive's directory (zip and ZIP64).
 * Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED (encrypted, another compression), G_FILE_ERROR
 */
SagDicomZip *sag_dicom_zip_open (const char *path, GError **error);
SagDicomZip *sag_dicom_zip_ref (SagDicomZip *zip);
void         sag_dicom_zip_unref (SagDicomZip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDicomZip, sag_dicom_zip_unref)

/** sag_dicom_zip_get_entries: (element-type SagDicomZipEntry) (transfer none): files only, in the archive's order. */
const GPtrArray *sag_dicom_zip_get_entries (const SagDicomZip *zip);

/** sag_dicom_zip_has_locked: there are files, too, that are locked or compressed in another way; no entries. */
gboolean sag_dicom_zip_has_locked (const SagDicomZip *zip);

/** sag_dicom_zip_find_data: where the bytes of @entry begin. FALSE if its local header is damaged. */
gboolean
sag_dicom_zip_find_data (const SagDicomZip *zip, const SagDicomZipEntry *entry, guint64 *offset);

/** sag_dicom_zip_read: up to @n bytes of the archive at @offset; any thread. Returns how many there were. */
gsize sag_dicom_zip_read (const SagDicomZip *zip, guint64 offset, void *out, gsize n);

/** sag_dicom_zip_is_zip: whether these first bytes are a zip archive's. */
gboolean sag_dicom_zip_is_zip (const guint8 *head, gsize n_head);

G_END_DECLS
