/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-pane.h"

#include "ui/base/keymap.h"
#include "ui/mask/mask-row.h"
#include "ui/mask/mask-task.h"
#include "ui/mask/masks.h"
#include "ui/project/project.h"

#include <glib/gi18n.h>

struct _SagUiMaskPane
{
  AdwBin parent;

  SagUiSession    *session;
  SagUiMasks      *masks;
  SagUiCaseMasks  *listed; /* whose rows there are */
  GtkToggleButton *brush_button;
  GtkToggleButton *eraser_button;
  GtkToggleButton *polygon_button;
  GtkToggleButton *lasso_button;
  GtkToggleButton *flood_button;
  GtkWidget       *size_row;
  GtkWidget       *size_label;
  GtkWidget       *reach_row;
  GtkWidget       *tolerance_row;
  GtkToggleButton *ball_button;
  GtkCheckButton  *limits_button;
  GtkWidget       *limits_row;
  GtkSpinButton   *size;
  GtkSpinButton   *reach;
  GtkSpinButton   *tolerance;
  GtkSpinButton   *low;
  GtkSpinButton   *high;
  GtkSpinButton   *distance;
  GtkButton       *add_button;
  GtkWidget       *empty;
  GtkListBox      *list;
  SagUiMaskTask   *task;
  GtkWidget       *memory;
  GtkWidget       *other_row;
  GtkWidget       *combine_row;
  GtkDropDown     *other;
  GPtrArray       *other_ids;
  GtkScale        *fill;
  gboolean         is_updating;
};

G_DEFINE_FINAL_TYPE (SagUiMaskPane, sag_ui_mask_pane, ADW_TYPE_BIN)

static SagUiMaskRow *
get_row (SagUiMaskPane *self, guint index)
{
  return SAG_UI_MASK_ROW (gtk_list_box_get_row_at_index (self->list, (int) index));
}

/* Whether the rows are those of the masks, in their order. */
static gboolean
is_in_order (SagUiMaskPane *self, SagUiCaseMasks *masks)
{
  const guint n = masks != NULL ? sag_ui_case_masks_get_n (masks) : 0;

  if (masks != self->listed || gtk_list_box_get_row_at_index (self->list, (int) n) != NULL)
    return FALSE;
  for (guint m = 0; m < n; m++)
    {
      const SagMaskInfo *info = sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), m);

      if (gtk_list_box_get_row_at_index (self->list, (int) m) == NULL ||
          g_strcmp0 (sag_ui_mask_row_get_id (get_row (self, m)), info->id) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
rebuild (SagUiMaskPane *self, SagUiCaseMasks *masks)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_set_object (&self->listed, masks);
  for (guint m = 0; masks != NULL && m < sag_ui_case_masks_get_n (masks); m++)
    gtk_list_box_append (
      self->list, sag_ui_mask_row_new (
                    masks, sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), m)->id));
}

/* The masks that the active one can be combined with. */
static void
update_other (SagUiMaskPane *self, SagUiCaseMasks *masks)
{
  const guint n = masks != NULL ? sag_ui_case_masks_get_n (masks) : 0;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *before = NULL;
  guint            chosen = 0;

  g_object_get (self->masks, "other", &before, NULL);
  g_ptr_array_set_size (self->other_ids, 0);
  for (guint m = 0; m < n; m++)
    {
      const SagMaskInfo *info = sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), m);

      if (g_strcmp0 (info->id, sag_ui_case_masks_get_active (masks)) == 0)
        continue;
      if (g_strcmp0 (info->id, before) == 0)
        chosen = self->other_ids->len;
      g_ptr_array_add (self->other_ids, g_strdup (info->id));
      gtk_string_list_append (names, info->name);
    }
  gtk_widget_set_visible (self->other_row, self->other_ids->len > 0);
  gtk_widget_set_visible (self->combine_row, self->other_ids->len > 0);
  gtk_drop_down_set_model (self->other, G_LIST_MODEL (names));
  if (self->other_ids->len == 0)
    return;
  gtk_drop_down_set_selected (self->other, chosen);
  if (g_strcmp0 (before, self->other_ids->pdata[chosen]) != 0)
    g_object_set (self->masks, "other", self->other_ids->pdata[chosen], NULL);
}

static void
update_row (SagUiMaskPane *self, SagUiCaseMasks *masks, guint index, SagVolume *volume)
{
  const SagMaskInfo *info = sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), index);
  g_autofree char   *whole = NULL;
  g_autofree char   *task = sag_ui_masks_dup_task_title (self->masks, info, &whole);

  sag_ui_mask_row_update (get_row (self, index), volume, task, whole);
}

static void
update (SagUiMaskPane *self)
{
  SagUiCase      *one = sag_ui_session_get_case (self->session);
  SagUiCaseMasks *masks = sag_ui_masks_get_current (self->masks);
  const guint     n = masks != NULL ? sag_ui_case_masks_get_n (masks) : 0;
  const int       active = n > 0 ? sag_ui_case_masks_get_active_index (masks) : -1;
  SagVolume      *volume = NULL;

  if (one != NULL && sag_ui_case_get_state (one) == SAG_UI_CASE_READY)
    volume = sag_ui_case_get_volume (one);
  self->is_updating = TRUE;
  if (!is_in_order (self, masks))
    rebuild (self, masks);
  for (guint m = 0; m < n; m++)
    update_row (self, masks, m, volume);
  if (active >= 0)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (get_row (self, (guint) active)));
  gtk_widget_set_visible (self->empty, n == 0);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  if (masks == NULL || !sag_ui_case_masks_is_busy (masks))
    gtk_widget_set_visible (self->memory, masks != NULL && !sag_ui_case_masks_is_kept (masks));
  sag_ui_mask_task_update (self->task, self->masks);
  update_other (self, masks);
  self->is_updating = FALSE;
}

static void
changed_cb (SagUiMasks *masks, SagUiMaskPane *self)
{
  update (self);
}

/* They have other names, or there are none. */
static void
tasks_cb (SagUiProject *project, SagUiMaskPane *self)
{
  update (self);
}

static void
selected_cb (GtkListBox *list, GtkListBoxRow *row, SagUiMaskPane *self)
{
  if (!self->is_updating && row != NULL && self->listed != NULL)
    sag_ui_case_masks_set_active (self->listed, sag_ui_mask_row_get_id (SAG_UI_MASK_ROW (row)));
}

/* To where the mask is. */
static void
activated_cb (GtkListBox *list, GtkListBoxRow *row, SagUiMaskPane *self)
{
  SagMaskSet *set = self->listed != NULL ? sag_ui_case_masks_get_set (self->listed) : NULL;
  const int   index =
    set != NULL ? sag_mask_set_find (set, sag_ui_mask_row_get_id (SAG_UI_MASK_ROW (row))) : -1;
  SagMaskBox box;
  double     middle[3], ras_mm[3];

  if (index < 0 || !sag_mask_get_extent (sag_mask_set_get_mask (set, (guint) index), &box))
    return;
  for (int a = 0; a < 3; a++)
    {
      const int voxel = (box.first[a] + box.end[a] - 1) / 2; /* not between two */

      middle[a] = voxel;
    }
  sag_geometry_to_ras (sag_mask_set_get_geometry (set), middle, ras_mm);
  sag_ui_display_set_cross (sag_ui_session_get_display (self->session), ras_mm);
}

static void
other_cb (GtkDropDown *other, GParamSpec *pspec, SagUiMaskPane *self)
{
  const guint index = gtk_drop_down_get_selected (other);

  if (!self->is_updating && index < self->other_ids->len)
    g_object_set (self->masks, "other", self->other_ids->pdata[index], NULL);
}

/* What the tool at hand needs; without one, what most will want. */
static void
update_rows (SagUiMaskPane *self)
{
  const SagUiTool tool = sag_ui_display_get_tool (sag_ui_session_get_display (self->session));
  const gboolean  is_flood = tool == SAG_UI_TOOL_FLOOD;
  const gboolean  is_outline = tool == SAG_UI_TOOL_POLYGON || tool == SAG_UI_TOOL_LASSO;
  gboolean        limits;

  g_object_get (self->masks, "limits", &limits, NULL);
  gtk_widget_set_visible (self->size_row, !is_outline);
  gtk_widget_set_visible (GTK_WIDGET (self->size), !is_flood);
  gtk_widget_set_visible (self->size_label, !is_flood);
  gtk_widget_set_hexpand (GTK_WIDGET (self->ball_button), is_flood);
  gtk_widget_set_visible (self->reach_row, is_flood);
  gtk_widget_set_visible (self->tolerance_row, is_flood && !limits);
}

static void
bind (SagUiMaskPane *self, const char *property, gpointer target, const char *its)
{
  g_object_bind_property (self->masks, property, target, its,
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

void
sag_ui_mask_pane_set_session (SagUiMaskPane *self, SagUiSession *session)
{
  SagUiDisplay *display = sag_ui_session_get_display (session);

  g_set_object (&self->session, session);
  g_set_object (&self->masks, sag_ui_masks_get (session));
  bind (self, "size-mm", self->size, "value");
  bind (self, "reach-mm", self->reach, "value");
  bind (self, "tolerance", self->tolerance, "value");
  bind (self, "low", self->low, "value");
  bind (self, "high", self->high, "value");
  g_object_bind_property (self->masks, "limits", self->limits_row, "visible",
                          G_BINDING_SYNC_CREATE);
  bind (self, "distance-mm", self->distance, "value");
  bind (self, "fill", gtk_range_get_adjustment (GTK_RANGE (self->fill)), "value");
  g_signal_connect_object (self->masks, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (sag_ui_project_get (session), "tasks", G_CALLBACK (tasks_cb), self, 0);
  g_signal_connect_object (display, "notify::tool", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->masks, "notify::limits", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
  update_rows (self);
  update (self);
}

static void
sag_ui_mask_pane_dispose (GObject *object)
{
  SagUiMaskPane *self = SAG_UI_MASK_PANE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SAG_UI_TYPE_MASK_PANE);
  g_clear_object (&self->listed);
  g_clear_object (&self->masks);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_mask_pane_parent_class)->dispose (object);
}

static void
sag_ui_mask_pane_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_MASK_PANE (object)->other_ids);
  G_OBJECT_CLASS (sag_ui_mask_pane_parent_class)->finalize (object);
}

static void
sag_ui_mask_pane_class_init (SagUiMaskPaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_mask_pane_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_mask_pane_finalize;
  g_type_ensure (SAG_UI_TYPE_MASK_TASK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/mask-pane.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SagUiMaskPane, name)
  BIND (brush_button);
  BIND (eraser_button);
  BIND (polygon_button);
  BIND (lasso_button);
  BIND (flood_button);
  BIND (size_row);
  BIND (size_label);
  BIND (reach_row);
  BIND (tolerance_row);
  BIND (ball_button);
  BIND (limits_button);
  BIND (limits_row);
  BIND (size);
  BIND (reach);
  BIND (tolerance);
  BIND (low);
  BIND (high);
  BIND (distance);
  BIND (add_button);
  BIND (empty);
  BIND (list);
  BIND (task);
  BIND (memory);
  BIND (other_row);
  BIND (combine_row);
  BIND (other);
  BIND (fill);
#undef BIND
}

static void
sag_ui_mask_pane_init (SagUiMaskPane *self)
{
  self->other_ids = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (selected_cb), self);
  g_signal_connect (self->other, "notify::selected", G_CALLBACK (other_cb), self);
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->brush_button),
                             _ ("Brush; with Shift in 3D, or in the slice alone"),
                             "mask.tool('brush')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->eraser_button),
                             _ ("Eraser; with Shift in 3D, or in the slice alone"),
                             "mask.tool('eraser')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->polygon_button),
                             _ ("Polygon, corner by corner; begun with Shift it cuts out"),
                             "mask.tool('polygon')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->lasso_button),
                             _ ("Lasso; begun with Shift it cuts out"), "mask.tool('lasso')");
  sag_ui_keymap_set_tooltip (
    GTK_WIDGET (self->flood_button),
    _ ("Grow a region from a click; with Shift in 3D, or in the slice alone"),
    "mask.tool('flood')");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->ball_button),
                             _ ("In all slices, not in the one that is shown alone"), "mask.ball");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->limits_button),
                             _ ("Paint and fill only where the scan has such values"),
                             "mask.limits");
  sag_ui_keymap_set_tooltip (GTK_WIDGET (self->add_button), _ ("Add a mask"), "mask.add");
}
