/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/zip.h"

G_BEGIN_DECLS

/**
 * SagDicomPlace: where the bytes of one DICOM file are: a file, or an entry of a zip archive.
 * @path: of the file or the archive
 * @name: for messages: the file's, or the entry's, without folders
 * @zip, @entry: NULL for a plain file; @entry belongs to @zip
 */
typedef struct
{
  char                   *path;
  char                   *name;
  SagDicomZip            *zip;
  const SagDicomZipEntry *entry;
} SagDicomPlace;

void sag_dicom_place_free (SagDicomPlace *place);

/** SAG_DICOM_INPUT_MOST_BYTES: of one file in memory. */
#define SAG_DICOM_INPUT_MOST_BYTES ((guint64) 8 << 30)

/**
 * SagDicomInput:
 *
 * The bytes of one place, read from their beginning only as far as somebody wants them. One thread at a time.
 */
typedef struct _SagDicomInput SagDicomInput;

/** sag_dicom_input_open: @place must outlive it. Errors: G_FILE_ERROR, SAG_ERROR_FORMAT (a damaged archive). */
SagDicomInput *sag_dicom_input_open (const SagDicomPlace *place, GError **error);

/** sag_dicom_input_new_for_memory: @data must outlive it. */
SagDicomInput *sag_dicom_input_new_for_memory (const void *data, gsize size_bytes);

void sag_dicom_input_free (SagDicomInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDicomInput, sag_dicom_input_free)

/** sag_dicom_input_get_size: of the whole, as far as is known before it is read. */
guint64 sag_dicom_input_get_size (const SagDicomInput *input);

/**
 * sag_dicom_input_want: sees to it that the first @n bytes are in memory, or all that there are.
 * @n_have: (out): how many bytes are in memory now
 *
 * Returns: (transfer none): the first bytes; valid until the next call
 */
const guint8 *sag_dicom_input_want (SagDicomInput *input, gsize n, gsize *n_have);

/**
 * sag_dicom_input_read_all: all of it into memory; from then on several threads may ask for it.
 * Error: SAG_ERROR_LIMIT: more than @most bytes
 */
gboolean sag_dicom_input_read_all (SagDicomInput *input, guint64 most, GError **error);

/** sag_dicom_input_read: @n bytes at @offset, without keeping them where the place allows it. Returns how many. */
gsize sag_dicom_input_read (SagDicomInput *input, guint64 offset, void *out, gsize n);

/**
 * sag_dicom_input_inflate: reads the rest and undoes the raw deflate that begins at @from; from here on the
 * input is what came out, after the first @from bytes.
 * Error: SAG_ERROR_FORMAT
 */
gboolean sag_dicom_input_inflate (SagDicomInput *input, gsize from, GError **error);

G_END_DECLS
