/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** sag_ui_bundle_tasks_new: a sortable table of what the heads of @bundle were trained on. */
GtkWidget *sag_ui_bundle_tasks_new (SagBundle *bundle);

G_END_DECLS
