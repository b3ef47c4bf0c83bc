/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views.h"

#include <glib/gi18n.h>

struct _SagUiViews
{
  AdwBin parent;

  SagUiSession *session;
};

G_DEFINE_FINAL_TYPE (SagUiViews, sag_ui_views, ADW_TYPE_BIN)

void
sag_ui_views_set_session (SagUiViews *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
}

static void
sag_ui_views_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_VIEWS (object)->session);
  G_OBJECT_CLASS (sag_ui_views_parent_class)->dispose (object);
}

static void
sag_ui_views_class_init (SagUiViewsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_views_dispose;
}

static void
sag_ui_views_init (SagUiViews *self)
{
}
