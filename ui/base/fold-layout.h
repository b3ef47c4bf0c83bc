/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiFoldLayout: children in a row, of which those that matter least are left out while there is
 * no room for all. Children that expand share what is left over.
 */
#define SAG_UI_TYPE_FOLD_LAYOUT (sag_ui_fold_layout_get_type ())
G_DECLARE_FINAL_TYPE (SagUiFoldLayout, sag_ui_fold_layout, SAG_UI, FOLD_LAYOUT, GtkLayoutManager)

/** sag_ui_fold_layout_new: @spacing: logical pixels between two children. */
GtkLayoutManager *sag_ui_fold_layout_new (int spacing);

/**
 * sag_ui_fold_layout_set_rank: 0, as from the start: always there, at its minimum width if need be;
 * of the others the highest is left out first.
 */
void sag_ui_fold_layout_set_rank (GtkWidget *child, guint rank);

G_END_DECLS
