/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/support.h"

#include <stdlib.h>

void
sag_test_ui_init (int *argc, char ***argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE); /* names can be looked up without a screen reader */
  g_test_init (argc, argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      exit (0);
    }
  adw_init ();
  /* What a GtkApplication does. */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/sagittact/Sagitta/icons");
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

void
sag_test_ui_style (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/io/github/sagittact/Sagitta/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display),
                                    "/io/github/sagittact/Sagitta/icons");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
sag_test_ui_turn (gint64 end_us)
{
  guint id = g_timeout_add (20, wake_cb, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
  return g_get_monotonic_time () < end_us;
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  ++*(int *) user_data;
  return G_SOURCE_CONTINUE;
}

/* Two frames of every mapped window: in the first one sizes are given out, in the second all is drawn. */
void
sag_test_ui_settle (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      int   frames = 0;
      guint id;

      if (!gtk_widget_get_mapped (window))
        continue;
      id = gtk_widget_add_tick_callback (window, tick_cb, &frames, NULL);
      sag_test_ui_until (frames >= 2);
      gtk_widget_remove_tick_callback (window, id);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

GtkWindow *
sag_test_ui_show (GtkWidget *child, int width, int height)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());

  gtk_window_set_decorated (window, FALSE);
  gtk_window_set_default_size (window, width, height);
  gtk_window_set_child (window, child);
  gtk_window_present (window);
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  sag_test_ui_settle ();
  return window;
}

static void
assert_named (GtkWidget *widget, const char *name)
{
  GtkWidget *nameless = sag_test_ui_find_nameless (widget);
  g_autoptr (GString) place = g_string_new (NULL);

  for (GtkWidget *at = nameless; at != NULL; at = gtk_widget_get_parent (at))
    g_string_append_printf (place, "%s%s", at != nameless ? ", in a " : "",
                            G_OBJECT_TYPE_NAME (at));
  if (nameless != NULL)
    g_error ("%s: nobody can hear what this is: %s", name, place->str);
}

cairo_surface_t *
sag_test_ui_picture (GtkWidget *widget, const char *name)
{
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_t    *cr = cairo_create (surface);
  const char *folder = g_getenv ("SAGITTA_PICTURES");

  assert_named (widget, name);
  cairo_scale (cr, scale, scale);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node != NULL)
    gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (folder != NULL)
    {
      g_autofree char *file = g_strconcat (name, ".png", NULL);
      g_autofree char *path = g_build_filename (folder, file, NULL);

      g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
    }
  return surface;
}

static gboolean
has_words (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_mapped (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0';
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
         gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY) ||
         gtk_widget_get_tooltip_text (widget) != NULL ||
         (!GTK_IS_EDITABLE (widget) && !GTK_IS_RANGE (widget) && !GTK_IS_DROP_DOWN (widget) &&
          sag_test_ui_find (widget, GTK_TYPE_LABEL, has_words, NULL) != NULL);
}

static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_SWITCH (widget) ||
         GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SCALE (widget) || GTK_IS_DROP_DOWN (widget) ||
         GTK_IS_SPIN_BUTTON (widget) || GTK_IS_ENTRY (widget) || GTK_IS_SEARCH_ENTRY (widget);
}

GtkWidget *
sag_test_ui_find_nameless (GtkWidget *root)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  /* What a control is made of is its own affair. */
  if (is_control (root))
    return is_named (root) ? NULL : root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = sag_test_ui_find_nameless (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

guint32
sag_test_ui_pixel (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  gsize         stride = cairo_image_surface_get_stride (surface);

  g_assert_cmpint (x, >=, 0);
  g_assert_cmpint (y, >=, 0);
  g_assert_cmpint (x, <, cairo_image_surface_get_width (surface));
  g_assert_cmpint (y, <, cairo_image_surface_get_height (surface));
  return *(const guint32 *) (data + y * stride + x * 4) & 0xffffff;
}

GtkWidget *
sag_test_ui_find (GtkWidget *root,
                  GType      type,
                  gboolean (*is) (GtkWidget *, gconstpointer),
                  gconstpointer data)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (is == NULL || is (root, data)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = sag_test_ui_find (child, type, is, data);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
sag_test_ui_find_type (GtkWidget *root, GType type)
{
  return sag_test_ui_find (root, type, NULL, NULL);
}

GtkWindow *
sag_test_ui_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) && gtk_widget_get_mapped (GTK_WIDGET (window)))
        return window;
    }
  return NULL;
}

/* Choosing a file */

static GtkNativeDialog *asked; /* weak */
static GFile           *answer;

static void
keep_dialog (GtkNativeDialog *dialog)
{
  g_set_weak_pointer (&asked, dialog);
}

void
sag_test_ui_hide_choosers (void)
{
  GtkNativeDialogClass *class = g_type_class_ref (GTK_TYPE_FILE_CHOOSER_NATIVE);

  class->show = keep_dialog;
}

/* These stand before GTK's, whose dialogs look through folders and keep some memory of it. */

gboolean
gtk_file_chooser_set_current_folder (GtkFileChooser *chooser, GFile *file, GError **error)
{
  return TRUE;
}

GFile *
gtk_file_chooser_get_file (GtkFileChooser *chooser)
{
  return answer != NULL ? g_object_ref (answer) : NULL;
}

GListModel *
gtk_file_chooser_get_files (GtkFileChooser *chooser)
{
  GListStore *files = g_list_store_new (G_TYPE_FILE);

  if (answer != NULL)
    g_list_store_append (files, answer);
  return G_LIST_MODEL (files);
}

gboolean
sag_test_ui_is_choosing (void)
{
  return asked != NULL && gtk_native_dialog_get_visible (asked);
}

void
sag_test_ui_choose_file (GFile *file)
{
  g_assert_true (sag_test_ui_is_choosing ());
  answer = file;
  g_signal_emit_by_name (asked, "response", GTK_RESPONSE_ACCEPT);
  answer = NULL;
  sag_test_ui_settle ();
}

/* A busy store */

static gint is_released; /* atomic */

static gboolean
take_long (SagDb *db, gpointer data, GError **error)
{
  while (!g_atomic_int_get (&is_released))
    g_usleep (1000);
  return TRUE;
}

static void
ignore_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  sag_store_run_finish (result, NULL);
}

void
sag_test_ui_occupy (SagStore *store)
{
  g_atomic_int_set (&is_released, FALSE);
  sag_store_run_async (store, take_long, NULL, ignore_cb, NULL);
}

void
sag_test_ui_release (void)
{
  g_atomic_int_set (&is_released, TRUE);
}
