/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagUiWork: a longer piece of work about one result that can be watched and cancelled.
 *
 * Signal "changed": it got further, or ended.
 */
#define SAG_UI_TYPE_WORK (sag_ui_work_get_type ())
G_DECLARE_FINAL_TYPE (SagUiWork, sag_ui_work, SAG_UI, WORK, GObject)

/** sag_ui_work_new: @title: what is being done, for people. */
SagUiWork *sag_ui_work_new (const char *title);

const char   *sag_ui_work_get_title (SagUiWork *self);
GCancellable *sag_ui_work_get_cancellable (SagUiWork *self);
/** sag_ui_work_get_fraction: 0..1; negative: nobody knows. */
double   sag_ui_work_get_fraction (SagUiWork *self);
void     sag_ui_work_set_fraction (SagUiWork *self, double fraction);
gboolean sag_ui_work_is_running (SagUiWork *self);
void     sag_ui_work_end (SagUiWork *self);

/** sag_ui_work_get, sag_ui_work_attach: (nullable): the work that runs for an object, such as a result. */
SagUiWork *sag_ui_work_get (gpointer object);
void       sag_ui_work_attach (gpointer object, SagUiWork *work);

G_END_DECLS
