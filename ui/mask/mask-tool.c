/* SPDX-License-Identifier: Apache-2.0 */

/* The layer of masks on a slice view: gives them to the picture, shows what the hand is about to do,
 * and paints. */

#include "ui/mask/masks-private.h"
#include "ui/project/project.h"

#include <glib/gi18n.h>
#include <math.h>

#define OUTLINE_PX 1.5
/* A corner this near to the first one closes an outline. */
#define CLOSE_PX 8.0
/* A lasso leaves a corner after so many pixels. */
#define LASSO_PX 2.0
#define MARGIN_PX 4.0

static SagUiTool
get_tool (SagUiSliceView *view)
{
  SagUiDisplay *display = sag_ui_slice_view_get_display (view);

  return display != NULL ? sag_ui_display_get_tool (display) : SAG_UI_TOOL_NONE;
}

/* On top of the person's own. */
static void
add_readings (SagUiMasks *self, SagUiCase *one, SagUiSliceJob *job)
{
  SagUiProject *project = self->session != NULL ? sag_ui_project_get (self->session) : NULL;

  if (project == NULL || self->readings_case == 0 ||
      sag_ui_project_get_case_id (project, one) != self->readings_case)
    return;
  for (guint r = 0; r < self->readings->len; r++)
    sag_ui_slice_job_add_mask (job, g_ptr_array_index (self->readings, r),
                               g_array_index (self->readings_colours, guint32, r), 0, OUTLINE_PX);
}

static void
add_cb (SagUiSliceView *view, SagUiSliceJob *job, gpointer data)
{
  SagUiMasks     *self = data;
  SagUiDisplay   *display = sag_ui_slice_view_get_display (view);
  SagUiCase      *one = sag_ui_display_get_case (display);
  SagUiCaseMasks *masks = one != NULL ? sag_ui_case_masks_peek (one) : NULL;

  if (one == NULL || !sag_ui_display_get_show_overlays (display))
    return;
  for (guint m = masks != NULL ? sag_ui_case_masks_get_n (masks) : 0; m > 0; m--)
    {
      const SagMaskInfo *info = sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), m - 1);

      if (info->visible)
        sag_ui_slice_job_add_mask (job, sag_ui_case_masks_get_shown (masks, m - 1), info->colour,
                                   self->fill, OUTLINE_PX);
    }
  add_readings (self, one, job);
}

static double
mm_per_pixel (const SagRenderSlice *slice)
{
  const double *step = slice->right_mm;

  return sqrt (step[0] * step[0] + step[1] * step[1] + step[2] * step[2]) * slice->scale;
}

static gboolean
is_brush (SagUiTool tool)
{
  return tool == SAG_UI_TOOL_BRUSH || tool == SAG_UI_TOOL_ERASER;
}

static gboolean
shows_circle (SagUiMasks *self, SagUiSliceView *view)
{
  return is_brush (get_tool (view)) && self->pointer_view == view;
}

static gboolean
has_outline (SagUiMasks *self, SagUiSliceView *view, const SagRenderSlice *slice)
{
  return self->outline->len > 0 && self->outline_view == view &&
         self->outline_slice == slice->index;
}

static const double *
corner (SagUiMasks *self, guint i)
{
  return (const double *) self->outline->data + (gsize) i * 3;
}

static void
include (graphene_rect_t *bounds, gboolean *is_any, double x, double y, double reach)
{
  graphene_rect_t around;

  graphene_rect_init (&around, (float) (x - reach), (float) (y - reach), (float) (2 * reach),
                      (float) (2 * reach));
  if (*is_any)
    graphene_rect_union (bounds, &around, bounds);
  else
    *bounds = around;
  *is_any = TRUE;
}

static gboolean
bounds_cb (SagUiSliceView       *view,
           const SagRenderSlice *slice,
           graphene_rect_t      *bounds,
           gpointer              data)
{
  SagUiMasks *self = data;
  gboolean    is_any = FALSE;
  double      x, y;

  if (shows_circle (self, view))
    include (bounds, &is_any, self->pointer[0], self->pointer[1],
             self->size_mm / 2 / mm_per_pixel (slice) + MARGIN_PX);
  if (!has_outline (self, view, slice))
    return is_any;
  for (guint i = 0; i < self->outline->len; i++)
    {
      sag_render_slice_from_ras (slice, corner (self, i), &x, &y);
      include (bounds, &is_any, x, y, CLOSE_PX);
    }
  if (self->pointer_view == view)
    include (bounds, &is_any, self->pointer[0], self->pointer[1], CLOSE_PX);
  return is_any;
}

/* Light over a dark edge: seen on air and on bone. */
static void
stroke_twice (cairo_t *cr, guint32 colour)
{
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_set_line_width (cr, 2.5);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                        (colour & 255) / 255.0);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static guint32
active_colour (SagUiMasks *self)
{
  const int index = self->current != NULL ? sag_ui_case_masks_get_active_index (self->current) : -1;

  return index >= 0
           ? sag_mask_set_get_info (sag_ui_case_masks_get_set (self->current), (guint) index)
               ->colour
           : 0xffffff;
}

static void
draw_cb (SagUiSliceView *view, const SagRenderSlice *slice, cairo_t *cr, gpointer data)
{
  static const double dashes[] = { 4, 3 };
  SagUiMasks         *self = data;
  double              x, y;

  if (shows_circle (self, view))
    {
      const gboolean erases = get_tool (view) == SAG_UI_TOOL_ERASER;

      cairo_save (cr);
      if (erases)
        cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
      cairo_arc (cr, self->pointer[0], self->pointer[1],
                 MAX (self->size_mm / 2 / mm_per_pixel (slice), 1), 0, 2 * G_PI);
      stroke_twice (cr, erases ? 0xffffff : active_colour (self));
      cairo_restore (cr);
    }
  if (!has_outline (self, view, slice))
    return;
  for (guint i = 0; i < self->outline->len; i++)
    {
      sag_render_slice_from_ras (slice, corner (self, i), &x, &y);
      cairo_line_to (cr, x, y);
    }
  if (self->pointer_view == view)
    cairo_line_to (cr, self->pointer[0], self->pointer[1]);
  if (self->is_lasso)
    cairo_close_path (cr);
  stroke_twice (cr, active_colour (self));
  for (guint i = 0; !self->is_lasso && i < self->outline->len; i++)
    {
      sag_render_slice_from_ras (slice, corner (self, i), &x, &y);
      cairo_rectangle (cr, x - 2.5, y - 2.5, 5, 5);
      stroke_twice (cr, active_colour (self));
    }
}

static void
redraw (SagUiSliceView *before, SagUiSliceView *now)
{
  if (before != NULL && before != now)
    gtk_widget_queue_draw (GTK_WIDGET (before));
  if (now != NULL)
    gtk_widget_queue_draw (GTK_WIDGET (now));
}

static void
follow (SagUiMasks *self, SagUiSliceView *view, const SagUiSlicePoint *at)
{
  SagUiSliceView *before = self->pointer_view;

  self->pointer_view = view;
  self->pointer[0] = at->x;
  self->pointer[1] = at->y;
  redraw (before, view);
}

/* The pointer left the view. */
static void
forget (SagUiMasks *self)
{
  SagUiSliceView *before = self->pointer_view;

  self->pointer_view = NULL;
  redraw (before, NULL);
}

static void
begin_stroke (SagUiMasks           *self,
              SagUiTool             tool,
              const SagRenderSlice *slice,
              const double          ras_mm[3],
              GdkModifierType       state)
{
  SagUiCaseMasks *masks = sag_ui_masks_ready (self);
  const gboolean  erases = tool == SAG_UI_TOOL_ERASER;
  gboolean        ball = self->ball;
  SagBrush        brush;

  if (masks == NULL)
    return;
  if (state & GDK_SHIFT_MASK)
    ball = !ball;
  brush = (SagBrush){
    .shape = ball ? SAG_BRUSH_BALL : SAG_BRUSH_DISC,
    .radius_mm = self->size_mm / 2,
    .axis =
      sag_ui_stored_place (slice, sag_mask_set_get_geometry (sag_ui_case_masks_get_set (masks)))
        .axis,
    .mode = erases ? SAG_MASK_ERASE : SAG_MASK_PAINT,
    .limits = sag_ui_masks_get_limits (self),
  };
  if (!sag_ui_case_masks_begin (masks, erases ? _ ("Erased") : _ ("Painted"), &brush))
    return;
  self->is_painting = TRUE;
  memcpy (self->last_mm, ras_mm, sizeof self->last_mm);
  sag_ui_case_masks_draw (masks, ras_mm, ras_mm);
}

static void
add_corner (SagUiMasks *self, const double ras_mm[3])
{
  g_array_append_vals (self->outline, ras_mm, 1);
}

static void
begin_outline (SagUiMasks           *self,
               SagUiSliceView       *view,
               const SagRenderSlice *slice,
               gboolean              is_lasso,
               GdkModifierType       state)
{
  g_array_set_size (self->outline, 0);
  self->outline_view = view;
  self->outline_slice = slice->index;
  self->is_lasso = is_lasso;
  self->cuts = (state & GDK_SHIFT_MASK) != 0;
}

static void
end_outline (SagUiMasks *self, const SagRenderSlice *slice)
{
  if (self->outline->len > 2)
    sag_ui_masks_fill_outline (self, slice, (const double *) self->outline->data,
                               self->outline->len, self->cuts);
  g_array_set_size (self->outline, 0);
  sag_ui_masks_redraw (self);
}

static gboolean
is_near (const SagRenderSlice *slice, const double a_mm[3], const double b_mm[3], double reach)
{
  double ax, ay, bx, by;

  sag_render_slice_from_ras (slice, a_mm, &ax, &ay);
  sag_render_slice_from_ras (slice, b_mm, &bx, &by);
  return hypot (ax - bx, ay - by) < reach;
}

/* A corner on the first or the last one closes the outline. */
static void
press_polygon (SagUiMasks           *self,
               SagUiSliceView       *view,
               const SagRenderSlice *slice,
               const double          ras_mm[3],
               GdkModifierType       state,
               int                   n_press)
{
  if (!has_outline (self, view, slice) || self->is_lasso)
    {
      if (sag_ui_masks_ready (self) == NULL)
        return;
      begin_outline (self, view, slice, FALSE, state);
    }
  else if (n_press > 1 || is_near (slice, ras_mm, corner (self, 0), CLOSE_PX) ||
           is_near (slice, ras_mm, corner (self, self->outline->len - 1), 1))
    {
      end_outline (self, slice);
      return;
    }
  add_corner (self, ras_mm);
  sag_ui_masks_redraw (self);
}

gboolean
sag_ui_masks_press (SagUiMasks           *self,
                    SagUiSliceView       *view,
                    const SagRenderSlice *slice,
                    const double          ras_mm[3],
                    GdkModifierType       state,
                    int                   n_press)
{
  const SagUiTool tool = get_tool (view);

  if (!sag_ui_masks_is_paint (tool))
    return FALSE;
  if (is_brush (tool))
    begin_stroke (self, tool, slice, ras_mm, state);
  else if (tool == SAG_UI_TOOL_POLYGON)
    press_polygon (self, view, slice, ras_mm, state, n_press);
  else if (tool == SAG_UI_TOOL_FLOOD)
    sag_ui_masks_flood (self, slice, ras_mm, self->ball != ((state & GDK_SHIFT_MASK) != 0));
  else if (sag_ui_masks_ready (self) != NULL)
    {
      begin_outline (self, view, slice, TRUE, state);
      add_corner (self, ras_mm);
    }
  return TRUE;
}

/* A second case beside the first is only looked at. */
static gboolean
is_own_case (SagUiMasks *self, SagUiSliceView *view)
{
  SagUiCase *one = sag_ui_display_get_case (sag_ui_slice_view_get_display (view));

  return one != NULL && self->session != NULL && one == sag_ui_session_get_case (self->session);
}

static gboolean
press_cb (SagUiSliceView        *view,
          const SagRenderSlice  *slice,
          const SagUiSlicePoint *at,
          gpointer               data)
{
  if (at->state & GDK_CONTROL_MASK || !is_own_case (data, view))
    return FALSE;
  return sag_ui_masks_press (data, view, slice, at->ras_mm, at->state, at->n_press);
}

static void
drag_cb (SagUiSliceView        *view,
         const SagRenderSlice  *slice,
         const SagUiSlicePoint *at,
         gpointer               data)
{
  SagUiMasks *self = data;

  follow (self, view, at);
  if (self->is_painting && self->current != NULL)
    {
      sag_ui_case_masks_draw (self->current, self->last_mm, at->ras_mm);
      memcpy (self->last_mm, at->ras_mm, sizeof self->last_mm);
    }
  else if (self->is_lasso && has_outline (self, view, slice) &&
           !is_near (slice, at->ras_mm, corner (self, self->outline->len - 1), LASSO_PX))
    add_corner (self, at->ras_mm);
}

static void
release_cb (SagUiSliceView        *view,
            const SagRenderSlice  *slice,
            const SagUiSlicePoint *at,
            gboolean               is_click,
            gpointer               data)
{
  SagUiMasks *self = data;

  if (self->is_painting && self->current != NULL)
    sag_ui_case_masks_end (self->current, TRUE);
  self->is_painting = FALSE;
  if (self->is_lasso && has_outline (self, view, slice))
    end_outline (self, slice);
}

gboolean
sag_ui_masks_stop_drawing (SagUiMasks *self)
{
  const gboolean was_drawing = self->is_painting || self->outline->len > 0;

  if (self->is_painting && self->current != NULL)
    sag_ui_case_masks_end (self->current, FALSE);
  self->is_painting = FALSE;
  g_array_set_size (self->outline, 0);
  if (was_drawing)
    sag_ui_masks_redraw (self);
  return was_drawing;
}

static void
cancel_cb (SagUiSliceView *view, gpointer data)
{
  sag_ui_masks_stop_drawing (data);
}

static const char *
hover_cb (SagUiSliceView        *view,
          const SagRenderSlice  *slice,
          const SagUiSlicePoint *at,
          gpointer               data)
{
  SagUiMasks *self = data;

  if (at == NULL || !sag_ui_masks_is_paint (get_tool (view)) || !is_own_case (self, view))
    {
      forget (self);
      return NULL;
    }
  follow (self, view, at);
  return "crosshair";
}

const SagUiSliceLayer sag_ui_mask_layer = {
  .add = add_cb,
  .bounds = bounds_cb,
  .draw = draw_cb,
  .is_passing = TRUE,
  .press = press_cb,
  .drag = drag_cb,
  .release = release_cb,
  .cancel = cancel_cb,
  .hover = hover_cb,
};
