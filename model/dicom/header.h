/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a DICOM header says, as far as Sagitta wants to know. Plain C: the wrapper of the C++ library fills it. */

#include "model/dicom/layout.h"

G_BEGIN_DECLS

/**
 * SagDicomFrame: what one frame says about itself.
 * @position_mm: the centre of its first pixel, in DICOM's LPS
 * @along_row, @along_column: LPS directions in which columns i and rows j rise: unit vectors
 * @spacing_mm: from one column, and from one row, to the next
 * @slope, @intercept: stored numbers to values
 * @acquisition, @moment: numbers that tell frames of one place apart; -1 where not said
 */
typedef struct
{
  gboolean has_position;
  gboolean has_orientation;
  gboolean has_spacing;
  double   position_mm[3];
  double   along_row[3];
  double   along_column[3];
  double   spacing_mm[2];
  double   slope;
  double   intercept;
  int      acquisition;
  int      moment;
} SagDicomFrame;

/**
 * SagDicomHeader: one file. Texts are UTF-8 and never NULL; those marked (private) name a person.
 * @layout: where its parts are
 * @patient_name, @patient_id, @birth_date: (private)
 * @kind: DICOM's modality: "CT"
 * @image_type: "ORIGINAL\\PRIMARY\\AXIAL"
 * @contrast: the agent; empty where none is named
 * @phase: of the heart, in percent of its cycle
 * @age_years: NaN where not said
 * @slice_thickness_mm, @tilt_degrees: NaN where not said
 * @padding: the stored number that means "no image here", where @has_padding
 * @frames: (element-type SagDicomFrame): @n_frames of them
 */
typedef struct
{
  SagDicomLayout layout;

  GRefString *patient_name;
  GRefString *patient_id;
  GRefString *birth_date;
  GRefString *study_uid;
  GRefString *study_date;
  GRefString *study_description;
  GRefString *series_uid;
  GRefString *series_description;
  GRefString *frame_of_reference_uid;
  GRefString *class_uid;
  GRefString *kind;
  GRefString *body_part;
  GRefString *protocol;
  GRefString *image_type;
  GRefString *kernel;
  GRefString *contrast;
  GRefString *phase;
  GRefString *colours;
  char       *instance_uid;
  int         series_number;
  int         instance_number;
  double      age_years;
  double      slice_thickness_mm;
  double      tilt_degrees;
  double      window_centre;
  double      window_width;

  int      rows;
  int      columns;
  int      n_samples;
  int      bits_allocated;
  int      bits_stored;
  int      high_bit;
  gboolean is_signed;
  gboolean has_padding;
  int      padding;

  int            n_frames;
  SagDicomFrame *frames;
} SagDicomHeader;

void sag_dicom_header_free (SagDicomHeader *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDicomHeader, sag_dicom_header_free)

/** sag_dicom_header_read: layout, header and the checks of both. Error: one that goes on after the file's name. */
SagDicomHeader *sag_dicom_header_read (SagDicomInput *input, GError **error);

/**
 * sag_dicom_header_explain: why a file that could be read is no scan of ours.
 * Returns: (nullable) (transfer none): goes on after a name; NULL if it is one
 */
const char *sag_dicom_header_explain (const SagDicomHeader *header);

G_END_DECLS
