/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of the views: views.c places them, views-actions.c moves them, views-header.c has the
 * menus, views-side.c is one side of a comparison, views-compare.c links two, views-align.c aligns
 * their scans. */

#include "model/register/register.h"
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

/**
 * SagUiAlign: the right case of a comparison on the left one.
 * @bar: what is said and pressed, above the right side
 * @cancellable: (nullable): while they are being aligned
 * @current, @prior: (nullable): the left and the right case
 * @stand_in: (nullable): what is drawn in its place while @aligned; NULL until it is known
 * @links: the crosses follow the fit: it is good, or was asked for, and nobody linked the sides by hand since
 * @checker: squares of both
 */
typedef struct
{
  GtkWidget      *bar;
  GtkWidget      *note;
  GtkWidget      *aligned_button;
  GtkWidget      *checker_button;
  GCancellable   *cancellable;
  SagUiCase      *current;
  SagUiCase      *prior;
  SagUiCase      *stand_in;
  SagRegistration registration;
  gboolean        aligned;
  gboolean        links;
  gboolean        checker;
} SagUiAlign;

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

  /* Comparison. The two displays move together: as the scans were aligned, or @offset_mm apart. */
  gboolean   comparing;
  gboolean   linked;
  gboolean   is_following;
  double     offset_mm[3];
  SagUiAlign align;
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

/* views-align.c */
GtkWidget *sag_ui_views_build_align (SagUiViews *self);
/** sag_ui_views_begin_align: @prior, on the right, is aligned as soon as both cases are read. */
void sag_ui_views_begin_align (SagUiViews *self, SagUiCase *prior);
void sag_ui_views_end_align (SagUiViews *self);
/**
 * sag_ui_views_link_point: @ras_mm of side @from becomes the same anatomy's place on the other side;
 * FALSE while nothing is aligned, or nobody trusts it.
 */
gboolean sag_ui_views_link_point (SagUiViews *self, int from, double ras_mm[3]);
/** sag_ui_views_link_by_hand: the sides move together as they stand now, unless both are drawn on the same slices. */
void sag_ui_views_link_by_hand (SagUiViews *self);
/** sag_ui_views_take_fit: how the prior lies; shown at once if that is good. @laid: it on the current grid */
void sag_ui_views_take_fit (SagUiViews *self, const SagRegistration *registration, SagVolume *laid);
void sag_ui_views_set_aligned (SagUiViews *self, gboolean aligned);
void sag_ui_views_set_checker (SagUiViews *self, gboolean checker);

/* views-side.c */
void sag_ui_side_init (SagUiViews *self, SagUiSide *side, gboolean with_scene);
void sag_ui_side_set_display (SagUiSide *side, SagUiDisplay *display);
/** sag_ui_side_match_titles: equally high, so that the pictures below are. */
void sag_ui_side_match_titles (SagUiSide *a, SagUiSide *b);
void sag_ui_side_set_title (SagUiSide *side, const char *title);

G_END_DECLS
