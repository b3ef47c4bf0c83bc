/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

G_BEGIN_DECLS

/**
 * sag_cli_read_figures: what the JSON report of evaluate says of the texts of @bundle, for SagBundlePublish.
 * @aurocs: (out) (element-type utf8 double*): of each head, text to AUROC; the caller's also after an error
 *
 * Errors: SAG_ERROR_MISMATCH: the report is of another bundle; as sag_json_parse_file()
 */
gboolean sag_cli_read_figures (const char *path,
                               SagBundle  *bundle,
                               GHashTable *aurocs[SAG_N_HEADS],
                               GError    **error);

G_END_DECLS
