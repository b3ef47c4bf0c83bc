/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/case-list.h"

#include "ui/base/keymap.h"
#include "ui/case/case-row.h"
#include "ui/case/loss.h"

#include <glib/gi18n.h>

struct _SagUiCaseList
{
  AdwBin parent;

  SagUiSession *session;
  GtkListBox   *list;
  GtkWidget    *steps;
  GtkWidget    *previous;
  GtkWidget    *next;
  GtkLabel     *position;
};

G_DEFINE_FINAL_TYPE (SagUiCaseList, sag_ui_case_list, ADW_TYPE_BIN)

static SagUiCases *
get_cases (SagUiCaseList *self)
{
  return sag_ui_session_get_cases (self->session);
}

/* A case that was closed: where it was, and whether it was the one looked at. */
typedef struct
{
  SagUiCases *cases;
  SagUiCase  *one;
  guint       index;
  gboolean    was_current;
} Closed;

static void
closed_free (gpointer data)
{
  Closed *closed = data;

  g_object_unref (closed->cases);
  g_object_unref (closed->one);
  g_free (closed);
}

static void
reopen (gpointer data)
{
  Closed    *closed = data;
  SagUiCase *open = sag_ui_cases_find (closed->cases, sag_ui_case_get_file (closed->one));

  /* One that was opened again meanwhile is the same, unless the closed one has what is nowhere else. */
  if (open == NULL || (open != closed->one && sag_ui_loss_get (closed->one) != NULL))
    {
      sag_ui_cases_insert (closed->cases, closed->index, closed->one);
      open = closed->one;
    }
  if (closed->was_current)
    sag_ui_cases_set_current (closed->cases, open);
}

static void
close_now (SagUiCaseList *self, SagUiCase *one)
{
  SagUiCases *cases = get_cases (self);
  Closed     *closed = g_new (Closed, 1);
  /* Translators: a case's name. */
  g_autofree char *sentence = g_strdup_printf (_ ("Closed “%s”."), sag_ui_case_get_title (one));

  closed->cases = g_object_ref (cases);
  closed->one = g_object_ref (one);
  closed->index = sag_ui_cases_index_of (cases, one);
  closed->was_current = one == sag_ui_cases_get_current (cases);
  sag_ui_cases_remove (cases, one);
  sag_ui_session_say_undoable (self->session, sentence, reopen, closed, closed_free);
}

typedef struct
{
  SagUiCaseList *list;
  SagUiCase     *one;
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  g_object_unref (closing->list);
  g_object_unref (closing->one);
  g_free (closing);
}

static void
close_anyway (gboolean keep, gpointer data)
{
  Closing *closing = data;

  if (closing->list->session != NULL &&
      sag_ui_cases_index_of (get_cases (closing->list), closing->one) != G_MAXUINT)
    close_now (closing->list, closing->one);
}

void
sag_ui_case_list_close (SagUiCaseList *self, SagUiCase *one)
{
  Closing *closing;

  if (sag_ui_loss_get (one) == NULL || sag_ui_loss_is_sheltered (get_cases (self), one))
    {
      close_now (self, one);
      return;
    }
  closing = g_new (Closing, 1);
  closing->list = g_object_ref (self);
  closing->one = g_object_ref (one);
  sag_ui_loss_ask (GTK_WIDGET (self), sag_ui_loss_get (one), FALSE, close_anyway, closing,
                   closing_free);
}

static void
close_cb (SagUiCaseRow *row, SagUiCaseList *self)
{
  sag_ui_case_list_close (self, sag_ui_case_row_get_case (row));
}

/* The row that a menu or a key is about. */
static SagUiCaseRow *
get_row (SagUiCaseList *self, double y)
{
  GtkListBoxRow *row = y >= 0 ? gtk_list_box_get_row_at_y (self->list, (int) y)
                              : gtk_list_box_get_selected_row (self->list);

  return SAG_UI_CASE_ROW (row);
}

static void
close_row (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCaseRow *row = get_row (SAG_UI_CASE_LIST (widget), -1);

  if (row != NULL)
    close_cb (row, SAG_UI_CASE_LIST (widget));
}

static void
copy_name (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCaseRow *row = get_row (SAG_UI_CASE_LIST (widget), -1);

  if (row != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                            sag_ui_case_get_title (sag_ui_case_row_get_case (row)));
}

static void
popup (SagUiCaseList *self, SagUiCaseRow *row)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget      *popover;
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self), &bounds))
    return;
  gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
  g_menu_append (menu, _ ("_Copy the Name"), "case-list.copy-name");
  g_menu_append (menu, _ ("C_lose"), "case-list.close");
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (
    GTK_POPOVER (popover), &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y,
                                            (int) bounds.size.width, (int) bounds.size.height });
  g_signal_connect (popover, "closed", G_CALLBACK (gtk_widget_unparent), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

static void
show_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiCaseRow *row = get_row (SAG_UI_CASE_LIST (widget), -1);

  if (row != NULL)
    popup (SAG_UI_CASE_LIST (widget), row);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, SagUiCaseList *self)
{
  SagUiCaseRow *row = get_row (self, y);

  if (row != NULL)
    popup (self, row);
}

static GtkWidget *
create_row (gpointer item, gpointer self)
{
  GtkWidget *row = sag_ui_case_row_new (item);

  g_signal_connect_object (row, "close", G_CALLBACK (close_cb), self, 0);
  return row;
}

static void
selected_cb (GtkListBox *list, GtkListBoxRow *row, SagUiCaseList *self)
{
  SagUiCase *one = row != NULL ? sag_ui_case_row_get_case (SAG_UI_CASE_ROW (row)) : NULL;

  /* A row on its way out may be unselected, or pass the selection on: the cases decide. */
  if (one != NULL && sag_ui_cases_index_of (get_cases (self), one) != G_MAXUINT)
    sag_ui_cases_set_current (get_cases (self), one);
}

static void
update (SagUiCaseList *self)
{
  SagUiCases      *cases = get_cases (self);
  SagUiCase       *one = sag_ui_cases_get_current (cases);
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (cases));
  guint            index = one != NULL ? sag_ui_cases_index_of (cases, one) : G_MAXUINT;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->steps, n > 1);
  if (index == G_MAXUINT)
    return;
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int) index));
  /* Translators: the how-manieth case of how many. */
  text = g_strdup_printf (_ ("%u of %u"), index + 1, n);
  gtk_label_set_text (self->position, text);
}

void
sag_ui_case_list_set_session (SagUiCaseList *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (get_cases (self)), create_row, self, NULL);
  g_signal_connect_object (get_cases (self), "notify::current", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_cases (self), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (selected_cb), self);
  sag_ui_keymap_set_tooltip (self->previous, _ ("Previous case"), "win.previous-case");
  sag_ui_keymap_set_tooltip (self->next, _ ("Next case"), "win.next-case");
  update (self);
}

static void
sag_ui_case_list_dispose (GObject *object)
{
  SagUiCaseList *self = SAG_UI_CASE_LIST (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_CASE_LIST);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_case_list_parent_class)->dispose (object);
}

static void
sag_ui_case_list_class_init (SagUiCaseListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_case_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/case-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseList, list);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseList, steps);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseList, previous);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseList, next);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseList, position);
  gtk_widget_class_install_action (widget_class, "case-list.close", NULL, close_row);
  gtk_widget_class_install_action (widget_class, "case-list.copy-name", NULL, copy_name);
  gtk_widget_class_install_action (widget_class, "menu.popup", NULL, show_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "case-list.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "menu.popup", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "menu.popup",
                                       NULL);
}

static void
sag_ui_case_list_init (SagUiCaseList *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (click));
}
