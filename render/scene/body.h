/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/scene/field.h"

G_BEGIN_DECLS

/** SAG_RENDER_SKIN_HU: the value of sag_render_body_field() at the skin. */
#define SAG_RENDER_SKIN_HU (-400)

/**
 * sag_render_body_field: a coarse copy of a CT in which only the patient's outer form is left.
 *
 * Air within the body counts as tissue, and the table, blankets and tubes as air: what is thinner
 * than about 8 mm and stands apart from the patient. Padded with air on its four sides, and
 * open where the scan ends.
 *
 * Returns: (nullable): NULL on cancellation
 */
SagRenderField *
sag_render_body_field (const SagVolume *volume, double step_mm, GCancellable *cancellable);

G_END_DECLS
