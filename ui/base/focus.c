/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/focus.h"

static GtkWidget *
get_popover (GtkWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;
}

static gboolean
leave_closed (gpointer user_data)
{
  GtkWindow *window = user_data;
  GtkWidget *popover = get_popover (window);
  GtkWidget *opener;

  if (popover == NULL || gtk_widget_get_mapped (popover))
    return G_SOURCE_REMOVE;
  opener = gtk_widget_get_parent (popover);
  if (opener == NULL || !gtk_widget_get_mapped (opener) || !gtk_widget_grab_focus (opener))
    gtk_window_set_focus (window, NULL);
  return G_SOURCE_REMOVE;
}

/* While a menu closes, the focus still goes to and fro: what counts is where it stays, before the next key. */
static void
focus_cb (GtkWindow *window, GParamSpec *pspec, gpointer ignored)
{
  if (get_popover (window) != NULL)
    g_idle_add_full (G_PRIORITY_HIGH, leave_closed, g_object_ref (window), g_object_unref);
}

void
sag_ui_focus_watch (GtkWindow *window)
{
  g_signal_connect (window, "notify::focus-widget", G_CALLBACK (focus_cb), NULL);
}
