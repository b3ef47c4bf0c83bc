/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/header.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/** SagDicomFile: one file with a header that could be read; atomically reference counted (g_atomic_rc_box). */
typedef struct
{
  SagDicomPlace  *place;
  SagDicomHeader *header;
} SagDicomFile;

SagDicomFile *sag_dicom_file_new (SagDicomPlace *place, SagDicomHeader *header);
SagDicomFile *sag_dicom_file_ref (SagDicomFile *file);
void          sag_dicom_file_unref (SagDicomFile *file);

/**
 * SagDicomSlice: one frame of one file.
 * @along_mm: its place along the normal of the slices
 * @offset_mm: how far its first pixel lies from that of the volume's grid, along columns and rows
 */
typedef struct
{
  SagDicomFile *file;
  int           frame;
  double        along_mm;
  double        offset_mm[2];
} SagDicomSlice;

/**
 * SagDicomTarget: what one slice of the volume is made of: source @below, or between it and @above, by @weight of the
 * latter. @made_up: it is not in the files.
 */
typedef struct
{
  int      below;
  int      above;
  double   weight;
  gboolean made_up;
} SagDicomTarget;

/**
 * SagDicomSeries:
 *
 * Slices that make one volume: a DICOM series, or a part of one that holds several. Atomically reference counted,
 * immutable; its fields may be read by anyone.
 *
 * @key: the series UID, with ":2" and so on for the parts of one series; no other of its list has it
 * @long_key: one that tells patients and studies apart too; @key, where the UID is another's of the list too, or none
 * @part, @n_parts: 1 and 1, or which of the volumes in its series; what cannot be opened is none of them
 * @number: 1, 2, 3, ... in the list that it is in
 * @header: of its first slice (transfer none)
 * @slices: (element-type SagDicomSlice): in order along the normal: the patient's feet first in axial slices
 * @targets: (element-type SagDicomTarget): by slice of the volume
 * @geometry: of the volume
 * @kind: "CT", "MR", "localiser", "picture", "segmentation" and so on, for lists
 * @problem: (nullable): why it cannot be opened; goes on after a name
 * @notes: NULL-terminated sentences about what was done to it
 * @is_sheared: slices are shifted in their plane: the gantry was tilted
 * @n_duplicates: copies of slices that were left out
 * @score: how well it suits the model; below 0: not at all
 * @is_best: the one to open first of its study
 */
typedef struct
{
  char                 *key;
  char                 *long_key;
  int                   part;
  int                   n_parts;
  int                   number;
  const SagDicomHeader *header;
  GArray               *slices;
  GArray               *targets;
  SagGeometry           geometry;
  const char           *kind;
  char                 *problem;
  char                **notes;
  gboolean              is_sheared;
  guint                 n_duplicates;
  double                score;
  gboolean              is_best;
} SagDicomSeries;

SagDicomSeries *sag_dicom_series_ref (SagDicomSeries *series);
void            sag_dicom_series_unref (SagDicomSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDicomSeries, sag_dicom_series_unref)

/** sag_dicom_series_dup_case_name: "ct-3f2a9c01": from the key's hash: no file's name tells whose scan it is. */
char *sag_dicom_series_dup_case_name (const SagDicomSeries *series);

/** sag_dicom_series_are_priors: scans of one kind from two studies of the same patient. */
gboolean sag_dicom_series_are_priors (const SagDicomSeries *a, const SagDicomSeries *b);

/** sag_dicom_series_is_nearer: whether @a suits @series better than @b: days before its own first, then the nearer. */
gboolean sag_dicom_series_is_nearer (const SagDicomSeries *series,
                                     const SagDicomSeries *a,
                                     const SagDicomSeries *b);

/** sag_dicom_series_spacing_mm: of the volume. */
void sag_dicom_series_spacing_mm (const SagDicomSeries *series, double spacing_mm[3]);

/**
 * sag_dicom_series_group: makes series of files, in the order of patient, study and series.
 * @files: (element-type SagDicomFile)
 * @root: (nullable): what they were found in, so that keys stay where that is moved
 *
 * Returns: (element-type SagDicomSeries) (transfer full)
 */
GPtrArray *sag_dicom_series_group (GPtrArray *files, const char *root);

/**
 * sag_dicom_series_plan: order, spacing, tilt and gaps of @series' slices: fills geometry, targets, notes and
 * problem.
 */
void sag_dicom_series_plan (SagDicomSeries *series);

/** sag_dicom_series_rank: fills score and is_best of every series of a list. */
void sag_dicom_series_rank (GPtrArray *all);

/**
 * sag_dicom_split: divides slices of one orientation into volumes: copies are dropped, several acquisitions of one
 * place come apart, and so do slices with a wide gap between them.
 * @slices: (transfer full) (element-type SagDicomSlice)
 * @n_duplicates: (out)
 *
 * Returns: (transfer full) (element-type GArray): each sorted along the normal
 */
GPtrArray *sag_dicom_split (GArray *slices, guint *n_duplicates);

/** sag_dicom_normal: the cross product of a frame's directions. */
void sag_dicom_normal (const SagDicomFrame *frame, double normal[3]);

/** sag_dicom_slice_frame: what the slice's own frame says. */
static inline const SagDicomFrame *
sag_dicom_slice_frame (const SagDicomSlice *slice)
{
  return &slice->file->header->frames[slice->frame];
}

G_END_DECLS
