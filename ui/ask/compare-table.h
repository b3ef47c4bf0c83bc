/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_compare_table_fill: what two answers say, a column each, and how far their numbers lie apart.
 * @a, @b: (nullable)
 * @open: (nullable): of two models, which one is in use
 */
void
sag_ui_compare_table_fill (GtkGrid *grid, const SagAnswer *a, const SagAnswer *b, SagBundle *open);

G_END_DECLS
