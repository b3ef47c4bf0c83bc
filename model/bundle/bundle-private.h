/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/manifest.h"
#include "model/bundle/weight-map.h"

G_BEGIN_DECLS

/**
 * sag_bundle_new: puts a bundle together and checks that its parts fit.
 * @folder: (nullable): NULL for one in memory
 * @manifest: (transfer full)
 * @json: the text of bundle.json, which gives the bundle its identity
 */
SagBundle *sag_bundle_new (const char    *folder,
                           SagManifest   *manifest,
                           const char    *json,
                           gsize          json_bytes,
                           GBytes        *vocabulary,
                           SagTensorFile *weights,
                           GError       **error);

/** sag_bundle_get_weight_map: the weights as they are stored. */
SagWeightMap *sag_bundle_get_weight_map (SagBundle *bundle);

G_END_DECLS
