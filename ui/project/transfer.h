/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiTransfer: what leaves a project or comes into it.
 * @SAG_UI_TRANSFER_IMPORT_MASKS: of the case @case_id; the others are exports of the whole project
 */
typedef enum
{
  SAG_UI_TRANSFER_LABELS,
  SAG_UI_TRANSFER_MASKS,
  SAG_UI_TRANSFER_LABEL_MAPS,
  SAG_UI_TRANSFER_SCORES,
  SAG_UI_TRANSFER_TRAINING,
  SAG_UI_TRANSFER_UPSTREAM,
  SAG_UI_TRANSFER_ARCHIVE,
  SAG_UI_TRANSFER_IMPORT_LABELS,
  SAG_UI_TRANSFER_IMPORT_MASKS,
} SagUiTransfer;

/**
 * sag_ui_transfer_async: does it on another thread; the store stays open until it is done, even if
 * the project is closed.
 * @path: a folder; for labels a .csv or .json file; for imports the file
 *
 * Returns: (transfer none): what is under way; good until the main loop runs
 */
GTask *sag_ui_transfer_async (SagUiProject       *project,
                              SagUiTransfer       what,
                              const char         *path,
                              gint64              case_id,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
/** sag_ui_transfer_get_progress: 0..1 of what sag_ui_transfer_async() gave; negative: nobody knows. */
double sag_ui_transfer_get_progress (GTask *task);
/**
 * sag_ui_transfer_finish: (transfer full): what came of it, in sentences: the first sums up, the
 * others say what was left out and why; NULL with an error.
 */
char **sag_ui_transfer_finish (GAsyncResult *result, GError **error);
/** sag_ui_transfer_get_stopped: what to say when it was stopped: what stays, and what does not. */
const char *sag_ui_transfer_get_stopped (SagUiTransfer what);

/** sag_ui_transfer_show_notes: the first sentence as a heading, the others below it, in a dialog that stays. */
void sag_ui_transfer_show_notes (GtkWindow *window, char **sentences);

/** sag_ui_transfer_install_actions: "export" (string), "import-labels" and "import-masks" in @group. */
void sag_ui_transfer_install_actions (GActionMap *group, GtkWindow *window, SagUiSession *session);

G_END_DECLS
