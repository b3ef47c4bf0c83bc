/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/keys.h"

#include "ui/base/keymap.h"

#include <glib/gi18n.h>

static void
append_row (GString *xml, const SagUiKeyRow *row)
{
  g_auto (GStrv) keys = sag_ui_keymap_dup_keys (sag_ui_keymap_get_default (), row->action);
  g_autofree char *accelerators = g_strjoinv (" ", keys);
  g_autofree char *markup = NULL;

  if (*accelerators == '\0')
    return;
  markup = g_markup_printf_escaped (
    "<child><object class='GtkShortcutsShortcut'><property name='title'>%s</property>"
    "<property name='accelerator'>%s</property></object></child>",
    _ (row->title), accelerators);
  g_string_append (xml, markup);
}

/* GtkShortcutsWindow of GTK 4.8 can only be filled by a GtkBuilder. */
static char *
dup_xml (void)
{
  GString           *xml = g_string_new ("<interface><object class='GtkShortcutsWindow' id='keys'>"
                                                   "<property name='modal'>1</property><child>"
                                                   "<object class='GtkShortcutsSection'>"
                                                   "<property name='section-name'>keys</property>"
                                                   "<property name='max-height'>14</property>");
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);
  const char        *group = NULL;

  for (gsize i = 0; i < n; i++)
    {
      if (g_strcmp0 (group, rows[i].group) != 0)
        {
          g_autofree char *start = g_markup_printf_escaped (
            "<child><object class='GtkShortcutsGroup'><property name='title'>%s</property>",
            _ (rows[i].group));

          g_string_append (xml, group != NULL ? "</object></child>" : "");
          g_string_append (xml, start);
          group = rows[i].group;
        }
      append_row (xml, &rows[i]);
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");
  return g_string_free (xml, FALSE);
}

GtkWindow *
sag_ui_keys_new (void)
{
  g_autofree char *xml = dup_xml ();
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml, -1);

  return GTK_WINDOW (gtk_builder_get_object (builder, "keys"));
}

void
sag_ui_keys_present (GtkWindow *parent)
{
  GtkWindow *window = sag_ui_keys_new ();

  gtk_window_set_transient_for (window, parent);
  gtk_window_present (window);
}
