/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/banner.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SagUiBanner
{
  AdwBin parent;

  gboolean   is_error;
  GtkWidget *box;
  GtkImage  *icon;
  GtkLabel  *label;
  GPtrArray *sentences;
};

G_DEFINE_FINAL_TYPE (SagUiBanner, sag_ui_banner, ADW_TYPE_BIN)

enum
{
  PROP_IS_ERROR = 1,
};

static guint dismissed_signal;

static void
update (SagUiBanner *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->sentences->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            (const char *) self->sentences->pdata[i]);
  gtk_label_set_text (self->label, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self), text->len > 0);
  if (text->len > 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    text->str, -1);
}

void
sag_ui_banner_show (SagUiBanner *self, const char *const *sentences)
{
  g_ptr_array_set_size (self->sentences, 0);
  for (gsize i = 0; sentences[i] != NULL; i++)
    g_ptr_array_add (self->sentences, g_strdup (sentences[i]));
  update (self);
}

void
sag_ui_banner_add (SagUiBanner *self, const char *sentence)
{
  if (!g_ptr_array_find_with_equal_func (self->sentences, sentence, g_str_equal, NULL))
    g_ptr_array_add (self->sentences, g_strdup (sentence));
  update (self);
}

const char *
sag_ui_banner_get_text (SagUiBanner *self)
{
  return self->sentences->len > 0 ? gtk_label_get_text (self->label) : NULL;
}

static void
copy_cb (SagUiBanner *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_text (self->label));
}

static void
dismiss_cb (SagUiBanner *self)
{
  g_ptr_array_set_size (self->sentences, 0);
  update (self);
  g_signal_emit (self, dismissed_signal, 0);
}

static void
sag_ui_banner_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SagUiBanner *self = SAG_UI_BANNER (object);

  self->is_error = g_value_get_boolean (value);
  gtk_image_set_from_icon_name (self->icon, self->is_error ? "dialog-error-symbolic"
                                                           : "dialog-information-symbolic");
  if (self->is_error)
    gtk_widget_add_css_class (self->box, "trouble");
}

static void
sag_ui_banner_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL); /* a bound one would be unparented behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_BANNER);
  G_OBJECT_CLASS (sag_ui_banner_parent_class)->dispose (object);
}

static void
sag_ui_banner_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_BANNER (object)->sentences);
  G_OBJECT_CLASS (sag_ui_banner_parent_class)->finalize (object);
}

static void
sag_ui_banner_class_init (SagUiBannerClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->set_property = sag_ui_banner_set_property;
  object_class->dispose = sag_ui_banner_dispose;
  object_class->finalize = sag_ui_banner_finalize;
  g_object_class_install_property (
    object_class, PROP_IS_ERROR,
    g_param_spec_boolean ("is-error", NULL, NULL, FALSE,
                          G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  dismissed_signal = g_signal_new ("dismissed", SAG_UI_TYPE_BANNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/banner.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiBanner, box);
  gtk_widget_class_bind_template_child (widget_class, SagUiBanner, icon);
  gtk_widget_class_bind_template_child (widget_class, SagUiBanner, label);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_cb);
}

static void
sag_ui_banner_init (SagUiBanner *self)
{
  self->sentences = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}
