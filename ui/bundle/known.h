/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

G_BEGIN_DECLS

/* What the settings remember of bundles. Folders are absolute; "" stands for the bundle that ships. */

/** sag_ui_known_bundles: (transfer full): folders that the person added, newest first. */
char **sag_ui_known_bundles (void);
/** sag_ui_known_bundles_add: to the front, once. */
void sag_ui_known_bundles_add (const char *folder);
void sag_ui_known_bundles_remove (const char *folder);

/** sag_ui_last_bundle: (transfer full) (nullable): the one that was used last; NULL if it ships. */
char *sag_ui_last_bundle (void);
void  sag_ui_last_bundle_set (const char *folder);

/** sag_ui_bundle_was_shown: the person has seen where it comes from and what its limits are. */
gboolean sag_ui_bundle_was_shown (SagBundle *bundle);
void     sag_ui_bundle_set_shown (SagBundle *bundle);

G_END_DECLS
