/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_ui_language_init: the person's language and formats, before anything is said: translations
 * are found beside the program, wherever it was installed or built. Without one it is English.
 */
void sag_ui_language_init (void);

G_END_DECLS
