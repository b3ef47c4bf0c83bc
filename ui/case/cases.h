/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/case/case.h"

G_BEGIN_DECLS

/**
 * SagUiCases: the cases of a window in the order of opening, one of them current.
 *
 * A GListModel of SagUiCase. The current case is read first, then the next SAG_UI_CASES_AHEAD, as long as as many of
 * its size have room; voxels of the others stay in memory up to a ceiling, those looked at longest ago
 * go first.
 *
 * Property "current" (SagUiCase, read-write, nullable).
 * Signal "failed" (SagUiCase, string): a case could not be read; it has left the list, and the one
 * that was current before is current again.
 */
#define SAG_UI_TYPE_CASES (sag_ui_cases_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCases, sag_ui_cases, SAG_UI, CASES, GObject)

#define SAG_UI_CASES_AHEAD 2

SagUiCases *sag_ui_cases_new (void);

/**
 * sag_ui_cases_wish: @one of the list comes next, or (@place 1) after that, wherever it stands: it is read ahead. For
 * as long as the current case is.
 */
void sag_ui_cases_wish (SagUiCases *self, guint place, SagUiCase *one);

/** sag_ui_cases_add: adds @file at the end, or finds it if it is there. Returns: (transfer none). */
SagUiCase *sag_ui_cases_add (SagUiCases *self, GFile *file);
/** sag_ui_cases_add_series: the same of a DICOM series that was found in @place. */
SagUiCase *sag_ui_cases_add_series (SagUiCases *self, GFile *place, SagDicomSeries *series);
void       sag_ui_cases_remove (SagUiCases *self, SagUiCase *one);
/** sag_ui_cases_insert: puts back one that was removed, with all that was asked about it. */
void sag_ui_cases_insert (SagUiCases *self, guint index, SagUiCase *one);
/** sag_ui_cases_find: (nullable) (transfer none): the one of that file. */
SagUiCase *sag_ui_cases_find (SagUiCases *self, GFile *file);
/** sag_ui_cases_index_of: G_MAXUINT if it is not there. */
guint sag_ui_cases_index_of (SagUiCases *self, SagUiCase *one);
/**
 * sag_ui_cases_give_up: stops reading the current case; it leaves the list, and the one before is
 * current again.
 */
void sag_ui_cases_give_up (SagUiCases *self);

/** sag_ui_cases_get_current: (nullable) (transfer none). */
SagUiCase *sag_ui_cases_get_current (SagUiCases *self);
void       sag_ui_cases_set_current (SagUiCases *self, SagUiCase *one);
/** sag_ui_cases_step: the next (1) or previous (-1) case becomes current, if there is one. */
void sag_ui_cases_step (SagUiCases *self, int step);

/**
 * sag_ui_cases_set_compared: @one (nullable) is looked at beside the current case, whoever reads it: like that one it
 * stays in memory.
 */
void sag_ui_cases_set_compared (SagUiCases *self, SagUiCase *one);

/** sag_ui_cases_set_ceiling: how many bytes of voxels may stay in all; what is looked at always does. */
void sag_ui_cases_set_ceiling (SagUiCases *self, gsize bytes);

/** sag_ui_cases_foreach: @func must not open or close cases. */
void sag_ui_cases_foreach (SagUiCases *self,
                           void (*func) (SagUiCase *one, gpointer user_data),
                           gpointer user_data);

G_END_DECLS
