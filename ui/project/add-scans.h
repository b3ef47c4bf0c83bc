/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_add_scans_async: scans become cases of the open project, at the end of the worklist, without being opened: one
 * that is opened later is looked at then.
 * @files: scans, and folders to look through
 * @on_progress: (nullable): while files are looked at; main thread
 */
void sag_ui_add_scans_async (SagUiProject *project,
                             GFile *const *files,
                             gsize         n_files,
                             void (*on_progress) (guint n_done, guint n_files, gpointer user_data),
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
/** sag_ui_add_scans_finish: (transfer full): what came of it, as sag_ui_transfer_finish(); NULL with an error. */
char **sag_ui_add_scans_finish (GAsyncResult *result, GError **error);

/** sag_ui_add_scans_show: the same for a person: progress, a way to stop, and what came of it. */
void sag_ui_add_scans_show (GtkWindow    *window,
                            SagUiSession *session,
                            GFile *const *files,
                            gsize         n_files);

/** sag_ui_add_scans_install_actions: "add-scans" (boolean: a folder) in @group of @window. */
void sag_ui_add_scans_install_actions (GActionMap *group, GtkWindow *window, SagUiSession *session);

G_END_DECLS
