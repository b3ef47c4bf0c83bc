/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_ui_mask_work: runs @work on the thread of masks, behind what it was given before, then @done on
 * the main thread. A thread of its own: reading scans ahead must not keep a brush waiting.
 */
void sag_ui_mask_work (void (*work) (gpointer data), void (*done) (gpointer data), gpointer data);

G_END_DECLS
