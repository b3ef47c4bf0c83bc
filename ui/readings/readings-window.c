/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/readings/readings-window.h"

#include "ui/project/words.h"
#include "ui/readings/tables.h"
#include "ui/readings/words.h"

#include <glib/gi18n.h>

#define MARGIN 12

struct _SagUiReadingsWindow
{
  AdwWindow parent;

  SagUiProject       *project;
  SagUiMasks         *masks;
  SagUiReadings      *readings;
  GListStore         *agreement;
  GListStore         *differences;
  GtkSingleSelection *selection;
  GtkWidget          *stack;
  GtkWidget          *summary;
  GtkWidget          *undecided;
  GtkWidget          *view; /* of differences */
  GtkWidget          *deeds;
};

G_DEFINE_FINAL_TYPE (SagUiReadingsWindow, sag_ui_readings_window, ADW_TYPE_WINDOW)

/* -1: none */
static int
get_place (SagUiReadingsWindow *self)
{
  SagUiReadingRow *row = gtk_single_selection_get_selected_item (self->selection);

  return row != NULL && sag_ui_readings_get (self->readings) != NULL
           ? (int) sag_ui_reading_row_get_place (row)
           : -1;
}

static const SagDifference *
get_difference (SagUiReadingsWindow *self)
{
  const int place = get_place (self);

  return place >= 0 ? sag_ui_readings_get_difference (self->readings, (guint) place) : NULL;
}

/* Deciding */

static void
decide_label (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiReadingsWindow *self = SAG_UI_READINGS_WINDOW (widget);
  const SagDifference *difference = get_difference (self);

  if (difference != NULL && difference->masks == NULL)
    sag_ui_readings_decide (self->readings, (guint) get_place (self),
                            (SagLabelValue) g_variant_get_int32 (parameter));
}

/* The place of the reader who painted as the @n-th; -1: there are fewer. Masks stand by reader. */
static int
find_painter (const SagDifference *difference, int n)
{
  int last = -1;

  for (guint m = 0; difference->masks != NULL && m < difference->masks->len; m++)
    {
      const int reader = (int) g_array_index (difference->masks, SagMaskReading, m).reader;

      if (reader != last && n-- == 0)
        return reader;
      last = reader;
    }
  return -1;
}

static void
take_mask (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiReadingsWindow *self = SAG_UI_READINGS_WINDOW (widget);
  const SagDifference *difference = get_difference (self);
  const int            place =
    difference != NULL ? find_painter (difference, g_variant_get_int32 (parameter)) : -1;

  if (place >= 0)
    sag_ui_readings_take (self->readings, (guint) get_place (self), (guint) place);
}

static void
combine_masks (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiReadingsWindow *self = SAG_UI_READINGS_WINDOW (widget);
  const SagDifference *difference = get_difference (self);

  if (difference != NULL && difference->masks != NULL)
    sag_ui_readings_combine (self->readings, (guint) get_place (self),
                             (SagMaskOperation) g_variant_get_int32 (parameter));
}

static void
forget (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiReadingsWindow *self = SAG_UI_READINGS_WINDOW (widget);

  if (get_place (self) >= 0)
    sag_ui_readings_forget (self->readings, (guint) get_place (self));
}

/* @key: as people read it */
static GtkWidget *
add_deed (SagUiReadingsWindow *self,
          GtkWidget           *box,
          const char          *title,
          const char          *hint,
          const char          *key,
          const char          *action,
          int                  value)
{
  GtkWidget       *button = gtk_button_new_with_label (title);
  g_autofree char *tip = NULL;

  /* Translators: what a button does, then its key. */
  tip = g_strdup_printf (_ ("%s (%s)"), hint, key);
  gtk_widget_set_tooltip_text (button, tip);
  if (value >= 0)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", value);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_label_deeds (SagUiReadingsWindow *self, GtkWidget *box, const SagReviewRow *decision)
{
  static const char *const keys[] = { "", "Y", "N", "U", "Q", "Z" };

  for (int v = 1; v < SAG_N_LABEL_VALUES; v++)
    {
      GtkWidget *button =
        add_deed (self, box, sag_ui_project_get_value_title ((SagLabelValue) v),
                  sag_ui_project_get_value_hint ((SagLabelValue) v), keys[v], "readings.label", v);

      if (decision != NULL && decision->value == (SagLabelValue) v)
        gtk_widget_add_css_class (button, "suggested-action");
    }
}

static void
add_mask_deeds (SagUiReadingsWindow *self, GtkWidget *box, const SagDifference *difference)
{
  char *const *readers = sag_ui_readings_get (self->readings)->readers;

  for (int n = 0, reader; (reader = find_painter (difference, n)) >= 0; n++)
    {
      g_autofree char *key = g_strdup_printf ("%d", n + 1);
      /* Translators: the name of a reader. */
      g_autofree char *title = g_strdup_printf (_ ("Take %s’s"), readers[reader]);

      add_deed (self, box, title, _ ("What this reader painted is what counts"), key,
                "readings.take", n);
    }
  add_deed (self, box, _ ("Union"), _ ("What any of them has"), "O", "readings.combine",
            SAG_MASK_UNION);
  add_deed (self, box, _ ("Intersection"), _ ("What all of them have"), "A", "readings.combine",
            SAG_MASK_INTERSECTION);
}

/* What can be decided of the chosen row. */
static void
update_deeds (SagUiReadingsWindow *self)
{
  const SagDifference *difference = get_difference (self);
  const SagReviewRow  *decision =
    difference != NULL ? sag_ui_readings_get_decision (self->readings, (guint) get_place (self))
                        : NULL;
  GtkWidget *child, *linked, *button;

  while ((child = gtk_widget_get_first_child (self->deeds)) != NULL)
    gtk_box_remove (GTK_BOX (self->deeds), child);
  if (difference == NULL)
    return;
  linked = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (linked, "linked");
  gtk_accessible_update_property (GTK_ACCESSIBLE (linked), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What counts"), -1);
  if (difference->masks != NULL)
    add_mask_deeds (self, linked, difference);
  else
    add_label_deeds (self, linked, decision);
  gtk_box_append (GTK_BOX (self->deeds), linked);
  button = add_deed (self, self->deeds, _ ("Undecided"), _ ("Nothing counts yet"), _ ("Delete"),
                     "readings.forget", -1);
  gtk_widget_set_sensitive (button, decision != NULL && sag_ui_project_can_write (self->project));
  child = gtk_label_new (NULL);
  gtk_widget_set_hexpand (child, TRUE);
  gtk_box_append (GTK_BOX (self->deeds), child);
  add_deed (self, self->deeds, _ ("Open Case"), _ ("Shows it with the outlines of all readings"),
            _ ("Enter"), "readings.open", -1);
  gtk_widget_set_sensitive (linked, sag_ui_project_can_write (self->project));
}

/* Opening */

typedef struct
{
  SagUiMasks *masks;
  guint       turn;
  gint64      one;
  SagGeometry geometry;
  GHashTable *colours; /* of UUIDs, + 1 */
  GPtrArray  *found;   /* SagStoredMask */
} Outlines;

static gboolean
read_outlines (SagDb *db, gpointer data, GError **error)
{
  Outlines *outlines = data;

  g_clear_pointer (&outlines->found, g_ptr_array_unref);
  outlines->found = sag_masks_list (db, outlines->one, NULL, &outlines->geometry, error);
  return outlines->found != NULL;
}

static void
outlines_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outlines *outlines = user_data;

  if (sag_store_run_finish (result, NULL))
    for (guint m = 0; m < outlines->found->len; m++)
      {
        const SagStoredMask *stored = g_ptr_array_index (outlines->found, m);
        const guint          colour =
          GPOINTER_TO_UINT (g_hash_table_lookup (outlines->colours, stored->info->id));

        if (colour > 0)
          sag_ui_masks_add_reading (outlines->masks, outlines->turn, stored->mask, colour - 1);
      }
  g_clear_pointer (&outlines->found, g_ptr_array_unref);
  g_hash_table_unref (outlines->colours);
  g_object_unref (outlines->masks);
  g_free (outlines);
}

/* All readings of the case are drawn, whatever the task: what is next to each other is decided together. */
static void
show_outlines (SagUiReadingsWindow *self, const SagCaseRow *one)
{
  const SagReadings *readings = sag_ui_readings_get (self->readings);
  Outlines          *outlines = g_new0 (Outlines, 1);

  outlines->masks = g_object_ref (self->masks);
  outlines->one = one->id;
  outlines->geometry = one->geometry;
  outlines->colours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint d = 0; d < readings->differences->len; d++)
    {
      const SagDifference *difference = g_ptr_array_index (readings->differences, d);

      for (guint m = 0;
           difference->one == one && difference->masks != NULL && m < difference->masks->len; m++)
        {
          const SagMaskReading *mask = &g_array_index (difference->masks, SagMaskReading, m);

          g_hash_table_insert (outlines->colours, g_strdup (mask->mask),
                               GUINT_TO_POINTER (sag_ui_readings_get_colour (mask->reader) + 1));
        }
    }
  outlines->turn = sag_ui_masks_begin_readings (self->masks, one->id);
  sag_store_read_async (sag_ui_project_get_store (self->project), read_outlines, outlines,
                        outlines_cb, outlines);
}

static void
open_case (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiReadingsWindow *self = SAG_UI_READINGS_WINDOW (widget);
  const SagDifference *difference = get_difference (self);
  GtkWindow           *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (difference == NULL)
    return;
  sag_ui_project_go (self->project, difference->one->id);
  if (difference->one->geometry.dims[0] > 0)
    show_outlines (self, difference->one);
  if (parent != NULL)
    gtk_window_present (parent);
}

static void
activated_cb (GtkColumnView *view, guint position, GtkWidget *self)
{
  open_case (self, NULL, NULL);
}

/* What is shown */

static void
update_summary (SagUiReadingsWindow *self)
{
  g_autofree char *text = sag_ui_readings_dup_summary (self->readings);

  gtk_label_set_text (GTK_LABEL (self->summary), text);
}

static void
fill_differences (SagUiReadingsWindow *self)
{
  sag_ui_readings_fill_differences (
    self->readings, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->undecided)),
    self->differences);
  update_deeds (self);
}

static void
changed_cb (SagUiReadingsWindow *self)
{
  gboolean has_readings;

  sag_ui_readings_fill_agreement (self->readings, self->agreement);
  fill_differences (self);
  update_summary (self);
  has_readings = g_list_model_get_n_items (G_LIST_MODEL (self->agreement)) > 0;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), has_readings ? "work" : "empty");
  /* Keys decide from the start. What is not shown must not have the focus: no key would be heard. */
  if (has_readings)
    gtk_widget_grab_focus (self->view);
  else
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

/* A row that was decided stays until the list is made anew: nothing jumps away under one's hand. */
static void
decided_cb (SagUiReadings *readings, guint place, SagUiReadingsWindow *self)
{
  const guint selected = gtk_single_selection_get_selected (self->selection);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->differences)); i++)
    {
      g_autoptr (SagUiReadingRow) row = g_list_model_get_item (G_LIST_MODEL (self->differences), i);

      if (sag_ui_reading_row_get_place (row) == place)
        g_list_store_splice (self->differences, i, 1, (gpointer *) &row, 1);
    }
  gtk_single_selection_set_selected (self->selection, selected);
  update_deeds (self);
  update_summary (self);
}

/* Putting it together */

static GtkWidget *
create_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

static GtkWidget *
create_scroller (GtkWidget *view, int height)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), height);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_add_css_class (scroller, "card");
  return scroller;
}

static GtkWidget *
create_differences (SagUiReadingsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *view =
    sag_ui_readings_create_differences (self->readings, GTK_SELECTION_MODEL (self->selection));

  self->view = view;
  self->summary = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->summary, "dim-label");
  gtk_widget_add_css_class (self->summary, "numeric");
  self->undecided = gtk_check_button_new_with_label (_ ("Only to decide"));
  gtk_widget_set_tooltip_text (self->undecided, _ ("Only differences that nobody has decided"));
  self->deeds = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_append (GTK_BOX (head), create_heading (_ ("Where Readers Differ")));
  gtk_box_append (GTK_BOX (head), self->summary);
  gtk_box_append (GTK_BOX (head), self->undecided);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), create_scroller (view, 160));
  gtk_box_append (GTK_BOX (box), self->deeds);
  g_signal_connect_object (self->undecided, "toggled", G_CALLBACK (fill_differences), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "activate", G_CALLBACK (activated_cb), self, 0);
  return box;
}

static GtkWidget *
create_work (SagUiReadingsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, MARGIN);
  GtkWidget *above = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_box_append (GTK_BOX (above), create_heading (_ ("Agreement")));
  gtk_box_append (
    GTK_BOX (above),
    create_scroller (sag_ui_readings_create_agreement (self->readings, self->agreement), 130));
  gtk_box_append (GTK_BOX (box), above);
  gtk_box_append (GTK_BOX (box), create_differences (self));
  gtk_widget_set_margin_start (box, MARGIN);
  gtk_widget_set_margin_end (box, MARGIN);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, MARGIN);
  return box;
}

static GtkWidget *
create_stack (SagUiReadingsWindow *self)
{
  GtkWidget *empty = adw_status_page_new ();
  GtkWidget *wait = gtk_spinner_new ();

  self->stack = gtk_stack_new ();
  gtk_spinner_start (GTK_SPINNER (wait));
  gtk_widget_set_halign (wait, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (wait, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (wait, 32, 32);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "system-users-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("No Second Reading Yet"));
  adw_status_page_set_description (
    ADW_STATUS_PAGE (empty),
    _ ("As soon as two readers have labelled or painted the same case, how well they agree stands "
       "here. Who works is chosen in the preferences; until they come together here, each sees "
       "only their own labels and masks."));
  gtk_stack_add_named (GTK_STACK (self->stack), wait, "wait");
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), create_work (self), "work");
  gtk_widget_set_vexpand (self->stack, TRUE);
  return self->stack;
}

static void
load_again (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sag_ui_readings_load (SAG_UI_READINGS_WINDOW (widget)->readings);
}

static GtkWidget *
create_header (void)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *again = gtk_button_new_from_icon_name ("view-refresh-symbolic");

  gtk_widget_set_tooltip_text (again, _ ("Read again (F5)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (again), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Read again"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (again), "readings.load");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), again);
  return header;
}

SagUiReadingsWindow *
sag_ui_readings_window_new (SagUiProject *project, SagUiMasks *masks, GtkWindow *parent)
{
  SagUiReadingsWindow *self =
    g_object_new (SAG_UI_TYPE_READINGS_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE,
                  "default-width", 980, "default-height", 640, "title", _ ("Readings"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->project = g_object_ref (project);
  self->masks = g_object_ref (masks);
  self->readings = sag_ui_readings_new (project);
  self->agreement = g_list_store_new (SAG_UI_TYPE_READING_ROW);
  self->differences = g_list_store_new (SAG_UI_TYPE_READING_ROW);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->differences)));
  gtk_box_append (GTK_BOX (box), create_header ());
  gtk_box_append (GTK_BOX (box), create_stack (self));
  adw_window_set_content (ADW_WINDOW (self), box);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (update_deeds),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->readings, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->readings, "decided", G_CALLBACK (decided_cb), self, 0);
  g_signal_connect_object (project, "closing", G_CALLBACK (gtk_window_destroy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (project, "reader", G_CALLBACK (gtk_window_destroy), self,
                           G_CONNECT_SWAPPED);
  return self;
}

static void
sag_ui_readings_window_dispose (GObject *object)
{
  SagUiReadingsWindow *self = SAG_UI_READINGS_WINDOW (object);

  if (self->masks != NULL)
    sag_ui_masks_begin_readings (self->masks, 0);
  if (self->readings != NULL)
    sag_ui_readings_stop (self->readings);
  g_clear_object (&self->selection);
  g_clear_object (&self->agreement);
  g_clear_object (&self->differences);
  g_clear_object (&self->readings);
  g_clear_object (&self->masks);
  g_clear_object (&self->project);
  G_OBJECT_CLASS (sag_ui_readings_window_parent_class)->dispose (object);
}

static void
bind_keys (GtkWidgetClass *class)
{
  static const guint keys[] = { 0, GDK_KEY_y, GDK_KEY_n, GDK_KEY_u, GDK_KEY_q, GDK_KEY_z };

  for (int v = 1; v < SAG_N_LABEL_VALUES; v++)
    gtk_widget_class_add_binding_action (class, keys[v], 0, "readings.label", "i", v);
  for (int m = 0; m < 9; m++)
    gtk_widget_class_add_binding_action (class, GDK_KEY_1 + (guint) m, 0, "readings.take", "i", m);
  gtk_widget_class_add_binding_action (class, GDK_KEY_o, 0, "readings.combine", "i",
                                       SAG_MASK_UNION);
  gtk_widget_class_add_binding_action (class, GDK_KEY_a, 0, "readings.combine", "i",
                                       SAG_MASK_INTERSECTION);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Delete, 0, "readings.forget", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F5, 0, "readings.load", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sag_ui_readings_window_class_init (SagUiReadingsWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_readings_window_dispose;
  gtk_widget_class_install_action (widget_class, "readings.label", "i", decide_label);
  gtk_widget_class_install_action (widget_class, "readings.take", "i", take_mask);
  gtk_widget_class_install_action (widget_class, "readings.combine", "i", combine_masks);
  gtk_widget_class_install_action (widget_class, "readings.forget", NULL, forget);
  gtk_widget_class_install_action (widget_class, "readings.open", NULL, open_case);
  gtk_widget_class_install_action (widget_class, "readings.load", NULL, load_again);
  bind_keys (widget_class);
}

static void
sag_ui_readings_window_init (SagUiReadingsWindow *self)
{
}
