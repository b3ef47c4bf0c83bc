/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/prepared.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What a manifest's paths lead to, for training and measuring alike: NIfTI, upstream's .bin of a standardised scan, or
 * DICOM, as sag_scan_load() takes it. Thread-safe.
 */

/**
 * sag_read_volume: a scan or a mask.
 *
 * Errors: those of sag_bin_load() and sag_scan_load()
 */
SagVolume *sag_read_volume (const char *path, GCancellable *cancellable, GError **error);

/** sag_read_is_standardised: whether @path is upstream's .bin, which knows no place in the patient. */
gboolean sag_read_is_standardised (const char *path);

/**
 * sag_read_prepare: the input that the network sees of the scan @volume, and where that lies. A file that is
 * standardised already is not standardised again: only its box is cut.
 * @volume: as sag_read_volume() gave it for @path
 * @options: (nullable): of sag_prepare(); they do nothing to a standardised file
 *
 * Errors: those of sag_prepare()
 */
SagPrepared *sag_read_prepare (const char              *path,
                               SagVolume               *volume,
                               const SagRecipe         *recipe,
                               const SagPrepareOptions *options,
                               GCancellable            *cancellable,
                               GError                 **error);

/**
 * sag_read_place_mask: where the voxels of a mask lie: where its file says, unless the scan is a standardised file:
 * then a mask of as many voxels along each axis lies on the scan.
 * @scan_path, @scan: of the scan
 * @mask: (inout)
 */
void sag_read_place_mask (const char *scan_path, const SagGeometry *scan, SagGeometry *mask);

/** sag_read_mask: a mask file whose voxels lie as sag_read_place_mask() has it. */
SagVolume *sag_read_mask (const char        *path,
                          const char        *scan_path,
                          const SagGeometry *scan,
                          GCancellable      *cancellable,
                          GError           **error);

G_END_DECLS
