/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of the views: views.c places them, views-actions.c moves them, views-header.c has the
 * menus, views-side.c is one side of a comparison. */

#include "ui/view/view-cell.h"
#include "ui/view/view-grid.h"
#include "ui/view/views.h"

G_BEGIN_DECLS

#define SAG_UI_N_CELLS 4
#define SAG_UI_CELL_SCENE 3

/**
 * SagUiSide: the views of one display: the only one, or one of two that are compared.
 * @box: title and grid
 * @cells: three SagUiViewCell; the fourth, 3D, only on the left (nullable)
 */
typedef struct
{
  SagUiDisplay *display;
  GtkWidget    *box;
  GtkWidget    *title;
  GtkWidget    *title_label;
  GtkWidget    *grid;
  GtkWidget    *cells[SAG_UI_N_CELLS];
} SagUiSide;

struct _SagUiViews
{
  AdwBin parent;

  SagUiSession       *session;
  GtkWidget          *header;
  GtkWidget          *presets_button;
  GtkWidget          *layout_button;
  GtkWidget          *sides_box;
  SagUiSide           sides[2];
  SagUiGridLayout     layout;
  SagUiGridLayout     layout_before; /* maximising */
  int                 main;
  double              cine_rate;
  SagUiSliceView     *active;
  GSimpleActionGroup *actions;
  GtkEventController *keys;
  GtkWidget          *root;
  gboolean            peeking;

  /* Comparison. The two displays move together, @offset_mm apart. */
  gboolean   comparing;
  gboolean   linked;
  gboolean   is_following;
  double     offset_mm[3];
  GPtrArray *bindings; /* of GBinding */
};

/** sag_ui_views_update: places the cells for layout, main view and comparison. */
void sag_ui_views_update (SagUiViews *self);

SagUiSliceView *sag_ui_side_get_view (SagUiSide *side, SagRenderPlane plane);

/* views-actions.c */
void sag_ui_views_init_actions (SagUiViews *self);
/**
 * sag_ui_views_hold_actions: those of the views' own properties keep the views alive: they are
 * there only while the views are in a window.
 */
void sag_ui_views_hold_actions (SagUiViews *self, gboolean hold);
void sag_ui_views_connect_display (SagUiViews *self);
void sag_ui_views_stop_peeking (SagUiViews *self);
void sag_ui_views_key (SagUiViews *self, gboolean pressed, guint keyval, GdkModifierType state);

/* views-header.c */
GtkWidget *sag_ui_views_build_header (SagUiViews *self);
/** sag_ui_views_fill_header: once there is a session. */
void sag_ui_views_fill_header (SagUiViews *self);
void sag_ui_views_update_header (SagUiViews *self);

/* views-compare.c */
void sag_ui_views_finish_compare (SagUiViews *self);
void sag_ui_views_relink (SagUiViews *self);

/* views-side.c */
void sag_ui_side_init (SagUiViews *self, SagUiSide *side, gboolean with_scene);
void sag_ui_side_set_display (SagUiSide *side, SagUiDisplay *display);
void sag_ui_side_set_title (SagUiSide *side, const char *title);

G_END_DECLS
