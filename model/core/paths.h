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

/**
 * sag_paths_find_plugin: finds a library that Sagitta loads at run time.
 * @name: such as "libsagitta-cuda.so"
 * @build_folder: where the build makes it, such as "cuda"
 *
 * Looks only where the program itself came from: in the folder of libraries of its installation, else in the build
 * folder that it runs from. No variable leads it elsewhere.
 *
 * Returns: (transfer full) (nullable): an absolute path that exists
 */
char *sag_paths_find_plugin (const char *name, const char *build_folder);

G_END_DECLS
