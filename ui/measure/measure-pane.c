/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/measure/measure-pane.h"

#include "ui/base/keymap.h"
#include "ui/measure/measures.h"

#include <glib/gi18n.h>
#include <math.h>

/* Milliseconds after the last change of a number before the box moves there. */
#define SHIFT_PAUSE_MS 600

struct _SagUiMeasurePane
{
  AdwBin parent;

  SagUiSession    *session;
  SagUiMeasures   *measures;
  GtkToggleButton *ruler_button;
  GtkToggleButton *angle_button;
  GtkToggleButton *ellipse_button;
  GtkToggleButton *box_button;
  GtkStack        *stack;
  GtkListBox      *list;
  GtkLabel        *box_label;
  GtkSpinButton   *shift_r;
  GtkSpinButton   *shift_a;
  GtkSpinButton   *shift_s;
  guint            shift_id;
  gboolean         is_updating;
};

G_DEFINE_FINAL_TYPE (SagUiMeasurePane, sag_ui_measure_pane, ADW_TYPE_BIN)

static const char *const icons[] = { "sagitta-ruler-symbolic", "sagitta-angle-symbolic",
                                     "sagitta-ellipse-symbolic" };

static SagUiMeasurement *
get_measurement (gpointer row)
{
  return g_object_get_data (row, "measurement");
}

static void
remove_cb (GtkButton *button, SagUiMeasurePane *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW);

  sag_ui_measures_remove (self->measures, get_measurement (row));
}

static GtkWidget *
new_label (SagUiMeasurement *measurement, const char *property, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_add_css_class (label, class);
  gtk_widget_add_css_class (label, "numeric");
  g_object_bind_property (measurement, property, label, "label", G_BINDING_SYNC_CREATE);
  return label;
}

/* The name and where it is, on one line; the value below. */
static GtkWidget *
new_words (SagUiMeasurement *measurement)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_editable_label_new ("");
  GtkWidget *place = new_label (measurement, "place", "dim-label");

  g_object_bind_property (measurement, "label", name, "text",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the measurement"), -1);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (name, "caption");
  gtk_widget_add_css_class (place, "caption");
  gtk_box_append (GTK_BOX (head), name);
  gtk_box_append (GTK_BOX (head), place);
  gtk_box_append (GTK_BOX (words), head);
  gtk_box_append (GTK_BOX (words), new_label (measurement, "value", "value"));
  return words;
}

static void
describe_cb (SagUiMeasurement *measurement, GParamSpec *pspec, GtkWidget *row)
{
  g_autofree char *value = NULL, *place = NULL, *text = NULL;

  g_object_get (measurement, "value", &value, "place", &place, NULL);
  /* Translators: name, value and place of a measurement, for a screen reader. */
  text =
    g_strdup_printf (_ ("%s: %s, %s"), sag_ui_measurement_get_label (measurement), value, place);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  SagUiMeasurement *measurement = item;
  GtkWidget        *row = gtk_list_box_row_new ();
  GtkWidget        *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget        *icon =
    gtk_image_new_from_icon_name (icons[sag_ui_measurement_get_state (measurement)->kind]);
  GtkWidget *words = new_words (measurement);
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");

  g_object_set_data_full (G_OBJECT (row), "measurement", g_object_ref (measurement),
                          g_object_unref);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_margin_top (icon, 4);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _ ("Delete"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Delete the measurement"), -1);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), user_data, 0);
  g_signal_connect_object (measurement, "notify", G_CALLBACK (describe_cb), row, 0);
  describe_cb (measurement, NULL, row);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), remove);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  return row;
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, SagUiMeasurePane *self)
{
  sag_ui_measures_go (self->measures, get_measurement (row));
}

/* The row of the chosen measurement is the selected one. */
static void
select_chosen (SagUiMeasurePane *self)
{
  SagUiMeasurement *chosen = sag_ui_measures_get_chosen (self->measures);
  GtkListBoxRow    *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (get_measurement (row) == chosen)
      break;
  if (row != gtk_list_box_get_selected_row (self->list))
    gtk_list_box_select_row (self->list, row);
}

static char *
dup_mm (double mm)
{
  return mm < 0 ? g_strdup_printf ("−%.0f", -mm) : g_strdup_printf ("%.0f", mm);
}

static void
update_box (SagUiMeasurePane *self, SagUiCase *one)
{
  GtkSpinButton   *entries[] = { self->shift_r, self->shift_a, self->shift_s };
  double           shift_mm[3] = { 0 };
  g_autofree char *text = NULL, *r = NULL, *a = NULL, *s = NULL;

  if (one != NULL)
    sag_ui_case_get_box_shift (one, shift_mm);
  for (int c = 0; c < 3 && self->shift_id == 0; c++)
    gtk_spin_button_set_value (entries[c], shift_mm[c]);
  if (shift_mm[0] == 0 && shift_mm[1] == 0 && shift_mm[2] == 0)
    {
      gtk_label_set_label (self->box_label, _ ("The model sees only this part of the scan."));
      return;
    }
  r = dup_mm (shift_mm[0]);
  a = dup_mm (shift_mm[1]);
  s = dup_mm (shift_mm[2]);
  /* Translators: by how many millimetres a box was moved to the right, front and head. */
  text = g_strdup_printf (_ ("Moved by R %s, A %s, S %s mm."), r, a, s);
  gtk_label_set_label (self->box_label, text);
}

static void
update (SagUiMeasurePane *self)
{
  SagUiCase *one = sag_ui_session_get_case (self->session);
  guint      n =
    one != NULL ? g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_measurements (one))) : 0;

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
  self->is_updating = TRUE;
  select_chosen (self);
  update_box (self, one);
  self->is_updating = FALSE;
}

static void
changed_cb (SagUiMeasures *measures, SagUiMeasurePane *self)
{
  update (self);
}

static void
case_cb (SagUiDisplay *display, GParamSpec *pspec, SagUiMeasurePane *self)
{
  SagUiCase *one = sag_ui_display_get_case (display);

  g_clear_handle_id (&self->shift_id, g_source_remove);
  gtk_list_box_bind_model (self->list,
                           one != NULL ? G_LIST_MODEL (sag_ui_case_get_measurements (one)) : NULL,
                           create_row, self, NULL);
  update (self);
}

static gboolean
shift_cb (gpointer data)
{
  SagUiMeasurePane *self = data;

  self->shift_id = 0;
  sag_ui_measures_shift_box (self->measures,
                             (const double[3]){ gtk_spin_button_get_value (self->shift_r),
                                                gtk_spin_button_get_value (self->shift_a),
                                                gtk_spin_button_get_value (self->shift_s) });
  return G_SOURCE_REMOVE;
}

static void
shift_changed_cb (GtkSpinButton *entry, SagUiMeasurePane *self)
{
  if (self->is_updating)
    return;
  g_clear_handle_id (&self->shift_id, g_source_remove);
  self->shift_id = g_timeout_add (SHIFT_PAUSE_MS, shift_cb, self);
}

static void
selected_cb (GtkListBox *list, GtkListBoxRow *row, SagUiMeasurePane *self)
{
  if (!self->is_updating && row != NULL)
    sag_ui_measures_choose (self->measures, get_measurement (row));
}

void
sag_ui_measure_pane_set_session (SagUiMeasurePane *self, SagUiSession *session)
{
  SagUiDisplay *display = sag_ui_session_get_display (session);

  g_set_object (&self->session, session);
  g_set_object (&self->measures, sag_ui_measures_get (session));
  g_signal_connect_object (self->measures, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (display, "notify::case", G_CALLBACK (case_cb), self, 0);
  case_cb (display, NULL, self);
}

static void
sag_ui_measure_pane_dispose (GObject *object)
{
  SagUiMeasurePane *self = SAG_UI_MEASURE_PANE (object);

  g_clear_handle_id (&self->shift_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAG_UI_TYPE_MEASURE_PANE);
  g_clear_object (&self->measures);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_measure_pane_parent_class)->dispose (object);
}

static void
sag_ui_measure_pane_class_init (SagUiMeasurePaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_measure_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/measure-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, ruler_button);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, angle_button);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, ellipse_button);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, box_button);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, stack);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, list);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, box_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, shift_r);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, shift_a);
  gtk_widget_class_bind_template_child (widget_class, SagUiMeasurePane, shift_s);
}

static void
sag_ui_measure_pane_init (SagUiMeasurePane *self)
{
  GtkSpinButton *entries[3];

  gtk_widget_init_template (GTK_WIDGET (self));
  entries[0] = self->shift_r;
  entries[1] = self->shift_a;
  entries[2] = self->shift_s;
  for (int c = 0; c < 3; c++)
    g_signal_connect (entries[c], "value-changed", G_CALLBACK (shift_changed_cb), self);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (selected_cb), self);
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->ruler_button), _ ("Ruler"), "measure.tool('ruler')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->angle_button), _ ("Angle"), "measure.tool('angle')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->ellipse_button),
                             _ ("Ellipse: mean, deviation, lowest and highest value, area"),
                             "measure.tool('ellipse')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->box_button), _ ("Move the box on the slices"),
                             "measure.tool('box')");
}
