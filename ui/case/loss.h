/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/case/cases.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What would be lost with a case. Whoever keeps work with a case says so; whoever closes cases
 * asks. */

/** SAG_UI_LOSS_WORK: what is under way about a case; no shelter has it yet. */
#define SAG_UI_LOSS_WORK "work"

/** sag_ui_loss_set: @what: whose word it is, static; @sentence (nullable): what is in no project and no file. */
void sag_ui_loss_set (SagUiCase *one, const char *what, const char *sentence);
/** sag_ui_loss_get: (nullable): the sentences, a line each. */
const char *sag_ui_loss_get (SagUiCase *one);
/** sag_ui_loss_dup_all: (nullable) (transfer full): those of all cases, a line each. */
char *sag_ui_loss_dup_all (SagUiCases *cases);

/**
 * sag_ui_loss_set_shelter: while @has says TRUE nothing is lost with a case that is closed: it is found again when its
 * scan is opened, until the window goes.
 * @has: (nullable)
 */
void     sag_ui_loss_set_shelter (SagUiCases *cases,
                                  gboolean (*has) (SagUiCase *one, gpointer user_data),
                                  gpointer user_data);
gboolean sag_ui_loss_is_sheltered (SagUiCases *cases, SagUiCase *one);
/** sag_ui_loss_are_sheltered: all cases with which something would be lost. */
gboolean sag_ui_loss_are_sheltered (SagUiCases *cases);

/**
 * sag_ui_loss_ask: asks whether to go on.
 * @parent: in the window that asks, which has the action "project.new"
 * @can_keep: what is not saved can stay until the next start
 * @go_on: called if the person does not mind; whether it is to be kept
 * @destroy: (nullable): of @user_data, whatever the answer
 */
void sag_ui_loss_ask (GtkWidget  *parent,
                      const char *sentence,
                      gboolean    can_keep,
                      void (*go_on) (gboolean keep, gpointer user_data),
                      gpointer       user_data,
                      GDestroyNotify destroy);

G_END_DECLS
