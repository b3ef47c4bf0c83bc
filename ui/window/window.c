/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/focus.h"
#include "ui/base/keymap.h"
#include "ui/bundle/actions.h"
#include "ui/base/settings.h"
#include "ui/base/trace.h"
#include "ui/case/demo.h"
#include "ui/case/recent.h"
#include "ui/export/export.h"
#include "ui/mask/masks.h"
#include "ui/measure/measures.h"
#include "ui/project/found.h"
#include "ui/project/labels.h"
#include "ui/project/project-actions.h"
#include "ui/readings/readings-actions.h"
#include "ui/tune/tune-actions.h"
#include "ui/selftest/selftest-window.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>

#define DISMISSED "sag-ui-window-dismissed"
#define OFFER_S 20 /* an offer has to be read and thought about */

G_DEFINE_FINAL_TYPE (SagUiWindow, sag_ui_window, ADW_TYPE_APPLICATION_WINDOW)

SagUiSession *
sag_ui_window_get_session (SagUiWindow *self)
{
  return self->session;
}

void
sag_ui_window_warn (SagUiWindow *self, const char *sentence)
{
  sag_ui_banner_add (self->trouble, sentence);
}

/* What is odd in the current case's file, until the person put it away for this case. */
static void
update_oddities (SagUiWindow *self)
{
  static const char *const none[] = { NULL };
  SagUiCase               *one = sag_ui_session_get_case (self->session);
  gboolean                 show = one != NULL && !g_object_get_data (G_OBJECT (one), DISMISSED);

  sag_ui_banner_show (self->oddities, show ? sag_ui_case_get_warnings (one) : none);
}

static void
oddities_dismissed_cb (SagUiWindow *self)
{
  SagUiCase *one = sag_ui_session_get_case (self->session);

  if (one != NULL)
    g_object_set_data (G_OBJECT (one), DISMISSED, GINT_TO_POINTER (TRUE));
}

static void
update_title (SagUiWindow *self)
{
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  g_autofree char *details = one != NULL ? sag_ui_case_dup_details (one) : NULL;
  g_autofree char *title = NULL;

  if (one != NULL)
    /* Translators: the window's title: a case's name, then the program's. */
    title = g_strdup_printf (_ ("%s – %s"), sag_ui_case_get_title (one), "Sagitta");
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : "Sagitta");
  adw_window_title_set_title (self->title, one != NULL ? sag_ui_case_get_title (one) : "Sagitta");
  adw_window_title_set_subtitle (self->title, details != NULL ? details : "");
}

/* With a first case the keys belong to the views. */
static void
update_page (SagUiWindow *self)
{
  gboolean has_case = sag_ui_session_get_case (self->session) != NULL;
  gboolean is_first =
    has_case && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "work") != 0;

  gtk_stack_set_visible_child_name (self->stack, has_case ? "work" : "welcome");
  gtk_widget_set_visible (self->cases_button, has_case);
  gtk_widget_set_visible (self->tools_button, has_case);
  gtk_widget_set_visible (sag_ui_views_get_header (self->views), has_case);
  if (is_first)
    gtk_widget_child_focus (GTK_WIDGET (self->views), GTK_DIR_TAB_FORWARD);
}

static void
display_cb (SagUiDisplay *display, guint change, SagUiWindow *self)
{
  if (!(change & SAG_UI_CHANGE_CASE))
    return;
  update_title (self);
  update_page (self);
  update_oddities (self);
}

static void
undo_cb (AdwToast *toast, SagUiWindow *self)
{
  sag_ui_session_undo (self->session);
}

/* Only the newest deed can be undone by its toast: an older toast goes when another one comes. */
static void
toast_cb (SagUiSession *session, const char *sentence, gboolean is_undoable, SagUiWindow *self)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  AdwToast        *toast = adw_toast_new (markup);

  if (is_undoable)
    {
      if (self->undo_toast != NULL)
        adw_toast_dismiss (self->undo_toast);
      g_set_weak_pointer (&self->undo_toast, toast);
      adw_toast_set_button_label (toast, _ ("Undo"));
      adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
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
  if (strcmp (action, "win.side-by-side") == 0)
    g_set_weak_pointer (&self->prior_toast, toast);
  adw_toast_set_timeout (toast, OFFER_S);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
failed_cb (SagUiCases *cases, SagUiCase *one, const char *sentence, SagUiWindow *self)
{
  GFile *file = sag_ui_case_get_file (one);

  sag_ui_window_warn (self, sentence);
  if (!g_file_query_exists (file, NULL))
    sag_ui_recent_remove (sag_ui_recent_get_default (), file);
}

static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiWindow *self)
{
  GFile *file = sag_ui_case_get_file (one);
  g_autoptr (GFile) demo = NULL;

  if (one != sag_ui_session_get_case (self->session) ||
      sag_ui_case_get_state (one) != SAG_UI_CASE_READY)
    return;
  update_oddities (self);
  demo = sag_ui_demo_get_file ();
  if (!g_file_equal (file, demo))
    sag_ui_recent_add (sag_ui_recent_get_default (), file);
}

static void
items_cb (GListModel *cases, guint position, guint removed, guint added, SagUiWindow *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      g_signal_handlers_disconnect_by_func (one, state_cb, self);
      g_signal_connect_object (one, "notify::state", G_CALLBACK (state_cb), self, 0);
    }
}

/* A side pane that has no room beside the views hides; with room it is as the person left it. */
static void
folded_cb (AdwFlap *flap, GParamSpec *pspec, const char *key)
{
  adw_flap_set_reveal_flap (flap, !adw_flap_get_folded (flap) &&
                                    g_settings_get_boolean (sag_ui_settings_get (), key));
}

static void
revealed_cb (AdwFlap *flap, GParamSpec *pspec, const char *key)
{
  if (!adw_flap_get_folded (flap))
    g_settings_set_boolean (sag_ui_settings_get (), key, adw_flap_get_reveal_flap (flap));
}

static void
connect_flap (AdwFlap *flap, const char *key)
{
  folded_cb (flap, NULL, key);
  g_signal_connect (flap, "notify::folded", G_CALLBACK (folded_cb), (gpointer) key);
  g_signal_connect (flap, "notify::reveal-flap", G_CALLBACK (revealed_cb), (gpointer) key);
}

static void
bind_settings (SagUiWindow *self)
{
  GSettings *settings = sag_ui_settings_get ();

  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "pane", self->tools, "visible-child-name", G_SETTINGS_BIND_DEFAULT);
  connect_flap (self->cases_flap, "show-cases");
  connect_flap (self->tools_flap, "show-tools");
}

static void
ceiling_cb (GSettings *settings, const char *key, SagUiWindow *self)
{
  sag_ui_cases_set_ceiling (sag_ui_session_get_cases (self->session),
                            (gsize) g_settings_get_uint (settings, key) << 20);
}

static void
problem_cb (SagUiProject *project, const char *sentence, SagUiWindow *self)
{
  sag_ui_window_warn (self, sentence);
}

static void
note_cb (SagUiProject *project, GParamSpec *pspec, SagUiWindow *self)
{
  const char *const note[] = { sag_ui_project_get_note (project), NULL };

  sag_ui_banner_show (self->project_note, note);
}

/* With no scan open, work goes on where there is some. */
static void
project_opened_cb (SagUiProject *project, SagUiWindow *self)
{
  g_autofree char *path = sag_store_dup_path (sag_ui_project_get_store (project));
  g_autoptr (GFile) file = g_file_new_for_path (path);
  SagWorklist *list = sag_ui_project_get_list (project);
  int          place = sag_worklist_next_unlabelled (list, -1);

  sag_ui_recent_add (sag_ui_recent_get_default (), file);
  if (sag_ui_session_get_case (self->session) != NULL)
    return;
  if (list->items->len > 0)
    sag_ui_project_go (
      project, ((SagWorkItem *) g_ptr_array_index (list->items, (guint) MAX (place, 0)))->one->id);
  else
    sag_ui_session_say (self->session,
                        _ ("The project is empty. Scans that you open become its cases."));
}

/* Whatever the person does in the window is work on the case. */
static gboolean
event_cb (GtkEventControllerLegacy *controller, GdkEvent *event, SagUiWindow *self)
{
  switch (gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
    case GDK_KEY_PRESS:
    case GDK_MOTION_NOTIFY:
    case GDK_SCROLL:
    case GDK_TOUCH_BEGIN:
      if (self->session != NULL)
        sag_ui_labels_touch (sag_ui_labels_get (self->session), g_get_monotonic_time ());
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
watch_deeds (SagUiWindow *self)
{
  GtkEventController *deeds = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (deeds, GTK_PHASE_CAPTURE);
  g_signal_connect (deeds, "event", G_CALLBACK (event_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), deeds);
}

static void
connect_project (SagUiWindow *self)
{
  SagUiProject *project = sag_ui_project_get (self->session);

  g_signal_connect_object (project, "problem", G_CALLBACK (problem_cb), self, 0);
  g_signal_connect_object (project, "notify::note", G_CALLBACK (note_cb), self, 0);
  g_signal_connect_object (project, "opened", G_CALLBACK (project_opened_cb), self, 0);
  sag_ui_project_install_actions (GTK_WINDOW (self), self->session);
  sag_ui_readings_install_actions (GTK_WINDOW (self), self->session);
  sag_ui_tune_install_actions (GTK_WINDOW (self), self->session);
  sag_ui_labels_pane_set_session (self->labels_pane, self->session);
  sag_ui_labels_set_ask (sag_ui_labels_get (self->session),
                         sag_ui_ask_pane_get_ask (self->ask_pane));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "label",
                                  sag_ui_labels_pane_get_actions (self->labels_pane));
  watch_deeds (self);
}

static void
compare_cb (SagUiAskPane *pane, SagUiOverlay *a, SagUiOverlay *b, SagUiWindow *self)
{
  sag_ui_views_compare_overlays (self->views, a, b);
}

static void
connect_session (SagUiWindow *self)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  GSettings  *settings = sag_ui_settings_get ();

  g_signal_connect_object (self->session, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (self->session, "offer", G_CALLBACK (offer_cb), self, 0);
  g_signal_connect_object (cases, "failed", G_CALLBACK (failed_cb), self, 0);
  g_signal_connect_object (cases, "items-changed", G_CALLBACK (items_cb), self, 0);
  g_signal_connect_object (sag_ui_session_get_display (self->session), "changed",
                           G_CALLBACK (display_cb), self, 0);
  g_signal_connect_object (settings, "changed::memory-ceiling-mb", G_CALLBACK (ceiling_cb), self,
                           0);
  ceiling_cb (settings, "memory-ceiling-mb", self);
  sag_ui_case_list_set_session (self->case_list, self->session);
  sag_ui_views_set_session (self->views, self->session);
  sag_ui_measures_attach_views (sag_ui_measures_get (self->session), self->views);
  sag_ui_masks_attach_views (sag_ui_masks_get (self->session), self->views);
  sag_ui_reading_set_session (self->reading, self->session);
  sag_ui_ask_pane_set_session (self->ask_pane, self->session);
  g_signal_connect_object (self->ask_pane, "compare", G_CALLBACK (compare_cb), self, 0);
  sag_ui_mask_pane_set_session (self->mask_pane, self->session);
  sag_ui_measure_pane_set_session (self->measure_pane, self->session);
  sag_ui_strip_set_session (self->strip, self->session);
  sag_ui_bundle_install_actions (GTK_WINDOW (self), self->session);
  sag_ui_selftest_install_action (GTK_WINDOW (self), self->session);
}

SagUiWindow *
sag_ui_window_new (GtkApplication *application, SagUiEngine *engine)
{
  SagUiWindow  *self = g_object_new (SAG_UI_TYPE_WINDOW, "application", application, NULL);
  GActionGroup *exports;

  self->session = sag_ui_session_new (engine);
  connect_session (self);
  connect_project (self);
  adw_header_bar_pack_end (self->header, sag_ui_views_get_header (self->views));
  sag_ui_window_add_actions (self);
  gtk_widget_insert_action_group (
    GTK_WIDGET (self), "measure",
    sag_ui_measures_get_actions (sag_ui_measures_get (self->session)));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "mask",
                                  sag_ui_masks_get_actions (sag_ui_masks_get (self->session)));
  exports = sag_ui_export_new (self->session, self->views);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "export", exports);
  g_object_unref (exports);
  sag_ui_window_add_drop (self);
  sag_ui_keymap_install (sag_ui_keymap_get_default (), GTK_WIDGET (self));
  update_title (self);
  update_page (self);
  return self;
}

static void
map_cb (GtkWidget *widget)
{
  sag_ui_trace ("mapped", NULL);
  if (SAG_UI_WINDOW (widget)->session != NULL)
    sag_ui_found_offer (GTK_WINDOW (widget), SAG_UI_WINDOW (widget)->session);
}

/* Everything under way stops; results that still come find no window. */
static void
sag_ui_window_dispose (GObject *object)
{
  SagUiWindow *self = SAG_UI_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->searching != NULL)
    sag_ui_searching_cancel (self->searching);
  if (self->session != NULL)
    sag_ui_project_end (sag_ui_project_get (self->session));
  g_clear_weak_pointer (&self->undo_toast);
  g_clear_weak_pointer (&self->prior_toast);
  /* Property actions hold what they are about, which holds them in turn. */
  g_action_map_remove_action (G_ACTION_MAP (self), "show-cases");
  g_action_map_remove_action (G_ACTION_MAP (self), "show-tools");
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_WINDOW);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_window_parent_class)->dispose (object);
}

static void
sag_ui_window_finalize (GObject *object)
{
  g_object_unref (SAG_UI_WINDOW (object)->cancellable);
  G_OBJECT_CLASS (sag_ui_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, SagUiWindow, header);
  gtk_widget_class_bind_template_child (class, SagUiWindow, title);
  gtk_widget_class_bind_template_child (class, SagUiWindow, cases_button);
  gtk_widget_class_bind_template_child (class, SagUiWindow, open_button);
  gtk_widget_class_bind_template_child (class, SagUiWindow, menu_button);
  gtk_widget_class_bind_template_child (class, SagUiWindow, tools_button);
  gtk_widget_class_bind_template_child (class, SagUiWindow, trouble);
  gtk_widget_class_bind_template_child (class, SagUiWindow, oddities);
  gtk_widget_class_bind_template_child (class, SagUiWindow, project_note);
  gtk_widget_class_bind_template_child (class, SagUiWindow, toasts);
  gtk_widget_class_bind_template_child (class, SagUiWindow, drop_area);
  gtk_widget_class_bind_template_child (class, SagUiWindow, drop_hint);
  gtk_widget_class_bind_template_child (class, SagUiWindow, stack);
  gtk_widget_class_bind_template_child (class, SagUiWindow, welcome);
  gtk_widget_class_bind_template_child (class, SagUiWindow, cases_flap);
  gtk_widget_class_bind_template_child (class, SagUiWindow, tools_flap);
  gtk_widget_class_bind_template_child (class, SagUiWindow, tools);
  gtk_widget_class_bind_template_child (class, SagUiWindow, case_list);
  gtk_widget_class_bind_template_child (class, SagUiWindow, views);
  gtk_widget_class_bind_template_child (class, SagUiWindow, reading);
  gtk_widget_class_bind_template_child (class, SagUiWindow, searching);
  gtk_widget_class_bind_template_child (class, SagUiWindow, ask_pane);
  gtk_widget_class_bind_template_child (class, SagUiWindow, labels_pane);
  gtk_widget_class_bind_template_child (class, SagUiWindow, mask_pane);
  gtk_widget_class_bind_template_child (class, SagUiWindow, measure_pane);
  gtk_widget_class_bind_template_child (class, SagUiWindow, strip);
}

static void
sag_ui_window_class_init (SagUiWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_window_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_window_finalize;
  g_type_ensure (SAG_UI_TYPE_ASK_PANE);
  g_type_ensure (SAG_UI_TYPE_BANNER);
  g_type_ensure (SAG_UI_TYPE_CASE_LIST);
  g_type_ensure (SAG_UI_TYPE_LABELS_PANE);
  g_type_ensure (SAG_UI_TYPE_MASK_PANE);
  g_type_ensure (SAG_UI_TYPE_MEASURE_PANE);
  g_type_ensure (SAG_UI_TYPE_READING);
  g_type_ensure (SAG_UI_TYPE_SEARCHING);
  g_type_ensure (SAG_UI_TYPE_STRIP);
  g_type_ensure (SAG_UI_TYPE_VIEWS);
  g_type_ensure (SAG_UI_TYPE_WELCOME);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/window.ui");
  bind_children (widget_class);
}

static void
sag_ui_window_init (SagUiWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_icon_name (GTK_WINDOW (self), "io.github.sagittact.Sagitta");
  g_signal_connect (self, "map", G_CALLBACK (map_cb), NULL);
  sag_ui_focus_watch (GTK_WINDOW (self));
  g_signal_connect_swapped (self->oddities, "dismissed", G_CALLBACK (oddities_dismissed_cb), self);
  bind_settings (self);
}
