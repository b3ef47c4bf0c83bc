/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/ask-pane.h"

#include <glib/gi18n.h>

struct _SagUiAskPane
{
  AdwBin parent;

  SagUiSession *session;
};

G_DEFINE_FINAL_TYPE (SagUiAskPane, sag_ui_ask_pane, ADW_TYPE_BIN)

void
sag_ui_ask_pane_set_session (SagUiAskPane *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
}

static void
sag_ui_ask_pane_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_ASK_PANE (object)->session);
  G_OBJECT_CLASS (sag_ui_ask_pane_parent_class)->dispose (object);
}

static void
sag_ui_ask_pane_class_init (SagUiAskPaneClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_ask_pane_dispose;
}

static void
sag_ui_ask_pane_init (SagUiAskPane *self)
{
}
