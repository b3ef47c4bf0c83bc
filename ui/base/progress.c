/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/progress.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define SHOW_AFTER_MS 500
#define PULSE_MS 100
#define WIDTH 320

struct _SagUiProgress
{
  GtkWindow      *parent;
  char           *title;
  GCancellable   *cancellable;
  GtkWidget      *dialog; /* (nullable): weak: it was closed, or is not shown yet */
  GtkProgressBar *bar;
  double          share;
  char           *text;
  guint           tick_id;
  guint           n_ticks;
};

static void
update (SagUiProgress *self)
{
  if (self->dialog == NULL)
    return;
  gtk_progress_bar_set_show_text (self->bar, self->text != NULL);
  gtk_progress_bar_set_text (self->bar, self->text);
  if (self->share >= 0)
    gtk_progress_bar_set_fraction (self->bar, MIN (self->share, 1));
}

static void
show (SagUiProgress *self)
{
  GtkWidget *bar = gtk_progress_bar_new ();
  GtkWidget *dialog = adw_message_dialog_new (self->parent, self->title, NULL);

  self->bar = GTK_PROGRESS_BAR (bar);
  gtk_widget_set_size_request (bar, WIDTH, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), bar);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (g_cancellable_cancel),
                            self->cancellable);
  g_set_weak_pointer (&self->dialog, dialog);
  update (self);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
tick_cb (gpointer user_data)
{
  SagUiProgress *self = user_data;

  if (++self->n_ticks * PULSE_MS == SHOW_AFTER_MS &&
      !g_cancellable_is_cancelled (self->cancellable))
    show (self);
  if (self->dialog != NULL && self->share < 0)
    gtk_progress_bar_pulse (self->bar);
  return G_SOURCE_CONTINUE;
}

SagUiProgress *
sag_ui_progress_new (GtkWindow *parent, const char *title, GCancellable *cancellable)
{
  SagUiProgress *self = g_new0 (SagUiProgress, 1);

  self->parent = g_object_ref (parent);
  self->title = g_strdup (title);
  self->cancellable = g_object_ref (cancellable);
  self->share = -1;
  self->tick_id = g_timeout_add (PULSE_MS, tick_cb, self);
  return self;
}

void
sag_ui_progress_set (SagUiProgress *self, double share, const char *text)
{
  self->share = share;
  g_free (self->text);
  self->text = g_strdup (text);
  update (self);
}

void
sag_ui_progress_free (SagUiProgress *self)
{
  g_source_remove (self->tick_id);
  if (self->dialog != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->dialog, self->cancellable);
      gtk_window_destroy (GTK_WINDOW (self->dialog));
    }
  g_clear_weak_pointer (&self->dialog);
  g_object_unref (self->parent);
  g_object_unref (self->cancellable);
  g_free (self->title);
  g_free (self->text);
  g_free (self);
}
