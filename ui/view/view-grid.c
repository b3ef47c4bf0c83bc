/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/view-grid.h"

#define GAP 2

/* Parts of the width that the main cell of the large layout takes. */
#define LARGE_PARTS 2
#define ALL_PARTS 3

/* Parts of the height that the main cell of a stack takes. */
#define STACK_PARTS 3
#define ALL_STACK_PARTS 5

struct _SagUiViewGrid
{
  GtkWidget parent;

  SagUiGridLayout layout;
  GtkWidget      *main;
};

G_DEFINE_FINAL_TYPE (SagUiViewGrid, sag_ui_view_grid, GTK_TYPE_WIDGET)

GtkWidget *
sag_ui_view_grid_new (void)
{
  return g_object_new (SAG_UI_TYPE_VIEW_GRID, NULL);
}

void
sag_ui_view_grid_add (SagUiViewGrid *self, GtkWidget *cell)
{
  gtk_widget_set_parent (cell, GTK_WIDGET (self));
  if (self->main == NULL)
    self->main = cell;
}

void
sag_ui_view_grid_set (SagUiViewGrid *self, SagUiGridLayout layout, GtkWidget *main)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  self->layout = layout;
  self->main = main;
  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_child_visible (child, layout != SAG_UI_GRID_SINGLE || child == main);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static int
count_children (GtkWidget *widget)
{
  int n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += gtk_widget_should_layout (child);
  return n;
}

static void
sag_ui_view_grid_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  int largest = 0, largest_natural = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      largest = MAX (largest, child_minimum);
      largest_natural = MAX (largest_natural, child_natural);
    }
  *minimum = 3 * largest + 2 * GAP;
  *natural = MAX (*minimum, 2 * largest_natural + GAP);
}

/* Part @index of @n of a length, and where it begins. */
static int
part (int length, int n, int index, int *start)
{
  int begin = index * (length + GAP) / n, end = (index + 1) * (length + GAP) / n - GAP;

  *start = begin;
  return MAX (end - begin, 0);
}

static GdkRectangle
place_quad (int n, int index, int width, int height)
{
  GdkRectangle at = { 0, 0, width, height };
  int          n_columns = n > 1 ? 2 : 1, n_rows = n > 2 ? 2 : 1;

  at.width = part (width, n_columns, index % n_columns, &at.x);
  at.height = part (height, n_rows, index / n_columns, &at.y);
  return at;
}

static GdkRectangle
place_large (int n, int index, gboolean is_main, int width, int height)
{
  GdkRectangle at = { 0, 0, width, height };
  int          main_width;

  if (n < 2)
    return at;
  main_width = LARGE_PARTS * (width + GAP) / ALL_PARTS - GAP;
  if (is_main)
    {
      at.width = main_width;
      return at;
    }
  at.x = main_width + GAP;
  at.width = MAX (width - at.x, 0);
  at.height = part (height, n - 1, index, &at.y);
  return at;
}

static GdkRectangle
place_stack (int n, int index, gboolean is_main, int width, int height)
{
  GdkRectangle at = { 0, 0, width, height };
  int          main_height;

  if (n < 2)
    return at;
  main_height = STACK_PARTS * (height + GAP) / ALL_STACK_PARTS - GAP;
  if (is_main)
    {
      at.height = main_height;
      return at;
    }
  at.y = main_height + GAP;
  at.height = MAX (height - at.y, 0);
  at.width = part (width, n - 1, index, &at.x);
  return at;
}

static void
sag_ui_view_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SagUiViewGrid *self = SAG_UI_VIEW_GRID (widget);
  int            n = count_children (widget), index = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gboolean     is_main = child == self->main;
      GdkRectangle at = { 0, 0, width, height };

      if (!gtk_widget_should_layout (child))
        continue;
      if (self->layout == SAG_UI_GRID_QUAD)
        at = place_quad (n, index++, width, height);
      else if (self->layout == SAG_UI_GRID_LARGE)
        at = place_large (n, is_main ? 0 : index++, is_main, width, height);
      else if (self->layout == SAG_UI_GRID_STACK)
        at = place_stack (n, is_main ? 0 : index++, is_main, width, height);
      gtk_widget_size_allocate (child, &at, -1);
    }
}

static void
sag_ui_view_grid_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sag_ui_view_grid_parent_class)->dispose (object);
}

static void
sag_ui_view_grid_class_init (SagUiViewGridClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_view_grid_dispose;
  widget_class->measure = sag_ui_view_grid_measure;
  widget_class->size_allocate = sag_ui_view_grid_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "view-grid");
}

static void
sag_ui_view_grid_init (SagUiViewGrid *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
