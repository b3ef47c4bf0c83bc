/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/slice/frame.h"
#include "ui/case/case.h"

G_BEGIN_DECLS

/** SagUiChange: what of a display changed; flags. */
typedef enum
{
  SAG_UI_CHANGE_CASE = 1 << 0,    /* another case, its volume or state, or more slices of it */
  SAG_UI_CHANGE_CROSS = 1 << 1,   /* the crosshair, and so the slices */
  SAG_UI_CHANGE_WINDOW = 1 << 2,  /* window/level, inversion, slab, interpolation, side */
  SAG_UI_CHANGE_OVERLAY = 1 << 3, /* maps and their looks, the box, marks, measurements */
  SAG_UI_CHANGE_TOOL = 1 << 4,    /* what left drag does */
  SAG_UI_CHANGE_POINTER = 1 << 5, /* the point under the pointer */
} SagUiChange;

/** SagUiTool: what the left button draws. Without a tool it changes window and level. */
typedef enum
{
  SAG_UI_TOOL_NONE,
  SAG_UI_TOOL_RULER,
  SAG_UI_TOOL_ANGLE,
  SAG_UI_TOOL_ELLIPSE,
  SAG_UI_TOOL_BOX, /* moves the analysed box */
  SAG_UI_TOOL_BRUSH,
  SAG_UI_TOOL_ERASER,
  SAG_UI_TOOL_POLYGON,
  SAG_UI_TOOL_LASSO,
  SAG_UI_TOOL_FLOOD, /* grows a region */
} SagUiTool;

#define SAG_UI_N_TOOLS (SAG_UI_TOOL_FLOOD + 1)

/**
 * SagUiDisplay: what all views of one case have in common. Views listen and draw; the crosshair
 * links them. Each view keeps its own zoom and pan.
 *
 * Properties, all read-write: "case" (SagUiCase, nullable), "window-width", "window-level" (double,
 * HU), "invert", "interpolate", "neurological", "show-cross", "show-overlays", "show-box",
 * "show-marks" (boolean), "slab" (uint, a SagRenderSlab), "slab-mm" (double), "tool" (uint, a
 * SagUiTool).
 *
 * Signal "changed" (uint: flags of SagUiChange).
 */
#define SAG_UI_TYPE_DISPLAY (sag_ui_display_get_type ())
G_DECLARE_FINAL_TYPE (SagUiDisplay, sag_ui_display, SAG_UI, DISPLAY, GObject)

SagUiDisplay *sag_ui_display_new (void);

/** sag_ui_display_get_case: (nullable) (transfer none). */
SagUiCase *sag_ui_display_get_case (SagUiDisplay *self);
/** sag_ui_display_set_case: the crosshair goes to the volume's middle when its grid is known. */
void sag_ui_display_set_case (SagUiDisplay *self, SagUiCase *one);

/** sag_ui_display_get_volume: (nullable) (transfer none): the case's. */
SagVolume *sag_ui_display_get_volume (SagUiDisplay *self);

void sag_ui_display_get_cross (SagUiDisplay *self, double ras_mm[3]);
/** sag_ui_display_set_cross: moved to the nearest place in the volume. */
void sag_ui_display_set_cross (SagUiDisplay *self, const double ras_mm[3]);

/** sag_ui_display_get_pointer: FALSE if the pointer is over no view. */
gboolean sag_ui_display_get_pointer (SagUiDisplay *self, double ras_mm[3]);
/** sag_ui_display_set_pointer: @ras_mm NULL: it left. */
void sag_ui_display_set_pointer (SagUiDisplay *self, const double *ras_mm);

SagRenderWindow sag_ui_display_get_window (SagUiDisplay *self);
void            sag_ui_display_set_window (SagUiDisplay *self, SagRenderWindow window);

gboolean      sag_ui_display_get_invert (SagUiDisplay *self);
gboolean      sag_ui_display_get_interpolate (SagUiDisplay *self);
gboolean      sag_ui_display_get_neurological (SagUiDisplay *self);
gboolean      sag_ui_display_get_show_cross (SagUiDisplay *self);
gboolean      sag_ui_display_get_show_overlays (SagUiDisplay *self);
gboolean      sag_ui_display_get_show_box (SagUiDisplay *self);
gboolean      sag_ui_display_get_show_marks (SagUiDisplay *self);
SagRenderSlab sag_ui_display_get_slab (SagUiDisplay *self);
double        sag_ui_display_get_slab_mm (SagUiDisplay *self);
SagUiTool     sag_ui_display_get_tool (SagUiDisplay *self);

/**
 * sag_ui_display_set_only: shows this map and no other, whatever "visible" says, for looking at two
 * answers side by side; NULL: the visible ones.
 */
void sag_ui_display_set_only (SagUiDisplay *self, gpointer overlay);

/**
 * sag_ui_display_set_checker: another scan, on the same grid as this one, of which every second
 * square is shown; NULL: this one alone.
 */
void sag_ui_display_set_checker (SagUiDisplay *self, SagVolume *other);
/** sag_ui_display_get_checker: (nullable) (transfer none). */
SagVolume *sag_ui_display_get_checker (SagUiDisplay *self);

/**
 * sag_ui_display_get_shown: (transfer container) (element-type SagUiOverlay): the maps to draw now,
 * lowest first, each with a reference: none while overlays are hidden.
 */
GPtrArray *sag_ui_display_get_shown (SagUiDisplay *self);

G_END_DECLS
