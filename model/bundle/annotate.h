/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/manifest.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_bundle_annotate: a bundle with the weights, words and licence of @bundle that says something else of itself, and
 * so is another one.
 * @bundle: in a folder
 * @manifest: of the same network; hashes are filled in
 * @folder: must not exist
 *
 * Returns: (transfer full). Errors: G_FILE_ERROR, a full disk among them; G_IO_ERROR_CANCELLED
 */
SagBundle *sag_bundle_annotate (SagBundle    *bundle,
                                SagManifest  *manifest,
                                const char   *folder,
                                GCancellable *cancellable,
                                GError      **error);

G_END_DECLS
