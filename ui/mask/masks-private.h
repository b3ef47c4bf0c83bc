/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of SagUiMasks: masks.c keeps them, mask-tool.c draws and paints on slices,
 * mask-scene.c shows their surfaces, mask-actions.c is what menus and keys reach, mask-deeds.c what
 * they do. */

#include "model/mask/combine.h"
#include "ui/mask/masks.h"

G_BEGIN_DECLS

/**
 * @session: only a pointer: the session owns this object
 * @views: (element-type SagUiSliceView): attached ones
 * @scenes: (element-type SagUiSceneView): attached ones
 * @touched: (nullable): the one of them that was touched last
 * @current: (nullable): of the session's case
 * @stored: (element-type SagUiCaseMasks): those that the open project keeps; weak
 * @readings, @readings_colours: (element-type SagMask), (element-type guint32): of all readers of the case
 *   @readings_case of the project, 0: of none; @readings_turn counts how often others began
 * @watched: (nullable): a folder whose masks are opened, at the path @watched_folder; @watched_seen has the names of
 *   files in it that were written by us, @watched_ids the masks of those that were opened
 * @is_painting: a stroke follows the hand, now at @last_mm
 * @outline: (element-type double[3]): of a polygon or lasso on slice @outline_slice of @outline_view
 * @pointer_view: (nullable): where the hand is, at @pointer
 */
struct _SagUiMasks
{
  GObject parent;

  SagUiSession       *session;
  GSimpleActionGroup *actions;
  GPtrArray          *views;
  GPtrArray          *scenes;
  SagUiSliceView     *touched;
  SagUiCaseMasks     *current;
  GPtrArray          *stored;
  GPtrArray          *readings;
  GArray             *readings_colours;
  gint64              readings_case;
  guint               readings_turn;
  GFileMonitor       *watched;
  char               *watched_folder;
  GHashTable         *watched_seen;
  GHashTable         *watched_ids;

  double   size_mm;
  gboolean ball;
  gboolean limits;
  double   low;
  double   high;
  double   tolerance;
  double   reach_mm;
  double   distance_mm;
  double   fill;
  char    *other;

  gboolean is_painting;
  double   last_mm[3];

  GArray         *outline;
  SagUiSliceView *outline_view;
  int             outline_slice;
  gboolean        is_lasso;
  gboolean        cuts;

  SagUiSliceView *pointer_view;
  double          pointer[2];
  double          pointer_mm[3];
};

extern const SagUiSliceLayer sag_ui_mask_layer;

/** sag_ui_masks_redraw: the marks of all views; sag_ui_masks_refresh: their pictures. */
void sag_ui_masks_redraw (SagUiMasks *self);
void sag_ui_masks_refresh (SagUiMasks *self);

/** sag_ui_masks_is_paint: whether a tool is one of masks. */
gboolean sag_ui_masks_is_paint (SagUiTool tool);

/** sag_ui_masks_get_volume: (nullable) (transfer none): the case's, if it is whole. */
SagVolume *sag_ui_masks_get_volume (SagUiMasks *self);

/** sag_ui_masks_get_limits: of HU; nothing in it has a reference of its own. */
SagMaskLimits sag_ui_masks_get_limits (SagUiMasks *self);

/**
 * SagUiStoredPlace: a slice of a view in the grid as stored.
 * @axis: along which it is a slice
 * @index: which one
 * @step: of @index for one slice towards R, A or S
 */
typedef struct
{
  int    axis;
  gint32 index;
  int    step;
} SagUiStoredPlace;

SagUiStoredPlace sag_ui_stored_place (const SagRenderSlice *slice, const SagGeometry *stored);

/** sag_ui_masks_press: what the tool does at a place where it needs no drag. FALSE: nothing. */
gboolean sag_ui_masks_press (SagUiMasks           *self,
                             SagUiSliceView       *view,
                             const SagRenderSlice *slice,
                             const double          ras_mm[3],
                             GdkModifierType       state,
                             int                   n_press);
/** sag_ui_masks_stop_drawing: gives up a stroke and an outline; whether there was one. */
gboolean sag_ui_masks_stop_drawing (SagUiMasks *self);

/** sag_ui_masks_ready: (nullable): the masks with an active one, made where there was none, that can be changed. */
SagUiCaseMasks *sag_ui_masks_ready (SagUiMasks *self);

/** sag_ui_masks_take: (nullable): sag_ui_case_masks_get(); what they say is heard, what they undo is seen. */
SagUiCaseMasks *sag_ui_masks_take (SagUiMasks *self, SagUiCase *one);

/** sag_ui_masks_changed: something that is said of them is another. */
void sag_ui_masks_changed (SagUiMasks *self);

/** sag_ui_masks_follow_case: the session's case may have other masks now. */
void sag_ui_masks_follow_case (SagUiMasks *self);

/* mask-scene.c */
/** sag_ui_masks_refresh_scenes: what they show of masks is another. */
void sag_ui_masks_refresh_scenes (SagUiMasks *self);
void sag_ui_masks_leave_scenes (SagUiMasks *self);

/* mask-project.c */
void sag_ui_masks_connect_project (SagUiMasks *self);
void sag_ui_masks_leave_project (SagUiMasks *self);
/** sag_ui_masks_meet: if @one is a case of the project and was read, its masks are fetched, once. */
void sag_ui_masks_meet (SagUiMasks *self, SagUiCase *one);

/* mask-files.c */
void sag_ui_mask_files_stop (SagUiMasks *self);

void sag_ui_masks_init_actions (SagUiMasks *self);
void sag_ui_masks_update_actions (SagUiMasks *self);

/* mask-deeds.c: work on the active mask. */

/**
 * sag_ui_masks_fill_outline: what lies inside it on the slice.
 * @points_mm: (array length=3*n_points): RAS
 */
void sag_ui_masks_fill_outline (SagUiMasks           *self,
                                const SagRenderSlice *slice,
                                const double         *points_mm,
                                gsize                 n_points,
                                gboolean              cuts);
void sag_ui_masks_flood (SagUiMasks           *self,
                         const SagRenderSlice *slice,
                         const double          ras_mm[3],
                         gboolean              in_3d);

typedef enum
{
  SAG_UI_DEED_GROW,
  SAG_UI_DEED_SHRINK,
  SAG_UI_DEED_SMOOTH,
  SAG_UI_DEED_LARGEST,
  SAG_UI_DEED_DROP_SMALL,
  SAG_UI_DEED_FILL_HOLES,
  SAG_UI_DEED_CLEAR,
} SagUiDeed;

void sag_ui_masks_do (SagUiMasks *self, SagUiDeed deed);
void sag_ui_masks_interpolate (SagUiMasks *self, int axis);
void sag_ui_masks_copy_slice (SagUiMasks *self, const SagUiStoredPlace *from, int n_slices);
/** sag_ui_masks_combine: with the mask called @other. */
void sag_ui_masks_combine (SagUiMasks *self, const char *other, SagMaskOperation operation);
/** sag_ui_masks_from_map: a new mask. */
void sag_ui_masks_from_map (SagUiMasks *self, SagUiOverlay *overlay);

G_END_DECLS
