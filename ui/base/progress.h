/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** SagUiProgress: a dialog that says how far something is, which the person can stop. On the main thread. */
typedef struct _SagUiProgress SagUiProgress;

/**
 * sag_ui_progress_new: shown after a moment, for most is done at once.
 * @title: what is done: "Exporting…"
 * @cancellable: cancelled with the dialog's button or Escape
 */
SagUiProgress *
sag_ui_progress_new (GtkWindow *parent, const char *title, GCancellable *cancellable);
/** sag_ui_progress_set: @share: 0..1; below: not known. @text: (nullable): "3 of 12 files" */
void sag_ui_progress_set (SagUiProgress *self, double share, const char *text);
/** sag_ui_progress_free: it is done: the dialog goes. */
void sag_ui_progress_free (SagUiProgress *self);

G_END_DECLS
