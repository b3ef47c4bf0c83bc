/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/lungs-grid.h"
#include "model/prepare/lungs.h"

G_BEGIN_DECLS

#define SAG_LUNG_AIR_HU (-400)

/**
 * SagLandmarks: where the patient lies on the working grid.
 * @has_body, @body_low, @body_high: the largest thing that is not air; low <= k < high
 * @midline: i of the middle of the spine, or of the body where no spine is seen
 * @has_spine, @spine_back: j of the middle of the vertebrae with their arches
 * @enclosed: (n_cells): 1 where the body lies both in front and behind, or both on the left and the
 *   right: not so in the mattress
 */
typedef struct
{
  gboolean has_body;
  gint32   body_low;
  gint32   body_high;
  double   midline;
  gboolean has_spine;
  double   spine_back;
  guint8  *enclosed;
} SagLandmarks;

/** sag_landmarks_find: @air as sag_lung_air_find() gives it. */
void sag_landmarks_find (SagLandmarks *landmarks, const SagLungGrid *grid, const guint8 *air);
void sag_landmarks_clear (SagLandmarks *landmarks);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagLandmarks, sag_landmarks_clear)

/** sag_lung_air_find: (n_cells) 1 where air is inside the body: lungs, airway, bowel, sinuses. */
guint8 *sag_lung_air_find (const SagLungGrid *grid);

/** sag_airway_find: (transfer full): (n_cells) 1 in trachea and main bronchi, their blurred walls
 * included. */
guint8 *sag_airway_find (const SagLungGrid *grid, const SagLandmarks *landmarks, const guint8 *air);

/**
 * sag_lung_sides_find: which of the air is left and right lung.
 * @air: without the airway
 *
 * Returns: (transfer full): (n_cells) 0, SAG_LUNG_LEFT or SAG_LUNG_RIGHT
 */
guint8 *
sag_lung_sides_find (const SagLungGrid *grid, const SagLandmarks *landmarks, const guint8 *air);

/** sag_lung_sides_close: adds vessels, nodules and what else lies inside the lungs, but no @airway.
 */
void sag_lung_sides_close (const SagLungGrid *grid, const guint8 *airway, guint8 *sides);

/**
 * sag_thorax_range_find: fills the range in @lungs, whose volumes are known.
 * @sides: (nullable): NULL means no lungs
 */
void sag_thorax_range_find (const SagLungGrid  *grid,
                            const SagLandmarks *landmarks,
                            SagVolume          *volume,
                            const guint8       *airway,
                            const guint8       *sides,
                            SagLungs           *lungs);

G_END_DECLS
