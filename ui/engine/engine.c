/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/engine.h"

#include "model/bundle/create.h"

struct _SagUiEngine
{
  GObject parent;

  SagUiEngineOpen open;
  gpointer        user_data;
  GDestroyNotify  destroy;
};

G_DEFINE_FINAL_TYPE (SagUiEngine, sag_ui_engine, G_TYPE_OBJECT)

static guint changed_signal;
static guint bundle_changed_signal;

SagUiEngine *
sag_ui_engine_new (SagUiEngineOpen open, gpointer user_data, GDestroyNotify destroy)
{
  SagUiEngine *self = g_object_new (SAG_UI_TYPE_ENGINE, NULL);

  self->open = open;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}

void
sag_ui_engine_prepare (SagUiEngine *self, SagUiCase *one)
{
}

static void
sag_ui_engine_finalize (GObject *object)
{
  SagUiEngine *self = SAG_UI_ENGINE (object);

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  G_OBJECT_CLASS (sag_ui_engine_parent_class)->finalize (object);
}

static void
sag_ui_engine_class_init (SagUiEngineClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_engine_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  bundle_changed_signal = g_signal_new ("bundle-changed", SAG_UI_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_engine_init (SagUiEngine *self)
{
}
