/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views.h"

#include "ui/view/slice-view.h"
#include "ui/view/view-grid.h"

#include <glib/gi18n.h>

struct _SagUiViews
{
  AdwBin parent;

  SagUiSession   *session;
  GtkWidget      *grid;
  SagUiSliceView *slices[SAG_RENDER_N_PLANES];
  GtkWidget      *header;
};

G_DEFINE_FINAL_TYPE (SagUiViews, sag_ui_views, ADW_TYPE_BIN)

void
sag_ui_views_set_session (SagUiViews *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    sag_ui_slice_view_set_display (self->slices[p], sag_ui_session_get_display (session));
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
  self->grid = sag_ui_view_grid_new ();
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      GtkWidget *view = sag_ui_slice_view_new (p);

      self->slices[p] = SAG_UI_SLICE_VIEW (view);
      sag_ui_view_grid_add (SAG_UI_VIEW_GRID (self->grid), view);
    }
  adw_bin_set_child (ADW_BIN (self), self->grid);
}
