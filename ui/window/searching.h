/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiSearching: how many of the files that were dropped or chosen have been looked at, with "Cancel"; shows itself
 * only while that takes longer than a moment. Several searches at once are shown as one.
 */
#define SAG_UI_TYPE_SEARCHING (sag_ui_searching_get_type ())
G_DECLARE_FINAL_TYPE (SagUiSearching, sag_ui_searching, SAG_UI, SEARCHING, AdwBin)

/** sag_ui_searching_begin: one more search. Returns: (transfer none): of which it is to take its cancellation. */
GCancellable *sag_ui_searching_begin (SagUiSearching *self);
/** sag_ui_searching_set: how far one of them is. */
void sag_ui_searching_set (SagUiSearching *self, guint n_done, guint n_files);
/** sag_ui_searching_end: one of them has ended, in whatever way. */
void sag_ui_searching_end (SagUiSearching *self);
/** sag_ui_searching_cancel: all of them are given up. */
void sag_ui_searching_cancel (SagUiSearching *self);

G_END_DECLS
