/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/measure/measure-pane.h"

#include <glib/gi18n.h>

struct _SagUiMeasurePane
{
  AdwBin parent;

  SagUiSession *session;
};

G_DEFINE_FINAL_TYPE (SagUiMeasurePane, sag_ui_measure_pane, ADW_TYPE_BIN)

void
sag_ui_measure_pane_set_session (SagUiMeasurePane *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
}

static void
sag_ui_measure_pane_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_MEASURE_PANE (object)->session);
  G_OBJECT_CLASS (sag_ui_measure_pane_parent_class)->dispose (object);
}

static void
sag_ui_measure_pane_class_init (SagUiMeasurePaneClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_measure_pane_dispose;
}

static void
sag_ui_measure_pane_init (SagUiMeasurePane *self)
{
}
