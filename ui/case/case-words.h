/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/series.h"
#include "model/volume/origin.h"

G_BEGIN_DECLS

/**
 * sag_ui_volume_dup_warnings: what a person should know of a scan: what its header says, then what its
 * values look like. NULL-terminated.
 */
char **sag_ui_volume_dup_warnings (const SagVolume *volume);

/** sag_ui_date: "2024-01-31" of DICOM's "20240131"; what it is not, unchanged. */
char *sag_ui_date (const char *date);

/**
 * sag_ui_series_dup_title: "Thorax B31f · 2024-01-31", with the heart's phase where there is one: never a name
 * or number of a patient.
 */
char *sag_ui_series_dup_title (const SagDicomSeries *series);

/** sag_ui_origin_dup_title: the same, of a volume. */
char *sag_ui_origin_dup_title (const SagOrigin *origin);

G_END_DECLS
