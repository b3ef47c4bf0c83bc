/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/prevalence.h"

#include "model/core/number.h"

#include <glib/gi18n.h>

struct _SagUiPrevalence
{
  AdwBin parent;

  SagUiAsk       *ask;
  char           *text;
  GtkLabel       *title;
  GtkCheckButton *on;
  GtkSpinButton  *spin;
  GtkAdjustment  *percent;
  gboolean        updating;
};

G_DEFINE_FINAL_TYPE (SagUiPrevalence, sag_ui_prevalence, ADW_TYPE_BIN)

static void
apply (SagUiPrevalence *self)
{
  gboolean on = gtk_check_button_get_active (self->on);
  double   share = on ? gtk_adjustment_get_value (self->percent) / 100 : -1;

  gtk_widget_set_sensitive (GTK_WIDGET (self->spin), on);
  if (self->updating || self->ask == NULL)
    return;
  if (self->text != NULL)
    sag_ui_ask_set_prevalence_of (self->ask, self->text, share);
  else
    sag_ui_ask_set_prevalence (self->ask, share);
}

static void
toggled_cb (GtkCheckButton *on, SagUiPrevalence *self)
{
  apply (self);
}

static void
value_cb (GtkAdjustment *percent, SagUiPrevalence *self)
{
  apply (self);
}

/* Data has a decimal point in every language; typing takes a comma, too. */
static gboolean
output_cb (GtkSpinButton *spin, SagUiPrevalence *self)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.1f", gtk_adjustment_get_value (self->percent));
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (spin)), buffer))
    gtk_editable_set_text (GTK_EDITABLE (spin), buffer);
  return TRUE;
}

static int
input_cb (GtkSpinButton *spin, double *value, SagUiPrevalence *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin)));

  g_strdelimit (g_strstrip (text), ",", '.');
  return sag_number_parse (text, value) ? TRUE : GTK_INPUT_ERROR;
}

void
sag_ui_prevalence_set (SagUiPrevalence *self, SagUiAsk *ask, const char *text)
{
  double   share;
  gboolean on;

  g_return_if_fail (SAG_UI_IS_PREVALENCE (self) && SAG_UI_IS_ASK (ask));

  g_set_object (&self->ask, ask);
  g_free (self->text);
  self->text = g_strdup (text);
  share = text != NULL ? sag_ui_ask_get_prevalence_of (ask, text) : sag_ui_ask_get_prevalence (ask);
  on = text != NULL ? sag_ui_ask_has_own_prevalence (ask, text) : share >= 0;
  self->updating = TRUE;
  gtk_label_set_text (self->title, text != NULL ? text : _ ("Prevalence for all tasks"));
  gtk_check_button_set_label (self->on, text != NULL ? _ ("Its own prevalence") : _ ("Prevalence"));
  if (share >= 0)
    gtk_adjustment_set_value (self->percent, share * 100);
  gtk_check_button_set_active (self->on, on);
  self->updating = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->spin), on);
}

static gboolean
unparent_cb (gpointer popover)
{
  gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

static void
closed_cb (GtkPopover *popover, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_cb, g_object_ref (popover), g_object_unref);
}

void
sag_ui_prevalence_popup (GtkWidget *widget, SagUiAsk *ask, const char *text)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *content = g_object_new (SAG_UI_TYPE_PREVALENCE, NULL);

  sag_ui_prevalence_set (SAG_UI_PREVALENCE (content), ask, text);
  gtk_popover_set_child (GTK_POPOVER (popover), content);
  gtk_widget_set_parent (popover, widget);
  g_signal_connect (popover, "closed", G_CALLBACK (closed_cb), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
sag_ui_prevalence_dispose (GObject *object)
{
  SagUiPrevalence *self = SAG_UI_PREVALENCE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_PREVALENCE);
  g_clear_object (&self->ask);
  G_OBJECT_CLASS (sag_ui_prevalence_parent_class)->dispose (object);
}

static void
sag_ui_prevalence_finalize (GObject *object)
{
  g_free (SAG_UI_PREVALENCE (object)->text);
  G_OBJECT_CLASS (sag_ui_prevalence_parent_class)->finalize (object);
}

static void
sag_ui_prevalence_class_init (SagUiPrevalenceClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sag_ui_prevalence_dispose;
  object_class->finalize = sag_ui_prevalence_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/prevalence.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiPrevalence, title);
  gtk_widget_class_bind_template_child (widget_class, SagUiPrevalence, on);
  gtk_widget_class_bind_template_child (widget_class, SagUiPrevalence, spin);
  gtk_widget_class_bind_template_child (widget_class, SagUiPrevalence, percent);
}

static void
sag_ui_prevalence_init (SagUiPrevalence *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->on, "toggled", G_CALLBACK (toggled_cb), self);
  g_signal_connect (self->percent, "value-changed", G_CALLBACK (value_cb), self);
  g_signal_connect (self->spin, "output", G_CALLBACK (output_cb), self);
  g_signal_connect (self->spin, "input", G_CALLBACK (input_cb), self);
}
