/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/case/cases.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What would be lost with a case. Whoever keeps work with a case in memory says so; whoever closes
 * cases asks. */

/** sag_ui_loss_set: @sentence (nullable): what is nowhere but in memory. */
void sag_ui_loss_set (SagUiCase *one, const char *sentence);
/** sag_ui_loss_get: (nullable): the sentence. */
const char *sag_ui_loss_get (SagUiCase *one);
/** sag_ui_loss_dup_all: (nullable) (transfer full): those of all cases, a line each. */
char *sag_ui_loss_dup_all (SagUiCases *cases);

/**
 * sag_ui_loss_ask: asks whether to go on.
 * @parent: in the window that asks, which has the action "project.new"
 * @go_on: called if the person does not mind
 * @destroy: (nullable): of @user_data, whatever the answer
 */
void sag_ui_loss_ask (GtkWidget  *parent,
                      const char *sentence,
                      void (*go_on) (gpointer user_data),
                      gpointer       user_data,
                      GDestroyNotify destroy);

G_END_DECLS
