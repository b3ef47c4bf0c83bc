/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/preferences.h"

#include "ui/base/settings.h"
#include "ui/window/keys-page.h"

#include <glib/gi18n.h>

struct _SagUiPreferences
{
  AdwPreferencesWindow parent;

  AdwComboRow   *theme;
  GtkSwitch     *interpolate;
  GtkSwitch     *neurological;
  AdwEntryRow   *reader;
  GtkSwitch     *read_first;
  GtkSwitch     *blind_first;
  GtkSwitch     *keep_recent;
  AdwComboRow   *engine;
  AdwComboRow   *precision;
  AdwActionRow  *threads_row;
  GtkSpinButton *threads;
  GtkSpinButton *ceiling;
};

G_DEFINE_FINAL_TYPE (SagUiPreferences, sag_ui_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* Combo rows count, settings have names: the enum's values are the positions. */
static gboolean
get_position (GValue *value, GVariant *variant, gpointer key)
{
  g_value_set_uint (value, (guint) g_settings_get_enum (sag_ui_settings_get (), key));
  return TRUE;
}

static GVariant *
set_position (const GValue *value, const GVariantType *type, gpointer key)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) names = NULL;
  g_autoptr (GVariant) name = NULL;

  g_object_get (sag_ui_settings_get (), "settings-schema", &schema, NULL);
  schema_key = g_settings_schema_get_key (schema, key);
  range = g_settings_schema_key_get_range (schema_key);
  g_variant_get (range, "(sv)", NULL, &names);
  if (g_value_get_uint (value) >= g_variant_n_children (names))
    return NULL;
  name = g_variant_get_child_value (names, g_value_get_uint (value));
  return g_steal_pointer (&name);
}

static void
bind_choice (AdwComboRow *row, const char *key)
{
  g_settings_bind_with_mapping (sag_ui_settings_get (), key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_position, set_position, (gpointer) key,
                                NULL);
}

/* What the command line says cannot be changed here. */
static void
follow_command_line (AdwActionRow *row, const char *key)
{
  if (!sag_ui_settings_is_overridden (key))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (row), FALSE);
  adw_action_row_set_subtitle (row, _ ("Given on the command line this time"));
}

static void
bind (gpointer widget, const char *property, const char *key)
{
  g_settings_bind (sag_ui_settings_get (), key, widget, property, G_SETTINGS_BIND_DEFAULT);
}

/* A name is set when it is whole, not letter by letter. */
static void
reader_cb (AdwEntryRow *row)
{
  g_settings_set_string (sag_ui_settings_get (), "reader",
                         gtk_editable_get_text (GTK_EDITABLE (row)));
}

static void
set_reader (SagUiPreferences *self)
{
  g_autofree char *name = g_settings_get_string (sag_ui_settings_get (), "reader");

  gtk_editable_set_text (GTK_EDITABLE (self->reader), name);
  g_signal_connect (self->reader, "apply", G_CALLBACK (reader_cb), NULL);
}

void
sag_ui_preferences_present (GtkWindow *parent)
{
  GtkWindow *window = g_object_new (SAG_UI_TYPE_PREFERENCES, "transient-for", parent, NULL);

  gtk_window_present (window);
}

static void
sag_ui_preferences_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_PREFERENCES);
  G_OBJECT_CLASS (sag_ui_preferences_parent_class)->dispose (object);
}

static void
sag_ui_preferences_class_init (SagUiPreferencesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_preferences_dispose;
  g_type_ensure (SAG_UI_TYPE_KEYS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, theme);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, interpolate);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, neurological);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, reader);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, read_first);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, blind_first);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, keep_recent);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, engine);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, precision);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, threads_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, threads);
  gtk_widget_class_bind_template_child (widget_class, SagUiPreferences, ceiling);
}

static void
sag_ui_preferences_init (SagUiPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bind_choice (self->theme, "theme");
  bind_choice (self->engine, "engine");
  bind_choice (self->precision, "precision");
  bind (self->interpolate, "active", "interpolate");
  bind (self->neurological, "active", "neurological");
  set_reader (self);
  bind (self->read_first, "active", "read-first");
  bind (self->blind_first, "active", "blind-first");
  bind (self->keep_recent, "active", "keep-recent");
  bind (gtk_spin_button_get_adjustment (self->threads), "value", "threads");
  follow_command_line (ADW_ACTION_ROW (self->engine), "engine");
  follow_command_line (ADW_ACTION_ROW (self->precision), "precision");
  follow_command_line (self->threads_row, "threads");
  bind (gtk_spin_button_get_adjustment (self->ceiling), "value", "memory-ceiling-mb");
}
