/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/case/case.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiCaseRow: one case in the list: thumbnail, name, state and how much was asked about it.
 *
 * Signal "close": the person wants it gone.
 */
#define SAG_UI_TYPE_CASE_ROW (sag_ui_case_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCaseRow, sag_ui_case_row, SAG_UI, CASE_ROW, GtkListBoxRow)

GtkWidget *sag_ui_case_row_new (SagUiCase *one);
SagUiCase *sag_ui_case_row_get_case (SagUiCaseRow *self);

G_END_DECLS
