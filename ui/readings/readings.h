/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/export/readings.h"
#include "model/mask/combine.h"
#include "ui/project/project.h"

G_BEGIN_DECLS

/**
 * SagUiReadings: the readings of the open project laid side by side, and what counts where they differ.
 *
 * Lives on the main thread; reads behind. Signals: "changed": all of it; "decided" (uint): what counts for the
 * difference at that place.
 */
#define SAG_UI_TYPE_READINGS (sag_ui_readings_get_type ())
G_DECLARE_FINAL_TYPE (SagUiReadings, sag_ui_readings, SAG_UI, READINGS, GObject)

/** sag_ui_readings_new: and begins to read. */
SagUiReadings *sag_ui_readings_new (SagUiProject *project);

/** sag_ui_readings_load: reads all of it again. */
void sag_ui_readings_load (SagUiReadings *self);
/** sag_ui_readings_stop: nobody waits for what is being read. */
void sag_ui_readings_stop (SagUiReadings *self);

/** sag_ui_readings_get: (nullable) (transfer none): NULL until it was read; good until "changed". */
const SagReadings *sag_ui_readings_get (SagUiReadings *self);
/** sag_ui_readings_get_difference: (transfer none): the one at @place. */
const SagDifference *sag_ui_readings_get_difference (SagUiReadings *self, guint place);
/** sag_ui_readings_get_decision: (nullable) (transfer none): what counts for it. */
const SagReviewRow *sag_ui_readings_get_decision (SagUiReadings *self, guint place);
/** sag_ui_readings_count_undecided: differences. */
guint sag_ui_readings_count_undecided (SagUiReadings *self);

/** sag_ui_readings_decide: the word that counts for a difference in labels. */
void sag_ui_readings_decide (SagUiReadings *self, guint place, SagLabelValue value);
/** sag_ui_readings_take: what @reader (their place) painted, all of it together, is the mask that counts. */
void sag_ui_readings_take (SagUiReadings *self, guint place, guint reader);
/** sag_ui_readings_combine: what all readers' masks make together is the one that counts. */
void sag_ui_readings_combine (SagUiReadings *self, guint place, SagMaskOperation operation);
/** sag_ui_readings_forget: nothing counts any more: it is undecided again. */
void sag_ui_readings_forget (SagUiReadings *self, guint place);

/** sag_ui_readings_count_blind: cases that others have labelled or painted and the present reader has not finished. */
guint sag_ui_readings_count_blind (SagUiProject *project);

G_END_DECLS
