/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/strip.h"

#include <glib/gi18n.h>

struct _SagUiStrip
{
  AdwBin parent;

  SagUiSession *session;
};

G_DEFINE_FINAL_TYPE (SagUiStrip, sag_ui_strip, ADW_TYPE_BIN)

void
sag_ui_strip_set_session (SagUiStrip *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
}

static void
sag_ui_strip_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_STRIP (object)->session);
  G_OBJECT_CLASS (sag_ui_strip_parent_class)->dispose (object);
}

static void
sag_ui_strip_class_init (SagUiStripClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_strip_dispose;
}

static void
sag_ui_strip_init (SagUiStrip *self)
{
}
