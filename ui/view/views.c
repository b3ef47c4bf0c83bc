/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views.h"

#include <glib/gi18n.h>

struct _SagUiViews
{
  AdwBin parent;

  SagUiSession *session;
  GtkWidget    *header;
};

G_DEFINE_FINAL_TYPE (SagUiViews, sag_ui_views, ADW_TYPE_BIN)

void
sag_ui_views_set_session (SagUiViews *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
}

GtkWidget *
sag_ui_views_get_header (SagUiViews *self)
{
  return self->header;
}

static void
sag_ui_views_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_VIEWS (object)->session);
  g_clear_object (&SAG_UI_VIEWS (object)->header);
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
  self->header = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
}
