/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/readings/readings.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The two tables of readings. Their rows are SagUiReadingRow. */

/** SagUiReadingRow: a task (its place) and a pair of readers; or a difference. */
#define SAG_UI_TYPE_READING_ROW (sag_ui_reading_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiReadingRow, sag_ui_reading_row, SAG_UI, READING_ROW, GObject)

guint sag_ui_reading_row_get_place (SagUiReadingRow *self);
guint sag_ui_reading_row_get_pair (SagUiReadingRow *self);

/** sag_ui_readings_fill_agreement: a row for each task and two readers who both labelled or painted something of it. */
void sag_ui_readings_fill_agreement (SagUiReadings *readings, GListStore *rows);
/** sag_ui_readings_fill_differences: @undecided: only those that nobody decided */
void
sag_ui_readings_fill_differences (SagUiReadings *readings, gboolean undecided, GListStore *rows);

/** sag_ui_readings_create_agreement, sag_ui_readings_create_differences: (transfer floating): a GtkColumnView. */
GtkWidget *sag_ui_readings_create_agreement (SagUiReadings *readings, GListStore *rows);
GtkWidget *sag_ui_readings_create_differences (SagUiReadings     *readings,
                                               GtkSelectionModel *selection);

G_END_DECLS
