/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/pixels.h"
#include "model/dicom/series.h"

G_BEGIN_DECLS

/**
 * SagDicomSource: a file whose pixels are being read.
 * @fragments: (nullable): of compressed pixels of several frames
 * @is_shared: several threads have it
 * @error: (nullable): why it cannot be read, for whoever asks again
 */
typedef struct
{
  SagDicomFile      *file;
  SagDicomInput     *input;
  SagDicomFragments *fragments;
  gboolean           is_shared;
  guint              n_users; /* guarded by those who share */
  GError            *error;
} SagDicomSource;

/** SagDicomSources: what threads that read one series share: files of several frames are in memory once. */
typedef struct
{
  GMutex      lock;
  GHashTable *shared; /* SagDicomFile to SagDicomSource */
} SagDicomSources;

void sag_dicom_sources_init (SagDicomSources *sources);
/** sag_dicom_sources_clear: when all are closed. */
void sag_dicom_sources_clear (SagDicomSources *sources);

/** sag_dicom_sources_open: Errors: those of sag_dicom_input_open(), SAG_ERROR_LIMIT; of a file of several frames they
 * stay until sag_dicom_sources_clear(). */
SagDicomSource *
sag_dicom_sources_open (SagDicomSources *sources, SagDicomFile *file, GError **error);
/** sag_dicom_sources_close: @source: (nullable) */
void sag_dicom_sources_close (SagDicomSources *sources, SagDicomSource *source);

/** sag_dicom_file_most_bytes: how large a file may be whose frames are all in memory at once. */
guint64 sag_dicom_file_most_bytes (const SagDicomFile *file);

/** sag_dicom_file_open: its bytes; what was deflated when its header was read is so again, and is undone here. */
SagDicomInput *sag_dicom_file_open (SagDicomFile *file, GError **error);

G_END_DECLS
