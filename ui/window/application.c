/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/application.h"

#include "ui/base/renderer.h"
#include "ui/base/settings.h"
#include "ui/base/trace.h"
#include "ui/bundle/use.h"
#include "ui/window/window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

struct _SagUiApplication
{
  AdwApplication parent;

  SagUiEngine *engine;
  gboolean     is_demo; /* the first window opens the demo case */
  char        *bundle;
};

G_DEFINE_FINAL_TYPE (SagUiApplication, sag_ui_application, ADW_TYPE_APPLICATION)

SagUiApplication *
sag_ui_application_new (SagUiEngineOpen open, gpointer user_data, GDestroyNotify destroy)
{
  SagUiApplication *self =
    g_object_new (SAG_UI_TYPE_APPLICATION, "application-id", "io.github.sagittact.Sagitta", "flags",
                  G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE, "resource-base-path",
                  "/io/github/sagittact/Sagitta", NULL);

  self->engine = sag_ui_engine_new (open, user_data, destroy);
  return self;
}

static SagUiWindow *
get_window (SagUiApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return window != NULL ? SAG_UI_WINDOW (window)
                        : sag_ui_window_new (GTK_APPLICATION (self), self->engine);
}

static void
sag_ui_application_activate (GApplication *application)
{
  SagUiApplication *self = SAG_UI_APPLICATION (application);
  SagUiWindow      *window = get_window (self);

  gtk_window_present (GTK_WINDOW (window));
  if (self->is_demo)
    g_action_group_activate_action (G_ACTION_GROUP (window), "demo", NULL);
  self->is_demo = FALSE;
}

static void
sag_ui_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  SagUiWindow *window = get_window (SAG_UI_APPLICATION (application));

  sag_ui_window_open (window, files, n_files);
  gtk_window_present (GTK_WINDOW (window));
}

static int
sag_ui_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;
  const char *path;

  SAG_UI_APPLICATION (application)->is_demo = g_variant_dict_contains (options, "demo");
  if (!g_variant_dict_lookup (options, "trace", "^&ay", &path))
    return -1;
  if (!sag_ui_trace_open (path, &error))
    {
      g_printerr ("sagitta: %s\n", error->message);
      return 1;
    }
  sag_ui_trace ("start", NULL);
  return -1;
}

static void
theme_cb (GSettings *settings, const char *key, gpointer user_data)
{
  static const AdwColorScheme schemes[] = {
    [SAG_UI_THEME_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
    [SAG_UI_THEME_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT,
    [SAG_UI_THEME_SYSTEM] = ADW_COLOR_SCHEME_DEFAULT,
  };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[g_settings_get_enum (settings, "theme")]);
}

SagUiEngine *
sag_ui_application_get_engine (SagUiApplication *self)
{
  return self->engine;
}

void
sag_ui_application_set_bundle (SagUiApplication *self, const char *folder)
{
  g_free (self->bundle);
  self->bundle = g_strdup (folder);
}

static void
new_window_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiApplication *self = user_data;

  gtk_window_present (GTK_WINDOW (sag_ui_window_new (GTK_APPLICATION (self), self->engine)));
}

static void
close_all (SagUiApplication *self, void (*close) (GtkWindow *window))
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (self)));

  for (GList *item = windows; item != NULL; item = item->next)
    close (item->data);
}

/* Each window closes as if its button had been pressed. */
static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  close_all (user_data, gtk_window_close);
}

static void
close_keeping (GtkWindow *window)
{
  if (SAG_UI_IS_WINDOW (window))
    sag_ui_window_close_keeping (SAG_UI_WINDOW (window));
}

/* The session ends, or somebody wants the program to: what was typed or posted is written before. The second time it
 * ends at once. */
static gboolean
signal_cb (gpointer user_data)
{
  close_all (user_data, close_keeping);
  return G_SOURCE_REMOVE;
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = new_window_cb },
  { .name = "quit", .activate = quit_cb },
};

/* The scans that people open are nobody else's business. GTK's file chooser notes them in the
 * desktop's recent files all the same (and the setting against that would empty the whole list), so
 * what only this program noted there goes again. */
static void
recent_cb (GtkRecentManager *manager, gpointer user_data)
{
  GList *items = gtk_recent_manager_get_items (manager);

  for (GList *item = items; item != NULL; item = item->next)
    {
      gsize n = 0;
      g_auto (GStrv) programs = gtk_recent_info_get_applications (item->data, &n);

      if (n == 1 && g_strcmp0 (programs[0], g_get_application_name ()) == 0)
        gtk_recent_manager_remove_item (manager, gtk_recent_info_get_uri (item->data), NULL);
    }
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
}

static void
sag_ui_application_startup (GApplication *application)
{
  SagUiApplication *self = SAG_UI_APPLICATION (application);
  GSettings        *settings;

  G_APPLICATION_CLASS (sag_ui_application_parent_class)->startup (application);
  sag_ui_renderer_choose ();
  settings = sag_ui_settings_get ();
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (recent_cb),
                           application, 0);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  g_signal_connect_object (settings, "changed::theme", G_CALLBACK (theme_cb), application, 0);
  theme_cb (settings, "theme", NULL);
  g_unix_signal_add (SIGTERM, signal_cb, application);
  g_unix_signal_add (SIGINT, signal_cb, application);
  g_unix_signal_add (SIGHUP, signal_cb, application);
  sag_ui_bundle_open_first (self->engine, self->bundle);
}

static void
sag_ui_application_shutdown (GApplication *application)
{
  sag_ui_engine_close (SAG_UI_APPLICATION (application)->engine);
  G_APPLICATION_CLASS (sag_ui_application_parent_class)->shutdown (application);
}

static void
sag_ui_application_finalize (GObject *object)
{
  g_free (SAG_UI_APPLICATION (object)->bundle);
  G_OBJECT_CLASS (sag_ui_application_parent_class)->finalize (object);
}

static void
sag_ui_application_dispose (GObject *object)
{
  g_clear_object (&SAG_UI_APPLICATION (object)->engine);
  G_OBJECT_CLASS (sag_ui_application_parent_class)->dispose (object);
}

static void
sag_ui_application_class_init (SagUiApplicationClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_application_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_application_finalize;
  application_class->activate = sag_ui_application_activate;
  application_class->open = sag_ui_application_open;
  application_class->startup = sag_ui_application_startup;
  application_class->shutdown = sag_ui_application_shutdown;
  application_class->handle_local_options = sag_ui_application_handle_local_options;
}

static void
sag_ui_application_init (SagUiApplication *self)
{
  g_application_add_main_option (G_APPLICATION (self), "trace", 0, 0, G_OPTION_ARG_FILENAME,
                                 _ ("Write time-stamped events, without paths, to a file"),
                                 _ ("FILE"));
  g_application_add_main_option (G_APPLICATION (self), "demo", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Open the demo case, a synthetic chest"), NULL);
}
