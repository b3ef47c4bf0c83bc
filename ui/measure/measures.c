/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/measure/measures-private.h"

#include "ui/base/trace.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (SagUiMeasures, sag_ui_measures, G_TYPE_OBJECT)

static guint changed_signal;

void
sag_ui_measures_redraw (SagUiMeasures *self)
{
  for (guint i = 0; i < self->views->len; i++)
    gtk_widget_queue_draw (self->views->pdata[i]);
}

static void
changed (SagUiMeasures *self)
{
  sag_ui_measures_update_actions (self);
  sag_ui_measures_redraw (self);
  g_signal_emit (self, changed_signal, 0);
}

SagVolume *
sag_ui_measures_get_voxels (SagUiCase *one)
{
  return sag_ui_case_get_state (one) == SAG_UI_CASE_READY ? sag_ui_case_get_volume (one) : NULL;
}

/* Steps of the journal. A measurement that was put in or taken out: */

typedef struct
{
  GListStore       *store;
  SagUiMeasurement *measurement;
  guint             position;
} Membership;

static void
put_in (gpointer data)
{
  Membership *step = data;
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (step->store));

  g_list_store_insert (step->store, MIN (step->position, n), step->measurement);
}

static void
take_out (gpointer data)
{
  Membership *step = data;
  guint       position;

  if (g_list_store_find (step->store, step->measurement, &position))
    g_list_store_remove (step->store, position);
}

static void
membership_free (gpointer data)
{
  Membership *step = data;

  g_object_unref (step->store);
  g_object_unref (step->measurement);
  g_free (step);
}

static const SagUiStepTable add_table = { take_out, put_in, membership_free };
static const SagUiStepTable remove_table = { put_in, take_out, membership_free };

static Membership *
membership_new (GListStore *store, SagUiMeasurement *measurement, guint position)
{
  Membership *step = g_new (Membership, 1);

  *step = (Membership){ g_object_ref (store), g_object_ref (measurement), position };
  return step;
}

/* One that was changed: */

typedef struct
{
  SagUiMeasurement *measurement;
  SagUiMeasure      before;
  SagUiMeasure      after;
} Edit;

static void
edit_undo (gpointer data)
{
  Edit *step = data;

  sag_ui_measurement_set_state (step->measurement, &step->before);
}

static void
edit_redo (gpointer data)
{
  Edit *step = data;

  sag_ui_measurement_set_state (step->measurement, &step->after);
}

static void
edit_free (gpointer data)
{
  Edit *step = data;

  g_object_unref (step->measurement);
  g_free (step);
}

static const SagUiStepTable edit_table = { edit_undo, edit_redo, edit_free };

void
sag_ui_measures_push_edit (SagUiMeasures      *self,
                           SagUiMeasurement   *measurement,
                           const SagUiMeasure *before)
{
  Edit *step = g_new (Edit, 1);

  *step =
    (Edit){ g_object_ref (measurement), *before, *sag_ui_measurement_get_state (measurement) };
  sag_ui_journal_push (sag_ui_session_get_journal (self->session), _ ("Measurement changed"),
                       &edit_table, step);
}

static gboolean
has_label (GListModel *list, const char *label)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SagUiMeasurement) one = g_list_model_get_item (list, i);

      if (g_strcmp0 (sag_ui_measurement_get_label (one), label) == 0)
        return TRUE;
    }
  return FALSE;
}

static char *
dup_free_label (GListModel *list, SagRenderMeasureKind kind)
{
  for (int n = 1;; n++)
    {
      /* Translators: a kind of measurement and its number: "Ruler 2". */
      char *label = g_strdup_printf (_ ("%s %d"), sag_ui_measure_get_kind_name (kind), n);

      if (!has_label (list, label))
        return label;
      g_free (label);
    }
}

SagUiMeasurement *
sag_ui_measures_add (SagUiMeasures *self, SagUiCase *one, const SagUiMeasure *state)
{
  GListStore      *store = sag_ui_case_get_measurements (one);
  SagUiMeasure     whole = *state;
  g_autofree char *label = dup_free_label (G_LIST_MODEL (store), state->kind);
  g_autoptr (SagUiMeasurement) measurement = NULL;

  sag_ui_measure_compute (&whole, sag_ui_measures_get_voxels (one));
  measurement = sag_ui_measurement_new (label, &whole);
  g_list_store_append (store, measurement);
  sag_ui_journal_push (sag_ui_session_get_journal (self->session), _ ("Measurement drawn"),
                       &add_table, membership_new (store, measurement, G_MAXUINT));
  sag_ui_trace ("measured", "value", whole.value, NULL);
  sag_ui_measures_choose (self, measurement);
  return measurement;
}

void
sag_ui_measures_remove (SagUiMeasures *self, SagUiMeasurement *measurement)
{
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  GListStore      *store = one != NULL ? sag_ui_case_get_measurements (one) : NULL;
  g_autofree char *sentence = NULL;
  guint            position;

  if (store == NULL || !g_list_store_find (store, measurement, &position))
    return;
  /* Translators: the name of a measurement. */
  sentence = g_strdup_printf (_ ("%s was deleted."), sag_ui_measurement_get_label (measurement));
  sag_ui_journal_push (sag_ui_session_get_journal (self->session), _ ("Measurement deleted"),
                       &remove_table, membership_new (store, measurement, position));
  g_list_store_remove (store, position);
  sag_ui_session_say_done (self->session, sentence);
  changed (self);
}

SagUiMeasurement *
sag_ui_measures_get_chosen (SagUiMeasures *self)
{
  SagUiCase *one = self->session != NULL ? sag_ui_session_get_case (self->session) : NULL;

  if (one == NULL || self->chosen == NULL ||
      !g_list_store_find (sag_ui_case_get_measurements (one), self->chosen, NULL))
    return NULL;
  return self->chosen;
}

void
sag_ui_measures_choose (SagUiMeasures *self, SagUiMeasurement *measurement)
{
  if (g_set_object (&self->chosen, measurement))
    changed (self);
}

void
sag_ui_measures_go (SagUiMeasures *self, SagUiMeasurement *measurement)
{
  double ras_mm[3];

  sag_ui_measure_middle (sag_ui_measurement_get_state (measurement), ras_mm);
  sag_ui_display_set_cross (sag_ui_session_get_display (self->session), ras_mm);
  sag_ui_measures_choose (self, measurement);
}

/* What was drawn while the scan was still being read gets its statistics. */
static void
complete (SagUiCase *one)
{
  GListModel *list = G_LIST_MODEL (sag_ui_case_get_measurements (one));
  SagVolume  *volume = sag_ui_measures_get_voxels (one);

  for (guint i = 0; volume != NULL && i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SagUiMeasurement) measurement = g_list_model_get_item (list, i);
      SagUiMeasure state = *sag_ui_measurement_get_state (measurement);

      if (state.kind != SAG_RENDER_ELLIPSE || state.has_statistics)
        continue;
      sag_ui_measure_compute (&state, volume);
      sag_ui_measurement_set_state (measurement, &state);
    }
}

static void
display_cb (SagUiDisplay *display, guint change, SagUiMeasures *self)
{
  SagUiCase *one = sag_ui_display_get_case (display);

  if (change & SAG_UI_CHANGE_TOOL || (self->n_placed > 0 && !sag_ui_measures_has_draft_case (self)))
    sag_ui_measures_stop_drawing (self);
  if (change & SAG_UI_CHANGE_CASE && one != NULL)
    complete (one);
  if (self->ghost_case != NULL && !self->is_dragging_box &&
      (one != self->ghost_case || sag_ui_case_get_prepared (one) != NULL))
    sag_ui_measures_drop_ghost (self);
  if (change & (SAG_UI_CHANGE_CASE | SAG_UI_CHANGE_OVERLAY | SAG_UI_CHANGE_TOOL))
    changed (self);
}

static void
journal_cb (SagUiJournal *journal, SagUiMeasures *self)
{
  changed (self);
}

static void
touched_cb (SagUiSliceView *view, SagUiMeasures *self)
{
  self->touched = view;
}

static void
view_gone_cb (gpointer data, GObject *view)
{
  SagUiMeasures *self = data;

  g_ptr_array_remove (self->views, view);
  if (self->touched == (gpointer) view)
    self->touched = NULL;
  if (self->draft_view == (gpointer) view)
    self->n_placed = 0;
}

/* Escape gives up what is being drawn, then the tool. */
static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  code,
        GdkModifierType        state,
        SagUiMeasures         *self)
{
  SagUiDisplay *display = self->session != NULL ? sag_ui_session_get_display (self->session) : NULL;

  if (key != GDK_KEY_Escape || display == NULL)
    return GDK_EVENT_PROPAGATE;
  if (self->n_placed > 0)
    sag_ui_measures_stop_drawing (self);
  else if (sag_ui_display_get_tool (display) != SAG_UI_TOOL_NONE)
    g_object_set (display, "tool", SAG_UI_TOOL_NONE, NULL);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

void
sag_ui_measures_attach (SagUiMeasures *self, SagUiSliceView *view)
{
  GtkEventController *keys;

  if (g_ptr_array_find (self->views, view, NULL))
    return;
  g_ptr_array_add (self->views, view);
  g_object_weak_ref (G_OBJECT (view), view_gone_cb, self);
  g_object_set_data_full (G_OBJECT (view), "sag-ui-measures", g_object_ref (self), g_object_unref);
  g_signal_connect_object (view, "touched", G_CALLBACK (touched_cb), self, 0);
  keys = gtk_event_controller_key_new ();
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  sag_ui_slice_view_add_layer (view, &sag_ui_box_layer, self);
  sag_ui_slice_view_add_layer (view, &sag_ui_measure_layer, self);
}

static void
slices_changed_cb (SagUiViews *views, SagUiMeasures *self)
{
  g_autoptr (GPtrArray) slices = sag_ui_views_get_slices (views);

  for (guint i = 0; i < slices->len; i++)
    sag_ui_measures_attach (self, slices->pdata[i]);
}

void
sag_ui_measures_attach_views (SagUiMeasures *self, SagUiViews *views)
{
  slices_changed_cb (views, self);
  g_signal_connect_object (views, "slices-changed", G_CALLBACK (slices_changed_cb), self, 0);
}

GActionGroup *
sag_ui_measures_get_actions (SagUiMeasures *self)
{
  return G_ACTION_GROUP (self->actions);
}

SagUiMeasures *
sag_ui_measures_get (SagUiSession *session)
{
  SagUiMeasures *self = g_object_get_data (G_OBJECT (session), "sag-ui-measures");

  if (self != NULL)
    return self;
  self = g_object_new (SAG_UI_TYPE_MEASURES, NULL);
  g_set_weak_pointer (&self->session, session);
  g_signal_connect_object (sag_ui_session_get_display (session), "changed", G_CALLBACK (display_cb),
                           self, 0);
  g_signal_connect_object (sag_ui_session_get_journal (session), "changed", G_CALLBACK (journal_cb),
                           self, 0);
  sag_ui_measures_init_actions (self);
  sag_ui_measures_update_actions (self);
  g_object_set_data_full (G_OBJECT (session), "sag-ui-measures", self, g_object_unref);
  return self;
}

static void
sag_ui_measures_dispose (GObject *object)
{
  SagUiMeasures *self = SAG_UI_MEASURES (object);

  for (guint i = 0; i < self->views->len; i++)
    g_object_weak_unref (self->views->pdata[i], view_gone_cb, self);
  g_ptr_array_set_size (self->views, 0);
  g_clear_weak_pointer (&self->session);
  g_clear_weak_pointer (&self->draft_case);
  g_clear_object (&self->chosen);
  g_clear_object (&self->hovered);
  g_clear_object (&self->edited);
  g_clear_object (&self->ghost_case);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sag_ui_measures_parent_class)->dispose (object);
}

static void
sag_ui_measures_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_MEASURES (object)->views);
  G_OBJECT_CLASS (sag_ui_measures_parent_class)->finalize (object);
}

static void
sag_ui_measures_class_init (SagUiMeasuresClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_measures_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_measures_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_MEASURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_measures_init (SagUiMeasures *self)
{
  self->views = g_ptr_array_new ();
  self->actions = g_simple_action_group_new ();
}
