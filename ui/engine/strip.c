/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/strip.h"

#include "ui/base/fold-layout.h"
#include "ui/base/keymap.h"
#include "ui/engine/words.h"

#include <glib/gi18n.h>

#define SPACING 14
#define PATIENCE_MS 200 /* work that ends sooner is not worth a spinner */

struct _SagUiStrip
{
  AdwBin parent;

  SagUiSession *session;
  GtkBox       *row;
  GtkButton    *bundle_button;
  GtkImage     *bundle_icon;
  GtkLabel     *bundle_label;
  GtkLabel     *engine_label;
  GtkLabel     *times_label;
  GtkBox       *note_box;
  GtkImage     *note_icon;
  GtkLabel     *note_label;
  GtkBox       *activity;
  GtkSpinner   *spinner;
  GtkLabel     *activity_label;
  GtkButton    *stop_button;
  GtkButton    *test_button;
  guint         patience;
};

G_DEFINE_FINAL_TYPE (SagUiStrip, sag_ui_strip, ADW_TYPE_BIN)

static void
update_bundle (SagUiStrip *self, SagUiEngine *engine)
{
  SagBundle       *bundle = sag_ui_engine_get_bundle (engine);
  const char      *kind = bundle != NULL ? sag_ui_words_bundle_kind (bundle) : NULL;
  g_autofree char *words = NULL;

  if (bundle == NULL)
    words = g_strdup (sag_ui_engine_get_state (engine) == SAG_UI_ENGINE_FAILED
                        ? _ ("No model: choose a bundle…")
                        : _ ("Opening the model…"));
  else if (kind != NULL)
    /* Translators: name of a model, then what it is, for example "Phantom demo · synthetic". */
    words = g_strdup_printf (_ ("%s · %s"), sag_bundle_get_name (bundle), kind);
  else
    words = g_strdup (sag_bundle_get_name (bundle));
  gtk_label_set_label (self->bundle_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->bundle_icon),
                          kind != NULL || sag_ui_engine_get_state (engine) == SAG_UI_ENGINE_FAILED);
}

static void
update_engine (SagUiStrip *self, SagUiEngine *engine)
{
  const SagEngineInfo *info = sag_ui_engine_get_info (engine);
  g_autofree char     *words = info != NULL ? sag_ui_words_engine (info) : NULL;

  const char *reason = sag_ui_engine_get_reason (engine);

  gtk_label_set_label (self->engine_label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->engine_label), words != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->engine_label), reason);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->engine_label),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, reason != NULL ? reason : "",
                                  -1);
}

static void
add_time (GString *text, const char *stage, double ms)
{
  g_autofree char *duration = NULL;

  if (ms <= 0)
    return;
  duration = sag_ui_words_duration (ms);
  if (text->len > 0)
    g_string_append (text, "   ");
  g_string_append_printf (text, "%s %s", stage, duration);
}

static void
update_times (SagUiStrip *self, SagUiEngine *engine)
{
  SagUiEngineTimes times = sag_ui_engine_get_times (engine);
  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: stages, each with how long it took. */
  add_time (text, _ ("load"), times.load);
  add_time (text, _ ("prepare"), times.prepare);
  add_time (text, _ ("encode"), times.encode);
  add_time (text, _ ("ask"), times.ask);
  gtk_label_set_label (self->times_label, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->times_label), text->len > 0);
}

/* An error comes before a remark. */
static void
update_note (SagUiStrip *self, SagUiEngine *engine)
{
  const char *error = sag_ui_engine_get_error (engine);
  const char *note = error != NULL ? error : sag_ui_engine_get_note (engine);

  gtk_image_set_from_icon_name (self->note_icon, error != NULL ? "dialog-error-symbolic"
                                                               : "dialog-information-symbolic");
  gtk_label_set_label (self->note_label, note != NULL ? note : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->note_box), note);
  gtk_widget_set_visible (GTK_WIDGET (self->note_icon), note != NULL);
}

static void
show_activity (SagUiStrip *self, gboolean shown)
{
  gtk_widget_set_visible (GTK_WIDGET (self->activity), shown);
  gtk_spinner_set_spinning (self->spinner, shown);
}

static gboolean
patience_cb (gpointer data)
{
  SagUiStrip *self = data;

  self->patience = 0;
  show_activity (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
update_activity (SagUiStrip *self, SagUiEngine *engine)
{
  const char *words = sag_ui_words_state (sag_ui_engine_get_state (engine));

  if (words == NULL)
    {
      g_clear_handle_id (&self->patience, g_source_remove);
      show_activity (self, FALSE);
      return;
    }
  gtk_label_set_label (self->activity_label, words);
  /* Opening cannot be stopped. */
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button),
                          sag_ui_engine_get_state (engine) != SAG_UI_ENGINE_OPENING);
  if (self->patience == 0 && !gtk_widget_get_visible (GTK_WIDGET (self->activity)))
    self->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
}

static void
changed_cb (SagUiEngine *engine, SagUiStrip *self)
{
  update_bundle (self, engine);
  update_engine (self, engine);
  update_times (self, engine);
  update_note (self, engine);
  update_activity (self, engine);
}

static void
state_cb (SagUiEngine *engine, GParamSpec *pspec, SagUiStrip *self)
{
  changed_cb (engine, self);
}

void
sag_ui_strip_set_session (SagUiStrip *self, SagUiSession *session)
{
  SagUiEngine *engine = sag_ui_session_get_engine (session);

  g_set_object (&self->session, session);
  g_signal_connect_object (engine, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (state_cb), self, 0);
  changed_cb (engine, self);
}

static void
sag_ui_strip_dispose (GObject *object)
{
  SagUiStrip *self = SAG_UI_STRIP (object);

  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (sag_ui_session_get_engine (self->session), self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_strip_parent_class)->dispose (object);
}

static void
sag_ui_strip_class_init (SagUiStripClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_strip_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, row);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, bundle_button);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, bundle_icon);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, bundle_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, engine_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, times_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, note_box);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, note_icon);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, note_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, activity);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, spinner);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, activity_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SagUiStrip, test_button);
}

static void
sag_ui_strip_init (SagUiStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (GTK_WIDGET (self->row), sag_ui_fold_layout_new (SPACING));
  sag_ui_fold_layout_set_rank (GTK_WIDGET (self->times_label), 3);
  sag_ui_fold_layout_set_rank (GTK_WIDGET (self->engine_label), 2);
  sag_ui_fold_layout_set_rank (GTK_WIDGET (self->test_button), 1);
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->bundle_button), _ ("Models…"), "win.bundles");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->stop_button), _ ("Stop"), "win.stop");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->test_button),
                             _ ("What works on this computer, and what is missing"),
                             "win.self-test");
}
