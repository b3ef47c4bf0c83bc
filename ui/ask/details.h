/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * sag_ui_details_present: a window with everything that decided a ready answer: words, heads, map,
 * robustness, the reader's label, provenance, times; with copy and save.
 * @parent: a widget of the window that it belongs to
 *
 * Returns: (transfer none): the window
 */
GtkWindow *
sag_ui_details_present (GtkWidget *parent, SagUiAsk *ask, SagUiCase *one, SagUiResult *result);

/** sag_ui_close_on_escape: for windows that only show something. */
void sag_ui_close_on_escape (GtkWindow *window);

G_END_DECLS
