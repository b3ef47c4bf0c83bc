/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

/** make_grid: anisotropic, oblique, stored in another order; @shear tilts its j axis. */
SagGeometry make_grid (double shear);

/** make_mask: about a share of the voxels; some of them a model's. */
SagMask *make_mask (const SagGeometry *grid, double share, GRand *random);

/** make_volume: random HU. */
SagVolume *make_volume (const SagGeometry *grid, GRand *random);
