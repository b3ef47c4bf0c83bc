/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/searching.h"

#include <glib/gi18n.h>

#define DELAY_MS 400

struct _SagUiSearching
{
  AdwBin parent;

  GCancellable   *cancellable; /* of those under way */
  guint           n_searches;
  GtkLabel       *label;
  GtkProgressBar *bar;
  guint           timer;
};

G_DEFINE_FINAL_TYPE (SagUiSearching, sag_ui_searching, ADW_TYPE_BIN)

static gboolean
timer_cb (gpointer user_data)
{
  SagUiSearching *self = user_data;

  self->timer = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  return G_SOURCE_REMOVE;
}

GCancellable *
sag_ui_searching_begin (SagUiSearching *self)
{
  if (self->n_searches++ == 0)
    {
      gtk_label_set_text (self->label, _ ("Looking through the files"));
      gtk_progress_bar_set_fraction (self->bar, 0);
      self->timer = g_timeout_add (DELAY_MS, timer_cb, self);
    }
  return self->cancellable;
}

void
sag_ui_searching_set (SagUiSearching *self, guint n_done, guint n_files)
{
  /* Translators: files that were looked at, of how many. */
  g_autofree char *text =
    g_strdup_printf (_ ("Looking through the files, %u of %u"), n_done, n_files);

  if (n_files == 0)
    return;
  gtk_label_set_text (self->label, text);
  gtk_progress_bar_set_fraction (self->bar, (double) n_done / n_files);
}

void
sag_ui_searching_end (SagUiSearching *self)
{
  g_return_if_fail (self->n_searches > 0);

  if (--self->n_searches > 0)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
sag_ui_searching_cancel (SagUiSearching *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
sag_ui_searching_dispose (GObject *object)
{
  SagUiSearching *self = SAG_UI_SEARCHING (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_SEARCHING);
  G_OBJECT_CLASS (sag_ui_searching_parent_class)->dispose (object);
}

static void
sag_ui_searching_finalize (GObject *object)
{
  g_object_unref (SAG_UI_SEARCHING (object)->cancellable);
  G_OBJECT_CLASS (sag_ui_searching_parent_class)->finalize (object);
}

static void
sag_ui_searching_class_init (SagUiSearchingClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_searching_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_searching_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/searching.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiSearching, label);
  gtk_widget_class_bind_template_child (widget_class, SagUiSearching, bar);
}

static void
sag_ui_searching_init (SagUiSearching *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
