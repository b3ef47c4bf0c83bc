/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

G_BEGIN_DECLS

/* One project on several machines, without waiting. The store stays open until it is done, even if the project is
 * closed. */

/**
 * sag_ui_share_split_async: a copy for one reader that holds nothing of the others' work.
 * @path: must not exist
 */
void     sag_ui_share_split_async (SagUiProject       *project,
                                   const char         *path,
                                   const char         *reader,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
gboolean sag_ui_share_split_finish (GAsyncResult *result, GError **error);

/** sag_ui_share_merge_async: adds what the project at @path has and the open one has not. */
void sag_ui_share_merge_async (SagUiProject       *project,
                               const char         *path,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);
/** sag_ui_share_merge_finish: (transfer full): what came in, then what differs, in sentences; NULL with an error. */
char **sag_ui_share_merge_finish (GAsyncResult *result, GError **error);

G_END_DECLS
