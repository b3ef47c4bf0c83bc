/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/fold-layout.h"

struct _SagUiFoldLayout
{
  GtkLayoutManager parent;

  int spacing;
};

G_DEFINE_FINAL_TYPE (SagUiFoldLayout, sag_ui_fold_layout, GTK_TYPE_LAYOUT_MANAGER)

static G_DEFINE_QUARK (sag_ui_fold_rank, rank)

  /* Slot: one child while it is laid out. */
  typedef struct
{
  GtkWidget *child;
  guint      rank;
  gboolean   shown;
  int        minimum;
  int        natural;
  int        width;
} Slot;

GtkLayoutManager *
sag_ui_fold_layout_new (int spacing)
{
  SagUiFoldLayout *self = g_object_new (SAG_UI_TYPE_FOLD_LAYOUT, NULL);

  self->spacing = spacing;
  return GTK_LAYOUT_MANAGER (self);
}

void
sag_ui_fold_layout_set_rank (GtkWidget *child, guint rank)
{
  g_object_set_qdata (G_OBJECT (child), rank_quark (), GUINT_TO_POINTER (rank));
  gtk_widget_queue_resize (child);
}

static GArray *
get_slots (GtkWidget *widget)
{
  GArray *slots = g_array_new (FALSE, TRUE, sizeof (Slot));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      Slot slot = { .child = child, .shown = TRUE };

      if (!gtk_widget_should_layout (child))
        continue;
      slot.rank = GPOINTER_TO_UINT (g_object_get_qdata (G_OBJECT (child), rank_quark ()));
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &slot.minimum, &slot.natural, NULL,
                          NULL);
      slot.width = slot.natural;
      g_array_append_val (slots, slot);
    }
  return slots;
}

static void
measure (GtkLayoutManager *manager,
         GtkWidget        *widget,
         GtkOrientation    orientation,
         int               for_size,
         int              *minimum,
         int              *natural,
         int              *minimum_baseline,
         int              *natural_baseline)
{
  g_autoptr (GArray) slots = get_slots (widget);
  int spacing = SAG_UI_FOLD_LAYOUT (manager)->spacing;

  *minimum = *natural = 0;
  for (guint i = 0; i < slots->len; i++)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);
      int         least, best;

      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        {
          *minimum += slot->rank == 0 ? slot->minimum + (*minimum > 0 ? spacing : 0) : 0;
          *natural += slot->natural + (*natural > 0 ? spacing : 0);
          continue;
        }
      gtk_widget_measure (slot->child, orientation, -1, &least, &best, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural = MAX (*natural, best);
    }
  *minimum_baseline = *natural_baseline = -1;
}

/* What all that are shown take, and the spaces between them. */
static int
total_width (GArray *slots, int spacing)
{
  int width = -spacing;

  for (guint i = 0; i < slots->len; i++)
    {
      const Slot *slot = &g_array_index (slots, Slot, i);

      width += slot->shown ? slot->width + spacing : 0;
    }
  return MAX (width, 0);
}

static Slot *
least_important (GArray *slots)
{
  Slot *least = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      Slot *slot = &g_array_index (slots, Slot, i);

      if (slot->shown && slot->rank > 0 && (least == NULL || slot->rank > least->rank))
        least = slot;
    }
  return least;
}

/* Those of rank 0 give way down to their minimum, the widest gap first. */
static void
shrink (GArray *slots, int excess)
{
  while (excess > 0)
    {
      Slot *widest = NULL;
      int   step;

      for (guint i = 0; i < slots->len; i++)
        {
          Slot *slot = &g_array_index (slots, Slot, i);

          if (slot->shown && slot->width > slot->minimum &&
              (widest == NULL || slot->width - slot->minimum > widest->width - widest->minimum))
            widest = slot;
        }
      if (widest == NULL)
        return;
      step = MIN (excess, widest->width - widest->minimum);
      widest->width -= step;
      excess -= step;
    }
}

static void
grow (GArray *slots, int extra)
{
  guint n = 0;

  for (guint i = 0; i < slots->len; i++)
    {
      Slot *slot = &g_array_index (slots, Slot, i);

      n += slot->shown && gtk_widget_compute_expand (slot->child, GTK_ORIENTATION_HORIZONTAL);
    }
  for (guint i = 0; i < slots->len && n > 0; i++)
    {
      Slot *slot = &g_array_index (slots, Slot, i);

      if (!slot->shown || !gtk_widget_compute_expand (slot->child, GTK_ORIENTATION_HORIZONTAL))
        continue;
      slot->width += extra / (int) n;
      extra -= extra / (int) n;
      n--;
    }
}

static void
allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  g_autoptr (GArray) slots = get_slots (widget);
  int      spacing = SAG_UI_FOLD_LAYOUT (manager)->spacing;
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int      x = 0;
  Slot    *slot;

  while (total_width (slots, spacing) > width && (slot = least_important (slots)) != NULL)
    slot->shown = FALSE;
  shrink (slots, total_width (slots, spacing) - width);
  grow (slots, MAX (0, width - total_width (slots, spacing)));
  for (guint i = 0; i < slots->len; i++)
    {
      GtkAllocation place;

      slot = &g_array_index (slots, Slot, i);
      gtk_widget_set_child_visible (slot->child, slot->shown);
      if (!slot->shown)
        continue;
      place = (GtkAllocation){ mirrored ? width - x - slot->width : x, 0, slot->width, height };
      gtk_widget_size_allocate (slot->child, &place, -1);
      x += slot->width + spacing;
    }
}

static void
sag_ui_fold_layout_class_init (SagUiFoldLayoutClass *class)
{
  GTK_LAYOUT_MANAGER_CLASS (class)->measure = measure;
  GTK_LAYOUT_MANAGER_CLASS (class)->allocate = allocate;
}

static void
sag_ui_fold_layout_init (SagUiFoldLayout *self)
{
}
