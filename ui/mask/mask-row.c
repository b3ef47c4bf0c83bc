/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-row.h"

#include "ui/ask/swatch.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiMaskRow
{
  GtkListBoxRow parent;

  SagUiCaseMasks *masks;
  char           *id;
  GtkWidget      *swatch;
  GtkWidget      *name;
  GtkWidget      *task;
  GtkWidget      *value;
  GtkWidget      *eye;
  GtkWidget      *lock;
  SagMask        *counted; /* whose statistics are shown, or on their way */
  gconstpointer   volume;  /* the scan's then; only compared */
  guint           n_counts;
  gboolean        is_updating;
};

G_DEFINE_FINAL_TYPE (SagUiMaskRow, sag_ui_mask_row, GTK_TYPE_LIST_BOX_ROW)

const char *
sag_ui_mask_row_get_id (SagUiMaskRow *self)
{
  return self->id;
}

/* F2: the name is to be typed. */
static gboolean
rename_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  SagUiMaskRow *self = SAG_UI_MASK_ROW (widget);

  gtk_widget_grab_focus (self->name);
  gtk_editable_label_start_editing (GTK_EDITABLE_LABEL (self->name));
  return TRUE;
}

static char *
dup_number (double value, const char *format)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, format, fabs (value));
  return g_strconcat (value < 0 && strtod (text, NULL) != 0 ? "−" : "", text, NULL);
}

char *
sag_ui_mask_statistics_dup_text (const SagMaskStatistics *statistics)
{
  g_autofree char *ml = NULL, *mean = NULL, *x = NULL, *y = NULL, *z = NULL, *share = NULL;
  g_autofree char *text = NULL;

  if (statistics->n_voxels == 0)
    return g_strdup (_ ("Empty"));
  ml = dup_number (statistics->volume_ml, statistics->volume_ml < 10 ? "%.2f" : "%.1f");
  mean = isfinite (statistics->mean) ? dup_number (statistics->mean, "%.0f") : g_strdup ("–");
  x = dup_number (statistics->extent_mm[0], "%.0f");
  y = dup_number (statistics->extent_mm[1], "%.0f");
  z = dup_number (statistics->extent_mm[2], "%.0f");
  /* Translators: of a mask: volume, mean value, and the edges of the box around it. */
  text = g_strdup_printf (_ ("%s ml, mean %s HU, %s × %s × %s mm"), ml, mean, x, y, z);
  if (!(statistics->model_share > 0))
    return g_steal_pointer (&text);
  share = dup_number (statistics->model_share * 100, "%.0f");
  /* Translators: the text before, and how much of a mask a model drew. */
  return g_strdup_printf (_ ("%s, %s %% from a model"), text, share);
}

static const SagMaskInfo *
get_info (SagUiMaskRow *self)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (self->masks);
  const int   index = sag_mask_set_find (set, self->id);

  return index >= 0 ? sag_mask_set_get_info (set, (guint) index) : NULL;
}

/* Statistics come from another thread. */

typedef struct
{
  SagMask          *mask;
  SagVolume        *volume;
  guint             number; /* of the count */
  SagMaskStatistics statistics;
} Count;

static void
count_free (gpointer data)
{
  Count *count = data;

  sag_mask_unref (count->mask);
  g_clear_pointer (&count->volume, sag_volume_unref);
  g_free (count);
}

static void
count_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Count *count = data;

  sag_mask_get_statistics (count->mask, count->volume, &count->statistics);
  g_task_return_boolean (task, TRUE);
}

static void
describe (SagUiMaskRow *self, const char *statistics)
{
  const SagMaskInfo *info = get_info (self);
  g_autofree char   *text = NULL;

  if (info == NULL)
    return;
  if (gtk_widget_get_visible (self->task))
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    gtk_widget_get_tooltip_text (self->task), -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  /* Translators: for a screen reader: the name of a mask, its values, seen or not, locked or not. */
  text = g_strdup_printf (_ ("%s: %s, %s, %s"), info->name, statistics,
                          info->visible ? _ ("shown") : _ ("hidden"),
                          info->locked ? _ ("locked") : _ ("not locked"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
counted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SagUiMaskRow    *self = SAG_UI_MASK_ROW (object);
  Count           *count = g_task_get_task_data (G_TASK (result));
  g_autofree char *text = NULL;

  if (count->number != self->n_counts)
    return;
  text = sag_ui_mask_statistics_dup_text (&count->statistics);
  gtk_label_set_text (GTK_LABEL (self->value), text);
  describe (self, text);
}

/* While the voxels are away, what was counted in them stays; when they come, they may be others. */
static void
count_later (SagUiMaskRow *self, SagMask *mask, SagVolume *volume)
{
  const gboolean is_known = mask == self->counted && (volume == NULL || volume == self->volume);
  Count         *count;
  g_autoptr (GTask) task = NULL;

  self->volume = volume;
  if (is_known)
    return;
  g_clear_pointer (&self->counted, sag_mask_unref);
  self->counted = sag_mask_ref (mask);
  count = g_new0 (Count, 1);
  count->mask = sag_mask_ref (mask);
  count->volume = volume != NULL ? sag_volume_ref (volume) : NULL;
  count->number = ++self->n_counts;
  task = g_task_new (self, NULL, counted_cb, NULL);
  g_task_set_task_data (task, count, count_free);
  g_task_run_in_thread (task, count_thread);
}

static void
set_toggle (GtkWidget *button, const char *icon, const char *what)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_widget_set_tooltip_text (button, what);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
}

void
sag_ui_mask_row_update (SagUiMaskRow *self,
                        SagVolume    *volume,
                        const char   *task,
                        const char   *whole_task)
{
  const SagMaskInfo *info = get_info (self);
  SagMaskSet        *set = sag_ui_case_masks_get_set (self->masks);

  if (info == NULL)
    return;
  self->is_updating = TRUE;
  g_object_set (self->swatch, "colour", (guint) info->colour, NULL);
  if (!gtk_editable_label_get_editing (GTK_EDITABLE_LABEL (self->name)))
    gtk_editable_set_text (GTK_EDITABLE (self->name), info->name);
  set_toggle (self->eye, info->visible ? "view-reveal-symbolic" : "view-conceal-symbolic",
              info->visible ? _ ("Hide the mask") : _ ("Show the mask"));
  set_toggle (self->lock, info->locked ? "sagitta-locked-symbolic" : "sagitta-unlocked-symbolic",
              info->locked ? _ ("Unlock the mask") : _ ("Lock the mask"));
  self->is_updating = FALSE;
  gtk_label_set_text (GTK_LABEL (self->task), task != NULL ? task : "");
  gtk_widget_set_tooltip_text (self->task, whole_task);
  gtk_widget_set_visible (self->task, task != NULL);
  describe (self, gtk_label_get_text (GTK_LABEL (self->value)));
  count_later (self, sag_mask_set_get_mask (set, (guint) sag_mask_set_find (set, self->id)),
               volume);
}

static void
eye_cb (GtkButton *button, SagUiMaskRow *self)
{
  const SagMaskInfo *info = get_info (self);

  if (info != NULL)
    sag_ui_case_masks_set_visible (self->masks, self->id, !info->visible);
}

static void
lock_cb (GtkButton *button, SagUiMaskRow *self)
{
  const SagMaskInfo *info = get_info (self);

  if (info != NULL)
    sag_ui_case_masks_set_locked (self->masks, self->id, !info->locked);
}

static void
remove_cb (GtkButton *button, SagUiMaskRow *self)
{
  sag_ui_case_masks_set_active (self->masks, self->id);
  gtk_widget_activate_action (GTK_WIDGET (self), "mask.remove", NULL);
}

/* When typing ends. A name that is emptied stays what it was. */
static void
editing_cb (GtkEditableLabel *label, GParamSpec *pspec, SagUiMaskRow *self)
{
  const SagMaskInfo *info = get_info (self);
  const char        *text = gtk_editable_get_text (GTK_EDITABLE (label));

  if (self->is_updating || info == NULL || gtk_editable_label_get_editing (label))
    return;
  if (*text == 0)
    gtk_editable_set_text (GTK_EDITABLE (label), info->name);
  else if (g_strcmp0 (text, info->name) != 0)
    sag_ui_case_masks_rename (self->masks, self->id, text);
}

static void
colour_cb (GtkButton *button, SagUiMaskRow *self)
{
  const guint n = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "n"));

  gtk_popover_popdown (
    GTK_POPOVER (gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_POPOVER)));
  sag_ui_case_masks_set_colour (self->masks, self->id, sag_render_answer_colours[n]);
}

static GtkWidget *
new_colours (SagUiMaskRow *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);

  for (guint n = 0; n < SAG_RENDER_N_ANSWER_COLOURS; n++)
    {
      const char *title = sag_ui_colour_get_title (sag_render_answer_colours[n]);
      GtkWidget  *button = gtk_button_new ();

      gtk_button_set_child (GTK_BUTTON (button), sag_ui_swatch_new (sag_render_answer_colours[n]));
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "circular");
      gtk_widget_set_tooltip_text (button, title);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                      -1);
      g_object_set_data (G_OBJECT (button), "n", GUINT_TO_POINTER (n));
      g_signal_connect (button, "clicked", G_CALLBACK (colour_cb), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

static GtkWidget *
new_button (GCallback clicked, SagUiMaskRow *self)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "small-button");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
new_words (SagUiMaskRow *self)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->name = gtk_editable_label_new ("");
  self->task = gtk_label_new ("");
  self->value = gtk_label_new ("");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the mask"), -1);
  gtk_label_set_xalign (GTK_LABEL (self->task), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->task), PANGO_ELLIPSIZE_END);
  gtk_widget_set_visible (self->task, FALSE);
  gtk_widget_add_css_class (self->task, "caption");
  gtk_label_set_xalign (GTK_LABEL (self->value), 0);
  gtk_label_set_wrap (GTK_LABEL (self->value), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->value), 30);
  gtk_widget_add_css_class (self->value, "caption");
  gtk_widget_add_css_class (self->value, "dim-label");
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), self->name);
  gtk_box_append (GTK_BOX (words), self->task);
  gtk_box_append (GTK_BOX (words), self->value);
  g_signal_connect (self->name, "notify::editing", G_CALLBACK (editing_cb), self);
  return words;
}

static void
sag_ui_mask_row_finalize (GObject *object)
{
  SagUiMaskRow *self = SAG_UI_MASK_ROW (object);

  g_clear_object (&self->masks);
  g_clear_pointer (&self->counted, sag_mask_unref);
  g_free (self->id);
  G_OBJECT_CLASS (sag_ui_mask_row_parent_class)->finalize (object);
}

static void
sag_ui_mask_row_class_init (SagUiMaskRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_mask_row_finalize;
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (class), GDK_KEY_F2, 0, rename_cb, NULL);
}

static void
sag_ui_mask_row_init (SagUiMaskRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *colour = gtk_menu_button_new ();
  GtkWidget *bin = new_button (G_CALLBACK (remove_cb), self);

  self->swatch = sag_ui_swatch_new (0);
  self->eye = new_button (G_CALLBACK (eye_cb), self);
  self->lock = new_button (G_CALLBACK (lock_cb), self);
  gtk_menu_button_set_child (GTK_MENU_BUTTON (colour), self->swatch);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (colour), new_colours (self));
  gtk_widget_add_css_class (colour, "flat");
  gtk_widget_add_css_class (colour, "mask-colour");
  gtk_widget_set_valign (colour, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (colour, _ ("Colour"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (colour), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colour of the mask"), -1);
  set_toggle (bin, "user-trash-symbolic", _ ("Delete the mask"));
  gtk_box_append (GTK_BOX (box), colour);
  gtk_box_append (GTK_BOX (box), new_words (self));
  gtk_box_append (GTK_BOX (box), self->eye);
  gtk_box_append (GTK_BOX (box), self->lock);
  gtk_box_append (GTK_BOX (box), bin);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
}

GtkWidget *
sag_ui_mask_row_new (SagUiCaseMasks *masks, const char *id)
{
  SagUiMaskRow *self = g_object_new (SAG_UI_TYPE_MASK_ROW, NULL);

  self->masks = g_object_ref (masks);
  self->id = g_strdup (id);
  return GTK_WIDGET (self);
}
