/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What loaders may do to a volume before they hand it over. */

#include "model/volume/origin.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * sag_volume_alloc_voxels: memory for every voxel, lazily backed and in huge pages where the system
 * has them.
 *
 * Returns: (nullable): to be given to sag_volume_new_*(), or to free(); NULL if there is not so
 * much
 */
void *sag_volume_alloc_voxels (const SagGeometry *geometry, SagScalar scalar);

/** sag_volume_set_source_type: @type is a literal. */
void sag_volume_set_source_type (SagVolume *volume, const char *type);

/** sag_volume_set_origin: keeps a reference. Once, before anybody else has the volume. */
void sag_volume_set_origin (SagVolume *volume, SagOrigin *origin);

/** sag_volume_set_shown: see sag_volume_get_shown(). */
void sag_volume_set_shown (SagVolume *volume, double low, double high);

/**
 * sag_volume_set_warnings: replaces all warnings; copies @warnings.
 *
 * May be called twice: what sag_volume_get_warnings() returned before stays valid as long as the
 * volume.
 */
void sag_volume_set_warnings (SagVolume *volume, const char *const *warnings);

G_END_DECLS
