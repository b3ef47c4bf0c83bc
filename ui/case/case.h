/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dicom/series.h"
#include "model/prepare/prepared.h"
#include "model/volume/volume.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * SagUiCaseState:
 * @SAG_UI_CASE_WAITING: not read yet, or given up to save memory
 * @SAG_UI_CASE_LOADING: slices are coming in
 * @SAG_UI_CASE_READY: complete
 * @SAG_UI_CASE_FAILED: see sag_ui_case_get_error()
 */
typedef enum
{
  SAG_UI_CASE_WAITING,
  SAG_UI_CASE_LOADING,
  SAG_UI_CASE_READY,
  SAG_UI_CASE_FAILED,
} SagUiCaseState;

/**
 * SagUiCase: one scan, what was asked about it, and what was measured on it.
 *
 * Lives on the main thread; reading happens on another one.
 *
 * Properties: "state" (uint, read-only), "volume" (pointer, read-only), "name" (string, read-only),
 * "error" (string, read-only), "progress" (double 0..1, read-only), "prepared" (pointer,
 * read-only), "thumbnail" (GdkTexture, read-only, nullable).
 *
 * Signal "slices": more slices can be shown, or another volume took the place of the first.
 */
#define SAG_UI_TYPE_CASE (sag_ui_case_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCase, sag_ui_case, SAG_UI, CASE, GObject)

SagUiCase *sag_ui_case_new (GFile *file);
/**
 * sag_ui_case_new_series: a case of DICOM. Its file is "PLACE#UID", which opens it again.
 * @place: (nullable): what @series was found in; NULL: where its first slice is
 */
SagUiCase *sag_ui_case_new_series (GFile *place, SagDicomSeries *series);

GFile *sag_ui_case_get_file (SagUiCase *self);
/** sag_ui_case_get_series: (nullable) (transfer none): of DICOM that was chosen from a list. */
SagDicomSeries *sag_ui_case_get_series (SagUiCase *self);
/**
 * sag_ui_case_get_name: what files made of it are called after: the file, without its endings; for DICOM a hash, known
 * once a case opened by its path has been read.
 */
const char *sag_ui_case_get_name (SagUiCase *self);
/** sag_ui_case_get_title: for the screen: the name, or what DICOM says of the series. */
const char    *sag_ui_case_get_title (SagUiCase *self);
SagUiCaseState sag_ui_case_get_state (SagUiCase *self);
/** sag_ui_case_get_error: (nullable): one sentence. */
const char *sag_ui_case_get_error (SagUiCase *self);
double      sag_ui_case_get_progress (SagUiCase *self);
/** sag_ui_case_get_load_ms: how long reading took; 0 while it has not ended. */
double sag_ui_case_get_load_ms (SagUiCase *self);

/**
 * sag_ui_case_get_volume: (nullable) (transfer none).
 * While loading, only stored slices k < sag_ui_case_get_n_slices_ready() hold voxels; the rest is 0
 * or whatever the loader left there, and must not be shown as if it were the scan.
 */
SagVolume *sag_ui_case_get_volume (SagUiCase *self);
int        sag_ui_case_get_n_slices_ready (SagUiCase *self);

/** sag_ui_case_dup_details: "512 × 512 × 275, 0.70 × 0.70 × 1.00 mm"; NULL while unknown. */
char *sag_ui_case_dup_details (SagUiCase *self);

/** sag_ui_case_dup_size: "512 × 512 × 275"; NULL while unknown. */
char *sag_ui_case_dup_size (SagUiCase *self);

/**
 * sag_ui_case_get_warnings: (transfer none): NULL-terminated sentences about what is odd in the
 * file, its header and its values; none until it is read.
 */
const char *const *sag_ui_case_get_warnings (SagUiCase *self);

/** sag_ui_case_get_thumbnail: (nullable) (transfer none): stays when the voxels are given up. */
GdkTexture *sag_ui_case_get_thumbnail (SagUiCase *self);

/** sag_ui_case_load: starts reading, unless that has been done or is under way. */
void sag_ui_case_load (SagUiCase *self);
/** sag_ui_case_cancel: back to waiting if it is being read. */
void sag_ui_case_cancel (SagUiCase *self);
/**
 * sag_ui_case_give: slices that no reader of ours brings: a volume made in memory, of which stored
 * slices k < @n_slices_ready are there.
 */
void sag_ui_case_give (SagUiCase *self, SagVolume *volume, int n_slices_ready);
/** sag_ui_case_unload: gives up voxels and preparation; questions and measurements stay. */
void sag_ui_case_unload (SagUiCase *self);

/** sag_ui_case_get_bytes: what its voxels take in memory now. */
gsize sag_ui_case_get_bytes (SagUiCase *self);

/** sag_ui_case_get_results: (element-type SagUiResult): newest first. */
GListStore *sag_ui_case_get_results (SagUiCase *self);

/**
 * sag_ui_case_get_overlays: (element-type SagUiOverlay): maps that views may show, lowest first:
 * those of results, evidence, differences. The engine and the ask pane add and remove them.
 */
GListStore *sag_ui_case_get_overlays (SagUiCase *self);

/** sag_ui_case_get_measurements: (element-type GObject): see ui/measure. */
GListStore *sag_ui_case_get_measurements (SagUiCase *self);

/** sag_ui_case_next_colour: 0, 1, 2, ...: numbers for the colours of results. */
guint sag_ui_case_next_colour (SagUiCase *self);

/** sag_ui_case_get_prepared: (nullable): the preparation that the newest answers came from: box and scope. */
SagPrepared *sag_ui_case_get_prepared (SagUiCase *self);
void         sag_ui_case_set_prepared (SagUiCase *self, SagPrepared *prepared);

/**
 * sag_ui_case_get_box_shift: by how much the person moved the analysed box, mm along R, A, S.
 * Setting another one drops the preparation and makes every result stale.
 */
void sag_ui_case_get_box_shift (SagUiCase *self, double shift_mm[3]);
void sag_ui_case_set_box_shift (SagUiCase *self, const double shift_mm[3]);

/** sag_ui_case_get_forced: the person asked to answer although the scan is out of scope. */
gboolean sag_ui_case_get_forced (SagUiCase *self);
void     sag_ui_case_set_forced (SagUiCase *self, gboolean forced);

G_END_DECLS
