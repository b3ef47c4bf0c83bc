/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiGridLayout: how cells share the room.
 * @SAG_UI_GRID_QUAD: two by two
 * @SAG_UI_GRID_LARGE: the main one on the left, the others in a column on the right
 * @SAG_UI_GRID_SINGLE: the main one alone
 * @SAG_UI_GRID_STACK: the main one above, the others in a row below it
 */
typedef enum
{
  SAG_UI_GRID_QUAD,
  SAG_UI_GRID_LARGE,
  SAG_UI_GRID_SINGLE,
  SAG_UI_GRID_STACK,
} SagUiGridLayout;

/** SagUiViewGrid: up to four cells with hair lines between them, and one of them the main one. */
#define SAG_UI_TYPE_VIEW_GRID (sag_ui_view_grid_get_type ())
G_DECLARE_FINAL_TYPE (SagUiViewGrid, sag_ui_view_grid, SAG_UI, VIEW_GRID, GtkWidget)

GtkWidget *sag_ui_view_grid_new (void);

/** sag_ui_view_grid_add: as the next cell; the first is the main one. */
void sag_ui_view_grid_add (SagUiViewGrid *self, GtkWidget *cell);

/** sag_ui_view_grid_set: the cells that have no place are hidden, and hidden ones have
 * no place. */
void sag_ui_view_grid_set (SagUiViewGrid *self, SagUiGridLayout layout, GtkWidget *main);

G_END_DECLS
