/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/measure/measures-private.h"

#include "model/bundle/manifest.h"
#include "model/phantom/phantom.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/answer/overlay.h"
#include "ui/case/stand-in.h"
#include "ui/measure/measure-pane.h"

#include <math.h>

#define SIZE 420

static SagPhantom  *phantom;
static SagPrepared *prepared;

typedef struct
{
  SagUiEngine    *engine;
  SagUiSession   *session;
  SagUiMeasures  *measures;
  SagUiCase      *one; /* the session's */
  SagUiSliceView *view;
  GtkWidget      *pane;
  GtkWindow      *window;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/scan.nii.gz");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *view;

  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->measures = sag_ui_measures_get (self->session);
  self->one = sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);
  sag_ui_case_give (self->one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  sag_ui_cases_set_current (sag_ui_session_get_cases (self->session), self->one);
  view = sag_ui_slice_view_new (SAG_RENDER_AXIAL);
  self->view = SAG_UI_SLICE_VIEW (view);
  sag_ui_slice_view_set_display (self->view, sag_ui_session_get_display (self->session));
  sag_ui_measures_attach (self->measures, self->view);
  self->pane = g_object_new (SAG_UI_TYPE_MEASURE_PANE, "width-request", 320, NULL);
  sag_ui_measure_pane_set_session (SAG_UI_MEASURE_PANE (self->pane), self->session);
  gtk_widget_set_size_request (view, SIZE, SIZE);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), self->pane);
  self->window = sag_test_ui_show (box, SIZE + 320, SIZE);
  sag_test_ui_until (sag_ui_slice_view_is_still (self->view));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (self->window);
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
}

static GListModel *
get_list (Fixture *self)
{
  return G_LIST_MODEL (sag_ui_case_get_measurements (self->one));
}

static const SagUiMeasure *
get_state (Fixture *self, guint i)
{
  g_autoptr (SagUiMeasurement) measurement = g_list_model_get_item (get_list (self), i);

  g_assert_nonnull (measurement);
  return sag_ui_measurement_get_state (measurement);
}

static void
use_tool (Fixture *self, const char *name)
{
  g_action_group_activate_action (sag_ui_measures_get_actions (self->measures), "tool",
                                  g_variant_new_string (name));
}

static SagRenderSlice
get_slice (Fixture *self)
{
  SagRenderSlice slice;

  g_assert_true (sag_ui_slice_view_get_slice (self->view, &slice));
  return slice;
}

static SagUiSlicePoint
at (Fixture *self, double x, double y)
{
  SagRenderSlice  slice = get_slice (self);
  SagUiSlicePoint point = { .x = x, .y = y, .n_press = 1 };

  sag_render_slice_to_ras (&slice, x, y, point.ras_mm);
  return point;
}

static gboolean
press (Fixture *self, const SagUiSliceLayer *layer, double x, double y)
{
  SagRenderSlice  slice = get_slice (self);
  SagUiSlicePoint point = at (self, x, y);

  return layer->press (self->view, &slice, &point, self->measures);
}

static void
drag (Fixture *self, const SagUiSliceLayer *layer, double x, double y)
{
  SagRenderSlice  slice = get_slice (self);
  SagUiSlicePoint point = at (self, x, y);

  layer->drag (self->view, &slice, &point, self->measures);
}

static void
release (Fixture *self, const SagUiSliceLayer *layer, double x, double y, gboolean is_click)
{
  SagRenderSlice  slice = get_slice (self);
  SagUiSlicePoint point = at (self, x, y);

  layer->release (self->view, &slice, &point, is_click, self->measures);
}

static void
draw (Fixture *self, double x0, double y0, double x1, double y1)
{
  g_assert_true (press (self, &sag_ui_measure_layer, x0, y0));
  drag (self, &sag_ui_measure_layer, (x0 + x1) / 2, (y0 + y1) / 2);
  drag (self, &sag_ui_measure_layer, x1, y1);
  release (self, &sag_ui_measure_layer, x1, y1, FALSE);
}

static void
click (Fixture *self, double x, double y)
{
  g_assert_true (press (self, &sag_ui_measure_layer, x, y));
  release (self, &sag_ui_measure_layer, x, y, TRUE);
}

static double
mm_per_pixel (Fixture *self)
{
  SagRenderSlice slice = get_slice (self);

  return sqrt (slice.right_mm[0] * slice.right_mm[0] + slice.right_mm[1] * slice.right_mm[1] +
               slice.right_mm[2] * slice.right_mm[2]);
}

/* In the middle of a line; a slanted one lets a little of its dark edge through. */
static gboolean
is_mark (cairo_surface_t *picture, int x, int y)
{
  guint32 pixel = sag_test_ui_pixel (picture, x, y);

  for (int shift = 0; shift < 24; shift += 8)
    if (abs ((int) (pixel >> shift & 0xff) - (SAG_UI_MEASURE_COLOUR >> shift & 0xff)) > 2)
      return FALSE;
  return TRUE;
}

static void
test_draw (Fixture *self, gconstpointer data)
{
  SagMeasureEllipse    ellipse = { .centre_mm = { 0 } };
  SagMeasureStatistics expected;
  SagRenderSlice       slice = get_slice (self);
  cairo_surface_t     *picture;
  int                  scale = gtk_widget_get_scale_factor (GTK_WIDGET (self->view));

  /* Without a tool a press is not taken: it changes window and level. */
  g_assert_false (press (self, &sag_ui_measure_layer, 100, 100));
  use_tool (self, "ruler");
  draw (self, 100, 120, 160, 200);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 1);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 100 * mm_per_pixel (self), 1e-9);
  g_assert_cmpint (get_state (self, 0)->slice, ==, slice.index);

  /* A click for each point. */
  use_tool (self, "angle");
  click (self, 200.5, 300.5);
  click (self, 260.5, 300.5);
  click (self, 260.5, 240.5);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 2);
  g_assert_cmpfloat_with_epsilon (get_state (self, 1)->value, 90, 1e-9);

  use_tool (self, "ellipse");
  draw (self, 320, 330, 380, 370);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 3);
  for (int e = 0; e < 2; e++)
    for (int c = 0; c < 3; c++)
      ellipse.semi_axis_mm[e][c] = e ? slice.down_mm[c] * 20 : slice.right_mm[c] * 30;
  sag_render_slice_to_ras (&slice, 350, 350, ellipse.centre_mm);
  g_assert_true (sag_measure_ellipse (phantom->image, 2, slice.index, &ellipse, &expected));
  g_assert_cmpint (expected.n_voxels, >, 50);
  g_assert_cmpint (get_state (self, 2)->statistics.n_voxels, ==, expected.n_voxels);
  g_assert_cmpfloat_with_epsilon (get_state (self, 2)->value, expected.mean, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_state (self, 2)->statistics.sd, expected.sd, 1e-9);

  sag_test_ui_settle ();
  picture = sag_test_ui_picture (gtk_widget_get_parent (GTK_WIDGET (self->view)),
                                 scale == 1 ? "measures" : "measures-2x");
  g_assert_true (is_mark (picture, 130 * scale, 160 * scale));
  g_assert_true (is_mark (picture, 230 * scale, 300 * scale));
  g_assert_false (is_mark (picture, 130 * scale, 180 * scale));
  cairo_surface_destroy (picture);

  /* They lie on this slice alone. */
  sag_ui_slice_view_step (self->view, 1);
  sag_test_ui_until (sag_ui_slice_view_is_still (self->view));
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (self->view), "measures-next");
  g_assert_false (is_mark (picture, 130 * scale, 160 * scale));
  cairo_surface_destroy (picture);
}

static void
test_nothing (Fixture *self, gconstpointer data)
{
  use_tool (self, "ruler");
  click (self, 100, 100);
  click (self, 100, 100);
  use_tool (self, "ellipse");
  draw (self, 100, 100, 100, 150);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 0);

  /* What is begun is given up with its tool, and by Escape. */
  use_tool (self, "angle");
  click (self, 100, 100);
  use_tool (self, "ruler");
  click (self, 120, 100);
  sag_ui_measure_layer.cancel (self->view, self->measures);
  click (self, 140, 100);
  click (self, 150, 100);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 1);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 10 * mm_per_pixel (self), 1e-9);

  /* The same tool once more puts it away. */
  use_tool (self, "ruler");
  g_assert_cmpint (sag_ui_display_get_tool (sag_ui_session_get_display (self->session)), ==,
                   SAG_UI_TOOL_NONE);
}

/* What was begun on one scan is not finished on the next, though it lies on the slice of that number, too. */
static void
test_other_scan (Fixture *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/other.nii.gz");
  g_autoptr (SagUiCase) second = sag_ui_case_new (file);
  SagUiCase *first = self->one;
  int        index = get_slice (self).index;

  sag_ui_case_give (second, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  sag_ui_cases_insert (cases, G_MAXUINT, second);
  use_tool (self, "ruler");
  click (self, 100, 100);
  sag_ui_cases_set_current (cases, second);
  sag_test_ui_until (sag_ui_slice_view_is_still (self->view));
  g_assert_cmpint (get_slice (self).index, ==, index);
  g_assert_cmpuint (self->measures->n_placed, ==, 0);
  self->one = second;
  click (self, 200, 100);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 0);
  click (self, 200, 160);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 1);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 60 * mm_per_pixel (self), 1e-9);
  self->one = first;
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 0);
}

/* On a stand-in nothing is measured, and the press is not taken for window and level. */
static void
test_stand_in (Fixture *self, gconstpointer data)
{
  SagUiDisplay *display = sag_ui_slice_view_get_display (self->view);
  const double  shift[3][4] = { { 1, 0, 0, 5 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } };
  const float   cells[8] = { 0, 0.2f, 0.4f, 0.6f, 0.8f, 1, 0.5f, 0.1f };
  const gint32  dims[3] = { 2, 2, 2 };
  const double  spacing_mm[3] = { 40, 40, 40 }, origin_mm[3] = { 0 };
  SagGeometry   geometry = sag_geometry_init (dims, spacing_mm, origin_mm);
  g_autoptr (SagUiOverlay) map =
    sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, "map", cells, &geometry, 0);
  g_autoptr (SagUiCase) stand_in = NULL;
  g_autoptr (SagUiOverlay) copy = NULL;

  g_list_store_append (sag_ui_case_get_overlays (self->one), map);
  stand_in = sag_ui_stand_in_new (self->one, phantom->image, shift);
  copy = g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_overlays (stand_in)), 0);
  g_assert_cmpfloat (sag_ui_overlay_get_geometry (copy)->ijk_to_ras[0][3], ==, 5);
  g_object_set (map, "opacity", 0.25, NULL);
  g_assert_cmpfloat (sag_ui_overlay_get_scale (copy).opacity, ==, 0.25);
  g_assert_null (sag_ui_stand_in_get_original (self->one));

  sag_ui_display_set_case (display, stand_in);
  sag_test_ui_until (sag_ui_slice_view_is_still (self->view));
  use_tool (self, "ruler");
  draw (self, 100, 120, 160, 200);
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_measurements (stand_in))), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 0);
  use_tool (self, "ruler");
  sag_ui_display_set_case (display, self->one);
}

static void
test_edit (Fixture *self, gconstpointer data)
{
  SagUiJournal *journal = sag_ui_session_get_journal (self->session);
  double        mm = mm_per_pixel (self);

  use_tool (self, "ruler");
  draw (self, 100, 100, 200, 100);
  use_tool (self, "none");
  draw (self, 200, 101, 250, 100); /* its end */
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 150 * mm, 1e-9);
  draw (self, 175, 101, 175, 131); /* all of it */
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 150 * mm, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->points_mm[0][1],
                                  at (self, 100, 130).ras_mm[1], 1e-9);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->points_mm[0][1],
                                  at (self, 100, 100).ras_mm[1], 1e-9);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 100 * mm, 1e-9);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 0);
  for (int i = 0; i < 3; i++)
    g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 150 * mm, 1e-9);

  /* Escape in the middle puts it back. */
  g_assert_true (press (self, &sag_ui_measure_layer, 250, 130));
  drag (self, &sag_ui_measure_layer, 300, 200);
  sag_ui_measure_layer.cancel (self->view, self->measures);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 150 * mm, 1e-9);
}

static void
test_stretch (Fixture *self, gconstpointer data)
{
  SagUiMeasure before;

  use_tool (self, "ellipse");
  draw (self, 150, 150, 250, 230);
  use_tool (self, "none");
  before = *get_state (self, 0);
  draw (self, 250, 190, 290, 190); /* the right end; the left one stays */
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->statistics.area_mm2,
                                  before.statistics.area_mm2 * 1.4, 1e-6);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->points_mm[0][0],
                                  at (self, 220, 190).ras_mm[0], 1e-9);
  draw (self, 220, 150, 220, 110); /* the upper one */
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->statistics.area_mm2,
                                  before.statistics.area_mm2 * 1.4 * 1.5, 1e-6);
  draw (self, 290, 170, 50, 170); /* through to the other side: never nothing */
  g_assert_cmpfloat (get_state (self, 0)->statistics.area_mm2, >, 0);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  GActionGroup *actions = sag_ui_measures_get_actions (self->measures);
  GtkListBox   *list = GTK_LIST_BOX (sag_test_ui_find_type (self->pane, GTK_TYPE_LIST_BOX));
  SagUiDisplay *display = sag_ui_session_get_display (self->session);
  g_autoptr (SagUiMeasurement) first = NULL;
  G_GNUC_UNUSED g_autofree char *value = NULL;
  int                            index = get_slice (self).index;

  g_assert_false (g_action_group_get_action_enabled (actions, "delete"));
  g_assert_false (g_action_group_get_action_enabled (actions, "copy"));
  use_tool (self, "ruler");
  draw (self, 100, 100, 200, 100);
  draw (self, 100, 150, 200, 150);
  first = g_list_model_get_item (get_list (self), 0);
  g_assert_cmpstr (sag_ui_measurement_get_label (first), ==, "Ruler 1");
  g_assert_nonnull (gtk_list_box_get_row_at_index (list, 1));
  g_assert_true (gtk_list_box_get_selected_row (list) == gtk_list_box_get_row_at_index (list, 1));

  /* A row leads to its slice. */
  sag_ui_slice_view_step (self->view, 7);
  g_assert_cmpint (get_slice (self).index, ==, index + 7);
  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, 0));
  g_assert_cmpint (get_slice (self).index, ==, index);
  g_assert_true (sag_ui_measures_get_chosen (self->measures) == first);

  g_action_group_activate_action (actions, "delete", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 1);
  g_assert_null (gtk_list_box_get_row_at_index (list, 1));
  draw (self, 100, 200, 200, 200);
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 2);
  g_assert_true (g_list_model_get_item (get_list (self), 0) == first);
  g_object_unref (first);
  g_action_group_activate_action (actions, "delete-all", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 0);

  /* Points at the crosshair: the keyboard alone. */
  use_tool (self, "ruler");
  sag_ui_display_set_cross (display, at (self, 100, 100).ras_mm);
  g_action_group_activate_action (actions, "point", NULL);
  sag_ui_display_set_cross (display, at (self, 160, 180).ras_mm);
  g_action_group_activate_action (actions, "point", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (get_list (self)), ==, 1);
  g_assert_cmpfloat_with_epsilon (get_state (self, 0)->value, 100 * mm_per_pixel (self), 1e-6);
}

static void
test_words (void)
{
  SagUiMeasure ruler = { .kind = SAG_RENDER_RULER, .plane = SAG_RENDER_AXIAL, .slice = 133 };
  SagUiMeasure ellipse = { .kind = SAG_RENDER_ELLIPSE, .plane = SAG_RENDER_CORONAL, .slice = 0 };
  g_autoptr (GListStore) store = g_list_store_new (SAG_UI_TYPE_MEASUREMENT);
  g_autoptr (SagUiMeasurement) first = NULL, second = NULL;
  g_autofree char *value = NULL, *csv = NULL, *other = NULL;

  ruler.points_mm[1][0] = -42.25;
  sag_ui_measure_compute (&ruler, NULL);
  value = sag_ui_measure_dup_value (&ruler);
  g_assert_cmpstr (value, ==, "42.2 mm");
  ellipse.has_statistics = TRUE;
  ellipse.value = -811.6;
  ellipse.statistics = (SagMeasureStatistics){ 12, 49.95, -811.6, 45.4, -1004, -0.4 };
  other = sag_ui_measure_dup_value (&ellipse);
  g_assert_nonnull (strstr (other, "−812 ± 45 HU"));
  g_assert_nonnull (strstr (other, " 0\n")); /* -0.4 is no "−0" */
  g_assert_nonnull (strstr (other, "50.0 mm²"));
  first = sag_ui_measurement_new ("the \"big\" one, left", &ruler);
  second = sag_ui_measurement_new ("b", &ellipse);
  g_list_store_append (store, first);
  g_list_store_append (store, second);
  csv = sag_ui_measurements_dup_csv (G_LIST_MODEL (store), "case 1");
  g_assert_nonnull (
    strstr (csv, "\r\n\"case 1\",\"the \"\"big\"\" one, left\",ruler,axial,134,42.250,mm,"
                 ",,,,,0.000,0.000,0.000,-42.250,0.000,0.000,,,\r\n"));
  g_assert_nonnull (
    strstr (csv, "\"b\",ellipse,coronal,1,-811.600,HU,45.400,-1004.000,-0.400,12,49.950,"));
}

static void
offer_cb (
  SagUiSession *session, const char *sentence, const char *label, const char *action, int *n)
{
  g_assert_cmpstr (action, ==, "measure.ask-again");
  ++*n;
}

static void
test_box (Fixture *self, gconstpointer data)
{
  SagUiJournal *journal = sag_ui_session_get_journal (self->session);
  g_autoptr (SagUiResult) result = sag_ui_result_new ("Segment lungs in the image.", 0);
  double mm = mm_per_pixel (self), shift_mm[3];
  int    n_offers = 0;

  g_signal_connect (self->session, "offer", G_CALLBACK (offer_cb), &n_offers);
  g_list_store_append (sag_ui_case_get_results (self->one), result);
  g_assert_false (press (self, &sag_ui_box_layer, 200, 200)); /* only with its tool */
  use_tool (self, "box");
  g_assert_true (press (self, &sag_ui_box_layer, 200, 200)); /* not known yet: nothing moves */
  drag (self, &sag_ui_box_layer, 240, 200);
  release (self, &sag_ui_box_layer, 240, 200, FALSE);
  sag_ui_case_get_box_shift (self->one, shift_mm);
  g_assert_cmpfloat (shift_mm[0], ==, 0);

  sag_ui_case_set_prepared (self->one, prepared);
  g_assert_true (press (self, &sag_ui_box_layer, 200, 200));
  drag (self, &sag_ui_box_layer, 180, 170);
  g_assert_nonnull (self->measures->ghost_case);
  sag_ui_box_layer.cancel (self->view, self->measures);
  g_assert_null (self->measures->ghost_case);

  /* Radiological: to the left on the screen is to the patient's right; up is to the front. */
  g_assert_true (press (self, &sag_ui_box_layer, 200, 200));
  drag (self, &sag_ui_box_layer, 180, 170);
  release (self, &sag_ui_box_layer, 180, 170, FALSE);
  sag_ui_case_get_box_shift (self->one, shift_mm);
  g_assert_cmpfloat (shift_mm[0], ==, round (20 * mm));
  g_assert_cmpfloat (shift_mm[1], ==, round (30 * mm));
  g_assert_cmpfloat (shift_mm[2], ==, 0);
  g_assert_true (sag_ui_result_get_stale (result));
  g_assert_cmpint (n_offers, ==, 1);
  g_assert_true (
    g_action_group_get_action_enabled (sag_ui_measures_get_actions (self->measures), "reset-box"));

  /* The ghost stays until the new box is known. */
  g_assert_nonnull (self->measures->ghost_case);
  sag_ui_case_set_prepared (self->one, prepared);
  g_assert_null (self->measures->ghost_case);

  g_assert_true (sag_ui_journal_undo (journal));
  sag_ui_case_get_box_shift (self->one, shift_mm);
  g_assert_cmpfloat (shift_mm[0], ==, 0);
  g_assert_true (sag_ui_journal_redo (journal));
  g_action_group_activate_action (sag_ui_measures_get_actions (self->measures), "reset-box", NULL);
  sag_ui_case_get_box_shift (self->one, shift_mm);
  g_assert_cmpfloat (shift_mm[1], ==, 0);
  g_assert_false (
    g_action_group_get_action_enabled (sag_ui_measures_get_actions (self->measures), "reset-box"));
}

int
main (int argc, char **argv)
{
  const SagPhantomOptions options = { .seed = 3, .spacing_mm = { 2, 2, 4 } };
  const SagPrepareOptions how = { .lungs = NULL };
  SagRecipe               recipe;
  int                     code;

  sag_test_ui_init (&argc, &argv);
  phantom = sag_phantom_new (&options);
  sag_recipe_init (&recipe, SAG_RECIPE_UPSTREAM);
  prepared = sag_prepare (phantom->image, &recipe, &how, NULL, NULL);
  g_assert_nonnull (prepared);
#define ADD(name, function)                                                                        \
  g_test_add ("/ui/measure/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("draw", test_draw);
  ADD ("nothing", test_nothing);
  ADD ("other-scan", test_other_scan);
  ADD ("stand-in", test_stand_in);
  ADD ("edit", test_edit);
  ADD ("stretch", test_stretch);
  ADD ("list", test_list);
  ADD ("box", test_box);
#undef ADD
  g_test_add_func ("/ui/measure/words", test_words);
  code = g_test_run ();
  sag_prepared_unref (prepared);
  sag_phantom_free (phantom);
  return code;
}
