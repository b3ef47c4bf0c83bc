/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/measure/measures-private.h"

#include <glib/gi18n.h>

static const char *const tools[] = { "none", "ruler", "angle", "ellipse", "box" };

static GListModel *
get_list (SagUiMeasures *self)
{
  SagUiCase *one = sag_ui_session_get_case (self->session);

  return one != NULL ? G_LIST_MODEL (sag_ui_case_get_measurements (one)) : NULL;
}

static guint
n_measurements (SagUiMeasures *self)
{
  GListModel *list = get_list (self);

  return list != NULL ? g_list_model_get_n_items (list) : 0;
}

/* A tool that is asked for twice is put away. */
static void
tool_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SagUiMeasures *self = user_data;
  SagUiDisplay  *display = sag_ui_session_get_display (self->session);
  const char    *name = g_variant_get_string (value, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    if (g_str_equal (name, tools[i]))
      g_object_set (display, "tool", sag_ui_display_get_tool (display) == i ? SAG_UI_TOOL_NONE : i,
                    NULL);
}

static void
point_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMeasures *self = user_data;
  SagUiDisplay  *display = sag_ui_session_get_display (self->session);
  SagRenderSlice slice;
  double         cross_mm[3], x, y;

  /* Other views move the crosshair between the points. */
  if (self->n_placed > 0)
    self->touched = self->draft_view;
  if (self->touched == NULL && self->views->len > 0)
    self->touched = self->views->pdata[0];
  if (sag_ui_display_get_tool (display) == SAG_UI_TOOL_NONE)
    g_object_set (display, "tool", SAG_UI_TOOL_RULER, NULL);
  if (self->touched == NULL || !sag_ui_slice_view_get_slice (self->touched, &slice))
    return;
  /* On the slice itself, whose middle the crosshair need not meet. */
  sag_ui_display_get_cross (display, cross_mm);
  sag_render_slice_from_ras (&slice, cross_mm, &x, &y);
  sag_render_slice_to_ras (&slice, x, y, cross_mm);
  sag_ui_measures_place (self, self->touched, &slice, cross_mm);
}

static void
delete_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMeasures    *self = user_data;
  SagUiMeasurement *chosen = sag_ui_measures_get_chosen (self);

  if (chosen != NULL)
    sag_ui_measures_remove (self, chosen);
}

static void
delete_all_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMeasures *self = user_data;

  for (guint n = n_measurements (self); n > 0; n--)
    {
      g_autoptr (SagUiMeasurement) last = g_list_model_get_item (get_list (self), n - 1);

      sag_ui_measures_remove (self, last);
    }
}

static void
copy_text (SagUiMeasures *self, const char *text)
{
  GdkDisplay *display = gdk_display_get_default ();

  gdk_clipboard_set_text (gdk_display_get_clipboard (display), text);
  sag_ui_session_say (self->session, _ ("The measurements were copied."));
}

static void
copy_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMeasures   *self = user_data;
  g_autofree char *text =
    n_measurements (self) > 0 ? sag_ui_measurements_dup_text (get_list (self)) : NULL;

  if (text != NULL)
    copy_text (self, text);
}

static void
copy_table_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMeasures   *self = user_data;
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  g_autofree char *text =
    n_measurements (self) > 0
      ? sag_ui_measurements_dup_csv (get_list (self), sag_ui_case_get_name (one))
      : NULL;

  if (text != NULL)
    copy_text (self, text);
}

static void
reset_box_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sag_ui_measures_shift_box (user_data, (const double[3]){ 0, 0, 0 });
}

static void
ask_again_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMeasures *self = user_data;
  SagUiCase     *one = sag_ui_session_get_case (self->session);
  GListModel    *results = one != NULL ? G_LIST_MODEL (sag_ui_case_get_results (one)) : NULL;

  for (guint i = results != NULL ? g_list_model_get_n_items (results) : 0; i > 0; i--)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i - 1);

      if (sag_ui_result_get_stale (result))
        sag_ui_engine_ask_again (sag_ui_session_get_engine (self->session), one, result);
    }
}

void
sag_ui_measures_init_actions (SagUiMeasures *self)
{
  const GActionEntry entries[] = {
    { .name = "tool", .parameter_type = "s", .state = "'none'", .activate = tool_cb },
    { .name = "point", .activate = point_cb },
    { .name = "delete", .activate = delete_cb },
    { .name = "delete-all", .activate = delete_all_cb },
    { .name = "copy", .activate = copy_cb },
    { .name = "copy-table", .activate = copy_table_cb },
    { .name = "reset-box", .activate = reset_box_cb },
    { .name = "ask-again", .activate = ask_again_cb },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
}

static void
enable (SagUiMeasures *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

void
sag_ui_measures_update_actions (SagUiMeasures *self)
{
  SagUiCase *one = sag_ui_session_get_case (self->session);
  SagUiTool  tool = sag_ui_display_get_tool (sag_ui_session_get_display (self->session));
  GAction   *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "tool");
  gboolean   has_any = n_measurements (self) > 0;
  double     shift_mm[3] = { 0 };

  if (one != NULL)
    sag_ui_case_get_box_shift (one, shift_mm);
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (tools[tool < G_N_ELEMENTS (tools) ? tool : 0]));
  enable (self, "tool", one != NULL);
  enable (self, "point", one != NULL);
  enable (self, "delete", sag_ui_measures_get_chosen (self) != NULL);
  enable (self, "delete-all", has_any);
  enable (self, "copy", has_any);
  enable (self, "copy-table", has_any);
  enable (self, "reset-box", shift_mm[0] != 0 || shift_mm[1] != 0 || shift_mm[2] != 0);
}
