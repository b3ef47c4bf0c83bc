/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views-private.h"

#include "tests/ui/support.h"
#include "tests/ui/view/views-fixture.h"
#include "ui/case/stand-in.h"
#include "ui/mask/case-masks.h"

/* Two scans: the same window, the same distance apart, the same millimetres a pixel. */
static void
test_compare_cases (ViewsFixture *self, gconstpointer data)
{
  SagUiDisplay *other;
  double        left[3], right[3], offset[3];
  SagRenderView view, twin;

  sag_ui_views_compare_cases (self->views, self->cases[1]);
  sag_test_ui_settle ();
  g_assert_true (views_is_seen (self, 1, SAG_RENDER_AXIAL));
  other = sag_ui_slice_view_get_display (views_get_view (self, 1, SAG_RENDER_AXIAL));
  g_assert_true (sag_ui_display_get_case (other) == self->cases[1]);
  sag_ui_display_get_cross (self->display, left);
  sag_ui_display_get_cross (other, right);
  for (int a = 0; a < 3; a++)
    offset[a] = right[a] - left[a];

  sag_ui_slice_view_step (views_get_view (self, 0, SAG_RENDER_AXIAL), -7);
  sag_ui_display_get_cross (self->display, left);
  sag_ui_display_get_cross (other, right);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (right[a] - left[a], offset[a], 1e-6);
  sag_ui_slice_view_step (views_get_view (self, 1, SAG_RENDER_CORONAL), 4);
  sag_ui_display_get_cross (self->display, left);
  sag_ui_display_get_cross (other, right);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (right[a] - left[a], offset[a], 1e-6);

  views_act (self, "view.preset(4)");
  g_assert_cmpfloat (sag_ui_display_get_window (other).width, ==, 1500);
  sag_ui_slice_view_zoom (views_get_view (self, 0, SAG_RENDER_AXIAL), 1.7);
  sag_ui_slice_view_get_view (views_get_view (self, 0, SAG_RENDER_AXIAL), &view);
  sag_ui_slice_view_get_view (views_get_view (self, 1, SAG_RENDER_AXIAL), &twin);
  g_assert_cmpfloat_with_epsilon (view.mm_per_pixel, twin.mm_per_pixel, 1e-12);

  /* Apart, and together again from where they are. */
  views_act (self, "view.linked");
  sag_ui_display_get_cross (other, right);
  sag_ui_slice_view_step (views_get_view (self, 0, SAG_RENDER_AXIAL), 5);
  sag_ui_display_get_cross (other, offset);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat (offset[a], ==, right[a]);

  views_act (self, "view.end-compare");
  g_assert_false (views_is_seen (self, 1, SAG_RENDER_AXIAL));
  views_act (self, "view.preset(0)");
}

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

/* What is said above the right side. */
static gboolean
is_said (ViewsFixture *self, const char *text)
{
  return sag_test_ui_find (GTK_WIDGET (self->views), GTK_TYPE_LABEL, says, text) != NULL;
}

static gboolean
get_switch (ViewsFixture *self, const char *property)
{
  gboolean value;

  g_object_get (self->views, property, &value, NULL);
  return value;
}

/* Without lungs nothing is aligned: it is said, and the scans stay as they are stored. */
static void
test_not_aligned (ViewsFixture *self, gconstpointer data)
{
  SagUiDisplay *other;

  sag_ui_views_compare_cases (self->views, self->cases[1]);
  other = sag_ui_slice_view_get_display (views_get_view (self, 1, SAG_RENDER_AXIAL));
  sag_test_ui_until (is_said (self, "Could not be aligned"));
  views_act (self, "view.aligned");
  views_act (self, "view.checker");
  g_assert_false (get_switch (self, "aligned"));
  g_assert_false (get_switch (self, "checker"));
  g_assert_true (sag_ui_display_get_case (other) == self->cases[1]);
  views_act (self, "view.end-compare");
}

/* The same anatomy on both sides: by the matrix while stored, at the same point while aligned. */
static void
assert_same_place (ViewsFixture *self, SagUiDisplay *other, const double current_to_prior[3][4])
{
  double left[3], right[3];

  sag_ui_display_get_cross (self->display, left);
  sag_ui_display_get_cross (other, right);
  if (current_to_prior != NULL)
    sag_geometry_apply (current_to_prior, left, left);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (left[a], right[a], 1e-6);
}

static SagUiCase *
new_visit (guint visit)
{
  const SagPhantomOptions options = {
    .seed = 3, .visit = visit, .anatomical = TRUE, .spacing_mm = { 3, 3, 3 }
  };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/visit.nii.gz");
  SagUiCase *one = sag_ui_case_new (file);

  sag_ui_case_give (one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  return one;
}

/* Two scans of one patient: aligned by itself, and shown so; as stored the cross still follows. */
static void
test_aligned (ViewsFixture *self, gconstpointer data)
{
  g_autoptr (SagUiCase) current = new_visit (2);
  g_autoptr (SagUiCase) prior = new_visit (0);
  SagVolume      *volume = sag_ui_case_get_volume (current);
  SagUiSliceView *view;
  SagUiDisplay   *other;
  SagRegistration expected;
  const double    place[3] = { 40, -30, 25 };

  sag_ui_display_set_case (self->display, current);
  sag_ui_views_compare_cases (self->views, prior);
  view = views_get_view (self, 1, SAG_RENDER_AXIAL);
  other = sag_ui_slice_view_get_display (view);
  sag_test_ui_until (get_switch (self, "aligned"));
  sag_test_ui_settle ();
  g_assert_true (is_said (self, "Bones fit to"));
  g_assert_true (sag_ui_stand_in_get_original (sag_ui_display_get_case (other)) == prior);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (sag_ui_display_get_volume (other)),
                                     sag_volume_get_geometry (volume), 0));
  sag_ui_display_set_cross (self->display, place);
  assert_same_place (self, other, NULL);
  sag_ui_slice_view_step (view, 3);
  assert_same_place (self, other, NULL);

  views_act (self, "view.checker");
  g_assert_true (sag_ui_display_get_checker (other) == volume);
  g_assert_null (sag_ui_display_get_checker (self->display));

  g_assert_true (sag_register (volume, sag_ui_case_get_volume (prior), &expected, NULL, NULL));
  views_act (self, "view.aligned");
  g_assert_true (sag_ui_display_get_case (other) == prior);
  g_assert_false (get_switch (self, "checker"));
  g_assert_null (sag_ui_display_get_checker (other));
  assert_same_place (self, other, expected.current_to_prior);
  sag_ui_slice_view_step (views_get_view (self, 0, SAG_RENDER_CORONAL), -6);
  assert_same_place (self, other, expected.current_to_prior);
  sag_ui_slice_view_step (view, 5);
  assert_same_place (self, other, expected.current_to_prior);

  /* A checkerboard needs both on one grid. */
  views_act (self, "view.checker");
  g_assert_true (get_switch (self, "aligned"));
  g_assert_true (get_switch (self, "checker"));
  views_act (self, "view.end-compare");
  g_assert_false (get_switch (self, "aligned"));
  g_assert_false (get_switch (self, "checker"));
  g_assert_true (sag_ui_display_get_case (self->display) == current);
}

static void
assert_labels (SagUiCase *one, const char *labels)
{
  GListModel *maps = G_LIST_MODEL (sag_ui_case_get_overlays (one));
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (maps); i++)
    {
      g_autoptr (SagUiOverlay) map = g_list_model_get_item (maps, i);

      g_string_append (all, sag_ui_overlay_get_label (map));
    }
  g_assert_cmpstr (all->str, ==, labels);
}

/* Maps that come and go while their scan is aligned; masks of it are said to be elsewhere. */
static void
test_aligned_maps (ViewsFixture *self, gconstpointer data)
{
  SagUiCase      *prior = self->cases[1];
  GListStore     *maps = sag_ui_case_get_overlays (prior);
  SagRegistration fit = { .verdict = SAG_REGISTER_GOOD };
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();
  g_autoptr (SagUiOverlay) a = views_new_overlay ("a");
  g_autoptr (SagUiOverlay) b = views_new_overlay ("b");
  g_autoptr (SagUiOverlay) moved = NULL;
  SagUiCase    *shown;
  SagUiDisplay *other;

  g_list_store_append (maps, a);
  sag_ui_views_compare_cases (self->views, prior);
  sag_test_ui_until (is_said (self, "Could not be aligned"));
  for (int r = 0; r < 3; r++)
    fit.prior_to_current[r][r] = fit.current_to_prior[r][r] = 1;
  fit.prior_to_current[0][3] = 7;
  fit.current_to_prior[0][3] = -7;
  sag_ui_views_take_fit (self->views, &fit, sag_ui_case_get_volume (self->cases[0]));
  other = sag_ui_slice_view_get_display (views_get_view (self, 1, SAG_RENDER_AXIAL));
  shown = sag_ui_display_get_case (other);
  g_assert_true (sag_ui_stand_in_get_original (shown) == prior);
  assert_labels (shown, "a");
  g_list_store_insert (maps, 0, b);
  assert_labels (shown, "ba");
  moved = g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_overlays (shown)), 0);
  g_assert_cmpfloat_with_epsilon (sag_ui_overlay_get_geometry (moved)->ijk_to_ras[0][3],
                                  sag_ui_overlay_get_geometry (b)->ijk_to_ras[0][3] + 7, 1e-9);
  sag_ui_overlay_set_visible (b, TRUE);
  g_assert_true (sag_ui_overlay_get_visible (moved));
  g_list_store_remove (maps, 1);
  assert_labels (shown, "b");

  g_assert_false (is_said (self, "Masks hidden"));
  views_act (self, "view.aligned");
  sag_ui_case_masks_add (sag_ui_case_masks_get (prior, journal), "Lesion", NULL, NULL, NULL);
  sag_test_ui_settle ();
  g_assert_false (is_said (self, "Masks hidden"));
  views_act (self, "view.aligned");
  g_assert_true (is_said (self, "Masks hidden"));
  views_act (self, "view.end-compare");
}

static void
assert_apart (ViewsFixture *self, SagUiDisplay *other, const double offset_mm[3])
{
  double left[3], right[3];

  sag_ui_display_get_cross (self->display, left);
  sag_ui_display_get_cross (other, right);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (right[a] - left[a], offset_mm[a], 1e-6);
}

static void
get_apart (ViewsFixture *self, SagUiDisplay *other, double offset_mm[3])
{
  double left[3];

  sag_ui_display_get_cross (self->display, left);
  sag_ui_display_get_cross (other, offset_mm);
  for (int a = 0; a < 3; a++)
    offset_mm[a] -= left[a];
}

/* A doubtful fit moves nothing until it is asked for, nor once the sides were linked by hand. */
static void
test_doubtful (ViewsFixture *self, gconstpointer data)
{
  SagRegistration fit = { .verdict = SAG_REGISTER_DOUBTFUL };
  SagUiDisplay   *other;
  double          offset[3], cross[3];

  sag_ui_views_compare_cases (self->views, self->cases[1]);
  sag_test_ui_until (is_said (self, "Could not be aligned"));
  for (int r = 0; r < 3; r++)
    fit.prior_to_current[r][r] = fit.current_to_prior[r][r] = 1;
  fit.prior_to_current[2][3] = 12;
  fit.current_to_prior[2][3] = -12;
  sag_ui_views_take_fit (self->views, &fit, sag_ui_case_get_volume (self->cases[0]));
  g_assert_true (is_said (self, "Doubtful"));
  g_assert_false (get_switch (self, "aligned"));
  other = sag_ui_slice_view_get_display (views_get_view (self, 1, SAG_RENDER_AXIAL));
  get_apart (self, other, offset);
  sag_ui_slice_view_step (views_get_view (self, 0, SAG_RENDER_AXIAL), 3);
  assert_apart (self, other, offset);

  views_act (self, "view.aligned");
  views_act (self, "view.aligned");
  sag_ui_slice_view_step (views_get_view (self, 0, SAG_RENDER_AXIAL), 1);
  assert_same_place (self, other, fit.current_to_prior);

  views_act (self, "view.linked");
  sag_ui_display_get_cross (other, cross);
  cross[1] += 9;
  sag_ui_display_set_cross (other, cross);
  views_act (self, "view.linked");
  get_apart (self, other, offset);
  sag_ui_slice_view_step (views_get_view (self, 0, SAG_RENDER_AXIAL), -2);
  assert_apart (self, other, offset);
  views_act (self, "view.end-compare");
}

/* It may end while they are being aligned. */
static void
test_ended_early (ViewsFixture *self, gconstpointer data)
{
  g_autoptr (SagUiCase) current = new_visit (2);
  g_autoptr (SagUiCase) prior = new_visit (0);

  sag_ui_display_set_case (self->display, current);
  sag_ui_views_compare_cases (self->views, prior);
  g_assert_true (is_said (self, "Aligning"));
  views_act (self, "view.end-compare");
  sag_ui_views_compare_cases (self->views, self->cases[1]);
  sag_test_ui_until (is_said (self, "Could not be aligned"));
  g_assert_false (get_switch (self, "aligned"));
}

/* As when both were opened. */
static SagUiCases *
open_cases (ViewsFixture *self, SagUiCase *left, SagUiCase *right)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);

  sag_ui_cases_insert (cases, 0, left);
  sag_ui_cases_insert (cases, 1, right);
  sag_ui_cases_set_current (cases, left);
  g_assert_true (sag_ui_display_get_case (self->display) == left);
  return cases;
}

/* What stands on the right stays in memory, however little of it there is. */
static void
test_right_stays (ViewsFixture *self, gconstpointer data)
{
  SagUiCases *cases = open_cases (self, self->cases[0], self->cases[1]);

  sag_ui_views_compare_cases (self->views, self->cases[1]);
  sag_ui_cases_set_ceiling (cases, 1);
  g_assert_cmpint (sag_ui_case_get_state (self->cases[1]), ==, SAG_UI_CASE_READY);
  g_assert_true (get_switch (self, "comparing"));
  views_act (self, "view.end-compare");
  g_assert_cmpint (sag_ui_case_get_state (self->cases[1]), ==, SAG_UI_CASE_WAITING);
}

/* A scan that is closed leaves the right side, too: before it is aligned, and after. */
static void
test_right_closed (ViewsFixture *self, gconstpointer data)
{
  g_autoptr (SagUiCase) current = new_visit (2);
  g_autoptr (SagUiCase) prior = new_visit (0);
  SagVolume    *volume = sag_ui_case_get_volume (prior);
  SagUiCases   *cases = open_cases (self, current, prior);
  G_GNUC_UNUSED g_autoptr (SagVolume) keep = sag_volume_ref (volume);

  sag_ui_views_compare_cases (self->views, prior);
  g_assert_true (is_said (self, "Aligning"));
  sag_ui_cases_remove (cases, prior);
  g_assert_false (get_switch (self, "comparing"));
  g_assert_null (sag_ui_slice_view_get_display (views_get_view (self, 1, SAG_RENDER_AXIAL)));

  sag_ui_case_give (prior, volume, sag_volume_get_geometry (volume)->dims[2]);
  sag_ui_cases_insert (cases, 1, prior);
  sag_ui_views_compare_cases (self->views, prior);
  sag_test_ui_until (get_switch (self, "aligned"));
  sag_ui_cases_remove (cases, prior);
  g_assert_false (get_switch (self, "comparing"));
  g_assert_false (get_switch (self, "aligned"));
  sag_test_ui_settle ();
  g_assert_false (views_is_seen (self, 1, SAG_RENDER_AXIAL));
  g_assert_true (sag_ui_display_get_case (self->display) == current);
}

/* Nor is there a right side without a scan: one that cannot be read, now or later. */
static void
test_right_fails (ViewsFixture *self, gconstpointer data)
{
  static const char *const places[] = { "sftp://example.org/scan.nii", "file:///nowhere/scan.nii" };
  SagUiCases              *cases = open_cases (self, self->cases[0], self->cases[1]);

  /* As long as the next one is being read no other is read ahead. */
  sag_ui_case_give (self->cases[1], views_phantoms[1]->image, 1);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (places[i]);
      SagUiCase *other = sag_ui_cases_add (cases, file);

      sag_ui_views_compare_cases (self->views, other);
      sag_test_ui_until (g_list_model_get_n_items (G_LIST_MODEL (cases)) == 2);
      g_assert_false (get_switch (self, "comparing"));
      sag_test_ui_settle ();
      g_assert_false (views_is_seen (self, 1, SAG_RENDER_AXIAL));
    }
}

/* Two answers of one case: each side its own map, the cross at the same place. */
static void
test_compare_overlays (ViewsFixture *self, gconstpointer data)
{
  GListModel   *overlays = G_LIST_MODEL (sag_ui_case_get_overlays (self->cases[0]));
  SagUiOverlay *maps[2];
  SagUiDisplay *displays[2];
  double        left[3], right[3];
  const double  place[3] = { 10, 20, 30 };

  views_add_overlay (self, "a");
  views_add_overlay (self, "b");
  for (int i = 0; i < 2; i++)
    maps[i] = g_list_model_get_item (overlays, (guint) i);
  sag_ui_display_set_cross (self->display, place);
  sag_ui_views_compare_overlays (self->views, maps[0], maps[1]);
  sag_test_ui_settle ();
  for (int side = 0; side < 2; side++)
    {
      g_autoptr (GPtrArray) shown = NULL;

      displays[side] =
        sag_ui_slice_view_get_display (views_get_view (self, side, SAG_RENDER_AXIAL));
      shown = sag_ui_display_get_shown (displays[side]);
      g_assert_cmpint (shown->len, ==, 1);
      g_assert_true (shown->pdata[0] == maps[side]);
    }
  sag_ui_display_get_cross (displays[0], left);
  sag_ui_display_get_cross (displays[1], right);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (left[a], right[a], 1e-9);

  /* Another case ends it, and the left side shows what is visible again. */
  sag_ui_display_set_case (self->display, self->cases[1]);
  sag_test_ui_settle ();
  g_assert_false (views_is_seen (self, 1, SAG_RENDER_AXIAL));
  for (int i = 0; i < 2; i++)
    g_object_unref (maps[i]);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/view/compare/" name, ViewsFixture, NULL, views_set_up, func, views_tear_down)

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  ADD ("compare-cases", test_compare_cases);
  ADD ("compare-overlays", test_compare_overlays);
  ADD ("not-aligned", test_not_aligned);
  ADD ("aligned", test_aligned);
  ADD ("aligned-maps", test_aligned_maps);
  ADD ("doubtful", test_doubtful);
  ADD ("ended-early", test_ended_early);
  ADD ("right-stays", test_right_stays);
  ADD ("right-closed", test_right_closed);
  ADD ("right-fails", test_right_fails);
  return views_run ();
}
