/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagUiRecent: the scans opened last, newest first, in a file that only the person can read
 * ($XDG_DATA_HOME/sagitta/recent) and never in the desktop's list. The setting "keep-recent"
 * switches it off, which also forgets everything.
 *
 * Signal "changed".
 */
#define SAG_UI_TYPE_RECENT (sag_ui_recent_get_type ())
G_DECLARE_FINAL_TYPE (SagUiRecent, sag_ui_recent, SAG_UI, RECENT, GObject)

#define SAG_UI_RECENT_MAX 12

/** sag_ui_recent_get_default: (transfer none): the program's. */
SagUiRecent *sag_ui_recent_get_default (void);

/** sag_ui_recent_new: @path: where the list is kept. A damaged file is an empty list. */
SagUiRecent *sag_ui_recent_new (GSettings *settings, const char *path);

/** sag_ui_recent_dup_files: (transfer container) (element-type GFile). */
GPtrArray *sag_ui_recent_dup_files (SagUiRecent *self);

/** sag_ui_recent_dup_name: of a scan in the list: its file, or the folder or archive that a DICOM series is in. */
char *sag_ui_recent_dup_name (GFile *file);

void sag_ui_recent_add (SagUiRecent *self, GFile *file);
void sag_ui_recent_remove (SagUiRecent *self, GFile *file);
void sag_ui_recent_clear (SagUiRecent *self);

G_END_DECLS
