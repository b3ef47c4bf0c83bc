/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiCompareWindow: a ready answer A beside B, which is another text, another bundle, or another
 * card: the numbers, the maps side by side, and their difference as a map of its own. The maps that
 * it made go with it.
 */
#define SAG_UI_TYPE_COMPARE_WINDOW (sag_ui_compare_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCompareWindow, sag_ui_compare_window, SAG_UI, COMPARE_WINDOW, AdwWindow)

GtkWindow *sag_ui_compare_window_new (SagUiAsk *ask, SagUiCase *one, SagUiResult *a);

/** sag_ui_compare_window_choose_bundle: asks for the folder of B's bundle. */
void sag_ui_compare_window_choose_bundle (SagUiCompareWindow *self);

/** sag_ui_compare_window_ask: B is @text, asked with the bundle in @folder, or the open one (NULL). */
void sag_ui_compare_window_ask (SagUiCompareWindow *self, const char *text, const char *folder);

/**
 * sag_ui_compare_window_ask_models: asks the text of A with the other model of old and new: the one that is open now if
 * A was answered by another one, else the one that was open before. FALSE if there is no other one.
 */
gboolean sag_ui_compare_window_ask_models (SagUiCompareWindow *self);

/** sag_ui_compare_window_get_b: (nullable) (transfer none). */
const SagAnswer *sag_ui_compare_window_get_b (SagUiCompareWindow *self);
/** sag_ui_compare_window_get_difference: (nullable) (transfer none): the map, if it could be made. */
SagUiOverlay *sag_ui_compare_window_get_difference (SagUiCompareWindow *self);

G_END_DECLS
