/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/dicom.h"

G_BEGIN_DECLS

/**
 * SagUiScans: what there is to open.
 * @files: (element-type GFile): in order
 * @index: (nullable): the DICOM series that are there
 * @wanted: (nullable) (transfer none): the series that the one slice lies in that was given
 * @place: (nullable): what they were found in, so that it can be opened again; NULL for several places
 * @problems: NULL-terminated sentences, one for each folder that gave nothing
 */
typedef struct
{
  GPtrArray      *files;
  SagDicomIndex  *index;
  SagDicomSeries *wanted;
  GFile          *place;
  char          **problems;
} SagUiScans;

void sag_ui_scans_free (SagUiScans *scans);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiScans, sag_ui_scans_free)

/** The most scans that folders give, and how deep is looked. */
#define SAG_UI_SCANS_MAX 1000
#define SAG_UI_SCANS_MAX_DEPTH 4

/** SagUiFindProgressFunc: @n_done of @n_files were looked at. Main thread; not after the end or a cancellation. */
typedef void (*SagUiFindProgressFunc) (guint n_done, guint n_files, gpointer user_data);

/**
 * sag_ui_find_scans_async: files stay what they are, whatever their name; a folder gives the NIfTI
 * scans in it, by name as people count (scan2 before scan10). Left out there: hidden files, links
 * to folders, the .img of a pair, and maps that belong to a scan (NAME_labels, _label, _mask or
 * _seg beside NAME; what Sagitta exported). Folders, archives, DICOMDIR and DICOM files together
 * give one list of series; one DICOM file alone gives what lies beside it.
 * @on_progress: (nullable): called with @user_data while many files are looked at
 */
void        sag_ui_find_scans_async (GFile *const         *files,
                                     gsize                 n_files,
                                     SagUiFindProgressFunc on_progress,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
SagUiScans *sag_ui_find_scans_finish (GAsyncResult *result, GError **error);

G_END_DECLS
