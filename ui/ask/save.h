/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_save_dup_answer: a ready answer as a document that `sagitta-cli replay` reads: result,
 * cells, provenance; and what this window knows: prevalence, the reader's label, robustness.
 */
char *sag_ui_save_dup_answer (SagUiAsk *ask, SagUiCase *one, SagUiResult *result);

/** sag_ui_save_dup_answer_name: "case__pleural-effusion-1f3a9c04.json". */
char *sag_ui_save_dup_answer_name (SagUiCase *one, SagUiResult *result);

/**
 * sag_ui_save_text: asks for a file name and writes @text there, off the main thread; says how it
 * went.
 * @parent: a widget of the window
 * @text: (transfer full)
 */
void sag_ui_save_text (
  GtkWidget *parent, SagUiSession *session, const char *title, const char *name, char *text);

/** sag_ui_save_text_to: the same without asking; @done (nullable) is called on the main thread. */
void sag_ui_save_text_to (SagUiSession       *session,
                          const char         *path,
                          char               *text,
                          GAsyncReadyCallback done,
                          gpointer            user_data);

G_END_DECLS
