/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/selftest/selftest-window.h"

#include "ui/selftest/report.h"

#include <glib/gi18n.h>

struct _SagUiSelftestWindow
{
  AdwWindow parent;

  SagUiReport        *report;
  GSimpleActionGroup *actions;
  AdwToastOverlay    *toasts;
  GtkSpinner         *spinner;
  GtkListBox         *list;
};

G_DEFINE_FINAL_TYPE (SagUiSelftestWindow, sag_ui_selftest_window, ADW_TYPE_WINDOW)

static GtkWidget *
make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
make_texts (SagUiReportRow *row)
{
  GtkWidget  *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  const char *advice = sag_ui_report_row_get_advice (row);

  gtk_box_append (GTK_BOX (texts), make_label (sag_ui_report_row_get_title (row), "heading"));
  gtk_box_append (GTK_BOX (texts), make_label (sag_ui_report_row_get_detail (row), NULL));
  if (advice != NULL)
    gtk_box_append (GTK_BOX (texts), make_label (advice, "dim-label"));
  gtk_widget_set_hexpand (texts, TRUE);
  return texts;
}

/* Icon and words say the state, so that colour need not. */
static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  SagUiReportRow  *row = item;
  SagSelftestState state = sag_ui_report_row_get_state (row);
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);
  GtkWidget       *icon = gtk_image_new_from_icon_name (sag_ui_report_state_icon (state));
  GtkWidget       *words = make_label (sag_ui_report_state_words (state), "caption");
  GtkWidget       *made = gtk_list_box_row_new ();

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_margin_top (icon, 2);
  gtk_widget_set_valign (words, GTK_ALIGN_START);
  gtk_widget_set_margin_top (words, 2);
  gtk_label_set_wrap (GTK_LABEL (words), FALSE);
  if (state == SAG_SELFTEST_FAILED)
    {
      gtk_widget_add_css_class (icon, "error");
      gtk_widget_add_css_class (words, "error");
    }
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), make_texts (row));
  gtk_box_append (GTK_BOX (box), words);
  g_object_set (box, "margin-top", 9, "margin-bottom", 9, "margin-start", 14, "margin-end", 14,
                NULL);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (made), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (made), FALSE);
  return made;
}

/* What the window system gives, which only the main thread may ask. */
static void
add_screen (SagUiSelftestWindow *self)
{
  GdkDisplay      *display = gtk_widget_get_display (GTK_WIDGET (self));
  GtkNative       *native = gtk_widget_get_native (GTK_WIDGET (self));
  GskRenderer     *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;
  g_autofree char *words = NULL;

  /* Translators: kind of display, what draws the window, device pixels for a logical one. */
  words = g_strdup_printf (_ ("%s, drawn by %s, scale %d"), G_OBJECT_TYPE_NAME (display),
                           renderer != NULL ? G_OBJECT_TYPE_NAME (renderer) : "–",
                           gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  sag_ui_report_add (self->report, _ ("Screen"), SAG_SELFTEST_OK, words, NULL);
}

static void
running_cb (SagUiReport *report, GParamSpec *pspec, SagUiSelftestWindow *self)
{
  gboolean running = sag_ui_report_get_running (report);
  GAction *run = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "run");

  gtk_spinner_set_spinning (self->spinner, running);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (run), !running);
  if (!running)
    add_screen (self);
}

static void
run_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sag_ui_report_run (SAG_UI_SELFTEST_WINDOW (user_data)->report);
}

static void
copy_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiSelftestWindow *self = user_data;
  g_autofree char     *text = sag_ui_report_dup_text (self->report);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("The report is on the clipboard.")));
}

SagUiSelftestWindow *
sag_ui_selftest_window_new (SagUiSession *session, GtkWindow *parent)
{
  SagUiSelftestWindow *self =
    g_object_new (SAG_UI_TYPE_SELFTEST_WINDOW, "transient-for", parent, NULL);

  self->report = sag_ui_report_new (sag_ui_session_get_engine (session));
  g_signal_connect_object (self->report, "notify::running", G_CALLBACK (running_cb), self, 0);
  gtk_list_box_bind_model (self->list, sag_ui_report_get_rows (self->report), make_row, NULL, NULL);
  sag_ui_report_run (self->report);
  return self;
}

static void
sag_ui_selftest_window_dispose (GObject *object)
{
  SagUiSelftestWindow *self = SAG_UI_SELFTEST_WINDOW (object);

  if (self->report != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->report, self);
      sag_ui_report_stop (self->report);
    }
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_SELFTEST_WINDOW);
  g_clear_object (&self->report);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sag_ui_selftest_window_parent_class)->dispose (object);
}

static void
sag_ui_selftest_window_class_init (SagUiSelftestWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_selftest_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/selftest-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiSelftestWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SagUiSelftestWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, SagUiSelftestWindow, list);
}

static void
sag_ui_selftest_window_init (SagUiSelftestWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "run", .activate = run_cb },
    { .name = "copy", .activate = copy_cb },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "test", G_ACTION_GROUP (self->actions));
}

static void
closed_cb (GtkWidget *open, gpointer window)
{
  g_object_set_data (window, "selftest-window", NULL);
}

static void
self_test_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWindow *open = g_object_get_data (window, "selftest-window");

  if (open == NULL)
    {
      SagUiSession *session = g_object_get_data (window, "selftest-session");

      open = GTK_WINDOW (sag_ui_selftest_window_new (session, window));
      g_object_set_data (window, "selftest-window", open);
      g_signal_connect_object (open, "destroy", G_CALLBACK (closed_cb), window, 0);
    }
  gtk_window_present (open);
}

void
sag_ui_selftest_install_action (GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entry = { .name = "self-test", .activate = self_test_cb };

  g_object_set_data_full (G_OBJECT (window), "selftest-session", g_object_ref (session),
                          g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (window), &entry, 1, window);
}
