/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/answer/overlay.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_ui_difference_new: the map of @a minus @b, cell by cell.
 * @label: for the legend
 *
 * Errors: SAG_ERROR_MISMATCH: the cells of the two are not the same ones
 */
SagUiOverlay *
sag_ui_difference_new (SagUiOverlay *a, SagUiOverlay *b, const char *label, GError **error);

G_END_DECLS
