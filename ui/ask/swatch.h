/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/slice/colour.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** SagUiSwatch: a dot of a colour. Property "colour" (uint, 0xRRGGBB, read-write). */
#define SAG_UI_TYPE_SWATCH (sag_ui_swatch_get_type ())
G_DECLARE_FINAL_TYPE (SagUiSwatch, sag_ui_swatch, SAG_UI, SWATCH, GtkWidget)

GtkWidget *sag_ui_swatch_new (SagRenderColour colour);

/** sag_ui_colour_get_title: "orange", "sky blue", ... of an answer colour; else "own colour". */
const char *sag_ui_colour_get_title (SagRenderColour colour);

G_END_DECLS
