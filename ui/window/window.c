/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/window.h"

#include "ui/ask/ask-pane.h"
#include "ui/case/case-list.h"
#include "ui/engine/strip.h"
#include "ui/measure/measure-pane.h"
#include "ui/measure/measures.h"
#include "ui/view/views.h"

#include <glib/gi18n.h>

struct _SagUiWindow
{
  AdwApplicationWindow parent;

  SagUiSession     *session;
  AdwToastOverlay  *toasts;
  GtkStack         *stack;
  AdwWindowTitle   *title;
  SagUiCaseList    *case_list;
  SagUiViews       *views;
  SagUiAskPane     *ask_pane;
  SagUiMeasurePane *measure_pane;
  SagUiStrip       *strip;
};

G_DEFINE_FINAL_TYPE (SagUiWindow, sag_ui_window, ADW_TYPE_APPLICATION_WINDOW)

SagUiSession *
sag_ui_window_get_session (SagUiWindow *self)
{
  return self->session;
}

static void
update_title (SagUiWindow *self)
{
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  g_autofree char *details = one != NULL ? sag_ui_case_dup_details (one) : NULL;

  adw_window_title_set_title (self->title,
                              one != NULL ? sag_ui_case_get_name (one) : _ ("Sagitta"));
  adw_window_title_set_subtitle (self->title, details != NULL ? details : "");
  gtk_stack_set_visible_child_name (self->stack, one != NULL ? "work" : "welcome");
}

static void
display_cb (SagUiDisplay *display, guint change, SagUiWindow *self)
{
  if (change & SAG_UI_CHANGE_CASE)
    update_title (self);
}

static void
undo_cb (AdwToast *toast, SagUiWindow *self)
{
  sag_ui_session_undo (self->session);
}

static void
toast_cb (SagUiSession *session, const char *sentence, gboolean is_undoable, SagUiWindow *self)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  AdwToast        *toast = adw_toast_new (markup);

  if (is_undoable)
    {
      adw_toast_set_button_label (toast, _ ("Undo"));
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_cb), self, 0);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
offer_cb (SagUiSession *session,
          const char   *sentence,
          const char   *label,
          const char   *action,
          SagUiWindow  *self)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  AdwToast        *toast = adw_toast_new (markup);

  adw_toast_set_button_label (toast, label);
  adw_toast_set_detailed_action_name (toast, action);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiJournal *journal = sag_ui_session_get_journal (SAG_UI_WINDOW (widget)->session);

  if (g_str_equal (name, "win.undo"))
    sag_ui_journal_undo (journal);
  else
    sag_ui_journal_redo (journal);
}

static void
failed_cb (SagUiCases *cases, SagUiCase *one, const char *sentence, SagUiWindow *self)
{
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (sentence));
}

SagUiWindow *
sag_ui_window_new (GtkApplication *application, SagUiEngine *engine)
{
  SagUiWindow *self = g_object_new (SAG_UI_TYPE_WINDOW, "application", application, NULL);

  self->session = sag_ui_session_new (engine);
  g_signal_connect_object (self->session, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->session, "offer", G_CALLBACK (offer_cb), self, 0);
  gtk_widget_insert_action_group (
    GTK_WIDGET (self), "measure",
    sag_ui_measures_get_actions (sag_ui_measures_get (self->session)));
  g_signal_connect_object (sag_ui_session_get_cases (self->session), "failed",
                           G_CALLBACK (failed_cb), self, 0);
  g_signal_connect_object (sag_ui_session_get_display (self->session), "changed",
                           G_CALLBACK (display_cb), self, 0);
  sag_ui_case_list_set_session (self->case_list, self->session);
  sag_ui_views_set_session (self->views, self->session);
  sag_ui_measures_attach_views (sag_ui_measures_get (self->session), self->views);
  sag_ui_ask_pane_set_session (self->ask_pane, self->session);
  sag_ui_measure_pane_set_session (self->measure_pane, self->session);
  sag_ui_strip_set_session (self->strip, self->session);
  update_title (self);
  return self;
}

void
sag_ui_window_open (SagUiWindow *self, GFile **files, int n_files)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  SagUiCase  *first = NULL;

  for (int i = 0; i < n_files; i++)
    {
      SagUiCase *one = sag_ui_cases_add (cases, files[i]);

      if (first == NULL)
        first = one;
    }
  if (first != NULL)
    sag_ui_cases_set_current (cases, first);
}

static void
sag_ui_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_WINDOW);
  g_clear_object (&SAG_UI_WINDOW (object)->session);
  G_OBJECT_CLASS (sag_ui_window_parent_class)->dispose (object);
}

static void
sag_ui_window_class_init (SagUiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_window_dispose;
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, undo_action);
  g_type_ensure (SAG_UI_TYPE_CASE_LIST);
  g_type_ensure (SAG_UI_TYPE_VIEWS);
  g_type_ensure (SAG_UI_TYPE_ASK_PANE);
  g_type_ensure (SAG_UI_TYPE_MEASURE_PANE);
  g_type_ensure (SAG_UI_TYPE_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, case_list);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, views);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, ask_pane);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, measure_pane);
  gtk_widget_class_bind_template_child (widget_class, SagUiWindow, strip);
}

static void
sag_ui_window_init (SagUiWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
