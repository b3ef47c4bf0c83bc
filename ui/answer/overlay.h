/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/slice/frame.h"

#include <glib-object.h>

G_BEGIN_DECLS

/** SagUiOverlayKind: what the values are, so that no unit is ever mixed up with another. */
typedef enum
{
  SAG_UI_OVERLAY_SCORE,      /* of the patch head, 0..1 */
  SAG_UI_OVERLAY_EVIDENCE,   /* fall of the class logit without a token */
  SAG_UI_OVERLAY_DIFFERENCE, /* of two score maps, -1..1 */
} SagUiOverlayKind;

/**
 * SagUiOverlay: one map that can lie over the slices and in 3D, and how it is shown.
 *
 * The values never change; how they are shown does, on the main thread. Properties, all
 * read-write: "visible" (boolean), "colour" (uint, 0xRRGGBB), "map" (uint, a SagRenderMap),
 * "threshold", "opacity" (double), "raw" (boolean: whole cells), "outline" (boolean).
 *
 * Signal "changed": any of them did.
 */
#define SAG_UI_TYPE_OVERLAY (sag_ui_overlay_get_type ())
G_DECLARE_FINAL_TYPE (SagUiOverlay, sag_ui_overlay, SAG_UI, OVERLAY, GObject)

/**
 * sag_ui_overlay_new: copies @cells.
 * @label: what it shows, for the legend; of a score map the text that was asked
 * @cells: (sag_geometry_n_voxels (@geometry)), x fastest
 * @n: the how-manieth answer colour it gets
 */
SagUiOverlay *sag_ui_overlay_new (SagUiOverlayKind   kind,
                                  const char        *label,
                                  const float       *cells,
                                  const SagGeometry *geometry,
                                  guint              n);

SagUiOverlayKind   sag_ui_overlay_get_kind (SagUiOverlay *self);
const char        *sag_ui_overlay_get_label (SagUiOverlay *self);
const float       *sag_ui_overlay_get_cells (SagUiOverlay *self);
const SagGeometry *sag_ui_overlay_get_geometry (SagUiOverlay *self);

/** sag_ui_overlay_get_peak: the highest value (of a difference the one furthest from 0), and its cell's centre. */
double sag_ui_overlay_get_peak (SagUiOverlay *self, double ras_mm[3]);

/** sag_ui_overlay_get_note: (nullable): a sentence to show wherever the map is shown. */
const char *sag_ui_overlay_get_note (SagUiOverlay *self);
/** sag_ui_overlay_get_brief_note: (nullable): a few words that stand for it in narrow views. */
const char *sag_ui_overlay_get_brief_note (SagUiOverlay *self);
/** sag_ui_overlay_set_note: @note, @brief: (nullable). */
void sag_ui_overlay_set_note (SagUiOverlay *self, const char *note, const char *brief);

gboolean sag_ui_overlay_get_visible (SagUiOverlay *self);
void     sag_ui_overlay_set_visible (SagUiOverlay *self, gboolean visible);

SagRenderColour sag_ui_overlay_get_colour (SagUiOverlay *self);

/** sag_ui_overlay_get_scale: colours, range, threshold and opacity as they are now. */
SagRenderScale sag_ui_overlay_get_scale (SagUiOverlay *self);

/**
 * sag_ui_overlay_get_heatmap: everything that the renderer needs; the cells belong to the overlay
 * and live as long as it does, so keep a reference while another thread draws.
 */
SagRenderHeatmap sag_ui_overlay_get_heatmap (SagUiOverlay *self);

G_END_DECLS
