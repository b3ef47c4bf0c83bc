/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/compare-window.h"

#include "render/slice/marks.h"
#include "ui/ask/compare-bundles.h"
#include "ui/ask/compare-table.h"
#include "ui/ask/details.h"
#include "ui/ask/difference.h"
#include "ui/ask/map-row.h"
#include "ui/ask/other-model.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>

struct _SagUiCompareWindow
{
  AdwWindow parent;

  SagUiAsk     *ask;
  SagUiCase    *one;
  SagUiResult  *a;
  SagAnswer    *b;
  char         *folder; /* nullable: the open bundle */
  SagUiOverlay *map_b;
  SagUiOverlay *difference;
  gboolean      owns_map_b;
  GCancellable *cancellable; /* while asking */

  GtkEntry      *entry;
  GtkWidget     *ask_button;
  GtkLabel      *bundle;
  GtkWidget     *open_bundle;
  GtkMenuButton *bundles;
  GtkMenuButton *cards;
  GtkGrid       *grid;
  GtkLabel      *message;
  GtkLabel      *note;
  GtkWidget     *maps;
  SagUiMapRow   *difference_row;
};

G_DEFINE_FINAL_TYPE (SagUiCompareWindow, sag_ui_compare_window, ADW_TYPE_WINDOW)

const SagAnswer *
sag_ui_compare_window_get_b (SagUiCompareWindow *self)
{
  return self->b;
}

SagUiOverlay *
sag_ui_compare_window_get_difference (SagUiCompareWindow *self)
{
  return self->difference;
}

static void
update_grid (SagUiCompareWindow *self)
{
  const SagAnswer *a = sag_ui_result_get_answer (self->a);
  SagBundle       *open = sag_ui_engine_get_bundle (sag_ui_ask_get_engine (self->ask));

  sag_ui_compare_table_fill (self->grid, a, a != NULL ? self->b : NULL, open);
}

static void
say (SagUiCompareWindow *self, const char *message)
{
  gtk_label_set_text (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
}

static gboolean
is_of_open (SagUiCompareWindow *self, const SagAnswer *answer)
{
  return sag_ui_engine_gave (sag_ui_ask_get_engine (self->ask), answer);
}

static void
say_hidden (SagUiCompareWindow *self)
{
  say (self, _ ("You read first: ask this text on a card and set your label there."));
}

/* Maps of B and of the difference lie over the scan as long as this window is there. */

static void
add_map (SagUiCompareWindow *self, SagUiOverlay *overlay)
{
  GListStore *overlays = sag_ui_case_get_overlays (self->one);

  if (!g_list_store_find (overlays, overlay, NULL))
    g_list_store_append (overlays, overlay);
}

static void
remove_map (SagUiCompareWindow *self, SagUiOverlay *overlay)
{
  GListStore *overlays = sag_ui_case_get_overlays (self->one);
  guint       position;

  if (overlay != NULL && g_list_store_find (overlays, overlay, &position))
    g_list_store_remove (overlays, position);
}

static void
drop_b (SagUiCompareWindow *self)
{
  sag_ui_map_row_set_overlay (self->difference_row, NULL, NULL, NULL);
  gtk_widget_set_visible (self->maps, FALSE);
  remove_map (self, self->difference);
  if (self->owns_map_b)
    remove_map (self, self->map_b);
  g_clear_object (&self->difference);
  g_clear_object (&self->map_b);
  g_clear_pointer (&self->b, sag_answer_unref);
}

static void
make_difference (SagUiCompareWindow *self)
{
  SagUiOverlay    *map_a = sag_ui_result_get_overlay (self->a);
  g_autofree char *label = g_strdup_printf ("%s − %s", sag_ui_overlay_get_label (map_a),
                                            sag_ui_overlay_get_label (self->map_b));
  g_autoptr (GError) error = NULL;

  self->difference = sag_ui_difference_new (map_a, self->map_b, label, &error);
  say (self, error != NULL ? error->message : NULL);
  if (self->difference != NULL)
    add_map (self, self->difference);
  sag_ui_map_row_set_overlay (self->difference_row, self->difference, NULL, NULL);
  sag_ui_map_row_set_active (self->difference_row, TRUE);
  gtk_widget_set_visible (self->maps, TRUE);
}

/* As a card's map would be, with the note that belongs to the text; NULL where the model draws none. */
static SagUiOverlay *
make_map (SagUiCompareWindow *self, SagAnswer *answer)
{
  g_autoptr (SagUiResult) result =
    sag_ui_result_new (answer->text, sag_ui_case_next_colour (self->one));
  SagUiOverlay *map;

  sag_ui_result_take_answer (result, sag_answer_ref (answer), 0);
  map = sag_ui_result_get_overlay (result);
  return map != NULL ? g_object_ref (map) : NULL;
}

/* @map: (nullable): that of a card */
static void
take_b (SagUiCompareWindow *self, SagAnswer *answer, SagUiOverlay *map)
{
  drop_b (self);
  self->b = sag_answer_ref (answer);
  self->owns_map_b = map == NULL;
  self->map_b = map != NULL ? g_object_ref (map) : make_map (self, answer);
  if (self->owns_map_b && self->map_b != NULL)
    {
      sag_ui_overlay_set_visible (self->map_b, FALSE);
      add_map (self, self->map_b);
    }
  update_grid (self);
  if (sag_ui_result_get_overlay (self->a) != NULL && self->map_b != NULL)
    make_difference (self);
}

/* What a bundle that is not open says of itself, found out off the main thread. */

static void
note_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  g_autoptr (SagBundle) bundle = sag_bundle_load (folder, NULL);
  const char *note = NULL;

  if (bundle != NULL && !sag_bundle_is_trained (bundle))
    note = SAG_RENDER_NOTE_UNTRAINED;
  else if (bundle != NULL && sag_bundle_is_synthetic (bundle))
    note = SAG_RENDER_NOTE_SYNTHETIC;
  g_task_return_pointer (task, (gpointer) note, NULL);
}

static void
show_note (SagUiCompareWindow *self, const char *note)
{
  gtk_label_set_text (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
}

static void
note_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  SagUiCompareWindow *self = SAG_UI_COMPARE_WINDOW (source);
  const char         *note = g_task_propagate_pointer (G_TASK (async), NULL);
  const char         *folder = g_task_get_task_data (G_TASK (async));

  if (self->ask != NULL && g_strcmp0 (folder, self->folder) == 0)
    show_note (self, note != NULL ? _ (note) : NULL);
}

static void
update_note (SagUiCompareWindow *self)
{
  g_autofree char *note = sag_ui_ask_dup_note (self->ask);
  g_autoptr (GTask) task = NULL;

  show_note (self, note);
  if (self->folder == NULL)
    return;
  task = g_task_new (self, NULL, note_cb, NULL);
  g_task_set_task_data (task, g_strdup (self->folder), g_free);
  g_task_run_in_thread (task, note_thread);
}

/* Asking B */

static void
update_bundle (SagUiCompareWindow *self)
{
  SagBundle       *bundle = sag_ui_engine_get_bundle (sag_ui_ask_get_engine (self->ask));
  g_autofree char *name = self->folder != NULL ? g_path_get_basename (self->folder) : NULL;
  g_autofree char *text =
    /* Translators: which bundle answers B; %s is its name. */
    g_strdup_printf (_ ("Bundle: %s"), name != NULL     ? name
                                       : bundle != NULL ? sag_bundle_get_name (bundle)
                                                        : _ ("none is open"));

  gtk_label_set_text (self->bundle, text);
  gtk_widget_set_visible (self->open_bundle, self->folder != NULL);
  update_note (self);
}

/* Who answers stays the same while it is asked. */
static void
set_asking (SagUiCompareWindow *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  gtk_widget_set_sensitive (self->ask_button, cancellable == NULL);
  gtk_widget_set_sensitive (self->open_bundle, cancellable == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->bundles), cancellable == NULL);
}

/* What was seen of a text first stays its answer. */
static void
note_seen (SagUiCompareWindow *self, SagAnswer *answer)
{
  if (sag_ui_opinion_get (self->one, answer->text)->seen)
    return;
  sag_ui_opinion_see_answer (self->one, answer);
  g_signal_emit_by_name (self->ask, "changed", NULL);
}

static void
end_asking (SagUiCompareWindow *self, SagAnswer *answer, const GError *error)
{
  if (self->ask == NULL) /* closed meanwhile */
    return;
  set_asking (self, NULL);
  if (answer == NULL)
    say (self, error->message);
  else if (self->folder == NULL && !is_of_open (self, answer)) /* another was opened meanwhile */
    sag_ui_compare_window_ask (self, answer->text, NULL);
  else if (sag_ui_ask_is_hidden (self->ask, self->one, answer->text))
    say_hidden (self);
  else
    {
      say (self, NULL);
      take_b (self, answer, NULL);
      note_seen (self, answer);
    }
}

static void
many_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  g_autoptr (SagUiCompareWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) answers =
    sag_ui_engine_ask_many_finish (SAG_UI_ENGINE (source), async, &error);

  end_asking (self, answers != NULL ? answers->pdata[0] : NULL, error);
}

static void
with_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  g_autoptr (SagUiCompareWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagAnswer) answer =
    sag_ui_engine_ask_with_finish (SAG_UI_ENGINE (source), async, &error);

  end_asking (self, answer, error);
}

void
sag_ui_compare_window_ask (SagUiCompareWindow *self, const char *text, const char *folder)
{
  SagUiEngine *engine = sag_ui_ask_get_engine (self->ask);
  const char  *texts[] = { text, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_return_if_fail (SAG_UI_IS_COMPARE_WINDOW (self) && text != NULL);

  if (self->cancellable != NULL || *text == '\0')
    return;
  if (sag_ui_ask_is_hidden (self->ask, self->one, text))
    {
      say_hidden (self);
      return;
    }
  set_asking (self, cancellable);
  say (self, _ ("Asking…"));
  if (folder != NULL)
    sag_ui_engine_ask_with_async (engine, self->one, folder, text, self->cancellable, with_cb,
                                  g_object_ref (self));
  else
    sag_ui_engine_ask_many_async (engine, self->one, texts, NULL, NULL, self->cancellable, many_cb,
                                  g_object_ref (self));
}

/* What another model answered does not stand under the name, and the note, of this one. */
static void
set_folder (SagUiCompareWindow *self, const char *folder)
{
  if (self->cancellable != NULL || g_strcmp0 (self->folder, folder) == 0)
    return;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  drop_b (self);
  update_grid (self);
  update_bundle (self);
}

/* The same model may have been opened anew. */
static void
bundle_cb (SagUiEngine *engine, SagUiCompareWindow *self)
{
  if (self->folder == NULL && self->b != NULL && !is_of_open (self, self->b))
    drop_b (self);
  update_grid (self);
  update_bundle (self);
}

gboolean
sag_ui_compare_window_ask_models (SagUiCompareWindow *self)
{
  const SagAnswer *answer = sag_ui_result_get_answer (self->a);
  const char      *folder;

  if (!sag_ui_other_model_find (sag_ui_ask_get_engine (self->ask), answer, &folder))
    return FALSE;
  set_folder (self, folder);
  sag_ui_compare_window_ask (self, answer->text, folder);
  return TRUE;
}

static void
ask_cb (SagUiCompareWindow *self)
{
  g_autofree char *text =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  sag_ui_compare_window_ask (self, text, self->folder);
}

static void
same_bundle_cb (SagUiCompareWindow *self)
{
  set_folder (self, NULL);
}

static void
ask_folder (const char *folder, gpointer user_data)
{
  set_folder (user_data, folder);
  ask_cb (user_data);
}

void
sag_ui_compare_window_choose_bundle (SagUiCompareWindow *self)
{
  sag_ui_compare_bundles_choose (GTK_WINDOW (self), ask_folder);
}

static void
choose_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sag_ui_compare_window_choose_bundle (SAG_UI_COMPARE_WINDOW (widget));
}

static void
known_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask_folder (g_variant_get_string (parameter, NULL), SAG_UI_COMPARE_WINDOW (widget));
}

/* Cards that are there already */

static gboolean
can_compare (SagUiCompareWindow *self, SagUiResult *result)
{
  return result != self->a && sag_ui_result_get_answer (result) != NULL &&
         !sag_ui_ask_is_hidden (self->ask, self->one, sag_ui_result_get_text (result));
}

static void
card_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCompareWindow *self = SAG_UI_COMPARE_WINDOW (widget);
  g_autoptr (SagUiResult) result = g_list_model_get_item (
    G_LIST_MODEL (sag_ui_case_get_results (self->one)), (guint) g_variant_get_int32 (parameter));

  if (result == NULL || !can_compare (self, result))
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), sag_ui_result_get_text (result));
  take_b (self, sag_ui_result_get_answer (result), sag_ui_result_get_overlay (result));
}

static void
make_menu (GtkMenuButton *button, gpointer user_data)
{
  SagUiCompareWindow *self = user_data;
  GListModel         *results = G_LIST_MODEL (sag_ui_case_get_results (self->one));
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);
      g_autoptr (GMenuItem) item = g_menu_item_new (sag_ui_result_get_text (result), NULL);

      if (!can_compare (self, result))
        continue;
      g_menu_item_set_action_and_target (item, "compare.card", "i", (int) i);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
side_by_side_cb (SagUiCompareWindow *self)
{
  SagUiOverlay *map_a = sag_ui_result_get_overlay (self->a);

  if (map_a != NULL && self->map_b != NULL)
    sag_ui_ask_compare (self->ask, map_a, self->map_b);
}

static void
go_cb (SagUiCompareWindow *self)
{
  SagUiSession *session = sag_ui_ask_get_session (self->ask);
  double        ras_mm[3];

  if (self->difference == NULL)
    return;
  sag_ui_overlay_get_peak (self->difference, ras_mm);
  sag_ui_display_set_cross (sag_ui_session_get_display (session), ras_mm);
}

/* A was asked again: what was compared is no more. */
static void
answer_cb (SagUiResult *a, GParamSpec *pspec, SagUiCompareWindow *self)
{
  drop_b (self);
  update_grid (self);
}

GtkWindow *
sag_ui_compare_window_new (SagUiAsk *ask, SagUiCase *one, SagUiResult *a)
{
  SagUiCompareWindow *self = g_object_new (SAG_UI_TYPE_COMPARE_WINDOW, NULL);

  self->ask = g_object_ref (ask);
  self->one = g_object_ref (one);
  self->a = g_object_ref (a);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), sag_ui_result_get_text (a));
  gtk_menu_button_set_create_popup_func (self->bundles, sag_ui_compare_bundles_fill,
                                         sag_ui_ask_get_engine (ask), NULL);
  gtk_menu_button_set_create_popup_func (self->cards, make_menu, self, NULL);
  g_signal_connect_object (a, "notify::answer", G_CALLBACK (answer_cb), self, 0);
  g_signal_connect_object (sag_ui_ask_get_engine (ask), "bundle-changed", G_CALLBACK (bundle_cb),
                           self, 0);
  sag_ui_close_on_escape (GTK_WINDOW (self));
  update_bundle (self);
  update_grid (self);
  drop_b (self);
  return GTK_WINDOW (self);
}

static void
sag_ui_compare_window_dispose (GObject *object)
{
  SagUiCompareWindow *self = SAG_UI_COMPARE_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->ask != NULL)
    drop_b (self);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_COMPARE_WINDOW);
  g_clear_object (&self->a);
  g_clear_object (&self->one);
  g_clear_object (&self->ask);
  G_OBJECT_CLASS (sag_ui_compare_window_parent_class)->dispose (object);
}

static void
sag_ui_compare_window_finalize (GObject *object)
{
  SagUiCompareWindow *self = SAG_UI_COMPARE_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->folder);
  G_OBJECT_CLASS (sag_ui_compare_window_parent_class)->finalize (object);
}

static void
sag_ui_compare_window_class_init (SagUiCompareWindowClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sag_ui_compare_window_dispose;
  object_class->finalize = sag_ui_compare_window_finalize;
  g_type_ensure (SAG_UI_TYPE_MAP_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/compare-window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SagUiCompareWindow, name)
  BIND (entry);
  BIND (ask_button);
  BIND (bundle);
  BIND (open_bundle);
  BIND (bundles);
  BIND (cards);
  BIND (grid);
  BIND (message);
  BIND (note);
  BIND (maps);
  BIND (difference_row);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, ask_cb);
  gtk_widget_class_bind_template_callback (widget_class, same_bundle_cb);
  gtk_widget_class_bind_template_callback (widget_class, side_by_side_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
  gtk_widget_class_install_action (widget_class, "compare.card", "i", card_cb);
  gtk_widget_class_install_action (widget_class, "compare.choose", NULL, choose_cb);
  gtk_widget_class_install_action (widget_class, "compare.known", "s", known_cb);
}

static void
sag_ui_compare_window_init (SagUiCompareWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
