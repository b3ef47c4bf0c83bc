/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/reading.h"

#include <glib/gi18n.h>

#define DELAY_MS 400

struct _SagUiReading
{
  AdwBin parent;

  SagUiSession   *session;
  SagUiCase      *one; /* the one that is listened to */
  GtkLabel       *label;
  GtkProgressBar *bar;
  guint           timer;
};

G_DEFINE_FINAL_TYPE (SagUiReading, sag_ui_reading, ADW_TYPE_BIN)

static void
progress_cb (SagUiReading *self)
{
  double           progress = sag_ui_case_get_progress (self->one);
  g_autofree char *text = NULL;

  /* Translators: how much of a scan has been read. */
  text = g_strdup_printf (_ ("Reading, %d %%"), (int) (100 * progress));
  gtk_label_set_text (self->label, text);
  gtk_progress_bar_set_fraction (self->bar, progress);
}

static gboolean
timer_cb (gpointer user_data)
{
  SagUiReading *self = user_data;

  self->timer = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  return G_SOURCE_REMOVE;
}

static void
state_cb (SagUiReading *self)
{
  gboolean is_reading =
    self->one != NULL && sag_ui_case_get_state (self->one) == SAG_UI_CASE_LOADING;

  if (is_reading)
    progress_cb (self);
  if (is_reading && self->timer == 0 && !gtk_widget_get_visible (GTK_WIDGET (self)))
    self->timer = g_timeout_add (DELAY_MS, timer_cb, self);
  if (is_reading)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
set_case (SagUiReading *self, SagUiCase *one)
{
  if (self->one != NULL)
    g_signal_handlers_disconnect_by_data (self->one, self);
  g_set_object (&self->one, one);
  if (one != NULL)
    {
      g_signal_connect_swapped (one, "notify::state", G_CALLBACK (state_cb), self);
      g_signal_connect_swapped (one, "notify::progress", G_CALLBACK (progress_cb), self);
    }
}

static void
current_cb (SagUiReading *self)
{
  set_case (self, sag_ui_session_get_case (self->session));
  state_cb (self);
}

void
sag_ui_reading_set_session (SagUiReading *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
  g_signal_connect_object (sag_ui_session_get_cases (session), "notify::current",
                           G_CALLBACK (current_cb), self, G_CONNECT_SWAPPED);
  current_cb (self);
}

static void
sag_ui_reading_dispose (GObject *object)
{
  SagUiReading *self = SAG_UI_READING (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  set_case (self, NULL);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_READING);
  G_OBJECT_CLASS (sag_ui_reading_parent_class)->dispose (object);
}

static void
sag_ui_reading_class_init (SagUiReadingClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_reading_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/reading.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiReading, label);
  gtk_widget_class_bind_template_child (widget_class, SagUiReading, bar);
}

static void
sag_ui_reading_init (SagUiReading *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
