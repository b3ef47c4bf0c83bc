/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/about.h"

#include "model/core/version.h"

#include <glib/gi18n.h>

static void
add_parts (AdwAboutWindow *about)
{
  adw_about_window_add_legal_section (about, "GTK, libadwaita, GLib, JSON-GLib, Pango", NULL,
                                      GTK_LICENSE_LGPL_2_1, NULL);
  adw_about_window_add_legal_section (about, "cairo", NULL, GTK_LICENSE_CUSTOM,
                                      "LGPL 2.1 / MPL 1.1");
  adw_about_window_add_legal_section (about, "VTK, ISA-L", NULL, GTK_LICENSE_BSD_3, NULL);
  adw_about_window_add_legal_section (about, "LibYAML", NULL, GTK_LICENSE_MIT_X11, NULL);
  adw_about_window_add_legal_section (about, "xxHash", NULL, GTK_LICENSE_BSD, NULL);
  adw_about_window_add_legal_section (about, "NIfTI C library", NULL, GTK_LICENSE_CUSTOM,
                                      _ ("In the public domain"));
  adw_about_window_add_legal_section (about, "zlib", NULL, GTK_LICENSE_CUSTOM, "zlib License");
}

void
sag_ui_about_present (GtkWindow *parent)
{
  g_autofree char *debug = g_strdup_printf (
    "Sagitta %s, commit %s\nGTK %u.%u.%u\nlibadwaita %u.%u.%u\nGLib %u.%u.%u\n", sag_version_get (),
    sag_version_get_commit (), gtk_get_major_version (), gtk_get_minor_version (),
    gtk_get_micro_version (), adw_get_major_version (), adw_get_minor_version (),
    adw_get_micro_version (), glib_major_version, glib_minor_version, glib_micro_version);
  GtkWidget *about = adw_about_window_new ();

  g_object_set (
    about, "transient-for", parent, "modal", TRUE, "application-name", "Sagitta",
    "application-icon", "io.github.sagittact.Sagitta", "version", sag_version_get (),
    "developer-name", _ ("The Sagitta authors"), "license-type", GTK_LICENSE_APACHE_2_0, "comments",
    _ ("Asks chest CTs in plain words, and shows how probable a finding is to the model and where "
       "it looks.\n\nResearch use, not a medical device. Its answers can be wrong and must not "
       "decide how anybody is treated. Nothing leaves this computer."),
    "copyright", "© 2026 The Sagitta authors", "debug-info", debug, "translator-credits",
    /* Translators: your names, one a line; they are shown in the about window. */
    _ ("translator-credits"), NULL);
  add_parts (ADW_ABOUT_WINDOW (about));
  gtk_window_present (GTK_WINDOW (about));
}
