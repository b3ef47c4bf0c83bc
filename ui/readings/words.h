/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/readings/readings.h"

G_BEGIN_DECLS

/* What readings are for people. */

/** sag_ui_readings_dup_number: "0.71", "−0.05"; "—" where nothing can be said. */
char *sag_ui_readings_dup_number (double value);
/** sag_ui_readings_get_colour: of a reader's outlines and words: 0xRRGGBB. */
guint32 sag_ui_readings_get_colour (guint reader);
/** sag_ui_readings_dup_markup: "Ann: present · Ben: absent", or "Ann · Ben: Dice 0.57", with the readers' colours. */
char *sag_ui_readings_dup_markup (const SagReadings *readings, const SagDifference *difference);
/** sag_ui_readings_dup_decision: "Present, Cleo"; "—". @decision: (nullable) */
char *sag_ui_readings_dup_decision (const SagReviewRow *decision);
/** sag_ui_readings_dup_summary: how many cases, differences, and how many of them nobody decided. */
char *sag_ui_readings_dup_summary (SagUiReadings *readings);

G_END_DECLS
