/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiPrevalence: how common a finding is; re-weights the class probability. Sits in a popover. */
#define SAG_UI_TYPE_PREVALENCE (sag_ui_prevalence_get_type ())
G_DECLARE_FINAL_TYPE (SagUiPrevalence, sag_ui_prevalence, SAG_UI, PREVALENCE, AdwBin)

/** sag_ui_prevalence_set: @text (nullable): of this task only; NULL: of all. */
void sag_ui_prevalence_set (SagUiPrevalence *self, SagUiAsk *ask, const char *text);

/** sag_ui_prevalence_popup: in a popover at @widget, which is destroyed when it closes. */
void sag_ui_prevalence_popup (GtkWidget *widget, SagUiAsk *ask, const char *text);

G_END_DECLS
