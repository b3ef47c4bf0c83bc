/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Opening DICOM: files, folders, archives and media become a list of series, and a series becomes a volume. */

#include "model/dicom/library.h"
#include "model/dicom/series.h"
#include "model/volume/nifti.h"

G_BEGIN_DECLS

/** SagDicomProblem: a file that could not be used. @sentence names it and says why and what to do. */
typedef struct
{
  char *path;
  char *sentence;
} SagDicomProblem;

/**
 * SagDicomIndex: what was found. Immutable, atomically reference counted.
 * @series: (element-type SagDicomSeries): by patient, study, series; those that are no scans too
 * @problems: (element-type SagDicomProblem): by path
 * @n_files: DICOM files; @n_foreign: others, which were passed over
 */
typedef struct
{
  GPtrArray *series;
  GPtrArray *problems;
  guint      n_files;
  guint      n_foreign;
} SagDicomIndex;

/** SagDicomProgressFunc: @n_done of @n_files were looked at. Any thread, one at a time. */
typedef void (*SagDicomProgressFunc) (guint n_done, guint n_files, gpointer user_data);

/**
 * sag_dicom_index_new: looks at every file of @paths on all cores: files, folders with all below them, zip archives,
 * DICOMDIR files.
 *
 * Whatever cannot be read is left out and told in problems; an error is only set when a path itself cannot be opened,
 * or there is nothing of DICOM at all. Errors: SAG_ERROR_UNSUPPORTED (a build without DICOM; no DICOM there),
 * SAG_ERROR_FORMAT (the only file is damaged), G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
SagDicomIndex *sag_dicom_index_new (const char *const   *paths,
                                    SagDicomProgressFunc on_progress,
                                    gpointer             user_data,
                                    GCancellable        *cancellable,
                                    GError             **error);
SagDicomIndex *sag_dicom_index_ref (SagDicomIndex *index);
void           sag_dicom_index_unref (SagDicomIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDicomIndex, sag_dicom_index_unref)

/**
 * sag_dicom_index_find: the series that a person means.
 * @key: (nullable): a number of the list, a series' key, or a series UID that one patient's one study has; NULL: the
 * one that suits the model best
 * @name: what the list is of, for the error
 *
 * Returns: (transfer none): SAG_ERROR_ARGUMENT where there is none, SAG_ERROR_UNSUPPORTED where it is no scan
 */
SagDicomSeries *
sag_dicom_index_find (SagDicomIndex *index, const char *key, const char *name, GError **error);

/**
 * sag_dicom_index_find_prior: what to lay beside @series: the best of the same patient's study before it, else of the
 * one after.
 *
 * Returns: (nullable) (transfer none): NULL where there is no other study
 */
SagDicomSeries *sag_dicom_index_find_prior (SagDicomIndex *index, const SagDicomSeries *series);

/**
 * sag_dicom_is_path: whether @path may hold DICOM: a folder, an archive, or a file that looks like it. Reads a
 * little.
 */
gboolean sag_dicom_is_path (const char *path);

/**
 * sag_dicom_parse_reference: "FOLDER#3" or "FOLDER#1.2.840..." as its parts; a name that exists as it stands has
 * no key.
 * @key: (out) (transfer full) (nullable)
 * Returns: (transfer full): the path
 */
char *sag_dicom_parse_reference (const char *reference, char **key);

/**
 * sag_dicom_load: decodes a series on all cores; see sag_nifti_load() for @on_slices.
 *
 * A slice that cannot be read is filled in from its neighbours, and a warning says so; where it is more than a
 * tenth of
 * them, that is an error. The volume's origin (sag_volume_get_origin()) says where it came from.
 *
 * Errors: SAG_ERROR_FORMAT, SAG_ERROR_UNSUPPORTED, SAG_ERROR_LIMIT, G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
SagVolume *sag_dicom_load (SagDicomSeries *series,
                           SagSlicesFunc   on_slices,
                           gpointer        user_data,
                           GCancellable   *cancellable,
                           GError        **error);

/**
 * sag_dicom_read_slice: the values of one source slice, for a thumbnail.
 * Returns: (transfer full) (nullable): header's columns * rows floats
 */
float *sag_dicom_read_slice (SagDicomSeries *series, guint slice, GError **error);

G_END_DECLS
