/* SPDX-License-Identifier: Apache-2.0 */

/* The layer of measurements on a slice view: draws them, and lets them be drawn. */

#include "ui/measure/measures-private.h"

#include "ui/case/stand-in.h"

#include <glib/gi18n.h>
#include <math.h>

#define HANDLE_REACH_PX 9.0
#define LINE_REACH_PX 6.0

/* Smaller than any voxel, larger than what rounding makes of nothing. */
#define LEAST_MM 1e-3

/* What a line, a handle and the words may need around the points. */
#define MARGIN_PX 16.0
#define WORDS_PX 190.0

static GListModel *
get_list (SagUiSliceView *view)
{
  SagUiDisplay *display = sag_ui_slice_view_get_display (view);
  SagUiCase    *one = display != NULL ? sag_ui_display_get_case (display) : NULL;

  return one != NULL ? G_LIST_MODEL (sag_ui_case_get_measurements (one)) : NULL;
}

static gboolean
is_on (const SagUiMeasure *state, const SagRenderSlice *slice)
{
  return state->plane == slice->plane && state->slice == slice->index;
}

static SagRenderMeasure
as_drawn (const SagUiMeasure *state, guint n_points)
{
  SagRenderMeasure drawn = { .kind = state->kind,
                             .n_points = n_points,
                             .colour = SAG_UI_MEASURE_COLOUR };

  memcpy (drawn.points_mm, state->points_mm, sizeof drawn.points_mm);
  return drawn;
}

static SagRenderMeasure
whole_as_drawn (SagUiMeasures *self, SagUiMeasurement *measurement)
{
  const SagUiMeasure *state = sag_ui_measurement_get_state (measurement);
  SagRenderMeasure    drawn = as_drawn (state, sag_render_measure_n_points (state->kind));

  drawn.strong = measurement == self->chosen;
  drawn.handles = drawn.strong || measurement == self->hovered;
  return drawn;
}

/* The points that lie now and the one that follows the pointer. */
static guint
n_drawn_of_draft (const SagUiMeasures *self)
{
  if (self->draft.kind == SAG_RENDER_ELLIPSE)
    return 3;
  return MIN (self->n_placed + 1, sag_render_measure_n_points (self->draft.kind));
}

/* A point on one scan is no end of a line on another. */
gboolean
sag_ui_measures_has_draft_case (const SagUiMeasures *self)
{
  SagUiDisplay *display =
    self->n_placed > 0 ? sag_ui_slice_view_get_display (self->draft_view) : NULL;

  return display != NULL && self->draft_case != NULL &&
         sag_ui_display_get_case (display) == self->draft_case;
}

static gboolean
has_draft_on (const SagUiMeasures *self, SagUiSliceView *view, const SagRenderSlice *slice)
{
  return sag_ui_measures_has_draft_case (self) && self->draft_view == view &&
         is_on (&self->draft, slice);
}

static void
grow (graphene_rect_t        *bounds,
      gboolean               *is_any,
      const SagRenderMeasure *drawn,
      const SagRenderSlice   *slice)
{
  double handles_mm[SAG_RENDER_MEASURE_HANDLES][3];
  guint  n = sag_render_measure_handles (drawn, handles_mm);

  for (guint i = 0; i < n; i++)
    {
      graphene_rect_t around;
      double          x, y;

      sag_render_slice_from_ras (slice, handles_mm[i], &x, &y);
      graphene_rect_init (&around, (float) (x - WORDS_PX), (float) (y - 3 * MARGIN_PX),
                          (float) (2 * WORDS_PX), (float) (6 * MARGIN_PX));
      if (*is_any)
        graphene_rect_union (bounds, &around, bounds);
      else
        *bounds = around;
      *is_any = TRUE;
    }
  /* A slanted ellipse reaches beyond its ends. */
  if (drawn->kind == SAG_RENDER_ELLIPSE && *is_any)
    graphene_rect_inset (bounds, -(float) MARGIN_PX, -(float) MARGIN_PX);
}

static gboolean
bounds_cb (SagUiSliceView       *view,
           const SagRenderSlice *slice,
           graphene_rect_t      *bounds,
           gpointer              data)
{
  SagUiMeasures  *self = data;
  GListModel     *list = get_list (view);
  guint           n = list != NULL ? g_list_model_get_n_items (list) : 0;
  gboolean        is_any = FALSE;
  graphene_rect_t whole;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiMeasurement) measurement = g_list_model_get_item (list, i);
      SagRenderMeasure drawn;

      if (!is_on (sag_ui_measurement_get_state (measurement), slice))
        continue;
      drawn = whole_as_drawn (self, measurement);
      grow (bounds, &is_any, &drawn, slice);
    }
  if (has_draft_on (self, view, slice))
    {
      SagRenderMeasure drawn = as_drawn (&self->draft, n_drawn_of_draft (self));

      grow (bounds, &is_any, &drawn, slice);
    }
  graphene_rect_init (&whole, 0, 0, (float) (slice->width / slice->scale),
                      (float) (slice->height / slice->scale));
  return is_any && graphene_rect_intersection (bounds, &whole, bounds);
}

static void
draw_cb (SagUiSliceView *view, const SagRenderSlice *slice, cairo_t *cr, gpointer data)
{
  SagUiMeasures *self = data;
  GListModel    *list = get_list (view);
  guint          n = list != NULL ? g_list_model_get_n_items (list) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiMeasurement) measurement = g_list_model_get_item (list, i);
      const SagUiMeasure *state = sag_ui_measurement_get_state (measurement);
      SagRenderMeasure    drawn;
      g_autofree char    *text = NULL;

      if (!is_on (state, slice))
        continue;
      drawn = whole_as_drawn (self, measurement);
      drawn.text = text = sag_ui_measure_dup_value (state);
      sag_render_measure_draw (cr, slice, &drawn);
    }
  if (has_draft_on (self, view, slice))
    {
      SagRenderMeasure drawn = as_drawn (&self->draft, n_drawn_of_draft (self));
      g_autofree char *text = NULL;

      if (drawn.n_points == sag_render_measure_n_points (drawn.kind))
        drawn.text = text = sag_ui_measure_dup_value (&self->draft);
      sag_render_measure_draw (cr, slice, &drawn);
    }
}

/* The measurement at a place; @handle < 0: its line. Without @lines handles alone count. */
static SagUiMeasurement *
find (SagUiMeasures        *self,
      SagUiSliceView       *view,
      const SagRenderSlice *slice,
      double                x,
      double                y,
      gboolean              lines,
      int                  *handle)
{
  GListModel       *list = get_list (view);
  guint             n = list != NULL ? g_list_model_get_n_items (list) : 0;
  double            nearest = HANDLE_REACH_PX;
  SagUiMeasurement *found = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SagUiMeasurement) measurement = g_list_model_get_item (list, i);
      double           handles_mm[SAG_RENDER_MEASURE_HANDLES][3], line;
      SagRenderMeasure drawn;
      guint            n_handles;

      if (!is_on (sag_ui_measurement_get_state (measurement), slice))
        continue;
      drawn = whole_as_drawn (self, measurement);
      n_handles = sag_render_measure_handles (&drawn, handles_mm);
      for (guint h = 0; h < n_handles; h++)
        {
          double at[2], distance;

          sag_render_slice_from_ras (slice, handles_mm[h], &at[0], &at[1]);
          distance = hypot (at[0] - x, at[1] - y);
          if (distance >= nearest)
            continue;
          nearest = distance;
          *handle = (int) h;
          found = measurement;
        }
      line = sag_render_measure_distance (&drawn, slice, x, y);
      if (lines && found == NULL && line < LINE_REACH_PX)
        {
          found = measurement;
          *handle = -1;
        }
    }
  return found; /* the list keeps it */
}

static gboolean
get_kind (SagUiSliceView *view, SagRenderMeasureKind *kind)
{
  SagUiTool tool = sag_ui_display_get_tool (sag_ui_slice_view_get_display (view));

  *kind = tool == SAG_UI_TOOL_RULER   ? SAG_RENDER_RULER
          : tool == SAG_UI_TOOL_ANGLE ? SAG_RENDER_ANGLE
                                      : SAG_RENDER_ELLIPSE;
  return tool == SAG_UI_TOOL_RULER || tool == SAG_UI_TOOL_ANGLE || tool == SAG_UI_TOOL_ELLIPSE;
}

/* The ellipse in the rectangle, upright on the screen, between where it began and @ras_mm. */
static void
span_ellipse (SagUiMeasure         *state,
              const SagRenderSlice *slice,
              const double          anchor_mm[3],
              const double          ras_mm[3])
{
  const double *screen[2] = { slice->right_mm, slice->down_mm };

  for (int c = 0; c < 3; c++)
    state->points_mm[0][c] = (anchor_mm[c] + ras_mm[c]) / 2;
  for (int e = 0; e < 2; e++)
    {
      double step = 0, along = 0;

      for (int c = 0; c < 3; c++)
        {
          step += screen[e][c] * screen[e][c];
          along += (ras_mm[c] - anchor_mm[c]) * screen[e][c];
        }
      for (int c = 0; c < 3; c++)
        state->points_mm[1 + e][c] = state->points_mm[0][c] + screen[e][c] * along / step / 2;
    }
}

/* The point that follows the pointer. */
static void
follow (SagUiMeasures        *self,
        SagUiSliceView       *view,
        const SagRenderSlice *slice,
        const double          ras_mm[3])
{
  SagUiCase *one = sag_ui_display_get_case (sag_ui_slice_view_get_display (view));

  if (self->draft.kind == SAG_RENDER_ELLIPSE)
    span_ellipse (&self->draft, slice, self->anchor_mm, ras_mm);
  else
    memcpy (self->draft.points_mm[self->n_placed], ras_mm, sizeof (double[3]));
  if (n_drawn_of_draft (self) == sag_render_measure_n_points (self->draft.kind))
    sag_ui_measure_compute (&self->draft, one != NULL ? sag_ui_measures_get_voxels (one) : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

void
sag_ui_measures_stop_drawing (SagUiMeasures *self)
{
  self->n_placed = 0;
  sag_ui_measures_redraw (self);
}

/* Two clicks on one place are no measurement. */
static gboolean
has_size (const SagUiMeasure *state)
{
  if (state->kind == SAG_RENDER_ELLIPSE)
    return state->statistics.area_mm2 > LEAST_MM * LEAST_MM;
  if (state->kind == SAG_RENDER_ANGLE)
    return isfinite (state->value);
  return state->value > LEAST_MM;
}

gboolean
sag_ui_measures_place (SagUiMeasures        *self,
                       SagUiSliceView       *view,
                       const SagRenderSlice *slice,
                       const double          ras_mm[3])
{
  SagUiCase           *one = sag_ui_display_get_case (sag_ui_slice_view_get_display (view));
  SagRenderMeasureKind kind;

  if (one == NULL || !get_kind (view, &kind))
    return FALSE;
  if (sag_ui_stand_in_get_original (one) != NULL)
    {
      sag_ui_session_say (self->session,
                          _ ("This picture is interpolated; measure on the scan as it is stored."));
      return TRUE;
    }
  if (!has_draft_on (self, view, slice) || self->draft.kind != kind)
    {
      self->draft = (SagUiMeasure){ .kind = kind, .plane = slice->plane, .slice = slice->index };
      self->draft_view = view;
      g_set_weak_pointer (&self->draft_case, one);
      self->n_placed = 0;
      memcpy (self->anchor_mm, ras_mm, sizeof self->anchor_mm);
    }
  follow (self, view, slice, ras_mm);
  self->n_placed++;
  if (self->n_placed < (kind == SAG_RENDER_ANGLE ? 3 : 2))
    {
      follow (self, view, slice, ras_mm);
      return TRUE;
    }
  self->n_placed = 0;
  if (has_size (&self->draft))
    sag_ui_measures_add (self, one, &self->draft);
  gtk_widget_queue_draw (GTK_WIDGET (view));
  return TRUE;
}

static gboolean
press_cb (SagUiSliceView        *view,
          const SagRenderSlice  *slice,
          const SagUiSlicePoint *at,
          gpointer               data)
{
  SagUiMeasures       *self = data;
  SagUiMeasurement    *found;
  SagRenderMeasureKind kind;
  gboolean             has_tool = get_kind (view, &kind);
  int                  handle = -1;

  if (at->state & GDK_CONTROL_MASK ||
      sag_ui_display_get_case (sag_ui_slice_view_get_display (view)) == NULL)
    return FALSE;
  if (has_draft_on (self, view, slice))
    return sag_ui_measures_place (self, view, slice, at->ras_mm);
  found = find (self, view, slice, at->x, at->y, !has_tool, &handle);
  if (found == NULL)
    {
      sag_ui_measures_choose (self, NULL);
      return has_tool && sag_ui_measures_place (self, view, slice, at->ras_mm);
    }
  g_set_object (&self->edited, found);
  self->handle = handle;
  self->before = *sag_ui_measurement_get_state (found);
  memcpy (self->grabbed_mm, at->ras_mm, sizeof self->grabbed_mm);
  sag_ui_measures_choose (self, found);
  return TRUE;
}

/* An end of an ellipse's axis is drawn along it; the other end stays. */
static void
stretch_ellipse (SagUiMeasure       *state,
                 const SagUiMeasure *before,
                 int                 handle,
                 const double        ras_mm[3])
{
  const int     e = handle % 2;
  const double *middle = before->points_mm[0], *end = before->points_mm[1 + e];
  double        sign = handle < 2 ? 1 : -1, length = 0, along = 0;

  for (int c = 0; c < 3; c++)
    {
      length += (end[c] - middle[c]) * (end[c] - middle[c]);
      along += (ras_mm[c] - middle[c]) * (end[c] - middle[c]) * sign;
    }
  if (!(length > 0))
    return;
  /* New half length over the old one; never nothing. */
  along = MAX ((1 + along / length) / 2, 0.01);
  for (int c = 0; c < 3; c++)
    {
      double half = end[c] - middle[c], other = before->points_mm[2 - e][c] - middle[c];

      state->points_mm[0][c] = middle[c] + sign * half * (along - 1);
      state->points_mm[1 + e][c] = state->points_mm[0][c] + half * along;
      state->points_mm[2 - e][c] = state->points_mm[0][c] + other;
    }
}

static void
drag_cb (SagUiSliceView        *view,
         const SagRenderSlice  *slice,
         const SagUiSlicePoint *at,
         gpointer               data)
{
  SagUiMeasures *self = data;
  SagUiCase     *one = sag_ui_display_get_case (sag_ui_slice_view_get_display (view));
  SagUiMeasure   state;

  if (self->edited == NULL)
    {
      if (has_draft_on (self, view, slice))
        follow (self, view, slice, at->ras_mm);
      return;
    }
  if (one == NULL || !is_on (&self->before, slice))
    return;
  state = self->before;
  if (self->handle < 0)
    for (int p = 0; p < SAG_RENDER_MEASURE_POINTS; p++)
      for (int c = 0; c < 3; c++)
        state.points_mm[p][c] += at->ras_mm[c] - self->grabbed_mm[c];
  else if (state.kind == SAG_RENDER_ELLIPSE)
    stretch_ellipse (&state, &self->before, self->handle, at->ras_mm);
  else
    memcpy (state.points_mm[self->handle], at->ras_mm, sizeof (double[3]));
  sag_ui_measure_compute (&state, sag_ui_measures_get_voxels (one));
  sag_ui_measurement_set_state (self->edited, &state);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
release_cb (SagUiSliceView        *view,
            const SagRenderSlice  *slice,
            const SagUiSlicePoint *at,
            gboolean               is_click,
            gpointer               data)
{
  SagUiMeasures *self = data;
  g_autoptr (SagUiMeasurement) edited = g_steal_pointer (&self->edited);

  if (edited != NULL && is_click)
    sag_ui_measurement_set_state (edited, &self->before); /* a trembling hand moves nothing */
  else if (edited != NULL)
    sag_ui_measures_push_edit (self, edited, &self->before);
  else if (!is_click && has_draft_on (self, view, slice))
    sag_ui_measures_place (self, view, slice, at->ras_mm);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

static void
cancel_cb (SagUiSliceView *view, gpointer data)
{
  SagUiMeasures *self = data;
  g_autoptr (SagUiMeasurement) edited = g_steal_pointer (&self->edited);

  if (edited != NULL)
    sag_ui_measurement_set_state (edited, &self->before);
  sag_ui_measures_stop_drawing (self);
}

static const char *
hover_cb (SagUiSliceView        *view,
          const SagRenderSlice  *slice,
          const SagUiSlicePoint *at,
          gpointer               data)
{
  SagUiMeasures       *self = data;
  SagRenderMeasureKind kind;
  gboolean             has_tool = get_kind (view, &kind);
  SagUiMeasurement    *found = NULL;
  int                  handle = -1;

  if (at != NULL && has_draft_on (self, view, slice))
    {
      follow (self, view, slice, at->ras_mm);
      return "crosshair";
    }
  if (at != NULL)
    found = find (self, view, slice, at->x, at->y, !has_tool, &handle);
  if (g_set_object (&self->hovered, found))
    gtk_widget_queue_draw (GTK_WIDGET (view));
  if (found != NULL)
    return handle >= 0 ? "grab" : "move";
  return has_tool ? "crosshair" : NULL;
}

const SagUiSliceLayer sag_ui_measure_layer = {
  .bounds = bounds_cb,
  .draw = draw_cb,
  .press = press_cb,
  .drag = drag_cb,
  .release = release_cb,
  .cancel = cancel_cb,
  .hover = hover_cb,
};
