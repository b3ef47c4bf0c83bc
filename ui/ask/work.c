/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/work.h"

struct _SagUiWork
{
  GObject parent;

  char         *title;
  GCancellable *cancellable;
  double        fraction;
  gboolean      ended;
};

G_DEFINE_FINAL_TYPE (SagUiWork, sag_ui_work, G_TYPE_OBJECT)

static guint changed_signal;

SagUiWork *
sag_ui_work_new (const char *title)
{
  SagUiWork *self = g_object_new (SAG_UI_TYPE_WORK, NULL);

  self->title = g_strdup (title);
  return self;
}

const char *
sag_ui_work_get_title (SagUiWork *self)
{
  return self->title;
}

GCancellable *
sag_ui_work_get_cancellable (SagUiWork *self)
{
  return self->cancellable;
}

double
sag_ui_work_get_fraction (SagUiWork *self)
{
  return self->fraction;
}

void
sag_ui_work_set_fraction (SagUiWork *self, double fraction)
{
  self->fraction = fraction;
  g_signal_emit (self, changed_signal, 0);
}

gboolean
sag_ui_work_is_running (SagUiWork *self)
{
  return !self->ended;
}

void
sag_ui_work_end (SagUiWork *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  g_signal_emit (self, changed_signal, 0);
}

static GQuark
work_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("sag-ui-work");
  return quark;
}

SagUiWork *
sag_ui_work_get (gpointer object)
{
  SagUiWork *work = g_object_get_qdata (G_OBJECT (object), work_quark ());

  return work != NULL && sag_ui_work_is_running (work) ? work : NULL;
}

void
sag_ui_work_attach (gpointer object, SagUiWork *work)
{
  g_object_set_qdata_full (G_OBJECT (object), work_quark (), g_object_ref (work), g_object_unref);
}

static void
sag_ui_work_finalize (GObject *object)
{
  SagUiWork *self = SAG_UI_WORK (object);

  g_clear_object (&self->cancellable);
  g_free (self->title);
  G_OBJECT_CLASS (sag_ui_work_parent_class)->finalize (object);
}

static void
sag_ui_work_class_init (SagUiWorkClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_work_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_WORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_work_init (SagUiWork *self)
{
  self->cancellable = g_cancellable_new ();
  self->fraction = -1;
}
