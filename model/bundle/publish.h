/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/manifest.h"

G_BEGIN_DECLS

/**
 * SagBundlePublish: what a bundle that is handed on says of itself. NULL keeps what it said.
 * @name: of the bundle
 * @license: a file that becomes LICENSE
 * @weights_license, @data_license, @permitted_use: as in SagManifest
 * @forget: (nullable): keys of the provenance that are left out
 * @aurocs: (nullable) (element-type utf8 double*): for each head, the AUROC of a text on held-out cases
 * @least_auroc: texts whose AUROC is known and lower leave the list of tasks, and with them other wordings of the same
 *   finding that have none; the provenance says how many; 0: none
 */
typedef struct
{
  const char        *name;
  const char        *license;
  const char        *weights_license;
  const char        *data_license;
  const char        *permitted_use;
  const char *const *forget;
  GHashTable        *aurocs[SAG_N_HEADS];
  double             least_auroc;
  GCancellable      *cancellable;
} SagBundlePublish;

/**
 * sag_bundle_publish: a copy of @bundle to hand on, half the size: matrices and filters as F16, everything else
 * (biases, norms and their statistics) as F32, LoRA merged. The provenance names the bundle that was halved, once.
 *
 * Returns: (transfer full): the new bundle, in @folder, which must not exist
 * Errors: SAG_ERROR_LIMIT: a weight is larger than F16 can hold; G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
SagBundle *sag_bundle_publish (SagBundle              *bundle,
                               const SagBundlePublish *publish,
                               const char             *folder,
                               GError                **error);

G_END_DECLS
