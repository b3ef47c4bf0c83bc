/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_paths_find_data: finds a file or folder that ships with Sagitta.
 * @name: relative, for example "tasks/catalogue.json" or "bundles/demo"
 *
 * Looks in $SAGITTA_DATA, then where the program was installed (`../share/sagitta` beside its
 * folder, so that the prefix can move), then in the build folder that the program runs from.
 *
 * Returns: (transfer full) (nullable): an absolute path that exists
 */
char *sag_paths_find_data (const char *name);

G_END_DECLS
