/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sag_ui_trace_open: from now on events go to @path, one JSON object a line, for measurements from
 * outside. No path and no name is ever written. Main thread.
 *
 * Whenever the main loop is busy for more than 10 ms before it looks for input again, an event
 * "stall" says for how many "ms".
 *
 * Errors: G_FILE_ERROR
 */
gboolean sag_ui_trace_open (const char *path, GError **error);
void     sag_ui_trace_close (void);

/**
 * sag_ui_trace: writes {"t_ms": since the program started, "event": @event, key: number, ...}.
 * @event: what happened: "start", "mapped", "first-slice", "loaded", "prepared", "encoded",
 *   "answered", "frame", "stall", ...
 * @...: pairs of a key and a double, then NULL
 *
 * Any thread. Costs one comparison where no trace was asked for.
 */
void sag_ui_trace (const char *event, ...) G_GNUC_NULL_TERMINATED;

/** sag_ui_trace_is_open: whether anybody reads; for figures that cost something to find. */
gboolean sag_ui_trace_is_open (void);

G_END_DECLS
