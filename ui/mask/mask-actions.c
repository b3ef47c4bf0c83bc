/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-files.h"
#include "ui/mask/mask-task.h"
#include "ui/mask/masks-private.h"

#include <glib/gi18n.h>

static const char *const tools[] = { "brush", "eraser", "polygon", "lasso", "flood" };

static SagUiDisplay *
get_display (SagUiMasks *self)
{
  return sag_ui_session_get_display (self->session);
}

/* A tool that is asked for twice is put away. */
static void
tool_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SagUiMasks *self = user_data;
  const char *name = g_variant_get_string (value, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      const guint tool = SAG_UI_TOOL_BRUSH + i;

      if (g_str_equal (name, tools[i]))
        g_object_set (
          get_display (self), "tool",
          sag_ui_display_get_tool (get_display (self)) == tool ? SAG_UI_TOOL_NONE : tool, NULL);
    }
}

/* The view that keys mean, and what it shows. */
static gboolean
get_slice (SagUiMasks *self, SagRenderSlice *slice)
{
  if (self->touched == NULL && self->views->len > 0)
    self->touched = self->views->pdata[0];
  return self->touched != NULL && sag_ui_slice_view_get_slice (self->touched, slice);
}

/* A lasso needs a hand that moves: from the keyboard it is a polygon. */
static void
point_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks    *self = user_data;
  SagUiDisplay  *display = get_display (self);
  SagRenderSlice slice;
  double         cross_mm[3], x, y;

  if (self->outline->len > 0)
    self->touched = self->outline_view;
  if (sag_ui_display_get_tool (display) == SAG_UI_TOOL_LASSO)
    g_object_set (display, "tool", SAG_UI_TOOL_POLYGON, NULL);
  if (!get_slice (self, &slice))
    return;
  sag_ui_display_get_cross (display, cross_mm);
  sag_render_slice_from_ras (&slice, cross_mm, &x, &y);
  sag_render_slice_to_ras (&slice, x, y, cross_mm);
  sag_ui_masks_press (self, self->touched, &slice, cross_mm, 0, 1);
  if (self->is_painting && self->current != NULL)
    sag_ui_case_masks_end (self->current, TRUE);
  self->is_painting = FALSE;
}

/* Steps that grow with the size. */
static void
size_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SagUiMasks *self = user_data;
  const int   n = g_variant_get_int32 (value);
  double      size = self->size_mm;

  for (int i = 0; i < ABS (n); i++)
    {
      const double step = size < 5 || (size <= 5 && n < 0)     ? 0.5
                          : size < 20 || (size <= 20 && n < 0) ? 1
                                                               : 5;

      size = CLAMP (size + (n > 0 ? step : -step), 0.5, 200);
    }
  g_object_set (self, "size-mm", size, NULL);
}

static void
ball_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_object_set (user_data, "ball", !SAG_UI_MASKS (user_data)->ball, NULL);
}

static void
limits_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_object_set (user_data, "limits", !SAG_UI_MASKS (user_data)->limits, NULL);
}

static void
add_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiCaseMasks *masks = sag_ui_masks_make_current (user_data);

  if (masks != NULL)
    sag_ui_masks_add (user_data, masks);
}

static const SagMaskInfo *
get_active (SagUiMasks *self)
{
  const int index = self->current != NULL ? sag_ui_case_masks_get_active_index (self->current) : -1;

  return index >= 0
           ? sag_mask_set_get_info (sag_ui_case_masks_get_set (self->current), (guint) index)
           : NULL;
}

static void
remove_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks        *self = user_data;
  const SagMaskInfo *info = get_active (self);
  g_autofree char   *sentence = NULL;
  guint              n;

  if (info == NULL)
    return;
  n = sag_ui_case_masks_get_n (self->current);
  /* Translators: the name of a mask. */
  sentence = g_strdup_printf (_ ("%s was deleted."), info->name);
  sag_ui_case_masks_remove (self->current, info->id);
  if (sag_ui_case_masks_get_n (self->current) < n)
    sag_ui_session_say_done (self->session, sentence);
}

static void
next_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SagUiMasks *self = user_data;
  const int   n = self->current != NULL ? (int) sag_ui_case_masks_get_n (self->current) : 0;
  int         index;

  if (n == 0)
    return;
  index =
    (sag_ui_case_masks_get_active_index (self->current) + g_variant_get_int32 (value) + n) % n;
  sag_ui_case_masks_set_active (
    self->current,
    sag_mask_set_get_info (sag_ui_case_masks_get_set (self->current), (guint) index)->id);
}

static void
lock_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks        *self = user_data;
  const SagMaskInfo *info = get_active (self);

  if (info != NULL)
    sag_ui_case_masks_set_locked (self->current, info->id, !info->locked);
}

static void
visible_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks        *self = user_data;
  const SagMaskInfo *info = get_active (self);

  if (info != NULL)
    sag_ui_case_masks_set_visible (self->current, info->id, !info->visible);
}

static void
deed_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const names[] = {
    [SAG_UI_DEED_GROW] = "grow",
    [SAG_UI_DEED_SHRINK] = "shrink",
    [SAG_UI_DEED_SMOOTH] = "smooth",
    [SAG_UI_DEED_LARGEST] = "largest",
    [SAG_UI_DEED_DROP_SMALL] = "drop-small",
    [SAG_UI_DEED_FILL_HOLES] = "fill-holes",
    [SAG_UI_DEED_CLEAR] = "clear",
  };

  for (guint d = 0; d < G_N_ELEMENTS (names); d++)
    if (g_str_equal (g_action_get_name (G_ACTION (action)), names[d]))
      sag_ui_masks_do (user_data, (SagUiDeed) d);
}

static gboolean
get_place (SagUiMasks *self, SagUiStoredPlace *place)
{
  SagRenderSlice slice;

  if (self->current == NULL || !get_slice (self, &slice))
    return FALSE;
  *place = sag_ui_stored_place (
    &slice, sag_mask_set_get_geometry (sag_ui_case_masks_get_set (self->current)));
  return TRUE;
}

static void
interpolate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiStoredPlace place;

  if (get_place (user_data, &place))
    sag_ui_masks_interpolate (user_data, place.axis);
}

/* And on to where it was copied. */
static void
copy_slice_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SagUiMasks      *self = user_data;
  SagUiStoredPlace place;

  if (!get_place (self, &place))
    return;
  sag_ui_masks_copy_slice (self, &place, g_variant_get_int32 (value));
  sag_ui_slice_view_step (self->touched, g_variant_get_int32 (value));
}

static void
combine_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  static const char *const names[] = {
    [SAG_MASK_UNION] = "union",
    [SAG_MASK_INTERSECTION] = "intersection",
    [SAG_MASK_DIFFERENCE] = "difference",
    [SAG_MASK_EXCLUSIVE] = "exclusive",
  };
  SagUiMasks *self = user_data;

  for (guint o = 0; o < G_N_ELEMENTS (names); o++)
    if (g_str_equal (g_variant_get_string (value, NULL), names[o]))
      sag_ui_masks_combine (self, self->other, (SagMaskOperation) o);
}

/* Scores only: a difference or an evidence map says nothing about where something is. */
static SagUiOverlay *
find_map (SagUiMasks *self)
{
  g_autoptr (GPtrArray) shown = sag_ui_display_get_shown (get_display (self));

  for (guint i = shown->len; i > 0; i--)
    if (sag_ui_overlay_get_kind (shown->pdata[i - 1]) == SAG_UI_OVERLAY_SCORE)
      return shown->pdata[i - 1]; /* the case keeps it */
  return NULL;
}

static void
from_map_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks   *self = user_data;
  SagUiOverlay *overlay = find_map (self);

  if (overlay != NULL)
    sag_ui_masks_from_map (self, overlay);
  else
    sag_ui_session_say (self->session, _ ("No map is shown. Ask a question, and show its map."));
}

static void
cancel_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks *self = user_data;

  if (self->current != NULL)
    sag_ui_case_masks_cancel (self->current);
}

void
sag_ui_masks_init_actions (SagUiMasks *self)
{
  const GActionEntry entries[] = {
    { .name = "tool", .parameter_type = "s", .state = "'none'", .activate = tool_cb },
    { .name = "point", .activate = point_cb },
    { .name = "size", .parameter_type = "i", .activate = size_cb },
    { .name = "ball", .state = "false", .activate = ball_cb },
    { .name = "limits", .state = "false", .activate = limits_cb },
    { .name = "add", .activate = add_cb },
    { .name = "remove", .activate = remove_cb },
    { .name = "next", .parameter_type = "i", .activate = next_cb },
    { .name = "lock", .state = "false", .activate = lock_cb },
    { .name = "visible", .state = "true", .activate = visible_cb },
    { .name = "grow", .activate = deed_cb },
    { .name = "shrink", .activate = deed_cb },
    { .name = "smooth", .activate = deed_cb },
    { .name = "largest", .activate = deed_cb },
    { .name = "drop-small", .activate = deed_cb },
    { .name = "fill-holes", .activate = deed_cb },
    { .name = "clear", .activate = deed_cb },
    { .name = "interpolate", .activate = interpolate_cb },
    { .name = "copy-slice", .parameter_type = "i", .activate = copy_slice_cb },
    { .name = "combine", .parameter_type = "s", .activate = combine_cb },
    { .name = "from-map", .activate = from_map_cb },
    { .name = "cancel", .activate = cancel_cb },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  sag_ui_mask_files_add_actions (self, G_ACTION_MAP (self->actions));
}

static void
set_state (SagUiMasks *self, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

static void
enable (SagUiMasks *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

void
sag_ui_masks_update_actions (SagUiMasks *self)
{
  static const char *const of_mask[] = { "remove",     "next",    "lock",       "visible",
                                         "grow",       "shrink",  "smooth",     "largest",
                                         "drop-small", "clear",   "fill-holes", "interpolate",
                                         "copy-slice", "combine", "save",       "save-all" };
  const SagMaskInfo       *active = get_active (self);
  SagUiTool                tool;
  gboolean                 is_paint, has_case;

  /* Work that outlives the window. */
  if (self->session == NULL)
    return;
  tool = sag_ui_display_get_tool (get_display (self));
  is_paint = sag_ui_masks_is_paint (tool);
  has_case = sag_ui_session_get_case (self->session) != NULL;
  set_state (self, "tool",
             g_variant_new_string (is_paint ? tools[tool - SAG_UI_TOOL_BRUSH] : "none"));
  set_state (self, "ball", g_variant_new_boolean (self->ball));
  set_state (self, "limits", g_variant_new_boolean (self->limits));
  set_state (self, "lock", g_variant_new_boolean (active != NULL && active->locked));
  set_state (self, "visible", g_variant_new_boolean (active == NULL || active->visible));
  set_state (self, "watch", g_variant_new_boolean (self->watched != NULL));
  enable (self, "open", has_case);
  enable (self, "tool", has_case);
  enable (self, "add", has_case);
  enable (self, "from-map", has_case);
  enable (self, "point", has_case && is_paint);
  for (guint i = 0; i < G_N_ELEMENTS (of_mask); i++)
    enable (self, of_mask[i], active != NULL);
}
