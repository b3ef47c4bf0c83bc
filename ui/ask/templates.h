/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiTemplates: sentences of the known forms with their blanks to fill in. Sits in a popover.
 *
 * Signal "use" (string): the sentence.
 */
#define SAG_UI_TYPE_TEMPLATES (sag_ui_templates_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTemplates, sag_ui_templates, SAG_UI, TEMPLATES, AdwBin)

/** sag_ui_templates_get_text: the sentence as it stands now. */
const char *sag_ui_templates_get_text (SagUiTemplates *self);

G_END_DECLS
