/* SPDX-License-Identifier: Apache-2.0 */

/* The layer that moves the analysed box: a ghost follows the pointer, the release asks for it. */

#include "ui/measure/measures-private.h"

#include "render/slice/marks.h"

#include <glib/gi18n.h>
#include <math.h>

static SagUiCase *
get_case (SagUiSliceView *view)
{
  SagUiDisplay *display = sag_ui_slice_view_get_display (view);

  return display != NULL ? sag_ui_display_get_case (display) : NULL;
}

static gboolean
is_tool (SagUiSliceView *view)
{
  return sag_ui_display_get_tool (sag_ui_slice_view_get_display (view)) == SAG_UI_TOOL_BOX;
}

/* The box as it was last analysed; NULL before that. */
static const SagGeometry *
get_box (SagUiCase *one)
{
  SagPrepared *prepared = one != NULL ? sag_ui_case_get_prepared (one) : NULL;

  return prepared != NULL ? sag_prepared_get_input_geometry (prepared) : NULL;
}

static gboolean
is_inside (const SagGeometry *box, const double ras_mm[3])
{
  double ras_to_ijk[3][4], ijk[3];

  if (!sag_geometry_invert (box, ras_to_ijk))
    return FALSE;
  sag_geometry_apply (ras_to_ijk, ras_mm, ijk);
  for (int a = 0; a < 3; a++)
    if (!(ijk[a] >= -0.5 && ijk[a] <= box->dims[a] - 0.5))
      return FALSE;
  return TRUE;
}

static void
box_axis (const SagGeometry *box, int axis, double unit[3])
{
  double length = 0;

  for (int c = 0; c < 3; c++)
    length += box->ijk_to_ras[c][axis] * box->ijk_to_ras[c][axis];
  for (int c = 0; c < 3; c++)
    unit[c] = box->ijk_to_ras[c][axis] / sqrt (length);
}

/* Where @box would lie if its shift were @shift_mm instead of @before_mm. */
static SagGeometry
moved (const SagGeometry *box, const double before_mm[3], const double shift_mm[3])
{
  SagGeometry ghost = *box;

  for (int a = 0; a < 3; a++)
    {
      double unit[3];

      box_axis (box, a, unit);
      for (int c = 0; c < 3; c++)
        ghost.ijk_to_ras[c][3] += unit[c] * (shift_mm[a] - before_mm[a]);
    }
  return ghost;
}

void
sag_ui_measures_drop_ghost (SagUiMeasures *self)
{
  g_clear_object (&self->ghost_case);
  self->is_dragging_box = FALSE;
  sag_ui_measures_redraw (self);
}

static gboolean
bounds_cb (SagUiSliceView       *view,
           const SagRenderSlice *slice,
           graphene_rect_t      *bounds,
           gpointer              data)
{
  SagUiMeasures *self = data;

  graphene_rect_init (bounds, 0, 0, (float) (slice->width / slice->scale),
                      (float) (slice->height / slice->scale));
  return self->ghost_case != NULL && self->ghost_case == get_case (view);
}

static void
draw_cb (SagUiSliceView *view, const SagRenderSlice *slice, cairo_t *cr, gpointer data)
{
  SagUiMeasures *self = data;

  if (self->ghost_case != NULL && self->ghost_case == get_case (view))
    sag_render_box_draw (cr, slice, &self->ghost, SAG_UI_MEASURE_COLOUR);
}

static gboolean
press_cb (SagUiSliceView        *view,
          const SagRenderSlice  *slice,
          const SagUiSlicePoint *at,
          gpointer               data)
{
  SagUiMeasures     *self = data;
  SagUiCase         *one = get_case (view);
  const SagGeometry *box = get_box (one);

  if (!is_tool (view) || at->state & GDK_CONTROL_MASK)
    return FALSE;
  if (box == NULL || !is_inside (box, at->ras_mm))
    {
      sag_ui_session_say (self->session, box == NULL
                                           ? _ ("The analysed box is not known yet.")
                                           : _ ("Drag inside the dashed box to move it."));
      return TRUE;
    }
  g_set_object (&self->ghost_case, one);
  self->ghost = *box;
  self->is_dragging_box = TRUE;
  memcpy (self->box_from_mm, at->ras_mm, sizeof self->box_from_mm);
  sag_ui_case_get_box_shift (one, self->shift_before_mm);
  memcpy (self->shift_mm, self->shift_before_mm, sizeof self->shift_mm);
  sag_ui_measures_redraw (self);
  return TRUE;
}

static void
drag_cb (SagUiSliceView        *view,
         const SagRenderSlice  *slice,
         const SagUiSlicePoint *at,
         gpointer               data)
{
  SagUiMeasures     *self = data;
  const SagGeometry *box = get_box (self->ghost_case);

  if (!self->is_dragging_box || box == NULL)
    return;
  for (int a = 0; a < 3; a++)
    {
      double unit[3], along = 0;

      box_axis (box, a, unit);
      for (int c = 0; c < 3; c++)
        along += unit[c] * (at->ras_mm[c] - self->box_from_mm[c]);
      self->shift_mm[a] = round (self->shift_before_mm[a] + along);
    }
  self->ghost = moved (box, self->shift_before_mm, self->shift_mm);
  sag_ui_measures_redraw (self);
}

static void
release_cb (SagUiSliceView        *view,
            const SagRenderSlice  *slice,
            const SagUiSlicePoint *at,
            gboolean               is_click,
            gpointer               data)
{
  SagUiMeasures *self = data;

  if (!self->is_dragging_box)
    return;
  self->is_dragging_box = FALSE;
  if (is_click || self->ghost_case != sag_ui_session_get_case (self->session))
    sag_ui_measures_drop_ghost (self);
  else
    sag_ui_measures_shift_box (self, self->shift_mm);
}

static void
cancel_cb (SagUiSliceView *view, gpointer data)
{
  sag_ui_measures_drop_ghost (data);
}

static const char *
hover_cb (SagUiSliceView        *view,
          const SagRenderSlice  *slice,
          const SagUiSlicePoint *at,
          gpointer               data)
{
  const SagGeometry *box = get_box (get_case (view));

  if (at == NULL || !is_tool (view))
    return NULL;
  return box != NULL && is_inside (box, at->ras_mm) ? "move" : "not-allowed";
}

const SagUiSliceLayer sag_ui_box_layer = {
  .bounds = bounds_cb,
  .draw = draw_cb,
  .press = press_cb,
  .drag = drag_cb,
  .release = release_cb,
  .cancel = cancel_cb,
  .hover = hover_cb,
};

/* Moves as steps of the journal. The case is not kept alive by them. */

typedef struct
{
  GWeakRef one;
  GWeakRef engine;
  double   before_mm[3];
  double   after_mm[3];
} Move;

static void
apply (Move *move, const double shift_mm[3])
{
  g_autoptr (SagUiCase) one = g_weak_ref_get (&move->one);
  g_autoptr (SagUiEngine) engine = g_weak_ref_get (&move->engine);

  if (one == NULL)
    return;
  sag_ui_case_set_box_shift (one, shift_mm);
  if (engine != NULL && sag_ui_measures_get_voxels (one) != NULL)
    sag_ui_engine_prepare (engine, one);
}

static void
move_undo (gpointer data)
{
  Move *move = data;

  apply (move, move->before_mm);
}

static void
move_redo (gpointer data)
{
  Move *move = data;

  apply (move, move->after_mm);
}

static void
move_free (gpointer data)
{
  Move *move = data;

  g_weak_ref_clear (&move->one);
  g_weak_ref_clear (&move->engine);
  g_free (move);
}

static const SagUiStepTable move_table = { move_undo, move_redo, move_free };

void
sag_ui_measures_shift_box (SagUiMeasures *self, const double shift_mm[3])
{
  SagUiCase         *one = sag_ui_session_get_case (self->session);
  const SagGeometry *box = get_box (one);
  Move              *move;
  double             before_mm[3];

  if (one == NULL)
    return;
  sag_ui_case_get_box_shift (one, before_mm);
  if (sag_geometry_same_point (before_mm, shift_mm))
    {
      sag_ui_measures_drop_ghost (self);
      return;
    }
  if (box != NULL)
    {
      g_set_object (&self->ghost_case, one);
      self->ghost = moved (box, before_mm, shift_mm);
    }
  move = g_new0 (Move, 1);
  g_weak_ref_init (&move->one, one);
  g_weak_ref_init (&move->engine, sag_ui_session_get_engine (self->session));
  memcpy (move->before_mm, before_mm, sizeof move->before_mm);
  memcpy (move->after_mm, shift_mm, sizeof move->after_mm);
  move_redo (move);
  sag_ui_journal_push (sag_ui_session_get_journal (self->session), _ ("Analysed box moved"),
                       &move_table, move);
  if (g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_results (one))) > 0)
    sag_ui_session_offer (self->session,
                          _ ("The analysed box was moved; the answers are outdated."),
                          _ ("Ask again"), "measure.ask-again");
}
