/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

/*
 * Changes of a mask's shape. Distances are mm along the stored axes, which count as orthogonal. Voxels that stay set
 * keep whether they came from a model; new ones are the person's. Any thread.
 * Errors: G_IO_ERROR_CANCELLED, and what a function says.
 */

/** sag_mask_grow: all voxels within @distance_mm of the mask. */
SagMask *
sag_mask_grow (SagMask *mask, double distance_mm, GCancellable *cancellable, GError **error);

/** sag_mask_shrink: voxels further than @distance_mm from every voxel outside; the grid's edge is no outside. */
SagMask *
sag_mask_shrink (SagMask *mask, double distance_mm, GCancellable *cancellable, GError **error);

/**
 * sag_mask_smooth: where a Gaussian of @sigma_mm over the mask is at least a half. Parts thinner than
 * that go; a surface of radius r moves in by about sigma^2 / r.
 */
SagMask *
sag_mask_smooth (SagMask *mask, double sigma_mm, GCancellable *cancellable, GError **error);

/**
 * sag_mask_interpolate: fills the slices between painted ones along stored axis @axis, from the
 * signed distances of the two neighbours (Raya and Udupa, "Shape-based interpolation", 1990).
 * Painted slices stay as they are.
 *
 * Error: SAG_ERROR_ARGUMENT: no gap between painted slices
 */
SagMask *sag_mask_interpolate (SagMask *mask, int axis, GCancellable *cancellable, GError **error);

G_END_DECLS
